#include "compose/reference.h"

#include "base/geometry.h"
#include "compose/blend.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace layercast::compose {
namespace {

using base::Affine;
using frame::ImageView;
using frame::over;
using frame::PremulRgba8;

constexpr int kLevelsMax = 15;

// A length in 2^-32 picture pixels: fine enough that a row of the largest canvas ends where it
// should. Counted modulo 2^64: the canvas's first pixel may lie too far from a very thin picture to
// be written so, but a pixel that the picture covers does not.
uint64_t fixed_point(double value) {
  __extension__ using Int128 = __int128;
  return static_cast<uint64_t>(static_cast<Int128>(std::floor(value * 4294967296.0 + 0.5)));
}

// Half of a 256th of a pixel: rounds the weights of samples to nearest.
constexpr uint64_t kHalfWeight = uint64_t{1} << 23;

// How many halvings of the picture are still not smaller than what is drawn.
int mip_level(const Affine& canvas_from_picture) {
  int level = 0;
  double area = std::abs(canvas_from_picture.determinant());
  while (level < kLevelsMax && area * 4 <= 1) {
    area *= 4;
    ++level;
  }
  return level;
}

uint8_t mean(uint32_t upper_left, uint32_t upper_right, uint32_t lower_left, uint32_t lower_right,
             uint32_t weight_x, uint32_t weight_y) {
  const uint32_t upper = upper_left * (256 - weight_x) + upper_right * weight_x;
  const uint32_t lower = lower_left * (256 - weight_x) + lower_right * weight_x;
  return static_cast<uint8_t>((upper * (256 - weight_y) + lower * weight_y + 32768) >> 16);
}

// Bilinear; `x` and `y` are where the sample lies among pixel centres, in 2^-32 pixels.
PremulRgba8 sample(ImageView<const PremulRgba8> picture, int64_t x, int64_t y) {
  const auto column = static_cast<int>(x >> 32);
  const auto line = static_cast<int>(y >> 32);
  const auto weight_x = static_cast<uint32_t>(x >> 24) & 255;
  const auto weight_y = static_cast<uint32_t>(y >> 24) & 255;
  const int left = std::clamp(column, 0, picture.width() - 1);
  const int right = std::clamp(column + 1, 0, picture.width() - 1);
  const PremulRgba8* upper = picture.row(std::clamp(line, 0, picture.height() - 1));
  const PremulRgba8* lower = picture.row(std::clamp(line + 1, 0, picture.height() - 1));
  const PremulRgba8 a = upper[left], b = upper[right], c = lower[left], d = lower[right];
  return {mean(a.red, b.red, c.red, d.red, weight_x, weight_y),
          mean(a.green, b.green, c.green, d.green, weight_x, weight_y),
          mean(a.blue, b.blue, c.blue, d.blue, weight_x, weight_y),
          mean(a.alpha, b.alpha, c.alpha, d.alpha, weight_x, weight_y)};
}

// How much of a pixel lies between two parallel edges, given its distance to each in pixels.
double between(double from_first, double from_second) {
  const double first = std::clamp(from_first + 0.5, 0.0, 1.0);
  const double second = std::clamp(from_second + 0.5, 0.0, 1.0);
  return std::max(0.0, first + second - 1);
}

// Pixels of one row, half-open.
struct Span {
  int first;
  int last;
};

// An upright box under an affine map, and how much of a canvas pixel it covers.
class Box {
 public:
  Box(const Affine& canvas_from_box, base::SizeF size, double radius)
      : box_from_canvas_(base::inverse(canvas_from_box)),
        size_(size),
        radius_(std::min({radius, size.width / 2, size.height / 2})),
        // Box px along x and y for one canvas px across each pair of edges.
        step_x_(std::sqrt(box_from_canvas_.xx * box_from_canvas_.xx +
                          box_from_canvas_.xy * box_from_canvas_.xy)),
        step_y_(std::sqrt(box_from_canvas_.yx * box_from_canvas_.yx +
                          box_from_canvas_.yy * box_from_canvas_.yy)) {}

