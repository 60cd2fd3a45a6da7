#include "content/image/decoder.h"

#include "content/image/apng.h"
#include "content/image/decode.h"
#include "content/image/gif_reader.h"
#include "content/image/svg.h"
#include "content/image/webp_reader.h"

#include <utility>

namespace layercast::content {
namespace {

template <class Reader>
base::Result<std::unique_ptr<PictureReader>> opened(std::shared_ptr<const std::string> bytes) {
  TRY(auto reader, Reader::open(std::move(bytes)));
  return std::unique_ptr<PictureReader>(std::move(reader));
}

std::unique_ptr<Decoder>& current() {
  static std::unique_ptr<Decoder> decoder = std::make_unique<InProcessDecoder>();
  return decoder;
}

}  // namespace

base::Result<frame::Image<frame::PremulRgba8>> InProcessDecoder::image(std::string_view bytes) {
  return decode_image(bytes);
}

base::Result<std::unique_ptr<PictureReader>> InProcessDecoder::pictures(
    std::shared_ptr<const std::string> bytes) {
  if (is_apng(*bytes)) return opened<ApngReader>(std::move(bytes));
  if (is_gif(*bytes)) return opened<GifReader>(std::move(bytes));
  if (is_animated_webp(*bytes)) return opened<WebpReader>(std::move(bytes));
  return opened<StillReader>(std::move(bytes));
}

base::Result<std::unique_ptr<Svg>> InProcessDecoder::svg(std::string text) {
  return SvgDocument::parse(std::move(text));
}

Decoder& decoder() { return *current(); }

void set_decoder(std::unique_ptr<Decoder> decoder) { current() = std::move(decoder); }

}  // namespace layercast::content
