#include "scene/wire/content_tables.h"

#include "scene/model/caption.h"
#include "scene/model/placeholder.h"
#include "scene/wire/character_check.h"
#include "scene/wire/gradient_text.h"
#include "scene/wire/sound_tables.h"
#include "scene/wire/value_codecs.h"

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

Codec<VerticalAlign> vertical_align() {
  return scene::one_of<VerticalAlign>({{VerticalAlign::kTop, "top"},
                                       {VerticalAlign::kMiddle, "middle"},
                                       {VerticalAlign::kBottom, "bottom"}});
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
                           "Offset of the shadow, in px right and down.")}});
}

// Reports a gradient beside a colour that is one.
void check_text_style(const Value& value, Reader& reader) {
  const Value* color = value.find("color");
  const Value* gradient = value.find("gradient");
  if (color == nullptr || gradient == nullptr || !color->is(Value::Kind::kString)) return;
  if (!parse_gradient(color->text)) return;
  const Reader::Step step(reader, "gradient");
  reader.fault(*gradient, "\"color\" is a gradient, too", "one of them");
}

Codec<TextStyle> text_style() {
  using S = TextStyle;
  return defined_as(
      "text-style",
      object<S>(
          {.title = "style",
           .doc = "The look of a text.",
           .fields =
               {
                   optional("font_family", &S::font_family,
                            string(1, 256, "a font family, or several separated by commas",
                                   FileRole::kNone),
                            "CSS font-family; the generic families are sans-serif, serif and "
                            "monospace."),
                   optional("font_file", &S::font_file, file_path(FileRole::kAsset),
                            "A font file; its family is used instead of font_family."),
                   optional("font_size", &S::font_size, number(limits::kFontSize),
                            "Size of the font in px."),
                   optional("font_weight", &S::font_weight, font_weight(), "As in CSS."),
                   optional("font_style", &S::font_style, font_style(), "As in CSS."),
                   optional("color", &S::color, paint(),
                            "Colour of the glyphs, or a gradient across the box of the text."),
                   optional("gradient", &S::gradient, gradient(),
                            "A gradient instead of color; the same as a gradient in color."),
                   optional("stroke", &S::stroke, stroke(),
                            "Outline of the glyphs, painted under the fill."),
                   optional("shadow", &S::shadow, shadow(),
                            "Shadow of the glyphs and their outline."),
                   optional("background_color", &S::background_color, paint(),
                            "Colour or gradient of the box behind the text."),
                   optional("padding", &S::padding, insets(),
                            "Space between the box and the text, in px."),
                   optional("border_radius", &S::border_radius, number(limits::kLength),
                            "Rounds the corners of the background, in px."),
                   optional("text_align", &S::text_align, text_align(), "As in CSS."),
                   optional(
                       "vertical_align", &S::vertical_align, vertical_align(),
                       "Where the lines lie within the padding of a layer whose size is taller "
                       "than they are."),
                   optional("line_height", &S::line_height, number(limits::kLineHeight),
                            "Height of a line as a multiple of font_size; absent: the font's own."),
                   optional("letter_spacing", &S::letter_spacing, number(limits::kLetterSpacing),
                            "Added after every letter, in px."),
                   optional("max_width", &S::max_width, number(limits::kLayerSide),
                            "Wraps lines at this width in px, without the padding."),
                   optional("max_lines", &S::max_lines, integer(limits::kLines),
                            "Shows at most this many lines."),
                   optional("ellipsis", &S::ellipsis, boolean(),
                            "Whether a text that is cut by max_lines ends with an ellipsis."),
               },
           .check = check_text_style}));
}

/// --- contents ---

constexpr const char* kCaptionDoc =
    "Text of the caption bar, in one style; {name} is replaced by the metadata value of that name.";

Codec<std::string> caption() {
  return string(1, limits::kTextLengthMax, "a text such as \"{name} · {price}\"", FileRole::kNone);
}

/// Reports names in a caption that its metadata does not have.
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
                 names.empty() ? "\"metadata\" that has it"
                               : joined_names(names) + suggestion(piece.text, names));
  }
}

