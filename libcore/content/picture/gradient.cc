#include "content/picture/gradient.h"

#include <algorithm>
#include <cairo/cairo.h>
#include <cmath>
#include <vector>

namespace layercast::content {
namespace {

struct Stop {
  double at;
  base::Color color;
};

// CSS Images 3, section 3.4.3: the ends default to 0 and 1, a stop is never before an earlier one,
// and stops without a position are spaced evenly between their neighbours.
std::vector<Stop> fixed_up(const std::vector<scene::GradientStop>& given) {
  std::vector<Stop> stops;
  stops.reserve(given.size());
  double largest = 0;
  size_t placed = 0;  // stops before this one have positions
  for (size_t i = 0; i < given.size(); ++i) {
    stops.push_back({0, given[i].color});
    const bool last = i + 1 == given.size();
    if (!given[i].at.has_value() && i > 0 && !last) continue;
    largest = std::max(largest, given[i].at.value_or(i == 0 ? 0.0 : 1.0));
    stops[i].at = largest;
    const double from = placed == 0 ? 0 : stops[placed - 1].at;
    const auto gaps = static_cast<double>(i - placed + 1);
    for (size_t k = placed; k < i; ++k) {
      stops[k].at = from + (largest - from) * static_cast<double>(k - placed + 1) / gaps;
    }
    placed = i + 1;
  }
  return stops;
}

struct Straight {
  double red, green, blue, alpha;  // 0..1
};

Straight straight(base::Color color) {
  return {color.red / 255.0, color.green / 255.0, color.blue / 255.0, color.alpha / 255.0};
}

void add_stop(cairo_pattern_t* pattern, double at, const Straight& color) {
  cairo_pattern_add_color_stop_rgba(pattern, at, color.red, color.green, color.blue, color.alpha);
}

// The straight colour at `t` of an interpolation of premultiplied colours.
Straight mixed(const Straight& from, const Straight& to, double t) {
  const double a = from.alpha * (1 - t);
  const double b = to.alpha * t;
  const double alpha = a + b;
  if (alpha == 0) return {};
  return {(from.red * a + to.red * b) / alpha, (from.green * a + to.green * b) / alpha,
          (from.blue * a + to.blue * b) / alpha, alpha};
}

// cairo interpolates straight colours. For equal alphas the result is the same. A fully transparent
// end takes the other end's colour. Otherwise small steps approximate the curve.
void add_span(cairo_pattern_t* pattern, const Stop& from, const Stop& to) {
  constexpr int kSteps = 32;  // error below 1/1000 of the range, less than one 8-bit level
  Straight first = straight(from.color);
  Straight last = straight(to.color);
  if (from.color.alpha == 0) first = {last.red, last.green, last.blue, 0};
  if (to.color.alpha == 0) last = {first.red, first.green, first.blue, 0};
  add_stop(pattern, from.at, first);
  const bool curved = from.color.alpha != to.color.alpha && from.color.alpha != 0 &&
                      to.color.alpha != 0 && to.at > from.at;
  for (int step = 1; curved && step < kSteps; ++step) {
    const double t = static_cast<double>(step) / kSteps;
    add_stop(pattern, from.at + (to.at - from.at) * t, mixed(first, last, t));
  }
  add_stop(pattern, to.at, last);
}

base::PointF direction_of(const scene::Gradient& gradient, const base::RectF& box) {
  if (gradient.toward.has_value()) {
    const auto [x, y] = *gradient.toward;
    // For a corner, the line of the middle colour passes through the two adjacent corners, so the
    // gradient line is perpendicular to that diagonal.
    if (x != 0 && y != 0) return {x * box.height(), y * box.width()};
    return {static_cast<double>(x), static_cast<double>(y)};
  }
  const base::Affine turned = base::rotation_degrees(gradient.angle_degrees);
  return {turned.yx, -turned.xx};
}

cairo_pattern_t* make_linear(const scene::Gradient& gradient, const base::RectF& box) {
  const base::PointF direction = direction_of(gradient, box);
  const double square = direction.x * direction.x + direction.y * direction.y;
  // The gradient line ends where its perpendiculars touch the corners.
  const double half =
      square == 0 ? 0
                  : (std::abs(box.width() * direction.x) + std::abs(box.height() * direction.y)) /
                        (2 * square);
  const double x = (box.left + box.right) / 2;
  const double y = (box.top + box.bottom) / 2;
  return cairo_pattern_create_linear(x - direction.x * half, y - direction.y * half,
                                     x + direction.x * half, y + direction.y * half);
}

cairo_pattern_t* make_radial(const scene::Gradient& gradient, const base::RectF& box) {
  double radius_x = std::sqrt(box.width() * box.width() + box.height() * box.height()) / 2;
  double radius_y = radius_x;
  if (gradient.shape == scene::Gradient::Shape::kEllipse) {
    // Through the corner, with the aspect ratio of the box.
    radius_x = box.width() / 2 * std::sqrt(2.0);
    radius_y = box.height() / 2 * std::sqrt(2.0);
  }
  // A flat box: keep the matrix invertible, because cairo rejects others.
  radius_x = std::max(radius_x, 1e-3);
  radius_y = std::max(radius_y, 1e-3);
  cairo_pattern_t* pattern = cairo_pattern_create_radial(0, 0, 0, 0, 0, radius_x);
  cairo_matrix_t unit_from_user;
  cairo_matrix_init_scale(&unit_from_user, 1, radius_x / radius_y);
  cairo_matrix_translate(&unit_from_user, -(box.left + box.right) / 2, -(box.top + box.bottom) / 2);
  cairo_pattern_set_matrix(pattern, &unit_from_user);
  return pattern;
}

}  // namespace

cairo_pattern_t* make_gradient_pattern(const scene::Gradient& gradient, const base::RectF& box) {
  cairo_pattern_t* pattern = gradient.shape == scene::Gradient::Shape::kLinear
                                 ? make_linear(gradient, box)
                                 : make_radial(gradient, box);
  cairo_pattern_set_extend(pattern, CAIRO_EXTEND_PAD);
  const std::vector<Stop> stops = fixed_up(gradient.stops);
  if (stops.size() == 1) add_stop(pattern, 0, straight(stops[0].color));
  for (size_t i = 1; i < stops.size(); ++i) add_span(pattern, stops[i - 1], stops[i]);
  return pattern;
}

}  // namespace layercast::content
