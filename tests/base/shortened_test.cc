#include "base/shortened.h"

#include "base/utf8.h"

#include <gtest/gtest.h>

namespace layercast::base {
namespace {

TEST(Shortened, ShortTextsAreWhole) {
  EXPECT_EQ(shortened(""), "");
  EXPECT_EQ(shortened("layers.create"), "layers.create");
  EXPECT_EQ(shortened(std::string(kShownBytesMax, 'x')), std::string(kShownBytesMax, 'x'));
}

TEST(Shortened, LongTextsShowTheirStartAndTheirEnd) {
  EXPECT_EQ(shortened("abcdefghijklmnopqrstuvwxyz", 16), "abcdefghi…wxyz");
  const std::string shown = shortened("start" + std::string(1'000'000, 'x') + "end");
  EXPECT_EQ(shown.size(), kShownBytesMax);
  EXPECT_TRUE(shown.starts_with("startxxx"));
  EXPECT_TRUE(shown.ends_with("xxxend"));
}

TEST(Shortened, CutsNoCharacterInTwo) {
  for (size_t shift = 0; shift < 4; ++shift) {
    std::string text(shift, 'x');
    for (int i = 0; i < 200; ++i) text += "\U0001f600";
    const std::string shown = shortened(text);
    EXPECT_LE(shown.size(), kShownBytesMax);
    EXPECT_EQ(invalid_utf8_offset(shown), std::nullopt);
  }
  // Bytes that belong to no character are cut as well.
  EXPECT_LE(shortened(std::string(1000, '\x80')).size(), kShownBytesMax);
}

}  // namespace
}  // namespace layercast::base