ObjectTable<ImageContent> image_table() {
  using C = ImageContent;
  return {.title = "content: image",
          .doc =
              "A still image: PNG, JPEG, WebP, AVIF, HEIF, TIFF, GIF (first frame) or SVG. An "
              "image from a URL is read when its layer is loaded, while the layer keeps its "
              "former look: at most 32 MiB within 10 seconds, with at most 8 redirections. The "
              "certificates of https servers must be valid. A daemon tries again after a "
              "failure, uses the image for 60 seconds without asking the server again, and does "
              "not notice that the server has another one: a URL with another query, such as "
              "?v=2, reads it.",
          .fields = {required("source", &C::source, file_path(FileRole::kPicture),
                              "The image file, or its http or https URL."),
                     optional("fit", &C::fit, fit(), "CSS object-fit into the layer box."),
                     optional("metadata", &C::metadata, text_map(limits::kMetadataMax),
                              "Shown as a caption bar on a visual_feed: the first value in bold, "
                              "the others below it."),
                     optional("caption", &C::caption, caption(), kCaptionDoc)},
          .check = check_caption};
}

void check_placeholders(const Value& value, Reader& reader) {
  const Value* text = value.find("text");
  if (text == nullptr || !text->is_scalar()) return;
  const Reader::Step step(reader, "text");
  const ParsedText parsed = parse_placeholders(text->text);
  for (const auto& fault : parsed.faults) reader.fault(*text, fault.problem, fault.expected);
  for (const auto& warning : parsed.warnings) {
    reader.warn(*text, warning.problem, warning.expected);
  }
}

