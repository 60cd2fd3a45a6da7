#pragma once

#include "base/blend_mode.h"
#include "base/color.h"
#include "base/geometry.h"
#include "base/shared.h"
#include "base/time.h"
#include "scene/model/animation.h"
#include "scene/model/filter.h"
#include "scene/model/length.h"

#include <chrono>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace layercast::scene {

/// The role of a layer; content_rules() has the contents that each may hold.
enum class LayerType : uint8_t { kHost, kAssistant, kVisualFeed, kOverlay, kChat };
/// CSS object-fit.
enum class Fit : uint8_t { kFill, kContain, kCover, kNone, kScaleDown };
/// CSS text-align.
enum class TextAlign : uint8_t { kStart, kEnd, kLeft, kCenter, kRight, kJustify };
/// Where a text lies in a box that is taller than it.
enum class VerticalAlign : uint8_t { kTop, kMiddle, kBottom };
/// CSS font-style.
enum class FontStyle : uint8_t { kNormal, kItalic, kOblique };

/// A colour stop of a gradient.
struct GradientStop {
  std::optional<double> at;  ///< 0..1 along the gradient line; absent: spread evenly
  base::Color color;
  bool operator==(const GradientStop&) const = default;
};

/// A CSS linear-gradient() or radial-gradient(), painted over the box it fills.
struct Gradient {
  enum class Shape : uint8_t { kLinear, kCircle, kEllipse };
  Shape shape = Shape::kLinear;
  double angle_degrees = 180;  ///< CSS: 0 points up, 90 to the right; linear only
  /// `to left`, `to bottom right`…: a side or corner instead of the angle, as signs of x and y.
  std::optional<std::pair<int, int>> toward;
  std::vector<GradientStop> stops;
  bool operator==(const Gradient&) const = default;
};

using Paint = std::variant<base::Color, Gradient>;

/// Whether filling with `paint` can change a pixel.
inline bool is_visible(const Paint& paint) {
  const auto* color = std::get_if<base::Color>(&paint);
  return color == nullptr || color->alpha > 0;
}

/// A line along an outline.
struct Stroke {
  base::Color color{0, 0, 0, 255};
  double width = 1;  ///< px, centred on the outline
  bool operator==(const Stroke&) const = default;
};

/// CSS text-shadow: the blur's standard deviation is half of `blur`.
struct Shadow {
  base::Color color{0, 0, 0, 255};
  double blur = 0;
  base::PointF offset;
  bool operator==(const Shadow&) const = default;
};

/// CSS padding, px.
struct Insets {
  double top = 0;
  double right = 0;
  double bottom = 0;
  double left = 0;
  bool operator==(const Insets&) const = default;
};

/// The look of a text. Names and defaults follow CSS.
struct TextStyle {
  std::string font_family = "Inter";
  std::optional<std::string> font_file;
  double font_size = 32;  ///< px
  int font_weight = 400;
  FontStyle font_style = FontStyle::kNormal;
  Paint color = base::Color{255, 255, 255, 255};
  std::optional<Gradient> gradient;  ///< instead of `color`, which is then no gradient
  std::optional<Stroke> stroke;
  std::optional<Shadow> shadow;
  Paint background_color = base::Color{0, 0, 0, 0};
  Insets padding;
  double border_radius = 0;
  TextAlign text_align = TextAlign::kStart;
  VerticalAlign vertical_align = VerticalAlign::kTop;
  std::optional<double> line_height;  ///< × font_size; absent: the font's own
  double letter_spacing = 0;          ///< px
  std::optional<double> max_width;    ///< px, without the padding
  std::optional<int> max_lines;
  bool ellipsis = true;
  bool operator==(const TextStyle&) const = default;
};

/// The metadata of a visual feed, which its caption shows: names and values in file order.
using Metadata = std::vector<std::pair<std::string, std::string>>;

/// A still image.
struct ImageContent {
  std::string source;
  Fit fit = Fit::kContain;
  Metadata metadata;
  /// The template of the caption: `{name}` is replaced by that value of the metadata. Absent: the
  /// caption shows all values.
  std::optional<std::string> caption;
  bool operator==(const ImageContent&) const = default;
};

/// A text in one style.
struct TextContent {
  std::string text;  ///< with its {{placeholders}}
  bool markup = false;
  TextStyle style;
  bool operator==(const TextContent&) const = default;
};

