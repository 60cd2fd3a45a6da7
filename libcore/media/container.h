#pragma once

#include "base/error.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

struct AVCodec;

namespace layercast::media {

/// Whether somebody is watching while it is made.
enum class Delivery {
  kFile,
  kLive,
};

/// A way to store a stream.
struct Container {
  std::string_view name;                ///< What users call it: the extension without its dot.
  std::string_view muxer;               ///< libavformat's name for it.
  std::string_view default_codec;       ///< Of its video, when none was asked for.
  std::string_view audio_encoder_name;  ///< libavcodec's.
};

/// The names that an output's extension or a forced container may have.
std::vector<std::string_view> known_containers();

/// Whether `output` is a path or URL whose container is known.
bool is_known_output(std::string_view output);

/// Whether `output` is a URL, and so live.
Delivery delivery_of(std::string_view output);

/// The container that `output` is written in: `forced`, or what its extension or scheme says.
/// Errors: kInvalidInput listing what is known.
base::Result<const Container*> container_of(std::string_view output,
                                            const std::optional<std::string>& forced);

/// Succeeds when `container` can hold what `encoder` makes.
/// Errors: kInvalidInput with what it can hold, and which containers could hold this.
base::Result<void> check_can_hold(const Container& container, const AVCodec& encoder,
                                  const std::string& output);

}  // namespace layercast::media
