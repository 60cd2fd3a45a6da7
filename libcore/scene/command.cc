#include "scene/command.h"

#include "base/nearest.h"
#include "base/redaction.h"
#include "scene/chat.h"
#include "scene/codec.h"
#include "scene/content_tables.h"
#include "scene/find_by_id.h"
#include "scene/limits.h"
#include "scene/live_codec.h"
#include "scene/phases.h"
#include "scene/scene_tables.h"
#include "scene/showing.h"
#include "scene/source_secrets.h"
#include "scene/stream_config.h"
#include "scene/track_phases.h"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <span>
#include <utility>

namespace layercast::scene {
namespace {

using base::Duration;
using base::ErrorCode;

// Thrown when a command is refused; caught in apply().
struct Refused {
  Refusal refusal;
};

// The context of a command.
struct Work {
  LiveState& state;  ///< a copy of its own
  Duration now;
  std::vector<Event>& events;
  Reader& reader;  ///< positioned at the params

  Scene& scene() { return state.scene; }
  void notify(std::string_view event, Value params) {
    events.push_back({std::string(event), std::move(params)});
  }
};

std::string detail_of(const Fault& fault) {
  return fault.expected.empty() ? fault.problem : fault.problem + ", expected " + fault.expected;
}

Refusal refusal_of(std::span<const Fault> faults) {
  Refusal refusal;
  refusal.error.code = ErrorCode::kInvalidInput;
  const Fault& first = faults.front();
  refusal.error.message = (first.pointer.empty() ? "" : first.pointer + ": ") + detail_of(first);
  if (faults.size() > 1) {
    refusal.error.message += " (and " + std::to_string(faults.size() - 1) + " more)";
  }
  const size_t count = std::min(faults.size(), static_cast<size_t>(limits::kFaultsMax));
  for (const Fault& fault : faults.first(count)) {
    refusal.faults.push_back({fault.pointer, detail_of(fault)});
  }
  return refusal;
}

// Refuses the value at the position of the reader.
[[noreturn]] void refuse(const Work& work, ErrorCode code, const std::string& message) {
  throw Refused{{{code, message, {}, nullptr}, {{work.reader.pointer(), message}}}};
}

// Refuses the member `key` of that value.
[[noreturn]] void refuse_at(Work& work, std::string_view key, ErrorCode code,
                            const std::string& message) {
  const Reader::Step step(work.reader, key);
  refuse(work, code, message);
}

void stop_at_faults(const Work& work) {
  if (!work.reader.faults().empty()) throw Refused{refusal_of(work.reader.faults())};
}

template <class T>
T read_by(const Codec<T>& codec, const Value& value, Work& work) {
  auto read = codec.read(value, work.reader);
  stop_at_faults(work);
  return *std::move(read);
}

// --- params ---

enum class Need { kRequired, kOptional };
struct Param {
  std::string_view key;
  Need need = Need::kRequired;
};

// Refuses params that are not an object with these keys.
void check_params(Work& work, const Value& params, std::initializer_list<Param> expected) {
  if (!params.is(Value::Kind::kObject)) {
    work.reader.fault(params, got(params), "an object");
    stop_at_faults(work);
  }
  std::vector<std::string_view> keys;
  for (const Param& each : expected) {
    keys.push_back(each.key);
    if (each.need == Need::kRequired && params.find(each.key) == nullptr) {
      work.reader.fault(params, "\"" + std::string(each.key) + "\" is missing", "");
    }
  }
  for (const auto& member : params.members) {
    if (std::ranges::find(keys, member.key) != keys.end()) continue;
    const Reader::Step step(work.reader, member.key);
    work.reader.fault(member.key_mark, "unknown key",
                      keys.empty() ? "none" : joined_names(keys) + suggestion(member.key, keys));
  }
  stop_at_faults(work);
}

const std::string& text_param(Work& work, const Value& params, std::string_view key) {
  const Value& value = *params.find(key);
  if (!value.is(Value::Kind::kString)) {
    const Reader::Step step(work.reader, key);
    work.reader.fault(value, got(value), "a string");
    stop_at_faults(work);
  }
  return value.text;
}

// Refuses a value at the position of the reader that is not an object.
void check_is_object(Work& work, const Value& value, std::string_view expected) {
  if (value.is(Value::Kind::kObject)) return;
  work.reader.fault(value, got(value), std::string(expected));
  stop_at_faults(work);
}

template <class Items>
std::string no_such(std::string_view kind, std::string_view id, const Items& items) {
  std::vector<std::string_view> known;
  for (const auto& item : items) known.push_back(base::unshared(item).id);
  // Existing ids are short; longer ones are cut.
  constexpr size_t kShownMax = 80;
  const std::string shown(id.substr(0, kShownMax));
  return "there is no " + std::string(kind) + " \"" + shown + "\"" +
         suggestion(id.substr(0, kShownMax), known);
}

// The index of the layer that the parameter `id` names.
size_t layer_param(Work& work, const Value& params) {
  const std::string& id = text_param(work, params, "id");
  const auto& layers = work.scene().layers;
  const auto* layer = find_by_id(layers, id);
  if (layer == nullptr) {
    refuse_at(work, "id", ErrorCode::kNotFound, no_such("layer", id, layers));
  }
  return static_cast<size_t>(layer - layers.data());
}

// --- layers ---

std::string free_id(const Scene& scene, const Value& document) {
  const Value* type = document.find("type");
  std::string stem = type != nullptr && type->text.size() < 32 ? type->text : "layer";
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

void tell_of_layer(Work& work, std::string_view event, const Layer& layer, const Value& document) {
  work.notify(event, Value::object().add("id", Value::of(layer.id)).add("layer", document));
}

Value create_layer(Work& work, const Value& params) {
  check_params(work, params, {{"layer"}});
  const Value& given = *params.find("layer");
  const Reader::Step step(work.reader, "layer");
  check_is_object(work, given, "a layer");
  auto& layers = work.scene().layers;
  const bool is_nameless = given.find("id") == nullptr;
  Value document = given;
  if (is_nameless) document.set("id", Value::of(free_id(work.scene(), given)));
  restore_sources(layer_codec().shape, document, Value::object(), work.reader);
  Layer layer = read_by(layer_codec(), document, work);
  if (is_nameless) {
    const auto twin = std::ranges::find_if(layers, [&](const auto& each) {
      return each->type == layer.type && each->content == layer.content;
    });
    if (twin != layers.end()) return layer_document(*twin, Secrets::kRedacted);
  } else if (find_by_id(layers, layer.id) != nullptr) {
    refuse_at(work, "id", ErrorCode::kConflict,
              "\"" + layer.id + "\" is already the id of another layer");
  }
  if (layers.size() >= static_cast<size_t>(limits::kLayersMax)) {
    refuse(work, ErrorCode::kLimit,
           "the scene already has " + std::to_string(limits::kLayersMax) +
               " layers, which is the maximum");
  }
  if (given.find("z_index") == nullptr) layer.z_index = z_on_top(work.scene());
  work.state.run.layers.set(first_run(layer, work.now));
  layers.emplace_back(std::move(layer));
  const Value created = layer_document(layers.back(), Secrets::kRedacted);
  tell_of_layer(work, "layer.created", layers.back(), created);
  return created;
}

// Replaces the layer at `place` by `after`, which has its id.
Value changed_layer(Work& work, size_t place, Layer after, LayerRun run) {
  base::Shared<Layer>& layer = work.scene().layers[place];
  if (after == *layer && run == *work.state.run.layers.of(layer->id)) {
    return layer_document(layer, Secrets::kRedacted);
  }
  if (after != *layer) layer = std::move(after);
  work.state.run.layers.set(std::move(run));
  const Value document = layer_document(layer, Secrets::kRedacted);
  tell_of_layer(work, "layer.updated", layer, document);
  return document;
}

Value changed_layer(Work& work, size_t place, Layer after) {
  LayerRun run = run_after(running_layer(work.state, place), after, work.now);
  return changed_layer(work, place, std::move(after), std::move(run));
}

// Refuses a document with an id other than that of the layer.
void check_id_stays(Work& work, const Value& document, const Layer& layer) {
  const Value* id = document.find("id");
  if (id == nullptr || *id == Value::of(layer.id)) return;
  const Reader::Step step(work.reader, "id");
  work.reader.fault(*id, "the id of a layer cannot change", "\"" + layer.id + "\", or none");
  stop_at_faults(work);
}

Value update_layer(Work& work, const Value& params) {
  check_params(work, params, {{"id"}, {"patch"}});
  const size_t place = layer_param(work, params);
  const Layer& layer = *work.scene().layers[place];
  const Value& patch = *params.find("patch");
  const Reader::Step step(work.reader, "patch");
  check_is_object(work, patch, "a merge patch");
  check_id_stays(work, patch, layer);
  const Value before = layer_document(layer, Secrets::kShown);
  Value document = merge_patched(before, patch);
  restore_sources(layer_codec().shape, document, before, work.reader);
  return changed_layer(work, place, read_by(layer_codec(), document, work));
}

Value replace_layer(Work& work, const Value& params) {
  check_params(work, params, {{"id"}, {"layer"}});
  const size_t place = layer_param(work, params);
  const Layer& layer = *work.scene().layers[place];
  Value document = *params.find("layer");
  const Reader::Step step(work.reader, "layer");
  check_is_object(work, document, "a layer");
  check_id_stays(work, document, layer);
  document.set("id", Value::of(layer.id));
  restore_sources(layer_codec().shape, document, layer_document(layer, Secrets::kShown),
                  work.reader);
  return changed_layer(work, place, read_by(layer_codec(), document, work));
}

Value restart_layer(Work& work, const Value& params) {
  check_params(work, params, {{"id"}});
  const size_t place = layer_param(work, params);
  return changed_layer(work, place, work.scene().layers[place],
                       restarted(running_layer(work.state, place), work.now));
}

Value shown_document(const AudioTrack& track) { return track_document(track, Secrets::kRedacted); }

void tell_of_track(Work& work, std::string_view event, const AudioTrack& track) {
  work.notify(event,
              Value::object().add("id", Value::of(track.id)).add("audio", shown_document(track)));
}

void activate(Work& work, std::optional<std::string> id) {
  if (work.state.active == id) return;
  work.notify("layer.activated", Value::object().add("id", id ? Value::of(*id) : Value::null()));
  work.state.active = std::move(id);
}

// Removes the deleted layer from `duck_under` of all sounds.
void end_ducking(Work& work, const std::string& layer) {
  for (AudioTrack& track : work.scene().audio) {
    if (track.duck_under != layer) continue;
    track.duck_under.reset();
    tell_of_track(work, "audio.updated", track);
  }
}

Value delete_layer(Work& work, const Value& params) {
  check_params(work, params, {{"id"}});
  const size_t place = layer_param(work, params);
  const std::string id = work.scene().layers[place]->id;
  remove_layer(work.state, place, work.now);
  work.notify("layer.deleted", Value::object().add("id", Value::of(id)));
  end_ducking(work, id);
  if (work.state.active == id) activate(work, std::nullopt);
  return Value::object().add("id", Value::of(id));
}

Value activate_layer(Work& work, const Value& params) {
  check_params(work, params, {{"id"}});
  const Value id = *params.find("id");
  if (id.is(Value::Kind::kNull)) {
    activate(work, std::nullopt);
  } else {
    activate(work, work.scene().layers[layer_param(work, params)]->id);
  }
  return Value::object().add("id", id);
}

std::vector<Animation> animation_params(Work& work, const Value& list) {
  const Codec<std::vector<Animation>> codec =
      scene::list(animation_codec(), 0, limits::kAnimationsMax, "animations");
  return read_by(codec, list, work);
}

Value animate_layer(Work& work, const Value& params) {
  check_params(work, params,
               {{"id"}, {"animation", Need::kOptional}, {"animations", Need::kOptional}});
  const size_t place = layer_param(work, params);
  const Value* one = params.find("animation");
  const Value* all = params.find("animations");
  if ((one == nullptr) == (all == nullptr)) {
    work.reader.fault(params,
                      one == nullptr ? "neither \"animation\" nor \"animations\" is given"
                                     : "both \"animation\" and \"animations\" are given",
                      "one of them");
    stop_at_faults(work);
  }
  Layer after = work.scene().layers[place];
  LayerRun run = work.state.run.layers.of(after.id);
  run.id = after.id;
  const Reader::Step step(work.reader, one != nullptr ? "animation" : "animations");
  if (all != nullptr) {
    after.animations = animation_params(work, *all);
    const auto start = run.start ? std::optional(work.now) : std::nullopt;
    run.animations.assign(after.animations.size(), start);
  } else {
    add_animation(after, run, read_by(animation_codec(), *one, work), work.now);
  }
  if (after.animations.size() > static_cast<size_t>(limits::kAnimationsMax)) {
    refuse(work, ErrorCode::kLimit,
           "the layer has " + std::to_string(limits::kAnimationsMax) +
               " animations that still have an effect; use \"animations\" to replace them");
  }
  return changed_layer(work, place, std::move(after), std::move(run));
}

Value say(Work& work, const Value& params) {
  check_params(work, params, {{"id"}, {"message"}});
  base::Shared<Layer>& layer = work.scene().layers[layer_param(work, params)];
  if (!std::holds_alternative<ChatContent>(layer->content)) {
    refuse_at(work, "id", ErrorCode::kUnsupported, "the layer \"" + layer->id + "\" is not a chat");
  }
  Layer after = layer;
  auto& chat = std::get<ChatContent>(after.content);
  LayerRun run = work.state.run.layers.of(layer->id);
  run.id = layer->id;
  Value document = *params.find("message");
  const Reader::Step step(work.reader, "message");
  check_is_object(work, document, "a message");
  if (document.find("id") == nullptr) {
    document.set("id", Value::of(free_message_id(chat, work.state.revision + 1)));
  }
  ChatMessage message = read_by(chat_message_codec(), document, work);
  const std::string id = message.id;
  add_message(chat, run.messages, std::move(message), work.now);
  const auto* said = find_by_id(chat.messages, id);
  // The message is older than all that are kept.
  if (said == nullptr) return document;
  document = chat_message_codec().write(*said);
  if (after != *layer || run != *work.state.run.layers.of(layer->id)) {
    work.notify("chat.said",
                Value::object().add("id", Value::of(layer->id)).add("message", document));
    layer = std::move(after);
    work.state.run.layers.set(std::move(run));
  }
  return document;
}

// --- the scene ---

void tell_of_scene(Work& work) {
  work.notify("scene.updated", Value::object()
                                   .add("scene", scene_document(work.scene(), Secrets::kRedacted))
                                   .add("active", work.state.active ? Value::of(*work.state.active)
                                                                    : Value::null()));
}

// Replaces a redacted URL by that of the output in `before` with the same id.
void restore_url(Work& work, Output& output, const std::vector<Output>& before) {
  if (!base::is_redacted(output.url)) return;
  const auto* old = find_by_id(before, output.id);
  if (old != nullptr && output.url == base::redacted_url(old->url)) {
    output.url = old->url;
    return;
  }
  const Reader::Step step(work.reader, "url");
  work.reader.fault(Mark{}, "the URL is redacted and matches no known output", "the full URL");
}

void restore_urls(Work& work, std::vector<Output>& outputs) {
  const Reader::Step key(work.reader, "outputs");
  for (size_t i = 0; i < outputs.size(); ++i) {
    const Reader::Step item(work.reader, i);
    restore_url(work, outputs[i], work.scene().outputs);
  }
  stop_at_faults(work);
}

// Sets the active layer of the new scene: the one that `document` names, or else the previous one
// if it still exists.
void replace_active(Work& work, const Value& document) {
  auto& active = work.state.active;
  const Value* wanted = document.find("active");
  const auto& layers = work.scene().layers;
  if (wanted == nullptr) {
    if (active && find_by_id(layers, *active) == nullptr) active.reset();
  } else if (wanted->is(Value::Kind::kNull)) {
    active.reset();
  } else {
    active = text_param(work, document, "active");
    if (find_by_id(layers, *active) == nullptr) {
      refuse_at(work, "active", ErrorCode::kNotFound, no_such("layer", *active, layers));
    }
  }
}

// Does the same for the sources of the layers or sounds that `document` lists under `key`.
template <class Item, class T>
void restore_sources_of(Work& work, Value& document, std::string_view key,
                        const std::vector<Item>& before, const Codec<T>& codec) {
  Value* list = document.find(key);
  if (list == nullptr) return;
  const Reader::Step step(work.reader, key);
  for (size_t i = 0; i < list->items.size(); ++i) {
    const Reader::Step at(work.reader, i);
    const Value* id = list->items[i].find("id");
    const Item* known = id == nullptr ? nullptr : find_by_id(before, id->text);
    const Value had = known == nullptr ? Value::object() : codec.write(*known);
    restore_sources(codec.shape, list->items[i], had, work.reader);
  }
}

// Sets the run states of the layers and sounds of `after`, which replaces the current scene.
void replace_runs(Work& work, const Scene& after) {
  LiveState& state = work.state;
  std::vector<LayerRun> layers;
  for (const auto& layer : after.layers) {
    const auto* before = find_by_id(state.scene.layers, layer->id);
    layers.push_back(before == nullptr
                         ? first_run(layer, work.now)
                         : run_after({*before, state.run.layers.of(layer->id)}, layer, work.now));
  }
  RunTable<TrackRun> tracks;
  for (const AudioTrack& track : after.audio) {
    const auto* before = find_by_id(state.scene.audio, track.id);
    tracks.set(before == nullptr
                   ? first_run(track, work.now)
                   : run_after({*before, state.run.audio.of(track.id)}, track, work.now));
  }
  state.run.audio = std::move(tracks);
  replace_layers(state, after.layers, work.now);
  for (LayerRun& run : layers) state.run.layers.set(std::move(run));
}

// Makes layers that are equal to those in `before` with the same ids share them.
void keep_equal_layers(const std::vector<base::Shared<Layer>>& before,
                       std::vector<base::Shared<Layer>>& layers) {
  for (auto& layer : layers) {
    const auto* known = find_by_id(before, layer->id);
    if (known != nullptr && *known == layer) layer = *known;
  }
}

Value replace_scene(Work& work, const Value& params) {
  check_params(work, params, {{"scene"}});
  const Value& given = *params.find("scene");
  const Reader::Step step(work.reader, "scene");
  Value document = given;
  // document_of() adds these keys to the scene.
  for (const std::string_view key : {"revision", "active", "stream"}) document.erase(key);
  restore_sources_of(work, document, "layers", work.scene().layers, layer_codec());
  restore_sources_of(work, document, "audio", work.scene().audio, audio_codec());
  Scene after = read_by(scene_codec(), document, work);
  restore_urls(work, after.outputs);
  keep_equal_layers(work.scene().layers, after.layers);
  const auto active_before = work.state.active;
  const bool is_changed = after != work.scene();
  replace_runs(work, after);
  work.scene() = std::move(after);
  replace_active(work, given);
  if (is_changed || work.state.active != active_before) tell_of_scene(work);
  return Value::object();
}

Value patch_scene(Work& work, const Value& params) {
  check_params(work, params, {{"patch"}});
  const Value& patch = *params.find("patch");
  const Reader::Step step(work.reader, "patch");
  check_is_object(work, patch, "a merge patch");
  for (const std::string_view key : {"layers", "audio", "outputs"}) {
    if (patch.find(key) == nullptr) continue;
    const Reader::Step at(work.reader, key);
    work.reader.fault(*patch.find(key),
                      "a patch of the scene cannot change its " + std::string(key),
                      "a command for each of them");
  }
  stop_at_faults(work);
  const Scene& scene = work.scene();
  const Scene head{scene.name, scene.canvas, scene.duration, scene.fonts, {}, {}, {}};
  Scene after = read_by(scene_codec(), merge_patched(scene_codec().write(head), patch), work);
  if (after != head) {
    work.scene().name = after.name;
    work.scene().canvas = after.canvas;
    work.scene().duration = after.duration;
    work.scene().fonts = after.fonts;
    tell_of_scene(work);
  }
  Value result = scene_codec().write(after);
  result.erase("layers");
  return result;
}

// --- the stream ---

Value transmit(Work& work, const Value& params, Transmission wanted, std::string_view event) {
  check_params(work, params, {});
  if (work.state.transmission != wanted) {
    work.state.transmission = wanted;
    work.notify(event, Value::object().add("stream", stream_document(work.state)));
  }
  return stream_document(work.state);
}

Value start_stream(Work& work, const Value& params) {
  return transmit(work, params, Transmission::kOnAir, "stream.started");
}
Value stop_stream(Work& work, const Value& params) {
  return transmit(work, params, Transmission::kStopped, "stream.stopped");
}
Value pause_stream(Work& work, const Value& params) {
  if (work.state.transmission == Transmission::kStopped) {
    refuse(work, ErrorCode::kConflict, "the stream is stopped and cannot be paused");
  }
  return transmit(work, params, Transmission::kPaused, "stream.paused");
}

// `quality` is an alias of a preset.
Value without_quality(Work& work, Value patch) {
  const Value* quality = patch.find("quality");
  if (quality == nullptr) return patch;
  const Reader::Step step(work.reader, "quality");
  const std::string name = read_by(quality_codec(), *quality, work);
  if (patch.find("preset") != nullptr) {
    work.reader.fault(*quality, "both \"quality\" and \"preset\" are given", "one of them");
    stop_at_faults(work);
  }
  patch.erase("quality");
  return patch.add("preset", Value::of(preset_of_quality(name)));
}

Value configure_stream(Work& work, const Value& params) {
  check_params(work, params, {{"patch"}});
  const Value& given = *params.find("patch");
  const Reader::Step step(work.reader, "patch");
  check_is_object(work, given, "a merge patch");
  const Value patch = without_quality(work, given);
  const StreamConfig before = stream_config_of(work.state);
  const Value merged = merge_patched(stream_config_codec().write(before), patch);
  const StreamConfig after = read_by(stream_config_codec(), merged, work);
  const std::vector<Output> outputs_before = work.scene().outputs;
  for (Output& output : work.scene().outputs) {
    if (patch.find("codec") != nullptr) output.codec.reset();
    if (patch.find("preset") != nullptr) output.preset.reset();
    if (patch.find("bitrate") != nullptr) output.bitrate.reset();
  }
  work.scene().canvas.size = after.size;
  work.scene().canvas.fps = after.fps;
  work.state.stream = after.settings;
  Value document = stream_document(work.state);
  if (before != after || outputs_before != work.scene().outputs) {
    work.notify("stream.configured", Value::object().add("stream", document));
  }
  return document;
}

// --- sound ---

AudioTrack& track_param(Work& work, const Value& params) {
  const std::string& id = text_param(work, params, "id");
  auto& tracks = work.scene().audio;
  auto* track = find_by_id(tracks, id);
  if (track == nullptr) {
    refuse_at(work, "id", ErrorCode::kNotFound, no_such("sound", id, tracks));
  }
  return *track;
}

void check_ducks_under_layer(Work& work, const AudioTrack& track) {
  const auto& layers = work.scene().layers;
  if (!track.duck_under || find_by_id(layers, *track.duck_under) != nullptr) return;
  refuse_at(work, "duck_under", ErrorCode::kInvalidInput,
            no_such("layer", *track.duck_under, layers));
}

std::string free_track_id(const Scene& scene) {
  for (int number = 1;; ++number) {
    std::string id = "audio-" + std::to_string(number);
    if (find_by_id(scene.audio, id) == nullptr) return id;
  }
}

Value add_track(Work& work, const Value& params) {
  check_params(work, params, {{"audio"}});
  Value document = *params.find("audio");
  const Reader::Step step(work.reader, "audio");
  check_is_object(work, document, "a sound");
  auto& tracks = work.scene().audio;
  if (document.find("id") == nullptr) document.set("id", Value::of(free_track_id(work.scene())));
  restore_sources(audio_codec().shape, document, Value::object(), work.reader);
  AudioTrack track = read_by(audio_codec(), document, work);
  check_ducks_under_layer(work, track);
  if (find_by_id(tracks, track.id) != nullptr) {
    refuse_at(work, "id", ErrorCode::kConflict,
              "\"" + track.id + "\" is already the id of another sound");
  }
  if (tracks.size() >= static_cast<size_t>(limits::kAudioMax)) {
    refuse(work, ErrorCode::kLimit,
           "the scene already has " + std::to_string(limits::kAudioMax) +
               " sounds, which is the maximum");
  }
  work.state.run.audio.set(first_run(track, work.now));
  tracks.push_back(std::move(track));
  tell_of_track(work, "audio.added", tracks.back());
  return shown_document(tracks.back());
}

Value update_track(Work& work, const Value& params) {
  check_params(work, params, {{"id"}, {"patch"}});
  AudioTrack& track = track_param(work, params);
  const Value& patch = *params.find("patch");
  const Reader::Step step(work.reader, "patch");
  check_is_object(work, patch, "a merge patch");
  const Value* id = patch.find("id");
  if (id != nullptr && *id != Value::of(track.id)) {
    refuse_at(work, "id", ErrorCode::kInvalidInput, "the id of a sound cannot change");
  }
  const Value before = track_document(track, Secrets::kShown);
  Value document = merge_patched(before, patch);
  restore_sources(audio_codec().shape, document, before, work.reader);
  AudioTrack after = read_by(audio_codec(), document, work);
  check_ducks_under_layer(work, after);
  if (after != track) {
    TrackRun run = run_after({track, work.state.run.audio.of(track.id)}, after, work.now);
    work.state.run.audio.set(std::move(run));
    track = std::move(after);
    tell_of_track(work, "audio.updated", track);
  }
  return shown_document(track);
}

Value restart_track(Work& work, const Value& params) {
  check_params(work, params, {{"id"}});
  const AudioTrack& track = track_param(work, params);
  TrackRun run = work.state.run.audio.of(track.id);
  run.id = track.id;
  run.start = work.now;
  if (run != *work.state.run.audio.of(track.id)) {
    work.state.run.audio.set(std::move(run));
    tell_of_track(work, "audio.updated", track);
  }
  return shown_document(track);
}

Value remove_track(Work& work, const Value& params) {
  check_params(work, params, {{"id"}});
  const std::string id = track_param(work, params).id;
  std::erase_if(work.scene().audio, [&](const AudioTrack& each) { return each.id == id; });
  work.state.run.audio.erase(id);
  work.notify("audio.removed", Value::object().add("id", Value::of(id)));
  return Value::object().add("id", Value::of(id));
}

// --- outputs ---

Value add_output(Work& work, const Value& params) {
  check_params(work, params, {{"output"}});
  const Reader::Step step(work.reader, "output");
  Output output = read_by(output_codec(), *params.find("output"), work);
  auto& outputs = work.scene().outputs;
  restore_url(work, output, {});
  stop_at_faults(work);
  if (outputs.size() >= static_cast<size_t>(limits::kOutputsMax)) {
    refuse(work, ErrorCode::kLimit,
           "the scene already has " + std::to_string(limits::kOutputsMax) +
               " outputs, which is the maximum");
  }
  if (!output.id.empty() && find_by_id(outputs, output.id) != nullptr) {
    refuse_at(work, "id", ErrorCode::kConflict,
              "\"" + output.id + "\" is already the id of another output");
  }
  outputs.push_back(std::move(output));
  name_outputs(outputs);
  Value document = output_document(outputs.back(), Secrets::kRedacted);
  work.notify("output.added", Value::object().add("output", document));
  return document;
}

Value remove_output(Work& work, const Value& params) {
  check_params(work, params, {{"id"}});
  const std::string id = text_param(work, params, "id");
  auto& outputs = work.scene().outputs;
  if (find_by_id(outputs, id) == nullptr) {
    refuse_at(work, "id", ErrorCode::kNotFound, no_such("output", id, outputs));
  }
  std::erase_if(outputs, [&](const Output& each) { return each.id == id; });
  work.notify("output.removed", Value::object().add("id", Value::of(id)));
  return Value::object().add("id", Value::of(id));
}

// --- all of them ---

Value execute(Work& work, std::string_view method, const Value& params);

Value execute_all(Work& work, const Value& params) {
  check_params(work, params, {{"commands"}});
  const Value& commands = *params.find("commands");
  const Reader::Step step(work.reader, "commands");
  if (!commands.is(Value::Kind::kArray)) {
    work.reader.fault(commands, got(commands), "a list of commands");
    stop_at_faults(work);
  }
  if (commands.items.size() > static_cast<size_t>(limits::kBatchCommandsMax)) {
    refuse(work, ErrorCode::kLimit,
           "the batch has " + std::to_string(commands.items.size()) + " commands, more than " +
               std::to_string(limits::kBatchCommandsMax));
  }
  Value results = Value::array();
  for (size_t i = 0; i < commands.items.size(); ++i) {
    const Value& command = commands.items[i];
    const Reader::Step item(work.reader, i);
    check_params(work, command, {{"method"}, {"params", Need::kOptional}});
    const std::string& method = text_param(work, command, "method");
    if (method == "batch") {
      refuse_at(work, "method", ErrorCode::kInvalidInput, "batches cannot be nested");
    }
    const Value* own_params = command.find("params");
    const Reader::Step inside(work.reader, "params");
    results.items.push_back(
        execute(work, method, own_params == nullptr ? Value::object() : *own_params));
  }
  return results;
}

struct Method {
  std::string_view name;
  Value (*execute)(Work&, const Value& params);
};
constexpr std::array kMethods = {Method{"layers.create", create_layer},
                                 Method{"layers.update", update_layer},
                                 Method{"layers.replace", replace_layer},
                                 Method{"layers.restart", restart_layer},
                                 Method{"layers.delete", delete_layer},
                                 Method{"layers.activate", activate_layer},
                                 Method{"layers.animate", animate_layer},
                                 Method{"chat.say", say},
                                 Method{"scene.replace", replace_scene},
                                 Method{"scene.patch", patch_scene},
                                 Method{"stream.start", start_stream},
                                 Method{"stream.stop", stop_stream},
                                 Method{"stream.pause", pause_stream},
                                 Method{"stream.configure", configure_stream},
                                 Method{"audio.add", add_track},
                                 Method{"audio.update", update_track},
                                 Method{"audio.restart", restart_track},
                                 Method{"audio.remove", remove_track},
                                 Method{"outputs.add", add_output},
                                 Method{"outputs.remove", remove_output},
                                 Method{"batch", execute_all}};

Value execute(Work& work, std::string_view name, const Value& params) {
  const auto method = std::ranges::find(kMethods, name, &Method::name);
  if (method != kMethods.end()) return method->execute(work, params);
  std::vector<std::string_view> known;
  for (const Method& each : kMethods) known.push_back(each.name);
  const std::string shown(name.substr(0, 80));
  throw Refused{{{ErrorCode::kUnsupported,
                  "there is no method \"" + shown + "\"" + suggestion(shown, known),
                  {},
                  nullptr},
                 {}}};
}

}  // namespace

base::Result<Command> command_from(const Value& value) {
  const auto wrong = [](const std::string& what) {
    return base::Error{ErrorCode::kInvalidInput, what, {}, nullptr};
  };
  if (!value.is(Value::Kind::kObject)) {
    return wrong("a command is an object {\"method\": …, \"params\": …}, not " +
                 std::string(name_of(value.kind)));
  }
  for (const auto& member : value.members) {
    if (member.key == "method" || member.key == "params") continue;
    return wrong("unknown key \"" + member.key.substr(0, 80) + "\" in a command");
  }
  const Value* method = value.find("method");
  if (method == nullptr || !method->is(Value::Kind::kString)) {
    return wrong("the \"method\" of a command must be a string");
  }
  const Value* params = value.find("params");
  if (params != nullptr && !params->is(Value::Kind::kObject)) {
    return wrong("the \"params\" of a command must be an object");
  }
  return Command{method->text, params == nullptr ? Value::object() : *params};
}

Value value_of(const Command& command) {
  return Value::object().add("method", Value::of(command.method)).add("params", command.params);
}

std::variant<Applied, Refusal> apply(const LiveState& state, const Command& command, Duration now) {
  Applied applied;
  applied.state = state;
  Reader reader;
  Work work{applied.state, now, applied.events, reader};
  try {
    applied.result = execute(work, command.method, command.params);
  } catch (Refused& refused) {
    return std::move(refused.refusal);
  }
  if (!applied.events.empty()) {
    ++applied.state.revision;
    forget_gone(applied.state, now);
  }
  return applied;
}

}  // namespace layercast::scene
