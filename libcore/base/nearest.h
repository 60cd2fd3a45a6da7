#pragma once

#include <optional>
#include <span>
#include <string_view>

namespace layercast::base {

/// The name in `known` that `wrong` is most likely a slip of, for "did you mean"; nullopt when none
/// is near. Near: at most max(1, bytes of `wrong` / 3) inserted, dropped, changed or swapped
/// neighbouring bytes, and not every byte changed. ASCII case is no difference. Of equally near
/// names the first is taken.
/// Ownership: a view of the name in `known`.
/// Source: optimal string alignment distance (restricted Damerau-Levenshtein).
std::optional<std::string_view> nearest_name(std::string_view wrong,
                                             std::span<const std::string_view> known);

}  // namespace layercast::base
