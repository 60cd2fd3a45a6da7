#include "content/text/text.h"

#include "content/picture/remarks.h"
#include "content/text/glyph_cache.h"

#include <algorithm>
#include <cmath>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace layercast::content {
namespace {

using frame::PremulRgba8;
using scene::TextAlign;
using scene::TextContent;
using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr base::Color kOrange{240, 120, 10, 255};
constexpr base::Color kTeal{10, 130, 200, 255};

FontLibrary& fonts() {
  static const std::unique_ptr<FontLibrary> library = FontLibrary::create().value();
  return *library;
}

TextContent text(std::string words, double font_size = 40) {
  TextContent content;
  content.text = std::move(words);
  content.style.font_size = font_size;
  content.style.color = kOrange;
  return content;
}

TextContent bold(std::string words, double font_size = 40) {
  TextContent content = text(std::move(words), font_size);
  content.style.font_weight = 900;
  return content;
}

Raster drawn(const TextContent& content, std::optional<base::SizeF> box = std::nullopt) {
  return rasterise_text(content, content.text, box, fonts()).value();
}

base::Error failure(const TextContent& content) {
  const auto result = rasterise_text(content, content.text, std::nullopt, fonts());
  EXPECT_FALSE(result.ok());
  return result.ok() ? base::Error{} : result.error();
}

// The pixel at a place in the layer box.
PremulRgba8 at(const Raster& raster, int x, int y) {
  const int column = x - static_cast<int>(raster.picture->origin().x);
  const int row = y - static_cast<int>(raster.picture->origin().y);
  const base::SizeI size = raster.picture->size();
  if (column < 0 || row < 0 || column >= size.width || row >= size.height) return {};
  return raster.picture->view().at(column, row);
}

// Where the picture lies in the layer box.
base::RectI area_of(const Raster& raster) {
  const auto left = static_cast<int>(raster.picture->origin().x);
  const auto top = static_cast<int>(raster.picture->origin().y);
  return {left, top, left + raster.picture->size().width, top + raster.picture->size().height};
}

template <class Function>
void for_each_pixel(const Raster& raster, Function function) {
  const base::RectI area = area_of(raster);
  for (int y = area.top; y < area.bottom; ++y) {
    for (int x = area.left; x < area.right; ++x) function(x, y, at(raster, x, y));
  }
}

// Around every pixel with at least half of its coverage; empty when there is none.
base::RectI ink_of(const Raster& raster, int alpha_min = 128) {
  base::RectI ink{1 << 20, 1 << 20, -(1 << 20), -(1 << 20)};
  for_each_pixel(raster, [&](int x, int y, PremulRgba8 pixel) {
    if (pixel.alpha < alpha_min) return;
    ink = {std::min(ink.left, x), std::min(ink.top, y), std::max(ink.right, x + 1),
           std::max(ink.bottom, y + 1)};
  });
  return ink.empty() ? base::RectI{} : ink;
}

// Ink of each line: a run of rows between rows without any.
std::vector<base::RectI> lines_of(const Raster& raster) {
  std::vector<base::RectI> lines;
  const base::RectI area = area_of(raster);
  bool inside = false;
  for (int y = area.top; y < area.bottom; ++y) {
    int left = area.right;
    int right = area.left;
    for (int x = area.left; x < area.right; ++x) {
      if (at(raster, x, y).alpha < 128) continue;
      left = std::min(left, x);
      right = std::max(right, x + 1);
    }
    const bool ink = right > left;
    if (ink && !inside) lines.push_back({left, y, right, y + 1});
    if (ink && inside) {
      base::RectI& line = lines.back();
      line = {std::min(line.left, left), line.top, std::max(line.right, right), y + 1};
    }
    inside = ink;
  }
  return lines;
}

int64_t total_alpha(const Raster& raster) {
  int64_t total = 0;
  for_each_pixel(raster, [&](int, int, PremulRgba8 pixel) { total += pixel.alpha; });
  return total;
}

bool same(const Raster& a, const Raster& b) {
  if (!(a.box == b.box) || !(area_of(a) == area_of(b))) return false;
  bool equal = true;
  for_each_pixel(a, [&](int x, int y, PremulRgba8 pixel) { equal &= pixel == at(b, x, y); });
  return equal;
}

PremulRgba8 pixel_of(base::Color color) {
  return frame::premultiplied({color.red, color.green, color.blue, color.alpha});
}

// --- box and colour ---

TEST(Text, BoxWithoutASizeHugsTheLineAndThePadding) {
  const Raster plain = drawn(text("Sold"));
  // Inter is 1984 + 494 units of 2048 high: 38.75 and 9.65 px, each rounded; the box is even.
  EXPECT_EQ(plain.box.height, 50);
  EXPECT_EQ(std::fmod(plain.box.width, 2), 0);
  TextContent padded = text("Sold");
  padded.style.padding = {3, 5, 7, 11};
  const Raster with_padding = drawn(padded);
  EXPECT_EQ(with_padding.box.height, plain.box.height + 10);
  EXPECT_EQ(with_padding.box.width, plain.box.width + 16);
  EXPECT_EQ(ink_of(with_padding).left, ink_of(plain).left + 11);
  EXPECT_EQ(ink_of(with_padding).top, ink_of(plain).top + 3);
}

TEST(Text, LiesAtTheTopInTheMiddleOrAtTheBottomOfATallerBox) {
  using enum scene::VerticalAlign;
  TextContent content = text("Sold");
  content.style.padding = {10, 0, 30, 0};
  const auto ink_in = [&](scene::VerticalAlign align, double height) {
    content.style.vertical_align = align;
    return ink_of(drawn(content, base::SizeF{300, height}));
  };
  const base::RectI top = ink_in(kTop, 200);
  EXPECT_EQ(top.top, ink_of(drawn(text("Sold"))).top + 10);
  // The line is 39 + 10 px high; 111 of the 160 px within the padding are free.
  EXPECT_EQ(ink_in(kBottom, 200).top, top.top + 111);
  EXPECT_EQ(ink_in(kMiddle, 201).top, top.top + 56);
  // The baseline stays on a whole pixel.
  EXPECT_EQ(ink_in(kMiddle, 200).height(), top.height());
  // A text that is too high begins at the top.
  EXPECT_EQ(ink_in(kMiddle, 70), top);
  EXPECT_EQ(ink_in(kBottom, 70), top);
  // Without a box there is no room.
  content.style.vertical_align = kBottom;
  EXPECT_EQ(ink_of(drawn(content)).top, top.top);
}

TEST(Text, SeveralLinesAndTheirGradientMoveTogether) {
  TextContent content = text("One\nTwo");
  content.style.gradient =
      scene::Gradient{scene::Gradient::Shape::kLinear, 180, {}, {{{}, kOrange}, {{}, kTeal}}};
  const Raster top = drawn(content, base::SizeF{200, 300});
  content.style.vertical_align = scene::VerticalAlign::kBottom;
  const Raster bottom = drawn(content, base::SizeF{200, 300});
  constexpr int kFree = 300 - 2 * 49;
  ASSERT_EQ(ink_of(bottom).top, ink_of(top).top + kFree);
  for_each_pixel(top, [&](int x, int y, PremulRgba8 pixel) {
    ASSERT_EQ(at(bottom, x, y + kFree), pixel) << x << ", " << y;
  });
}

constexpr auto kLinear = scene::Gradient::Shape::kLinear;

TEST(Text, AGradientInColorIsThatOfTheFieldGradient) {
  const scene::Gradient gradient{kLinear, 90, {}, {{{}, kOrange}, {{}, kTeal}}};
  TextContent in_color = bold("Sold 🎉");
  in_color.style.color = gradient;
  TextContent in_field = bold("Sold 🎉");
  in_field.style.gradient = gradient;
  EXPECT_TRUE(same(drawn(in_color), drawn(in_field)));
  EXPECT_FALSE(same(drawn(in_color), drawn(bold("Sold 🎉"))));
}

TEST(Text, AGradientBehindItSpansItsBox) {
  TextContent content = text("");
  content.style.background_color =
      scene::Gradient{kLinear, 90, {}, {{{}, {0, 200, 40, 255}}, {{}, {200, 0, 40, 255}}}};
  const Raster raster = drawn(content, base::SizeF{100, 20});
  for (int x = 0; x < 100; ++x) {
    const PremulRgba8 pixel = at(raster, x, 7);
    EXPECT_NEAR(pixel.red, 2 * (x + 0.5), 1.5) << x;
    EXPECT_NEAR(pixel.green, 200 - 2 * (x + 0.5), 1.5) << x;
    EXPECT_NEAR(pixel.blue, 40, 1) << x;
    EXPECT_EQ(pixel.alpha, 255);
  }
  content.style.border_radius = 10;
  EXPECT_EQ(at(drawn(content, base::SizeF{100, 20}), 0, 0).alpha, 0);
}

TEST(Text, PictureHoldsTheInkAndLittleMore) {
  const Raster raster = drawn(text("Hill"));
  const base::RectI ink = ink_of(raster, 1);
  const base::RectI area = area_of(raster);
  EXPECT_LE(ink.left - area.left, 1);
  EXPECT_LE(ink.top - area.top, 1);
  EXPECT_LE(area.right - ink.right, 1);
  EXPECT_LE(area.bottom - ink.bottom, 1);
}

TEST(Text, InsideOfAStemHasExactlyTheColor) {
  const Raster raster = drawn(bold("I", 100));
  const base::RectI ink = ink_of(raster);
  const int x = (ink.left + ink.right) / 2;
  const int y = (ink.top + ink.bottom) / 2;
  EXPECT_EQ(at(raster, x, y), pixel_of(kOrange));
  TextContent translucent = bold("I", 100);
  translucent.style.color = base::Color{240, 120, 10, 100};
  EXPECT_EQ(at(drawn(translucent), x, y), pixel_of({240, 120, 10, 100}));
}

TEST(Text, NoPixelIsBrighterThanItsAlpha) {
  TextContent content = bold("Emoji 🎉🚀 glow", 37);
  content.style.stroke = scene::Stroke{kTeal, 5};
  content.style.shadow = scene::Shadow{{200, 30, 90, 180}, 9, {3, 4}};
  content.style.color = base::Color{240, 120, 10, 140};
  for_each_pixel(drawn(content), [](int, int, PremulRgba8 pixel) {
    ASSERT_LE(std::max({pixel.red, pixel.green, pixel.blue}), pixel.alpha);
  });
}

TEST(Text, EmptyTextIsOneTransparentPixelInABoxOfOneLine) {
  const Raster raster = drawn(text(""));
  EXPECT_EQ(raster.picture->size(), (base::SizeI{1, 1}));
  EXPECT_EQ(at(raster, 0, 0), PremulRgba8{});
  EXPECT_EQ(raster.box, (base::SizeF{2, 50}));
}

TEST(Text, SizeScalesAndWeightThickens) {
  const base::RectI small = ink_of(drawn(text("HHH", 40)));
  const base::RectI large = ink_of(drawn(text("HHH", 80)));
  EXPECT_NEAR(large.height(), 2 * small.height(), 1);
  EXPECT_NEAR(large.width(), 2 * small.width(), 2);
  // Inter's capitals are 1490 units of 2048 high.
  EXPECT_NEAR(large.height(), 80 * 1490 / 2048.0, 1);
  EXPECT_GT(total_alpha(drawn(bold("HHH"))), total_alpha(drawn(text("HHH"))) * 3 / 2);
}

TEST(Text, ItalicLeansToTheRight) {
  for (const char* family : {"Inter", "serif"}) {  // one has an italic, the other is slanted
    TextContent content = text("I", 100);
    content.style.font_family = family;
    content.style.font_style = scene::FontStyle::kItalic;
    const Raster raster = drawn(content);
    const base::RectI ink = ink_of(raster);
    const auto middle_at = [&](int y) {
      int sum = 0;
      int count = 0;
      for (int x = ink.left; x < ink.right; ++x) {
        if (at(raster, x, y).alpha < 128) continue;
        sum += x;
        ++count;
      }
      return sum / std::max(1, count);
    };
    const int fifth = ink.height() / 5;
    EXPECT_GT(middle_at(ink.top + fifth), middle_at(ink.bottom - fifth) + 5) << family;
  }
}

// --- lines ---

TEST(Text, LineBreaksMakeLinesAndOneAtTheEndDoesNotCount) {
  EXPECT_EQ(lines_of(drawn(text("H\nH\nH"))).size(), 3U);
  EXPECT_TRUE(same(drawn(text("H\r\nH\rH\n")), drawn(text("H\nH\nH"))));
  EXPECT_EQ(drawn(text("H\n\nH")).box.height, 3 * 49 + 1);
  EXPECT_EQ(drawn(text("H\n\n")).box.height, 2 * 49);
}

TEST(Text, WrapsAtWordsInsideTheBoxAndItsPadding) {
  TextContent content = text("HHH HHH HHH HHH");
  const Raster line = drawn(content);
  EXPECT_EQ(lines_of(line).size(), 1U);
  const double two_words = line.box.width / 2 + 4;
  const Raster wrapped = drawn(content, base::SizeF{two_words, 300});
  ASSERT_EQ(lines_of(wrapped).size(), 2U);
  EXPECT_EQ(wrapped.box, (base::SizeF{two_words, 300}));
  EXPECT_LE(ink_of(wrapped).right, two_words);
  content.style.padding = {0, 10, 0, 10};
  EXPECT_EQ(lines_of(drawn(content, base::SizeF{two_words, 300})).size(), 4U);
}

TEST(Text, WhatWrapsAtMaxWidthFillsItAndWhatDoesNotKeepsItsOwn) {
  TextContent content = text("HHH HHH HHH HHH");
  const double width = drawn(text("HHH HHH")).box.width;
  content.style.max_width = width + 60;
  const Raster raster = drawn(content);
  EXPECT_EQ(lines_of(raster).size(), 2U);
  EXPECT_EQ(raster.box, (base::SizeF{width + 60, 98}));
  content.style.max_width = 4 * width;
  EXPECT_EQ(drawn(content).box, drawn(text("HHH HHH HHH HHH")).box);
}

TEST(Text, AWordTooLongForTheBoxIsBroken) {
  const Raster raster = drawn(text("HHHHHHHHHHHH"), base::SizeF{120, 400});
  EXPECT_GT(lines_of(raster).size(), 2U);
  EXPECT_LE(ink_of(raster).right, 120);
}

// The widths of the lines' ink.
std::vector<int> widths_of(const Raster& raster) {
  std::vector<int> widths;
  for (const base::RectI& line : lines_of(raster)) widths.push_back(line.width());
  return widths;
}

TEST(Text, ALineBrokenAtASoftHyphenShowsAHyphen) {
  TextContent content = text("HHH\u00adHHH\u00adHHH");
  content.style.max_width = drawn(text("HHH\u2010")).box.width + 10;
  EXPECT_EQ(widths_of(drawn(content)), widths_of(drawn(text("HHH\u2010\nHHH\u2010\nHHH"))));
  // The hyphen has to fit too.
  content.style.max_width = drawn(text("HHHHHH")).box.width + 2;
  EXPECT_EQ(widths_of(drawn(content)), widths_of(drawn(text("HHH\u2010\nHHHHHH"))));
  content.style.max_width = drawn(text("HHHHHH\u2010")).box.width + 2;
  EXPECT_EQ(widths_of(drawn(content)), widths_of(drawn(text("HHHHHH\u2010\nHHH"))));
}

TEST(Text, ASoftHyphenInsideALineIsInvisible) {
  EXPECT_TRUE(same(drawn(text("HHH\u00adHHH")), drawn(text("HHHHHH"))));
  EXPECT_TRUE(same(drawn(text("HHH\u00ad HHH")), drawn(text("HHH HHH"))));
}

TEST(Text, AWordBrokenElsewhereShowsNoHyphen) {
  TextContent content = text("HHHH\u00adHHHHHHHH");
  content.style.max_width = drawn(text("HHHH\u2010")).box.width + 2;
  EXPECT_EQ(widths_of(drawn(content)), widths_of(drawn(text("HHHH\u2010\nHHHH\nHHHH"))));
}

TEST(Text, SoftHyphensKeepTheirPlaceInMarkup) {
  TextContent content = text("<b>H</b>HH\u00ad<i>HHH</i>");
  content.markup = true;
  TextContent broken = text("<b>H</b>HH\u2010\n<i>HHH</i>");
  broken.markup = true;
  content.style.max_width = drawn(broken).box.width + 10;
  EXPECT_EQ(widths_of(drawn(content)), widths_of(drawn(broken)));
}

// CSS Text 3, section 4.1.3: with `white-space: pre-wrap`, spaces at the end of a line hang.
TEST(Text, SpacesWhereALineBreaksTakeNoRoom) {
  for (const TextAlign align : {TextAlign::kRight, TextAlign::kCenter}) {
    for (const std::string spaces : {" ", "  ", "     "}) {
      TextContent content = text("HHH" + spaces + "HHH");
      content.style.text_align = align;
      TextContent broken = text("HHH\nHHH");
      broken.style.text_align = align;
      const auto lines = lines_of(drawn(content, base::SizeF{150, 120}));
      const auto wanted = lines_of(drawn(broken, base::SizeF{150, 120}));
      ASSERT_EQ(lines.size(), 2U);
      EXPECT_EQ(lines[0], wanted[0]) << spaces.size();
      EXPECT_EQ(lines[1], wanted[1]) << spaces.size();
    }
  }
}

TEST(Text, SpacesThatDoNotFitDoNotIndentTheNextLine) {
  const double width = drawn(text("HHH")).box.width + 1;
  for (const size_t count : {size_t{2}, size_t{6}, size_t{30}}) {
    const std::string spaces(count, ' ');
    TextContent content = text("HHH" + spaces + "HHH");
    content.style.max_width = width;
    const auto lines = lines_of(drawn(content));
    const auto wanted = lines_of(drawn(text("HHH\nHHH")));
    ASSERT_EQ(lines.size(), 2U) << spaces.size();
    EXPECT_EQ(lines, wanted) << spaces.size();
  }
}

TEST(Text, SpacesWhereRightToLeftTextWrapsHangOnTheLeft) {
  TextContent content = text("שלום   שלום");
  content.style.text_align = TextAlign::kRight;
  TextContent broken = text("שלום\nשלום");
  broken.style.text_align = TextAlign::kRight;
  const base::SizeF box{drawn(text("שלום")).box.width + 40, 120};
  EXPECT_EQ(lines_of(drawn(content, box)), lines_of(drawn(broken, box)));
}

// CSS Text 3, section 4.2: the next tab stop, every eight spaces from the start of the line.
TEST(Text, TabsReachTheNextOfStopsEveryEightSpaces) {
  const double space =
      (drawn(text("HHHHHHHH                H")).box.width - drawn(text("HHHHHHHHH")).box.width) /
      16;
  const auto left_of_second = [&](const std::string& words) {
    // The second letter is the last ink.
    return ink_of(drawn(text(words))).right;
  };
  const int alone = ink_of(drawn(text("|"))).right;
  EXPECT_NEAR(left_of_second("I\t|") - alone, 8 * space, 1.5);
  EXPECT_NEAR(left_of_second("\t|") - alone, 8 * space, 1.5);
  EXPECT_NEAR(left_of_second("\t\t|") - alone, 16 * space, 1.5);
  EXPECT_NEAR(left_of_second("HHHH\t|") - alone, 16 * space, 1.5);
}

TEST(Text, AZeroWidthSpaceAllowsABreakAndTakesNoRoom) {
  EXPECT_TRUE(same(drawn(text("HHH\u200bHHH")), drawn(text("HHHHHH"))));
  TextContent content = text("HHHH\u200bHHHH");
  content.style.max_width = drawn(text("HHHHH")).box.width + 10;
  EXPECT_EQ(widths_of(drawn(content)), widths_of(drawn(text("HHHH\nHHHH"))));
}

TEST(Text, NoBreakSpacesAndWordJoinersForbidABreak) {
  for (const std::string between : {"\u00a0", "\u202f"}) {
    TextContent content = text("H H" + between + "H");
    content.style.max_width = drawn(text("H H")).box.width + 4;
    EXPECT_EQ(widths_of(drawn(content)), widths_of(drawn(text("H\nH" + between + "H"))));
  }
}

std::vector<std::string> remarks_of(const TextContent& content) {
  Remarks remarks;
  drawn(content);
  return remarks.take();
}

TEST(MissingLetters, AreToldWithTheirScripts) {
  EXPECT_EQ(
      remarks_of(text("Live 日本語 한국어 ไทย")),
      (std::vector<std::string>{
          "no font has the letters \"日本語한국어ไท…\" (Han, Hangul, Thai), shown as boxes; add "
          "a font file that has them to the scene's fonts"}));
  EXPECT_EQ(remarks_of(text("नन")),
            (std::vector<std::string>{
                "no font has the letter \"न\" (Devanagari), shown as boxes; add a font file that "
                "has them to the scene's fonts"}));
}

TEST(MissingLetters, AreNoneWhereAFontHasThem) {
  for (const char* const words :
       {"Live ÄÖÜ", "Привет", "Γειά", "שלום", "سلام", "a\u200bb\u00adc\td",
        "😀👨‍👩‍👧⚔️", "→ ✓ ½ €"}) {
    EXPECT_EQ(remarks_of(text(words)), std::vector<std::string>{}) << words;
  }
}

TEST(Text, ABoxWithoutRoomStillShowsEveryLetter) {
  TextContent content = text("HHH");
  content.style.padding = {0, 30, 0, 30};
  EXPECT_EQ(lines_of(drawn(content, base::SizeF{20, 20})).size(), 3U);
}

TEST(Text, LineHeightIsAMultipleOfTheFontSize) {
  TextContent content = text("H\nH\nH", 40);
  content.style.line_height = 2;
  const Raster raster = drawn(content);
  const auto lines = lines_of(raster);
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_EQ(lines[1].top - lines[0].top, 80);
  EXPECT_EQ(lines[2].top - lines[1].top, 80);
  EXPECT_EQ(raster.box.height, 240);
  // Half of the added space goes above the line.
  content.style.line_height = 3;
  EXPECT_EQ(ink_of(drawn(content)).top - lines[0].top, 20);
}

TEST(Text, LettersFromOtherFontsDoNotChangeTheLineHeight) {
  const double height = drawn(text("A")).box.height;
  EXPECT_EQ(drawn(text("A🎉")).box.height, height);
  EXPECT_EQ(drawn(text("Aשםم")).box.height, height);
}

TEST(Text, MaxLinesCountsTheLinesOfTheWholeText) {
  TextContent content = text("HH\nHH HH\nHH");
  const double one_word = drawn(text("HH")).box.width + 2;
  EXPECT_EQ(lines_of(drawn(content, base::SizeF{one_word, 400})).size(), 4U);
  for (const bool ellipsis : {true, false}) {
    content.style.ellipsis = ellipsis;
    for (int max = 1; max <= 5; ++max) {
      content.style.max_lines = max;
      EXPECT_EQ(lines_of(drawn(content, base::SizeF{one_word + 40, 400})).size(),
                static_cast<size_t>(std::min(max, 4)))
          << max << ellipsis;
    }
  }
}

TEST(Text, EllipsisShowsThatTextIsCut) {
  TextContent content = text("HH\nHH\nHH");
  content.style.max_lines = 2;
  const auto cut = lines_of(drawn(content));
  ASSERT_EQ(cut.size(), 2U);
  EXPECT_GT(cut[1].width(), cut[0].width() + 20);  // HH and HH…
  content.style.ellipsis = false;
  const auto plain = lines_of(drawn(content));
  ASSERT_EQ(plain.size(), 2U);
  EXPECT_EQ(plain[1].width(), plain[0].width());
}

TEST(Text, EllipsisReplacesWhatDoesNotFitTheLastLine) {
  TextContent content = text("HHHHHHHHHHHHHHHHHHHH");
  content.style.max_lines = 1;
  content.style.max_width = 200;
  const Raster cut = drawn(content);
  EXPECT_LE(cut.box.width, 200);
  // The dots are low: at the right end there is ink at the baseline only.
  const base::RectI ink = ink_of(cut);
  int high = 0;
  int low = 0;
  for (int x = ink.right - 15; x < ink.right; ++x) {
    high += at(cut, x, ink.top + 5).alpha > 128;
    low += at(cut, x, ink.bottom - 3).alpha > 128;
  }
  EXPECT_EQ(high, 0);
  EXPECT_GT(low, 0);
}

TEST(Text, MaxLinesThatAreNotReachedChangeNothing) {
  TextContent content = text("HH HH\nHH");
  const Raster free = drawn(content);
  content.style.max_lines = 2;
  EXPECT_TRUE(same(drawn(content), free));
}

// --- alignment ---

base::RectI aligned_ink(const std::string& words, TextAlign align) {
  TextContent content = text(words);
  content.style.text_align = align;
  return ink_of(drawn(content, base::SizeF{400, 60}));
}

TEST(Text, AlignmentPutsTheLineInTheBox) {
  for (const auto align : {TextAlign::kStart, TextAlign::kLeft, TextAlign::kJustify}) {
    EXPECT_LT(aligned_ink("HHH", align).left, 8);
  }
  for (const auto align : {TextAlign::kEnd, TextAlign::kRight}) {
    EXPECT_GT(aligned_ink("HHH", align).right, 392);
    EXPECT_LE(aligned_ink("HHH", align).right, 400);
  }
  const base::RectI center = aligned_ink("HHH", TextAlign::kCenter);
  EXPECT_NEAR(center.left, 400 - center.right, 1);
}

TEST(Text, RightToLeftTextStartsAtTheRight) {
  const std::string hebrew = "שלום";
  EXPECT_GT(aligned_ink(hebrew, TextAlign::kStart).right, 390);
  EXPECT_GT(aligned_ink(hebrew, TextAlign::kJustify).right, 390);
  EXPECT_GT(aligned_ink(hebrew, TextAlign::kRight).right, 390);
  EXPECT_LT(aligned_ink(hebrew, TextAlign::kEnd).left, 10);
  EXPECT_LT(aligned_ink(hebrew, TextAlign::kLeft).left, 10);
  EXPECT_GT(aligned_ink("مرحبا", TextAlign::kStart).right, 390);
}

TEST(Text, EveryParagraphHasItsOwnDirection) {
  const auto lines = lines_of(drawn(text("HHH\nשםם"), base::SizeF{400, 120}));
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_LT(lines[0].left, 8);
  EXPECT_GT(lines[1].right, 390);
}

TEST(Text, JustifiedLinesReachBothEdgesButNotTheLast) {
  TextContent content = text("HH HHHH HHH HHH HH HHHH HH", 20);
  content.style.text_align = TextAlign::kJustify;
  const auto lines = lines_of(drawn(content, base::SizeF{150, 200}));
  ASSERT_GE(lines.size(), 3U);
  for (size_t i = 0; i + 1 < lines.size(); ++i) {
    EXPECT_LT(lines[i].left, 4);
    EXPECT_GT(lines[i].right, 146);
  }
  EXPECT_LT(lines.back().right, 140);
}

TEST(Text, AWordAloneInAJustifiedLineIsNotSpaced) {
  TextContent content = text("HHHHHH HHHHHH", 20);
  const int width = ink_of(drawn(text("HHHHHH", 20))).width();
  content.style.text_align = TextAlign::kJustify;
  const auto lines = lines_of(drawn(content, base::SizeF{150, 200}));
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[0].width(), width);
}

