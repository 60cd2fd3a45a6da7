#include "scene/scene_tables.h"

#include "scene/content_tables.h"
#include "scene/motion_tables.h"
#include "scene/value_codecs.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <set>

namespace layercast::scene {
namespace {

/// --- enumerations ---

constexpr std::array kLayerTypes = {EnumName<LayerType>{LayerType::kHost, "host"},
                                    EnumName<LayerType>{LayerType::kAssistant, "assistant"},
                                    EnumName<LayerType>{LayerType::kVisualFeed, "visual_feed"},
                                    EnumName<LayerType>{LayerType::kOverlay, "overlay"},
                                    EnumName<LayerType>{LayerType::kChat, "chat"}};

template <class Enum, size_t count>
Codec<Enum> one_of(const std::array<EnumName<Enum>, count>& table) {
  return scene::one_of<Enum>(std::vector(table.begin(), table.end()));
}

Codec<base::BlendMode> blend_mode() {
  std::vector<EnumName<base::BlendMode>> table;
  for (size_t i = 0; i < base::kBlendModeNames.size(); ++i) {
    table.push_back({static_cast<base::BlendMode>(i), base::kBlendModeNames[i]});
  }
  return scene::one_of(table);
}

/// --- layers, canvas, scene ---

Codec<Clip> clip() {
  return object<Clip>({.title = "clip",
                       .doc = "Cuts the layer to its box.",
                       .fields = {optional("radius", &Clip::radius, number(limits::kLength),
                                           "Rounds the corners, in px.")}});
}

void check_layer(const Value& value, Reader& reader) {
  const Value* type = value.find("type");
  const Value* content = value.find("content");
  const Value* content_type = content == nullptr ? nullptr : content->find("type");
  if (type == nullptr || content_type == nullptr) return;
  const auto layer_type = std::ranges::find(kLayerTypes, type->text, &EnumName<LayerType>::name);
  const auto rule = std::ranges::find(content_rules(), content_type->text, &ContentRule::content);
  if (layer_type == kLayerTypes.end() || rule == content_rules().end()) return;
  if (std::ranges::find(rule->layers, layer_type->value) != rule->layers.end()) return;
  std::vector<std::string_view> takers;
  for (const LayerType taker : rule->layers) takers.push_back(name_of(taker));
  const Reader::Step step(reader, "content");
  const Reader::Step tag(reader, "type");
  reader.fault(*content_type,
               "a layer of type " + type->text + " cannot hold " + content_type->text + " content",
               "a layer of type " + joined_names(takers) + " for it");
}

/// One `if … then …` for each layer type.
void refine_layer_schema(Value& schema) {
  Value rules = Value::array();
  for (const auto& type : kLayerTypes) {
    Value allowed = Value::array();
    for (const auto& rule : content_rules()) {
      const bool takes = std::ranges::find(rule.layers, type.value) != rule.layers.end();
      if (takes) allowed.items.push_back(Value::of(rule.content));
    }
    const auto property = [](std::string_view key, Value value) {
      return Value::object().add("properties", Value::object().add(key, std::move(value)));
    };
    rules.items.push_back(
        Value::object()
            .add("if", property("type", Value::object().add("const", Value::of(type.name))))
            .add("then", property("content", property("type", Value::object().add(
                                                                  "enum", std::move(allowed))))));
  }
  schema.add("allOf", std::move(rules));
}

ObjectTable<Layer> layer_table() {
  using L = Layer;
  ObjectTable<Layer> table;
  table.title = "layer";
  table.doc = "One layer of the picture.";
  table.fields = {
      required("id", &L::id, name(), "Unique in the scene."),
      required("type", &L::type, one_of(kLayerTypes), "The part it plays."),
      optional("z_index", &L::z_index, integer(limits::kZIndex),
               "Higher is nearer; ties keep file order."),
      optional("visible", &L::visible, boolean(), "Whether it is drawn."),
      optional("opacity", &L::opacity, number(limits::kUnit), "0 is clear, 1 is solid."),
      optional("blend_mode", &L::blend_mode, blend_mode(), "CSS mix-blend-mode."),
      optional("size", &L::size, size(), "The layer box; absent: the content's own size."),
      optional("transform", &L::transform, transform(), "Where it lies."),
      optional("clip", &L::clip, clip(), "Cuts it to its box."),
      optional("filters", &L::filters, filters(),
               "CSS filter functions, in order, over the content and under the clip."),
      required("content", &L::content, content(), "What it shows."),
      optional("animations", &L::animations,
               list(animation(), 0, limits::kAnimationsMax, "animations"), "How it moves."),
      optional("enter", &L::enter, entrances(),
               "How it comes: plays when it is shown; offline, at its start."),
      optional("exit", &L::exit, exits(),
               "How it goes: plays when it is hidden or removed, live; then it is gone."),
      optional("transition", &L::transition, transition(), "How a live change is shown."),
  };
  table.check = check_layer;
  table.refine_schema = refine_layer_schema;
  return table;
}

ObjectTable<Canvas> canvas_table() {
  const std::vector<Field<base::SizeI>> size = {
      required("width", &base::SizeI::width, integer(limits::kCanvasSide), "In px."),
      required("height", &base::SizeI::height, integer(limits::kCanvasSide), "In px.")};
  ObjectTable<Canvas> table;
  table.title = "canvas";
  table.doc = "The picture as a whole.";
  table.fields = fields_of(&Canvas::size, size);
  table.fields.push_back(optional("fps", &Canvas::fps, frame_rate(), "Frames per second."));
  table.fields.push_back(optional("background", &Canvas::background, color(),
                                  "Behind all layers; may be transparent."));
  return table;
}

base::Duration seconds(double number) { return base::Duration{static_cast<int64_t>(number * 1e9)}; }

// Absent only where it is read: every output of a scene has one.
Field<Output> output_id() {
  const auto codec = name();
  return field_of_whole<Output>(
      {"id", codec.kind, {}, false, "Unique; absent: output-1, output-2 …"},
      [=](const Value& value, Reader& reader, Output& output) {
        if (auto read = codec.read(value, reader)) output.id = *std::move(read);
      },
      [=](const Output& output) {
        return output.id.empty() ? std::nullopt : std::optional(codec.write(output.id));
      },
      codec.schema);
}

ObjectTable<Output> output_table() {
  using O = Output;
  return {
      .title = "output",
      .doc = "Where streamd sends the picture; the offline tools take no notice of it.",
      .fields = {output_id(),
                 required("url", &O::url,
                          string(1, limits::kPathLengthMax, "a URL or a path", FileRole::kOutput),
                          "Such as rtmp://host/app/key."),
                 optional("codec", &O::codec, string(1, 64, "a codec name", FileRole::kNone),
                          "h264, vp8, vp9 …"),
                 optional("preset", &O::preset, string(1, 64, "a preset name", FileRole::kNone),
                          "Of the encoder."),
                 optional("bitrate", &O::bitrate, bitrate(), "Of the video, in bits per second."),
                 optional("rotate_after", &O::rotate_after,
                          duration_within(seconds(limits::kRotateSeconds.min),
                                          seconds(limits::kRotateSeconds.max)),
                          "A recording goes on in a new file after so long."),
                 optional("rotate_bytes", &O::rotate_bytes, file_size(),
                          "A recording goes on in a new file after so many bytes.")}};
}

/// In a file, outputs without an id are named after their place.
Codec<std::vector<Output>> outputs() {
  auto codec = list(output_codec(), 0, limits::kOutputsMax, "outputs");
  const auto read = codec.read;
  codec.read = [read](const Value& value, Reader& reader) {
    auto outputs = read(value, reader);
    if (outputs) name_outputs(*outputs);
    return outputs;
  };
  return codec;
}

ObjectTable<AudioTrack> audio_table() {
  using A = AudioTrack;
  const auto fade = duration_within(base::Duration{}, std::chrono::hours(1));
  return {
      .title = "audio",
      .doc = "A sound beside the picture.",
      .fields = {required("id", &A::id, name(), "Unique among the scene's sounds."),
                 required("source", &A::source, file_path(FileRole::kSource),
                          "A sound or video file, or a URL."),
                 optional("volume", &A::volume, number(limits::kVolume), "1 leaves it as it is."),
                 optional("mute", &A::mute, boolean(), "Whether it is silent."),
                 optional("loop", &A::loop, boolean(), "Whether it begins anew after its end."),
                 optional("start", &A::start, duration(), "Where in the source it begins."),
                 optional("delay", &A::delay, duration(), "How long after the scene it begins."),
                 optional("fade_in", &A::fade_in, fade, "From silence, at its beginning."),
                 optional("fade_out", &A::fade_out, fade,
                          "To silence, at its end; offline, at the scene's end at the latest."),
                 optional("duck_under", &A::duck_under, name(),
                          "Id of a layer with sound: this is 12 dB quieter while that one "
                          "sounds (above -45 dBFS), within 0.1 s, and comes back in 0.6 s."),
                 optional("animations", &A::animations,
                          list(animation(), 0, limits::kAnimationsMax, "animations"),
                          "Of its volume: volume effects, and keyframes with volume.")}};
}

// What sounds are turned down for are layers of the scene.
void check_ducking(const Value& scene, Reader& reader) {
  const Value* layers = scene.find("layers");
  const Value* tracks = scene.find("audio");
  if (layers == nullptr || tracks == nullptr) return;
  std::vector<std::string_view> ids;
  for (const Value& layer : layers->items) {
    if (const Value* id = layer.find("id")) ids.emplace_back(id->text);
  }
  const Reader::Step audio(reader, "audio");
  for (size_t i = 0; i < tracks->items.size(); ++i) {
    const Value* under = tracks->items[i].find("duck_under");
    if (under == nullptr || std::ranges::find(ids, under->text) != ids.end()) continue;
    const Reader::Step item(reader, i);
    const Reader::Step key(reader, "duck_under");
    reader.fault(*under, "there is no layer \"" + under->text + "\"",
                 "the id of a layer" + suggestion(under->text, ids));
  }
}

void check_scene(const Value& value, Reader& reader) {
  check_unique_ids(value, "layers", "layer", reader);
  check_unique_ids(value, "audio", "sound", reader);
  check_ducking(value, reader);
  check_unique_ids(value, "outputs", "output", reader);
}

/// `version` is part of the file, not of a Scene.
Field<Scene> version_field() {
  return field_of_whole<Scene>(
      {"version", "1", {}, true, "Of the schema of scene files."},
      [](const Value& value, Reader& reader, Scene&) {
        if (!value.is(Value::Kind::kNumber) || value.number != 1) {
          reader.fault(value, "this is not a version that layercast reads", "1");
        }
      },
      [](const Scene&) { return Value::of(1); },
      [](SchemaBuilder&) { return Value::object().add("const", Value::of(1)); });
}

ObjectTable<Scene> scene_table() {
  using S = Scene;
  ObjectTable<Scene> table;
  table.title = "scene";
  table.doc = "A layercast scene file, schema version 1.";
  table.fields = {
      version_field(),
      required("scene", &S::name, name(), "The key its saved state lives under."),
      required("canvas", &S::canvas, object(canvas_table()), "Size, rate and background."),
      optional("duration", &S::duration, duration(),
               "Where the offline tools stop; streamd takes no notice of it."),
      optional("fonts", &S::fonts,
               list(file_path(FileRole::kAsset), 0, limits::kFontsMax, "font files"),
               "Extra font files."),
      required("layers", &S::layers,
               list(shared(defined_as("layer", layer_codec())), 0, limits::kLayersMax, "layers"),
               "The layers, in file order."),
      optional("audio", &S::audio, list(audio_codec(), 0, limits::kAudioMax, "sounds"),
               "Sounds beside the picture; they are mixed with those of videos."),
      optional("outputs", &S::outputs, outputs(), "Where streamd sends the picture."),
  };
  table.check = check_scene;
  return table;
}

}  // namespace

const Codec<Layer>& layer_codec() {
  static const Codec<Layer> codec = object(layer_table());
  return codec;
}

const Codec<Output>& output_codec() {
  static const Codec<Output> codec = object(output_table());
  return codec;
}

const Codec<Animation>& animation_codec() {
  static const Codec<Animation> codec = animation();
  return codec;
}

const Codec<AudioTrack>& audio_codec() {
  static const Codec<AudioTrack> codec = defined_as("audio", object(audio_table()));
  return codec;
}

void name_outputs(std::vector<Output>& outputs) {
  std::set<std::string> taken;
  for (const Output& output : outputs) taken.insert(output.id);
  for (size_t i = 0; i < outputs.size(); ++i) {
    if (!outputs[i].id.empty()) continue;
    size_t number = i + 1;
    while (!taken.insert("output-" + std::to_string(number)).second) ++number;
    outputs[i].id = "output-" + std::to_string(number);
  }
}

const Codec<Scene>& scene_codec() {
  static const Codec<Scene> codec = object(scene_table());
  return codec;
}

std::string_view name_of(LayerType type) {
  return std::ranges::find(kLayerTypes, type, &EnumName<LayerType>::value)->name;
}

}  // namespace layercast::scene
