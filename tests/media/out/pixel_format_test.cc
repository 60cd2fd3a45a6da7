#include "media/out/pixel_format.h"

#include "media/av/libav.h"

#include <gmock/gmock.h>

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavutil/pixdesc.h>
}

namespace layercast::media {
namespace {

using base::ErrorCode;
using ::testing::AllOf;
using ::testing::HasSubstr;

std::string format_of(const char* encoder, const std::optional<std::string>& name) {
  const auto format = pixel_format_for(*avcodec_find_encoder_by_name(encoder), name);
  return format.ok() ? av_get_pix_fmt_name(static_cast<AVPixelFormat>(format.value()))
                     : format.error().message;
}

TEST(PixelFormat, IsYuv420pOrNearestToIt) {
  EXPECT_EQ(format_of("libx264", {}), "yuv420p");
  EXPECT_EQ(format_of("libvpx-vp9", {}), "yuv420p");
  EXPECT_EQ(format_of("ffv1", {}), "yuv420p");
  EXPECT_EQ(format_of("png", {}), "rgb24");
  EXPECT_EQ(format_of("libx264rgb", {}), "bgr24");
  EXPECT_EQ(format_of("mjpeg", {}), "yuvj420p");
}

TEST(PixelFormat, AskedForIsTakenWhereTheEncoderTakesIt) {
  EXPECT_EQ(format_of("libx264", "yuv444p"), "yuv444p");
  EXPECT_EQ(format_of("libvpx-vp9", "yuva420p"), "yuva420p");
}

TEST(PixelFormat, ThatTheEncoderDoesNotTakeIsInvalidAndThoseItTakesAreNamed) {
  const auto format = pixel_format_for(*avcodec_find_encoder_by_name("libx264"), "rgb24");
  ASSERT_FALSE(format.ok());
  EXPECT_EQ(format.error().code, ErrorCode::kInvalidInput);
  EXPECT_THAT(format.error().message, AllOf(HasSubstr("libx264 does not support rgb24"),
                                            HasSubstr("yuv420p, "), HasSubstr("nv12")));
  EXPECT_EQ(format_of("libx264", "yuv42p"), "unknown pixel format yuv42p, did you mean yuv420p?");
}

TEST(PixelFormat, NeedsWholeChromaSamples) {
  EXPECT_TRUE(check_size({320, 180}, AV_PIX_FMT_YUV420P).ok());
  EXPECT_TRUE(check_size({320, 181}, AV_PIX_FMT_YUV422P).ok());
  EXPECT_TRUE(check_size({321, 181}, AV_PIX_FMT_YUV444P).ok());
  EXPECT_TRUE(check_size({321, 181}, AV_PIX_FMT_RGB24).ok());
  EXPECT_EQ(check_size({321, 180}, AV_PIX_FMT_YUV420P).error().code, ErrorCode::kInvalidInput);
  EXPECT_EQ(check_size({320, 181}, AV_PIX_FMT_NV12).error().code, ErrorCode::kInvalidInput);
  EXPECT_EQ(check_size({0, 180}, AV_PIX_FMT_RGB24).error().code, ErrorCode::kInvalidInput);
  EXPECT_THAT(check_size({321, 180}, AV_PIX_FMT_YUV420P).error().message,
              AllOf(HasSubstr("321x180"), HasSubstr("yuv420p"), HasSubstr("multiple of 2")));
}

TEST(PixelFormat, ColoursAreTagged) {
  const CodecContextPtr context(avcodec_alloc_context3(nullptr));
  context->pix_fmt = AV_PIX_FMT_NV12;
  tag_colors(*context);
  EXPECT_EQ(context->color_range, AVCOL_RANGE_MPEG);
  EXPECT_EQ(context->colorspace, AVCOL_SPC_BT709);
  EXPECT_EQ(context->chroma_sample_location, AVCHROMA_LOC_LEFT);
  context->pix_fmt = AV_PIX_FMT_RGB24;
  tag_colors(*context);
  EXPECT_EQ(context->color_range, AVCOL_RANGE_JPEG);
  EXPECT_EQ(context->colorspace, AVCOL_SPC_RGB);
  EXPECT_EQ(context->color_trc, AVCOL_TRC_IEC61966_2_1);
}

}  // namespace
}  // namespace layercast::media
