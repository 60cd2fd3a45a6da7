#include "base/stable_hash.h"

namespace layercast::base {

uint64_t stable_hash(std::string_view text) {
  uint64_t hash = 14695981039346656037U;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211U;
  return hash;
}

std::string hex_of(uint64_t value) {
  std::string text(16, '0');
  for (size_t i = text.size(); i-- > 0; value /= 16) text[i] = "0123456789abcdef"[value % 16];
  return text;
}

}  // namespace layercast::base
