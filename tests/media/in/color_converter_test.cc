#include "media/in/color_converter.h"

#include "frame/yuv_color.h"
#include "media/in/picture_maker.h"

#include <array>
#include <cstdint>
#include <cstring>
#include <gtest/gtest.h>

extern "C" {
#include <libavutil/frame.h>
#include <libavutil/pixdesc.h>
}

namespace layercast::media {
namespace {

struct Tags {
  AVColorPrimaries primaries = AVCOL_PRI_UNSPECIFIED;
  AVColorTransferCharacteristic transfer = AVCOL_TRC_UNSPECIFIED;
  AVColorSpace matrix = AVCOL_SPC_UNSPECIFIED;
  AVColorRange range = AVCOL_RANGE_MPEG;
};
constexpr Tags kPq = {AVCOL_PRI_BT2020, AVCOL_TRC_SMPTE2084, AVCOL_SPC_BT2020_NCL};
constexpr Tags kHlg = {AVCOL_PRI_BT2020, AVCOL_TRC_ARIB_STD_B67, AVCOL_SPC_BT2020_NCL};

constexpr int kWidth = 16;
constexpr int kHeight = 4;

// A frame whose samples of component i all have the value components[i].
LibavFramePtr frame_of(AVPixelFormat format, const Tags& tags, const std::array<int, 4>& components,
                       int height = kHeight) {
  LibavFramePtr frame = new_frame();
  frame->format = format;
  frame->width = kWidth;
  frame->height = height;
  frame->color_primaries = tags.primaries;
  frame->color_trc = tags.transfer;
  frame->colorspace = tags.matrix;
  frame->color_range = tags.range;
  EXPECT_GE(av_frame_get_buffer(frame.get(), 0), 0);
  // The function below adds to what is there.
  for (AVBufferRef* buffer : frame->buf) {
    if (buffer != nullptr) std::memset(buffer->data, 0, buffer->size);
  }
  const AVPixFmtDescriptor& descriptor = *av_pix_fmt_desc_get(format);
  std::array<uint16_t, kWidth> line{};
  for (int c = 0; c < descriptor.nb_components; ++c) {
    const bool is_chroma = (c == 1 || c == 2) && descriptor.nb_components > 2;
    const int columns = is_chroma ? AV_CEIL_RSHIFT(kWidth, descriptor.log2_chroma_w) : kWidth;
    const int rows = is_chroma ? AV_CEIL_RSHIFT(height, descriptor.log2_chroma_h) : height;
    line.fill(static_cast<uint16_t>(components[static_cast<size_t>(c)]));
    for (int y = 0; y < rows; ++y) {
      av_write_image_line2(line.data(), frame->data, frame->linesize, &descriptor, 0, y, c, columns,
                           sizeof(uint16_t));
    }
  }
  return frame;
}

// The colour in the middle of the picture, with alpha.
std::array<int, 4> color_of(LibavFramePtr frame) {
  PictureMaker maker({});
  EXPECT_TRUE(maker.check(*frame).ok());
  const auto made = maker.picture_of(std::move(frame));
  EXPECT_TRUE(made.ok());
  const int x = kWidth / 2;
  if (const auto* yuv = std::get_if<frame::YuvPicturePtr>(&made.value())) {
    const frame::YuvLayout& layout = (*yuv)->layout();
    const auto at = [&](int plane) {
      const int divisor = plane > 0 ? layout.chroma_divisor_x : 1;
      return (*yuv)->plane(plane).at(x / divisor, 0);
    };
    const auto rgb = frame::rgb_from_yuv(frame::yuv_coefficients(layout.matrix, layout.range),
                                         at(0), at(1), at(2));
    return {rgb.red, rgb.green, rgb.blue, 255};
  }
  const auto pixel = std::get<frame::PicturePtr>(made.value())->view().at(x, 0);
  return {pixel.red, pixel.green, pixel.blue, pixel.alpha};
}

void expect_near(const std::array<int, 4>& found, const std::array<int, 4>& expected, int within) {
  for (size_t i = 0; i < 4; ++i) {
    EXPECT_NEAR(found[i], expected[i], within)
        << "component " << i << " of " << found[0] << ',' << found[1] << ',' << found[2];
  }
}

bool converts(const Tags& tags) {
  return ColorConverter::converts(*frame_of(AV_PIX_FMT_YUV420P, tags, {16, 128, 128, 255}));
}

TEST(ColorConverter, LeavesTheColoursOfTheCanvas) {
  EXPECT_FALSE(converts({}));
  for (const auto transfer : {AVCOL_TRC_BT709, AVCOL_TRC_SMPTE170M, AVCOL_TRC_IEC61966_2_1,
                              AVCOL_TRC_UNSPECIFIED, AVCOL_TRC_SMPTE240M}) {
    EXPECT_FALSE(converts({AVCOL_PRI_BT709, transfer, AVCOL_SPC_BT709}));
    EXPECT_FALSE(converts({AVCOL_PRI_UNSPECIFIED, transfer, AVCOL_SPC_SMPTE170M}));
  }
}

TEST(ColorConverter, TakesAllOthers) {
  EXPECT_TRUE(converts(kPq));
  EXPECT_TRUE(converts(kHlg));
  EXPECT_TRUE(converts({AVCOL_PRI_BT2020, AVCOL_TRC_BT709, AVCOL_SPC_BT2020_NCL}));
  EXPECT_TRUE(converts({AVCOL_PRI_UNSPECIFIED, AVCOL_TRC_BT2020_10, AVCOL_SPC_BT2020_NCL}));
  EXPECT_TRUE(converts({AVCOL_PRI_UNSPECIFIED, AVCOL_TRC_ARIB_STD_B67, AVCOL_SPC_UNSPECIFIED}));
  EXPECT_TRUE(converts({AVCOL_PRI_SMPTE432, AVCOL_TRC_IEC61966_2_1, AVCOL_SPC_BT709}));
  EXPECT_TRUE(converts({AVCOL_PRI_SMPTE431, AVCOL_TRC_SMPTE428, AVCOL_SPC_BT709}));
  EXPECT_TRUE(converts({AVCOL_PRI_BT709, AVCOL_TRC_LINEAR, AVCOL_SPC_BT709}));
  EXPECT_TRUE(converts({AVCOL_PRI_BT470M, AVCOL_TRC_GAMMA22, AVCOL_SPC_FCC}));
}

// The codes of sRGB (255, 0, 0) and (0, 192, 0) at 203 cd/m², computed with other tools.
constexpr std::array<int, 4> kPqRed10 = {392, 438, 608, 0};
constexpr std::array<int, 4> kPqGreen10 = {474, 430, 475, 0};

TEST(ColorConverter, ReadsEveryLayoutOfSamples) {
  const std::array<int, 4> red8 = {98, 110, 152, 0};
  for (const AVPixelFormat format : {AV_PIX_FMT_YUV420P10LE, AV_PIX_FMT_YUV422P10LE,
                                     AV_PIX_FMT_YUV444P10LE, AV_PIX_FMT_P010LE}) {
    expect_near(color_of(frame_of(format, kPq, kPqRed10)), {255, 0, 0, 255}, 5);
    expect_near(color_of(frame_of(format, kPq, kPqGreen10)), {0, 192, 0, 255}, 5);
  }
  // 8 bits of PQ are coarse.
  for (const AVPixelFormat format : {AV_PIX_FMT_YUV420P, AV_PIX_FMT_NV12}) {
    expect_near(color_of(frame_of(format, kPq, red8)), {255, 0, 0, 255}, 16);
  }
}

TEST(ColorConverter, KeepsGreysGrey) {
  // PQ 0.4463 is sRGB 140 at 203 cd/m².
  for (const int bits : {10, 12, 16}) {
    const AVPixelFormat format = bits == 10   ? AV_PIX_FMT_YUV420P10LE
                                 : bits == 12 ? AV_PIX_FMT_YUV420P12LE
                                              : AV_PIX_FMT_YUV420P16LE;
    const int unit = 1 << (bits - 8);
    const auto luma = [&](double signal) { return static_cast<int>((16 + 219 * signal) * unit); };
    const auto pq = color_of(frame_of(format, kPq, {luma(0.4463), 128 * unit, 128 * unit, 0}));
    expect_near(pq, {140, 140, 140, 255}, 2);
    Tags full = kPq;
    full.range = AVCOL_RANGE_JPEG;
    const int most = (1 << bits) - 1;
    const auto wide = color_of(
        frame_of(format, full, {static_cast<int>(0.4463 * most), 128 * unit, 128 * unit, 0}));
    expect_near(wide, pq, 2);
  }
}

TEST(ColorConverter, KeepsAlphaStraight) {
  const auto found = color_of(frame_of(AV_PIX_FMT_YUVA444P10LE, kPq, {392, 438, 608, 512}));
  expect_near(found, {128, 0, 0, 128}, 3);
  const auto opaque = color_of(frame_of(AV_PIX_FMT_YUVA420P, kHlg, {235, 128, 128, 255}));
  expect_near(opaque, {255, 255, 255, 255}, 0);
}

TEST(ColorConverter, ReadsRgb) {
  const Tags p3 = {AVCOL_PRI_SMPTE432, AVCOL_TRC_IEC61966_2_1, AVCOL_SPC_RGB, AVCOL_RANGE_JPEG};
  // Display P3 (234, 51, 35) is sRGB red.
  for (const AVPixelFormat format : {AV_PIX_FMT_GBRP, AV_PIX_FMT_RGB24, AV_PIX_FMT_RGBA}) {
    expect_near(color_of(frame_of(format, p3, {234, 51, 35, 255})), {255, 0, 0, 255}, 4);
  }
  expect_near(color_of(frame_of(AV_PIX_FMT_RGB48LE, p3, {234 * 257, 51 * 257, 35 * 257, 0})),
              {255, 0, 0, 255}, 4);
}

TEST(ColorConverter, FollowsFramesThatChange) {
  PictureMaker maker({});
  const auto luma = [&](const Tags& tags) {
    auto made = maker.picture_of(frame_of(AV_PIX_FMT_YUV420P10LE, tags, {500, 512, 512, 0}));
    return int{std::get<frame::YuvPicturePtr>(made.value())->plane(0).at(0, 0)};
  };
  const Tags sdr = {AVCOL_PRI_BT709, AVCOL_TRC_BT709, AVCOL_SPC_BT709};
  const int pq = luma(kPq);
  const int hlg = luma(kHlg);
  EXPECT_EQ(luma(sdr), 125);
  EXPECT_NE(pq, hlg);
  EXPECT_EQ(luma(kPq), pq);
  EXPECT_EQ(luma(kHlg), hlg);
}

}  // namespace
}  // namespace layercast::media