  // 0..255 of the pixel whose centre is `center`.
  uint32_t coverage(base::PointF center) const {
    const base::PointF point = box_from_canvas_.map(center);
    if (is_inside(point)) return 255;
    const double x = between(point.x / step_x_, (size_.width - point.x) / step_x_);
    const double y = between(point.y / step_y_, (size_.height - point.y) / step_y_);
    const double edges = x * y;
    const double covered = edges > 0 && radius_ > 0 ? std::min(edges, corner(point)) : edges;
    return static_cast<uint32_t>(std::floor(covered * 255 + 0.5));
  }

  // Where of row `y`, within `span`, coverage() is 255 from end to end. Empty for a turned box,
  // whose rows may leave it at a corner and come back.
  Span inner_span(int y, Span span) const {
    if (box_from_canvas_.xy != 0 || box_from_canvas_.yx != 0) return {span.first, span.first};
    const auto inside = [&](int x) { return is_inside(box_from_canvas_.map({x + 0.5, y + 0.5})); };
    while (span.first < span.last && !inside(span.first)) ++span.first;
    while (span.first < span.last && !inside(span.last - 1)) --span.last;
    return span;
  }

 private:
  // Whether the whole pixel lies in the box for certain: further from each edge than half a pixel,
  // and not at a corner. What coverage() works out there is 255.
  bool is_inside(base::PointF point) const {
    const double left = std::min(point.x, size_.width - point.x);
    const double top = std::min(point.y, size_.height - point.y);
    return left >= step_x_ && top >= step_y_ && (left >= radius_ || top >= radius_);
  }

  // Coverage by the ellipse that rounds the nearest corner, from the first-order distance f / |∇f|.
  double corner(base::PointF point) const {
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

  Affine box_from_canvas_;
  base::SizeF size_;
  double radius_;
  double step_x_;
  double step_y_;
};

bool is_whole(double value) { return value == std::floor(value); }

bool is_aligned(const Affine& map) {
  return map.xx == 1 && map.yy == 1 && map.xy == 0 && map.yx == 0 && is_whole(map.x0) &&
         is_whole(map.y0);
}

base::SizeF size_of(base::SizeI size) {
  return {static_cast<double>(size.width), static_cast<double>(size.height)};
}

// One item, made ready for rows.
class ItemPainter {
 public:
  ItemPainter(const DrawItem& item, base::SizeI canvas)
      : item_(item),
        level_(mip_level(item.canvas_from_picture)),
        picture_(item.picture->level(level_)),
        edges_(item.canvas_from_picture, size_of(item.picture->size()), 0),
        aligned_(is_aligned(item.canvas_from_picture)) {
    if (item.clip) clip_.emplace(item.clip->canvas_from_box, item.clip->box, item.clip->radius);
    const double factor = 1.0 / (1 << level_);
    const Affine map = base::scaling(factor, factor) * base::inverse(item.canvas_from_picture);
    // The centre of pixel (0, 0) is at (0.5, 0.5), of the canvas as of the picture.
    origin_x_ = fixed_point(map.x0 + (map.xx + map.xy) * 0.5 - 0.5) + kHalfWeight;
    origin_y_ = fixed_point(map.y0 + (map.yx + map.yy) * 0.5 - 0.5) + kHalfWeight;
    step_xx_ = fixed_point(map.xx);
    step_xy_ = fixed_point(map.xy);
    step_yx_ = fixed_point(map.yx);
    step_yy_ = fixed_point(map.yy);
    const auto size = size_of(item.picture->size());
    const base::RectF place =
        base::bounds_of(item.canvas_from_picture, {0, 0, size.width, size.height});
    // Clamped before the conversion: a place far outside does not fit an int.
    const auto to_int = [](double value, int max) {
      return static_cast<int>(std::clamp(value, 0.0, static_cast<double>(max)));
    };
    bounds_ = {to_int(std::floor(place.left - 0.5), canvas.width),
               to_int(std::floor(place.top - 0.5), canvas.height),
               to_int(std::ceil(place.right + 0.5), canvas.width),
               to_int(std::ceil(place.bottom + 0.5), canvas.height)};
  }

  void paint_row(int y, PremulRgba8* row) const {
    if (bounds_.empty() || y < bounds_.top || y >= bounds_.bottom) return;
    const Span plain = plain_span(y);
    paint_pixels(y, {bounds_.left, plain.first}, row);
    paint_plain_pixels(y, plain, row);
    paint_pixels(y, {plain.last, bounds_.right}, row);
  }

