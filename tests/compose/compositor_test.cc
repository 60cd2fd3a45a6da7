#include "compose/compositor.h"

#include "base/time_limit.h"
#include "compose/draw_list.h"
#include "compose/reference.h"
#include "frame/convert.h"
#include "frame/frame.h"
#include "tests/compose/made_draws.h"
#include "tests/compose/random_draws.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <deque>
#include <gtest/gtest.h>
#include <hwy/highway.h>
#include <memory>
#include <optional>
#include <span>
#include <sstream>
#include <string>
#include <vector>

namespace layercast::compose {
namespace {

using frame::Frame;
using frame::FramePtr;
using frame::PixelFormat;

constexpr std::array kFormats{PixelFormat::kYuv420p, PixelFormat::kNv12, PixelFormat::kYuv444p,
                              PixelFormat::kYuv422p, PixelFormat::kRgba};

// The first sample that differs, in words; nullopt when none does.
std::optional<std::string> difference(const Frame& actual, const Frame& expected) {
  for (int plane = 0; plane < actual.planes(); ++plane) {
    const int rows = frame::plane_size(actual.format(), actual.size(), plane).height;
    for (int y = 0; y < rows; ++y) {
      const uint8_t* a = actual.plane(plane) + y * actual.row_bytes(plane);
      const uint8_t* b = expected.plane(plane) + y * expected.row_bytes(plane);
      for (size_t x = 0; x < actual.packed_row_bytes(plane); ++x) {
        if (a[x] == b[x]) continue;
        std::ostringstream text;
        text << "plane " << plane << ", row " << y << ", byte " << x << ": " << int{a[x]}
             << " instead of " << int{b[x]};
        return text.str();
      }
    }
  }
  return std::nullopt;
}

std::optional<std::string> difference(const Frame& actual, const DrawList& list) {
  Frame expected(actual.format(), actual.size());
  compose_plainly(list, expected);
  return difference(actual, expected);
}

// What goes wrong when the lists are composed one after another, each frame let go at once.
std::optional<std::string> fault_of(const CompositorOptions& options,
                                    std::span<const DrawList> lists) {
  Compositor compositor(options);
  std::optional<std::string> last;
  for (const DrawList& list : lists) last = difference(*compositor.compose(list), list);
  return last;
}

std::string words(const DrawItem& item) {
  const base::Affine& m = item.canvas_from_picture;
  std::ostringstream text;
  const base::SizeI size = size_of(item.source);
  text << (item.source.index() == 0 ? "picture " : "video ") << size.width << "x" << size.height
       << " [" << m.xx << " " << m.xy << " " << m.yx << " " << m.yy << " " << m.x0 << " " << m.y0
       << "] opacity " << int{item.opacity} << " blend " << static_cast<int>(item.blend)
       << (item.clip ? " clipped" : "") << (item.recoloring ? " recolored" : "");
  return text.str();
}

// Leaves out frames, then items, as long as the last frame is wrong without them: what is left is
// what is needed to see the fault.
std::string bisected(const CompositorOptions& options, std::vector<DrawList> lists) {
  if (!fault_of(options, lists)) return "only with frames held in between";
  for (size_t i = 0; i + 1 < lists.size();) {
    std::vector<DrawList> fewer = lists;
    fewer.erase(fewer.begin() + static_cast<ptrdiff_t>(i));
    if (fault_of(options, fewer)) {
      lists = std::move(fewer);
    } else {
      ++i;
    }
  }
  for (DrawList& list : lists) {
    for (size_t i = 0; i < list.items.size();) {
      const DrawItem item = list.items[i];
      list.items.erase(list.items.begin() + static_cast<ptrdiff_t>(i));
      if (fault_of(options, lists)) continue;
      list.items.insert(list.items.begin() + static_cast<ptrdiff_t>(i), item);
      ++i;
    }
  }
  std::ostringstream text;
  text << "canvas " << options.size.width << "x" << options.size.height << ": "
       << fault_of(options, lists).value_or("?");
  for (size_t i = 0; i < lists.size(); ++i) {
    text << "\n  frame " << i;
    for (const DrawItem& item : lists[i].items) text << "\n    " << words(item);
  }
  return text.str();
}

// Composes a random scene that changes, holding some frames for a while as an encoder does.
void expect_plain_frames(uint64_t seed, int threads) {
  RandomDraws draws(seed);
  CompositorOptions options;
  options.format = kFormats.at(seed % kFormats.size());
  options.size = draws.list().canvas;
  options.threads = threads;
  Compositor compositor(options);
  std::deque<FramePtr> held;
  std::vector<DrawList> lists;
  for (int step = 0; step < 5; ++step) {
    lists.push_back(draws.list());
    held.push_back(compositor.compose(draws.list()));
    if (const auto fault = difference(*held.back(), draws.list())) {
      FAIL() << "seed " << seed << ", step " << step << ", " << threads << " threads, target "
             << hwy::TargetName(hwy::SupportedTargets() & -hwy::SupportedTargets()) << ": "
             << *fault << "\n"
             << bisected(options, lists);
    }
    while (!held.empty() && draws.between(0, 2) != 0) held.pop_front();
    draws.step();
  }
}

class RandomDrawLists : public ::testing::TestWithParam<int> {};

TEST_P(RandomDrawLists, AreComposedAsTheTwinDoesOnEveryTargetAndNumberOfThreads) {
  constexpr std::array kThreads{1, 2, 3, 8};
  const auto targets = hwy::SupportedAndGeneratedTargets();
  for (int i = 0; i < 100; ++i) {
    const auto seed = static_cast<uint64_t>(GetParam() * 100 + i);
    const auto turn = static_cast<size_t>(seed);
    hwy::SetSupportedTargetsForTest(targets[turn % targets.size()]);
    expect_plain_frames(seed, kThreads.at(turn / targets.size() % kThreads.size()));
    hwy::SetSupportedTargetsForTest(0);
    if (HasFatalFailure()) return;
  }
}

TEST(Compositor, WorksOnSixtyFourThreads) {
  for (uint64_t seed = 5000; seed < 5020; ++seed) {
    ASSERT_NO_FATAL_FAILURE(expect_plain_frames(seed, 64));
  }
}

TEST(Compositor, TellsTheMemoryOfItsFrames) {
  RandomDraws draws(1);
  CompositorOptions options;
  options.size = draws.list().canvas;
  Compositor compositor(options);
  const FramePtr first = compositor.compose(draws.list());
  EXPECT_EQ(compositor.frames_made(), 1U);
  EXPECT_EQ(compositor.frame_bytes(), first->bytes());
  for (int i = 0; i < 20; ++i) {
    draws.step();
    static_cast<void>(compositor.compose(draws.list()));  // let go at once: one more is enough
  }
  EXPECT_EQ(compositor.frames_made(), 2U);
  EXPECT_EQ(compositor.frame_bytes(), 2 * first->bytes());
}

// Frames that others hold make the compositor write to several, each with the sources that it
// shows.
TEST(Compositor, ReleasesSourcesWhileTheSceneStandsStill) {
  CompositorOptions options;
  options.size = {64, 64};
  options.format = PixelFormat::kRgba;
  Compositor compositor(options);
  const frame::PicturePtr stays = varied_picture({32, 32}, 255, 1);
  const auto list_with = [&](const frame::PicturePtr& picture) {
    DrawList list{options.size, {0, 0, 0, 255}, {}, std::nullopt};
    if (picture != nullptr) list.items.push_back(placed(picture, {0, 0}));
    list.items.push_back(placed(stays, {8, 8}));
    return list;
  };
  std::vector<std::weak_ptr<const frame::Picture>> gone;
  std::deque<FramePtr> held;
  for (int i = 0; i < 8; ++i) {
    const int side = i % 2 == 0 ? 100 : 10;  // larger and smaller than the frame
    const frame::PicturePtr picture = varied_picture({side, side}, 255, i + 2);
    gone.emplace_back(picture);
    held.push_back(compositor.compose(list_with(picture)));
    if (held.size() > 2) held.pop_front();
  }
  const DrawList last = list_with(nullptr);
  FramePtr frame = compositor.compose(last);
  held.clear();
  for (int i = 0; i < 64; ++i) frame = compositor.compose(last);
  for (size_t i = 0; i < gone.size(); i += 2) EXPECT_TRUE(gone[i].expired());
  for (int i = 0; i < 512; ++i) frame = compositor.compose(last);
  for (const auto& picture : gone) EXPECT_TRUE(picture.expired());
  // The frames are still right when they are written again.
  for (int i = 0; i < 4; ++i) {
    const DrawList next = list_with(varied_picture({50, 40}, 200, i + 9));
    held.push_back(compositor.compose(next));
    EXPECT_EQ(difference(*held.back(), next), std::nullopt);
  }
}

TEST(Compositor, TellsWhatEachItemCosts) {
  for (const int threads : {1, 3}) {
    CompositorOptions options;
    options.size = {640, 360};
    options.threads = threads;
    Compositor compositor(options);
    DrawList list;
    list.canvas = options.size;
    list.shown = {0, 0, 640, 360};
    for (const base::SizeI size : {base::SizeI{600, 340}, base::SizeI{60, 40}}) {
      DrawItem item;
      item.source = varied_picture(size, 200);
      item.canvas_from_picture = base::translation(4.5, 4.25);
      list.items.push_back(item);
    }
    std::vector<int64_t> costs;
    static_cast<void>(compositor.compose(list, &costs));
    ASSERT_EQ(costs.size(), 2U);
    EXPECT_GT(costs[1], 0);
    EXPECT_GT(costs[0], 5 * costs[1]);
    EXPECT_LE(costs[0] + costs[1], compositor.stats().compose_nanoseconds);
    static_cast<void>(compositor.compose(list, &costs));
    EXPECT_EQ(costs, (std::vector<int64_t>{0, 0}));  // the last frame again
    list.items.erase(list.items.begin());
    list.items[0].opacity = 128;
    static_cast<void>(compositor.compose(list, &costs));
    ASSERT_EQ(costs.size(), 1U);
    EXPECT_GT(costs[0], 0);
    static_cast<void>(compositor.compose(list));
  }
}

base::TimeLimit limit_in(std::chrono::nanoseconds time) {
  return base::TimeLimit(std::chrono::steady_clock::now() + time);
}

TEST(Compositor, GivesUpAFrameBetweenTiles) {
  RandomDraws draws(3);
  CompositorOptions options;
  options.size = draws.list().canvas;
  Compositor compositor(options);
  const auto over = limit_in(std::chrono::nanoseconds(-1));
  DrawList other = draws.list();
  other.items.clear();
  other.background = {9, 9, 9, 255};
  EXPECT_NE(compositor.compose(other, nullptr, over), nullptr);  // the first one
  std::vector<int64_t> costs;
  EXPECT_EQ(compositor.compose(draws.list(), &costs, over), nullptr);
  EXPECT_EQ(costs, std::vector<int64_t>(draws.list().items.size(), 0));
  const FramePtr frame = compositor.compose(draws.list(), nullptr, limit_in(std::chrono::hours(1)));
  ASSERT_NE(frame, nullptr);
  EXPECT_EQ(difference(*frame, draws.list()), std::nullopt);
}

TEST(Compositor, FramesAfterThoseThatWereGivenUpAreWhole) {
  int in_place = 0;  // frames that were given up after a tile, by who may draw over the last one
  int elsewhere = 0;
  for (uint64_t seed = 0; seed < 8; ++seed) {
    RandomDraws draws(seed);
    CompositorOptions options;
    options.size = draws.list().canvas;
    options.threads = seed % 2 == 0 ? 1 : 3;
    Compositor compositor(options);
    FramePtr held;
    std::chrono::nanoseconds longest{0};  // of a frame
    for (int i = 0; i < 40; ++i) {
      draws.step();
      // Some limits are over at once, some while tiles are drawn, some after that.
      const auto began = std::chrono::steady_clock::now();
      const base::TimeLimit limit(began + longest * (i % 8) / 8);
      std::vector<int64_t> costs;
      FramePtr frame = compositor.compose(draws.list(), &costs, limit);
      longest = std::max(longest, std::chrono::steady_clock::now() - began);
      if (frame == nullptr) {
        const bool has_drawn = std::ranges::any_of(costs, [](int64_t cost) { return cost > 0; });
        if (has_drawn) ++(held == nullptr ? in_place : elsewhere);
        if (i % 3 == 0) frame = compositor.compose(draws.list());
      }
      if (frame != nullptr) {
        ASSERT_EQ(difference(*frame, draws.list()), std::nullopt) << "seed " << seed << ", " << i;
      }
      // Now and then the caller holds the last frame, so that it is not drawn in place.
      held = i % 4 < 2 ? frame : nullptr;
    }
  }
  EXPECT_GT(in_place, 0);
  EXPECT_GT(elsewhere, 0);
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomDrawLists, ::testing::Range(0, 20));

}  // namespace
}  // namespace layercast::compose
