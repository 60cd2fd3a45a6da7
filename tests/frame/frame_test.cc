#include "frame/frame.h"

#include <array>
#include <cstdint>
#include <cstring>
#include <gtest/gtest.h>
#include <thread>
#include <utility>
#include <vector>

namespace layercast::frame {
namespace {

constexpr std::array kFormats = {PixelFormat::kRgba, PixelFormat::kYuv420p, PixelFormat::kYuv422p,
                                 PixelFormat::kYuv444p, PixelFormat::kNv12};

TEST(FormatLayout, IsNamedAsFfmpegDoes) {
  EXPECT_EQ(layout_of(PixelFormat::kRgba).name, "rgba");
  EXPECT_EQ(layout_of(PixelFormat::kYuv420p).name, "yuv420p");
  EXPECT_EQ(layout_of(PixelFormat::kYuv422p).name, "yuv422p");
  EXPECT_EQ(layout_of(PixelFormat::kYuv444p).name, "yuv444p");
  EXPECT_EQ(layout_of(PixelFormat::kNv12).name, "nv12");
}

TEST(PlaneSize, ChromaOfOddFramesRoundsUp) {
  const base::SizeI odd{1921, 1081};
  for (const PixelFormat format : kFormats) EXPECT_EQ(plane_size(format, odd, 0), odd);
  for (const int plane : {1, 2}) {
    EXPECT_EQ(plane_size(PixelFormat::kYuv420p, odd, plane), (base::SizeI{961, 541}));
    EXPECT_EQ(plane_size(PixelFormat::kYuv422p, odd, plane), (base::SizeI{961, 1081}));
    EXPECT_EQ(plane_size(PixelFormat::kYuv444p, odd, plane), odd);
  }
  EXPECT_EQ(plane_size(PixelFormat::kNv12, odd, 1), (base::SizeI{961, 541}));
  EXPECT_EQ(plane_size(PixelFormat::kYuv420p, {1920, 1080}, 1), (base::SizeI{960, 540}));
  EXPECT_EQ(plane_size(PixelFormat::kYuv420p, {1, 1}, 1), (base::SizeI{1, 1}));
}

TEST(Frame, PackedRowsHoldEverySample) {
  EXPECT_EQ(Frame(PixelFormat::kRgba, {5, 3}).packed_row_bytes(0), 20U);
  const Frame planar(PixelFormat::kYuv420p, {5, 3});
  EXPECT_EQ(planar.packed_row_bytes(0), 5U);
  EXPECT_EQ(planar.packed_row_bytes(1), 3U);
  EXPECT_EQ(planar.packed_row_bytes(2), 3U);
  const Frame interleaved(PixelFormat::kNv12, {5, 3});
  EXPECT_EQ(interleaved.packed_row_bytes(0), 5U);
  EXPECT_EQ(interleaved.packed_row_bytes(1), 6U);
}

TEST(Frame, PlanesAreAlignedDisjointAndInsideTheFrame) {
  for (const PixelFormat format : kFormats) {
    for (const base::SizeI size : {base::SizeI{1, 1}, base::SizeI{65, 3}, base::SizeI{64, 64}}) {
      Frame frame(format, size);
      const uint8_t* end = frame.plane(0);
      for (int plane = 0; plane < frame.planes(); ++plane) {
        EXPECT_EQ(reinterpret_cast<uintptr_t>(frame.plane(plane)) % 64, 0U);
        EXPECT_EQ(frame.row_bytes(plane) % 64, 0);
        EXPECT_GE(frame.row_bytes(plane), static_cast<ptrdiff_t>(frame.packed_row_bytes(plane)));
        EXPECT_GE(frame.plane(plane), end);
        end = frame.plane(plane) + frame.row_bytes(plane) * plane_size(format, size, plane).height;
      }
      EXPECT_EQ(end, frame.plane(0) + frame.bytes());
      std::memset(frame.plane(0), 255, frame.bytes());  // the sanitizers see a lie here
    }
  }
}

TEST(FrameDeathTest, OnlyRgbaFramesAreSeenAsPixels) {
  Frame frame(PixelFormat::kYuv420p, {4, 4});
  EXPECT_DEATH(static_cast<void>(frame.rgba()), "kRgba");
  EXPECT_DEATH(Frame(PixelFormat::kRgba, {0, 4}), "empty");
}

TEST(Frame, RgbaPixelsAreItsOnlyPlane) {
  Frame frame(PixelFormat::kRgba, {4, 4});
  frame.rgba().at(2, 3) = {1, 2, 3, 4};
  const uint8_t* bytes = std::as_const(frame).plane(0) + 3 * frame.row_bytes(0) + 8;
  EXPECT_EQ(bytes[0], 1);
  EXPECT_EQ(bytes[3], 4);
}

TEST(FramePool, MakesNoMoreFramesThanAreOutAtOnce) {
  FramePool pool(PixelFormat::kYuv420p, {64, 36});
  for (int round = 0; round < 100; ++round) {
    const auto first = pool.take();
    const auto second = pool.take();
    EXPECT_NE(first, second);
    EXPECT_EQ(first->format(), PixelFormat::kYuv420p);
    EXPECT_EQ(first->size(), (base::SizeI{64, 36}));
  }
  EXPECT_EQ(pool.frames_made(), 2U);
}

TEST(FramePool, AFrameReturnsWithItsLastOwner) {
  FramePool pool(PixelFormat::kRgba, {8, 8});
  auto frame = pool.take();
  const Frame* address = frame.get();
  FramePtr frozen = std::move(frame);
  FramePtr other = frozen;
  frozen.reset();
  EXPECT_NE(pool.take().get(), address);
  other.reset();
  const auto first = pool.take();
  const auto second = pool.take();
  EXPECT_TRUE(first.get() == address || second.get() == address);
  EXPECT_EQ(pool.frames_made(), 2U);
}

TEST(FramePool, FramesOutliveIt) {
  FramePtr frame;
  {
    FramePool pool(PixelFormat::kRgba, {8, 8});
    auto taken = pool.take();
    taken->rgba().at(7, 7) = {9, 8, 7, 6};
    frame = std::move(taken);
  }
  EXPECT_EQ(frame->rgba().at(7, 7), (StraightRgba8{9, 8, 7, 6}));
  frame.reset();
}

TEST(FramePool, ServesManyThreads) {
  FramePool pool(PixelFormat::kYuv420p, {16, 16});
  std::vector<std::thread> threads;
  threads.reserve(4);
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&pool, thread] {
      for (int round = 0; round < 200; ++round) {
        const auto frame = pool.take();
        const auto mark = static_cast<uint8_t>(thread);
        std::memset(frame->plane(0), mark, frame->bytes());
        EXPECT_EQ(frame->plane(0)[frame->bytes() - 1], mark);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_LE(pool.frames_made(), 4U);
  EXPECT_GE(pool.frames_made(), 1U);
}

}  // namespace
}  // namespace layercast::frame
