#pragma once

#include "base/error.h"
#include "scene/live/live_state.h"
#include "scene/wire/value.h"

#include <string>
#include <utility>
#include <vector>

namespace layercast::scene {

/// The version of the format that header_text() and layer_text() write. The header contains it,
/// except in version 1, the format of layercast 0.1.
inline constexpr int kStateVersion = 2;

/// A live state as a state store keeps it: JSON texts that read back equal.
struct LiveStateTexts {
  std::string header;  ///< everything but the layers, and their order
  std::vector<std::pair<std::string, std::string>> layers;  ///< id, layer with its run state
};

/// The JSON text of LiveStateTexts::header.
std::string header_text(const LiveState& state);
/// The document of header_text(). Callers may add members; live_state_from() ignores unknown ones.
Value header_document(const LiveState& state);
/// The JSON text of one layer with its run state: `{"layer": …, "run": …}`.
std::string layer_text(const RunningLayer& layer);

/// A part of a stored state that could not be read.
struct UnreadablePart {
  std::string name;  ///< `layer logo`, `sounds`, `exiting layers`, `header`
  std::string text;  ///< as it was stored
  base::Error error;
};

/// Reads a state of this version or of an earlier one. With `unreadable`, a layer, the sounds, the
/// exiting layers, the active layer or the stream settings that cannot be read are left out and
/// added there.
/// Errors: kInvalidInput for texts that header_text() and layer_text() did not write; kUnsupported
/// for a newer version.
base::Result<LiveState> live_state_from(const LiveStateTexts& texts, int64_t revision,
                                        std::vector<UnreadablePart>* unreadable = nullptr);

/// Whether a document contains the keys and passwords in URLs, or `***` in their place.
enum class Secrets : uint8_t { kShown, kRedacted };

/// The document of the scene, as in a scene file.
Value scene_document(const Scene& scene, Secrets secrets);

/// The whole state as clients see it: the document of the scene file with `revision`, `active` and
/// `stream` (settings and transmission). Redacted URLs of outputs and sources have `***` in place
/// of keys and passwords. A redacted URL that is written back to the same output, layer or sound
/// keeps its original value, so a client can write what it has read without knowing the key.
Value document_of(const LiveState& state, Secrets secrets);
/// The document of one item, as in a scene file.
Value layer_document(const Layer& layer, Secrets secrets);
Value track_document(const AudioTrack& track, Secrets secrets);
Value output_document(const Output& output, Secrets secrets);
/// The animations of a layer at the stream time `now`: a list of `{index, phase, start, end,
/// animation}`. `phase` is `waiting`, `running`, `holding` (it is over and holds its final value)
/// or `over`. `start` is null if the layer was not shown yet; `end` is null then, and if the
/// animation is endless.
Value animations_document(const RunningLayer& layer, base::Duration now);
/// The run state of a layer, as clients read it.
Value run_document(const LayerRun& run);
/// The same for a sound.
Value run_document(const TrackRun& run);
/// The settings of `stream.configure`, and `transmission`: `on-air`, `stopped` or `paused`.
Value stream_document(const LiveState& state);

}  // namespace layercast::scene
