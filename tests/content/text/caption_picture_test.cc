#include "content/text/caption_picture.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace layercast::content {
namespace {

using scene::Metadata;

Raster drawn_caption(const Caption& caption, base::SizeF box) {
  static const std::unique_ptr<FontLibrary> library = FontLibrary::create().value();
  return rasterise_caption(caption, box, *library).value();
}

Raster drawn(const Metadata& metadata, base::SizeF box) {
  return drawn_caption(Caption{metadata, std::nullopt}, box);
}

std::vector<uint8_t> greens_of(const Raster& raster) {
  const auto view = raster.picture->view();
  std::vector<uint8_t> greens;
  for (int y = 0; y < view.height(); ++y) {
    for (int x = 0; x < view.width(); ++x) greens.push_back(view.at(x, y).green);
  }
  return greens;
}

// Columns with nearly white pixels between two rows: where letters are.
std::pair<int, int> ink_between(const Raster& raster, int top, int bottom) {
  const auto view = raster.picture->view();
  int left = view.width();
  int right = 0;
  for (int y = top; y < bottom; ++y) {
    for (int x = 0; x < view.width(); ++x) {
      if (view.at(x, y).green < 150) continue;
      left = std::min(left, x);
      right = std::max(right, x + 1);
    }
  }
  return {left, right};
}

TEST(Caption, IsADarkBarAlongTheBottomOfTheBox) {
  const Raster raster = drawn({{"name", "Boy"}, {"price", "1.5 ETH"}}, {1280, 720});
  EXPECT_EQ(raster.box, (base::SizeF{1280, 720}));
  EXPECT_EQ(raster.picture->size(), (base::SizeI{1280, 101}));
  EXPECT_EQ(raster.picture->origin(), (base::PointF{0, 619}));
  const auto pixel = raster.picture->view().at(1270, 60);
  EXPECT_GT(pixel.alpha, 170);
  EXPECT_LT(pixel.alpha, 235);
  EXPECT_LT(std::max({pixel.red, pixel.green, pixel.blue}), 30);
}

TEST(Caption, ItsHeightFollowsTheBoxWithinBounds) {
  const Metadata metadata = {{"name", "Boy"}};
  EXPECT_EQ(drawn(metadata, {400, 500}).picture->size().height, 70);
  EXPECT_EQ(drawn(metadata, {400, 100}).picture->size().height, 40);
  EXPECT_EQ(drawn(metadata, {400, 4000}).picture->size().height, 132);
  EXPECT_EQ(drawn(metadata, {400, 20}).picture->size().height, 10);
  EXPECT_EQ(drawn(metadata, {1, 1}).picture->size().height, 1);
}

TEST(Caption, TheFirstValueStandsAboveTheOthers) {
  const Raster raster = drawn({{"a", "HHH"}, {"b", "HHHHHHH"}, {"c", "HHHHHHH"}}, {1280, 720});
  const auto upper = ink_between(raster, 10, 48);
  const auto lower = ink_between(raster, 60, 95);
  EXPECT_LT(upper.second - upper.first, 110);
  EXPECT_GT(lower.second - lower.first, 200);
  EXPECT_NEAR(upper.first, lower.first, 3);
}

TEST(Caption, KeysAndEmptyValuesDoNotShow) {
  const auto drawn_greens = [](const Metadata& metadata) {
    return greens_of(drawn(metadata, {400, 300}));
  };
  const auto plain = drawn_greens({{"name", "Boy"}, {"price", "1 ETH"}});
  EXPECT_EQ(drawn_greens({{"x", "Boy"}, {"y", ""}, {"z", "1 ETH"}}), plain);
  EXPECT_NE(drawn_greens({{"name", "Boy"}, {"price", "2 ETH"}}), plain);
}

TEST(Caption, LongValuesAreCutAtTheMargin) {
  const std::string words(300, 'H');
  const Raster raster = drawn({{"name", words}, {"artist", words}}, {500, 500});
  EXPECT_EQ(raster.picture->size().width, 500);
  const auto ink = ink_between(raster, 2, 70);
  EXPECT_GE(ink.first, 20);
  EXPECT_LE(ink.second, 480);
  EXPECT_GT(ink.second, 430);
}

TEST(Caption, WithoutValuesItIsTransparent) {
  for (const Metadata& metadata : {Metadata{}, Metadata{{"name", ""}}}) {
    const Raster raster = drawn(metadata, {400, 300});
    EXPECT_EQ(raster.picture->size(), (base::SizeI{1, 1}));
    EXPECT_EQ(raster.picture->view().at(0, 0).alpha, 0);
    EXPECT_EQ(raster.box, (base::SizeF{400, 300}));
  }
}

TEST(Caption, ValuesAreTextNotMarkupNorPlaceholders) {
  const Raster raster = drawn({{"name", "<b>&{{clock}}"}, {"x", "\xff"}}, {900, 300});
  EXPECT_GT(ink_between(raster, 2, 40).second, 100);
}

TEST(Caption, LineBreaksInAValueAreSpaces) {
  const Raster broken = drawn({{"name", "HH\nHH"}}, {400, 300});
  const Raster spaced = drawn({{"name", "HH HH"}}, {400, 300});
  EXPECT_EQ(ink_between(broken, 2, 40), ink_between(spaced, 2, 40));
}

TEST(Caption, ATemplateIsOneTextWithTheValuesInIt) {
  const auto greens = [](const Metadata& metadata, const std::string& text) {
    return greens_of(drawn_caption(Caption{metadata, text}, {640, 360}));
  };
  const Metadata lot = {{"price", "1 ETH"}, {"name", "Boy"}};
  EXPECT_EQ(greens(lot, "{name} · {price}"), greens({}, "Boy · 1 ETH"));
  EXPECT_NE(greens(lot, "{name} · {price}"), greens({}, "1 ETH · Boy"));
  EXPECT_EQ(greens(lot, "{{name}}"), greens({{"name", "Girl"}}, "{{name}}"));
  EXPECT_NE(greens(lot, "{name}"), greens_of(drawn(Metadata{{"name", "Boy"}}, {640, 360})));
}

TEST(Caption, ALineBreakInATemplateStartsASecondLine) {
  const Raster two = drawn_caption(Caption{{}, "HHHH\nHHHH"}, {1280, 720});
  const auto upper = ink_between(two, 10, 48);
  const auto lower = ink_between(two, 56, 95);
  EXPECT_EQ(upper, lower);
  EXPECT_GT(upper.second - upper.first, 40);
  EXPECT_EQ(drawn_caption(Caption{{}, " \n"}, {640, 360}).picture->size(), (base::SizeI{1, 1}));
}

}  // namespace
}  // namespace layercast::content
