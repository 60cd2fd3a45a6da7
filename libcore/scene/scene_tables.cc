#include "scene/scene_tables.h"

#include "scene/easing.h"
#include "scene/placeholder.h"
#include "scene/value_codecs.h"

#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <set>

namespace layercast::scene {
namespace {

using base::PointF;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

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

Codec<Fit> fit() {
  return scene::one_of<Fit>({{Fit::kFill, "fill"},
                             {Fit::kContain, "contain"},
                             {Fit::kCover, "cover"},
                             {Fit::kNone, "none"},
                             {Fit::kScaleDown, "scale-down"}});
}

Codec<TextAlign> text_align() {
  return scene::one_of<TextAlign>({{TextAlign::kStart, "start"},
                                   {TextAlign::kEnd, "end"},
                                   {TextAlign::kLeft, "left"},
                                   {TextAlign::kCenter, "center"},
                                   {TextAlign::kRight, "right"},
                                   {TextAlign::kJustify, "justify"}});
}

Codec<FontStyle> font_style() {
  return scene::one_of<FontStyle>({{FontStyle::kNormal, "normal"},
                                   {FontStyle::kItalic, "italic"},
                                   {FontStyle::kOblique, "oblique"}});
}

Codec<PlaybackDirection> playback_direction() {
  return scene::one_of<PlaybackDirection>(
      {{PlaybackDirection::kNormal, "normal"},
       {PlaybackDirection::kReverse, "reverse"},
       {PlaybackDirection::kAlternate, "alternate"},
       {PlaybackDirection::kAlternateReverse, "alternate-reverse"}});
}

Codec<FillMode> fill_mode() {
  return scene::one_of<FillMode>({{FillMode::kNone, "none"},
                                  {FillMode::kForwards, "forwards"},
                                  {FillMode::kBackwards, "backwards"},
                                  {FillMode::kBoth, "both"}});
}

/// --- style ---

Codec<Stroke> stroke() {
  return defined_as(
      "stroke",
      object<Stroke>({.title = "stroke",
                      .doc = "A line along an outline, centred on it.",
                      .fields = {optional("color", &Stroke::color, color(), "Colour of the line."),
                                 optional("width", &Stroke::width, number(limits::kLength),
                                          "Width of the whole line in px.")}}));
}

Codec<Shadow> shadow() {
  return object<Shadow>(
      {.title = "shadow",
       .doc = "A shadow behind the text, as CSS text-shadow.",
       .fields = {optional("color", &Shadow::color, color(), "Colour of the shadow."),
                  optional("blur", &Shadow::blur, number(limits::kBlur),
                           "Blur radius in px; the standard deviation is half of it."),
                  optional("offset", &Shadow::offset, point(limits::kPosition, "px"),
                           "Where the shadow falls, in px right and down.")}});
}

Codec<TextStyle> text_style() {
  using S = TextStyle;
  return defined_as(
      "text-style",
      object<S>(
          {.title = "style",
           .doc = "How a text looks.",
           .fields = {
               optional("font_family", &S::font_family,
                        string(1, 256, "a font family, or several separated by commas"),
                        "CSS font-family; sans-serif, serif and monospace are known too."),
               optional("font_file", &S::font_file, file_path(),
                        "A font file; its family is used instead of font_family."),
               optional("font_size", &S::font_size, number(limits::kFontSize), "In px."),
               optional("font_weight", &S::font_weight, font_weight(), "As in CSS."),
               optional("font_style", &S::font_style, font_style(), "As in CSS."),
               optional("color", &S::color, color(), "Colour of the glyphs."),
               optional("gradient", &S::gradient, gradient(),
                        "Fills the glyphs instead of color, across the box of the text."),
               optional("stroke", &S::stroke, stroke(), "Outline, painted under the fill."),
               optional("shadow", &S::shadow, shadow(), "Shadow of glyphs and outline."),
               optional("background_color", &S::background_color, color(),
                        "Fills the box behind the text."),
               optional("padding", &S::padding, insets(), "Between the box and the text, in px."),
               optional("border_radius", &S::border_radius, number(limits::kLength),
                        "Rounds the corners of the background, in px."),
               optional("text_align", &S::text_align, text_align(), "As in CSS."),
               optional("line_height", &S::line_height, number(limits::kLineHeight),
                        "Height of a line as a multiple of font_size; absent: the font's own."),
               optional("letter_spacing", &S::letter_spacing, number(limits::kLetterSpacing),
                        "Added between letters, in px."),
               optional("max_width", &S::max_width, number(limits::kLayerSide),
                        "Wraps lines at this width in px, padding not counted."),
               optional("max_lines", &S::max_lines, integer(limits::kLines),
                        "Shows at most so many lines."),
               optional("ellipsis", &S::ellipsis, boolean(),
                        "Whether a text cut by max_lines ends in an ellipsis."),
           }}));
}

/// --- contents ---

ObjectTable<CharacterContent> character_table() {
  using C = CharacterContent;
  return {.title = "content: character",
          .doc = "A figure, scaled to fit the layer box.",
          .fields = {required("source", &C::source, file_path(), "A still image."),
                     optional("texture", &C::texture, file_path(),
                              "An image multiplied over the source, inside its alpha.")},
          .later_keys = {"animations", "state"}};
}

ObjectTable<ImageContent> image_table() {
  using C = ImageContent;
  return {.title = "content: image",
          .doc = "A still image: PNG, JPEG, WebP, AVIF, HEIF, TIFF, GIF (first frame) or SVG.",
          .fields = {required("source", &C::source, file_path(), "The image file."),
                     optional("fit", &C::fit, fit(), "CSS object-fit into the layer box."),
                     optional("metadata", &C::metadata, text_map(limits::kMetadataMax),
                              "Shown as a caption bar on a visual_feed: the first value bold, "
                              "the others after it.")}};
}

void check_placeholders(const Value& value, Reader& reader) {
  const Value* text = value.find("text");
  if (text == nullptr || !text->is_scalar()) return;
  const Reader::Step step(reader, "text");
  for (const auto& fault : parse_placeholders(text->text).faults) {
    reader.fault(*text, fault.problem, fault.expected);
  }
}

ObjectTable<TextContent> text_table() {
  using C = TextContent;
  return {.title = "content: text",
          .doc =
              "Text in one style. {{clock}}, {{clock:%H:%M}}, {{timecode}}, {{frame}} and "
              "{{countdown:10m}} are replaced on every frame; \\{{ stands for {{ itself.",
          .fields = {required("text", &C::text, text(limits::kTextLengthMax),
                              "The text; a line break starts a new line."),
                     optional("markup", &C::markup, boolean(),
                              "Whether the text holds Pango markup such as <b>bold</b>."),
                     optional("style", &C::style, text_style(), "How it looks.")},
          .check = check_placeholders};
}

template <class Shape>
Choice<ShapeContent> shape_choice(const std::string& name, const std::string& doc,
                                  std::vector<Field<Shape>> fields) {
  return alternative<Shape, ShapeContent, Geometry>(
      name, [](ShapeContent& content) -> Geometry& { return content.geometry; },
      ObjectTable<Shape>{.title = "shape: " + name, .doc = doc, .fields = std::move(fields)});
}

ObjectTable<ShapeContent> shape_table() {
  const auto length = number({0.01, limits::kLayerSide.max});
  const auto points = [](int min) {
    return list(point(limits::kPosition, "px in the layer box"), min, limits::kPointsMax,
                "points [x, y]");
  };
  using R = RectangleShape;
  using E = EllipseShape;
  return {
      .title = "content: shape",
      .doc =
          "A drawn shape. The layer box runs from (0, 0) to its far corner; a stroke may "
          "overflow the box.",
      .fields = {optional("fill", &ShapeContent::fill, paint(),
                          "Colour or gradient inside; absent: nothing."),
                 optional("stroke", &ShapeContent::stroke, stroke(),
                          "Line along the outline; absent: none.")},
      .tag = "shape",
      .tag_doc = "The kind of shape.",
      .choices = {
          shape_choice<R>(
              "rectangle", "",
              {required("width", &R::width, length, "In px."),
               required("height", &R::height, length, "In px."),
               optional("radius", &R::radius, number(limits::kLength), "Of the corners, in px.")}),
          shape_choice<CircleShape>("circle", "",
                                    {required("radius", &CircleShape::radius, length, "In px.")}),
          shape_choice<E>("ellipse", "",
                          {required("radius_x", &E::radius_x, length, "In px."),
                           required("radius_y", &E::radius_y, length, "In px.")}),
          shape_choice<LineShape>(
              "line", "", {required("points", &LineShape::points, points(2), "Joined in order.")}),
          shape_choice<PolygonShape>("polygon", "",
                                     {required("points", &PolygonShape::points, points(3),
                                               "The corners in order; the last joins the first.")}),
          shape_choice<PathShape>(
              "path", "",
              {required("d", &PathShape::d, string(1, limits::kInlineSvgMax, "SVG path data"),
                        "SVG path data, as in the d attribute.")}),
      }};
}

void check_svg(const Value& value, Reader& reader) {
  const bool inline_too = value.find("svg") != nullptr;
  if ((value.find("source") != nullptr) == inline_too) {
    reader.fault(value,
                 inline_too ? "both \"source\" and \"svg\" are given"
                            : "neither \"source\" nor \"svg\" is given",
                 "exactly one of them");
  }
}

Value required_key(std::string_view key) {
  return Value::object().add("required", Value::array({Value::of(key)}));
}

ObjectTable<SvgContent> svg_table() {
  using C = SvgContent;
  return {.title = "content: svg",
          .doc = "An SVG drawing, scaled to fit the layer box; it loads nothing from elsewhere.",
          .fields = {optional("source", &C::source, file_path(), "The SVG file."),
                     optional("svg", &C::svg, string(1, limits::kInlineSvgMax, "SVG source"),
                              "The drawing itself, instead of source.")},
          .check = check_svg,
          .refine_schema = [](Value& schema) {
            schema.add("oneOf", Value::array({required_key("source"), required_key("svg")}));
          }};
}

ObjectTable<ColorContent> color_table() {
  return {.title = "content: color",
          .doc = "One colour over the layer box; without size, over the canvas.",
          .fields = {required("color", &ColorContent::color, color(), "The colour.")}};
}

void check_video(const Value& value, Reader& reader) {
  const auto written = [&](std::string_view key) -> std::optional<base::Duration> {
    const Value* found = value.find(key);
    const bool is_read =
        found != nullptr && (found->is(Value::Kind::kString) || found->is(Value::Kind::kNumber));
    return is_read ? base::parse_duration(found->text) : std::nullopt;
  };
  const auto end = written("end");
  if (!end || *end > written("start").value_or(base::Duration{})) return;
  const Reader::Step step(reader, "end");
  reader.fault(*value.find("end"), "\"end\" is not after \"start\"",
               "a time in the source that is after \"start\"");
}

ObjectTable<VideoContent> video_table() {
  using C = VideoContent;
  return {.title = "content: video",
          .doc =
              "A video file, without its sound. It begins to play when the scene does; each frame "
              "shows the picture of the file whose time that is.",
          .fields = {required("source", &C::source, file_path(), "The video file."),
                     optional("loop", &C::loop, boolean(),
                              "Whether it begins anew after its end; else its last picture stays."),
                     optional("start", &C::start, duration(), "Where in the file it begins."),
                     optional("end", &C::end, duration(),
                              "Where in the file it ends; absent: with the file."),
                     optional("fit", &C::fit, fit(), "CSS object-fit into the layer box.")},
          .later_keys = {"rate", "volume", "fallback"},
          .check = check_video};
}

/// Which layer types may hold which content.
struct ContentRule {
  std::string_view content;
  std::vector<LayerType> layers;
};
const std::vector<ContentRule>& content_rules() {
  using enum LayerType;
  static const std::vector<ContentRule> rules = {{"character", {kHost, kAssistant}},
                                                 {"image", {kVisualFeed, kOverlay}},
                                                 {"text", {kOverlay}},
                                                 {"shape", {kOverlay}},
                                                 {"svg", {kOverlay}},
                                                 {"color", {kOverlay, kVisualFeed}},
                                                 {"video", {kVisualFeed, kOverlay}}};
  return rules;
}

template <class Alternative>
Choice<Content> content_choice(const std::string& name, const ObjectTable<Alternative>& table) {
  return alternative<Alternative, Content, Content>(
      name, [](Content& content) -> Content& { return content; }, table);
}

Codec<Content> content() {
  return defined_as(
      "content",
      object<Content>(
          {.title = "content",
           .doc = "What a layer shows.",
           .fields = {},
           .tag = "type",
           .tag_doc = "The kind of content; each layer type takes some of them.",
           .choices = {content_choice("character", character_table()),
                       content_choice("image", image_table()), content_choice("text", text_table()),
                       content_choice("shape", shape_table()), content_choice("svg", svg_table()),
                       content_choice("color", color_table()),
                       content_choice("video", video_table())},
           .later_choices = {"gif", "sprite", "frames", "chat"}}));
}

/// --- animations ---

Codec<SlideOffset> slide_offset() {
  static constexpr std::array<std::string_view, 4> kNames = {"left", "right", "up", "down"};
  const auto offset = point(limits::kPosition, "px");
  const std::string kind = "[x, y] in px, or left, right, up or down";
  return {kind,
          [=](const Value& value, Reader& reader) -> std::optional<SlideOffset> {
            if (value.is(Value::Kind::kArray)) {
              const auto read = offset.read(value, reader);
              return read ? std::optional<SlideOffset>(*read) : std::nullopt;
            }
            const auto name = std::ranges::find(kNames, value.text);
            if (value.is(Value::Kind::kString) && name != kNames.end()) {
              return static_cast<Direction>(name - kNames.begin());
            }
            reader.fault(value, given(value) + " is not understood",
                         kind + suggestion(value.text, kNames));
            return std::nullopt;
          },
          [=](const SlideOffset& typed) {
            const auto* direction = std::get_if<Direction>(&typed);
            return direction ? Value::of(kNames.at(static_cast<size_t>(*direction)))
                             : offset.write(std::get<PointF>(typed));
          },
          [=](SchemaBuilder& builder) {
            Value names = Value::array();
            for (const auto name : kNames) names.items.push_back(Value::of(name));
            return either(Value::object().add("enum", std::move(names)), offset.schema(builder));
          }};
}

Codec<Keyframe> keyframe() {
  using K = Keyframe;
  return object<K>(
      {.title = "keyframe",
       .doc = "Values are relative to the layer's own, as those of the single effects.",
       .fields = {
           required("at", &K::at, number(limits::kUnit), "When, from 0 to 1 of an iteration."),
           optional("opacity", &K::opacity, number(limits::kUnit), "Multiplies the opacity."),
           optional("position", &K::position, point(limits::kPosition, "px"),
                    "Added to the position."),
           optional("scale", &K::scale, scale(), "Multiplies the scale."),
           optional("rotation", &K::rotation, number(limits::kRotation),
                    "Degrees added to the rotation."),
           optional("easing", &K::easing, easing(), "Towards the next keyframe."),
       }});
}

void check_keyframes(const Value& value, Reader& reader) {
  const Value* keyframes = value.find("keyframes");
  if (keyframes == nullptr) return;
  const Reader::Step key(reader, "keyframes");
  double latest = -kInfinity;
  for (size_t i = 0; i < keyframes->items.size(); ++i) {
    const Value* at = keyframes->items[i].find("at");
    if (at == nullptr || !at->is(Value::Kind::kNumber)) continue;
    const Reader::Step item(reader, i);
    if (at->number < latest) {
      reader.fault(*at, "\"at\" goes back in time", "keyframes in the order of \"at\"");
    }
    latest = std::max(latest, at->number);
  }
}

void check_slide(const Value& value, Reader& reader) {
  if (value.find("from") == nullptr && value.find("to") == nullptr) {
    reader.fault(value, "a slide without \"from\" and \"to\" does not move", "one of them");
  }
}

template <class Alternative>
Choice<Animation> effect_choice(const std::string& name, const std::string& doc,
                                std::vector<Field<Alternative>> fields,
                                std::function<void(const Value&, Reader&)> check = {}) {
  ObjectTable<Alternative> table;
  table.title = "effect: " + name;
  table.doc = doc;
  table.fields = std::move(fields);
  table.check = std::move(check);
  return alternative<Alternative, Animation, Effect>(
      name, [](Animation& animation) -> Effect& { return animation.effect; }, table);
}

std::vector<Choice<Animation>> effect_choices() {
  const auto unit = number(limits::kUnit);
  const auto degrees = number(limits::kRotation);
  return {
      effect_choice<FadeEffect>("fade", "Multiplies the opacity.",
                                {optional("from", &FadeEffect::from, unit, "Factor at the start."),
                                 optional("to", &FadeEffect::to, unit, "Factor at the end.")}),
      effect_choice<SlideEffect>(
          "slide",
          "Adds to the position. A direction is the place just outside that edge of the canvas.",
          {optional("from", &SlideEffect::from, slide_offset(), "Offset at the start."),
           optional("to", &SlideEffect::to, slide_offset(), "Offset at the end.")},
          check_slide),
      effect_choice<ScaleEffect>(
          "scale", "Multiplies the scale.",
          {optional("from", &ScaleEffect::from, scale(), "Factor at the start."),
           optional("to", &ScaleEffect::to, scale(), "Factor at the end.")}),
      effect_choice<RotateEffect>(
          "rotate", "Adds to the rotation.",
          {optional("from", &RotateEffect::from, degrees, "Degrees at the start."),
           optional("to", &RotateEffect::to, degrees, "Degrees at the end.")}),
      effect_choice<KeyframesEffect>(
          "keyframes", "Moves through several values.",
          {required("keyframes", &KeyframesEffect::keyframes,
                    list(keyframe(), 1, limits::kKeyframesMax, "keyframes"),
                    "In the order of at.")},
          check_keyframes)};
}

Codec<Animation> animation() {
  using T = Timing;
  const ObjectTable<Timing> timing = {
      .title = "timing",
      .doc = {},
      .fields = {required("duration", &T::duration, duration(), "Of one iteration."),
                 optional("delay", &T::delay, duration(), "Before the first iteration."),
                 optional("easing", &T::easing, easing(), "Over each iteration, as in CSS."),
                 optional("iterations", &T::iterations, iterations(), "How often it plays."),
                 optional("direction", &T::direction, playback_direction(), "As in CSS."),
                 optional("fill", &T::fill, fill_mode(),
                          "Whether it has an effect before and after it plays, as in CSS.")}};
  ObjectTable<Animation> table;
  table.title = "animation";
  table.doc =
      "A Web Animations effect. Time starts at the first frame; live, at the first that shows it.";
  table.tag = "effect";
  table.tag_doc = "What it changes; effects on one layer combine.";
  table.choices = effect_choices();
  const std::function<Timing&(Animation&)> timing_of = [](Animation& each) -> Timing& {
    return each.timing;
  };
  table.fields = lifted<Animation>(timing, timing_of).fields;
  table.fields.push_back(
      optional("start", &Animation::start, duration(),
               "Stream time at which it begins; absent: with the layer. The live daemon sets it."));
  return defined_as("animation", object(table));
}

/// --- layers, canvas, scene ---

Codec<Transform> transform() {
  using T = Transform;
  return object<T>(
      {.title = "transform",
       .doc = "The layer box is scaled, then rotated, about its anchor, and the "
              "anchor lands on position.",
       .fields = {
           optional("position", &T::position, point(limits::kPosition, "px"),
                    "Where the anchor lands on the canvas, in px."),
           optional("anchor", &T::anchor, point(limits::kAnchor, "of the box"),
                    "0 to 1 of the layer box; [0.5, 0.5] is its centre."),
           optional("scale", &T::scale, scale(), "Factor, or [x, y]."),
           optional("rotation", &T::rotation, number(limits::kRotation), "Degrees clockwise."),
       }});
}

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
      required("content", &L::content, content(), "What it shows."),
      optional("animations", &L::animations,
               list(animation(), 0, limits::kAnimationsMax, "animations"), "How it moves."),
      optional(
          "start", &L::start, duration(),
          "Stream time at which its content and animations begin; the live daemon sets it when "
          "the layer first shows. Absent in a file: 0."),
  };
  table.later_keys = {"filters"};
  table.check = check_layer;
  table.refine_schema = refine_layer_schema;
  return table;
}

