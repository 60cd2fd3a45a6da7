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

/// One change of a live scene: a method and its parameters, in JSON `{"method": …, "params": {…}}`.
/// HTTP, WebSocket, the shell, a reloaded scene file and the journal use the same commands.
struct Command {
  /// - `layers.create {layer}`: without `id` the layer is named after its type (`overlay-2`),
  ///   without `z_index` it is placed on top. If it has no `id`, and a layer of the same type and
  ///   content exists, that layer is the result and nothing changes.
  /// - `layers.update {id, patch}`: an RFC 7396 merge patch of the layer. `id` cannot change.
  /// - `layers.replace {id, layer}`
  /// - `layers.restart {id}`: restarts the content, animations and `enter` of the layer.
  /// - `layers.delete {id}`: an active layer is then no longer active. A layer with an `exit` stays
  ///   visible until the exit is over, although it is no longer part of the scene.
  /// - `layers.activate {id}`: null deactivates the active layer.
  /// - `layers.animate {id, animation}`: adds an animation that begins at the frame that
  ///   first shows it. `animations: […]` replaces all animations instead.
  /// - `chat.say {id, message}`: `message` as in the scene file. Without `id` it gets one (`m-17`);
  ///   without `timestamp` it appears at the frame that first shows it. A message with a known id
  ///   replaces the old one, and keeps its time unless it has a timestamp: repeating the command
  ///   does not repeat the message. Messages beyond `max_messages` are removed, oldest first.
  /// - `scene.replace {scene}`: layers whose id stays keep the phase of their unchanged parts.
  ///   `scene` may contain the keys that document_of() adds: `active` is applied, `revision` and
  ///   `stream` are ignored.
  /// - `scene.patch {patch}`: a merge patch of the scene without `layers`, `audio` and `outputs`:
  ///   canvas and fonts.
  /// - `stream.start {}`, `stream.stop {}`, `stream.pause {}`
  /// - `stream.configure {patch}`: `width`, `height`, `fps`, `codec`, `preset`, `bitrate`,
  ///   `keyframe_interval`, `quality` (`low`, `medium` or `high`: a preset). Codec, preset and
  ///   bitrate that are set here replace those of all outputs.
  /// - `audio.add {audio}`: without `id` the sound is named `audio-N`; it begins at the frame that
  ///   first shows the change.
  /// - `audio.update {id, patch}`: a merge patch, as of a layer. Volume and mute change without a
  ///   click; a new source starts from its beginning.
  /// - `audio.restart {id}`: the sound restarts.
  /// - `audio.remove {id}`
  /// - `outputs.add {output}`: without `id` the output is named `output-N`.
  /// - `outputs.remove {id}`
  /// - `batch {commands: […]}`: applies all commands or none, in one revision and one frame.
  std::string method;
  Value params = Value::object();
};

/// Reads `{"method": …, "params": …}`. Errors: kInvalidInput.
base::Result<Command> command_from(const Value& value);
Value value_of(const Command& command);

/// A notification of subscribers. URLs of outputs and sources in `params` are redacted:
/// - `layer.created`, `layer.updated`: `{id, layer}`
/// - `layer.deleted`, `layer.activated`: `{id}`; null: no layer is active
/// - `scene.updated`: `{scene, active}`
/// - `stream.started`, `stream.stopped`, `stream.paused`, `stream.configured`: `{stream}`
/// - `audio.added`, `audio.updated`: `{id, audio}`; `audio.removed`: `{id}`
/// - `output.added`: `{output}`; `output.removed`: `{id}`
/// - `chat.said`: `{id, message}`; `id` is that of the layer
struct Event {
  std::string name;
  Value params;  ///< an object; the sender adds the revision
};

/// One wrong field.
struct FieldFault {
  std::string pointer;  ///< RFC 6901, within the params: `/patch/transform/scale`
  std::string detail;   ///< what is wrong, and what was expected
};

/// Why a command was refused; nothing has changed.
struct Refusal {
  base::Error error;               ///< code and one sentence
  std::vector<FieldFault> faults;  ///< every fault in the params; empty for other errors
};

/// The outcome of a command.
struct Applied {
  LiveState state;  ///< revision one higher, unless nothing changed
  std::vector<Event> events;
  Value result;  ///< the response to the caller: the layer, the output …
};

/// Applies `command` to `state`.
/// `now`: the stream time of the first frame that can show the result. New animations begin then,
/// and so does a layer that becomes visible for the first time. Pure: equal arguments give equal
/// results.
/// Refused with kInvalidInput (faults), kNotFound (no such layer or output), kConflict (the id is
/// taken), kLimit, kUnsupported.
std::variant<Applied, Refusal> apply(const LiveState& state, const Command& command,
                                     base::Duration now);

/// The commands that turn `from` into `to`; items are matched by id. Empty if the two are equal.
/// Used by `layerctl apply` and `diff`, and for a reloaded scene file.
std::vector<Command> commands_between(const Scene& from, const Scene& to);

}  // namespace layercast::scene