// --- stroke, shadow, gradient, background ---

TEST(Text, StrokeGrowsTheInkByHalfItsWidthAndLiesUnderTheFill) {
  TextContent content = bold("I", 100);
  const Raster plain = drawn(content);
  const base::RectI fill = ink_of(plain);
  content.style.stroke = scene::Stroke{kTeal, 12};
  const Raster stroked = drawn(content);
  const base::RectI ink = ink_of(stroked);
  EXPECT_NEAR(fill.left - ink.left, 6, 1);
  EXPECT_NEAR(fill.top - ink.top, 6, 1);
  EXPECT_NEAR(ink.right - fill.right, 6, 1);
  EXPECT_NEAR(ink.bottom - fill.bottom, 6, 1);
  const int y = (fill.top + fill.bottom) / 2;
  EXPECT_EQ(at(stroked, fill.left + 2, y), pixel_of(kOrange));
  EXPECT_EQ(at(stroked, fill.left - 3, y), pixel_of(kTeal));
  EXPECT_EQ(stroked.box, plain.box);  // the layer box does not grow
}

TEST(Text, StrokeHasRoundJoins) {
  TextContent content = bold("I", 100);
  const base::RectI fill = ink_of(drawn(content));
  content.style.stroke = scene::Stroke{kTeal, 20};
  const Raster stroked = drawn(content);
  EXPECT_EQ(at(stroked, fill.left - 9, fill.top - 9).alpha, 0);
  EXPECT_EQ(at(stroked, fill.left - 6, fill.top - 6), pixel_of(kTeal));
}

