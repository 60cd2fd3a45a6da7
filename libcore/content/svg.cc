#include "content/svg.h"

#include "base/check.h"
#include "content/resample.h"
#include "content/svg_check.h"
#include "content/vips_glue.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <memory>
#include <utility>
#include <vips/vips8>

namespace layercast::content {
namespace {

using vips::VImage;

base::Error unreadable() {
  return {base::ErrorCode::kInvalidInput,
          "the SVG cannot be drawn (" + take_vips_error() + ")",
          {},
          nullptr};
}

// The document at `scale`, not drawn yet. Throws VError.
// From memory, never from its file: a document without an address of its own loads no neighbour.
VImage opened(const std::string& text, double scale) {
  const std::unique_ptr<VipsBlob, VipsAreaFree> blob(
      vips_blob_new(nullptr, text.data(), text.size()));
  return VImage::svgload_buffer(blob.get(), VImage::option()->set("scale", scale));
}

constexpr double kScaleMin = 0.001;  // the loader's own bounds
constexpr double kScaleMax = 100'000;

// The loader gives whole pixels; asked for a million of them, it gives six digits of the size.
// Throws VError.
base::SizeF drawn_size_of(const std::string& text) {
  const VImage natural = opened(text, 1);
  const double scale =
      std::clamp(1e6 / std::max(natural.width(), natural.height()), kScaleMin, kScaleMax);
  const VImage large = opened(text, scale);
  return {large.width() / scale, large.height() / scale};
}

// So that no side is shorter than `scaled`, nor than a pixel, and the pixels stay in proportion.
double scale_of(base::SizeF drawn, base::SizeI scaled) {
  const double wanted = std::max(scaled.width / drawn.width, scaled.height / drawn.height);
  const double pixels_max = 4.0 * static_cast<double>(scaled.area());
  const double largest = std::sqrt(pixels_max / (drawn.width * drawn.height));
  const double smallest = std::max(kScaleMin, 1 / std::min(drawn.width, drawn.height));
  return std::clamp(std::min(wanted, largest), smallest, std::max(smallest, kScaleMax));
}

// The loader divides by alpha and rounds down; of all the premultiplied values only this one gives
// `color` then, so what the renderer drew is had back exactly.
uint8_t drawn(uint32_t color, uint32_t alpha) {
  return static_cast<uint8_t>((color * alpha + 254) / 255);
}

// Throws VError.
frame::Image<frame::PremulRgba8> drawn_part(const VImage& document, const base::RectI& part) {
  LAYERCAST_CHECK(document.bands() == 4 && document.format() == VIPS_FORMAT_UCHAR);
  const VImage cut = document.extract_area(part.left, part.top, part.width(), part.height());
  size_t size = 0;
  const std::unique_ptr<void, GlibFree> memory(cut.write_to_memory(&size));
  const auto* from = static_cast<const uint8_t*>(memory.get());
  frame::Image<frame::PremulRgba8> image({part.width(), part.height()});
  for (int y = 0; y < part.height(); ++y) {
    frame::PremulRgba8* to = image.view().row(y);
    for (int x = 0; x < part.width(); ++x, from += 4) {
      to[x] = {drawn(from[0], from[3]), drawn(from[1], from[3]), drawn(from[2], from[3]), from[3]};
    }
  }
  return image;
}

}  // namespace

base::Result<SvgDocument> SvgDocument::parse(std::string text) {
  if (text.starts_with("\xef\xbb\xbf")) text.erase(0, 3);
  SvgDocument document(std::move(text));
  TRY(document.size_, check_svg(document.text_));
  try {
    document.drawn_size_ = drawn_size_of(document.text_);
    return document;
  } catch (const vips::VError&) {
    return unreadable();
  }
}

base::Result<frame::Image<frame::PremulRgba8>> SvgDocument::draw(base::SizeI scaled,
                                                                 const base::RectI& part) const {
  try {
    const VImage document = opened(text_, scale_of(drawn_size_, scaled));
    const base::SizeI size{document.width(), document.height()};
    // A pixel more or less comes from rounding the two sides apart from each other.
    if (part.right <= size.width && part.bottom <= size.height && size.width - scaled.width <= 1 &&
        size.height - scaled.height <= 1) {
      return drawn_part(document, part);
    }
    const auto whole = drawn_part(document, {0, 0, size.width, size.height});
    return resampled(whole.view(), scaled, part);
  } catch (const vips::VError&) {
    return unreadable();
  }
}

}  // namespace layercast::content
