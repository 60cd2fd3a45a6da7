#include "base/redaction.h"
#include "scene/live/apply_context.h"
#include "scene/live/live_codec.h"
#include "scene/live/phases.h"
#include "scene/live/showing.h"
#include "scene/live/track_phases.h"
#include "scene/model/find_by_id.h"
#include "scene/model/limits.h"
#include "scene/model/scene_settings.h"
#include "scene/wire/scene_tables.h"

#include <algorithm>
#include <utility>

namespace layercast::scene {
namespace {

using base::ErrorCode;

void restore_urls(ApplyContext& context, std::vector<Output>& outputs) {
  const Reader::Step key(context.reader, "outputs");
  for (size_t i = 0; i < outputs.size(); ++i) {
    const Reader::Step item(context.reader, i);
    restore_url(context, outputs[i], context.scene().outputs);
  }
  stop_at_faults(context);
}

// Replaces the redacted URLs of the items, which the scene has under `key`, by those of the items
// in `before` with the same ids. Items that equal those share them.
void restore_layers(ApplyContext& context, std::vector<base::Shared<Layer>>& layers) {
  const auto& before = context.scene().layers;
  const Reader::Step key(context.reader, "layers");
  for (size_t i = 0; i < layers.size(); ++i) {
    const Reader::Step item(context.reader, i);
    const auto* known = find_by_id(before, layers[i]->id);
    if (known != nullptr && *known == layers[i]) {
      layers[i] = *known;
      continue;
    }
    Layer restored = with_restored_sources(layer_codec(), Layer(*layers[i]),
                                           known == nullptr ? nullptr : &**known, context);
    if (known != nullptr && restored == **known) {
      layers[i] = *known;
    } else {
      layers[i] = std::move(restored);
    }
  }
}

void restore_tracks(ApplyContext& context, std::vector<AudioTrack>& tracks) {
  const Reader::Step key(context.reader, "audio");
  for (size_t i = 0; i < tracks.size(); ++i) {
    const Reader::Step item(context.reader, i);
    const AudioTrack* known = find_by_id(context.scene().audio, tracks[i].id);
    tracks[i] = with_restored_sources(audio_codec(), std::move(tracks[i]), known, context);
  }
}

// Sets the active layer of the new scene.
void replace_active(ApplyContext& context, const ReplaceScene& change) {
  auto& active = context.state.active;
  const auto& layers = context.scene().layers;
  if (!change.sets_active) {
    if (active && find_by_id(layers, *active) == nullptr) active.reset();
    return;
  }
  if (change.active && find_by_id(layers, *change.active) == nullptr) {
    refuse_at(context, "active", ErrorCode::kNotFound, no_such("layer", *change.active, layers));
  }
  active = change.active;
}

// Sets the run states of the layers and sounds of `after`, which replaces the current scene.
void replace_runs(ApplyContext& context, const Scene& after) {
  LiveState& state = context.state;
  std::vector<LayerRun> layers;
  for (const auto& layer : after.layers) {
    const auto* before = find_by_id(state.scene.layers, layer->id);
    layers.push_back(before == nullptr ? first_run(layer, context.now)
                                       : run_after({*before, state.run.layers.of(layer->id)}, layer,
                                                   context.now));
  }
  RunTable<TrackRun> tracks;
  for (const AudioTrack& track : after.audio) {
    const auto* before = find_by_id(state.scene.audio, track.id);
    tracks.set(before == nullptr
                   ? first_run(track, context.now)
                   : run_after({*before, state.run.audio.of(track.id)}, track, context.now));
  }
  state.run.audio = std::move(tracks);
  replace_layers(state, after.layers, context.now);
  for (LayerRun& run : layers) state.run.layers.set(std::move(run));
}

}  // namespace

void notify_of_scene(ApplyContext& context) {
  const auto& active = context.state.active;
  context.notify("scene.updated",
                 Value::object()
                     .add("scene", scene_document(context.scene(), Secrets::kRedacted))
                     .add("active", active ? Value::of(*active) : Value::null()));
}

Value apply_change(ApplyContext& context, const ReplaceScene& change) {
  const Reader::Step step(context.reader, "scene");
  Scene after = change.scene;
  restore_layers(context, after.layers);
  restore_tracks(context, after.audio);
  restore_urls(context, after.outputs);
  const auto active_before = context.state.active;
  const bool is_changed = after != context.scene();
  replace_runs(context, after);
  context.scene() = std::move(after);
  replace_active(context, change);
  if (is_changed || context.state.active != active_before) notify_of_scene(context);
  return Value::object();
}

Value apply_change(ApplyContext& context, const PatchScene& change) {
  const Reader::Step step(context.reader, "patch");
  const Scene head = head_of(context.scene());
  Scene after = patched(scene_codec(), head, change.patch, context);
  if (after != head) {
    context.scene().name = after.name;
    context.scene().canvas = after.canvas;
    context.scene().duration = after.duration;
    context.scene().fonts = after.fonts;
    context.scene().defaults = after.defaults;
    notify_of_scene(context);
  }
  Value result = scene_codec().write(after);
  result.erase("layers");
  return result;
}

}  // namespace layercast::scene