TEST(Text, ShadowIsTheShapeAtItsOffsetInItsColor) {
  TextContent content = bold("I", 100);
  const base::RectI fill = ink_of(drawn(content));
  content.style.shadow = scene::Shadow{{20, 200, 60, 255}, 0, {70, 30}};
  const Raster raster = drawn(content);
  EXPECT_EQ(at(raster, fill.left + 72, fill.top + 32), pixel_of({20, 200, 60, 255}));
  EXPECT_EQ(at(raster, fill.left + 2, fill.top + 2), pixel_of(kOrange));
  const base::RectI ink = ink_of(raster);
  EXPECT_EQ(ink.left, fill.left);
  EXPECT_EQ(ink.top, fill.top);
  EXPECT_EQ(ink.right, fill.right + 70);
  EXPECT_EQ(ink.bottom, fill.bottom + 30);
}

TEST(Text, ShadowDoesNotDependOnTheTextsOwnColor) {
  TextContent content = bold("I", 100);
  content.style.color = base::Color{0, 0, 0, 0};
  content.style.shadow = scene::Shadow{{20, 200, 60, 255}, 0, {0, 0}};
  TextContent plain = bold("I", 100);
  plain.style.color = base::Color{20, 200, 60, 255};
  EXPECT_TRUE(same(drawn(content), drawn(plain)));
}

