#include "content/image/gif_check.h"

#include <cstddef>
#include <cstdint>

namespace layercast::content {
namespace {

constexpr size_t kScreenBytes = 13;  // header and logical screen descriptor
constexpr size_t kPlaceBytes = 9;    // image descriptor, without its separator

// Removes `count` bytes from the front; false when there are fewer.
bool take(std::string_view& bytes, size_t count) {
  if (bytes.size() < count) return false;
  bytes.remove_prefix(count);
  return true;
}

// The size of the colour table that a packed field declares.
size_t table_bytes(char packed) {
  const auto field = static_cast<uint8_t>(packed);
  return (field & 0x80U) != 0 ? size_t{3} << ((field & 7U) + 1) : 0;
}

// Skips sub-blocks up to the terminator.
bool take_data(std::string_view& bytes) {
  for (;;) {
    if (bytes.empty()) return false;
    const auto length = static_cast<uint8_t>(bytes.front());
    if (!take(bytes, size_t{1} + length)) return false;
    if (length == 0) return true;
  }
}

bool take_image(std::string_view& bytes) {
  if (bytes.size() < kPlaceBytes) return false;
  const size_t table = table_bytes(bytes[kPlaceBytes - 1]);
  constexpr size_t kCodeSizeBytes = 1;
  return take(bytes, kPlaceBytes + table + kCodeSizeBytes) && take_data(bytes);
}

}  // namespace

bool is_whole_gif(std::string_view bytes) {
  if (bytes.size() < kScreenBytes) return false;
  if (!take(bytes, kScreenBytes + table_bytes(bytes[10]))) return false;
  while (!bytes.empty()) {
    const char kind = bytes.front();
    bytes.remove_prefix(1);
    if (kind == '!') {
      if (!take(bytes, 1) || !take_data(bytes)) return false;
    } else if (kind == ',') {
      if (!take_image(bytes)) return false;
    } else {
      return true;  // the trailer, or an unknown block that readers ignore
    }
  }
  return true;
}

}  // namespace layercast::content
