#pragma once

#include "base/check.h"

#include <type_traits>

namespace layercast::base {

/// numerator = quotient × divisor + remainder.
template <class Integer>
struct FloorDivision {
  Integer quotient;
  Integer remainder;  ///< Range: 0 to below the divisor
};

/// Divides integers and rounds the quotient towards minus infinity, where C++ rounds towards 0.
/// Range: `divisor` above 0. Exact. Thread: any.
template <class Integer>
constexpr FloorDivision<Integer> floor_divided(Integer numerator,
                                               std::type_identity_t<Integer> divisor) {
  LAYERCAST_CHECK(divisor > 0);
  FloorDivision<Integer> result{numerator / divisor, numerator % divisor};
  if (result.remainder < 0) {
    --result.quotient;
    result.remainder += divisor;
  }
  return result;
}

}  // namespace layercast::base
