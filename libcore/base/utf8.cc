#include "base/utf8.h"

#include <cstdint>

namespace layercast::base {
namespace {

struct Sequence {
  size_t length;       ///< 0: no sequence begins with this byte
  uint8_t second_min;  ///< this range excludes overlong forms, surrogates and above U+10FFFF
  uint8_t second_max;
};

Sequence sequence_of(uint8_t first) {
  if (first >= 0x01 && first <= 0x7f) return {1, 0, 0};
  if (first >= 0xc2 && first <= 0xdf) return {2, 0x80, 0xbf};
  if (first == 0xe0) return {3, 0xa0, 0xbf};
  if (first == 0xed) return {3, 0x80, 0x9f};
  if (first >= 0xe1 && first <= 0xef) return {3, 0x80, 0xbf};
  if (first == 0xf0) return {4, 0x90, 0xbf};
  if (first >= 0xf1 && first <= 0xf3) return {4, 0x80, 0xbf};
  if (first == 0xf4) return {4, 0x80, 0x8f};
  return {0, 0, 0};
}

}  // namespace

std::optional<size_t> invalid_utf8_offset(std::string_view text) {
  const auto byte_at = [&](size_t i) { return static_cast<uint8_t>(text[i]); };
  for (size_t i = 0; i < text.size();) {
    const Sequence sequence = sequence_of(byte_at(i));
    if (sequence.length == 0 || i + sequence.length > text.size()) return i;
    for (size_t k = 1; k < sequence.length; ++k) {
      const uint8_t min = k == 1 ? sequence.second_min : uint8_t{0x80};
      const uint8_t max = k == 1 ? sequence.second_max : uint8_t{0xbf};
      if (byte_at(i + k) < min || byte_at(i + k) > max) return i;
    }
    i += sequence.length;
  }
  return std::nullopt;
}

}  // namespace layercast::base
