#include "scene/live/live_codec.h"

#include "base/parse_number.h"
#include "base/redaction.h"
#include "scene/live/animation_folding.h"
#include "scene/live/live_migration.h"
#include "scene/live/run_tables.h"
#include "scene/live/stream_config.h"
#include "scene/model/find_by_id.h"
#include "scene/model/limits.h"
#include "scene/model/scene_settings.h"
#include "scene/wire/json_codec.h"
#include "scene/wire/scene_tables.h"
#include "scene/wire/source_secrets.h"

#include <map>
#include <optional>

namespace layercast::scene {
namespace {

base::Error not_ours(std::string message) {
  return base::invalid_input("this is not the state of a live scene: " + std::move(message));
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

// Reads the member `key` by its codec.
template <class T>
base::Result<T> member_of(const Value& document, std::string_view key, const Codec<T>& codec) {
  const Value* found = document.find(key);
  if (found == nullptr) return not_ours(std::string(key) + " is missing");
  return read_by(codec, *found);
}

// Nanoseconds as text, because a JSON number has only 53 bits.
base::Result<WallTime> epoch_of(const Value& document) {
  TRY(const std::string text,
      member_of(document, "epoch", string(1, 20, "nanoseconds", FileRole::kNone)));
  const auto nanos = base::parse_number<int64_t>(text);
  if (!nanos) return not_ours("epoch " + text);
  return WallTime{base::Duration{*nanos}};
}

// Reads the run state of `id` by its codec; a default one if `document` is null.
template <class Run>
base::Result<Run> run_from(const Codec<Run>& codec, const Value* document, const std::string& id) {
  Run run;
  if (document != nullptr) {
    TRY(run, read_by(codec, *document));
  }
  run.id = id;
  return run;
}

// A layer as it is stored, `{"layer": …, "run": …}`, or in version 1 as the layer itself.
struct StoredLayer {
  Layer layer;
  LayerRun run;
};
base::Result<StoredLayer> stored_layer_from(Value document, int version) {
  if (version == 1) {
    Value run = take_run_of_layer(document);
    document = Value::object().add("layer", std::move(document)).add("run", std::move(run));
  }
  StoredLayer stored;
  TRY(stored.layer, member_of(document, "layer", layer_codec()));
  TRY(stored.run, run_from(layer_run_codec(), document.find("run"), stored.layer.id));
  return stored;
}

// The ids of the layers in their order: one text, because a change of a large scene would spend
// most of its time on a list. Version 1 has a list, and so have the first states of version 2.
std::string order_text(const Scene& scene) {
  std::string text;
  for (const auto& layer : scene.layers) {
    if (!text.empty()) text += ' ';
    text += layer->id;
  }
  return text;
}

base::Result<std::vector<std::string>> order_from(const Value& header) {
  const Value* order = header.find("order");
  if (order == nullptr || !order->is(Value::Kind::kString)) {
    return member_of(header, "order", list(name(), 0, limits::kLayersMax, "layers"));
  }
  std::vector<std::string> ids;
  std::string_view rest = order->text;
  while (!rest.empty()) {
    const size_t end = std::min(rest.find(' '), rest.size());
    ids.emplace_back(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return ids;
}

// Takes the result of reading a part; an error goes to `unreadable`, if that is present. The state
// then has nothing of the part.
base::Result<void> left_out(base::Result<void> read, const std::string& name,
                            const std::string& text, std::vector<UnreadablePart>* unreadable) {
  if (read || unreadable == nullptr) return read;
  unreadable->push_back({name, text, std::move(read).error()});
  return {};
}

base::Result<void> read_layer(const std::string& id, std::string_view text, int version,
                              LiveState& state) {
  TRY(Value document, document_from(text));
  TRY(StoredLayer stored, stored_layer_from(std::move(document), version));
  if (stored.layer.id != id) {
    return not_ours("the layer " + id + " has the id " + stored.layer.id);
  }
  state.scene.layers.emplace_back(std::move(stored.layer));
  state.run.layers.set(std::move(stored.run));
  return {};
}

base::Result<void> read_layers(const LiveStateTexts& texts, const Value& header, int version,
                               LiveState& state, std::vector<UnreadablePart>* unreadable) {
  std::map<std::string_view, std::string_view> text_of;
  for (const auto& [id, text] : texts.layers) text_of[id] = text;
  TRY(const std::vector<std::string> order, order_from(header));
  if (order.size() != text_of.size() && unreadable == nullptr) {
    return not_ours("its layers differ from those in its header");
  }
  state.scene.layers.reserve(order.size());
  for (const std::string& id : order) {
    const auto text = text_of.find(id);
    const bool is_stored = text != text_of.end();
    auto read = is_stored ? read_layer(id, text->second, version, state)
                          : not_ours("the layer " + id + " is missing");
    TRY_DO(left_out(std::move(read), "layer " + id, is_stored ? std::string(text->second) : "",
                    unreadable));
    if (is_stored) text_of.erase(text);  // so that a repeated id counts as missing
  }
  for (const auto& [id, text] : text_of) {
    TRY_DO(left_out(not_ours("the header does not list it"), "layer " + std::string(id),
                    std::string(text), unreadable));
  }
  return {};
}

Value exiting_document(const ExitingLayer& exiting) {
  Value document = Value::object()
                       .add("place", Value::of(static_cast<double>(exiting.place)))
                       .add("layer", layer_codec().write(exiting.layer))
                       .add("run", layer_run_codec().write(exiting.run));
  if (exiting.is_mask) document.add("is_mask", Value::of(true));
  return document;
}

base::Result<void> read_exiting(const Value& header, int version, LiveState& state) {
  const Value* items = header.find(version == 1 ? "leaving" : "exiting");
  if (items == nullptr) return {};
  std::vector<ExitingLayer> exiting;
  for (const Value& item : items->items) {
    TRY(const int place, member_of(item, "place", integer({0, limits::kLayersMax})));
    const Value* document = version == 1 ? item.find("layer") : &item;
    if (document == nullptr) return not_ours("an exiting layer is missing");
    TRY(StoredLayer stored, stored_layer_from(*document, version));
    exiting.push_back({std::move(stored.layer), std::move(stored.run), static_cast<size_t>(place),
                       item.find("is_mask") != nullptr});
  }
  state.run.exiting = std::move(exiting);
  return {};
}

// Sounds refer to layers, which this document does not contain, so those references are not
// checked.
const Codec<std::vector<AudioTrack>>& tracks_codec() {
  static const auto codec = list(audio_codec(), 0, limits::kAudioMax, "sounds");
  return codec;
}

base::Result<void> read_audio(const Value& header, int version, LiveState& state) {
  const Value* tracks = header.find("audio");
  if (tracks == nullptr) return {};
  Value documents = *tracks;
  Value runs = Value::object();
  if (version == 1) {
    for (Value& track : documents.items) {
      const Value* id = track.find("id");
      Value run = take_run_of_track(track);
      if (id != nullptr) runs.add(id->text, std::move(run));
    }
  } else if (const Value* stored = header.find("audio_run")) {
    runs = *stored;
  }
  TRY(auto read, read_by(tracks_codec(), documents));
  std::vector<TrackRun> read_runs;
  for (const AudioTrack& track : read) {
    TRY(TrackRun run, run_from(track_run_codec(), runs.find(track.id), track.id));
    read_runs.push_back(std::move(run));
  }
  state.scene.audio = std::move(read);
  for (TrackRun& run : read_runs) state.run.audio.set(std::move(run));
  return {};
}

base::Result<void> read_active(const Value& header, LiveState& state) {
  if (header.find("active") == nullptr) return {};
  TRY(state.active, member_of(header, "active", name()));
  if (find_by_id(state.scene.layers, *state.active) != nullptr) return {};
  state.active.reset();  // that layer could not be read
  return {};
}

base::Result<void> read_stream(const Value& header, LiveState& state) {
  TRY(const StreamConfig config, member_of(header, "stream", stream_config_codec()));
  TRY(state.transmission, member_of(header, "transmission", transmission_codec()));
  state.stream = config.settings;
  set_frame_size(state, config.size);
  return {};
}

template <class T>
Value document_by(const Codec<T>& codec, const T& typed, Secrets secrets) {
  Value document = codec.write(typed);
  return secrets == Secrets::kShown ? document
                                    : with_redacted_sources(codec.shape, std::move(document));
}

base::Result<int> version_of(const Value& header) {
  const Value* version = header.find("version");
  if (version == nullptr) return 1;
  if (!version->is(Value::Kind::kNumber)) return not_ours("its version is not a number");
  if (version->number < 1) return not_ours("its version is " + version->text);
  if (version->number > kStateVersion) {
    return base::unsupported("a newer version of layercast wrote this state: its version is " +
                             version->text + ", this one reads versions up to " +
                             std::to_string(kStateVersion));
  }
  return static_cast<int>(version->number);
}

Scene without_layers(const Scene& scene) {
  Scene head = head_of(scene);
  head.outputs = scene.outputs;
  return head;
}

}  // namespace

Value header_document(const LiveState& state) {
  Value header = Value::object().add("version", Value::of(kStateVersion));
  header.add("scene", scene_codec().write(without_layers(state.scene)));
  header.add("order", Value::of(order_text(state.scene)));
  if (!state.scene.audio.empty()) {
    header.add("audio", tracks_codec().write(state.scene.audio));
    Value runs = Value::object();
    for (const AudioTrack& track : state.scene.audio) {
      runs.add(track.id, track_run_codec().write(state.run.audio.of(track.id)));
    }
    header.add("audio_run", std::move(runs));
  }
  if (!state.run.exiting.empty()) {
    Value exiting = Value::array();
    for (const ExitingLayer& each : state.run.exiting) {
      exiting.items.push_back(exiting_document(each));
    }
    header.add("exiting", std::move(exiting));
  }
  if (state.active) header.add("active", Value::of(*state.active));
  header.add("stream", stream_config_codec().write(stream_config_of(state)));
  header.add("transmission", transmission_codec().write(state.transmission));
  header.add("epoch", Value::of(std::to_string(state.epoch.time_since_epoch().count())));
  return header;
}

std::string header_text(const LiveState& state) { return write_json(header_document(state), 0); }

std::string layer_text(const RunningLayer& layer) {
  return write_json(Value::object()
                        .add("layer", layer_codec().write(layer.layer))
                        .add("run", layer_run_codec().write(layer.run)),
                    0);
}

base::Result<LiveState> live_state_from(const LiveStateTexts& texts, int64_t revision,
                                        std::vector<UnreadablePart>* unreadable) {
  LiveState state;
  state.revision = revision;
  TRY(const Value header, document_from(texts.header));
  TRY(const int version, version_of(header));
  TRY(state.scene, member_of(header, "scene", scene_codec()));
  TRY(state.epoch, epoch_of(header));
  TRY_DO(read_layers(texts, header, version, state, unreadable));
  const auto part = [&](base::Result<void> read, const std::string& what, const char* key) {
    const Value* value = header.find(key);
    return left_out(std::move(read), what, value == nullptr ? "" : write_json(*value, 0),
                    unreadable);
  };
  TRY_DO(part(read_audio(header, version, state), "sounds", "audio"));
  TRY_DO(part(read_exiting(header, version, state), "exiting layers",
              version == 1 ? "leaving" : "exiting"));
  TRY_DO(part(read_active(header, state), "active layer", "active"));
  TRY_DO(part(read_stream(header, state), "stream settings", "stream"));
  return state;
}

Value output_document(const Output& output, Secrets secrets) {
  return document_by(output_codec(), output, secrets);
}

Value layer_document(const Layer& layer, Secrets secrets) {
  return document_by(layer_codec(), layer, secrets);
}

Value track_document(const AudioTrack& track, Secrets secrets) {
  return document_by(audio_codec(), track, secrets);
}

Value scene_document(const Scene& scene, Secrets secrets) {
  return document_by(scene_codec(), scene, secrets);
}

Value run_document(const LayerRun& run) { return layer_run_codec().write(run); }
Value run_document(const TrackRun& run) { return track_run_codec().write(run); }

Value animations_document(const RunningLayer& layer, base::Duration now) {
  const auto time = [](const std::optional<base::Duration>& at) {
    return at ? Value::of(base::duration_text(*at)) : Value::null();
  };
  Value list = Value::array();
  const auto& animations = layer.layer.animations;
  for (size_t i = 0; i < animations.size(); ++i) {
    const auto own_start = start_of(layer.run.animations, i);
    const auto start = own_start ? own_start : layer.run.start;
    const bool is_endless = std::holds_alternative<ScrollEffect>(animations[i].effect);
    const auto end = start && !is_endless ? end_of(animations[i].timing, *start) : std::nullopt;
    list.items.push_back(Value::object()
                             .add("index", Value::of(static_cast<double>(i)))
                             .add("phase", Value::of(name_of(phase_of(animations[i], start, now))))
                             .add("start", time(start))
                             .add("end", time(end))
                             .add("animation", animation_codec().write(animations[i])));
  }
  return list;
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
