#pragma once

#include "base/error.h"
#include "scene/live/live_state.h"
#include "scene/model/scene.h"
#include "scene/model/stopwatch.h"
#include "scene/wire/value.h"

#include <optional>
#include <string>
#include <variant>
#include <vector>

/// The commands that change a live scene. HTTP, WebSocket, the shell, a reloaded scene file and the
/// journal use the same ones. On the wire and in the store they are CommandDocuments.
namespace layercast::scene {

/// An RFC 7396 merge patch: an object. What it changes is known only when it is applied.
struct MergePatch {
  Value document = Value::object();
  bool operator==(const MergePatch&) const = default;
};

/// `layers.create`: without an id the layer is named after its type (`overlay-2`). If it has no id,
/// and a layer of the same type and content exists, that layer is the result and nothing changes.
struct CreateLayer {
  Layer layer;            ///< the id may be empty
  bool is_on_top = true;  ///< instead of at its z_index
  bool operator==(const CreateLayer&) const = default;
};
/// `layers.update`: the id of a layer cannot change.
struct UpdateLayer {
  std::string id;
  MergePatch patch;
  bool operator==(const UpdateLayer&) const = default;
};
/// `layers.replace`
struct ReplaceLayer {
  std::string id;
  Layer layer;  ///< the id is empty or equal to `id`
  bool operator==(const ReplaceLayer&) const = default;
};
/// `layers.restart`: restarts the content, animations and `enter` of the layer.
struct RestartLayer {
  std::string id;
  bool operator==(const RestartLayer&) const = default;
};
/// `layers.stopwatch`: starts, stops or resets the stopwatch of a text with `{{elapsed}}`. A reset
/// also begins the durations of its `{{countdown:…}}` again.
struct ControlStopwatch {
  std::string id;
  StopwatchAction action = StopwatchAction::kStart;
  bool operator==(const ControlStopwatch&) const = default;
};
/// `layers.delete`: an active layer is then no longer active. A layer with an `exit` stays visible
/// until the exit is over, although it is no longer part of the scene.
struct DeleteLayer {
  std::string id;
  bool operator==(const DeleteLayer&) const = default;
};
/// `layers.activate`
struct ActivateLayer {
  std::optional<std::string> id;  ///< absent: no layer is active then
  bool operator==(const ActivateLayer&) const = default;
};
/// `layers.animate`: adds an animation that begins at the frame that first shows it, or replaces
/// all animations. Exactly one member is present.
struct AnimateLayer {
  std::string id;
  std::optional<Animation> animation;
  std::optional<std::vector<Animation>> animations;
  bool operator==(const AnimateLayer&) const = default;
};
/// `layers.animations.remove`: removes the animation with this place in the layer's list; its
/// effect ends at once. Those after it move up by one.
struct RemoveAnimation {
  std::string id;
  int index = 0;
  bool operator==(const RemoveAnimation&) const = default;
};
/// `chat.say`: without an id the message gets one (`m-17`); without a timestamp it appears at the
/// frame that first shows it. A message with a known id replaces the old one, and keeps its time
/// unless it has a timestamp: repeating the command does not repeat the message. Messages beyond
/// `max_messages` are removed, oldest first.
struct Say {
  std::string id;       ///< of the layer
  ChatMessage message;  ///< the id may be empty
  bool operator==(const Say&) const = default;
};
/// `scene.replace`: layers whose id stays keep the phase of their unchanged parts. The document may
/// contain the keys that document_of() adds: `active` is applied, `revision` and `stream` are
/// ignored.
struct ReplaceScene {
  Scene scene;
  bool sets_active = false;           ///< else the active layer stays active if it still exists
  std::optional<std::string> active;  ///< absent: no layer is active then
  bool operator==(const ReplaceScene&) const = default;
};
/// `scene.patch`: changes the scene without `layers`, `audio` and `outputs`: canvas and fonts.
struct PatchScene {
  MergePatch patch;
  bool operator==(const PatchScene&) const = default;
};
/// `stream.start`
struct StartStream {
  bool operator==(const StartStream&) const = default;
};
/// `stream.stop`
struct StopStream {
  bool operator==(const StopStream&) const = default;
};
/// `stream.pause`
struct PauseStream {
  bool operator==(const PauseStream&) const = default;
};
/// `stream.configure`: changes `width`, `height`, `fps`, `codec`, `preset`, `bitrate`,
/// `keyframe_interval` and `quality` (`low`, `medium` or `high`: a preset). Width and height are
/// those of the frames: the canvas and the coordinates of its layers stay, and the canvas is scaled
/// to fit. Codec, preset and bitrate that are set here replace those of all outputs.
struct ConfigureStream {
  MergePatch patch;
  bool operator==(const ConfigureStream&) const = default;
};
/// `audio.add`: without an id the sound is named `audio-N`; it begins at the frame that first shows
/// the change.
struct AddTrack {
  AudioTrack track;  ///< the id may be empty
  bool operator==(const AddTrack&) const = default;
};
/// `audio.update`: volume and mute change without a click; a new source starts from its beginning.
/// The id cannot change.
struct UpdateTrack {
  std::string id;
  MergePatch patch;
  bool operator==(const UpdateTrack&) const = default;
};
/// `audio.restart`
struct RestartTrack {
  std::string id;
  bool operator==(const RestartTrack&) const = default;
};
/// `audio.remove`
struct RemoveTrack {
  std::string id;
  bool operator==(const RemoveTrack&) const = default;
};
/// `outputs.add`: without an id the output is named `output-N`.
struct AddOutput {
  Output output;  ///< the id may be empty
  bool operator==(const AddOutput&) const = default;
};
/// `outputs.remove`
struct RemoveOutput {
  std::string id;
  bool operator==(const RemoveOutput&) const = default;
};

/// One change of a live scene.
using Change =
    std::variant<CreateLayer, UpdateLayer, ReplaceLayer, RestartLayer, DeleteLayer, ActivateLayer,
                 AnimateLayer, Say, ReplaceScene, PatchScene, StartStream, StopStream, PauseStream,
                 ConfigureStream, AddTrack, UpdateTrack, RestartTrack, RemoveTrack, AddOutput,
                 RemoveOutput, RemoveAnimation, ControlStopwatch>;

/// `batch`: applies all changes or none, in one revision and one frame.
struct Batch {
  std::vector<Change> changes;
  bool operator==(const Batch&) const = default;
};

using Command = std::variant<Change, Batch>;

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
  base::Error error;  ///< code and one sentence
  std::vector<FieldFault>
      faults;              ///< in the params, at most limits::kFaultsMax; of no other errors
  size_t more_faults = 0;  ///< further ones
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
base::Result<Applied, Refusal> apply(const LiveState& state, const Command& command,
                                     base::Duration now);

/// The ids of the layers and sounds whose content `command` may change; nullopt: any. Empty ids, of
/// new layers and sounds, are left out.
std::optional<std::vector<std::string>> contents_named_by(const Command& command);

/// The changes that turn `from` into `to`; items are matched by id. Empty if the two are equal.
/// Used by `layerctl apply` and `diff`, and for a reloaded scene file.
std::vector<Change> changes_between(const Scene& from, const Scene& to);

}  // namespace layercast::scene
