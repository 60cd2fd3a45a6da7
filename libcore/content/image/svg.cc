#include "content/image/svg.h"

#include "base/check.h"
#include "content/image/svg_check.h"
#include "content/image/svg_letters.h"
#include "content/image/svg_support.h"
#include "content/image/vips_glue.h"
#include "content/picture/missing_letters.h"
#include "content/picture/remarks.h"
#include "content/picture/resample.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>
#include <vips/vips8>

namespace layercast::content {
namespace {

using vips::VImage;

base::Error unreadable() {
  return base::invalid_input("the SVG cannot be drawn (" + take_vips_error() + ")");
}

// Opens the document at `scale` without drawing it. Throws VError.
// Loads from memory, never from the file: a document without a base URL cannot load other files.
VImage opened(const std::string& text, double scale, double dots_per_inch = 72) {
  const std::unique_ptr<VipsBlob, VipsAreaFree> blob(
      vips_blob_new(nullptr, text.data(), text.size()));
  return VImage::svgload_buffer(blob.get(),
                                VImage::option()->set("scale", scale)->set("dpi", dots_per_inch));
}

constexpr double kScaleMin = 0.001;  // the limits of the loader
constexpr double kScaleMax = 100'000;

// The loader reports whole pixels; at a width of a million pixels that gives six digits.
// Throws VError.
base::SizeF drawn_size_of(const std::string& text) {
  const VImage natural = opened(text, 1);
  const double scale =
      std::clamp(1e6 / std::max(natural.width(), natural.height()), kScaleMin, kScaleMax);
  const VImage large = opened(text, scale);
  return {large.width() / scale, large.height() / scale};
}

// The scale at which no side is shorter than `scaled` or than a pixel; keeps the proportions.
double scale_of(base::SizeF drawn, base::SizeI scaled) {
  const double wanted = std::max(scaled.width / drawn.width, scaled.height / drawn.height);
  const double pixels_max = 4.0 * static_cast<double>(scaled.area());
  const double largest = std::sqrt(pixels_max / (drawn.width * drawn.height));
  const double smallest = std::max(kScaleMin, 1 / std::min(drawn.width, drawn.height));
  return std::clamp(std::min(wanted, largest), smallest, std::max(smallest, kScaleMax));
}

// The loader divides by alpha and rounds down. This is the only premultiplied value from which it
// gets `color`, so the renderer's output is restored exactly.
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

// ---- Embedding a document -----------------------------------------------------------------------

// The start of the root element's tag, after declarations and comments. The document is
// well-formed, and no DOCTYPE has an internal subset.
size_t root_tag(std::string_view text) {
  size_t at = text.find('<');
  while (at != std::string_view::npos &&
         (text.substr(at, 2) == "<?" || text.substr(at, 2) == "<!")) {
    const bool is_comment = text.substr(at, 4) == "<!--";
    at = text.find('<', text.find(is_comment ? "-->" : ">", at));
  }
  return std::min(at, text.size());
}

struct RootTag {
  std::string attributes;  // except position and size
  bool has_view_box = false;
  size_t end = 0;  // end of the attributes in the document
};

// `from`: the end of the tag's name.
RootTag read_root_tag(std::string_view text, size_t from) {
  constexpr const char* kSpaces = " \t\r\n";
  RootTag tag;
  tag.end = std::min(text.find_first_not_of(kSpaces, from), text.size());
  while (tag.end < text.size() && text[tag.end] != '>' && text[tag.end] != '/') {
    const size_t quote = text.find_first_of("\"'", tag.end);
    if (quote == std::string_view::npos) break;
    const size_t end = std::min(text.find(text[quote], quote + 1), text.size() - 1) + 1;
    const std::string_view attribute = text.substr(tag.end, end - tag.end);
    const std::string_view name = attribute.substr(0, attribute.find_first_of(" \t\r\n="));
    tag.has_view_box |= name == "viewBox";
    if (name != "width" && name != "height" && name != "x" && name != "y") {
      tag.attributes.append(" ").append(attribute);
    }
    tag.end = std::min(text.find_first_not_of(kSpaces, end), text.size());
  }
  return tag;
}

std::string attribute(std::string_view name, std::initializer_list<double> values) {
  std::string text;
  for (const double value : values) {
    std::array<char, 32> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    text.append(text.empty() ? "" : " ").append(std::string_view(digits.data(), end));
  }
  return " " + std::string(name) + "='" + text + "'";
}

std::string matrix(const base::Affine& map) {
  std::string text = attribute("transform", {map.xx, map.yx, map.xy, map.yy, map.x0, map.y0});
  text.insert(text.find('\'') + 1, "matrix(").insert(text.size() - 1, ")");
  return text;
}

// Wraps the document, of the `natural` size, in an SVG of the canvas's size: places it at `place`,
// transformed by `map`.
std::string placed(const std::string& text, base::SizeF natural, const base::RectF& place,
                   const base::Affine& map, base::SizeF canvas) {
  const size_t root = root_tag(text);
  const size_t name_end = std::min(text.find_first_of(" \t\r\n/>", root), text.size());
  const RootTag tag = read_root_tag(text, name_end);
  std::string made = text.substr(0, root) + "<svg xmlns='http://www.w3.org/2000/svg'" +
                     attribute("width", {canvas.width}) + attribute("height", {canvas.height}) +
                     "><g" + matrix(map) + ">" + text.substr(root, name_end - root) +
                     tag.attributes + attribute("x", {place.left}) + attribute("y", {place.top}) +
                     attribute("width", {place.width()}) + attribute("height", {place.height()});
  if (!tag.has_view_box) made += attribute("viewBox", {0, 0, natural.width, natural.height});
  return made + text.substr(tag.end) + "</g></svg>";
}

}  // namespace

base::Result<std::unique_ptr<Svg>> SvgDocument::parse(std::string text) {
  if (text.starts_with("\xef\xbb\xbf")) text.erase(0, 3);
  std::unique_ptr<SvgDocument> document(new SvgDocument(std::move(text)));
  TRY(document->size_, check_svg(document->text_));
  if (Remarks::are_wanted()) {
    for (std::string& remark : unsupported_in_svg(document->text_)) Remarks::add(std::move(remark));
    const std::vector<char32_t> letters = missing_letters_in_svg(document->text_);
    if (!letters.empty()) Remarks::add(missing_letters_remark(letters));
  }
  try {
    document->drawn_size_ = drawn_size_of(document->text_);
    return std::unique_ptr<Svg>(std::move(document));
  } catch (const vips::VError&) {
    return unreadable();
  }
}

base::Result<frame::Image<frame::PremulRgba8>> SvgDocument::draw(base::SizeI scaled,
                                                                 const base::RectI& part) {
  try {
    const VImage document = opened(text_, scale_of(drawn_size_, scaled));
    const base::SizeI size{document.width(), document.height()};
    // The loader rounds the two sides independently, so they may be off by a pixel.
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

base::Result<frame::Image<frame::PremulRgba8>> SvgDocument::draw_at(const base::RectF& place,
                                                                    const base::Affine& map,
                                                                    base::SizeI canvas) {
  const base::SizeF size{static_cast<double>(canvas.width), static_cast<double>(canvas.height)};
  try {
    // The loader scales documents by dpi / 72, regardless of their units.
    const VImage document = opened(placed(text_, size_, place, map, size), 72.0 / 96, 96);
    if (document.width() != canvas.width || document.height() != canvas.height) {
      return unreadable();
    }
    return drawn_part(document, {0, 0, canvas.width, canvas.height});
  } catch (const vips::VError&) {
    return unreadable();
  }
}

}  // namespace layercast::content