TEST(Text, BlurSpreadsAShadowAsAGaussianOfHalfItsRadius) {
  TextContent content = bold("I", 100);
  content.style.color = base::Color{0, 0, 0, 0};
  content.style.shadow = scene::Shadow{{255, 255, 255, 255}, 0, {0, 0}};
  const int64_t sharp = total_alpha(drawn(content));
  // The variance of a blurred shape is its own plus the square of the standard deviation.
  const auto variance = [](const Raster& raster) {
    double weight = 0;
    double sum = 0;
    double squares = 0;
    for_each_pixel(raster, [&](int x, int, PremulRgba8 pixel) {
      weight += pixel.alpha;
      sum += double{1} * pixel.alpha * x;
      squares += double{1} * pixel.alpha * x * x;
    });
    return squares / weight - (sum / weight) * (sum / weight);
  };
  const double own = variance(drawn(content));
  for (const double blur : {1.0, 3.0, 10.0, 40.0}) {
    content.style.shadow->blur = blur;
    const Raster raster = drawn(content);
    EXPECT_NEAR(static_cast<double>(total_alpha(raster)) / static_cast<double>(sharp), 1, 0.02);
    EXPECT_NEAR(variance(raster) - own, blur * blur / 4, 0.06 * blur * blur / 4 + 0.1) << blur;
  }
}