ObjectTable<TextContent> text_table() {
  using C = TextContent;
  return {
      .title = "content: text",
      .doc =
          "Text in one style. {{clock}}, {{clock:HH:mm Europe/Zurich}}, {{timecode}}, {{frame}}, "
          "{{countdown:10m}}, {{countdown_to:18:30}}, {{countdown_to:18:30 Europe/Berlin}}, "
          "{{elapsed}} and {{count:0,1500,2s}} are replaced on every frame; \\{{ is a literal {{.",
      .fields = {required("text", &C::text, text(limits::kTextLengthMax),
                          "The text; a line break starts a new line."),
                 optional("markup", &C::markup, boolean(),
                          "Whether the text holds Pango markup such as <b>bold</b>."),
                 optional("style", &C::style, text_style(), "The look of the text.")},
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
          "A drawn shape. Without size, the layer box extends from (0, 0) to the far corner of the "
          "shape; a stroke may overflow the box.",
      .fields = {optional("fill", &ShapeContent::fill, paint(),
                          "Colour or gradient inside the outline; absent: none."),
                 optional("stroke", &ShapeContent::stroke, stroke(),
                          "Line along the outline; absent: none.")},
      .tag = "shape",
      .tag_doc = "The kind of shape.",
      .choices = {
          shape_choice<R>("rectangle", "",
                          {optional("width", &R::width, length,
                                    "Width in px; absent: that of the layer, which needs a size."),
                           optional("height", &R::height, length,
                                    "Height in px; absent: that of the layer, which needs a size."),
                           optional("radius", &R::radius, number(limits::kLength),
                                    "Radius of the corners, in px.")}),
          shape_choice<CircleShape>(
              "circle", "", {required("radius", &CircleShape::radius, length, "Radius in px.")}),
          shape_choice<E>("ellipse", "",
                          {required("radius_x", &E::radius_x, length, "Horizontal radius in px."),
                           required("radius_y", &E::radius_y, length, "Vertical radius in px.")}),
          shape_choice<LineShape>(
              "line", "",
              {required("points", &LineShape::points, points(2), "The points, joined in order.")}),
          shape_choice<PolygonShape>(
              "polygon", "",
              {required("points", &PolygonShape::points, points(3),
                        "The corners in order; the last is joined to the first.")}),
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

ObjectTable<SvgContent> svg_table() {
  using C = SvgContent;
  return {
      .title = "content: svg",
      .doc = "An SVG drawing, scaled to fit the layer box; it loads nothing from outside itself.",
      .fields = {optional("source", &C::source, file_path(FileRole::kPicture),
                          "The SVG file, or its URL, as with an image."),
                 optional("svg", &C::svg,
                          string(1, limits::kInlineSvgMax, "SVG source", FileRole::kNone),
                          "The SVG document itself, instead of source.")},
      .check = check_svg,
      .refine_schema = [](Value& schema) {
        schema.add("oneOf", Value::array({requires_key("source"), requires_key("svg")}));
      }};
}

ObjectTable<ColorContent> color_table() {
  return {.title = "content: color",
          .doc = "One colour or gradient that fills the layer box; without size, the canvas.",
          .fields = {required("color", &ColorContent::color, paint(), "The colour or gradient.")}};
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
          "A video file or a live source. A file starts to play with its layer; each frame shows "
          "the picture of the file at that time. A live source (a URL, a named pipe, a camera "
          "device) shows its newest picture. URLs are rtmp, rtmps, http and https (a file, a "
          "stream or an HLS playlist), rtsp, rtsps, srt, udp or rtp. The certificates of rtmps and "
          "https servers must be valid, and rtsps needs the option --insecure-tls. A daemon does "
          "not disclose the passwords and keys in them: it shows *** instead, and a URL that is "
          "written back in this form keeps its value. The sound of the video is mixed into that of "
          "the stream.",
      .fields =
          {required("source", &C::source, file_path(FileRole::kSource),
                    "The video file; or a URL, a named pipe or a device such as /dev/video0."),
           optional("loop", &C::loop, boolean(),
                    "Whether the video restarts after its end; otherwise its last picture stays."),
           optional("start", &C::start, duration(), "Time in the file at which the video begins."),
           optional("end", &C::end, duration(),
                    "Time in the file at which the video ends; absent: the end of the file."),
           optional("rate", &C::rate, number(limits::kPlaybackRate),
                    "Playback rate: seconds of the file per second."),
           optional("volume", &C::volume, number(limits::kVolume),
                    "Factor of the amplitude of its sound; 1 leaves it unchanged."),
           optional("mute", &C::mute, boolean(), "Whether its sound is silent."),
           optional("fallback", &C::fallback, file_path(FileRole::kAsset),
                    "An image that is shown while a live source is unavailable."),
           optional("fit", &C::fit, fit(), "CSS object-fit into the layer box."),
           optional("metadata", &C::metadata, text_map(limits::kMetadataMax),
                    "Shown as a caption bar on a visual_feed, as with an image."),
           optional("caption", &C::caption, caption(), kCaptionDoc)},
      .check = check_video};
}

/// --- animated sources ---

/// Adds the fields of Playback, and `fit`, to `table`.
template <class C>
ObjectTable<C> with_playback(ObjectTable<C> table) {
  const std::vector<Field<Playback>> playback = {
      optional("frame_delay", &Playback::frame_delay,
               duration_within(std::chrono::milliseconds(1), std::chrono::hours(1)),
               "How long each picture is shown; absent: as the file says, else 100ms."),
      optional("loop", &Playback::loop, boolean(),
               "Whether the animation restarts after its end; otherwise its last picture stays. "
               "Absent: as often as the file says, else forever."),
      optional("play", &Playback::play,
               scene::one_of<Play>({{Play::kForwards, "forwards"},
                                    {Play::kBackwards, "backwards"},
                                    {Play::kPingPong, "ping-pong"}}),
               "Order of the pictures; ping-pong shows the first and the last once per round.")};
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
       .fields = {required("source", &GifContent::source, file_path(FileRole::kPicture),
                           "The file, or its URL, as with an image.")}});
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
  auto sheet =
      object<S>({.title = "sprite",
                 .doc = "Layout of the cells on the sheet, row by row.",
                 .fields = {optional("columns", &S::columns, cells, "Cells in a row."),
                            optional("rows", &S::rows, cells, "Rows of cells."),
                            optional("count", &S::count, cells,
                                     "Number of cells that are used; absent: all."),
                            optional("margin", &S::margin, point(limits::kLength, "px"),
                                     "Margin around all cells: left and right, above and below."),
                            optional("spacing", &S::spacing, point(limits::kLength, "px"),
                                     "Space between columns, and between rows.")},
                 .check = check_sprite_sheet});
  return with_playback<SpriteContent>(
      {.title = "content: sprite",
       .doc = "An animation whose pictures are the cells of one image.",
       .fields = {
           required("source", &SpriteContent::source, file_path(FileRole::kAsset),
                    "The image that holds the cells."),
           required("sprite", &SpriteContent::sprite, std::move(sheet), "Layout of its cells.")}});
}

