#pragma once

#include "base/error.h"
#include "scene/live_state.h"
#include "scene/value.h"

#include <string>
#include <utility>
#include <vector>

namespace layercast::scene {

/// The version of what header_text() and layer_text() write. It stands in the header; version 1,
/// that of layercast 0.1, has none there.
inline constexpr int kStateVersion = 2;

/// The parts that a state store keeps: JSON texts that read back equal.
struct LiveStateTexts {
  std::string header;  ///< all but the layers, with their order
  std::vector<std::pair<std::string, std::string>> layers;  ///< id, and the layer with its run
};

std::string header_text(const LiveState& state);
/// The same before it is a text. Members that live_state_from() does not know may be added.
Value header_document(const LiveState& state);
/// `{"layer": …, "run": …}`.
std::string layer_text(const RunningLayer& layer);

/// Reads states of this version and of the versions before it. Errors: kInvalidInput: this is not
/// what header_text() and layer_text() wrote; kUnsupported: a newer version wrote it.
base::Result<LiveState> live_state_from(const LiveStateTexts& texts, int64_t revision);

/// Whose eyes a document is for.
enum class Secrets : uint8_t { kShown, kRedacted };

/// The scene file's document.
Value scene_document(const Scene& scene, Secrets secrets);

/// The whole state as clients see it: the scene file's document with `revision`, `active`,
/// `stream` (settings and transmission). Redacted: URLs of outputs and sources without keys and
/// passwords, as `***`. A redacted URL that is written back to the output, layer or sound that has
/// it means the URL it had: what a client has read it can write, whether it may know the key or
/// not.
Value document_of(const LiveState& state, Secrets secrets);
Value layer_document(const Layer& layer, Secrets secrets);
Value track_document(const AudioTrack& track, Secrets secrets);
Value output_document(const Output& output, Secrets secrets);
/// The run state of a layer as clients read it.
Value run_document(const LayerRun& run);
/// That of a sound.
Value run_document(const TrackRun& run);
/// The settings of `stream.configure`, and `transmission`: `on-air`, `stopped` or `paused`.
Value stream_document(const LiveState& state);

}  // namespace layercast::scene
