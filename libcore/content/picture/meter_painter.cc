#include "content/picture/meter_painter.h"

#include "base/check.h"
#include "content/picture/shape.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstring>
#include <numbers>
#include <optional>
#include <utility>

namespace layercast::content {
namespace {

using base::RectI;
using frame::Image;
using frame::ImageView;
using frame::PremulRgba8;
using scene::MeterContent;
using scene::MeterStyle;

constexpr double kFull = MeterValues::kFull;

/// --- pixels ---

uint8_t scaled(uint8_t value, int by) { return static_cast<uint8_t>((value * by + 127) / 255); }

PremulRgba8 scaled(PremulRgba8 pixel, int by) {
  return {scaled(pixel.red, by), scaled(pixel.green, by), scaled(pixel.blue, by),
          scaled(pixel.alpha, by)};
}

// Draws `color`, of which `coverage` 255ths cover the pixel.
void draw(PremulRgba8 color, int coverage, PremulRgba8& pixel) {
  if (coverage < 255) color = scaled(color, coverage);
  if (color.alpha == 255) {
    pixel = color;
    return;
  }
  const PremulRgba8 behind = scaled(pixel, 255 - color.alpha);
  pixel = {static_cast<uint8_t>(color.red + behind.red),
           static_cast<uint8_t>(color.green + behind.green),
           static_cast<uint8_t>(color.blue + behind.blue),
           static_cast<uint8_t>(color.alpha + behind.alpha)};
}

// How much of a pixel lies inside an edge at this distance from its centre, in 255ths.
int coverage_at(double inside) {
  return static_cast<int>(std::clamp(inside + 0.5, 0.0, 1.0) * 255 + 0.5);
}

// The distance from the pixel at `place` into a corner of this radius; 0: beside the corners.
double into_corner(int place, int length, double radius) {
  const double centre = place + 0.5;
  return std::max({0.0, radius - centre, radius - (length - centre)});
}

// Draws the rectangle with rounded corners in the colours that `color_at` gives.
template <class ColorAt>
void draw_rounded(const RectI& rect, double radius, const ColorAt& color_at,
                  ImageView<PremulRgba8> pixels) {
  const double corner = std::min({radius, rect.width() / 2.0, rect.height() / 2.0});
  for (int y = rect.top; y < rect.bottom; ++y) {
    const double dy = into_corner(y - rect.top, rect.height(), corner);
    PremulRgba8* row = pixels.row(y);
    for (int x = rect.left; x < rect.right; ++x) {
      const double dx = dy > 0 ? into_corner(x - rect.left, rect.width(), corner) : 0;
      const int coverage = dx > 0 ? coverage_at(corner - std::sqrt(dx * dx + dy * dy)) : 255;
      draw(color_at(x, y), coverage, row[x]);
    }
  }
}

// The colours of the level all over the box.
Image<PremulRgba8> level_colors(const MeterContent& meter, base::SizeI size) {
  scene::ShapeContent box;
  box.geometry =
      scene::RectangleShape{static_cast<double>(size.width), static_cast<double>(size.height), 0};
  box.fill = meter.gradient ? scene::Paint{*meter.gradient} : scene::Paint{meter.color};
  auto drawn = rasterise_shape(box, std::nullopt);
  LAYERCAST_CHECK(drawn.ok() && drawn.value().picture->size() == size);
  const ImageView<const PremulRgba8> from = drawn.value().picture->view();
  Image<PremulRgba8> colors(size);
  for (int y = 0; y < size.height; ++y) {
    std::copy_n(from.row(y), size.width, colors.view().row(y));
  }
  return colors;
}

// What all painters share: the colours, and the picture without a level.
class Canvas {
 public:
  Canvas(const MeterContent& meter, base::SizeI size)
      : colors_(level_colors(meter, size)),
        empty_(size),
        background_(
            frame::premultiplied({meter.background_color.red, meter.background_color.green,
                                  meter.background_color.blue, meter.background_color.alpha})) {}

  bool has_background() const { return background_.alpha > 0; }
  void draw_background(int x, int y, int coverage) {
    draw(background_, coverage, empty_.view().at(x, y));
  }
  void draw_background(const RectI& rect, double radius) {
    if (!has_background()) return;
    draw_rounded(
        rect, radius, [this](int, int) { return background_; }, empty_.view());
  }

  void begin(ImageView<PremulRgba8> pixels) const {
    const ImageView<const PremulRgba8> from = empty_.view();
    for (int y = 0; y < from.height(); ++y) {
      std::copy_n(from.row(y), from.width(), pixels.row(y));
    }
  }
  PremulRgba8 color_at(int x, int y) const { return colors_.view().at(x, y); }
  void draw_level(const RectI& rect, double radius, ImageView<PremulRgba8> pixels) const {
    draw_rounded(
        rect, radius, [this](int x, int y) { return color_at(x, y); }, pixels);
  }

