// Any bytes as the boxes, chunks and tags that describe an image: read, or left alone.

#include "base/check.h"
#include "content/image/gif_reader.h"
#include "content/image/heif_boxes.h"
#include "content/image/png_chunks.h"
#include "content/image/png_color.h"
#include "content/image/tiff_check.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace content = layercast::content;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  const std::string_view file(reinterpret_cast<const char*>(bytes), size);
  constexpr layercast::base::SizeI kSize{64, 48};
  if (const auto structure = content::read_heif_boxes(file)) {
    LAYERCAST_CHECK(!content::transformed_size(kSize, structure->steps).empty());
  }
  content::unsupported_in_heif(file);
  content::unsupported_in_tiff(file);
  if (file.starts_with(content::kPngSignature)) {
    const content::ColorHint hint = content::png_color(file);
    if (hint.color) content::ToSrgb::create(*hint.color, {4, 1});
    content::png_size(file);
    content::unknown_critical_chunk(file);
  }
  const auto gif = content::read_gif(file, content::GifExtent::kWhole);
  LAYERCAST_CHECK(gif.ok() || !gif.error().message.empty());
  return 0;
}
