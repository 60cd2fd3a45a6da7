#pragma once

#include <charconv>
#include <cmath>
#include <optional>
#include <string_view>
#include <system_error>
#include <type_traits>

namespace layercast::base {

/// The number that all of `text` is; nullopt for anything else: an empty text, spaces, a leading +,
/// characters after the number, a value outside the range of `Number`, infinity, NaN. A minus is
/// read by signed types only. Independent of the locale. Thread: any.
/// `radix`: of integers, 2 to 36, without a prefix such as 0x. Floating-point numbers are decimal,
/// with an exponent or without.
template <class Number>
std::optional<Number> parse_number(std::string_view text, int radix = 10) {
  Number number{};
  const char* const end = text.data() + text.size();
  std::from_chars_result result{};
  if constexpr (std::is_floating_point_v<Number>) {
    result = std::from_chars(text.data(), end, number);
  } else {
    result = std::from_chars(text.data(), end, number, radix);
  }
  if (result.ec != std::errc{} || result.ptr != end) return std::nullopt;
  if constexpr (std::is_floating_point_v<Number>) {
    if (!std::isfinite(number)) return std::nullopt;
  }
  return number;
}

}  // namespace layercast::base
