#include "scene/live_codec.h"

#include "base/redaction.h"
#include "scene/json_codec.h"
#include "scene/limits.h"
#include "scene/scene_tables.h"
#include "scene/source_secrets.h"
#include "scene/stream_config.h"

#include <charconv>
#include <map>
#include <optional>

namespace layercast::scene {
namespace {

base::Error not_ours(std::string message) {
  return {base::ErrorCode::kInvalidInput,
          "this is no state of a live scene: " + std::move(message),
          {},
          nullptr};
}

base::Result<Value> document_from(std::string_view text) {
  JsonDocument document = read_json(text);
  if (!document.faults.empty()) return not_ours(document.faults.front().to_string());
  if (!document.value.is(Value::Kind::kObject)) return not_ours("it is not an object");
  return std::move(document.value);
}

template <class T>
base::Result<T> read_by(const Codec<T>& codec, const Value& value) {
  Reader reader;
  auto read = codec.read(value, reader);
  if (!reader.faults().empty()) return not_ours(reader.faults().front().to_string());
  if (!read) return not_ours("it cannot be read");
  return *std::move(read);
}

// The member `key` read by its codec.
template <class T>
base::Result<T> member_of(const Value& document, std::string_view key, const Codec<T>& codec) {
  const Value* found = document.find(key);
  if (found == nullptr) return not_ours(std::string(key) + " is missing");
  return read_by(codec, *found);
}

// Nanoseconds, as a text: a JSON number holds 53 bits only.
base::Result<WallTime> epoch_of(const Value& document) {
  TRY(const std::string text, member_of(document, "epoch", string(1, 20, "nanoseconds")));
  int64_t nanos = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), nanos);
  if (error != std::errc{} || end != text.data() + text.size()) return not_ours("epoch " + text);
  return WallTime{base::Duration{nanos}};
}

base::Result<std::vector<Layer>> layers_in_order(const LiveStateTexts& texts, const Value& header) {
  std::map<std::string_view, std::string_view> text_of;
  for (const auto& [id, text] : texts.layers) text_of[id] = text;
  TRY(const auto order, member_of(header, "order", list(name(), 0, limits::kLayersMax, "layers")));
  if (order.size() != text_of.size()) return not_ours("its layers are not those of its header");
  std::vector<Layer> layers;
  layers.reserve(order.size());
  for (const std::string& id : order) {
    const auto text = text_of.find(id);
    if (text == text_of.end()) return not_ours("the layer " + id + " is missing");
    TRY(const Value document, document_from(text->second));
    TRY(Layer layer, read_by(layer_codec(), document));
    if (layer.id != id) return not_ours("the layer " + id + " is called " + layer.id);
    layers.push_back(std::move(layer));
    text_of.erase(text);  // an id that comes twice is missing then
  }
  return layers;
}

Value leaving_document(const LeavingLayer& leaving) {
  return Value::object()
      .add("place", Value::of(static_cast<double>(leaving.place)))
      .add("layer", layer_codec().write(leaving.layer));
}

base::Result<std::vector<LeavingLayer>> leaving_of(const Value& header) {
  std::vector<LeavingLayer> leaving;
  const Value* items = header.find("leaving");
  if (items == nullptr) return leaving;
  for (const Value& item : items->items) {
    TRY(const int place, member_of(item, "place", integer({0, limits::kLayersMax})));
    TRY(Layer layer, member_of(item, "layer", layer_codec()));
    leaving.push_back({std::move(layer), static_cast<size_t>(place)});
  }
  return leaving;
}

// Sounds name layers, which stand elsewhere: they are no part of the scene here.
const Codec<std::vector<AudioTrack>>& tracks_codec() {
  static const auto codec = list(audio_codec(), 0, limits::kAudioMax, "sounds");
  return codec;
}

Scene without_layers(const Scene& scene) {
  return {scene.name, scene.canvas, scene.duration, scene.fonts, {}, {}, scene.outputs};
}

}  // namespace

Value header_document(const LiveState& state) {
  Value order = Value::array();
  for (const Layer& layer : state.scene.layers) order.items.push_back(Value::of(layer.id));
  Value header = Value::object();
  header.add("scene", scene_codec().write(without_layers(state.scene)));
  header.add("order", std::move(order));
  if (!state.scene.audio.empty()) header.add("audio", tracks_codec().write(state.scene.audio));
  if (!state.leaving.empty()) {
    Value leaving = Value::array();
    for (const LeavingLayer& each : state.leaving) leaving.items.push_back(leaving_document(each));
    header.add("leaving", std::move(leaving));
  }
  if (state.active) header.add("active", Value::of(*state.active));
  header.add("stream", stream_config_codec().write(stream_config_of(state)));
  header.add("transmission", transmission_codec().write(state.transmission));
  header.add("epoch", Value::of(std::to_string(state.epoch.time_since_epoch().count())));
  return header;
}

std::string header_text(const LiveState& state) { return write_json(header_document(state), 0); }

std::string layer_text(const Layer& layer) { return write_json(layer_codec().write(layer), 0); }

base::Result<LiveState> live_state_from(const LiveStateTexts& texts, int64_t revision) {
  LiveState state;
  state.revision = revision;
  TRY(const Value header, document_from(texts.header));
  TRY(state.scene, member_of(header, "scene", scene_codec()));
  TRY(state.scene.layers, layers_in_order(texts, header));
  if (header.find("audio") != nullptr) {
    TRY(state.scene.audio, member_of(header, "audio", tracks_codec()));
  }
  TRY(state.leaving, leaving_of(header));
  if (header.find("active") != nullptr) {
    TRY(state.active, member_of(header, "active", name()));
  }
  TRY(const StreamConfig config, member_of(header, "stream", stream_config_codec()));
  state.stream = config.settings;
  TRY(state.transmission, member_of(header, "transmission", transmission_codec()));
  TRY(state.epoch, epoch_of(header));
  return state;
}

Value output_document(const Output& output, Secrets secrets) {
  if (secrets == Secrets::kShown) return output_codec().write(output);
  Output shown = output;
  shown.url = base::redacted_url(output.url);
  return output_codec().write(shown);
}

Value layer_document(const Layer& layer, Secrets secrets) {
  Value document = layer_codec().write(layer);
  return secrets == Secrets::kShown ? document : with_redacted_sources(std::move(document));
}

Value track_document(const AudioTrack& track, Secrets secrets) {
  Value document = audio_codec().write(track);
  return secrets == Secrets::kShown ? document : with_redacted_sources(std::move(document));
}

Value scene_document(const Scene& scene, Secrets secrets) {
  if (secrets == Secrets::kShown) return scene_codec().write(scene);
  Scene shown = scene;
  for (Output& output : shown.outputs) output.url = base::redacted_url(output.url);
  return with_redacted_sources(scene_codec().write(shown));
}

Value stream_document(const LiveState& state) {
  return stream_config_codec()
      .write(stream_config_of(state))
      .add("transmission", transmission_codec().write(state.transmission));
}

Value document_of(const LiveState& state, Secrets secrets) {
  return scene_document(state.scene, secrets)
      .add("revision", Value::of(static_cast<double>(state.revision)))
      .add("active", state.active ? Value::of(*state.active) : Value::null())
      .add("stream", stream_document(state));
}

}  // namespace layercast::scene