/// The geometries of a ShapeContent. Lengths and points are px of the layer box.
struct RectangleShape {
  std::optional<double> width;   ///< absent: that of the layer, which then has a size
  std::optional<double> height;  ///< the same
  double radius = 0;
  bool operator==(const RectangleShape&) const = default;
};
struct CircleShape {
  double radius = 0;
  bool operator==(const CircleShape&) const = default;
};
struct EllipseShape {
  double radius_x = 0;
  double radius_y = 0;
  bool operator==(const EllipseShape&) const = default;
};
struct LineShape {
  std::vector<base::PointF> points;
  bool operator==(const LineShape&) const = default;
};
struct PolygonShape {
  std::vector<base::PointF> points;
  bool operator==(const PolygonShape&) const = default;
};
struct PathShape {
  std::string d;  ///< SVG path data
  bool operator==(const PathShape&) const = default;
};
using Geometry =
    std::variant<RectangleShape, CircleShape, EllipseShape, LineShape, PolygonShape, PathShape>;

/// A drawn geometry with a fill and a stroke. Absent: not painted.
struct ShapeContent {
  Geometry geometry;
  std::optional<Paint> fill;
  std::optional<Stroke> stroke;
  bool operator==(const ShapeContent&) const = default;
};

/// An SVG drawing from a file or inline; exactly one of the two is present.
struct SvgContent {
  std::optional<std::string> source;
  std::optional<std::string> svg;
  bool operator==(const SvgContent&) const = default;
};

/// One colour or gradient that fills the layer box, or without a size the canvas.
struct ColorContent {
  Paint color;
  bool operator==(const ColorContent&) const = default;
};

/// The order of the pictures of an animated source.
enum class Play : uint8_t { kForwards, kBackwards, kPingPong };

/// How an animated source plays.
struct Playback {
  /// How long each picture is shown. Absent: as the file says, else 100 ms.
  std::optional<base::Duration> frame_delay;
  /// Whether the animation restarts after its end; otherwise its last picture stays. Absent: as
  /// often as the file says, else forever.
  std::optional<bool> loop;
  Play play = Play::kForwards;
  bool operator==(const Playback&) const = default;
};

/// An animated GIF, WebP or APNG.
struct GifContent {
  std::string source;
  Playback playback;
  Fit fit = Fit::kContain;
  bool operator==(const GifContent&) const = default;
};

/// The layout of the cells of a sprite sheet, row by row.
struct SpriteSheet {
  int columns = 1;
  int rows = 1;
  std::optional<int> count;  ///< of the cells that are used; absent: all
  base::PointF margin;       ///< px around the cells: left and right, above and below
  base::PointF spacing;      ///< px between columns, and between rows
  bool operator==(const SpriteSheet&) const = default;
};

/// An animation whose pictures are the cells of one image.
struct SpriteContent {
  std::string source;  ///< an image
  SpriteSheet sprite;
  Playback playback;
  Fit fit = Fit::kContain;
  bool operator==(const SpriteContent&) const = default;
};

/// An animation of image files, one for each picture.
struct FramesContent {
  std::string source;  ///< a printf pattern (`walk-%03d.png`) or a glob pattern, in natural order
  Playback playback;
  Fit fit = Fit::kContain;
  bool operator==(const FramesContent&) const = default;
};

/// A video file, played from `start` to `end`; or a live source (a URL, a pipe, a device), which
/// shows its newest picture.
struct VideoContent {
  std::string source;
  bool loop = false;  ///< otherwise the last picture stays
  base::Duration start{};
  std::optional<base::Duration> end;  ///< time in the source, after `start`; absent: its end
  double rate = 1;                    ///< seconds of the source per second
  double volume = 1;                  ///< factor of the amplitude of its sound
  bool mute = false;
  std::optional<std::string> fallback;  ///< an image, shown while a live source is unavailable
  Fit fit = Fit::kContain;
  Metadata metadata;
  std::optional<std::string> caption;  ///< as ImageContent's
  bool operator==(const VideoContent&) const = default;
};

/// What a character may show in a state; an image without metadata and caption.
using AnimatedContent =
    std::variant<GifContent, SpriteContent, FramesContent, VideoContent, ImageContent>;

/// One of a character's animations.
struct CharacterAnimation {
  std::string name;
  AnimatedContent content;
  bool operator==(const CharacterAnimation&) const = default;
};

/// How the sound of the character's `voice` chooses its state.
struct Talking {
  double level_above = -40;                              ///< dBFS, RMS
  base::Duration hold = std::chrono::milliseconds(200);  ///< after the last louder instant
  std::string state = "talking";                         ///< while the voice is louder
  std::optional<std::string> otherwise;                  ///< else; absent: the source
  bool operator==(const Talking&) const = default;
};

