#include "scene/wire/motion_tables.h"

#include "scene/model/easing.h"
#include "scene/wire/length_codecs.h"
#include "scene/wire/value_codecs.h"

#include <algorithm>
#include <array>
#include <limits>

namespace layercast::scene {
namespace {

using base::PointF;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

Codec<PlaybackDirection> playback_direction() {
  return scene::one_of<PlaybackDirection>(
      {{PlaybackDirection::kNormal, "normal"},
       {PlaybackDirection::kReverse, "reverse"},
       {PlaybackDirection::kAlternate, "alternate"},
       {PlaybackDirection::kAlternateReverse, "alternate-reverse"}});
}

Codec<Direction> scroll_direction() {
  return scene::one_of<Direction>({{Direction::kLeft, "left"},
                                   {Direction::kRight, "right"},
                                   {Direction::kUp, "up"},
                                   {Direction::kDown, "down"}});
}

Codec<FillMode> fill_mode() {
  return scene::one_of<FillMode>({{FillMode::kNone, "none"},
                                  {FillMode::kForwards, "forwards"},
                                  {FillMode::kBackwards, "backwards"},
                                  {FillMode::kBoth, "both"}});
}

/// --- filters ---

using ColorKind = ColorFilter::Kind;

/// A filter function that takes one number.
struct ColorFunction {
  std::string_view name;
  ColorKind kind;
  limits::Range range;
};
constexpr std::array kColorFunctions = {
    ColorFunction{"brightness", ColorKind::kBrightness, limits::kFilterFactor},
    ColorFunction{"contrast", ColorKind::kContrast, limits::kFilterFactor},
    ColorFunction{"saturate", ColorKind::kSaturate, limits::kFilterFactor},
    ColorFunction{"hue_rotate", ColorKind::kHueRotate, limits::kRotation},
    ColorFunction{"grayscale", ColorKind::kGrayscale, limits::kUnit},
    ColorFunction{"invert", ColorKind::kInvert, limits::kUnit},
    ColorFunction{"sepia", ColorKind::kSepia, limits::kUnit},
    ColorFunction{"opacity", ColorKind::kOpacity, limits::kUnit}};

Codec<DropShadowFilter> drop_shadow() {
  using F = DropShadowFilter;
  return object<F>({.title = "filter: drop_shadow",
                    .doc = "A shadow of the shape of the picture, as CSS drop-shadow().",
                    .fields = {optional("color", &F::color, color(), "Colour of the shadow."),
                               optional("blur", &F::blur, number(limits::kBlur),
                                        "Standard deviation in px, as in CSS."),
                               optional("offset", &F::offset, point(limits::kPosition, "px"),
                                        "Offset of the shadow, in px right and down.")}});
}

Codec<ChromaKeyFilter> chroma_key() {
  using F = ChromaKeyFilter;
  const auto unit = number(limits::kUnit);
  return object<F>({.title = "filter: chroma_key",
                    .doc = "Makes the colour of a screen transparent.",
                    .fields = {optional("color", &F::color, color(), "Colour of the screen."),
                               optional("similarity", &F::similarity, unit,
                                        "Distance from it up to which colours become transparent."),
                               optional("smoothness", &F::smoothness, unit,
                                        "Further distance over which colours become opaque."),
                               optional("spill", &F::spill, unit,
                                        "Further distance over which the tint of the screen is "
                                        "removed from the remaining colours.")}});
}

Codec<BlurEdge> blur_edge() {
  return scene::one_of<BlurEdge>(
      {{BlurEdge::kTransparent, "transparent"}, {BlurEdge::kClamp, "clamp"}});
}

// A number is the radius of a blur with the default edge.
Codec<BlurFilter> blur() {
  using F = BlurFilter;
  const auto radius = number(limits::kBlur);
  const auto whole = object<F>(
      {.title = "filter: blur",
       .doc = "A Gaussian blur, as the CSS function of that name. A number alone is its radius.",
       .fields = {required("radius", &F::radius, radius, "Standard deviation in px, as in CSS."),
                  optional("edge", &F::edge, blur_edge(),
                           "What lies outside the picture. transparent: nothing, so that the edges "
                           "of the picture fade and spread. clamp: its outermost pixels repeat, so "
                           "that the picture keeps its size and its edges their opacity.")}});
  const std::string kind = radius.kind + ", or " + whole.kind;
  return {
      kind,
      [=](const Value& value, Reader& reader) -> std::optional<F> {
        if (value.is(Value::Kind::kObject)) return whole.read(value, reader);
        if (!value.is(Value::Kind::kNumber)) {
          reader.fault(value, got(value), kind);
          return std::nullopt;
        }
        const auto read = radius.read(value, reader);
        return read ? std::optional(F{*read, BlurEdge::kTransparent}) : std::nullopt;
      },
      [=](const F& typed) {
        const bool is_plain = typed.edge == BlurEdge::kTransparent;
        return is_plain ? radius.write(typed.radius) : whole.write(typed);
      },
      [=](SchemaBuilder& builder) { return either(radius.schema(builder), whole.schema(builder)); },
      Shape{FileRole::kNone, false, nullptr, nullptr, {radius.shape, whole.shape}}};
}

Codec<ColorFilter> color_function(const ColorFunction& function) {
  const auto amount = number(function.range);
  const ColorKind kind = function.kind;
  return {amount.kind,
          [=](const Value& value, Reader& reader) -> std::optional<ColorFilter> {
            const auto read = amount.read(value, reader);
            return read ? std::optional(ColorFilter{kind, *read}) : std::nullopt;
          },
          [=](const ColorFilter& typed) { return amount.write(typed.amount); }, amount.schema};
}

/// The name of a filter function, and the form of its argument.
struct FilterForm {
  std::string_view name;
  std::string kind;
  std::function<std::optional<Filter>(const Value&, Reader&)> read;
  std::function<std::optional<Value>(const Filter&)> write;  ///< nullopt: another function
  std::function<Value(SchemaBuilder&)> schema;
  Shape shape;
};

template <class F>
FilterForm filter_form(std::string_view name, const Codec<F>& codec,
                       std::function<bool(const F&)> is_this) {
  return {name,
          codec.kind,
          [=](const Value& value, Reader& reader) -> std::optional<Filter> {
            return codec.read(value, reader);
          },
          [=](const Filter& filter) -> std::optional<Value> {
            const auto* typed = std::get_if<F>(&filter);
            if (typed == nullptr || !is_this(*typed)) return std::nullopt;
            return codec.write(*typed);
          },
          codec.schema,
          codec.shape};
}

// The shape of an object with one member for each function.
Shape shape_of(const std::vector<FilterForm>& forms) {
  Table table;
  table.title = "filter";
  for (const FilterForm& form : forms) {
    table.fields.push_back({});
    table.fields.back().doc.key = form.name;
    table.fields.back().shape = form.shape;
  }
  return {FileRole::kNone, false, std::make_shared<const Table>(std::move(table)), nullptr, {}};
}

std::vector<FilterForm> filter_forms() {
  const auto any = [](const auto&) { return true; };
  std::vector<FilterForm> forms = {filter_form<BlurFilter>("blur", blur(), any)};
  for (const ColorFunction& function : kColorFunctions) {
    forms.push_back(filter_form<ColorFilter>(
        function.name, color_function(function),
        [kind = function.kind](const ColorFilter& filter) { return filter.kind == kind; }));
  }
  forms.push_back(filter_form<DropShadowFilter>("drop_shadow", drop_shadow(), any));
  forms.push_back(filter_form<ChromaKeyFilter>("chroma_key", chroma_key(), any));
  return forms;
}

std::optional<Filter> read_filter(const std::vector<FilterForm>& forms, const std::string& kind,
                                  const Value& value, Reader& reader) {
  if (!value.is(Value::Kind::kObject) || value.members.size() != 1) {
    reader.fault(value, "got " + given(value), kind);
    return std::nullopt;
  }
  const auto& member = value.members.front();
  const Reader::Step step(reader, member.key);
  const auto form = std::ranges::find(forms, member.key, &FilterForm::name);
  if (form != forms.end()) return form->read(member.value, reader);
  std::vector<std::string_view> names;
  for (const auto& each : forms) names.push_back(each.name);
  reader.fault(member.key_mark, "unknown filter",
               joined_names(names) + suggestion(member.key, names));
  return std::nullopt;
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
       .doc = "Values are relative to those of the layer, as with the single effects.",
       .fields = {
           required("at", &K::at, number(limits::kUnit), "Time within an iteration, from 0 to 1."),
           optional("opacity", &K::opacity, number(limits::kUnit), "Multiplies the opacity."),
           optional("position", &K::position, point(limits::kPosition, "px"),
                    "Added to the position."),
           optional("scale", &K::scale, scale(), "Multiplies the scale."),
           optional("size", &K::size, length_size(),
                    "Replaces the size of the layer; the content follows it, as with a new size."),
           optional("rotation", &K::rotation, number(limits::kRotation),
                    "Degrees added to the rotation."),
           optional("volume", &K::volume, number(limits::kVolume), "Multiplies the volume."),
           optional("filters", &K::filters, filters(),
                    "Replace the filters of the layer; lists of the same functions blend."),
           optional("easing", &K::easing, easing(), "Easing towards the next keyframe."),
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
                                const std::function<void(const Value&, Reader&)>& check = {}) {
  ObjectTable<Alternative> table;
  table.title = "effect: " + name;
  table.doc = doc;
  table.fields = std::move(fields);
  table.check = check;
  return alternative<Alternative, Animation, Effect>(
      name, [](Animation& animation) -> Effect& { return animation.effect; }, std::move(table));
}

std::vector<Choice<Animation>> effect_choices() {
  const auto unit = number(limits::kUnit);
  const auto degrees = number(limits::kRotation);
  return {
      effect_choice<FadeEffect>("fade", "Multiplies the opacity.",
                                {optional("from", &FadeEffect::from, unit, "Factor at the start."),
                                 optional("to", &FadeEffect::to, unit, "Factor at the end.")}),
      effect_choice<SlideEffect>(
          "slide", "Adds to the position. A direction means just outside that edge of the canvas.",
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
      effect_choice<ScrollEffect>(
          "scroll",
          "Moves the content through the layer box without a seam, like a ticker; one iteration is "
          "one round. The content keeps its full length in that direction: a text that scrolls "
          "left or right has one line, and an image fits the other side of the box. The content is "
          "clipped to the box. Of several scrolls, the last one applies.",
          {optional("gap", &ScrollEffect::gap, number(limits::kLength),
                    "Space between the end of the content and its next beginning, in px."),
           optional("speed", &ScrollEffect::speed, number(limits::kScrollSpeed),
                    "Speed in px per second, instead of duration; the scroll then never ends."),
           optional("fade_edges", &ScrollEffect::fade_edges, number(limits::kLength),
                    "Length in px in which the content fades out at each end of the box, so that "
                    "it is not cut off there; at most half of the box. The background of a text "
                    "does not fade.")}),
      effect_choice<VolumeEffect>(
          "volume", "Multiplies the volume.",
          {optional("from", &VolumeEffect::from, number(limits::kVolume), "Factor at the start."),
           optional("to", &VolumeEffect::to, number(limits::kVolume), "Factor at the end.")}),
      effect_choice<KeyframesEffect>(
          "keyframes", "Animates through several values.",
          {required("keyframes", &KeyframesEffect::keyframes,
                    list(keyframe(), 1, limits::kKeyframesMax, "keyframes"),
                    "The keyframes in the order of at.")},
          check_keyframes)};
}

}  // namespace

Codec<Filter> filter() {
  const auto forms = filter_forms();
  const std::string kind = "one filter, such as {blur: 8}";
  return defined_as("filter", Codec<Filter>{kind,
                                            [=](const Value& value, Reader& reader) {
                                              return read_filter(forms, kind, value, reader);
                                            },
                                            [=](const Filter& typed) {
                                              Value written = Value::object();
                                              for (const auto& form : forms) {
                                                if (auto value = form.write(typed))
                                                  written.add(form.name, *value);
                                              }
                                              return written;
                                            },
                                            [=](SchemaBuilder& builder) {
                                              Value properties = Value::object();
                                              for (const auto& form : forms)
                                                properties.add(form.name, form.schema(builder));
                                              return Value::object()
                                                  .add("type", Value::of("object"))
                                                  .add("properties", std::move(properties))
                                                  .add("additionalProperties", Value::of(false))
                                                  .add("minProperties", Value::of(1))
                                                  .add("maxProperties", Value::of(1));
                                            },
                                            shape_of(forms)});
}

Codec<std::vector<Filter>> filters() { return list(filter(), 0, limits::kFiltersMax, "filters"); }

Codec<Transform> transform() {
  using T = Transform;
  return object<T>(
      {.title = "transform",
       .doc = "The layer box is scaled, then rotated, about its anchor, and the anchor lands on "
              "position.",
       .fields = {
           optional("position", &T::position, length_point(),
                    "Position of the anchor on the canvas; percentages are of its width and "
                    "height."),
           optional("anchor", &T::anchor, anchor(),
                    "A point of the layer box, which spans 0 to 1; center is [0.5, 0.5]."),
           optional("scale", &T::scale, scale(), "Factor, or [x, y]."),
           optional("rotation", &T::rotation, number(limits::kRotation), "Degrees clockwise."),
       }});
}

namespace {

void check_transition(const Value& value, Reader& reader) {
  if (value.find("duration") == nullptr && value.find("content") == nullptr) {
    reader.fault(value, "a transition without \"duration\" and \"content\" changes nothing",
                 "one of them");
  }
}

Codec<base::Duration> up_to_an_hour() {
  return duration_within(base::Duration{}, std::chrono::hours(1));
}

// Left out only beside `content`; check_transition() checks that.
Field<Transition> transition_duration() {
  const auto codec = up_to_an_hour();
  return field_of_whole<Transition>(
      {"duration", codec.kind, "0s", false, "How long a change of the others takes."},
      [=](const Value& value, Reader& reader, Transition& transition) {
        if (const auto read = codec.read(value, reader)) transition.duration = *read;
      },
      [=](const Transition& transition) -> std::optional<Value> {
        const bool is_left_out =
            transition.duration == base::Duration{} && transition.content != base::Duration{};
        return is_left_out ? std::nullopt : std::optional(codec.write(transition.duration));
      },
      codec.schema);
}

// Adds to the schema what check_transition() checks.
void refine_transition_schema(Value& schema) {
  schema.add("anyOf", Value::array({requires_key("duration"), requires_key("content")}));
}

}  // namespace

Codec<Transition> transition() {
  using T = Transition;
  return object<T>(
      {.title = "transition",
       .doc = "Live changes of opacity, size, transform or filters are gradual, as with CSS "
              "transitions. Changes to filters that are not the same functions in the same order "
              "are immediate; so are changes of the size of a layer that has none before or after.",
       .fields = {transition_duration(),
                  optional("content", &T::content, up_to_an_hour(),
                           "How long the old content cross-fades to a new one; a chat and a sound "
                           "change at once."),
                  optional("easing", &T::easing, easing(), "As in CSS.")},
       .check = check_transition,
       .refine_schema = refine_transition_schema});
}

namespace {

// `direction` is the playback direction; a scroll has a direction of movement instead.
Field<Animation> direction() {
  const auto playback = playback_direction();
  const auto way = scroll_direction();
  return field_of_whole<Animation>(
      {"direction", playback.kind + "; for a scroll " + way.kind, "normal; left", false,
       "Direction of playback, as in CSS; for a scroll, the direction of movement."},
      [=](const Value& value, Reader& reader, Animation& animation) {
        if (auto* scroll = std::get_if<ScrollEffect>(&animation.effect)) {
          if (const auto read = way.read(value, reader)) scroll->direction = *read;
        } else if (const auto read = playback.read(value, reader)) {
          animation.timing.direction = *read;
        }
      },
      [=](const Animation& animation) -> std::optional<Value> {
        if (const auto* scroll = std::get_if<ScrollEffect>(&animation.effect)) {
          if (scroll->direction == ScrollEffect{}.direction) return std::nullopt;
          return way.write(scroll->direction);
        }
        if (animation.timing.direction == Timing{}.direction) return std::nullopt;
        return playback.write(animation.timing.direction);
      },
      [=](SchemaBuilder& builder) {
        return either(playback.schema(builder), way.schema(builder));
      });
}

bool has_speed(const Animation& animation) {
  const auto* scroll = std::get_if<ScrollEffect>(&animation.effect);
  return scroll != nullptr && scroll->speed;
}

// Required, except for a scroll with a speed; check_duration() checks that.
Field<Animation> duration_field() {
  const auto codec = scene::duration();
  return field_of_whole<Animation>(
      {"duration",
       codec.kind,
       {},
       false,
       "Duration of one iteration. Required, except for a scroll with a speed."},
      [=](const Value& value, Reader& reader, Animation& animation) {
        if (const auto read = codec.read(value, reader)) animation.timing.duration = *read;
      },
      [=](const Animation& animation) -> std::optional<Value> {
        if (has_speed(animation)) return std::nullopt;
        return codec.write(animation.timing.duration);
      },
      codec.schema);
}

void check_duration(const Value& value, Reader& reader) {
  const Value* effect = value.find("effect");
  const bool is_scroll = effect != nullptr && effect->text == "scroll";
  const bool has_speed = is_scroll && value.find("speed") != nullptr;
  const std::string form = scene::duration().kind;
  if (!has_speed) {
    if (value.find("duration") != nullptr) return;
    reader.fault(value, "\"duration\" is missing", is_scroll ? form + ", or a \"speed\"" : form);
    return;
  }
  for (const std::string_view key : {"duration", "iterations", "easing"}) {
    const Value* found = value.find(key);
    if (found == nullptr) continue;
    const Reader::Step step(reader, key);
    reader.fault(*found, "cannot be combined with \"speed\"", "one of them");
  }
}

// Adds to the schema what check_duration() and direction() check.
void refine_animation_schema(Value& schema) {
  Value& properties = *schema.find("properties");
  const bool is_scroll = properties.find("effect")->find("const")->text == "scroll";
  Value& direction = *properties.find("direction");
  const Value chosen = direction.find("oneOf")->items.at(is_scroll ? 1 : 0);
  direction.erase("oneOf");
  for (const auto& member : chosen.members) direction.add(member.key, member.value);
  if (!is_scroll) {
    schema.find("required")->items.push_back(Value::of("duration"));
    return;
  }
  Value without = Value::array();
  for (const char* key : {"duration", "iterations", "easing"}) {
    without.items.push_back(requires_key(key));
  }
  Value constant =
      requires_key("speed").add("not", Value::object().add("anyOf", std::move(without)));
  Value timed = requires_key("duration").add("not", requires_key("speed"));
  schema.add("oneOf", Value::array({std::move(timed), std::move(constant)}));
}

// The codec of a list of animations; it calls `check` for each item.
Codec<std::vector<Animation>> checked(
    std::function<void(const Animation&, const Value&, Reader&)> check) {
  auto codec = list(animation(), 0, limits::kAnimationsMax, "animations");
  codec.read = [read = codec.read, check = std::move(check)](const Value& value, Reader& reader) {
    const size_t faults_before = reader.faults().size();
    auto animations = read(value, reader);
    if (!animations || reader.faults().size() != faults_before) return animations;
    for (size_t i = 0; i < animations->size(); ++i) {
      const Reader::Step step(reader, i);
      check((*animations)[i], value.items[i], reader);
    }
    return animations;
  };
  return codec;
}

void check_entrance(const Animation& animation, const Value& value, Reader& reader) {
  if (std::holds_alternative<ScrollEffect>(animation.effect)) {
    const Reader::Step step(reader, "effect");
    reader.fault(*value.find("effect"), "a scroll is not allowed here",
                 "a scroll in \"animations\"");
  }
}

void check_exit(const Animation& animation, const Value& value, Reader& reader) {
  check_entrance(animation, value, reader);
  const auto longest = std::chrono::seconds(static_cast<int64_t>(limits::kExitSeconds.max));
  if (is_over(animation.timing, {}, longest)) return;
  reader.fault(value, "the exit takes too long",
               "an end after at most " + base::duration_text(longest));
}

}  // namespace

Codec<std::vector<Animation>> entrances() { return checked(check_entrance); }
Codec<std::vector<Animation>> exits() { return checked(check_exit); }

Codec<Animation> animation() {
  using T = Timing;
  const std::vector<Field<Timing>> timing = {
      optional("delay", &T::delay, duration(), "Time before the first iteration."),
      optional("easing", &T::easing, easing(), "Easing of each iteration, as in CSS."),
      optional("iterations", &T::iterations, iterations(), "How many times it plays."),
      optional("fill", &T::fill, fill_mode(),
               "Whether it has an effect before and after it plays, as in CSS.")};
  ObjectTable<Animation> table;
  table.title = "animation";
  table.doc =
      "A Web Animations effect. Its time starts at the first frame; live, at the first frame that "
      "shows it.";
  table.tag = "effect";
  table.tag_doc = "What the animation changes; effects on one layer combine.";
  table.choices = effect_choices();
  table.fields = {duration_field()};
  for (auto& field : fields_of(&Animation::timing, timing)) {
    table.fields.push_back(std::move(field));
    if (table.fields.back().form.doc.key == "iterations") table.fields.push_back(direction());
  }
  table.check = check_duration;
  table.refine_schema = refine_animation_schema;
  table.run_state_keys = {"start"};
  return defined_as("animation", object(std::move(table)));
}

}  // namespace layercast::scene
