#include "content/text/strip.h"

#include "content/picture/fit.h"
#include "content/text/text.h"
#include "frame/image.h"
#include "frame/picture.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <utility>

namespace layercast::content {
namespace {

// Pixels beyond the visible part, so that the picture's edges stay invisible.
constexpr int kMargin = 1;

void fill(frame::Image<frame::PremulRgba8>& pixels, base::Color color) {
  if (color.alpha == 0) return;
  const auto view = pixels.view();
  const auto pixel = frame::premultiplied({color.red, color.green, color.blue, color.alpha});
  for (int y = 0; y < view.height(); ++y) std::fill_n(view.row(y), view.width(), pixel);
}

}  // namespace

bool is_across(const scene::ScrollEffect& scroll) {
  return scroll.direction == scene::Direction::kLeft ||
         scroll.direction == scene::Direction::kRight;
}

base::SizeF strip_size(base::SizeF natural, scene::Fit fit, const scene::ScrollEffect& scroll,
                       base::SizeF box) {
  if (fit == scene::Fit::kFill) return box;
  if (fit == scene::Fit::kNone) return natural;
  double factor = is_across(scroll) ? box.height / natural.height : box.width / natural.width;
  if (fit == scene::Fit::kScaleDown) factor = std::min(factor, 1.0);
  return {natural.width * factor, natural.height * factor};
}

base::Result<Raster> repeated(const Raster& content, const scene::ScrollEffect& scroll,
                              base::SizeF box, double offset, base::Color behind) {
  const bool across = is_across(scroll);
  const double length = across ? content.box.width : content.box.height;
  const double period = std::max(1.0, std::ceil(length + scroll.gap));
  const double shown = std::ceil(across ? box.width : box.height) + period + 2 * kMargin;
  const double breadth = std::ceil(across ? box.height : box.width);
  const base::SizeF size = across ? base::SizeF{shown, breadth} : base::SizeF{breadth, shown};
  TRY_DO(check_picture_size(size));
  frame::Image<frame::PremulRgba8> pixels(
      {static_cast<int>(size.width), static_cast<int>(size.height)});
  fill(pixels, behind);
  const frame::Picture& picture = *content.picture;
  const double end = across ? picture.origin().x + picture.size().width
                            : picture.origin().y + picture.size().height;
  const double first = across ? picture.origin().x : picture.origin().y;
  double place = kMargin - std::ceil((end + kMargin) / period) * period;
  const double whole_offset = std::floor(offset + 0.5);
  for (; place + first < shown; place += period) {
    paint_over(picture,
               across ? base::PointF{place, whole_offset} : base::PointF{whole_offset, place},
               pixels.view());
  }
  const base::PointF corner = across ? base::PointF{-kMargin, 0} : base::PointF{0, -kMargin};
  return Raster{std::make_shared<const frame::Picture>(std::move(pixels), corner), box,
                static_cast<int>(period)};
}

}  // namespace layercast::content