ObjectTable<Canvas> canvas_table() {
  const ObjectTable<base::SizeI> size_table = {
      .title = "size",
      .doc = {},
      .fields = {required("width", &base::SizeI::width, integer(limits::kCanvasSide), "In px."),
                 required("height", &base::SizeI::height, integer(limits::kCanvasSide), "In px.")}};
  const std::function<base::SizeI&(Canvas&)> size_of = [](Canvas& canvas) -> base::SizeI& {
    return canvas.size;
  };
  ObjectTable<Canvas> table;
  table.title = "canvas";
  table.doc = "The picture as a whole.";
  table.fields = lifted<Canvas>(size_table, size_of).fields;
  table.fields.push_back(optional("fps", &Canvas::fps, frame_rate(), "Frames per second."));
  table.fields.push_back(optional("background", &Canvas::background, color(),
                                  "Behind all layers; may be transparent."));
  return table;
}

base::Duration seconds(double number) { return base::Duration{static_cast<int64_t>(number * 1e9)}; }

// Absent only where it is read: every output of a scene has one.
Field<Output> output_id() {
  auto field = required("id", &Output::id, name(), "Unique; absent: output-1, output-2 …");
  field.doc.required = false;
  field.write = [](const Output& output) {
    return output.id.empty() ? std::nullopt : std::optional(Value::of(output.id));
  };
  return field;
}

