#include "base/printable.h"

#include "base/utf8.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <optional>

namespace layercast::base {
namespace {

std::string escaped_byte(unsigned char byte) {
  if (byte == '\n') return "\\n";
  if (byte == '\r') return "\\r";
  if (byte == '\t') return "\\t";
  std::array<char, 8> text{};
  std::snprintf(text.data(), text.size(), "\\x%02x", byte);
  return text.data();
}

// The code point of the sequence of two or three bytes at the beginning of `text`, if it is one
// that is escaped.
std::optional<uint32_t> hidden_code(std::string_view text) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  if (byte(0) == 0xc2) {
    return byte(1) < 0xa0 ? std::optional<uint32_t>(byte(1)) : std::nullopt;
  }
  if (byte(0) != 0xe2) return std::nullopt;
  const uint32_t code = 0x2000U | (byte(1) & 0x3fU) << 6U | (byte(2) & 0x3fU);
  const bool is_hidden = (code >= 0x2028 && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
  return is_hidden ? std::optional(code) : std::nullopt;
}

// Range: `text` is well-formed UTF-8.
void add_printable(std::string_view text, std::string& shown) {
  for (size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte < 0x20 || byte == 0x7f) {
      shown += escaped_byte(byte);
    } else if (const auto code = hidden_code(text.substr(i))) {
      std::array<char, 8> escaped{};
      std::snprintf(escaped.data(), escaped.size(), "\\u%04x", *code);
      shown += escaped.data();
      i += *code < 0x800 ? 1U : 2U;
    } else {
      shown += text[i];
    }
  }
}

}  // namespace

std::string printable(std::string_view text) {
  std::string shown;
  shown.reserve(text.size());
  while (!text.empty()) {
    const size_t valid = invalid_utf8_offset(text).value_or(text.size());
    add_printable(text.substr(0, valid), shown);
    text.remove_prefix(valid);
    if (text.empty()) break;
    shown += escaped_byte(static_cast<unsigned char>(text.front()));
    text.remove_prefix(1);
  }
  return shown;
}

}  // namespace layercast::base
