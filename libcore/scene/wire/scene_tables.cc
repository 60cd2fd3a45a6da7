#include "scene/wire/scene_tables.h"

#include "scene/model/mask_chain.h"
#include "scene/wire/content_tables.h"
#include "scene/wire/length_codecs.h"
#include "scene/wire/motion_tables.h"
#include "scene/wire/sound_tables.h"
#include "scene/wire/value_codecs.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <initializer_list>
#include <set>

namespace layercast::scene {
namespace {

/// --- enumerations ---

constexpr std::array kLayerTypes = {EnumName<LayerType>{LayerType::kHost, "host"},
                                    EnumName<LayerType>{LayerType::kAssistant, "assistant"},
                                    EnumName<LayerType>{LayerType::kVisualFeed, "visual_feed"},
                                    EnumName<LayerType>{LayerType::kOverlay, "overlay"},
                                    EnumName<LayerType>{LayerType::kChat, "chat"}};

constexpr std::array kOnErrors = {EnumName<OnError>{OnError::kErrorPicture, "error-picture"},
                                  EnumName<OnError>{OnError::kKeep, "keep"},
                                  EnumName<OnError>{OnError::kHide, "hide"}};

constexpr std::array kClipOrders = {
    EnumName<Clip::Order>{Clip::Order::kAfterFilters, "after-filters"},
    EnumName<Clip::Order>{Clip::Order::kBeforeFilters, "before-filters"}};

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
                       .doc = "Clips the layer to its box.",
                       .fields = {optional("radius", &Clip::radius, number(limits::kLength),
                                           "Radius of the rounded corners, in px."),
                                  optional("order", &Clip::order, one_of(kClipOrders),
                                           "Whether the filters apply before the clip, which cuts "
                                           "a drop shadow off, or after it: the shadow then has "
                                           "the rounded corners and lies around the box.")}});
}

/// A rectangle without a width or a height has those of the layer.
void check_rectangle(const Value& layer, Reader& reader) {
  const Value* content = layer.find("content");
  if (content == nullptr || layer.find("size") != nullptr) return;
  const Value* shape = content->find("shape");
  if (shape == nullptr || shape->text != "rectangle") return;
  const Reader::Step step(reader, "content");
  for (const std::string_view key : {"width", "height"}) {
    if (content->find(key) != nullptr) continue;
    reader.fault(*content, "\"" + std::string(key) + "\" is missing",
                 "a number of px, or a \"size\" of the layer");
  }
}

constexpr std::array kMaskModes = {EnumName<Mask::Mode>{Mask::Mode::kAlpha, "alpha"},
                                   EnumName<Mask::Mode>{Mask::Mode::kLuma, "luma"}};

void check_mask(const Value& value, Reader& reader) {
  const bool has_source = value.find("source") != nullptr;
  if (has_source != (value.find("layer") != nullptr)) return;
  reader.fault(value, has_source ? "both \"source\" and \"layer\"" : "a mask of nothing",
               "one of \"source\" and \"layer\"");
}

// Adds to the schema what check_mask() checks.
void refine_mask_schema(Value& schema) {
  schema.add("oneOf", Value::array({requires_key("source"), requires_key("layer")}));
}

Codec<Mask> mask() {
  using M = Mask;
  return object<M>(
      {.title = "mask",
       .doc = "Shows only a part of the layer: what the mask covers. The mask lies on the canvas "
              "and stays while the layer moves.",
       .fields = {optional("source", &M::source, file_path(FileRole::kAsset),
                           "An image file, stretched over the canvas."),
                  optional("layer", &M::layer, name(),
                           "Id of another layer. It is not drawn itself; while it is hidden or "
                           "shows nothing, the masked layer shows nothing."),
                  optional("mode", &M::mode, one_of(kMaskModes),
                           "alpha: the layer shows where the mask is opaque. luma: where it is "
                           "bright, by its BT.709 luma times its alpha.")},
       .check = check_mask,
       .refine_schema = refine_mask_schema});
}

void check_layer(const Value& value, Reader& reader) {
  check_rectangle(value, reader);
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

/// What check_rectangle() checks.
Value rectangle_rule() {
  const auto keys = [](std::initializer_list<const char*> names) {
    Value all = Value::array();
    for (const char* name : names) all.items.push_back(Value::of(name));
    return all;
  };
  const auto of_content = [](Value schema) {
    return Value::object().add("content", std::move(schema));
  };
  Value is_rectangle =
      Value::object()
          .add("required", keys({"shape"}))
          .add("properties",
               Value::object().add("shape", Value::object().add("const", Value::of("rectangle"))));
  Value has_sides = Value::object().add("required", keys({"width", "height"}));
  return Value::object()
      .add("if", Value::object()
                     .add("not", Value::object().add("required", keys({"size"})))
                     .add("properties", of_content(std::move(is_rectangle))))
      .add("then", Value::object().add("properties", of_content(std::move(has_sides))));
}

/// Adds one `if … then …` for each layer type, and rectangle_rule().
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
  rules.items.push_back(rectangle_rule());
  schema.add("allOf", std::move(rules));
}

