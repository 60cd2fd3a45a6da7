// Any bytes as an animated PNG or a GIF: every picture of it is drawn, or refused with a reason.

#include "base/check.h"
#include "content/animation/apng.h"
#include "content/image/gif_check.h"
#include "content/image/image_content.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace content = layercast::content;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  static const bool kIsReady = (content::initialise_images(), true);
  LAYERCAST_CHECK(kIsReady);
  auto file = std::make_shared<const std::string>(reinterpret_cast<const char*>(bytes), size);
  content::is_whole_gif(*file);
  if (!content::is_apng(*file)) return 0;
  auto reader = content::ApngReader::open(std::move(file));
  if (!reader) {
    LAYERCAST_CHECK(!reader.error().message.empty());
    return 0;
  }
  // Larger ones only take longer.
  constexpr int64_t kPixelsMax = 1 << 20;
  content::ApngReader& pictures = *reader.value();
  if (pictures.size().area() * pictures.count() > kPixelsMax) return 0;
  for (int number = 0; number < pictures.count(); ++number) {
    const auto picture = pictures.picture(number);
    LAYERCAST_CHECK(!picture || picture.value().size() == pictures.size());
  }
  return 0;
}