TEST(Text, GradientRunsOverTheTextFromEndToEnd) {
  TextContent content = bold("IHHHI", 100);
  content.style.gradient = scene::Gradient{
      scene::Gradient::Shape::kLinear, 90, {}, {{{}, {250, 20, 0, 255}}, {{}, {10, 40, 240, 255}}}};
  content.style.text_align = TextAlign::kCenter;
  const Raster raster = drawn(content, base::SizeF{900, 200});
  const base::RectI ink = ink_of(raster);
  const PremulRgba8 left = at(raster, ink.left + 6, (ink.top + ink.bottom) / 2);
  const PremulRgba8 right = at(raster, ink.right - 6, (ink.top + ink.bottom) / 2);
  EXPECT_NEAR(left.red, 242, 6);
  EXPECT_NEAR(left.blue, 8, 8);
  EXPECT_NEAR(right.red, 18, 6);
  EXPECT_NEAR(right.blue, 232, 8);
}

TEST(Text, BackgroundFillsTheBoxWithRoundCorners) {
  TextContent content = text("H");
  content.style.background_color = base::Color{40, 200, 90, 128};
  content.style.padding = {10, 60, 10, 60};
  content.style.border_radius = 20;
  const Raster hugging = drawn(content);
  EXPECT_EQ(area_of(hugging), (base::RectI{0, 0, static_cast<int>(hugging.box.width),
                                           static_cast<int>(hugging.box.height)}));
  EXPECT_EQ(at(hugging, 0, 0).alpha, 0);
  EXPECT_EQ(at(hugging, 30, 2), pixel_of({40, 200, 90, 128}));
  EXPECT_EQ(at(hugging, 2, 30), pixel_of({40, 200, 90, 128}));
  const Raster boxed = drawn(content, base::SizeF{300, 200});
  EXPECT_EQ(at(boxed, 299, 100), pixel_of({40, 200, 90, 128}));
  EXPECT_EQ(at(boxed, 299, 199).alpha, 0);
  EXPECT_LT(ink_of(boxed, 200).bottom, 70);  // the text stays at the top
}

