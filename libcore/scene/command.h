#pragma once

#include "base/error.h"
#include "base/time.h"
#include "scene/live_state.h"
#include "scene/merge_patch.h"
#include "scene/value.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace layercast::scene {

/// One change of a live scene. HTTP, WebSocket, the shell, a reloaded scene file and the journal
/// all say the same commands: a method and its parameters, in JSON `{"method": …, "params": {…}}`.
struct Command {
  /// - `layers.create {layer}`: without `id` it is named after its type (`overlay-2`), without
  ///   `z_index` it comes on top. Without `id`, and equal in type and content to a layer that is
  ///   there, that one is the result and nothing changes.
  /// - `layers.update {id, patch}`: an RFC 7396 merge patch of the layer. `id` cannot change.
  /// - `layers.replace {id, layer}`
  /// - `layers.restart {id}`: content, animations and `enter` of the layer start again.
  /// - `layers.delete {id}`: an active layer is then no longer active. One with an `exit` shows
  ///   until that is over, though it is no layer of the scene any more.
  /// - `layers.activate {id}`: null: none.
  /// - `layers.animate {id, animation}`: adds an animation that begins at the frame that
  ///   first shows it. `animations: […]` instead replaces all.
  /// - `chat.say {id, message}`: `message` as in the scene file; without `id` it is given one
  ///   (`m-17`), without `timestamp` it appears at the frame that first shows it. One with the id
  ///   of a message that is there takes its place, and keeps its time unless it has another: what
  ///   is said twice is said once. Of more than `max_messages` the oldest go.
  /// - `scene.replace {scene}`: layers that stay, by id, keep the phase of what is unchanged in
  ///   them. What document_of() adds to a scene may stand in it: `active` counts, `revision` and
  ///   `stream` do not.
  /// - `scene.patch {patch}`: a merge patch of the scene without `layers`, `audio` and `outputs`:
  ///   canvas and fonts.
  /// - `stream.start {}`, `stream.stop {}`, `stream.pause {}`
  /// - `stream.configure {patch}`: `width`, `height`, `fps`, `codec`, `preset`, `bitrate`,
  ///   `keyframe_interval`, `quality` (`low`, `medium` or `high`: a preset). What is set here no
  ///   longer differs from output to output.
  /// - `audio.add {audio}`: without `id` it is named `audio-N`; it begins at the frame that first
  ///   shows the change.
  /// - `audio.update {id, patch}`: a merge patch, as of a layer. Volume and mute change without a
  ///   click; another source starts from its beginning.
  /// - `audio.restart {id}`: the sound starts again.
  /// - `audio.remove {id}`
  /// - `outputs.add {output}`: without `id` it is named `output-N`.
  /// - `outputs.remove {id}`
  /// - `batch {commands: […]}`: all of them, or none, in one revision and one frame.
  std::string method;
  Value params = Value::object();
};

/// `{"method": …, "params": …}` read. Errors: kInvalidInput.
base::Result<Command> command_from(const Value& value);
Value value_of(const Command& command);

/// What subscribers are told, and its params, with URLs of outputs and sources redacted:
/// - `layer.created`, `layer.updated`: `{id, layer}`
/// - `layer.deleted`, `layer.activated`: `{id}`; null: none is active
/// - `scene.updated`: `{scene, active}`
/// - `stream.started`, `stream.stopped`, `stream.paused`, `stream.configured`: `{stream}`
/// - `audio.added`, `audio.updated`: `{id, audio}`; `audio.removed`: `{id}`
/// - `output.added`: `{output}`; `output.removed`: `{id}`
/// - `chat.said`: `{id, message}`, the id the layer's
struct Event {
  std::string name;
  Value params;  ///< an object; the revision is added by who tells it
};

/// One wrong field.
struct FieldFault {
  std::string pointer;  ///< RFC 6901, within the params: `/patch/transform/scale`
  std::string detail;   ///< what is wrong, what was expected
};

/// Why a command was not obeyed; nothing has changed.
struct Refusal {
  base::Error error;               ///< code and one sentence
  std::vector<FieldFault> faults;  ///< all of them, for what is wrong in the params
};

/// What a command leads to.
struct Applied {
  LiveState state;  ///< revision one higher, unless nothing changed
  std::vector<Event> events;
  Value result;  ///< what the caller is answered: the layer, the output …
};

/// The state that `command` leads to.
/// `now`: the stream time of the first frame that can show it: animations begin then (`start`), and
/// so does a layer that becomes visible for the first time. Pure: the same arguments give the same
/// result. Refused with kInvalidInput (faults), kNotFound (no such layer or output), kConflict (an
/// id that is taken), kLimit, kUnsupported.
std::variant<Applied, Refusal> apply(const LiveState& state, const Command& command,
                                     base::Duration now);

/// The commands that make `from` equal `to` (scene values; outputs are matched by id), fewest
/// first: what `layerctl apply`, `diff` and a reloaded file do. Empty when they are equal.
std::vector<Command> commands_between(const Scene& from, const Scene& to);

}  // namespace layercast::scene
