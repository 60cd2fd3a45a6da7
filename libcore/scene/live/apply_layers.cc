#include "scene/live/apply_context.h"
#include "scene/live/chat.h"
#include "scene/live/followed_sounds.h"
#include "scene/live/live_codec.h"
#include "scene/live/phases.h"
#include "scene/live/showing.h"
#include "scene/model/find_by_id.h"
#include "scene/model/limits.h"
#include "scene/model/mask_chain.h"
#include "scene/model/placeholder.h"
#include "scene/wire/content_tables.h"
#include "scene/wire/scene_tables.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <variant>

namespace layercast::scene {
namespace {

using base::ErrorCode;

// The index of the layer with this id, which the param `id` names.
size_t place_of_layer(ApplyContext& context, const std::string& id) {
  const auto& layers = context.scene().layers;
  const auto* layer = find_by_id(layers, id);
  if (layer == nullptr) {
    refuse_at(context, "id", ErrorCode::kNotFound, no_such("layer", id, layers));
  }
  return static_cast<size_t>(layer - layers.data());
}

std::string free_id(const Scene& scene, LayerType type) {
  std::string stem(name_of(type));
  std::ranges::replace(stem, '_', '-');
  for (int number = 1;; ++number) {
    std::string id = stem + "-" + std::to_string(number);
    if (find_by_id(scene.layers, id) == nullptr) return id;
  }
}

int z_on_top(const Scene& scene) {
  if (scene.layers.empty()) return 0;
  const int top = std::ranges::max(scene.layers, {}, &Layer::z_index)->z_index;
  return std::min(top + 1, static_cast<int>(limits::kZIndex.max));
}

void notify_of_layer(ApplyContext& context, std::string_view event, const Layer& layer,
                     const Value& document) {
  context.notify(event, Value::object().add("id", Value::of(layer.id)).add("layer", document));
}

void set_active(ApplyContext& context, std::optional<std::string> id) {
  if (context.state.active == id) return;
  context.notify("layer.activated", Value::object().add("id", id ? Value::of(*id) : Value::null()));
  context.state.active = std::move(id);
}

// Removes the deleted layer from `duck_under` of all sounds.
void end_ducking(ApplyContext& context, const std::string& layer) {
  for (AudioTrack& track : context.scene().audio) {
    if (track.duck_under != layer) continue;
    track.duck_under.reset();
    context.notify("audio.updated", Value::object()
                                        .add("id", Value::of(track.id))
                                        .add("audio", track_document(track, Secrets::kRedacted)));
  }
}

// Refuses a mask of an unknown layer, and one that the layer itself is needed for. The reader is at
// the layer.
void check_mask(ApplyContext& context, const Layer& layer) {
  if (!layer.mask || !layer.mask->layer) return;
  const auto& layers = context.scene().layers;
  const std::string& mask = *layer.mask->layer;
  MaskLayers masks = mask_layers_of(layers);
  masks[layer.id] = mask;
  const Reader::Step step(context.reader, "mask");
  const auto cycle = mask_cycle(masks, layer.id);
  if (!cycle.empty()) {
    refuse_at(context, "layer", ErrorCode::kInvalidInput,
              "the layer is needed for its own mask: " + cycle_text(cycle));
  }
  if (find_by_id(layers, mask) != nullptr) return;
  refuse_at(context, "layer", ErrorCode::kInvalidInput, no_such("layer", mask, layers));
}

// Refuses to delete a layer that masks another one.
void check_is_no_mask(ApplyContext& context, const std::string& id) {
  for (const auto& each : context.scene().layers) {
    if (!each->mask || each->mask->layer != id) continue;
    refuse_at(
        context, "id", ErrorCode::kConflict,
        "the layer \"" + id + "\" is the mask of \"" + each->id + "\"; change that mask first");
  }
}

// Replaces the layer at `place` by `after`, which has its id.
Value replace_layer(ApplyContext& context, size_t place, Layer after, LayerRun run) {
  check_mask(context, after);
  base::Shared<Layer>& layer = context.scene().layers[place];
  if (after == *layer && run == *context.state.run.layers.of(layer->id)) {
    return layer_document(layer, Secrets::kRedacted);
  }
  if (after != *layer) layer = std::move(after);
  context.state.run.layers.set(std::move(run));
  Value document = layer_document(layer, Secrets::kRedacted);
  notify_of_layer(context, "layer.updated", layer, document);
  return document;
}

Value replace_layer(ApplyContext& context, size_t place, Layer after) {
  LayerRun run = run_after(running_layer(context.state, place), after, context.now);
  return replace_layer(context, place, std::move(after), std::move(run));
}

// Refuses an action that the content would not show.
void check_stopwatch(ApplyContext& context, const Layer& layer, StopwatchAction action) {
  const auto* text = std::get_if<TextContent>(&layer.content);
  const auto shows = [&](const TextPart& part) {
    const auto* countdown = std::get_if<CountdownPart>(&part);
    const bool is_resettable =
        countdown != nullptr && std::holds_alternative<base::Duration>(countdown->until);
    return std::holds_alternative<ElapsedPart>(part) ||
           (action == StopwatchAction::kReset && is_resettable);
  };
  if (text != nullptr && std::ranges::any_of(parse_placeholders(text->text).parts, shows)) return;
  refuse_at(
      context, "id", ErrorCode::kUnsupported,
      "the layer \"" + layer.id + "\" is not a text with {{elapsed}}" +
          (action == StopwatchAction::kReset ? " or a countdown such as {{countdown:10m}}" : ""));
}

}  // namespace

Value apply_change(ApplyContext& context, const CreateLayer& change) {
  const Reader::Step step(context.reader, "layer");
  auto& layers = context.scene().layers;
  Layer layer = change.layer;
  const bool is_nameless = layer.id.empty();
  if (is_nameless) layer.id = free_id(context.scene(), layer.type);
  layer = with_restored_sources<Layer>(layer_codec(), std::move(layer), nullptr, context);
  if (is_nameless) {
    const auto twin = std::ranges::find_if(layers, [&](const auto& each) {
      return each->type == layer.type && each->content == layer.content;
    });
    if (twin != layers.end()) return layer_document(*twin, Secrets::kRedacted);
  } else if (find_by_id(layers, layer.id) != nullptr) {
    refuse_at(context, "id", ErrorCode::kConflict,
              "\"" + layer.id + "\" is already the id of another layer");
  }
  check_mask(context, layer);
  check_followed_sound(context, layer);
  if (layers.size() >= static_cast<size_t>(limits::kLayersMax)) {
    refuse(context, ErrorCode::kLimit,
           "the scene already has " + std::to_string(limits::kLayersMax) +
               " layers, which is the maximum");
  }
  if (change.is_on_top) layer.z_index = z_on_top(context.scene());
  context.state.run.layers.set(first_run(layer, context.now));
  layers.emplace_back(std::move(layer));
  Value created = layer_document(layers.back(), Secrets::kRedacted);
  notify_of_layer(context, "layer.created", layers.back(), created);
  return created;
}

Value apply_change(ApplyContext& context, const UpdateLayer& change) {
  const size_t place = place_of_layer(context, change.id);
  const Layer& layer = *context.scene().layers[place];
  const Reader::Step step(context.reader, "patch");
  Layer after = patched(layer_codec(), layer, change.patch, context);
  check_followed_sound(context, after);
  return replace_layer(context, place, std::move(after));
}

Value apply_change(ApplyContext& context, const ReplaceLayer& change) {
  const size_t place = place_of_layer(context, change.id);
  const Layer& before = *context.scene().layers[place];
  const Reader::Step step(context.reader, "layer");
  Layer layer = change.layer;
  layer.id = change.id;
  layer = with_restored_sources(layer_codec(), std::move(layer), &before, context);
  check_followed_sound(context, layer);
  return replace_layer(context, place, std::move(layer));
}

Value apply_change(ApplyContext& context, const RestartLayer& change) {
  const size_t place = place_of_layer(context, change.id);
  return replace_layer(context, place, context.scene().layers[place],
                       restarted(running_layer(context.state, place), context.now));
}

Value apply_change(ApplyContext& context, const ControlStopwatch& change) {
  const size_t place = place_of_layer(context, change.id);
  const Layer& layer = *context.scene().layers[place];
  check_stopwatch(context, layer, change.action);
  LayerRun run = context.state.run.layers.of(layer.id);
  run.id = layer.id;
  run.stopwatch = stopwatch_after(change.action, run.stopwatch, run.start, context.now);
  return replace_layer(context, place, layer, std::move(run));
}

Value apply_change(ApplyContext& context, const DeleteLayer& change) {
  const size_t place = place_of_layer(context, change.id);
  check_is_no_mask(context, change.id);
  remove_layer(context.state, place, context.now);
  context.notify("layer.deleted", Value::object().add("id", Value::of(change.id)));
  end_ducking(context, change.id);
  end_following(context, change.id);
  if (context.state.active == change.id) set_active(context, std::nullopt);
  return Value::object().add("id", Value::of(change.id));
}

Value apply_change(ApplyContext& context, const ActivateLayer& change) {
  if (change.id) place_of_layer(context, *change.id);
  set_active(context, change.id);
  return Value::object().add("id", change.id ? Value::of(*change.id) : Value::null());
}

Value apply_change(ApplyContext& context, const AnimateLayer& change) {
  const size_t place = place_of_layer(context, change.id);
  Layer after = context.scene().layers[place];
  LayerRun run = context.state.run.layers.of(after.id);
  run.id = after.id;
  if (change.animations) {
    after.animations = *change.animations;
    const auto start = run.start ? std::optional(context.now) : std::nullopt;
    run.animations.assign(after.animations.size(), start);
  } else {
    add_animation(after, run, *change.animation, context.now);
  }
  if (after.animations.size() > static_cast<size_t>(limits::kAnimationsMax)) {
    refuse_at(context, "animation", ErrorCode::kLimit,
              "the layer has " + std::to_string(limits::kAnimationsMax) +
                  " animations that still have an effect; remove some, or use \"animations\" to "
                  "replace them");
  }
  return replace_layer(context, place, std::move(after), std::move(run));
}

Value apply_change(ApplyContext& context, const RemoveAnimation& change) {
  const size_t place = place_of_layer(context, change.id);
  Layer after = context.scene().layers[place];
  const auto index = static_cast<size_t>(change.index);
  if (index >= after.animations.size()) {
    const size_t count = after.animations.size();
    refuse_at(context, "index", ErrorCode::kNotFound,
              "the layer \"" + after.id + "\" has no animation " + std::to_string(index) +
                  (count == 0 ? "; it has none"
                              : "; expected an index from 0 to " + std::to_string(count - 1)));
  }
  LayerRun run = context.state.run.layers.of(after.id);
  run.id = after.id;
  run.animations.resize(after.animations.size());
  after.animations.erase(after.animations.begin() + change.index);
  run.animations.erase(run.animations.begin() + change.index);
  return replace_layer(context, place, std::move(after), std::move(run));
}

Value apply_change(ApplyContext& context, const Say& change) {
  base::Shared<Layer>& layer = context.scene().layers[place_of_layer(context, change.id)];
  if (!std::holds_alternative<ChatContent>(layer->content)) {
    refuse_at(context, "id", ErrorCode::kUnsupported,
              "the layer \"" + layer->id + "\" is not a chat");
  }
  Layer after = layer;
  auto& chat = std::get<ChatContent>(after.content);
  LayerRun run = context.state.run.layers.of(layer->id);
  run.id = layer->id;
  ChatMessage message = change.message;
  if (message.id.empty()) message.id = free_message_id(chat, context.state.revision + 1);
  const std::string id = message.id;
  Value document = chat_message_codec().write(message);
  add_message(chat, run.messages, std::move(message), context.now);
  const auto* said = find_by_id(chat.messages, id);
  // The message is older than all that are kept.
  if (said == nullptr) return document;
  document = chat_message_codec().write(*said);
  if (after != *layer || run != *context.state.run.layers.of(layer->id)) {
    context.notify("chat.said",
                   Value::object().add("id", Value::of(layer->id)).add("message", document));
    layer = std::move(after);
    context.state.run.layers.set(std::move(run));
  }
  return document;
}

}  // namespace layercast::scene
