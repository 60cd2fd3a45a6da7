#pragma once

#include "base/error.h"
#include "base/shared.h"
#include "base/time.h"
#include "scene/live/command.h"
#include "scene/live/command_codec.h"
#include "scene/wire/codec.h"
#include "scene/wire/merge_patch.h"
#include "scene/wire/source_secrets.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// What the functions that apply changes share. Only scene/live/apply*.cc include it.
namespace layercast::scene {

/// A state that a command changes. The functions below throw Refused; apply() catches it.
struct ApplyContext {
  LiveState& state;    ///< a copy of its own
  base::Duration now;  ///< as in apply()
  std::vector<Event>& events;
  Reader reader;  ///< positioned at the params of the change

  Scene& scene() { return state.scene; }
  void notify(std::string_view event, Value params) {
    events.push_back({std::string(event), std::move(params)});
  }
};

/// Thrown when a command is refused.
struct Refused {
  Refusal refusal;
};

/// Refuses the value at the position of the reader.
[[noreturn]] void refuse(const ApplyContext& context, base::ErrorCode code,
                         const std::string& message);
/// Refuses the member `key` of that value.
[[noreturn]] void refuse_at(ApplyContext& context, std::string_view key, base::ErrorCode code,
                            const std::string& message);
/// Refuses the command if the reader has faults.
void stop_at_faults(const ApplyContext& context);

template <class T>
T read_by(const Codec<T>& codec, const Value& value, ApplyContext& context) {
  auto read = codec.read(value, context.reader);
  stop_at_faults(context);
  return *std::move(read);
}

/// `there is no layer "x"; did you mean "y"?`
std::string no_such_item(std::string_view kind, std::string_view id,
                         const std::vector<std::string_view>& known);
template <class Items>
std::string no_such(std::string_view kind, std::string_view id, const Items& items) {
  std::vector<std::string_view> known;
  for (const auto& item : items) known.push_back(base::unshared(item).id);
  return no_such_item(kind, id, known);
}

/// `item` with its redacted URLs replaced by the originals in `before`, the item that it replaces;
/// nullptr: there is none. Its id must not be empty.
template <class T>
T with_restored_sources(const Codec<T>& codec, T item, const T* before, ApplyContext& context) {
  Value document = codec.write(item);
  if (!has_redacted_source(codec.shape, document)) return item;
  restore_sources(codec.shape, document, before == nullptr ? Value::object() : codec.write(*before),
                  context.reader);
  stop_at_faults(context);
  return read_by(codec, document, context);
}

/// `item` changed by `patch`. A redacted URL in the patch keeps its original value.
template <class T>
T patched(const Codec<T>& codec, const T& item, const MergePatch& patch, ApplyContext& context) {
  const Value before = codec.write(item);
  Value document = merge_patched(before, patch.document);
  restore_sources(codec.shape, document, before, context.reader);
  return read_by(codec, document, context);
}

/// Replaces a redacted URL by that of the output in `before` with the same id. Adds a fault if
/// there is none.
void restore_url(ApplyContext& context, Output& output, const std::vector<Output>& before);
/// Notifies of `scene.updated`.
void notify_of_scene(ApplyContext& context);

/// Each applies one change and returns the result for the caller.
Value apply_change(ApplyContext& context, const CreateLayer& change);
Value apply_change(ApplyContext& context, const UpdateLayer& change);
Value apply_change(ApplyContext& context, const ReplaceLayer& change);
Value apply_change(ApplyContext& context, const RestartLayer& change);
Value apply_change(ApplyContext& context, const ControlStopwatch& change);
Value apply_change(ApplyContext& context, const DeleteLayer& change);
Value apply_change(ApplyContext& context, const ActivateLayer& change);
Value apply_change(ApplyContext& context, const AnimateLayer& change);
Value apply_change(ApplyContext& context, const RemoveAnimation& change);
Value apply_change(ApplyContext& context, const Say& change);
Value apply_change(ApplyContext& context, const ReplaceScene& change);
Value apply_change(ApplyContext& context, const PatchScene& change);
Value apply_change(ApplyContext& context, const StartStream& change);
Value apply_change(ApplyContext& context, const StopStream& change);
Value apply_change(ApplyContext& context, const PauseStream& change);
Value apply_change(ApplyContext& context, const ConfigureStream& change);
Value apply_change(ApplyContext& context, const AddTrack& change);
Value apply_change(ApplyContext& context, const UpdateTrack& change);
Value apply_change(ApplyContext& context, const RestartTrack& change);
Value apply_change(ApplyContext& context, const RemoveTrack& change);
Value apply_change(ApplyContext& context, const AddOutput& change);
Value apply_change(ApplyContext& context, const RemoveOutput& change);

}  // namespace layercast::scene
