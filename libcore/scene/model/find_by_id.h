#pragma once

#include "base/shared.h"

#include <algorithm>
#include <string_view>

namespace layercast::scene {

/// The item with this `id` in a list of layers, sounds, outputs or messages; null if there is none.
/// Ownership: borrowed from `items`.
template <class Items>
auto find_by_id(Items& items, std::string_view id) -> decltype(items.data()) {
  const auto found =
      std::ranges::find_if(items, [&](const auto& item) { return base::unshared(item).id == id; });
  return found == items.end() ? nullptr : &*found;
}

}  // namespace layercast::scene
