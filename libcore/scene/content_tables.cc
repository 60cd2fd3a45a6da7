#include "scene/content_tables.h"

#include "scene/caption.h"
#include "scene/placeholder.h"
#include "scene/value_codecs.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace layercast::scene {
namespace {

/// --- enumerations ---

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
               optional(
                   "font_family", &S::font_family,
                   string(1, 256, "a font family, or several separated by commas", FileRole::kNone),
                   "CSS font-family; sans-serif, serif and monospace are known too."),
               optional("font_file", &S::font_file, file_path(FileRole::kAsset),
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
                        "Added after every letter, in px."),
               optional("max_width", &S::max_width, number(limits::kLayerSide),
                        "Wraps lines at this width in px, padding not counted."),
               optional("max_lines", &S::max_lines, integer(limits::kLines),
                        "Shows at most so many lines."),
               optional("ellipsis", &S::ellipsis, boolean(),
                        "Whether a text cut by max_lines ends in an ellipsis."),
           }}));
}

/// --- contents ---

constexpr const char* kCaptionDoc =
    "What the caption bar says, all alike: {name} stands for the metadata's value of that name.";

Codec<std::string> caption() {
  return string(1, limits::kTextLengthMax, "a text such as \"{name} · {price}\"", FileRole::kNone);
}

/// The names in a caption are those of the metadata beside it.
void check_caption(const Value& value, Reader& reader) {
  const Value* caption = value.find("caption");
  if (caption == nullptr || !caption->is(Value::Kind::kString)) return;
  std::vector<std::string_view> names;
  const Value* metadata = value.find("metadata");
  if (metadata != nullptr && metadata->is(Value::Kind::kObject)) {
    for (const auto& member : metadata->members) names.push_back(member.key);
  }
  const Reader::Step step(reader, "caption");
  for (const CaptionPiece& piece : caption_pieces(caption->text)) {
    if (!piece.is_name || std::ranges::find(names, piece.text) != names.end()) continue;
    reader.fault(*caption, "there is no \"" + piece.text.substr(0, 80) + "\" in the metadata",
                 names.empty() ? "\"metadata\" with it"
                               : joined_names(names) + suggestion(piece.text, names));
  }
}