ObjectTable<Layer> layer_table() {
  using L = Layer;
  ObjectTable<Layer> table;
  table.title = "layer";
  table.doc = "One layer of the picture.";
  table.fields = {
      required("id", &L::id, name(), "Unique in the scene."),
      required("type", &L::type, one_of(kLayerTypes),
               "The role of the layer; it decides which content is allowed."),
      optional("z_index", &L::z_index, integer(limits::kZIndex),
               "Layers with a higher number are drawn above; equal ones keep file order."),
      optional("visible", &L::visible, boolean(), "Whether the layer is drawn."),
      optional("opacity", &L::opacity, number(limits::kUnit), "0 is transparent, 1 is opaque."),
      optional("blend_mode", &L::blend_mode, blend_mode(), "CSS mix-blend-mode."),
      optional("size", &L::size, length_size(),
               "Size of the layer box; percentages are of the width and height of the canvas; "
               "absent: the size of the content."),
      optional("transform", &L::transform, transform(), "Position, scale and rotation."),
      optional("clip", &L::clip, clip(), "Clips the layer to its box."),
      optional("filters", &L::filters, filters(),
               "CSS filter functions; they apply to the content in order, before the clip unless "
               "its order says otherwise."),
      optional("mask", &L::mask, mask(),
               "An image or a layer that covers what is shown of the layer."),
      required("content", &L::content, content(), "What the layer shows."),
      optional("animations", &L::animations,
               list(animation(), 0, limits::kAnimationsMax, "animations"),
               "Animations of the layer."),
      optional("enter", &L::enter, entrances(),
               "Animations that play when the layer is shown; offline, when it starts."),
      optional(
          "exit", &L::exit, exits(),
          "Animations that play when a live layer is hidden or removed, before it disappears."),
      optional("transition", &L::transition, transition(),
               "How live changes of the layer are shown."),
      optional("on_error", &L::on_error, one_of(kOnErrors),
               "What is shown while the content cannot be shown: a red box with the reason, what "
               "the layer showed before, or nothing; absent: as defaults of the scene."),
  };
  table.check = check_layer;
  table.refine_schema = refine_layer_schema;
  table.run_state_keys = {"start", "shown_since", "leaves", "glide", "stopwatch"};
  return table;
}

Codec<LayerDefaults> layer_defaults() {
  return object<LayerDefaults>(
      {.title = "defaults",
       .doc = "Values of layers that do not state their own.",
       .fields = {optional("on_error", &LayerDefaults::on_error, one_of(kOnErrors),
                           "As on_error of a layer; absent: error-picture for the offline tools, "
                           "keep for streamd.")}});
}

ObjectTable<Canvas> canvas_table() {
  const std::vector<Field<base::SizeI>> size = {
      required("width", &base::SizeI::width, integer(limits::kCanvasSide), "Width in px."),
      required("height", &base::SizeI::height, integer(limits::kCanvasSide), "Height in px.")};
  ObjectTable<Canvas> table;
  table.title = "canvas";
  table.doc = "Size, rate and background of the picture.";
  table.fields = fields_of(&Canvas::size, size);
  table.fields.push_back(optional("fps", &Canvas::fps, frame_rate(), "Frames per second."));
  table.fields.push_back(optional("background", &Canvas::background, color(),
                                  "Colour behind all layers; may be transparent."));
  return table;
}

base::Duration seconds(double number) { return base::Duration{static_cast<int64_t>(number * 1e9)}; }

// Optional only in a document: every output of a scene has an id.
Field<Output> output_id() {
  const auto codec = name();
  return field_of_whole<Output>(
      {"id", codec.kind, {}, false, "Unique in the scene; absent: output-1, output-2 …"},
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
      .doc = "Where streamd sends the stream; the offline tools ignore it.",
      .fields = {
          output_id(),
          required("url", &O::url,
                   string(1, limits::kPathLengthMax, "a URL or a path", FileRole::kOutput),
                   "A URL such as rtmp://host/app/key, or the path of a file."),
          optional("codec", &O::codec, string(1, 64, "a codec name", FileRole::kNone),
                   "The video codec: h264, vp8, vp9 …"),
          optional("preset", &O::preset, string(1, 64, "a preset name", FileRole::kNone),
                   "The preset of the encoder."),
          optional("bitrate", &O::bitrate, bitrate(), "Bitrate of the video, in bits per second."),
          optional("rotate_after", &O::rotate_after,
                   duration_within(seconds(limits::kRotateSeconds.min),
                                   seconds(limits::kRotateSeconds.max)),
                   "A recording continues in a new file after this time."),
          optional("rotate_bytes", &O::rotate_bytes, file_size(),
                   "A recording continues in a new file after this many bytes."),
          optional("insecure_tls", &O::insecure_tls, boolean(),
                   "Whether the output connects to an rtmps server even if its certificate is not "
                   "valid. Only the scene file can set it: a client of the API cannot, and cannot "
                   "send such an output to another server.")}};
}

