#include "frame/picture.h"

#include <algorithm>
#include <utility>

namespace layercast::frame {
namespace {

constexpr size_t kLevelsMax = 16;  // 2^16 is above the largest picture side

uint8_t mean_of_four(int a, int b, int c, int d) {
  return static_cast<uint8_t>((a + b + c + d + 2) / 4);
}

Image<PremulRgba8> halved(ImageView<const PremulRgba8> source) {
  const base::SizeI size{std::max(1, (source.width() + 1) / 2),
                         std::max(1, (source.height() + 1) / 2)};
  Image<PremulRgba8> half(size);
  for (int y = 0; y < size.height; ++y) {
    const PremulRgba8* upper = source.row(2 * y);
    const PremulRgba8* lower = source.row(std::min(2 * y + 1, source.height() - 1));
    PremulRgba8* out = half.view().row(y);
    for (int x = 0; x < size.width; ++x) {
      const int left = 2 * x;
      const int right = std::min(2 * x + 1, source.width() - 1);
      const PremulRgba8 a = upper[left], b = upper[right], c = lower[left], d = lower[right];
      out[x] = {mean_of_four(a.red, b.red, c.red, d.red),
                mean_of_four(a.green, b.green, c.green, d.green),
                mean_of_four(a.blue, b.blue, c.blue, d.blue),
                mean_of_four(a.alpha, b.alpha, c.alpha, d.alpha)};
    }
  }
  return half;
}

bool is_black(ImageView<const PremulRgba8> pixels) {
  for (int y = 0; y < pixels.height(); ++y) {
    const PremulRgba8* row = pixels.row(y);
    const bool is_row_black = std::all_of(row, row + pixels.width(), [](PremulRgba8 pixel) {
      return (pixel.red | pixel.green | pixel.blue) == 0;
    });
    if (!is_row_black) return false;
  }
  return true;
}

// The alpha channel of a picture whose pixels are all black; null for any other.
std::unique_ptr<const Image<uint8_t>> black_alphas(ImageView<const PremulRgba8> pixels) {
  if (!is_black(pixels)) return nullptr;
  auto alphas = std::make_unique<Image<uint8_t>>(pixels.size());
  for (int y = 0; y < pixels.height(); ++y) {
    const PremulRgba8* from = pixels.row(y);
    std::transform(from, from + pixels.width(), alphas->view().row(y),
                   [](PremulRgba8 pixel) { return pixel.alpha; });
  }
  return alphas;
}

// Whether the picture has no other owner; if so, the accesses of former owners happen before the
// return: use_count() does not order memory, releasing one more reference does.
bool is_sole(const std::shared_ptr<Picture>& picture) {
  if (picture.use_count() != 1) return false;
  std::shared_ptr<Picture>(picture).reset();
  return true;
}

}  // namespace

Picture::Picture(Image<PremulRgba8> pixels, base::PointF origin)
    : origin_(origin),
      alpha_map_(std::as_const(pixels).view()),
      black_(black_alphas(std::as_const(pixels).view())) {
  LAYERCAST_CHECK(!pixels.size().empty());
  levels_.reserve(kLevelsMax);  // size() and view() read the first level without the lock
  levels_.push_back(std::move(pixels));
}

ImageView<const PremulRgba8> Picture::level(int level) const {
  const std::lock_guard lock(mutex_);
  const auto wanted = static_cast<size_t>(std::max(0, level));
  while (levels_.size() <= wanted && levels_.size() < kLevelsMax &&
         (levels_.back().size().width > 1 || levels_.back().size().height > 1)) {
    levels_.push_back(halved(std::as_const(levels_.back()).view()));
  }
  return std::as_const(levels_[std::min(wanted, levels_.size() - 1)]).view();
}

size_t Picture::bytes() const {
  const std::lock_guard lock(mutex_);
  size_t total = black_ == nullptr ? 0 : black_->bytes();
  for (const auto& image : levels_) total += image.bytes();
  return total;
}

void Picture::repaint(const std::function<void(ImageView<PremulRgba8>)>& paint) {
  const std::lock_guard lock(mutex_);
  levels_.resize(1);
  paint(levels_.front().view());
  alpha_map_.update(std::as_const(levels_.front()).view());
  black_.reset();
}

PicturePtr RepaintedPictures::painted(const std::function<void(ImageView<PremulRgba8>)>& paint) {
  auto free = std::ranges::find_if(pictures_, [](const auto& each) { return is_sole(each); });
  if (free == pictures_.end()) {
    pictures_.push_back(std::make_shared<Picture>(Image<PremulRgba8>(size_)));
    free = pictures_.end() - 1;
  }
  (*free)->repaint(paint);
  return *free;
}

}  // namespace layercast::frame
