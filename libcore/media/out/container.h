#pragma once

#include "base/error.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

struct AVCodec;

namespace layercast::media {

/// Whether viewers watch a stream while it is encoded.
enum class Delivery {
  kFile,
  kLive,
};

/// A container format.
struct Container {
  std::string_view name;                ///< For users: the file extension without its dot.
  std::string_view muxer;               ///< The name in libavformat.
  std::string_view default_codec;       ///< Of the video.
  std::string_view audio_encoder_name;  ///< The default; the name in libavcodec.
};

/// The valid names of forced containers and file extensions.
std::vector<std::string_view> known_containers();

/// Whether `output` is a path or URL whose container is known.
bool is_known_output(std::string_view output);

/// kLive for a URL, kFile for a path.
Delivery delivery_of(std::string_view output);

/// The container of `output`: `forced`, or that of its extension or scheme.
/// Errors: kInvalidInput listing the known ones.
base::Result<const Container*> container_of(std::string_view output,
                                            const std::optional<std::string>& forced);

/// Succeeds when `container` can hold the output of `encoder`.
/// Errors: kInvalidInput with the codecs that fit, and the containers that can hold this codec.
base::Result<void> check_can_hold(const Container& container, const AVCodec& encoder,
                                  const std::string& output);

}  // namespace layercast::media
