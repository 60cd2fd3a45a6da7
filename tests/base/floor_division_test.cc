#include "base/floor_division.h"

#include "base/int128.h"

#include <cstdint>
#include <gtest/gtest.h>
#include <limits>

namespace layercast::base {
namespace {

static_assert(floor_divided(-7, 2).quotient == -4);
static_assert(floor_divided(-7, 2).remainder == 1);

TEST(FloorDivision, RoundsTowardsMinusInfinity) {
  for (int numerator = -50; numerator <= 50; ++numerator) {
    for (int divisor = 1; divisor <= 12; ++divisor) {
      const auto [quotient, remainder] = floor_divided(numerator, divisor);
      EXPECT_EQ(quotient * divisor + remainder, numerator) << numerator << " / " << divisor;
      EXPECT_GE(remainder, 0) << numerator << " / " << divisor;
      EXPECT_LT(remainder, divisor) << numerator << " / " << divisor;
    }
  }
}

TEST(FloorDivision, HoldsForTheWholeRange) {
  constexpr int64_t kMin = std::numeric_limits<int64_t>::min();
  EXPECT_EQ(floor_divided(kMin, 1).quotient, kMin);
  EXPECT_EQ(floor_divided(kMin, std::numeric_limits<int64_t>::max()).quotient, -2);
  const auto wide = floor_divided(Int128{kMin} * 3, int64_t{2});
  EXPECT_TRUE(wide.quotient == Int128{kMin} / 2 * 3);
  EXPECT_TRUE(wide.remainder == 0);
}

TEST(FloorDivisionDeathTest, ADivisorThatIsNotAboveZeroIsABug) {
  EXPECT_DEATH(static_cast<void>(floor_divided(1, 0)), "bug: .*floor_division.h");
  EXPECT_DEATH(static_cast<void>(floor_divided(1, -2)), "bug: .*floor_division.h");
}

}  // namespace
}  // namespace layercast::base
