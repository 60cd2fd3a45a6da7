// Any bytes as an image file that the helper process decodes, as the tools decode it: its pictures
// are within the limits and no colour is above alpha, or there is a reason. Whatever becomes of the
// process that decodes them, a good file is decoded afterwards.

#include "base/check.h"
#include "content/decode/helper_decoder.h"
#include "sandbox/helper.h"
#include "tests/fuzz/helper_watch.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace base = layercast::base;
namespace content = layercast::content;
namespace frame = layercast::frame;
namespace fuzz = layercast::fuzz;

namespace {

using Pixels = base::Result<frame::Image<frame::PremulRgba8>>;

void check(const Pixels& pixels) {
  if (!pixels) {
    LAYERCAST_CHECK(!pixels.error().message.empty());
    return;
  }
  LAYERCAST_CHECK(!pixels.value().size().empty());
  const auto view = pixels.value().view();
  for (int y = 0; y < view.height(); ++y) {
    for (int x = 0; x < view.width(); ++x) {
      const auto pixel = view.at(x, y);
      LAYERCAST_CHECK(std::max({pixel.red, pixel.green, pixel.blue}) <= pixel.alpha);
    }
  }
}

void read_pictures(content::Decoder& decoder, const std::string& bytes) {
  const auto opened = decoder.pictures(std::make_shared<const std::string>(bytes));
  if (!opened) {
    LAYERCAST_CHECK(!opened.error().message.empty());
    return;
  }
  content::PictureReader& reader = *opened.value();
  LAYERCAST_CHECK(reader.count() >= 1 && !reader.size().empty());
  LAYERCAST_CHECK(reader.delays().empty() ||
                  reader.delays().size() == static_cast<size_t>(reader.count()));
  // Later ones, and larger ones, only take longer.
  constexpr int kPicturesMax = 4;
  constexpr int64_t kPixelsMax = 1 << 20;
  if (reader.size().area() > kPixelsMax) return;
  for (int number = 0; number < std::min(reader.count(), kPicturesMax); ++number) {
    const Pixels picture = reader.picture(number);
    check(picture);
    if (!picture) return;
    LAYERCAST_CHECK(picture.value().size() == reader.size());
  }
}

base::Result<void> draw(content::Decoder& decoder) {
  TRY(const auto svg,
      decoder.svg("<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>"));
  TRY(const auto pixels, svg->draw({9, 9}, {0, 0, 9, 9}));
  LAYERCAST_CHECK(pixels.size().width == 9);
  return {};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  static fuzz::HelperWatch watch(DECODE_PROGRAM);
  static content::HelperDecoder decoder({watch.helper(), watch.listener()});
  const std::string file(reinterpret_cast<const char*>(bytes), size);
  watch.run([&] {
    check(decoder.image(file));
    read_pictures(decoder, file);
  });
  if (watch.takes_stock()) fuzz::expect_good(draw(decoder));
  return 0;
}
