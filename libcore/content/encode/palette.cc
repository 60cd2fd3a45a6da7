#include "content/encode/palette.h"

#include "base/check.h"

#include <algorithm>
#include <memory>

extern "C" {
#include <libimagequant.h>
// Of libgomp, whose <omp.h> only gcc finds.
int omp_get_max_threads();
void omp_set_num_threads(int count);
}

namespace layercast::content {
namespace {

struct Destroy {
  void operator()(liq_attr* attributes) const { liq_attr_destroy(attributes); }
  void operator()(liq_image* image) const { liq_image_destroy(image); }
  void operator()(liq_result* result) const { liq_result_destroy(result); }
};
using Attributes = std::unique_ptr<liq_attr, Destroy>;
using Image = std::unique_ptr<liq_image, Destroy>;
using Quantisation = std::unique_ptr<liq_result, Destroy>;

constexpr int kColorsMax = 255;
// Half of the default's time, without a visible difference.
constexpr int kSpeed = 6;
constexpr float kDithering = 0.9F;

// libimagequant sums rounded numbers in an order that depends on the number of OpenMP threads.
class OneThread {
 public:
  OneThread() : before_(omp_get_max_threads()) { omp_set_num_threads(1); }
  ~OneThread() { omp_set_num_threads(before_); }
  OneThread(const OneThread&) = delete;
  OneThread& operator=(const OneThread&) = delete;

 private:
  int before_;
};

base::Error failure() { return base::internal_error("the colours cannot be reduced"); }

// The opaque entry nearest to `color`.
uint8_t nearest_opaque(const liq_palette& palette, frame::StraightRgba8 color) {
  const auto distance = [&](const liq_color& entry) {
    const int red = entry.r - color.red;
    const int green = entry.g - color.green;
    const int blue = entry.b - color.blue;
    return red * red + green * green + blue * blue + (entry.a < 128 ? 1 << 20 : 0);
  };
  const auto* nearest = std::min_element(
      palette.entries, palette.entries + palette.count,
      [&](const liq_color& a, const liq_color& b) { return distance(a) < distance(b); });
  return static_cast<uint8_t>(nearest - palette.entries);
}

}  // namespace

base::Result<PalettePicture> palette_picture(std::span<const frame::StraightRgba8> pixels,
                                             base::SizeI size) {
  LAYERCAST_CHECK(pixels.size() == static_cast<size_t>(size.area()));
  const OneThread one_thread;
  const Attributes attributes(liq_attr_create());
  if (attributes == nullptr) return failure();
  liq_set_max_colors(attributes.get(), kColorsMax);
  liq_set_speed(attributes.get(), kSpeed);
  const Image image(
      liq_image_create_rgba(attributes.get(), pixels.data(), size.width, size.height, 0));
  liq_result* found = nullptr;
  if (image == nullptr || liq_image_quantize(image.get(), attributes.get(), &found) != LIQ_OK) {
    return failure();
  }
  const Quantisation result(found);
  liq_set_dithering_level(result.get(), kDithering);
  PalettePicture picture;
  picture.indices.resize(pixels.size());
  if (liq_write_remapped_image(result.get(), image.get(), picture.indices.data(),
                               picture.indices.size()) != LIQ_OK) {
    return failure();
  }
  const liq_palette& palette = *liq_get_palette(result.get());
  for (unsigned index = 0; index < palette.count; ++index) {
    const liq_color& color = palette.entries[index];
    picture.colors.push_back({color.r, color.g, color.b});
  }
  picture.transparent = static_cast<uint8_t>(picture.colors.size());
  picture.colors.push_back({});
  for (size_t at = 0; at < pixels.size(); ++at) {
    if (pixels[at].alpha == 0) {
      picture.indices[at] = picture.transparent;
    } else if (palette.entries[picture.indices[at]].a < 128) {
      picture.indices[at] = nearest_opaque(palette, pixels[at]);
    }
  }
  return picture;
}

}  // namespace layercast::content