 private:
  void paint_pixels(int y, Span span, PremulRgba8* row) const {
    for (int x = span.first; x < span.last; ++x) {
      const uint32_t coverage = coverage_at(x, y);
      if (coverage == 0) continue;
      const PremulRgba8 source = source_at(x, y);
      if (source.alpha == 0) continue;  // every mode leaves the backdrop as it is
      const PremulRgba8 shown = coverage == 255 ? source : faded(source, coverage);
      row[x] = item_.blend == base::BlendMode::kNormal ? over(shown, row[x])
                                                       : blended(item_.blend, shown, row[x]);
    }
  }

  // The pixels of a row that are each one pixel of the picture, wholly inside the clip, in normal
  // mode. Empty, at the left end, when there is none.
  Span plain_span(int y) const {
    const Span none{bounds_.left, bounds_.left};
    if (!aligned_ || item_.blend != base::BlendMode::kNormal) return none;
    const auto left = static_cast<int>(item_.canvas_from_picture.x0);
    const auto top = static_cast<int>(item_.canvas_from_picture.y0);
    if (y < top || y >= top + picture_.height()) return none;
    const Span span{std::max(left, bounds_.left), std::min(left + picture_.width(), bounds_.right)};
    if (span.first >= span.last) return none;
    return clip_ ? clip_->inner_span(y, span) : span;
  }

  // What paint_pixels() comes to in a plain_span().
  void paint_plain_pixels(int y, Span span, PremulRgba8* row) const {
    if (span.first >= span.last) return;
    const auto left = static_cast<int>(item_.canvas_from_picture.x0);
    const PremulRgba8* source = picture_.row(y - static_cast<int>(item_.canvas_from_picture.y0));
    for (int x = span.first; x < span.last; ++x) {
      const PremulRgba8 pixel =
          item_.opacity == 255 ? source[x - left] : faded(source[x - left], item_.opacity);
      if (pixel.alpha == 255) {
        row[x] = pixel;
      } else if (pixel.alpha != 0) {
        row[x] = over(pixel, row[x]);
      }
    }
  }

  PremulRgba8 source_at(int x, int y) const {
    const auto column = static_cast<uint64_t>(x);
    const auto line = static_cast<uint64_t>(y);
    const auto at_x = static_cast<int64_t>(origin_x_ + step_xx_ * column + step_xy_ * line);
    const auto at_y = static_cast<int64_t>(origin_y_ + step_yx_ * column + step_yy_ * line);
    // Aligned samples fall on pixels: the weights of their neighbours are 0.
    if (aligned_) return picture_.at(static_cast<int>(at_x >> 32), static_cast<int>(at_y >> 32));
    return sample(picture_, at_x, at_y);
  }

  uint32_t coverage_at(int x, int y) const {
    const base::PointF center{x + 0.5, y + 0.5};
    uint32_t coverage = item_.opacity;
    // Aligned edges fall between pixels: each is wholly in or out.
    if (aligned_) {
      const double left = item_.canvas_from_picture.x0;
      const double top = item_.canvas_from_picture.y0;
      const base::SizeI size = item_.picture->size();
      if (x < left || y < top || x >= left + size.width || y >= top + size.height) return 0;
    } else {
      coverage = frame::divided_by_255(coverage * edges_.coverage(center));
    }
    if (clip_) coverage = frame::divided_by_255(coverage * clip_->coverage(center));
    return coverage;
  }

  const DrawItem& item_;
  int level_;
  ImageView<const PremulRgba8> picture_;
  Box edges_;
  std::optional<Box> clip_;
  bool aligned_;
  base::RectI bounds_;
  uint64_t origin_x_ = 0;
  uint64_t origin_y_ = 0;
  uint64_t step_xx_ = 0;
  uint64_t step_xy_ = 0;
  uint64_t step_yx_ = 0;
  uint64_t step_yy_ = 0;
};

}  // namespace

void compose_rows(const DrawList& list, frame::RowRange rows, ImageView<PremulRgba8> target) {
  LAYERCAST_CHECK(target.size() == list.canvas);
  for (int y = rows.first; y < rows.last; ++y) {
    std::fill_n(target.row(y), target.width(), list.background);
  }
  for (const DrawItem& item : list.items) {
    const ItemPainter painter(item, list.canvas);
    for (int y = rows.first; y < rows.last; ++y) painter.paint_row(y, target.row(y));
  }
}

}  // namespace layercast::compose
