#include "compose/coverage.h"

#include <algorithm>
#include <cmath>

namespace layercast::compose {
namespace {

using base::Affine;

// A bound for the error of edge positions in canvas px, far above the rounding error of doubles.
constexpr double kSlack = 1e-6;

// A pixel whose centre is kFull inside every edge has a coverage that rounds to 255, and one that
// is kClear outside any edge has a coverage that rounds to 0. Units: canvas px. Both are nearly a
// half, so that edges on a pixel boundary leave no pixel in doubt.
constexpr double kFull = 0.4996;
constexpr double kClear = 0.4985;

// More than the distance between any two edges, in box px.
constexpr double kFarInside = 1e9;

// The part of a pixel between two parallel edges, from its distance to each in pixels.
double between(double from_first, double from_second) {
  const double first = std::clamp(from_first + 0.5, 0.0, 1.0);
  const double second = std::clamp(from_second + 0.5, 0.0, 1.0);
  return std::max(0.0, first + second - 1);
}

// The values of x for which low <= slope · x + start <= high.
struct Range {
  double first;
  double last;
};
Range solved(double slope, double start, double low, double high) {
  constexpr double kFar = 1e9;
  constexpr Range kNowhere{kFar, -kFar};
  if (low > high) return kNowhere;
  if (slope == 0) return start >= low && start <= high ? Range{-kFar, kFar} : kNowhere;
  const double a = (low - start) / slope;
  const double b = (high - start) / slope;
  return {std::clamp(std::min(a, b), -kFar, kFar), std::clamp(std::max(a, b), -kFar, kFar)};
}

}  // namespace

CoverageBox::CoverageBox(const Affine& canvas_from_box, base::SizeF size, const BoxEdges& edges)
    : box_from_canvas_(base::inverse(canvas_from_box)),
      size_(size),
      radius_(std::min({edges.radius, size.width / 2, size.height / 2})),
      edges_(edges.count),
      fade_{std::min(edges.fade.width, size.width / 2),
            std::min(edges.fade.height, size.height / 2)},
      step_x_(std::sqrt(box_from_canvas_.xx * box_from_canvas_.xx +
                        box_from_canvas_.xy * box_from_canvas_.xy)),
      step_y_(std::sqrt(box_from_canvas_.yx * box_from_canvas_.yx +
                        box_from_canvas_.yy * box_from_canvas_.yy)) {}

uint32_t CoverageBox::coverage(base::PointF center) const {
  const base::PointF point = box_from_canvas_.map(center);
  const double x = between(point.x / step_x_, (size_.width - point.x) / step_x_);
  const double y = between(point.y / step_y_, (size_.height - point.y) / step_y_);
  const double edges = x * y;
  const double rounded = edges > 0 && radius_ > 0 ? std::min(edges, corner(point)) : edges;
  const double covered = edges_ == EdgesCount::kTwice ? rounded * edges : rounded;
  return static_cast<uint32_t>(std::floor(covered * faded(point) * 255 + 0.5));
}

// The part that the ramps leave; 1 without ramps.
double CoverageBox::faded(base::PointF point) const {
  const auto part = [](double place, double length, double fade) {
    if (fade <= 0) return 1.0;
    return std::clamp(std::min(place, length - place) / fade, 0.0, 1.0);
  };
  return part(point.x, size_.width, fade_.width) * part(point.y, size_.height, fade_.height);
}

CoverageBox::Margins CoverageBox::full_margins() const {
  const auto margin = [](double step, double fade) {
    return fade > 0 ? std::max(step * kFull, fade + step * kSlack) : step * kFull;
  };
  return {margin(step_x_, fade_.width), margin(step_y_, fade_.height)};
}

// Coverage by the ellipse that rounds the nearest corner, from the first-order distance f / |∇f|.
double CoverageBox::corner(base::PointF point) const {
  const double across = std::max({radius_ - point.x, point.x - (size_.width - radius_), 0.0});
  const double down = std::max({radius_ - point.y, point.y - (size_.height - radius_), 0.0});
  if (across == 0 || down == 0) return 1;
  const double length = std::sqrt(across * across + down * down);
  const double side_x = (point.x < radius_ ? -across : across) / length;
  const double side_y = (point.y < radius_ ? -down : down) / length;
  const Affine& m = box_from_canvas_;
  const double slope_x = side_x * m.xx + side_y * m.yx;
  const double slope_y = side_x * m.xy + side_y * m.yy;
  const double slope = std::sqrt(slope_x * slope_x + slope_y * slope_y);
  return std::clamp((radius_ - length) / slope + 0.5, 0.0, 1.0);
}

base::RectF CoverageBox::place_of(const base::RectI& area) const {
  return base::bounds_of(box_from_canvas_,
                         {area.left + 0.5, area.top + 0.5, area.right - 0.5, area.bottom - 0.5});
}

bool CoverageBox::misses(const base::RectI& area) const {
  const base::RectF place = place_of(area);
  const double margin_x = step_x_ * kClear;
  const double margin_y = step_y_ * kClear;
  return place.right < -margin_x || place.left > size_.width + margin_x ||
         place.bottom < -margin_y || place.top > size_.height + margin_y;
}

bool CoverageBox::covers(const base::RectI& area) const {
  const base::RectF place = place_of(area);
  const double left = std::min(place.left, size_.width - place.right);
  const double top = std::min(place.top, size_.height - place.bottom);
  const Margins full = full_margins();
  return left >= full.x && top >= full.y &&
         (left >= radius_ + step_x_ * kSlack || top >= radius_ + step_y_ * kSlack);
}

base::RectI CoverageBox::inside(const base::RectI& area) const {
  if (covers(area)) return area;
  const Affine& m = box_from_canvas_;
  if (m.xy != 0 || m.yx != 0) return {};
  // The area between the upper and the lower corners, from left to right.
  const Margins full = full_margins();
  const double margin_x = full.x;
  const double margin_y = std::max(full.y, radius_ > 0 ? radius_ + step_y_ * kSlack : 0);
  const Range across = solved(m.xx, m.xx * 0.5 + m.x0, margin_x, size_.width - margin_x);
  const Range down = solved(m.yy, m.yy * 0.5 + m.y0, margin_y, size_.height - margin_y);
  return base::intersection(
      area,
      {static_cast<int>(std::ceil(across.first)), static_cast<int>(std::ceil(down.first)),
       static_cast<int>(std::floor(across.last)) + 1, static_cast<int>(std::floor(down.last)) + 1});
}

CoverageBox::Span CoverageBox::span_inside(int y, Span within, Margins margins) const {
  const Affine& m = box_from_canvas_;
  const double start_x = m.xx * 0.5 + m.xy * (y + 0.5) + m.x0;
  const double start_y = m.yx * 0.5 + m.yy * (y + 0.5) + m.y0;
  const Range across = solved(m.xx, start_x, margins.x, size_.width - margins.x);
  const Range down = solved(m.yx, start_y, margins.y, size_.height - margins.y);
  const double first = std::ceil(std::max(across.first, down.first));
  const double last = std::floor(std::min(across.last, down.last)) + 1;
  Span span{};
  span.first = static_cast<int>(
      std::clamp(first, static_cast<double>(within.first), static_cast<double>(within.last)));
  span.last = static_cast<int>(
      std::clamp(last, static_cast<double>(span.first), static_cast<double>(within.last)));
  return span;
}

CoverageBox::Span CoverageBox::touched(int y, Span within) const {
  return span_inside(y, within, {-step_x_ * kClear, -step_y_ * kClear});
}

CoverageBox::Span CoverageBox::full_span(int y, Span within) const {
  const Margins edges = full_margins();
  if (is_plain_row(y)) return span_inside(y, within, {edges.x, -kFarInside});
  if (radius_ <= 0) return span_inside(y, within, edges);
  // The span between the left and the right corners, or between the upper and the lower ones,
  // whichever is longer.
  const Margins corners{radius_ + step_x_ * kSlack, radius_ + step_y_ * kSlack};
  const Span upright = span_inside(y, within, {std::max(edges.x, corners.x), edges.y});
  const Span level = span_inside(y, within, {edges.x, std::max(edges.y, corners.y)});
  return upright.last - upright.first > level.last - level.first ? upright : level;
}

bool CoverageBox::is_plain_row(int y) const {
  const Affine& m = box_from_canvas_;
  if (m.xy != 0 || m.yx != 0) return false;
  const double place = m.yy * (y + 0.5) + m.y0;  // bit for bit as in coverage()
  const double inside = std::min(place, size_.height - place);
  return between(place / step_y_, (size_.height - place) / step_y_) == 1 &&
         (radius_ <= 0 || inside >= radius_ + step_y_ * kSlack) &&
         (fade_.height <= 0 || inside >= fade_.height + step_y_ * kSlack);
}

void CoverageBox::multiply(const base::RectI& area, frame::ImageView<uint8_t> mask) const {
  constexpr int kRememberedMax = 256;  // two ramps of the usual lengths
  uint8_t remembered[kRememberedMax];  // coverage of a plain row, where it is neither 0 nor 255
  bool is_remembered = false;          // whether `remembered` has the coverage of the row above
  Span any{};
  Span full{};
  for (int y = area.top; y < area.bottom; ++y) {
    uint8_t* row = mask.row(y - area.top);
    const bool is_between = is_plain_row(y);
    const bool is_known = is_between && is_remembered;
    if (!is_known) {
      any = touched(y, {area.left, area.right});
      full = full_span(y, any);
    }
    const int parts = full.first - any.first + any.last - full.last;
    const bool is_plain = is_between && parts <= kRememberedMax;
    uint8_t* next = remembered;
    const auto multiply_pixels = [&](Span span) {
      for (int x = span.first; x < span.last; ++x) {
        const uint32_t covered = is_known ? *next : coverage({x + 0.5, y + 0.5});
        if (is_plain) *next++ = static_cast<uint8_t>(covered);
        uint8_t& sample = row[x - area.left];
        sample = static_cast<uint8_t>(frame::divided_by_255(sample * covered));
      }
    };
    std::fill(row, row + (any.first - area.left), uint8_t{0});
    multiply_pixels({any.first, full.first});
    multiply_pixels({full.last, any.last});
    std::fill(row + (any.last - area.left), row + area.width(), uint8_t{0});
    is_remembered = is_plain;
  }
}

}  // namespace layercast::compose