/// A figure with named animations, contained in the layer box.
struct CharacterContent {
  /// A still or animated image file, or one of AnimatedContent. It is shown while `state` is
  /// absent.
  std::variant<std::string, AnimatedContent> source;
  std::optional<std::string> texture;          ///< an image multiplied with it, inside its alpha
  std::vector<CharacterAnimation> animations;  ///< names are unique
  std::optional<std::string> state;            ///< the animation that plays; absent: the source
  base::Duration cross_fade = std::chrono::milliseconds(150);  ///< of a change of state
  std::optional<std::string> voice;  ///< the sound that `talking` follows; see sound_names.h
  /// Chooses the state while `state` is absent or one of its two. Absent: nothing does.
  std::optional<Talking> talking;
  bool operator==(const CharacterContent&) const = default;
};

/// One message of a chat.
struct ChatMessage {
  std::string id;  ///< unique in its chat
  std::string author;
  std::string text;
  /// Stream time at which the message appears. Absent: in a file 0, live when it was said.
  std::optional<base::Duration> timestamp;
  bool highlighted = false;
  std::optional<base::Color> author_color;  ///< absent: the style's
  bool operator==(const ChatMessage&) const = default;
};

/// The look of a chat.
struct ChatStyle {
  std::string font = "Inter";
  double font_size = 14;
  std::optional<double> line_height;  ///< × font_size; absent: the font's own
  base::Color text_color{255, 255, 255, 255};
  /// Absent: each author has their own colour, derived from the name.
  std::optional<base::Color> author_color;
  Paint background_color = base::Color{0, 0, 0, 179};
  base::Color highlight_color{255, 215, 0, 77};  ///< behind highlighted messages
  double border_radius = 0;                      ///< of the panel, px
  double padding = 8;
  double message_spacing = 6;
  int max_lines = 2;  ///< of one message; a longer one ends with an ellipsis
  base::Duration scroll_duration =
      std::chrono::milliseconds(200);  ///< in which older messages move up
  base::Duration fade_after = std::chrono::seconds(30);
  base::Duration fade_duration = std::chrono::seconds(5);
  double fade_out_opacity = 0;  ///< opacity of a message after it has faded
  bool operator==(const ChatStyle&) const = default;
};

/// A chat: messages in a panel, the newest at the bottom.
struct ChatContent {
  std::vector<ChatMessage> messages;  ///< oldest first
  int max_messages = 50;
  ChatStyle style;
  bool operator==(const ChatContent&) const = default;
};

/// What a meter draws of a sound.
enum class MeterStyle : uint8_t { kBars, kWaveform, kSpectrum, kRing };

/// The ends of a scale of levels, dBFS.
struct LevelRange {
  double low = -60;
  double high = 0;
  bool operator==(const LevelRange&) const = default;
};

/// A picture of the level, the spectrum or the waveform of a sound.
struct MeterContent {
  std::string of;  ///< the sound; see sound_names.h
  MeterStyle style = MeterStyle::kBars;
  /// The columns of a spectrum (absent: 32) or a waveform (absent: 64), or the segments of each bar
  /// or of the ring (absent: it is continuous).
  std::optional<int> bands;
  LevelRange range;
  base::Color color{255, 255, 255, 255};
  std::optional<Gradient> gradient;          ///< across the box, instead of `color`
  base::Color background_color{0, 0, 0, 0};  ///< of what the level does not fill
  double gap = 2;                            ///< px between bars, columns and segments
  double radius = 0;                         ///< px, of the corners of bars, columns and segments
  std::optional<double> thickness;           ///< px, of the ring; absent: an eighth of the box
  /// How long the display takes to fall through the whole range; it rises at once.
  base::Duration smoothing = std::chrono::milliseconds(300);
  bool operator==(const MeterContent&) const = default;
};

using Content = std::variant<CharacterContent, ImageContent, TextContent, ShapeContent, SvgContent,
                             ColorContent, VideoContent, GifContent, SpriteContent, FramesContent,
                             ChatContent, MeterContent>;

/// The geometry of a layer: its box is scaled, then rotated, about the anchor, and the anchor lands
/// on `position`. Range: scene/model/limits.h.
struct Transform {
  LengthPoint position;  ///< where the anchor lands in the parent, the canvas
  base::PointF anchor;   ///< a point of the layer box, which spans 0..1
  base::PointF scale{1, 1};
  double rotation = 0;  ///< degrees clockwise
  bool operator==(const Transform&) const = default;
};

/// Clips a layer to its box, with rounded corners.
struct Clip {
  /// Whether the filters see the whole content, or the clipped one: a shadow is cut off, or lies
  /// around the box.
  enum class Order : uint8_t { kAfterFilters, kBeforeFilters };
  double radius = 0;  ///< px
  Order order = Order::kAfterFilters;
  bool operator==(const Clip&) const = default;
};

