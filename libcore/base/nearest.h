#pragma once

#include <optional>
#include <span>
#include <string_view>

namespace layercast::base {

/// The name in `known` that `wrong` most likely misspells, for "did you mean"; nullopt when none is
/// near. Near: at most max(1, bytes of `wrong` / 3) edits, each of which inserts, drops or changes
/// a byte or swaps two neighbouring bytes, and not every byte differs. Ignores ASCII case. The
/// first of equally near names wins.
/// Ownership: a view of the name in `known`.
/// Source: optimal string alignment distance (restricted Damerau-Levenshtein).
std::optional<std::string_view> nearest_name(std::string_view wrong,
                                             std::span<const std::string_view> known);

}  // namespace layercast::base
