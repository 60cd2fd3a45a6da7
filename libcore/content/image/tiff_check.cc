#include "content/image/tiff_check.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace layercast::content {
namespace {

enum Tag : uint64_t { kCompression = 259, kPhotometric = 262, kSamples = 277, kTagsEnd = 65536 };

enum Photometric : uint64_t { kYcbcr = 6, kCielab = 8, kIccLab = 9, kItuLab = 10 };

constexpr uint64_t kJpeg = 7;

/// Reads the tags of the first directory.
class Directory {
 public:
  explicit Directory(std::string_view bytes)
      : bytes_(bytes),
        is_little_(bytes.starts_with("II")),
        is_big_tiff_(number(2, 2).value_or(0) == 43) {}

  // The first value of a tag of 16 or 32 bits; `usual` when the file has no such tag.
  uint64_t value(Tag tag, uint64_t usual) const {
    const size_t word = is_big_tiff_ ? 8 : 4;
    const size_t count_bytes = is_big_tiff_ ? 8 : 2;
    const size_t entry_bytes = is_big_tiff_ ? 20 : 12;
    const auto start = number(is_big_tiff_ ? 8 : 4, word);
    const auto count = start ? number(*start, count_bytes) : std::nullopt;
    if (!count) return usual;
    const uint64_t entries = std::min<uint64_t>(*count, kTagsEnd);
    for (uint64_t i = 0; i < entries; ++i) {
      const uint64_t entry = *start + count_bytes + i * entry_bytes;
      const auto found = number(entry, 2);
      if (!found) return usual;
      if (*found != tag) continue;
      constexpr uint64_t kShort = 3;
      const bool is_short = number(entry + 2, 2) == kShort;
      return number(entry + 4 + word, is_short ? 2 : 4).value_or(usual);
    }
    return usual;
  }

 private:
  std::optional<uint64_t> number(uint64_t at, size_t size) const {
    if (at > bytes_.size() || bytes_.size() - at < size) return std::nullopt;
    uint64_t result = 0;
    for (size_t i = 0; i < size; ++i) {
      const size_t place = static_cast<size_t>(at) + (is_little_ ? size - 1 - i : i);
      result = result << 8 | static_cast<uint8_t>(bytes_[place]);
    }
    return result;
  }

  std::string_view bytes_;
  bool is_little_;
  bool is_big_tiff_;
};

}  // namespace

std::optional<std::string> unsupported_in_tiff(std::string_view bytes) {
  const Directory directory(bytes);
  const uint64_t photometric = directory.value(kPhotometric, 0);
  const uint64_t compression = directory.value(kCompression, 1);
  const uint64_t samples = directory.value(kSamples, 1);
  // ICC and ITU Lab, and the raw values of cameras: colour filter array, linear raw.
  constexpr std::array<uint64_t, 4> kUnknown = {kIccLab, kItuLab, 32803, 34892};
  if (std::ranges::find(kUnknown, photometric) != kUnknown.end()) {
    return "photometric interpretation " + std::to_string(photometric);
  }
  if (photometric == kYcbcr && compression != kJpeg) return "YCbCr without JPEG compression";
  if (photometric == kCielab && samples > 3) return "CIELAB with alpha";
  return std::nullopt;
}

}  // namespace layercast::content