/// What a layer shows only a part of itself through: an image stretched over the canvas, or another
/// layer, which is not drawn itself. A mask lies on the canvas and stays while its layer moves.
/// Exactly one of `source` and `layer` is present.
struct Mask {
  enum class Mode : uint8_t {
    kAlpha,  ///< the layer shows where the mask is opaque
    kLuma,   ///< where it is bright: its BT.709 luma times its alpha
  };
  std::optional<std::string> source;  ///< an image file
  std::optional<std::string> layer;   ///< the id of a layer of the scene; masks form no cycle
  Mode mode = Mode::kAlpha;
  bool operator==(const Mask&) const = default;
};

/// How a live change of a layer is shown: it moves from the old values to the new ones.
struct Transition {
  base::Duration duration{};  ///< of opacity, size, transform and filters
  Easing easing;
  base::Duration content{};  ///< of the cross-fade of the content; 0: none
  bool operator==(const Transition&) const = default;
};

/// What a layer shows while its content cannot be shown.
enum class OnError : uint8_t {
  kErrorPicture,  ///< a red box with the reason
  kKeep,          ///< what it showed before; nothing if it never showed anything
  kHide,          ///< nothing
};

/// One layer of a scene, as written by the user. Its run state (scene/model/run_state.h) has when
/// it began and what it changes from.
struct Layer {
  std::string id;
  LayerType type = LayerType::kOverlay;
  int z_index = 0;
  bool visible = true;
  double opacity = 1;
  base::BlendMode blend_mode = base::BlendMode::kNormal;
  std::optional<LengthSize> size;  ///< in the parent, the canvas
  Transform transform;
  std::optional<Clip> clip;
  std::vector<Filter> filters;  ///< in order
  std::optional<Mask> mask;
  Content content;
  std::vector<Animation> animations;
  std::vector<Animation> enter;  ///< play when the layer is shown
  std::vector<Animation> exit;   ///< play when it is hidden or removed; it disappears after them
  std::optional<Transition> transition;
  std::optional<OnError> on_error;  ///< absent: as LayerDefaults

  // Defined in scene.cc, so that not every source that handles layers compiles them.
  Layer();
  Layer(const Layer& other);
  Layer(Layer&& other) noexcept;
  Layer& operator=(const Layer& other);
  Layer& operator=(Layer&& other) noexcept;
  ~Layer();
  bool operator==(const Layer& other) const;
};

/// The size of the layer box in px; nullopt: that of the content. Range: without percentages, as in
/// resolved() of scene/eval/resolved.h.
inline std::optional<base::SizeF> box_of(const Layer& layer) {
  return layer.size ? std::optional(layer.size->px()) : std::nullopt;
}

/// The picture as a whole. Range: limits::kCanvasSide, limits::kFrameRate.
struct Canvas {
  base::SizeI size;
  base::FrameRate fps;
  base::Color background{0, 0, 0, 255};
  bool operator==(const Canvas&) const = default;
};

/// A destination of the stream: a URL or a file. Absent codec, preset and bitrate: those of
/// StreamSettings.
struct Output {
  std::string id;  ///< unique in the scene
  std::string url;
  std::optional<std::string> codec;
  std::optional<std::string> preset;
  std::optional<int64_t> bitrate;              ///< bits per second
  std::optional<base::Duration> rotate_after;  ///< of a recording: duration of one file
  std::optional<int64_t> rotate_bytes;         ///< of a recording: size of one file
  bool insecure_tls = false;                   ///< any certificate of an rtmps server will do
  bool operator==(const Output&) const = default;
};

/// A sound that plays with the picture.
struct AudioTrack {
  std::string id;      ///< unique in the scene
  std::string source;  ///< file or URL
  double volume = 1;
  bool mute = false;
  bool loop = false;
  base::Duration start{};                 ///< time in the source at which it begins
  base::Duration delay{};                 ///< after the scene's start
  base::Duration fade_in{};               ///< from silence, at its beginning
  base::Duration fade_out{};              ///< to silence, at its end
  std::optional<std::string> duck_under;  ///< id of the layer that makes it quieter
  std::vector<Animation> animations;      ///< of its volume
  bool operator==(const AudioTrack&) const = default;
};

/// The values of layers that do not state their own.
struct LayerDefaults {
  std::optional<OnError> on_error;  ///< absent: offline kErrorPicture, live kKeep
  bool operator==(const LayerDefaults&) const = default;
};

/// A whole scene. Copies share the layers.
struct Scene {
  std::string name;
  Canvas canvas;
  std::optional<base::Duration> duration;
  std::vector<std::string> fonts;
  LayerDefaults defaults;
  std::vector<base::Shared<Layer>> layers;  ///< in file order
  std::vector<AudioTrack> audio;
  std::vector<Output> outputs;
  bool operator==(const Scene&) const = default;
};

}  // namespace layercast::scene
