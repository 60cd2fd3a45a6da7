// Any bytes as an animated PNG or a GIF: every picture of it is drawn, or refused with a reason.

#include "base/check.h"
#include "content/image/apng.h"
#include "content/image/gif_reader.h"
#include "content/image/image_content.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace content = layercast::content;

namespace {

// Draws all pictures of a file that `Reader` accepts.
template <class Reader>
void draw_all(std::shared_ptr<const std::string> file) {
  auto reader = Reader::open(std::move(file));
  if (!reader) {
    LAYERCAST_CHECK(!reader.error().message.empty());
    return;
  }
  // Larger ones only take longer.
  constexpr int64_t kPixelsMax = 1 << 20;
  Reader& pictures = *reader.value();
  if (pictures.size().area() * pictures.count() > kPixelsMax) return;
  for (int number = 0; number < pictures.count(); ++number) {
    const auto picture = pictures.picture(number);
    LAYERCAST_CHECK(!picture || picture.value().size() == pictures.size());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  static const bool kIsReady = (content::initialise_images(), true);
  LAYERCAST_CHECK(kIsReady);
  auto file = std::make_shared<const std::string>(reinterpret_cast<const char*>(bytes), size);
  if (content::is_apng(*file))
    draw_all<content::ApngReader>(std::move(file));
  else if (content::is_gif(*file))
    draw_all<content::GifReader>(std::move(file));
  return 0;
}