/// Names the outputs without an id after their places in the list.
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
      .doc = "A sound that plays with the picture.",
      .fields =
          {required("id", &A::id, name(), "Unique among the sounds of the scene."),
           required("source", &A::source, file_path(FileRole::kSource),
                    "A sound or video file, or a URL."),
           optional("volume", &A::volume, number(limits::kVolume),
                    "Factor of the amplitude; 1 leaves it unchanged."),
           optional("mute", &A::mute, boolean(), "Whether the sound is silent."),
           optional("loop", &A::loop, boolean(), "Whether the sound restarts after its end."),
           optional("start", &A::start, duration(),
                    "Time in the source at which the sound begins."),
           optional("delay", &A::delay, duration(),
                    "Time until the sound begins, from the start of the scene; if it was added "
                    "live, from then on."),
           optional("fade_in", &A::fade_in, fade,
                    "Duration of the fade from silence at its beginning."),
           optional("fade_out", &A::fade_out, fade,
                    "Duration of the fade to silence at its end; offline, at the end of the scene "
                    "at the latest."),
           optional(
               "duck_under", &A::duck_under, name(),
               "Id of a layer with sound. While that layer sounds (above -45 dBFS), this sound "
               "is 12 dB quieter; it fades down within 0.1 s and back in 0.6 s."),
           optional("animations", &A::animations,
                    list(animation(), 0, limits::kAnimationsMax, "animations"),
                    "Animations of the volume: volume effects, and keyframes with volume.")},
      .run_state_keys = {"begins"}};
}

// Each `duck_under` must be the id of a layer of the scene.
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

// The mask layer of each layer of the scene.
MaskLayers mask_layers(const Value& layers) {
  MaskLayers masks;
  for (const Value& layer : layers.items) {
    const Value* id = layer.find("id");
    const Value* mask = layer.find("mask");
    const Value* other = mask == nullptr ? nullptr : mask->find("layer");
    if (id != nullptr && other != nullptr) masks.emplace(id->text, other->text);
  }
  return masks;
}

// Each mask layer must be another layer of the scene that does not need the masked one.
void check_masks(const Value& scene, Reader& reader) {
  const Value* layers = scene.find("layers");
  if (layers == nullptr) return;
  const MaskLayers masks = mask_layers(*layers);
  std::vector<std::string_view> ids;
  for (const Value& layer : layers->items) {
    if (const Value* id = layer.find("id")) ids.emplace_back(id->text);
  }
  const Reader::Step list(reader, "layers");
  for (size_t i = 0; i < layers->items.size() && !masks.empty(); ++i) {
    const Value* mask = layers->items[i].find("mask");
    const Value* other = mask == nullptr ? nullptr : mask->find("layer");
    const Value* id = layers->items[i].find("id");
    if (other == nullptr || id == nullptr) continue;
    const Reader::Step item(reader, i);
    const Reader::Step key(reader, "mask");
    const Reader::Step member(reader, "layer");
    const auto cycle = mask_cycle(masks, id->text);
    if (std::ranges::find(ids, other->text) == ids.end()) {
      reader.fault(*other, "there is no layer \"" + other->text + "\"",
                   "the id of a layer" + suggestion(other->text, ids));
    } else if (!cycle.empty()) {
      reader.fault(*other, "the layer is needed for its own mask: " + cycle_text(cycle),
                   "a layer whose mask does not need this one");
    }
  }
}

void check_scene(const Value& value, Reader& reader) {
  check_unique_ids(value, "layers", "layer", reader);
  check_masks(value, reader);
  check_unique_ids(value, "audio", "sound", reader);
  check_ducking(value, reader);
  check_followed_sounds(value, reader);
  check_unique_ids(value, "outputs", "output", reader);
}

/// `version` is part of the file, not of a Scene.
Field<Scene> version_field() {
  return field_of_whole<Scene>(
      {"version", "1", {}, true, "Version of the schema of scene files."},
      [](const Value& value, Reader& reader, Scene&) {
        if (!value.is(Value::Kind::kNumber) || value.number != 1) {
          reader.fault(value, "this version is not supported", "1");
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
      required("scene", &S::name, name(),
               "Name of the scene; its saved state is stored under this name."),
      required("canvas", &S::canvas, object(canvas_table()), "Size, rate and background."),
      optional("duration", &S::duration, duration(),
               "Length of the scene, at which the offline tools stop; streamd ignores it."),
      optional("fonts", &S::fonts,
               list(file_path(FileRole::kAsset), 0, limits::kFontsMax, "font files"),
               "Extra font files."),
      optional("defaults", &S::defaults, layer_defaults(),
               "Values of layers that do not state their own."),
      required("layers", &S::layers,
               list(shared(defined_as("layer", layer_codec())), 0, limits::kLayersMax, "layers"),
               "The layers, in file order."),
      optional("audio", &S::audio, list(audio_codec(), 0, limits::kAudioMax, "sounds"),
               "Sounds that play with the picture, mixed with those of videos."),
      optional("outputs", &S::outputs, outputs(), "Where streamd sends the stream."),
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
