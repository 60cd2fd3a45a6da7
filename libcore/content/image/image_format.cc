#include "content/image/image_format.h"

#include "content/picture/fit.h"
#include "scene/model/limits.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>

namespace layercast::content {
namespace {

namespace limits = scene::limits;

bool is_heif(std::string_view bytes) {
  constexpr std::array<std::string_view, 8> kBrands = {"avif", "avis", "heic", "heix",
                                                       "heim", "heis", "mif1", "msf1"};
  return bytes.size() >= 12 && bytes.substr(4, 4) == "ftyp" &&
         std::find(kBrands.begin(), kBrands.end(), bytes.substr(8, 4)) != kBrands.end();
}

bool is_tiff(std::string_view bytes) {
  using namespace std::string_view_literals;
  return bytes.starts_with("II*\0"sv) || bytes.starts_with("MM\0*"sv) ||
         bytes.starts_with("II+\0"sv) || bytes.starts_with("MM\0+"sv);
}

std::string lower_case(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return lower;
}

template <size_t kCount>
bool contains_any(const std::string& text, const std::array<std::string_view, kCount>& phrases) {
  return std::ranges::any_of(
      phrases, [&](std::string_view phrase) { return text.find(phrase) != std::string::npos; });
}

// How libvips, libheif, libjpeg, libtiff, libpng and libwebp report that they do not implement a
// kind of file.
constexpr std::array<std::string_view, 10> kUnsupportedPhrases = {
    "unsupported",          "not supported",
    "unimplemented",        "not implemented",
    "not configured",       "can't handle",
    "cannot handle",        "no known route",
    "samples out of range", "not a whole number of bytes"};

// How they report that an image is too large for them.
constexpr std::array<std::string_view, 2> kTooLargePhrases = {"maximum supported image dimension",
                                                              "exceeds user limit"};

std::string in_parentheses(std::string_view reason) {
  std::string line(reason.substr(0, reason.find('\n')));
  while (!line.empty() && line.back() == ' ') line.pop_back();
  return line.empty() ? line : " (" + line + ")";
}

}  // namespace

std::string_view name_of(ImageFormat format) {
  switch (format) {
    case ImageFormat::kPng:
      return "PNG";
    case ImageFormat::kJpeg:
      return "JPEG";
    case ImageFormat::kWebp:
      return "WebP";
    case ImageFormat::kHeif:
      return "AVIF or HEIF";
    case ImageFormat::kTiff:
      return "TIFF";
    case ImageFormat::kGif:
      return "GIF";
  }
  return "";
}

base::Result<ImageFormat> image_format(std::string_view bytes) {
  if (bytes.starts_with("\x89PNG\r\n\x1a\n")) return ImageFormat::kPng;
  if (bytes.starts_with("\xff\xd8\xff")) return ImageFormat::kJpeg;
  if (bytes.size() >= 12 && bytes.starts_with("RIFF") && bytes.substr(8, 4) == "WEBP") {
    return ImageFormat::kWebp;
  }
  if (is_heif(bytes)) return ImageFormat::kHeif;
  if (is_tiff(bytes)) return ImageFormat::kTiff;
  if (bytes.starts_with("GIF8")) return ImageFormat::kGif;
  return base::invalid_input(
      "not an image; expected PNG, JPEG, WebP, AVIF, HEIF, TIFF, GIF or SVG");
}

base::Result<void> check_image_size(base::SizeI size) {
  if (std::max(size.width, size.height) <= limits::kImageSideMax &&
      size.area() <= limits::kImagePixelsMax) {
    return check_picture_memory(size.area());
  }
  return base::over_limit("the image has " + std::to_string(size.width) + " x " +
                          std::to_string(size.height) + " pixels, above the limit of " +
                          std::to_string(limits::kImageSideMax) + " a side and " +
                          std::to_string(limits::kImagePixelsMax) + " in all");
}

base::Error damaged_image(ImageFormat format, std::string_view reason) {
  return base::invalid_input("the " + std::string(name_of(format)) +
                             " image is damaged or cut short" + in_parentheses(reason));
}

base::Error unsupported_image(ImageFormat format, std::string_view reason) {
  return base::unsupported("this kind of " + std::string(name_of(format)) +
                           " image is not supported" + in_parentheses(reason) +
                           "; save it as an 8-bit RGB PNG or JPEG");
}

base::Error too_large_image(ImageFormat format, std::string_view reason) {
  return base::over_limit("the " + std::string(name_of(format)) +
                          " image is larger than its decoder allows" + in_parentheses(reason));
}

base::Error decoder_error(ImageFormat format, std::string_view reason) {
  const std::string text = lower_case(reason);
  if (contains_any(text, kTooLargePhrases)) return too_large_image(format, reason);
  return contains_any(text, kUnsupportedPhrases) ? unsupported_image(format, reason)
                                                 : damaged_image(format, reason);
}

}  // namespace layercast::content