// --- letters ---

TEST(Text, LetterSpacingFollowsEveryLetter) {
  TextContent content = text("HHHHH");
  const Raster plain = drawn(content);
  content.style.letter_spacing = 10;
  const Raster spaced = drawn(content);
  EXPECT_EQ(spaced.box.width, plain.box.width + 50);
  EXPECT_NEAR(ink_of(spaced).width(), ink_of(plain).width() + 40, 1);
  content.style.letter_spacing = -2;
  EXPECT_EQ(drawn(content).box.width, plain.box.width - 10);
}

// How many kinds of saturated colour there are, of twelve.
size_t hues_of(const Raster& raster) {
  std::set<int> hues;
  for_each_pixel(raster, [&](int, int, PremulRgba8 pixel) {
    const int high = std::max({pixel.red, pixel.green, pixel.blue});
    const int low = std::min({pixel.red, pixel.green, pixel.blue});
    if (pixel.alpha < 250 || high - low < 80) return;
    const double span = high - low;
    double hue = 4 + (pixel.red - pixel.green) / span;
    if (high == pixel.red) hue = 6 + (pixel.green - pixel.blue) / span;
    if (high == pixel.green) hue = 2 + (pixel.blue - pixel.red) / span;
    hues.insert(static_cast<int>(std::lround(hue * 2)) % 12);
  });
  return hues.size();
}

TEST(Text, EmojiHaveTheirOwnColors) {
  EXPECT_GE(hues_of(drawn(text("🎉🌈", 60))), 6U);
  EXPECT_LE(hues_of(drawn(text("HOUSE", 60))), 1U);
}

TEST(Text, EmojiAreAsLargeAsTheText) {
  for (const double size : {20.0, 64.0, 300.0}) {
    const base::RectI ink = ink_of(drawn(text("🌕", size)));
    EXPECT_NEAR(ink.height() / size, 1.1, 0.2) << size;
    EXPECT_NEAR(ink.width() / size, 1.1, 0.2) << size;
  }
}

TEST(Text, EmojiGetNoStrokeAndTakeTheFillsOpacity) {
  TextContent content = text("🌕", 60);
  const Raster plain = drawn(content);
  content.style.stroke = scene::Stroke{kTeal, 12};
  EXPECT_TRUE(same(drawn(content), plain));
  content.style.color = base::Color{kOrange.red, kOrange.green, kOrange.blue, 100};
  const Raster faint = drawn(content);
  const base::RectI ink = ink_of(plain);
  EXPECT_EQ(at(faint, (ink.left + ink.right) / 2, (ink.top + ink.bottom) / 2).alpha, 100);
}

TEST(Text, DigitsOfATextWithPlaceholdersAreEquallyWide) {
  const TextContent clock = text("{{clock}}");
  const auto width = [](const TextContent& content, const char* shown) {
    return rasterise_text(content, shown, std::nullopt, fonts()).value().box.width;
  };
  EXPECT_EQ(width(clock, "11:11:11"), width(clock, "08:48:08"));
  const TextContent plain = text("11:11:11");
  EXPECT_LT(width(plain, "11:11:11"), width(plain, "08:48:08"));
}

TEST(Text, OnlyTheDigitsOfAPlaceholderAreEquallyWide) {
  const auto width = [](const TextContent& content, const std::string& shown) {
    return rasterise_text(content, shown, std::nullopt, fonts()).value().box.width;
  };
  const double plain = width(text("Collector1 2 3"), "Collector1 2 3");
  for (const bool markup : {false, true}) {
    TextContent line = text("Collector1 2 3{{countdown:1m}}");
    line.markup = markup;
    TextContent clock = text("{{countdown:1m}}");
    EXPECT_NEAR(width(line, "Collector1 2 301:11"), plain + width(clock, "01:11"), 3);
    EXPECT_EQ(width(line, "Collector1 2 301:11"), width(line, "Collector1 2 308:48"));
    TextContent both = text("{{frame}} of 111 in {{countdown:1m}}!");
    both.markup = markup;
    EXPECT_EQ(width(both, "11 of 111 in 01:11!"), width(both, "84 of 111 in 00:48!"));
    EXPECT_LT(width(both, "11 of 111 in 01:11!"), width(text("{{frame}}"), "11 of 111 in 01:11!"));
  }
  TextContent sized = text("<span size=\"{{count:100,200,1s}}%\">8</span>{{frame}}");
  sized.markup = true;
  EXPECT_GT(width(sized, "<span size=\"150%\">8</span>1"), 0);
}

TEST(Text, BadBytesBecomeReplacementsAndControlCharactersVanish) {
  EXPECT_TRUE(same(drawn(text("a\xff\xc3(b")), drawn(text("a\uFFFD\uFFFD(b"))));
  EXPECT_TRUE(same(drawn(text(std::string("a\x01\x7f\0b\u0090", 7))), drawn(text("ab"))));
}

// --- fonts ---

TEST(Text, FontFileGivesTheSameAsItsFamily) {
  TextContent by_file = text("Serif");
  by_file.style.font_file = "/usr/share/fonts/truetype/dejavu/DejaVuSerif.ttf";
  TextContent by_name = text("Serif");
  by_name.style.font_family = "DejaVu Serif";
  EXPECT_TRUE(same(drawn(by_file), drawn(by_name)));
  EXPECT_FALSE(same(drawn(by_file), drawn(text("Serif"))));
}

TEST(Text, UnknownFamilyIsAnErrorThatNamesTheNearest) {
  TextContent content = text("x");
  content.style.font_family = "DejaVu Sanss";
  EXPECT_EQ(failure(content).message,
            "font family \"DejaVu Sanss\" is not installed; did you mean \"DejaVu Sans\"?");
  EXPECT_EQ(failure(content).code, base::ErrorCode::kNotFound);
  TextContent markup = text("<span face='Nowhere Grotesk'>x</span>");
  markup.markup = true;
  EXPECT_EQ(failure(markup).message, "font family \"Nowhere Grotesk\" is not installed");
}

// --- markup ---

TEST(Text, MarkupIsTextUnlessAskedFor) {
  TextContent content = text("<b>HH</b>");
  const Raster as_text = drawn(content);
  content.markup = true;
  EXPECT_LT(drawn(content).box.width, as_text.box.width / 2);
  content.text = "&lt;b&gt;HH&lt;/b&gt;";
  EXPECT_TRUE(same(drawn(content), as_text));
}

