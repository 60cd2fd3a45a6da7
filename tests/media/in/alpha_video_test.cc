#include "frame/yuv_color.h"
#include "media/in/decoded_feed.h"
#include "tests/media/read_back.h"
#include "tests/media/video_source.h"

#include <array>
#include <cmath>
#include <cstdlib>
#include <gtest/gtest.h>
#include <string>
#include <variant>
#include <vector>

namespace layercast::media {
namespace {

using frame::PicturePtr;
using frame::PremulRgba8;
using frame::StraightRgba8;
using test::counting;
using test::Source;

constexpr int kBlock = 16;
constexpr int kBlocks = 5;
// Saturated, no two components alike, and alpha of every sort.
constexpr std::array<StraightRgba8, kBlocks> kColors = {{{220, 40, 90, 255},
                                                         {30, 200, 60, 128},
                                                         {50, 70, 230, 40},
                                                         {250, 240, 20, 0},
                                                         {128, 0, 255, 200}}};

struct Yuva {
  int y, u, v, alpha;
};
Yuva yuva_of(StraightRgba8 color) {
  const double luma = 0.299 * color.red + 0.587 * color.green + 0.114 * color.blue;
  const auto coded = [](double value) { return static_cast<int>(std::lround(value)); };
  return {coded(16 + 219.0 / 255 * luma), coded(128 + 224.0 / 255 * (color.blue - luma) / 1.772),
          coded(128 + 224.0 / 255 * (color.red - luma) / 1.402), color.alpha};
}

int value_of(const Yuva& color, int component) {
  return std::array{color.y, color.u, color.v, color.alpha}.at(static_cast<size_t>(component));
}

// Fills each component of a frame of Y'CbCr with alpha, whatever its depth and divisors, block by
// block.
void paint_yuva(AVFrame& frame, int /*number*/) {
  const AVPixFmtDescriptor& format = *av_pix_fmt_desc_get(static_cast<AVPixelFormat>(frame.format));
  for (int i = 0; i < 4; ++i) {
    const bool is_chroma = i == 1 || i == 2;
    const int across = is_chroma ? format.log2_chroma_w : 0;
    const int rows = is_chroma ? AV_CEIL_RSHIFT(frame.height, format.log2_chroma_h) : frame.height;
    const int depth = format.comp[i].depth;
    for (int y = 0; y < rows; ++y) {
      uint8_t* row = frame.data[i] + y * frame.linesize[i];
      for (int x = 0; x < AV_CEIL_RSHIFT(frame.width, across); ++x) {
        const int value =
            value_of(yuva_of(kColors.at(static_cast<size_t>((x << across) / kBlock))), i);
        const int wide = i == 3 ? value * ((1 << depth) - 1) / 255 : value << (depth - 8);
        if (depth == 8) row[x] = static_cast<uint8_t>(value);
        if (depth > 8) reinterpret_cast<uint16_t*>(row)[x] = static_cast<uint16_t>(wide);
      }
    }
  }
}

void paint_packed(AVFrame& frame, int /*number*/) {
  const AVPixFmtDescriptor& format = *av_pix_fmt_desc_get(static_cast<AVPixelFormat>(frame.format));
  for (int y = 0; y < frame.height; ++y) {
    for (int x = 0; x < frame.width; ++x) {
      const StraightRgba8 color = kColors.at(static_cast<size_t>(x / kBlock));
      const std::array<uint8_t, 4> values = {color.red, color.green, color.blue, color.alpha};
      for (size_t i = 0; i < 4; ++i) {
        frame.data[0][y * frame.linesize[0] + 4 * x + format.comp[i].offset] = values.at(i);
      }
    }
  }
}

struct Kind {
  std::string file;
  std::string codec;
  AVPixelFormat format;
  int tolerance;  ///< of a level
  std::map<std::string, std::string> encoder_options{};
};

Source source_of(const Kind& kind, int pictures = 2) {
  Source source = counting(pictures);
  source.codec = kind.codec;
  source.format = kind.format;
  source.size = {kBlock * kBlocks, 32};
  source.encoder_options = kind.encoder_options;
  const AVPixFmtDescriptor& format = *av_pix_fmt_desc_get(kind.format);
  const bool is_rgb = (format.flags & AV_PIX_FMT_FLAG_RGB) != 0;
  source.paint = is_rgb ? paint_packed : paint_yuva;
  if (!is_rgb) source.matrix = AVCOL_SPC_SMPTE170M;
  if (!is_rgb) source.range = AVCOL_RANGE_MPEG;
  if (kind.file.ends_with(".webm")) source.tags["alpha_mode"] = "1";
  return source;
}

const std::vector<Kind> kKinds = {
    {"qtrle.mov", "qtrle", AV_PIX_FMT_ARGB, 0},
    {"png.mov", "png", AV_PIX_FMT_RGBA, 0},
    {"png.mkv", "png", AV_PIX_FMT_RGBA, 0},
    {"ffv1.mkv", "ffv1", AV_PIX_FMT_YUVA420P, 2},
    {"ffv1-422.mkv", "ffv1", AV_PIX_FMT_YUVA422P, 2},
    {"ffv1-444.mkv", "ffv1", AV_PIX_FMT_YUVA444P, 2},
    {"ffv1-10.mkv", "ffv1", AV_PIX_FMT_YUVA444P10LE, 3},
    {"prores.mov",
     "prores_ks",
     AV_PIX_FMT_YUVA444P10LE,
     6,
     {{"profile", "4"}, {"alpha_bits", "16"}}},
    {"vp8.webm",
     "libvpx",
     AV_PIX_FMT_YUVA420P,
     12,
     {{"auto-alt-ref", "0"}, {"crf", "4"}, {"b", "4M"}}},
    {"vp9.webm",
     "libvpx-vp9",
     AV_PIX_FMT_YUVA420P,
     12,
     {{"auto-alt-ref", "0"}, {"crf", "4"}, {"b", "0"}}},
};

class AlphaVideo : public ::testing::Test {
 protected:
  PicturePtr shown(const VideoFeedRequest& request, base::SceneTime time = {0, 1}) {
    auto feed = open_video_feed(request);
    EXPECT_TRUE(feed.ok()) << (feed.ok() ? "" : feed.error().to_string());
    if (!feed.ok()) return nullptr;
    auto found = feed.value()->picture_at(time);
    EXPECT_TRUE(found.ok());
    const auto* picture = std::get_if<PicturePtr>(&found.value());
    EXPECT_NE(picture, nullptr) << request.path << " has no alpha";
    return picture != nullptr ? *picture : nullptr;
  }
  test::TemporaryFolder folder_;
};

void expect_near(PremulRgba8 found, PremulRgba8 wanted, int tolerance, const std::string& what) {
  EXPECT_NEAR(found.red, wanted.red, tolerance) << what;
  EXPECT_NEAR(found.green, wanted.green, tolerance) << what;
  EXPECT_NEAR(found.blue, wanted.blue, tolerance) << what;
  EXPECT_NEAR(found.alpha, wanted.alpha, std::max(tolerance / 2, tolerance > 0 ? 1 : 0)) << what;
}

TEST_F(AlphaVideo, OfEveryCodecBecomesPremultipliedPixels) {
  for (const Kind& kind : kKinds) {
    const std::string path = folder_ / kind.file;
    test::write_source(path, source_of(kind));
    const PicturePtr picture = shown({path}, {1, 30});
    ASSERT_NE(picture, nullptr);
    for (int block = 0; block < kBlocks; ++block) {
      const PremulRgba8 found = picture->view().at(block * kBlock + kBlock / 2, 16);
      expect_near(found, frame::premultiplied(kColors.at(static_cast<size_t>(block))),
                  kind.tolerance, kind.file + ", block " + std::to_string(block));
      EXPECT_TRUE(found.red <= found.alpha && found.green <= found.alpha &&
                  found.blue <= found.alpha)
          << kind.file;
    }
  }
}

// The very colour that the planes have where there is no alpha.
TEST_F(AlphaVideo, HasTheColoursOfTheSamplesExactly) {
  const std::string path = folder_ / "x.mkv";
  test::write_source(path, source_of(kKinds.at(3)));
  const PicturePtr picture = shown({path});
  const auto coefficients =
      frame::yuv_coefficients(frame::YuvMatrix::kBt601, frame::YuvRange::kLimited);
  for (int block = 0; block < kBlocks; ++block) {
    const Yuva coded = yuva_of(kColors.at(static_cast<size_t>(block)));
    const PremulRgba8 opaque =
        frame::rgb_from_yuv(coefficients, static_cast<uint8_t>(coded.y),
                            static_cast<uint8_t>(coded.u), static_cast<uint8_t>(coded.v));
    EXPECT_EQ(picture->view().at(block * kBlock + kBlock / 2, 16),
              frame::premultiplied(
                  {opaque.red, opaque.green, opaque.blue, static_cast<uint8_t>(coded.alpha)}));
  }
}

TEST_F(AlphaVideo, IsTurnedAsItsFileSays) {
  Source source = source_of(kKinds.at(0), 1);
  source.clockwise_degrees = 90;
  test::write_source(folder_ / "x.mov", source);
  const PicturePtr picture = shown({folder_ / "x.mov"});
  ASSERT_EQ(picture->size(), (base::SizeI{32, kBlock * kBlocks}));
  for (int block = 0; block < kBlocks; ++block) {
    EXPECT_EQ(picture->view().at(16, block * kBlock + 8),
              frame::premultiplied(kColors.at(static_cast<size_t>(block))));
  }
}

TEST_F(AlphaVideo, OfAPaletteCountsOnlyWhereItIsUsed) {
  Source source = counting(1);
  source.codec = "qtrle";
  source.format = AV_PIX_FMT_RGB24;
  source.paint = [](AVFrame& frame, int) {
    for (int y = 0; y < frame.height; ++y) {
      std::fill_n(frame.data[0] + y * frame.linesize[0], 3 * frame.width, uint8_t{90});
    }
  };
  test::write_source(folder_ / "x.mov", source);
  auto feed = open_video_feed({folder_ / "x.mov"});
  ASSERT_TRUE(feed.ok());
  EXPECT_TRUE(
      std::holds_alternative<frame::YuvPicturePtr>(feed.value()->picture_at({0, 1}).value()));
}

TEST_F(AlphaVideo, SeeksAndLoopsAsAnyOther) {
  Source source = counting(40);
  source.time_base = {1, 25};  // whole milliseconds, as the file keeps them
  source.codec = "libvpx-vp9";
  source.format = AV_PIX_FMT_YUVA420P;
  source.encoder_options = {{"auto-alt-ref", "0"}, {"crf", "4"}, {"b", "0"}};
  source.tags["alpha_mode"] = "1";
  // The alpha tells the number.
  source.paint = [](AVFrame& frame, int number) {
    for (int i = 0; i < 4; ++i) {
      const int rows = i == 1 || i == 2 ? frame.height / 2 : frame.height;
      for (int y = 0; y < rows; ++y) {
        std::fill_n(frame.data[i] + y * frame.linesize[i],
                    i == 1 || i == 2 ? frame.width / 2 : frame.width,
                    static_cast<uint8_t>(i == 3 ? 20 + 5 * number : 128));
      }
    }
  };
  const std::string path = folder_ / "x.webm";
  test::write_source(path, source);
  auto feed = open_video_feed({path, true});
  ASSERT_TRUE(feed.ok());
  for (const int number : {0, 1, 39, 40, 17, 90, 3}) {
    const auto found = feed.value()->picture_at({number, 25});
    ASSERT_TRUE(found.ok());
    const auto& picture = std::get<PicturePtr>(found.value());
    EXPECT_NEAR(picture->view().at(30, 10).alpha, 20 + 5 * (number % 40), 2) << number;
  }
}

}  // namespace
}  // namespace layercast::media
