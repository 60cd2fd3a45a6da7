#include "scene/live/apply_context.h"
#include "scene/live/followed_sounds.h"
#include "scene/live/live_codec.h"
#include "scene/live/track_phases.h"
#include "scene/model/find_by_id.h"
#include "scene/model/limits.h"
#include "scene/wire/scene_tables.h"

#include <algorithm>
#include <utility>

namespace layercast::scene {
namespace {

using base::ErrorCode;

// The sound with this id, which the param `id` names.
AudioTrack& track_with_id(ApplyContext& context, const std::string& id) {
  auto& tracks = context.scene().audio;
  auto* track = find_by_id(tracks, id);
  if (track == nullptr)
    refuse_at(context, "id", ErrorCode::kNotFound, no_such("sound", id, tracks));
  return *track;
}

void check_ducks_under_layer(ApplyContext& context, const AudioTrack& track) {
  const auto& layers = context.scene().layers;
  if (!track.duck_under || find_by_id(layers, *track.duck_under) != nullptr) return;
  refuse_at(context, "duck_under", ErrorCode::kInvalidInput,
            no_such("layer", *track.duck_under, layers));
}

std::string free_track_id(const Scene& scene) {
  for (int number = 1;; ++number) {
    std::string id = "audio-" + std::to_string(number);
    if (find_by_id(scene.audio, id) == nullptr) return id;
  }
}

Value redacted_document(const AudioTrack& track) {
  return track_document(track, Secrets::kRedacted);
}

void notify_of_track(ApplyContext& context, std::string_view event, const AudioTrack& track) {
  context.notify(
      event, Value::object().add("id", Value::of(track.id)).add("audio", redacted_document(track)));
}

}  // namespace

Value apply_change(ApplyContext& context, const AddTrack& change) {
  const Reader::Step step(context.reader, "audio");
  auto& tracks = context.scene().audio;
  AudioTrack track = change.track;
  if (track.id.empty()) track.id = free_track_id(context.scene());
  track = with_restored_sources<AudioTrack>(audio_codec(), std::move(track), nullptr, context);
  check_ducks_under_layer(context, track);
  if (find_by_id(tracks, track.id) != nullptr) {
    refuse_at(context, "id", ErrorCode::kConflict,
              "\"" + track.id + "\" is already the id of another sound");
  }
  if (tracks.size() >= static_cast<size_t>(limits::kAudioMax)) {
    refuse(context, ErrorCode::kLimit,
           "the scene already has " + std::to_string(limits::kAudioMax) +
               " sounds, which is the maximum");
  }
  context.state.run.audio.set(first_run(track, context.now));
  tracks.push_back(std::move(track));
  notify_of_track(context, "audio.added", tracks.back());
  return redacted_document(tracks.back());
}

Value apply_change(ApplyContext& context, const UpdateTrack& change) {
  AudioTrack& track = track_with_id(context, change.id);
  const Reader::Step step(context.reader, "patch");
  AudioTrack after = patched(audio_codec(), track, change.patch, context);
  check_ducks_under_layer(context, after);
  if (after != track) {
    TrackRun run = run_after({track, context.state.run.audio.of(track.id)}, after, context.now);
    context.state.run.audio.set(std::move(run));
    track = std::move(after);
    notify_of_track(context, "audio.updated", track);
  }
  return redacted_document(track);
}

Value apply_change(ApplyContext& context, const RestartTrack& change) {
  const AudioTrack& track = track_with_id(context, change.id);
  TrackRun run = context.state.run.audio.of(track.id);
  run.id = track.id;
  run.start = context.now;
  if (run != *context.state.run.audio.of(track.id)) {
    context.state.run.audio.set(std::move(run));
    notify_of_track(context, "audio.updated", track);
  }
  return redacted_document(track);
}

Value apply_change(ApplyContext& context, const RemoveTrack& change) {
  const std::string id = track_with_id(context, change.id).id;
  std::erase_if(context.scene().audio, [&](const AudioTrack& each) { return each.id == id; });
  context.state.run.audio.erase(id);
  context.notify("audio.removed", Value::object().add("id", Value::of(id)));
  end_following(context, id);
  return Value::object().add("id", Value::of(id));
}

}  // namespace layercast::scene
