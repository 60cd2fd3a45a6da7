#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace layercast::base {

/// The FNV-1a hash of `text`, the same in every process. It distinguishes texts; it is not a secure
/// hash. Source: http://www.isthe.com/chongo/tech/comp/fnv. Thread: any.
uint64_t stable_hash(std::string_view text);

/// `value` as 16 hexadecimal digits in lower case. Thread: any.
std::string hex_of(uint64_t value);

}  // namespace layercast::base
