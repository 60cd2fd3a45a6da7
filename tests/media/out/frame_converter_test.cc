#include "media/out/frame_converter.h"

#include "frame/convert.h"
#include "tests/media/read_back.h"

#include <gmock/gmock.h>

extern "C" {
#include <libavutil/frame.h>
}

namespace layercast::media::test {
namespace {

using frame::PixelFormat;
using frame::StraightRgba8;

LibavFramePtr converted(AVPixelFormat format, const frame::FramePtr& source) {
  auto converter = FrameConverter::open(format, source->size());
  EXPECT_TRUE(converter.ok());
  EXPECT_EQ(converter.value().input_format(), source->format());
  auto result = converter.value().convert(source, 7);
  EXPECT_TRUE(result.ok());
  EXPECT_EQ(result.value()->pts, 7);
  EXPECT_EQ(result.value()->format, format);
  return std::move(result).value();
}

frame::FramePtr flat_frame(base::SizeI size, StraightRgba8 color) {
  auto frame = std::make_shared<frame::Frame>(PixelFormat::kRgba, size);
  for (int y = 0; y < size.height; ++y) {
    std::fill_n(frame->rgba().row(y), size.width, color);
  }
  return frame;
}

uint16_t wide(const AVFrame& frame, int plane, int x, int y) {
  return reinterpret_cast<const uint16_t*>(frame.data[plane] + y * frame.linesize[plane])[x];
}

TEST(FrameConverter, PlanarFramesShareTheirMemoryUntilLetGo) {
  for (const auto& [format, ours] : {std::pair{AV_PIX_FMT_YUV420P, PixelFormat::kYuv420p},
                                     std::pair{AV_PIX_FMT_YUV422P, PixelFormat::kYuv422p},
                                     std::pair{AV_PIX_FMT_YUV444P, PixelFormat::kYuv444p},
                                     std::pair{AV_PIX_FMT_NV12, PixelFormat::kNv12},
                                     std::pair{AV_PIX_FMT_RGBA, PixelFormat::kRgba}}) {
    const frame::FramePtr source = moving_frame(ours, {64, 32}, 0);
    LibavFramePtr result = converted(format, source);
    for (int plane = 0; plane < source->planes(); ++plane) {
      EXPECT_EQ(result->data[plane], source->plane(plane));
      EXPECT_EQ(result->linesize[plane], source->row_bytes(plane));
    }
    EXPECT_EQ(av_frame_is_writable(result.get()), 0);
    EXPECT_EQ(source.use_count(), 2);
    result.reset();
    EXPECT_EQ(source.use_count(), 1);
  }
}

// The same picture through swscale with 10 bits and through the conversion of libcore with 8.
TEST(FrameConverter, TenBitChromaIsFilteredAndSitedAsThePlanarConversionHasIt) {
  constexpr base::SizeI kOdd{66, 34};
  for (const auto& [format, ours] : {std::pair{AV_PIX_FMT_YUV420P10LE, PixelFormat::kYuv420p},
                                     std::pair{AV_PIX_FMT_YUV422P10LE, PixelFormat::kYuv422p},
                                     std::pair{AV_PIX_FMT_YUV444P10LE, PixelFormat::kYuv444p}}) {
    const LibavFramePtr result = converted(format, moving_frame(PixelFormat::kRgba, kOdd, 3));
    const frame::FramePtr expected = moving_frame(ours, kOdd, 3);
    double largest = 0;
    for (int plane = 0; plane < 3; ++plane) {
      const base::SizeI size = frame::plane_size(ours, kOdd, plane);
      for (int y = 0; y < size.height; ++y) {
        for (int x = 0; x < size.width; ++x) {
          const double found = wide(*result, plane, x, y) / 4.0;
          const double wanted = expected->plane(plane)[y * expected->row_bytes(plane) + x];
          largest = std::max(largest, std::abs(found - wanted));
        }
      }
    }
    EXPECT_LE(largest, 1.5) << av_get_pix_fmt_name(format);
  }
}

TEST(FrameConverter, SaturatedColoursHaveTheLevelsOfBt709) {
  const LibavFramePtr green =
      converted(AV_PIX_FMT_YUV444P10LE, flat_frame({16, 16}, {0, 255, 0, 255}));
  EXPECT_NEAR(wide(*green, 0, 5, 5), 4 * (16 + 219 * 0.7152), 2);
  EXPECT_NEAR(wide(*green, 1, 5, 5), 4 * (128 - 224 * 0.7152 / 1.8556), 2);
  EXPECT_NEAR(wide(*green, 2, 5, 5), 4 * (128 - 224 * 0.7152 / 1.5748), 2);
}

TEST(FrameConverter, JpegFormatsAreFullRangeBt601) {
  const LibavFramePtr red = converted(AV_PIX_FMT_YUVJ444P, flat_frame({16, 16}, {255, 0, 0, 255}));
  EXPECT_NEAR(red->data[0][0], 255 * 0.299, 1);
  EXPECT_NEAR(red->data[1][0], 128 - 127.5 * 0.299 / 0.886, 1.5);
  EXPECT_NEAR(red->data[2][0], 255, 1);
}

TEST(FrameConverter, RgbIsExactAndShownOverBlack) {
  const LibavFramePtr opaque = converted(AV_PIX_FMT_RGB24, flat_frame({8, 4}, {200, 100, 7, 255}));
  EXPECT_EQ(opaque->data[0][0], 200);
  EXPECT_EQ(opaque->data[0][1], 100);
  EXPECT_EQ(opaque->data[0][2], 7);
  const LibavFramePtr half = converted(AV_PIX_FMT_RGB24, flat_frame({8, 4}, {200, 100, 7, 128}));
  EXPECT_EQ(half->data[0][0], 100);
  EXPECT_EQ(half->data[0][1], 50);
  EXPECT_EQ(half->data[0][2], 4);
}

TEST(FrameConverter, TransparentIsBlackInYuv) {
  const LibavFramePtr nothing =
      converted(AV_PIX_FMT_YUV420P10LE, flat_frame({16, 16}, {255, 255, 255, 0}));
  EXPECT_EQ(wide(*nothing, 0, 3, 3), 64);
  EXPECT_EQ(wide(*nothing, 1, 3, 3), 512);
  EXPECT_EQ(wide(*nothing, 2, 3, 3), 512);
}

TEST(FrameConverter, AlphaFormatsKeepStraightColoursAndAlpha) {
  const LibavFramePtr bgra = converted(AV_PIX_FMT_BGRA, flat_frame({8, 4}, {200, 100, 7, 128}));
  EXPECT_EQ(bgra->data[0][0], 7);
  EXPECT_EQ(bgra->data[0][1], 100);
  EXPECT_EQ(bgra->data[0][2], 200);
  EXPECT_EQ(bgra->data[0][3], 128);
  const LibavFramePtr yuva = converted(AV_PIX_FMT_YUVA420P, flat_frame({16, 16}, {0, 255, 0, 128}));
  EXPECT_NEAR(yuva->data[0][0], 16 + 219 * 0.7152, 1);
  EXPECT_NEAR(yuva->data[3][0], 128, 1);
  for (const uint8_t alpha : {uint8_t{0}, uint8_t{255}}) {
    const LibavFramePtr plain =
        converted(AV_PIX_FMT_YUVA420P, flat_frame({16, 16}, {0, 255, 0, alpha}));
    EXPECT_EQ(plain->data[3][0], alpha);
  }
}

TEST(FrameConverter, FormatThatNothingCanMakeIsInvalid) {
  const auto converter = FrameConverter::open(AV_PIX_FMT_PAL8, {8, 8});
  ASSERT_FALSE(converter.ok());
  EXPECT_EQ(converter.error().code, base::ErrorCode::kInvalidInput);
}

}  // namespace
}  // namespace layercast::media::test
