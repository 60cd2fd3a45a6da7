#include "base/parse_number.h"

#include <cstdint>
#include <gtest/gtest.h>
#include <limits>
#include <string>

namespace layercast::base {
namespace {

TEST(ParseNumber, ReadsWholeTexts) {
  EXPECT_EQ(parse_number<int>("0"), 0);
  EXPECT_EQ(parse_number<int>("007"), 7);
  EXPECT_EQ(parse_number<int>("-12"), -12);
  EXPECT_EQ(parse_number<int64_t>("9223372036854775807"), std::numeric_limits<int64_t>::max());
  EXPECT_EQ(parse_number<double>("-2.5"), -2.5);
  EXPECT_EQ(parse_number<double>(".5"), 0.5);
  EXPECT_EQ(parse_number<double>("1e3"), 1000);
  EXPECT_EQ(parse_number<double>("1E+3"), 1000);
}

TEST(ParseNumber, RefusesAnythingAroundTheNumber) {
  for (const char* text : {"", "-", "+5", " 5", "5 ", "5\n", "5px", "5,0", "0x10", "--5", "five"}) {
    EXPECT_EQ(parse_number<int>(text), std::nullopt) << text;
    EXPECT_EQ(parse_number<double>(text), std::nullopt) << text;
  }
  EXPECT_EQ(parse_number<int>("1.5"), std::nullopt);
  EXPECT_EQ(parse_number<int>("1e3"), std::nullopt);
  EXPECT_EQ(parse_number<int>(std::string("5\0", 2)), std::nullopt);
}

TEST(ParseNumber, ReadsNoFurtherThanTheView) {
  EXPECT_EQ(parse_number<int>(std::string_view("12345").substr(1, 2)), 23);
  EXPECT_EQ(parse_number<int>(std::string_view()), std::nullopt);
  EXPECT_EQ(parse_number<double>(std::string_view()), std::nullopt);
}

TEST(ParseNumber, RefusesValuesOutOfRange) {
  EXPECT_EQ(parse_number<int32_t>("2147483647"), std::numeric_limits<int32_t>::max());
  EXPECT_EQ(parse_number<int32_t>("2147483648"), std::nullopt);
  EXPECT_EQ(parse_number<int32_t>("-2147483648"), std::numeric_limits<int32_t>::min());
  EXPECT_EQ(parse_number<int32_t>("-2147483649"), std::nullopt);
  EXPECT_EQ(parse_number<double>("1e309"), std::nullopt);
}

TEST(ParseNumber, ReadsUnsignedTypesWithoutASign) {
  EXPECT_EQ(parse_number<uint8_t>("255"), 255);
  EXPECT_EQ(parse_number<uint8_t>("256"), std::nullopt);
  EXPECT_EQ(parse_number<uint32_t>("-1"), std::nullopt);
  EXPECT_EQ(parse_number<uint32_t>("-0"), std::nullopt);
}

TEST(ParseNumber, RefusesInfinityAndNan) {
  for (const char* text : {"inf", "-inf", "infinity", "INF", "nan", "NaN", "nan(1)"}) {
    EXPECT_EQ(parse_number<double>(text), std::nullopt) << text;
  }
}

TEST(ParseNumber, ReadsOtherRadixesWithoutAPrefix) {
  EXPECT_EQ(parse_number<uint32_t>("fF8000", 16), 0xff8000U);
  EXPECT_EQ(parse_number<uint32_t>("0xff", 16), std::nullopt);
  EXPECT_EQ(parse_number<uint64_t>("755", 8), 493U);
  EXPECT_EQ(parse_number<uint64_t>("8", 8), std::nullopt);
}

}  // namespace
}  // namespace layercast::base
