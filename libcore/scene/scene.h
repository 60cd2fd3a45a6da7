#pragma once

#include "base/blend_mode.h"
#include "base/color.h"
#include "base/geometry.h"
#include "base/time.h"
#include "scene/animation.h"

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace layercast::scene {

enum class LayerType : uint8_t { kHost, kAssistant, kVisualFeed, kOverlay, kChat };
/// CSS object-fit.
enum class Fit : uint8_t { kFill, kContain, kCover, kNone, kScaleDown };
/// CSS text-align.
enum class TextAlign : uint8_t { kStart, kEnd, kLeft, kCenter, kRight, kJustify };
enum class FontStyle : uint8_t { kNormal, kItalic, kOblique };

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
  /// `to left`, `to bottom right`…: the corner or side instead of the angle, as signs.
  std::optional<std::pair<int, int>> toward;
  std::vector<GradientStop> stops;
  bool operator==(const Gradient&) const = default;
};

using Paint = std::variant<base::Color, Gradient>;

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

struct Insets {
  double top = 0;
  double right = 0;
  double bottom = 0;
  double left = 0;
  bool operator==(const Insets&) const = default;
};

struct TextStyle {
  std::string font_family = "Inter";
  std::optional<std::string> font_file;
  double font_size = 32;  ///< px
  int font_weight = 400;
  FontStyle font_style = FontStyle::kNormal;
  base::Color color{255, 255, 255, 255};
  std::optional<Gradient> gradient;  ///< instead of `color`
  std::optional<Stroke> stroke;
  std::optional<Shadow> shadow;
  base::Color background_color{0, 0, 0, 0};
  Insets padding;
  double border_radius = 0;
  TextAlign text_align = TextAlign::kStart;
  std::optional<double> line_height;  ///< × font_size; absent: the font's own
  double letter_spacing = 0;          ///< px
  std::optional<double> max_width;    ///< px, padding not included
  std::optional<int> max_lines;
  bool ellipsis = true;
  bool operator==(const TextStyle&) const = default;
};

struct CharacterContent {
  std::string source;
  std::optional<std::string> texture;
  bool operator==(const CharacterContent&) const = default;
};

struct ImageContent {
  std::string source;
  Fit fit = Fit::kContain;
  std::vector<std::pair<std::string, std::string>> metadata;  ///< in file order
  bool operator==(const ImageContent&) const = default;
};

struct TextContent {
  std::string text;  ///< with its {{placeholders}}
  bool markup = false;
  TextStyle style;
  bool operator==(const TextContent&) const = default;
};

struct RectangleShape {
  double width = 0;
  double height = 0;
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

struct ShapeContent {
  Geometry geometry;
  std::optional<Paint> fill;
  std::optional<Stroke> stroke;
  bool operator==(const ShapeContent&) const = default;
};

/// Exactly one of the two is present.
struct SvgContent {
  std::optional<std::string> source;
  std::optional<std::string> svg;
  bool operator==(const SvgContent&) const = default;
};

struct ColorContent {
  base::Color color;
  bool operator==(const ColorContent&) const = default;
};

/// A video file, from its picture at `start` to that at `end`, again and again with `loop`.
struct VideoContent {
  std::string source;
  bool loop = false;  ///< else the last picture stays
  base::Duration start{};
  std::optional<base::Duration> end;  ///< after `start`; absent: the end of the file
  Fit fit = Fit::kContain;
  bool operator==(const VideoContent&) const = default;
};

using Content = std::variant<CharacterContent, ImageContent, TextContent, ShapeContent, SvgContent,
                             ColorContent, VideoContent>;

struct Transform {
  base::PointF position;  ///< where the anchor lands on the canvas, px
  base::PointF anchor;    ///< 0..1 of the layer box
  base::PointF scale{1, 1};
  double rotation = 0;  ///< degrees clockwise
  bool operator==(const Transform&) const = default;
};

struct Clip {
  double radius = 0;  ///< px
  bool operator==(const Clip&) const = default;
};

struct Layer {
  std::string id;
  LayerType type = LayerType::kOverlay;
  int z_index = 0;
  bool visible = true;
  double opacity = 1;
  base::BlendMode blend_mode = base::BlendMode::kNormal;
  std::optional<base::SizeF> size;
  Transform transform;
  std::optional<Clip> clip;
  Content content;
  std::vector<Animation> animations;
  /// Stream time at which the content and the animations begin. Absent: 0 where a file is shown; on
  /// a live layer, that it has not been shown yet.
  std::optional<base::Duration> start;
  bool operator==(const Layer&) const = default;
};

struct Canvas {
  base::SizeI size;
  base::FrameRate fps;
  base::Color background{0, 0, 0, 255};
  bool operator==(const Canvas&) const = default;
};

struct Output {
  std::string id;  ///< unique in the scene
  std::string url;
  std::optional<std::string> codec;
  std::optional<std::string> preset;
  std::optional<int64_t> bitrate;              ///< bits per second
  std::optional<base::Duration> rotate_after;  ///< of a file: how long one lasts
  std::optional<int64_t> rotate_bytes;         ///< of a file: how large one grows
  bool operator==(const Output&) const = default;
};

/// A whole scene: a value that is never changed once made.
struct Scene {
  std::string name;
  Canvas canvas;
  std::optional<base::Duration> duration;
  std::vector<std::string> fonts;
  std::vector<Layer> layers;  ///< in file order
  std::vector<Output> outputs;
  bool operator==(const Scene&) const = default;
};

}  // namespace layercast::scene
