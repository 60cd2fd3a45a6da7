#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace layercast::base {

/// The length to which messages cut foreign text, in bytes.
inline constexpr size_t kShownBytesMax = 200;

/// `text`, or the start and the end of a longer one with `…` between them: at most `bytes_max` (16
/// or more) bytes. Messages show text of clients and files in this form. Cuts no UTF-8 character in
/// two. Thread: any.
std::string shortened(std::string_view text, size_t bytes_max = kShownBytesMax);

}  // namespace layercast::base
