#include "base/shortened.h"

#include "base/check.h"

#include <cstdint>

namespace layercast::base {

std::string shortened(std::string_view text, size_t bytes_max) {
  constexpr std::string_view kEllipsis = "…";
  constexpr size_t kShortest = 16;
  LAYERCAST_CHECK(bytes_max >= kShortest);
  if (text.size() <= bytes_max) return std::string(text);
  const auto continues = [&](size_t i) { return (static_cast<uint8_t>(text[i]) & 0xc0) == 0x80; };
  const size_t kept = bytes_max - kEllipsis.size();
  size_t first = kept - kept / 3;
  size_t last = text.size() - kept / 3;
  while (first > 0 && continues(first)) --first;
  while (last < text.size() && continues(last)) ++last;
  return std::string(text.substr(0, first)).append(kEllipsis).append(text.substr(last));
}

}  // namespace layercast::base
