#include "base/utf8.h"

#include <array>
#include <cstdint>
#include <gtest/gtest.h>
#include <optional>
#include <string>
#include <string_view>

namespace layercast::base {
namespace {

std::string bytes(std::initializer_list<int> values) {
  std::string text;
  for (const int value : values) text += static_cast<char>(value);
  return text;
}

std::string encoded(uint32_t point) {
  const auto byte = [](uint32_t value) { return static_cast<char>(value); };
  const auto tail = [&](int shift) { return byte(0x80 | ((point >> shift) & 0x3f)); };
  if (point < 0x80) return {byte(point)};
  if (point < 0x800) return {byte(0xc0 | (point >> 6)), tail(0)};
  if (point < 0x10000) return {byte(0xe0 | (point >> 12)), tail(6), tail(0)};
  return {byte(0xf0 | (point >> 18)), tail(12), tail(6), tail(0)};
}

bool is_scalar_value(uint32_t point) {
  return point > 0 && point <= 0x10ffff && (point < 0xd800 || point > 0xdfff);
}

// Decodes by arithmetic, then asks whether encoding again gives the same: nothing of the table that
// the real one works from.
bool is_one_character(const std::string& text) {
  const auto first = static_cast<uint8_t>(text.front());
  uint32_t point = text.size() == 1 ? first : first & (0x7fu >> text.size());
  for (size_t i = 1; i < text.size(); ++i) {
    const auto byte = static_cast<uint8_t>(text[i]);
    if ((byte & 0xc0) != 0x80) return false;
    point = (point << 6) | (byte & 0x3fu);
  }
  return is_scalar_value(point) && encoded(point) == text;
}

TEST(Utf8, EveryCharacterIsWellFormedExceptNulAndSurrogates) {
  for (uint32_t point = 0; point <= 0x10ffff; ++point) {
    ASSERT_EQ(!invalid_utf8_offset(encoded(point)).has_value(), is_scalar_value(point)) << point;
  }
}

TEST(Utf8, EverySequenceOfOneTwoOrThreeBytesIsJudgedRightly) {
  std::string one(1, '\0');
  std::string two(2, '\0');
  std::string three(3, '\0');
  for (int a = 0; a < 256; ++a) {
    one[0] = two[0] = three[0] = static_cast<char>(a);
    ASSERT_EQ(!invalid_utf8_offset(one).has_value(), is_one_character(one)) << a;
    if (a < 0x80) continue;
    for (int b = 0; b < 256; ++b) {
      two[1] = three[1] = static_cast<char>(b);
      ASSERT_EQ(!invalid_utf8_offset(two).has_value(), is_one_character(two)) << a << " " << b;
      if (a < 0xe0 || b < 0x80) continue;
      for (int c = 0; c < 256; ++c) {
        three[2] = static_cast<char>(c);
        ASSERT_EQ(!invalid_utf8_offset(three).has_value(), is_one_character(three));
      }
    }
  }
}

TEST(Utf8, SequencesOfFourBytesAreJudgedRightlyAtEveryBoundary) {
  constexpr std::array kTails = {0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xff};
  for (int first = 0xf0; first < 0x100; ++first) {
    for (int second = 0; second < 256; ++second) {
      for (const int third : kTails) {
        for (const int fourth : kTails) {
          const std::string text = bytes({first, second, third, fourth});
          ASSERT_EQ(!invalid_utf8_offset(text).has_value(), is_one_character(text));
        }
      }
    }
  }
}

TEST(Utf8, TellsWhereTheFirstWrongByteLies) {
  const std::string good = "a\u00e9\u4e2d\U0001f600";
  EXPECT_EQ(invalid_utf8_offset(good), std::nullopt);
  EXPECT_EQ(invalid_utf8_offset(""), std::nullopt);
  EXPECT_EQ(invalid_utf8_offset(good + bytes({0xff}) + good), good.size());
  EXPECT_EQ(invalid_utf8_offset(good + bytes({0x00})), good.size());
  EXPECT_EQ(invalid_utf8_offset(good + bytes({0xe4, 0xb8, 'x', 0xff})), good.size());
}

TEST(Utf8, ACharacterCutShortIsWrongFromItsFirstByte) {
  const std::string good = "caf\u00e9 \U0001f600";
  const std::string_view text = good;
  EXPECT_EQ(invalid_utf8_offset(text.substr(0, 4)), 3);
  for (size_t length = 7; length < good.size(); ++length) {
    EXPECT_EQ(invalid_utf8_offset(text.substr(0, length)), 6) << length;
  }
}

}  // namespace
}  // namespace layercast::base
