#pragma once

#include "base/check.h"
#include "base/geometry.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <type_traits>

namespace layercast::frame {

/// An sRGB pixel with premultiplied alpha: no colour is above alpha.
struct PremulRgba8 {
  uint8_t red = 0;
  uint8_t green = 0;
  uint8_t blue = 0;
  uint8_t alpha = 0;
  bool operator==(const PremulRgba8&) const = default;
};

/// An sRGB pixel with straight alpha, as in files, pipes and the colours of a scene.
struct StraightRgba8 {
  uint8_t red = 0;
  uint8_t green = 0;
  uint8_t blue = 0;
  uint8_t alpha = 0;
  bool operator==(const StraightRgba8&) const = default;
};

/// A view of pixels that another object owns. Rows may be padded: step by `row_bytes`, never by
/// width.
template <class Pixel>
class ImageView {
 public:
  using Byte = std::conditional_t<std::is_const_v<Pixel>, const std::byte, std::byte>;

  ImageView() = default;
  ImageView(Pixel* pixels, base::SizeI size, ptrdiff_t row_bytes)
      : pixels_(pixels), size_(size), row_bytes_(row_bytes) {}
  /// A writable view converts to a read-only view.
  template <class Other>
  requires(std::is_same_v<const Other, Pixel> && !std::is_const_v<Other>)
      // NOLINTNEXTLINE(google-explicit-constructor)
      ImageView(const ImageView<Other>& other)
      : ImageView(other.row(0), other.size(), other.row_bytes()) {}

  base::SizeI size() const { return size_; }
  int width() const { return size_.width; }
  int height() const { return size_.height; }
  ptrdiff_t row_bytes() const { return row_bytes_; }
  Pixel* row(int y) const {
    return reinterpret_cast<Pixel*>(reinterpret_cast<Byte*>(pixels_) + y * row_bytes_);
  }
  Pixel& at(int x, int y) const { return row(y)[x]; }
  /// The view of the pixels inside `rect`. Range: `rect` is inside this view.
  ImageView part(const base::RectI& rect) const {
    LAYERCAST_CHECK(rect.left >= 0 && rect.top >= 0 && rect.right <= size_.width &&
                    rect.bottom <= size_.height);
    return {row(rect.top) + rect.left, {rect.width(), rect.height()}, row_bytes_};
  }

 private:
  Pixel* pixels_ = nullptr;
  base::SizeI size_;
  ptrdiff_t row_bytes_ = 0;
};

/// Frees memory that allocate_aligned() or allocate_for_image() returned.
struct AlignedFree {
  size_t image_bytes = 0;  ///< what image_bytes() counts of it
  void operator()(std::byte* memory) const;
};
using AlignedBytes = std::unique_ptr<std::byte[], AlignedFree>;
/// Returns `size_bytes` of zeroed memory aligned for every SIMD width; null for 0 bytes. Throws
/// std::bad_alloc, as `new` does, when memory is exhausted: ContentMaker makes an error of it.
AlignedBytes allocate_aligned(size_t size_bytes);
/// The same, counted in image_bytes() until it is freed.
AlignedBytes allocate_for_image(size_t size_bytes);

/// The memory of all images of the process. Thread: any.
int64_t image_bytes();
/// What has_image_memory() allows in all; initially without bound. Thread: any.
void set_image_bytes_max(int64_t bytes);
/// Whether an image of `bytes` more is within that bound. Check it before an image whose size
/// foreign input chooses is made. Thread: any.
bool has_image_memory(int64_t bytes);
/// The bound itself.
int64_t image_bytes_max();

inline constexpr ptrdiff_t kRowAlignmentBytes = 64;
/// `bytes` rounded up to the row alignment.
constexpr ptrdiff_t aligned_row_bytes(ptrdiff_t bytes) {
  return (bytes + kRowAlignmentBytes - 1) / kRowAlignmentBytes * kRowAlignmentBytes;
}

/// An image that owns its pixels: initially zero, rows aligned to 64 bytes.
template <class Pixel>
class Image {
 public:
  Image() = default;
  explicit Image(base::SizeI size)
      : size_(size),
        row_bytes_(aligned_row_bytes(ptrdiff_t{size.width} * ptrdiff_t{sizeof(Pixel)})),
        bytes_(allocate_for_image(static_cast<size_t>(row_bytes_) *
                                  static_cast<size_t>(size.height))) {}

  base::SizeI size() const { return size_; }
  size_t bytes() const {
    return static_cast<size_t>(row_bytes_) * static_cast<size_t>(size_.height);
  }
  ImageView<Pixel> view() { return {reinterpret_cast<Pixel*>(bytes_.get()), size_, row_bytes_}; }
  ImageView<const Pixel> view() const {
    return {reinterpret_cast<const Pixel*>(bytes_.get()), size_, row_bytes_};
  }

 private:
  base::SizeI size_;
  ptrdiff_t row_bytes_ = 0;
  AlignedBytes bytes_;
};

/// numerator ÷ 255, rounded to nearest. Range: 0..65535. Exact.
/// Rounding down instead would darken a picture by one level for every layer.
constexpr uint32_t divided_by_255(uint32_t numerator) {
  const uint32_t shifted = numerator + 128;
  return (shifted + (shifted >> 8)) >> 8;
}

/// `pixel` with premultiplied alpha. Exact: each colour × alpha ÷ 255, rounded to nearest.
constexpr PremulRgba8 premultiplied(StraightRgba8 pixel) {
  const uint32_t alpha = pixel.alpha;
  return {static_cast<uint8_t>(divided_by_255(pixel.red * alpha)),
          static_cast<uint8_t>(divided_by_255(pixel.green * alpha)),
          static_cast<uint8_t>(divided_by_255(pixel.blue * alpha)), pixel.alpha};
}

/// `pixel` with straight alpha. Exact: each colour × 255 ÷ alpha, rounded to nearest; transparent
/// black where alpha is 0. premultiplied() of the result is `pixel` again.
constexpr StraightRgba8 unpremultiplied(PremulRgba8 pixel) {
  const uint32_t alpha = pixel.alpha;
  if (alpha == 0) return {};
  const auto divided = [alpha](uint32_t color) {
    return static_cast<uint8_t>((color * 255 * 2 + alpha) / (2 * alpha));
  };
  return {divided(pixel.red), divided(pixel.green), divided(pixel.blue), pixel.alpha};
}

/// `source` composited over `backdrop`. Exact: rounded to nearest.
/// Source: Porter & Duff 1984, "over".
constexpr PremulRgba8 over(PremulRgba8 source, PremulRgba8 backdrop) {
  const uint32_t below = 255u - source.alpha;
  const auto sum = [below](uint8_t front, uint8_t back) {
    return static_cast<uint8_t>(front + divided_by_255(back * below));
  };
  return {sum(source.red, backdrop.red), sum(source.green, backdrop.green),
          sum(source.blue, backdrop.blue), sum(source.alpha, backdrop.alpha)};
}

/// Converts every pixel of `source` into `target`. Shape: equal sizes, no overlap.
void premultiply(ImageView<const StraightRgba8> source, ImageView<PremulRgba8> target);
void unpremultiply(ImageView<const PremulRgba8> source, ImageView<StraightRgba8> target);

}  // namespace layercast::frame