ObjectTable<ImageContent> image_table() {
  using C = ImageContent;
  return {.title = "content: image",
          .doc = "A still image: PNG, JPEG, WebP, AVIF, HEIF, TIFF, GIF (first frame) or SVG.",
          .fields = {required("source", &C::source, file_path(FileRole::kAsset), "The image file."),
                     optional("fit", &C::fit, fit(), "CSS object-fit into the layer box."),
                     optional("metadata", &C::metadata, text_map(limits::kMetadataMax),
                              "Shown as a caption bar on a visual_feed: the first value bold, "
                              "the others after it."),
                     optional("caption", &C::caption, caption(), kCaptionDoc)},
          .check = check_caption};
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
              {required("d", &PathShape::d,
                        string(1, limits::kInlineSvgMax, "SVG path data", FileRole::kNone),
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
          .fields = {optional("source", &C::source, file_path(FileRole::kAsset), "The SVG file."),
                     optional("svg", &C::svg,
                              string(1, limits::kInlineSvgMax, "SVG source", FileRole::kNone),
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
  check_caption(value, reader);
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
  return {
      .title = "content: video",
      .doc =
          "A video file or a live source. A file begins to play when its layer does; each frame "
          "shows the picture of the file whose time that is. A live source (a URL, a named pipe, a "
          "camera device) shows its newest picture. URLs are rtmp, rtmps, http and https (a file, "
          "a stream or an HLS playlist), rtsp, rtsps, srt, udp or rtp. A daemon tells nobody the "
          "passwords and keys in them: they are ***, and a URL that is written back so stays what "
          "it was. Its sound is mixed into the stream's.",
      .fields = {required(
                     "source", &C::source, file_path(FileRole::kSource),
                     "The video file; or a URL, a named pipe or a device such as /dev/video0."),
                 optional("loop", &C::loop, boolean(),
                          "Whether it begins anew after its end; else its last picture stays."),
                 optional("start", &C::start, duration(), "Where in the file it begins."),
                 optional("end", &C::end, duration(),
                          "Where in the file it ends; absent: with the file."),
                 optional("rate", &C::rate, number(limits::kPlaybackRate),
                          "Seconds of the file that pass in a second."),
                 optional("volume", &C::volume, number(limits::kVolume),
                          "Of its sound; 1 leaves it as it is."),
                 optional("mute", &C::mute, boolean(), "Whether its sound is left out."),
                 optional("fallback", &C::fallback, file_path(FileRole::kAsset),
                          "An image that shows while a live source is away."),
                 optional("fit", &C::fit, fit(), "CSS object-fit into the layer box."),
                 optional("metadata", &C::metadata, text_map(limits::kMetadataMax),
                          "Shown as a caption bar on a visual_feed, as an image's."),
                 optional("caption", &C::caption, caption(), kCaptionDoc)},
      .check = check_video};
}

/// --- animated sources ---

/// The fields of `table`, and those of how the source plays.
template <class C>
ObjectTable<C> with_playback(ObjectTable<C> table) {
  const std::vector<Field<Playback>> playback = {
      optional("frame_delay", &Playback::frame_delay,
               duration_within(std::chrono::milliseconds(1), std::chrono::hours(1)),
               "How long each picture shows; absent: what the file says, else 100ms."),
      optional("loop", &Playback::loop, boolean(),
               "Whether it begins anew after its end; else its last picture stays. Absent: as "
               "often as the file says, else for ever."),
      optional("play", &Playback::play,
               scene::one_of<Play>({{Play::kForwards, "forwards"},
                                    {Play::kBackwards, "backwards"},
                                    {Play::kPingPong, "ping-pong"}}),
               "In which order its pictures come; ping-pong shows the first and the last once "
               "a round.")};
  for (auto& field : fields_of(&C::playback, playback)) {
    table.fields.push_back(std::move(field));
  }
  table.fields.push_back(optional("fit", &C::fit, fit(), "CSS object-fit into the layer box."));
  return table;
}

ObjectTable<GifContent> gif_table() {
  return with_playback<GifContent>(
      {.title = "content: gif",
       .doc = "An animated GIF, WebP or APNG.",
       .fields = {
           required("source", &GifContent::source, file_path(FileRole::kAsset), "The file.")}});
}

void check_sprite_sheet(const Value& value, Reader& reader) {
  const auto whole = [&](std::string_view key) {
    const Value* found = value.find(key);
    return found != nullptr && found->is(Value::Kind::kNumber) ? found->number : 1;
  };
  const Value* count = value.find("count");
  if (count == nullptr || !count->is(Value::Kind::kNumber)) return;
  if (count->number <= whole("columns") * whole("rows")) return;
  const Reader::Step step(reader, "count");
  reader.fault(*count, "the sheet has fewer cells", "at most columns × rows");
}

ObjectTable<SpriteContent> sprite_table() {
  using S = SpriteSheet;
  const auto cells = integer(limits::kSpriteCells);
  auto sheet = object<S>(
      {.title = "sprite",
       .doc = "How the cells lie on the sheet, row by row.",
       .fields = {optional("columns", &S::columns, cells, "Cells in a row."),
                  optional("rows", &S::rows, cells, "Rows of cells."),
                  optional("count", &S::count, cells, "Cells that are used; absent: all."),
                  optional("margin", &S::margin, point(limits::kLength, "px"),
                           "Around all cells: left and right, above and below."),
                  optional("spacing", &S::spacing, point(limits::kLength, "px"),
                           "Between columns, and between rows.")},
       .check = check_sprite_sheet});
  return with_playback<SpriteContent>(
      {.title = "content: sprite",
       .doc = "Pictures cut from one sheet.",
       .fields = {
           required("source", &SpriteContent::source, file_path(FileRole::kAsset),
                    "The sheet, an image."),
           required("sprite", &SpriteContent::sprite, std::move(sheet), "How its cells lie.")}});
}

ObjectTable<FramesContent> frames_table() {
  return with_playback<FramesContent>(
      {.title = "content: frames",
       .doc = "Numbered images.",
       .fields = {required("source", &FramesContent::source, file_path(FileRole::kAsset),
                           "A printf pattern (walk-%03d.png) or a glob pattern (walk-*.png), whose "
                           "files come in natural order.")}});
}

template <class T, class Alternative>
Choice<T> content_choice(const std::string& name, ObjectTable<Alternative> table) {
  return alternative<Alternative, T, T>(
      name, [](T& content) -> T& { return content; }, std::move(table));
}

Codec<AnimatedContent> animated_content() {
  using A = AnimatedContent;
  return defined_as("animated",
                    object<A>({.title = "animated source",
                               .doc = "What plays in a character.",
                               .fields = {},
                               .tag = "type",
                               .tag_doc = "The kind of source; its keys are those of the content.",
                               .choices = {content_choice<A>("gif", gif_table()),
                                           content_choice<A>("sprite", sprite_table()),
                                           content_choice<A>("frames", frames_table()),
                                           content_choice<A>("video", video_table())}}));
}

/// --- characters ---

using CharacterSource = std::variant<std::string, AnimatedContent>;

Codec<CharacterSource> character_source() {
  const auto path = file_path(FileRole::kAsset);
  const auto animated = animated_content();
  return {"an image file, or a mapping (animated source)",
          [=](const Value& value, Reader& reader) -> std::optional<CharacterSource> {
            if (value.is(Value::Kind::kObject)) return animated.read(value, reader);
            return path.read(value, reader);
          },
          [=](const CharacterSource& typed) {
            const auto* file = std::get_if<std::string>(&typed);
            return file ? path.write(*file) : animated.write(std::get<AnimatedContent>(typed));
          },
          [=](SchemaBuilder& builder) {
            return either(path.schema(builder), animated.schema(builder));
          },
          Shape{FileRole::kNone, false, nullptr, nullptr, {path.shape, animated.shape}}};
}

Codec<std::vector<CharacterAnimation>> character_animations() {
  const auto animated = animated_content();
  const auto key = name();
  const std::string kind = "a mapping of at most " +
                           std::to_string(limits::kCharacterAnimationsMax) +
                           " names to animated sources";
  return {
      kind,
      [=](const Value& value, Reader& reader) -> std::optional<std::vector<CharacterAnimation>> {
        if (!value.is(Value::Kind::kObject) ||
            value.members.size() > static_cast<size_t>(limits::kCharacterAnimationsMax)) {
          reader.fault(value, "got " + given(value), kind);
          return std::nullopt;
        }
        std::vector<CharacterAnimation> animations;
        for (const auto& member : value.members) {
          const Reader::Step step(reader, member.key);
          Value written = Value::of(member.key);
          written.mark = member.key_mark;
          const bool is_name = key.read(written, reader).has_value();
          auto content = animated.read(member.value, reader);
          if (is_name && content) animations.push_back({member.key, *std::move(content)});
        }
        return animations;
      },
      [=](const std::vector<CharacterAnimation>& typed) {
        Value map = Value::object();
        for (const auto& each : typed) map.add(each.name, animated.write(each.content));
        return map;
      },
      [=](SchemaBuilder& builder) {
        return Value::object()
            .add("type", Value::of("object"))
            .add("propertyNames", key.schema(builder))
            .add("additionalProperties", animated.schema(builder))
            .add("maxProperties", Value::of(limits::kCharacterAnimationsMax));
      },
      shape_of_elements(animated.shape)};
}

void check_character(const Value& value, Reader& reader) {
  const Value* state = value.find("state");
  const Value* animations = value.find("animations");
  if (state == nullptr || !state->is(Value::Kind::kString)) return;
  std::vector<std::string_view> names;
  if (animations != nullptr && animations->is(Value::Kind::kObject)) {
    for (const auto& member : animations->members) names.push_back(member.key);
  }
  if (std::ranges::find(names, state->text) != names.end()) return;
  const Reader::Step step(reader, "state");
  reader.fault(*state, "there is no animation \"" + state->text + "\"",
               names.empty() ? "no state, or \"animations\" with it"
                             : joined_names(names) + suggestion(state->text, names));
}

ObjectTable<CharacterContent> character_table() {
  using C = CharacterContent;
  return {
      .title = "content: character",
      .doc = "A figure, scaled to fit the layer box.",
      .fields = {required("source", &C::source, character_source(),
                          "An image, still or animated, or a mapping of what plays; it shows while "
                          "no state is named."),
                 optional("texture", &C::texture, file_path(FileRole::kAsset),
                          "An image multiplied over what shows, inside its alpha."),
                 optional("animations", &C::animations, character_animations(),
                          "What plays in each state, such as idle and talking."),
                 optional("state", &C::state, name(), "The name of the animation that plays."),
                 optional("cross_fade", &C::cross_fade,
                          duration_within(base::Duration{}, std::chrono::minutes(1)),
                          "How long a live change of state takes to show.")},
      .check = check_character};
}

/// --- chat ---

Codec<ChatStyle> chat_style() {
  using S = ChatStyle;
  const auto length = number(limits::kLength);
  const auto while_ = duration_within(base::Duration{}, std::chrono::hours(24));
  return object<S>(
      {.title = "chat style",
       .doc = "How a chat looks.",
       .fields = {
           optional(
               "font", &S::font,
               string(1, 256, "a font family, or several separated by commas", FileRole::kNone),
               "CSS font-family; emoji come from the emoji font."),
           optional("font_size", &S::font_size, number(limits::kFontSize), "In px."),
           optional("line_height", &S::line_height, number(limits::kLineHeight),
                    "Height of a line as a multiple of font_size; absent: the font's own."),
           optional("text_color", &S::text_color, color(), "Colour of what is said."),
           optional("author_color", &S::author_color, color(),
                    "Colour of who says it; absent: each author has a colour of their own."),
           optional("background_color", &S::background_color, color(), "Behind all messages."),
           optional("highlight_color", &S::highlight_color, color(),
                    "Behind messages that are highlighted."),
           optional("border_radius", &S::border_radius, length,
                    "Rounds the corners of the panel, in px."),
           optional("padding", &S::padding, length,
                    "Between the panel's edge and the messages, in px."),
           optional("message_spacing", &S::message_spacing, length, "Between messages, in px."),
           optional("max_lines", &S::max_lines, integer(limits::kLines),
                    "Of a message; what is longer ends in an ellipsis."),
           optional("scroll_duration", &S::scroll_duration, while_,
                    "How long older messages take to make room for a new one; 0: none."),
           optional("fade_after", &S::fade_after, while_,
                    "How long after it came a message begins to fade."),
           optional("fade_duration", &S::fade_duration, while_, "How long it takes to fade."),
           optional("fade_out_opacity", &S::fade_out_opacity, number(limits::kUnit),
                    "What is left of its opacity at last."),
       }});
}

Codec<ChatMessage> chat_message_of() {
  using M = ChatMessage;
  return defined_as(
      "message",
      object<M>(
          {.title = "message",
           .doc = "What a viewer says.",
           .fields = {
               required("id", &M::id, string(1, limits::kNameLengthMax, "a text", FileRole::kNone),
                        "Unique in the chat."),
               required("author", &M::author,
                        string(1, limits::kAuthorLengthMax, "a name", FileRole::kNone),
                        "Who says it."),
               required("text", &M::text, text(limits::kMessageLengthMax), "What is said."),
               optional("timestamp", &M::timestamp, duration(),
                        "Stream time at which it appears; absent: in a file 0, live when it was "
                        "said."),
               optional("highlighted", &M::highlighted, boolean(), "Whether it lies on a tint."),
               optional("author_color", &M::author_color, color(),
                        "Colour of the author's name; absent: the style's."),
           }}));
}

void check_messages(const Value& value, Reader& reader) {
  check_unique_ids(value, "messages", "message", reader);
}

ObjectTable<ChatContent> chat_table() {
  using C = ChatContent;
  return {.title = "content: chat",
          .doc = "Messages, the newest at the bottom; without size, 400 × 300 px.",
          .fields = {optional("messages", &C::messages,
                              list(chat_message_codec(), 0, limits::kMessagesMax, "messages"),
                              "Oldest first. A live chat keeps what was said when its file is "
                              "read again."),
                     optional("max_messages", &C::max_messages,
                              integer({1, static_cast<double>(limits::kMessagesMax)}),
                              "How many are kept; older ones go."),
                     optional("style", &C::style, chat_style(), "How it looks.")},
          .check = check_messages};
}

}  // namespace

/// --- any content ---

const Codec<ChatMessage>& chat_message_codec() {
  static const Codec<ChatMessage> codec = chat_message_of();
  return codec;
}

const std::vector<ContentRule>& content_rules() {
  using enum LayerType;
  static const std::vector<ContentRule> rules = {{"character", {kHost, kAssistant}},
                                                 {"image", {kVisualFeed, kOverlay}},
                                                 {"text", {kOverlay}},
                                                 {"shape", {kOverlay}},
                                                 {"svg", {kOverlay}},
                                                 {"color", {kOverlay, kVisualFeed}},
                                                 {"video", {kVisualFeed, kOverlay}},
                                                 {"gif", {kOverlay, kVisualFeed}},
                                                 {"sprite", {kOverlay, kVisualFeed}},
                                                 {"frames", {kOverlay, kVisualFeed}},
                                                 {"chat", {kChat}}};
  return rules;
}

Codec<Content> content() {
  using C = Content;
  return defined_as(
      "content",
      object<C>(
          {.title = "content",
           .doc = "What a layer shows.",
           .fields = {},
           .tag = "type",
           .tag_doc = "The kind of content; each layer type takes some of them.",
           .choices = {
               content_choice<C>("character", character_table()),
               content_choice<C>("image", image_table()), content_choice<C>("text", text_table()),
               content_choice<C>("shape", shape_table()), content_choice<C>("svg", svg_table()),
               content_choice<C>("color", color_table()), content_choice<C>("video", video_table()),
               content_choice<C>("gif", gif_table()), content_choice<C>("sprite", sprite_table()),
               content_choice<C>("frames", frames_table()),
               content_choice<C>("chat", chat_table())}}));
}

}  // namespace layercast::scene
