#pragma once

#include "scene/codec.h"
#include "scene/live_state.h"

#include <string_view>

namespace layercast::scene {

/// What `stream.configure` sets: the canvas' size and rate, and how it is encoded.
struct StreamConfig {
  base::SizeI size;
  base::FrameRate fps;
  StreamSettings settings;
  bool operator==(const StreamConfig&) const = default;
};

/// Writes every field; one that is left out is read as its default. `quality` is no field of it:
/// see preset_of_quality().
const Codec<StreamConfig>& stream_config_codec();

/// A name of what an encoder spends: `low`, `medium` and `high` stand for presets.
const Codec<std::string>& quality_codec();
/// Range: what quality_codec() reads.
std::string_view preset_of_quality(std::string_view quality);

StreamConfig stream_config_of(const LiveState& state);

/// `on-air`, `stopped`, `paused`.
const Codec<Transmission>& transmission_codec();

}  // namespace layercast::scene
