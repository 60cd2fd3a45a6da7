#include "base/ascii.h"

#include <gtest/gtest.h>
#include <string>

namespace layercast::base {
namespace {

TEST(Ascii, LowerCaseChangesOnlyAsciiCapitals) {
  EXPECT_EQ(lower_case("AZ az @[`{ 09 ÄÉ"), "az az @[`{ 09 ÄÉ");
  EXPECT_EQ(lower_case('Q'), 'q');
  EXPECT_EQ(lower_case(std::string("\xC0\xDE")), "\xC0\xDE");
  EXPECT_EQ(lower_case(""), "");
}

TEST(Ascii, DigitsAreTheTenOfAscii) {
  for (int c = -128; c < 128; ++c) {
    EXPECT_EQ(is_digit(static_cast<char>(c)), c >= '0' && c <= '9') << c;
  }
}

TEST(Ascii, LettersAreThoseOfAscii) {
  for (int c = -128; c < 128; ++c) {
    const bool is_small = c >= 'a' && c <= 'z';
    EXPECT_EQ(is_letter(static_cast<char>(c)), is_small || (c >= 'A' && c <= 'Z')) << c;
  }
}

TEST(Ascii, TrimmedKeepsWhatIsInside) {
  EXPECT_EQ(trimmed(" \t\r\na b\n "), "a b");
  EXPECT_EQ(trimmed("a"), "a");
  EXPECT_EQ(trimmed(" \n"), "");
  EXPECT_EQ(trimmed(""), "");
  EXPECT_EQ(trimmed("\fa\f"), "\fa\f");
  EXPECT_EQ(trimmed("\fa\f", kCssSpaces), "a");
  EXPECT_EQ(trimmed(" \ta\n", " \t"), "a\n");
}

}  // namespace
}  // namespace layercast::base