ObjectTable<Output> output_table() {
  using O = Output;
  return {
      .title = "output",
      .doc = "Where streamd sends the picture; the offline tools take no notice of it.",
      .fields = {output_id(),
                 required("url", &O::url, string(1, limits::kPathLengthMax, "a URL or a path"),
                          "Such as rtmp://host/app/key."),
                 optional("codec", &O::codec, string(1, 64, "a codec name"), "h264, vp8, vp9 …"),
                 optional("preset", &O::preset, string(1, 64, "a preset name"), "Of the encoder."),
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

void check_unique_ids(const Value& value, std::string_view key, std::string_view kind,
                      Reader& reader) {
  const Value* list = value.find(key);
  if (list == nullptr) return;
  std::set<std::string_view> seen;
  const Reader::Step step(reader, key);
  for (size_t i = 0; i < list->items.size(); ++i) {
    const Value* id = list->items[i].find("id");
    if (id == nullptr || !id->is(Value::Kind::kString) || seen.insert(id->text).second) continue;
    const Reader::Step item(reader, i);
    const Reader::Step id_key(reader, "id");
    reader.fault(*id, "\"" + id->text + "\" is already the id of another " + std::string(kind),
                 "an id of its own");
  }
}

void check_scene(const Value& value, Reader& reader) {
  check_unique_ids(value, "layers", "layer", reader);
  check_unique_ids(value, "outputs", "output", reader);
}

/// `version` is part of the file, not of a Scene.
Field<Scene> version_field() {
  const FieldDoc doc{"version", "1", {}, true, "Of the schema of scene files."};
  return {doc,
          [](const Value& value, Reader& reader, Scene&) {
            if (!value.is(Value::Kind::kNumber) || value.number != 1) {
              reader.fault(value, "this is not a version that layercast reads", "1");
            }
          },
          [](const Scene&) { return Value::of(1); },
          [](SchemaBuilder&) {
            return Value::object()
                .add("const", Value::of(1))
                .add("description", Value::of("Of the schema of scene files."));
          }};
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
      optional("fonts", &S::fonts, list(file_path(), 0, limits::kFontsMax, "font files"),
               "Extra font files."),
      required("layers", &S::layers,
               list(defined_as("layer", layer_codec()), 0, limits::kLayersMax, "layers"),
               "The layers, in file order."),
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
