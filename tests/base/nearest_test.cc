#include "base/nearest.h"

#include <array>
#include <gtest/gtest.h>
#include <string>
#include <string_view>

namespace layercast::base {
namespace {

constexpr std::array<std::string_view, 9> kKeys = {
    "opacity", "position", "rotation", "scale", "font_size", "font_style", "fill", "fit", "d"};

std::optional<std::string_view> near(std::string_view wrong) { return nearest_name(wrong, kKeys); }

TEST(Nearest, FindsTheKeyBehindASlip) {
  EXPECT_EQ(near("opactiy"), "opacity");    // neighbours swapped
  EXPECT_EQ(near("opcity"), "opacity");     // one dropped
  EXPECT_EQ(near("opaccity"), "opacity");   // one doubled
  EXPECT_EQ(near("opacizy"), "opacity");    // one changed
  EXPECT_EQ(near("posiiton"), "position");  // swapped further on
  EXPECT_EQ(near("font-sise"), "font_size");
  EXPECT_EQ(near("rotate_ion"), "rotation");
}

TEST(Nearest, CountsASwapAsOneSlipNotTwo) {
  // Five bytes allow one slip; by plain Levenshtein a swap is two.
  EXPECT_EQ(near("sclae"), "scale");
  EXPECT_EQ(near("csael"), std::nullopt);
}

TEST(Nearest, CaseIsNoDifference) {
  EXPECT_EQ(near("OPACITY"), "opacity");
  EXPECT_EQ(near("Font_Size"), "font_size");
}

TEST(Nearest, TakesTheNearerAndThenTheFirst) {
  EXPECT_EQ(near("fil"), "fill");  // one slip from both fill and fit
  EXPECT_EQ(near("font_stile"), "font_style");
  constexpr std::array<std::string_view, 2> kBoth = {"right", "left"};
  EXPECT_EQ(nearest_name("lift", kBoth), "left");
}

TEST(Nearest, GuessesNothingFromFarAway) {
  EXPECT_EQ(near("banana"), std::nullopt);
  EXPECT_EQ(near(""), std::nullopt);
  EXPECT_EQ(near("x"), std::nullopt);  // all of "d" would have to change
  EXPECT_EQ(near("opa"), std::nullopt);
  EXPECT_EQ(near(std::string(100'000, 'o')), std::nullopt);
  EXPECT_EQ(nearest_name("opacity", {}), std::nullopt);
}

TEST(Nearest, AllowsAThirdOfTheLength) {
  constexpr std::array<std::string_view, 1> kLong = {"abcdefghi"};
  EXPECT_EQ(nearest_name("abcdefXYZ", kLong), "abcdefghi");
  EXPECT_EQ(nearest_name("abcdeWXYZ", kLong), std::nullopt);
}

}  // namespace
}  // namespace layercast::base
