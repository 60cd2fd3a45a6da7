#include "content/picture/shape.h"

#include "base/check.h"
#include "content/picture/cairo_picture.h"
#include "content/picture/fit.h"
#include "content/picture/gradient.h"
#include "content/picture/path_data.h"

#include <algorithm>
#include <cairo/cairo.h>
#include <cmath>
#include <memory>
#include <utility>
#include <variant>
#include <vector>

namespace layercast::content {
namespace {

using Path = std::vector<PathSegment>;
using Kind = PathSegment::Kind;

// ---- Outlines -----------------------------------------------------------------------------------

struct Radii {
  double x;
  double y;
};

// Clockwise from the top left. Corners are quarter ellipses. Radii that do not fit shrink
// proportionally, as in CSS Backgrounds and Borders Level 3, section 5.5.
Path rounded_rectangle(base::SizeF size, Radii radii) {
  constexpr double kQuarter = 0.55228474983079340;  // 4/3 × (√2 − 1): a quarter circle as a curve
  double shrink = 1;
  if (2 * radii.x > size.width) shrink = std::min(shrink, size.width / (2 * radii.x));
  if (2 * radii.y > size.height) shrink = std::min(shrink, size.height / (2 * radii.y));
  const double rx = radii.x * shrink;
  const double ry = radii.y * shrink;
  const double kx = rx * (1 - kQuarter);
  const double ky = ry * (1 - kQuarter);
  const double w = size.width;
  const double h = size.height;
  if (rx <= 0 || ry <= 0) {
    return {{Kind::kMove, {{{}, {}, {0, 0}}}},
            {Kind::kLine, {{{}, {}, {w, 0}}}},
            {Kind::kLine, {{{}, {}, {w, h}}}},
            {Kind::kLine, {{{}, {}, {0, h}}}},
            {Kind::kClose, {}}};
  }
  return {{Kind::kMove, {{{}, {}, {rx, 0}}}},
          {Kind::kLine, {{{}, {}, {w - rx, 0}}}},
          {Kind::kCurve, {{{w - kx, 0}, {w, ky}, {w, ry}}}},
          {Kind::kLine, {{{}, {}, {w, h - ry}}}},
          {Kind::kCurve, {{{w, h - ky}, {w - kx, h}, {w - rx, h}}}},
          {Kind::kLine, {{{}, {}, {rx, h}}}},
          {Kind::kCurve, {{{kx, h}, {0, h - ky}, {0, h - ry}}}},
          {Kind::kLine, {{{}, {}, {0, ry}}}},
          {Kind::kCurve, {{{0, ky}, {kx, 0}, {rx, 0}}}},
          {Kind::kClose, {}}};
}

Path polyline(const std::vector<base::PointF>& points) {
  Path path;
  for (const base::PointF& point : points) {
    path.push_back({path.empty() ? Kind::kMove : Kind::kLine, {{{}, {}, point}}});
  }
  return path;
}

base::Result<Path> outline_of(const scene::RectangleShape& shape, base::SizeF box) {
  return rounded_rectangle({shape.width.value_or(box.width), shape.height.value_or(box.height)},
                           {shape.radius, shape.radius});
}
base::Result<Path> outline_of(const scene::CircleShape& shape, base::SizeF /*box*/) {
  return rounded_rectangle({2 * shape.radius, 2 * shape.radius}, {shape.radius, shape.radius});
}
base::Result<Path> outline_of(const scene::EllipseShape& shape, base::SizeF /*box*/) {
  return rounded_rectangle({2 * shape.radius_x, 2 * shape.radius_y},
                           {shape.radius_x, shape.radius_y});
}
base::Result<Path> outline_of(const scene::LineShape& shape, base::SizeF /*box*/) {
  return polyline(shape.points);
}
base::Result<Path> outline_of(const scene::PolygonShape& shape, base::SizeF /*box*/) {
  Path path = polyline(shape.points);
  path.push_back({Kind::kClose, {}});
  return path;
}
base::Result<Path> outline_of(const scene::PathShape& shape, base::SizeF /*box*/) {
  return parse_path_data(shape.d);
}

void append(const Path& path, cairo_t* context) {
  cairo_new_path(context);
  for (const auto& [kind, points] : path) {
    const auto& [first, second, end] = points;
    switch (kind) {
      case Kind::kMove:
        cairo_move_to(context, end.x, end.y);
        break;
      case Kind::kLine:
        cairo_line_to(context, end.x, end.y);
        break;
      case Kind::kCurve:
        cairo_curve_to(context, first.x, first.y, second.x, second.y, end.x, end.y);
        break;
      case Kind::kClose:
        cairo_close_path(context);
        break;
    }
  }
}

// ---- Bounds -------------------------------------------------------------------------------------

struct Span {
  double low = HUGE_VAL;
  double high = -HUGE_VAL;
  void add(double value) {
    low = std::min(low, value);
    high = std::max(high, value);
  }
};

// Extrema lie where the derivative a·t² + b·t + c is 0.
void add_curve(double from, double control1, double control2, double to, Span& span) {
  span.add(to);
  const double a = to - from + 3 * (control1 - control2);
  const double b = 2 * (from - 2 * control1 + control2);
  const double c = control1 - from;
  const double root = std::sqrt(std::max(0.0, b * b - 4 * a * c));
  const double q = -0.5 * (b + std::copysign(root, b));
  for (const double t : {q / a, c / q}) {
    if (!(t > 1e-9 && t < 1 - 1e-9)) continue;  // also for NaN and infinity
    const double u = 1 - t;
    span.add(u * u * u * from + 3 * u * u * t * control1 + 3 * u * t * t * control2 +
             t * t * t * to);
  }
}

// The tight bounding box of the path; empty at (0, 0) for an empty path.
base::RectF bounds_of(const Path& path) {
  Span across;
  Span down;
  base::PointF here;
  base::PointF start;
  for (const auto& [kind, points] : path) {
    const auto& [first, second, end] = points;
    if (kind == Kind::kCurve) {
      add_curve(here.x, first.x, second.x, end.x, across);
      add_curve(here.y, first.y, second.y, end.y, down);
    } else if (kind != Kind::kClose) {
      across.add(end.x);
      down.add(end.y);
    }
    if (kind == Kind::kMove) start = end;
    here = kind == Kind::kClose ? start : end;
  }
  if (path.empty()) return {};
  return {across.low, down.low, across.high, down.high};
}

// ---- Painting -----------------------------------------------------------------------------------

struct Style {
  std::optional<scene::Paint> fill;
  std::optional<scene::Stroke> stroke;
  bool is_line;
};

Style style_of(const scene::ShapeContent& content) {
  Style style{content.fill, content.stroke,
              std::holds_alternative<scene::LineShape>(content.geometry)};
  if (style.is_line) style.fill.reset();
  if (style.stroke.has_value() && !(style.stroke->width > 0)) style.stroke.reset();
  return style;
}

void prepare(const Style& style, cairo_t* context) {
  cairo_set_antialias(context, CAIRO_ANTIALIAS_BEST);
  cairo_set_tolerance(context, 0.02);
  cairo_set_line_join(context, CAIRO_LINE_JOIN_MITER);
  cairo_set_miter_limit(context, 4);
  if (style.stroke.has_value()) cairo_set_line_width(context, style.stroke->width);
}

void set_source(base::Color color, const base::RectF& /*box*/, cairo_t* context) {
  cairo_set_source_rgba(context, color.red / 255.0, color.green / 255.0, color.blue / 255.0,
                        color.alpha / 255.0);
}
void set_source(const scene::Gradient& gradient, const base::RectF& box, cairo_t* context) {
  const CairoPattern pattern(make_gradient_pattern(gradient, box));
  cairo_set_source(context, pattern.get());
}

void paint(const Style& style, const base::RectF& bounds, cairo_t* context) {
  if (style.fill.has_value()) {
    std::visit([&](const auto& fill) { set_source(fill, bounds, context); }, *style.fill);
    cairo_fill_preserve(context);
  }
  if (style.stroke.has_value()) {
    set_source(style.stroke->color, bounds, context);
    cairo_stroke_preserve(context);
  }
  LAYERCAST_CHECK(cairo_status(context) == CAIRO_STATUS_SUCCESS);
}

base::RectF painted_bounds(const Style& style, const base::RectF& geometry, cairo_t* context) {
  base::RectF painted = geometry;
  if (style.stroke.has_value()) {
    base::RectF stroked;
    cairo_stroke_extents(context, &stroked.left, &stroked.top, &stroked.right, &stroked.bottom);
    if (stroked.width() > 0 && stroked.height() > 0) painted = stroked;
  }
  return painted;
}

}  // namespace

base::Result<Raster> rasterise_shape(const scene::ShapeContent& content,
                                     std::optional<base::SizeF> box, const Detail& detail) {
  const base::SizeF sides = box.value_or(base::SizeF{});
  TRY(const Path path,
      std::visit([&](const auto& shape) { return outline_of(shape, sides); }, content.geometry));
  const Style style = style_of(content);
  const CairoSurface scratch = make_surface({1, 1});
  const CairoContext measure(cairo_create(scratch.get()));
  prepare(style, measure.get());
  append(path, measure.get());
  const base::RectF bounds = bounds_of(path);
  const base::SizeF far_corner{std::max(1.0, bounds.right), std::max(1.0, bounds.bottom)};
  const base::Affine placed = pixels_from_box(detail, box.value_or(far_corner));
  const base::RectF painted = base::bounds_of(placed, painted_bounds(style, bounds, measure.get()));

  constexpr double kGrain = 1.0 / 512;  // cairo rounds to 1/256 px: less paints nothing
  const double left = std::floor(painted.left + kGrain);
  const double top = std::floor(painted.top + kGrain);
  const base::SizeF size{std::max(1.0, std::ceil(painted.right - kGrain) - left),
                         std::max(1.0, std::ceil(painted.bottom - kGrain) - top)};
  if (const auto fits = check_picture_size(size); !fits) {
    if (detail == Detail{}) return fits.error();
    return rasterise_shape(content, box);
  }
  const CairoSurface surface =
      make_surface({static_cast<int>(size.width), static_cast<int>(size.height)});
  const CairoContext context(cairo_create(surface.get()));
  const cairo_matrix_t matrix{placed.xx, placed.yx,        placed.xy,
                              placed.yy, placed.x0 - left, placed.y0 - top};
  cairo_set_matrix(context.get(), &matrix);
  prepare(style, context.get());
  append(path, context.get());
  paint(style, bounds, context.get());
  return Raster{std::make_shared<const frame::Picture>(image_from_surface(surface.get()),
                                                       base::PointF{left, top}),
                box.value_or(far_corner), 0, placed};
}

base::Result<Raster> rasterise_color(base::Color color, base::SizeF box) {
  TRY_DO(check_picture_size(box));
  frame::Image<frame::PremulRgba8> pixels({std::max(1, static_cast<int>(std::lround(box.width))),
                                           std::max(1, static_cast<int>(std::lround(box.height)))});
  const frame::PremulRgba8 pixel =
      frame::premultiplied(frame::StraightRgba8{color.red, color.green, color.blue, color.alpha});
  for (int y = 0; y < pixels.size().height; ++y) {
    std::fill_n(pixels.view().row(y), pixels.size().width, pixel);
  }
  return Raster{std::make_shared<const frame::Picture>(std::move(pixels)), box};
}

}  // namespace layercast::content