ObjectTable<FramesContent> frames_table() {
  return with_playback<FramesContent>(
      {.title = "content: frames",
       .doc = "An animation of image files.",
       .fields = {required("source", &FramesContent::source, file_path(FileRole::kAsset),
                           "A printf pattern (walk-%03d.png) or a glob pattern (walk-*.png); the "
                           "files play in natural order.")}});
}

// An image of a character, which has no caption.
ObjectTable<ImageContent> character_image_table() {
  using C = ImageContent;
  return {.title = "animated source: image",
          .doc = "A still image of a character, in one of the formats of an image content.",
          .fields = {required("source", &C::source, file_path(FileRole::kAsset), "The image file."),
                     optional("fit", &C::fit, fit(), "CSS object-fit into the layer box.")}};
}

template <class T, class Alternative>
Choice<T> content_choice(const std::string& name, ObjectTable<Alternative> table) {
  return alternative<Alternative, T, T>(
      name, [](T& content) -> T& { return content; }, std::move(table));
}

Codec<AnimatedContent> animated_content() {
  using A = AnimatedContent;
  return defined_as(
      "animated",
      object<A>({.title = "animated source",
                 .doc = "An animation, a video or a still image of a character.",
                 .fields = {},
                 .tag = "type",
                 .tag_doc = "The kind of source; its keys are those of the content of that type.",
                 .choices = {content_choice<A>("gif", gif_table()),
                             content_choice<A>("sprite", sprite_table()),
                             content_choice<A>("frames", frames_table()),
                             content_choice<A>("video", video_table()),
                             content_choice<A>("image", character_image_table())}}));
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

ObjectTable<CharacterContent> character_table() {
  using C = CharacterContent;
  return {
      .title = "content: character",
      .doc = "A figure, scaled to fit the layer box.",
      .fields = {required("source", &C::source, character_source(),
                          "A still or animated image, or a mapping (animated source); it is "
                          "shown while there is no state."),
                 optional("texture", &C::texture, file_path(FileRole::kAsset),
                          "An image that is multiplied with each picture, inside its alpha."),
                 optional(
                     "animations", &C::animations, character_animations(),
                     "Maps the name of each state, such as idle or talking, to its animation."),
                 optional("state", &C::state, name(), "The name of the animation that plays."),
                 optional("cross_fade", &C::cross_fade,
                          duration_within(base::Duration{}, std::chrono::minutes(1)),
                          "Duration of the cross-fade of a live change of state, and of those "
                          "of talking."),
                 optional("voice", &C::voice, sound_name(),
                          "The sound that talking follows: the id of a layer or a sound, or "
                          "program. It is followed as it is heard in the mix, with its volume."),
                 optional("talking", &C::talking, talking(),
                          "Lets the voice choose between two states, whose animations both "
                          "play from the layer's start. It does so while state is absent or "
                          "one of the two; any other state is shown as it is.")},
      .check = check_character,
      .run_state_keys = {"state_before", "state_start", "state_before_start", "fade_start"}};
}

/// --- chat ---

Codec<ChatStyle> chat_style() {
  using S = ChatStyle;
  const auto length = number(limits::kLength);
  const auto shown_for = duration_within(base::Duration{}, std::chrono::hours(24));
  return object<S>(
      {.title = "chat style",
       .doc = "The look of a chat.",
       .fields = {
           optional(
               "font", &S::font,
               string(1, 256, "a font family, or several separated by commas", FileRole::kNone),
               "CSS font-family; emoji come from the emoji font."),
           optional("font_size", &S::font_size, number(limits::kFontSize), "In px."),
           optional("line_height", &S::line_height, number(limits::kLineHeight),
                    "Height of a line as a multiple of font_size; absent: the font's own."),
           optional("text_color", &S::text_color, color(), "Colour of the messages."),
           optional("author_color", &S::author_color, color(),
                    "Colour of the authors' names; absent: each author has their own colour."),
           optional("background_color", &S::background_color, paint(),
                    "Colour or gradient of the panel behind all messages."),
           optional("highlight_color", &S::highlight_color, color(),
                    "Colour behind highlighted messages."),
           optional("border_radius", &S::border_radius, length,
                    "Rounds the corners of the panel, in px."),
           optional("padding", &S::padding, length,
                    "Space between the edge of the panel and the messages, in px."),
           optional("message_spacing", &S::message_spacing, length,
                    "Space between messages, in px."),
           optional("max_lines", &S::max_lines, integer(limits::kLines),
                    "Lines of a message; a longer one ends with an ellipsis."),
           optional("scroll_duration", &S::scroll_duration, shown_for,
                    "How long older messages take to move up for a new one; 0: they jump."),
           optional("fade_after", &S::fade_after, shown_for,
                    "Time from the appearance of a message until it begins to fade."),
           optional("fade_duration", &S::fade_duration, shown_for,
                    "How long a message takes to fade."),
           optional("fade_out_opacity", &S::fade_out_opacity, number(limits::kUnit),
                    "Opacity of a message after it has faded."),
       }});
}

Codec<ChatMessage> chat_message_of() {
  using M = ChatMessage;
  return defined_as(
      "message",
      object<M>(
          {.title = "message",
           .doc = "A chat message.",
           .fields = {
               required("id", &M::id, string(1, limits::kNameLengthMax, "a text", FileRole::kNone),
                        "Unique in the chat."),
               required("author", &M::author,
                        string(1, limits::kAuthorLengthMax, "a name", FileRole::kNone),
                        "Name of the author."),
               required("text", &M::text, text(limits::kMessageLengthMax), "Text of the message."),
               optional("timestamp", &M::timestamp, duration(),
                        "Stream time at which the message appears; absent: in a file 0, live when "
                        "it was said."),
               optional("highlighted", &M::highlighted, boolean(),
                        "Whether it has the highlight colour behind it."),
               optional("author_color", &M::author_color, color(),
                        "Colour of the author's name; absent: that of the style."),
           }}));
}

void check_messages(const Value& value, Reader& reader) {
  check_unique_ids(value, "messages", "message", reader);
}

ObjectTable<ChatContent> chat_table() {
  using C = ChatContent;
  return {.title = "content: chat",
          .doc = "Chat messages, the newest at the bottom; without size, the box is 400 × 300 px.",
          .fields = {optional("messages", &C::messages,
                              list(chat_message_codec(), 0, limits::kMessagesMax, "messages"),
                              "The messages, oldest first. A live chat keeps its messages when the "
                              "scene file is reloaded."),
                     optional("max_messages", &C::max_messages,
                              integer({1, static_cast<double>(limits::kMessagesMax)}),
                              "How many messages are kept; older ones are removed."),
                     optional("style", &C::style, chat_style(), "The look of the chat.")},
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
                                                 {"chat", {kChat}},
                                                 {"meter", {kOverlay, kVisualFeed}}};
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
           .tag_doc = "The type of content; each type of layer allows some of them.",
           .choices = {
               content_choice<C>("character", character_table()),
               content_choice<C>("image", image_table()), content_choice<C>("text", text_table()),
               content_choice<C>("shape", shape_table()), content_choice<C>("svg", svg_table()),
               content_choice<C>("color", color_table()), content_choice<C>("video", video_table()),
               content_choice<C>("gif", gif_table()), content_choice<C>("sprite", sprite_table()),
               content_choice<C>("frames", frames_table()), content_choice<C>("chat", chat_table()),
               content_choice<C>("meter", meter_table())}}));
}

}  // namespace layercast::scene