 private:
  Image<PremulRgba8> colors_;
  Image<PremulRgba8> empty_;
  PremulRgba8 background_;
};

/// --- bars and columns ---

// Equal parts of a length on whole pixels, with the gap between them: their widths differ by one
// pixel at most.
struct Parts {
  int length;
  int count;
  int gap;

  Parts(int of, int parts, double wanted_gap)
      : length(of),
        count(parts),
        gap(std::clamp(static_cast<int>(std::lround(std::min(wanted_gap, 1e6))), 0,
                       std::max(0, of / parts - 1))) {}

  int begin_of(int part) const {
    const int64_t whole = int64_t{2} * part * (length + gap) + count;  // rounds halves up
    return static_cast<int>(whole / (2 * count));
  }
  int end_of(int part) const { return begin_of(part + 1) - gap; }
};

// Where bars and columns grow to.
enum class Axis : uint8_t { kUp, kRight };

// The rectangle that spans `across` and, from the beginning of the axis, `along`.
RectI rect_of(Axis axis, std::pair<int, int> across, std::pair<int, int> along, base::SizeI size) {
  if (axis == Axis::kRight) return {along.first, across.first, along.second, across.second};
  return {across.first, size.height - along.second, across.second, size.height - along.first};
}

// The bars of a level or the columns of a spectrum, continuous or in segments.
class BarPainter final : public MeterPainter {
 public:
  BarPainter(const MeterContent& meter, base::SizeI size)
      : size_(size),
        radius_(meter.radius),
        is_level_(meter.style == MeterStyle::kBars),
        axis_(is_level_ && size.width >= size.height ? Axis::kRight : Axis::kUp),
        bars_(axis_ == Axis::kRight ? size.height : size.width, count_of_values(meter), meter.gap),
        segments_(length(), is_level_ ? meter.bands.value_or(1) : 1, meter.gap),
        is_cut_(is_level_ && meter.bands),
        canvas_(meter, size) {
    for (int bar = 0; bar < bars_.count; ++bar) {
      for (int i = 0; i < segments_.count; ++i) canvas_.draw_background(segment(bar, i), radius_);
    }
  }

  void mark(std::span<const MeterValue> values, std::vector<int32_t>& marks) const override {
    const int full = is_cut_ ? segments_.count : length();
    marks.clear();
    for (const MeterValue& value : values) {
      marks.push_back(static_cast<int32_t>(std::floor(value.high / kFull * full + 0.5)));
    }
  }

  void paint(std::span<const int32_t> marks, ImageView<PremulRgba8> pixels) const override {
    canvas_.begin(pixels);
    for (int bar = 0; bar < bars_.count; ++bar) {
      const int32_t mark = marks[static_cast<size_t>(bar)];
      if (is_cut_) {
        for (int i = 0; i < mark; ++i) canvas_.draw_level(segment(bar, i), radius_, pixels);
      } else if (mark > 0) {
        canvas_.draw_level(rect_of(axis_, across(bar), {0, mark}, size_), radius_, pixels);
      }
    }
  }

 private:
  int length() const { return axis_ == Axis::kRight ? size_.width : size_.height; }
  std::pair<int, int> across(int bar) const { return {bars_.begin_of(bar), bars_.end_of(bar)}; }
  RectI segment(int bar, int i) const {
    return rect_of(axis_, across(bar), {segments_.begin_of(i), segments_.end_of(i)}, size_);
  }

  base::SizeI size_;
  double radius_;
  bool is_level_;  ///< the left and the right channel; else a spectrum
  Axis axis_;
  Parts bars_;
  Parts segments_;
  bool is_cut_;  ///< into segments
  Canvas canvas_;
};

/// --- waveform ---

class WavePainter final : public MeterPainter {
 public:
  WavePainter(const MeterContent& meter, base::SizeI size)
      : size_(size),
        radius_(meter.radius),
        columns_(size.width, count_of_values(meter), meter.gap),
        canvas_(meter, size) {
    for (int i = 0; i < columns_.count; ++i) {
      canvas_.draw_background({columns_.begin_of(i), 0, columns_.end_of(i), size.height}, radius_);
    }
  }

  // The top and the bottom of each column. A flat one is as high as its corners are round.
  void mark(std::span<const MeterValue> values, std::vector<int32_t>& marks) const override {
    const int width = columns_.end_of(0) - columns_.begin_of(0);
    const int lowest = std::max(1, std::min(static_cast<int>(2 * std::min(radius_, 1e6)), width));
    const int least = std::min(lowest, size_.height);
    marks.clear();
    for (const MeterValue& value : values) {
      const double middle = (value.high + value.low) / 2.0;
      const double extent = (value.high - value.low) / kFull * size_.height / 2;
      const int height = std::max(least, static_cast<int>(std::floor(extent + 0.5)));
      const double centre = size_.height / 2.0 - middle / kFull * size_.height / 2;
      const int top = std::clamp(static_cast<int>(std::floor(centre - height / 2.0 + 0.5)), 0,
                                 size_.height - height);
      marks.push_back(top);
      marks.push_back(top + height);
    }
  }

