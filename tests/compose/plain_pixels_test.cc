#include "compose/plain_pixels.h"

#include "base/geometry.h"
#include "compose/reference.h"
#include "frame/image.h"
#include "tests/compose/made_draws.h"
#include "tests/compose/print_pixel.h"

#include <gtest/gtest.h>
#include <random>

namespace layercast::compose {
namespace {

using base::SizeI;
using frame::PremulRgba8;

void expect_equal_to_plain(const DrawList& list) {
  frame::Image<PremulRgba8> expected(list.canvas);
  frame::Image<PremulRgba8> actual(list.canvas);
  compose_rows(list, {0, list.canvas.height}, expected.view());
  compose_pixels(list, actual.view());
  for (int y = 0; y < list.canvas.height; ++y) {
    for (int x = 0; x < list.canvas.width; ++x) {
      ASSERT_EQ(actual.view().at(x, y), expected.view().at(x, y)) << x << " " << y;
    }
  }
}

TEST(PlainPixels, AreThoseOfThePlainCompositor) {
  std::mt19937 random(4);
  const auto below = [&](int bound) {
    return static_cast<int>(random() % static_cast<uint32_t>(bound));
  };
  for (int round = 0; round < 40; ++round) {
    DrawList list{{1 + below(300), 1 + below(120)}, {}, {}};
    if (round % 3 == 0) list.background = {20, 40, 60, 80};
    for (int i = below(4); i >= 0; --i) {
      const SizeI size{1 + below(200), 1 + below(120)};
      Source source = varied_picture(size, below(2) == 0 ? 255 : 120, i);
      if (below(3) == 0) source = made_video({.size = size});
      DrawItem item = placed(source, {below(250) - 60, below(120) - 40});
      if (below(3) == 0) {
        item.canvas_from_picture =
            item.canvas_from_picture * base::rotation_degrees(below(360)) * base::scaling(1.3, 0.6);
      }
      if (below(3) == 0) item.opacity = 100;
      if (below(3) == 0) {
        item.clip = RoundedClip{item.canvas_from_picture, {size.width * 0.8, size.height * 0.7}, 5};
      }
      list.items.push_back(std::move(item));
    }
    expect_equal_to_plain(list);
  }
}

TEST(PlainPixels, OfAPictureThatFillsThemAreItsOwn) {
  for (const SizeI size : {SizeI{1, 1}, SizeI{257, 97}, SizeI{128, 48}}) {
    expect_equal_to_plain({size, {}, {placed(varied_picture(size), {0, 0})}});
    expect_equal_to_plain({size, {}, {placed(made_video({.size = size}), {0, 0})}});
  }
}

}  // namespace
}  // namespace layercast::compose