TEST(Text, MarkupSetsColorWeightAndSize) {
  TextContent content = bold("I<span foreground='#0a82c8'>I</span>", 100);
  content.markup = true;
  const Raster raster = drawn(content);
  const base::RectI ink = ink_of(raster);
  const int y = (ink.top + ink.bottom) / 2;
  EXPECT_EQ(at(raster, ink.left + 6, y), pixel_of(kOrange));
  EXPECT_EQ(at(raster, ink.right - 6, y), pixel_of(kTeal));

  TextContent big = text("H<span size='200%'>H</span>");
  big.markup = true;
  EXPECT_NEAR(ink_of(drawn(big)).height(), 2 * ink_of(drawn(text("H"))).height(), 1);
  EXPECT_NEAR(drawn(big).box.height, 2 * drawn(text("H")).box.height, 2);
}

TEST(Text, MarkupUnderlinesStrikesAndFillsBehind) {
  TextContent content = text("<u>HH</u>");
  content.markup = true;
  EXPECT_GT(ink_of(drawn(content)).bottom, ink_of(drawn(text("HH"))).bottom);
  content.text = "<span background='#28c85a'>H</span>";
  const Raster raster = drawn(content);
  EXPECT_EQ(at(raster, 1, 3), pixel_of({40, 200, 90, 255}));
}

TEST(Text, MarkupHoldsAcrossParagraphsAndLines) {
  TextContent content = text("H\n<span foreground='#0a82c8'>H\nH</span>\nH", 40);
  content.markup = true;
  const Raster raster = drawn(content);
  const auto lines = lines_of(raster);
  ASSERT_EQ(lines.size(), 4U);
  const base::Color expected[] = {kOrange, kTeal, kTeal, kOrange};
  for (size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(at(raster, lines[i].left + 2, lines[i].top + 5), pixel_of(expected[i])) << i;
  }
}

TEST(Text, BadMarkupIsAnErrorInPangosWords) {
  TextContent content = text("<b>oops");
  content.markup = true;
  EXPECT_EQ(failure(content).code, base::ErrorCode::kInvalidInput);
  EXPECT_THAT(failure(content).message, AllOf(HasSubstr("bad markup: "), HasSubstr("“b”")));
  content.text = "<blink>x</blink>";
  EXPECT_THAT(failure(content).message, HasSubstr("blink"));
}

// --- limits ---

