#include "content/image/animation_canvas.h"

#include "base/check.h"

#include <algorithm>
#include <utility>

namespace layercast::content {
namespace {

using frame::PremulRgba8;
using ConstView = frame::ImageView<const PremulRgba8>;

void copy(ConstView from, frame::ImageView<PremulRgba8> to) {
  for (int y = 0; y < from.height(); ++y) std::copy_n(from.row(y), from.width(), to.row(y));
}

AnimationCanvas::Pixels copy_of(ConstView pixels) {
  AnimationCanvas::Pixels result(pixels.size());
  copy(pixels, result.view());
  return result;
}

}  // namespace

void AnimationCanvas::dispose() {
  if (last_.place.empty() || last_.disposal == Disposal::kNone) return;
  const auto place = canvas_.view().part(last_.place);
  if (last_.disposal == Disposal::kPrevious) {
    copy(std::as_const(under_last_).view(), place);
    return;
  }
  for (int y = 0; y < place.height(); ++y) std::fill_n(place.row(y), place.width(), PremulRgba8{});
}

void AnimationCanvas::draw(ConstView pixels, const FramePlace& frame) {
  const base::SizeI size{frame.place.width(), frame.place.height()};
  LAYERCAST_CHECK(pixels.size() == size);
  dispose();
  const base::RectI whole{0, 0, canvas_.size().width, canvas_.size().height};
  last_ = frame;
  last_.place = base::intersection(whole, frame.place);
  if (last_.place.empty()) return;
  const auto target = canvas_.view().part(last_.place);
  if (frame.disposal == Disposal::kPrevious) under_last_ = copy_of(target);
  const int left = last_.place.left - frame.place.left;
  const int top = last_.place.top - frame.place.top;
  for (int y = 0; y < target.height(); ++y) {
    const PremulRgba8* from = pixels.row(top + y) + left;
    PremulRgba8* to = target.row(y);
    if (frame.blend == Blend::kSource) {
      std::copy_n(from, target.width(), to);
      continue;
    }
    for (int x = 0; x < target.width(); ++x) {
      // Most pixels of most frames are one or the other.
      if (from[x].alpha == 255) {
        to[x] = from[x];
      } else if (from[x].alpha != 0) {
        to[x] = frame::over(from[x], to[x]);
      }
    }
  }
}

AnimationCanvas::Pixels AnimationCanvas::picture() const { return copy_of(canvas_.view()); }

}  // namespace layercast::content