  void paint(std::span<const int32_t> marks, ImageView<PremulRgba8> pixels) const override {
    canvas_.begin(pixels);
    for (int i = 0; i < columns_.count; ++i) {
      const auto at = 2 * static_cast<size_t>(i);
      canvas_.draw_level({columns_.begin_of(i), marks[at], columns_.end_of(i), marks[at + 1]},
                         radius_, pixels);
    }
  }

 private:
  base::SizeI size_;
  double radius_;
  Parts columns_;
  Canvas canvas_;
};

/// --- ring ---

class RingPainter final : public MeterPainter {
 public:
  RingPainter(const MeterContent& meter, base::SizeI size)
      : segments_(meter.bands), gap_(meter.gap), canvas_(meter, size) {
    const double shorter = std::min(size.width, size.height);
    outer_ = shorter / 2;
    inner_ = std::max(0.0, outer_ - meter.thickness.value_or(shorter / 8));
    length_ = 2 * std::numbers::pi * (outer_ + inner_) / 2;
    for (int y = 0; y < size.height; ++y) {
      for (int x = 0; x < size.width; ++x) add_pixel(x, y, size);
    }
    if (!canvas_.has_background()) return;
    for (const Pixel& pixel : pixels_) canvas_.draw_background(pixel.x, pixel.y, pixel.coverage);
  }

  void mark(std::span<const MeterValue> values, std::vector<int32_t>& marks) const override {
    const double full = segments_ ? *segments_ : std::ceil(length_ * kGrains);
    marks.assign(1, static_cast<int32_t>(std::floor(values[0].high / kFull * full + 0.5)));
  }

  void paint(std::span<const int32_t> marks, ImageView<PremulRgba8> pixels) const override {
    canvas_.begin(pixels);
    for (const Pixel& pixel : pixels_) {
      const int coverage = lit_coverage(pixel, marks[0]);
      if (coverage > 0)
        draw(canvas_.color_at(pixel.x, pixel.y), coverage, pixels.at(pixel.x, pixel.y));
    }
  }

 private:
  // The end of a continuous ring moves in steps of a quarter of a pixel.
  static constexpr double kGrains = 4;

  struct Pixel {
    int x = 0;
    int y = 0;
    int coverage = 0;  ///< by the ring, in 255ths
    int segment = 0;
    double turn = 0;           ///< clockwise from the top, 0 to 1
    double pixels_around = 0;  ///< the length of a turn at its radius
  };

  void add_pixel(int x, int y, base::SizeI size) {
    const double right = x + 0.5 - size.width / 2.0;
    const double down = y + 0.5 - size.height / 2.0;
    const double radius = std::sqrt(right * right + down * down);
    Pixel pixel{x, y};
    double inside = std::min(outer_ - radius, radius - inner_);
    pixel.turn = std::atan2(right, -down) / (2 * std::numbers::pi);
    if (pixel.turn < 0) pixel.turn += 1;
    pixel.pixels_around = 2 * std::numbers::pi * radius;
    if (segments_) {
      const double place = pixel.turn * *segments_;
      pixel.segment = std::min(static_cast<int>(place), *segments_ - 1);
      const double from = (place - pixel.segment) / *segments_ * pixel.pixels_around;
      const double to = (pixel.segment + 1 - place) / *segments_ * pixel.pixels_around;
      inside = std::min(inside, std::min(from, to) - gap_ / 2);
    }
    pixel.coverage = coverage_at(inside);
    if (pixel.coverage > 0) pixels_.push_back(pixel);
  }

  int lit_coverage(const Pixel& pixel, int32_t mark) const {
    if (segments_) return pixel.segment < mark ? pixel.coverage : 0;
    if (mark <= 0) return 0;
    const double end = mark / (length_ * kGrains);
    if (end >= 1) return pixel.coverage;
    // Left of the top, a pixel lies partly inside the beginning of the arc.
    const auto inside = [&](double turn) {
      return coverage_at(std::min(turn, end - turn) * pixel.pixels_around);
    };
    const int covered = std::max(inside(pixel.turn), inside(pixel.turn - 1));
    return scaled(static_cast<uint8_t>(pixel.coverage), covered);
  }

  std::optional<int> segments_;
  double gap_;
  double outer_ = 0;
  double inner_ = 0;
  double length_ = 0;  ///< in the middle of the ring
  Canvas canvas_;
  std::vector<Pixel> pixels_;
};

}  // namespace

std::unique_ptr<MeterPainter> make_meter_painter(const MeterContent& meter, base::SizeI size) {
  switch (meter.style) {
    case MeterStyle::kRing:
      return std::make_unique<RingPainter>(meter, size);
    case MeterStyle::kWaveform:
      return std::make_unique<WavePainter>(meter, size);
    case MeterStyle::kBars:
    case MeterStyle::kSpectrum:
      break;
  }
  return std::make_unique<BarPainter>(meter, size);
}

}  // namespace layercast::content
