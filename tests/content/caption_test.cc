#include "content/caption.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace layercast::content {
namespace {

using Metadata = std::vector<std::pair<std::string, std::string>>;

Raster drawn(const Metadata& metadata, base::SizeF box) {
  static const std::unique_ptr<FontLibrary> library = FontLibrary::create().value();
  return rasterise_caption(metadata, box, *library).value();
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
  const auto bytes = [](const Raster& raster) {
    const auto view = raster.picture->view();
    std::vector<uint8_t> greens;
    for (int y = 0; y < view.height(); ++y) {
      for (int x = 0; x < view.width(); ++x) greens.push_back(view.at(x, y).green);
    }
    return greens;
  };
  const auto plain = bytes(drawn({{"name", "Boy"}, {"price", "1 ETH"}}, {400, 300}));
  EXPECT_EQ(bytes(drawn({{"x", "Boy"}, {"y", ""}, {"z", "1 ETH"}}, {400, 300})), plain);
  EXPECT_NE(bytes(drawn({{"name", "Boy"}, {"price", "2 ETH"}}, {400, 300})), plain);
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

}  // namespace
}  // namespace layercast::content
