#pragma once

#include "scene/live/live_state.h"
#include "scene/wire/codec.h"

#include <string_view>

namespace layercast::scene {

/// The settings of `stream.configure`: the size and rate of the stream's frames, and their
/// encoding.
struct StreamConfig {
  base::SizeI size;
  base::FrameRate fps;
  StreamSettings settings;
  bool operator==(const StreamConfig&) const = default;
};

/// Writes every field; a missing one is read as its default. `quality` is not a field: see
/// preset_of_quality().
const Codec<StreamConfig>& stream_config_codec();

/// The codec of a quality: `low`, `medium` and `high` are aliases of presets.
const Codec<std::string>& quality_codec();
/// The preset of a quality. Range: the names that quality_codec() reads.
std::string_view preset_of_quality(std::string_view quality);

StreamConfig stream_config_of(const LiveState& state);

/// Makes the stream's frames of that size; the canvas stays as it was authored. The size of the
/// canvas is the default, which then follows the canvas.
void set_frame_size(LiveState& state, base::SizeI size);

/// `on-air`, `stopped`, `paused`.
const Codec<Transmission>& transmission_codec();

}  // namespace layercast::scene