TEST(Text, TooLargeForAPictureIsALimitError) {
  EXPECT_EQ(failure(text(std::string(60, 'W'), 1000)).code, base::ErrorCode::kLimit);
  EXPECT_EQ(failure(text(std::string(10'000, 'W'), 2000)).code, base::ErrorCode::kLimit);
  EXPECT_EQ(failure(text(std::string(9'999, '\n') + "x", 100)).code, base::ErrorCode::kLimit);
  TextContent shadow = text("H");
  shadow.style.shadow = scene::Shadow{{0, 0, 0, 255}, 2, {100'000, 0}};
  EXPECT_EQ(failure(shadow).code, base::ErrorCode::kLimit);
  TextContent background = text("H");
  background.style.background_color = kTeal;
  EXPECT_EQ(rasterise_text(background, "H", base::SizeF{16384, 16384}, fonts()).error().code,
            base::ErrorCode::kLimit);
  EXPECT_TRUE(rasterise_text(text("H"), "H", base::SizeF{16384, 16384}, fonts()).ok());
}

TEST(Text, MarkupBeyondTheLimitsIsALimitError) {
  for (const char* markup :
       {"<span size='4000pt'>x</span>", "<span font='Inter 99999'>x</span>",
        "<span size='999999%'>x</span>", "<span letter_spacing='2000000000'>x</span>",
        "<span rise='2000000000'>x</span>", "<span size='nan%'>x</span>"}) {
    TextContent content = text(markup);
    content.markup = true;
    const auto result = rasterise_text(content, content.text, std::nullopt, fonts());
    ASSERT_FALSE(result.ok()) << markup;
    EXPECT_THAT(result.error().code,
                ::testing::AnyOf(base::ErrorCode::kLimit, base::ErrorCode::kInvalidInput))
        << markup;
  }
}

// --- the same bytes ---

TextContent rich_content() {
  TextContent content = text("Wavy <i>AV</i> 🎉 <tt>x=1</tt> שלום 漢", 33);
  content.markup = true;
  content.style.stroke = scene::Stroke{kTeal, 3};
  content.style.shadow = scene::Shadow{{0, 0, 0, 200}, 7, {2, 3}};
  content.style.background_color = base::Color{1, 2, 3, 99};
  content.style.border_radius = 7;
  return content;
}

TEST(Text, TheSameArgumentsGiveTheSameBytes) {
  const Raster first = drawn(rich_content());
  TextContent other = text("in between");
  other.style.font_family = "monospace";
  other.style.font_file = "/usr/share/fonts/truetype/dejavu/DejaVuSerif.ttf";
  drawn(other);
  EXPECT_TRUE(same(drawn(rich_content()), first));
  const auto new_library = FontLibrary::create().value();
  const TextContent content = rich_content();
  EXPECT_TRUE(
      same(rasterise_text(content, content.text, std::nullopt, *new_library).value(), first));
}

TextContent timecode() {
  TextContent content = text("{{timecode}}", 36);
  content.style.font_family = "monospace";
  content.style.stroke = scene::Stroke{{0, 0, 0, 255}, 3};
  return content;
}

std::string shown_timecode(int frame) {
  const auto two_digits = [](int number) {
    return std::string{static_cast<char>('0' + number / 10), static_cast<char>('0' + number % 10)};
  };
  return "00:0" + std::to_string(frame / 1800) + ":" + two_digits(frame / 30 % 60) + ":" +
         two_digits(frame % 30);
}

TEST(Text, GlyphsDrawnBeforeGiveTheSameBytesAsNewOnes) {
  TextContent tight = bold("", 36);
  tight.style.letter_spacing = -6;
  tight.style.stroke = scene::Stroke{kTeal, 5.5};
  tight.style.shadow = scene::Shadow{{0, 0, 0, 200}, 0, {2.3, 1.7}};
  for (const TextContent& content : {timecode(), tight}) {
    const auto warm = FontLibrary::create().value();
    std::vector<Raster> first;
    for (int round = 0; round < 2; ++round) {
      for (int i = 0; i < 40; ++i) {
        const auto show = [&](FontLibrary& library) {
          return rasterise_text(content, shown_timecode(77 * i), std::nullopt, library).value();
        };
        if (round == 0) first.push_back(show(*warm));
        EXPECT_TRUE(same(show(*warm), first[static_cast<size_t>(i)])) << i;
        if (i % 10 == 0) {
          const auto cold = FontLibrary::create().value();
          EXPECT_TRUE(same(show(*cold), first[static_cast<size_t>(i)])) << i;
        }
      }
    }
  }
}

TEST(Text, GlyphsThatAreKeptAreBounded) {
  const TextContent content = timecode();
  const auto show = [&] {
    return rasterise_text(content, "01:23:45:67", std::nullopt, fonts()).value();
  };
  const Raster first = show();
  size_t bytes_max = 0;
  for (int size = 60; size < 120; ++size) {
    TextContent letters = text("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", size);
    letters.style.stroke = scene::Stroke{kTeal, 12};
    drawn(letters);
    bytes_max = std::max(bytes_max, FontLibrary::Use(fonts()).glyphs().bytes());
  }
  EXPECT_LE(bytes_max, GlyphCache::kBytesMax);
  EXPECT_GT(bytes_max, GlyphCache::kBytesMax * 9 / 10);
  EXPECT_TRUE(same(show(), first));
}

TEST(Text, OneVeryLargeLetterDoesNotChangeTheSmallOnes) {
  TextContent content = bold("HH<span size='1200%'>I</span>");
  content.markup = true;
  content.style.stroke = scene::Stroke{kTeal, 4};
  const Raster with_large = drawn(content);
  content.text = "HH";
  const Raster small = drawn(content);
  const base::RectI ink = ink_of(small);
  const int down = ink_of(with_large).bottom - ink.bottom;  // both stand on the baseline
  for (int y = ink.top; y < ink.bottom; ++y) {
    for (int x = ink.left; x < ink.right - 6; ++x) {
      ASSERT_NEAR(at(with_large, x, y + down).alpha, at(small, x, y).alpha, 16);
    }
  }
}

TEST(Text, StrokesOfNeighboursAreOneShape) {
  TextContent content = text("__", 41.7);
  content.style.font_family = "monospace";
  content.style.color = base::Color{0, 0, 0, 0};
  content.style.stroke = scene::Stroke{{255, 255, 255, 120}, 7};
  const Raster raster = drawn(content);
  const base::RectI ink = ink_of(raster, 100);
  const int middle = (ink.left + ink.right) / 2;
  for (int y = ink.top - 1; y <= ink.bottom; ++y) {
    for (int x = middle - 12; x <= middle + 12; ++x) {
      EXPECT_EQ(at(raster, x, y), at(raster, middle - 13, y));
    }
  }
  EXPECT_EQ(at(raster, middle, (ink.top + ink.bottom) / 2).alpha, 120);
}

TEST(Text, ManyThreadsMayRasteriseAtOnce) {
  const Raster expected = drawn(rich_content());
  std::vector<std::thread> threads;
  std::vector<int> equal(4);
  threads.reserve(equal.size());
  for (int& count : equal) {
    threads.emplace_back([&] {
      for (int k = 0; k < 10; ++k) count += same(drawn(rich_content()), expected);
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_THAT(equal, ::testing::Each(10));
}

// --- anything at all ---

class RandomText {
 public:
  explicit RandomText(uint32_t seed) : engine_(seed) {}
  int below(int n) { return static_cast<int>(engine_() % static_cast<uint32_t>(n)); }

  std::string next() {
    static const std::vector<std::string> kPieces = {"a",
                                                     "W",
                                                     " ",
                                                     "\n",
                                                     "\t",
                                                     "\r\n",
                                                     "é",
                                                     "ß",
                                                     "ש",
                                                     "م",
                                                     "漢",
                                                     "🎉",
                                                     "👩‍👩‍👧‍👦",
                                                     "🇩🇪",
                                                     "\u200d",
                                                     "\u202e",
                                                     "\u2028",
                                                     "\u0301",
                                                     "<b>",
                                                     "</b>",
                                                     "&amp;",
                                                     "&",
                                                     "<",
                                                     "\xff",
                                                     "\xc3",
                                                     "\xed\xa0\x80",
                                                     "\ufffc",
                                                     "\u00ad",
                                                     "…",
                                                     "12:34",
                                                     "﷽",
                                                     "\uffff",
                                                     "\U0010ffff",
                                                     "<span size='200%'>",
                                                     "</span>",
                                                     "<u>",
                                                     "</u>",
                                                     "<span alpha='20%'>",
                                                     "<sup>",
                                                     "</sup>"};
    std::string text;
    const int pieces = below(16);
    for (int i = 0; i < pieces; ++i) {
      if (below(4) == 0) {
        text += static_cast<char>(below(256));
      } else {
        text += kPieces[static_cast<size_t>(below(static_cast<int>(kPieces.size())))];
      }
    }
    return text;
  }

  TextContent next_content() {
    TextContent content = text(next(), 1 + below(40));
    content.markup = below(3) == 0;
    auto& style = content.style;
    style.font_weight = 1 + below(1000);
    style.font_style = static_cast<scene::FontStyle>(below(3));
    style.text_align = static_cast<TextAlign>(below(6));
    if (below(3) == 0) style.stroke = scene::Stroke{kTeal, below(30) / 2.0};
    if (below(3) == 0) {
      style.shadow = scene::Shadow{kTeal, below(40) / 3.0, {below(20) - 10.5, below(20) - 10.0}};
    }
    if (below(3) == 0) style.line_height = 0.1 + below(30) / 10.0;
    if (below(3) == 0) style.max_width = below(300);
    if (below(3) == 0) style.max_lines = 1 + below(3);
    style.ellipsis = below(2) == 0;
    style.letter_spacing = below(4) == 0 ? below(400) - 200 : 0;
    style.background_color = base::Color{0, 0, 0, static_cast<uint8_t>(below(2) * 200)};
    style.border_radius = below(50);
    if (below(2) == 0) {
      style.padding = {below(9) / 2.0, below(9) / 2.0, below(9) / 2.0, below(9) / 2.0};
    }
    return content;
  }

 private:
  std::mt19937 engine_;
};

TEST(Text, RandomBytesInRandomStylesAreDrawnOrRefusedButNeverCrash) {
  RandomText random(20260101);
  int drawings = 0;
  for (int i = 0; i < 1000; ++i) {
    const TextContent content = random.next_content();
    std::optional<base::SizeF> box;
    if (random.below(3) == 0) {
      box = base::SizeF{random.below(300) + 0.5, random.below(300) + 0.5};
    }
    const auto result = rasterise_text(content, content.text, box, fonts());
    if (!result.ok()) {
      EXPECT_TRUE(content.markup) << result.error().to_string();
      continue;
    }
    ++drawings;
    EXPECT_GT(result.value().picture->size().area(), 0);
    EXPECT_EQ(std::floor(result.value().picture->origin().x), result.value().picture->origin().x);
  }
  EXPECT_GT(drawings, 600);
}

}  // namespace
}  // namespace layercast::content
