#include "media/in/decoded_feed.h"
#include "media/in/deinterlacer.h"
#include "tests/media/read_back.h"
#include "tests/media/video_source.h"

#include <cmath>
#include <cstdlib>
#include <gtest/gtest.h>
#include <numbers>
#include <string>
#include <variant>
#include <vector>

namespace layercast::media {
namespace {

using frame::YuvPicturePtr;
using test::counting;
using test::Source;
using Fields = Source::Fields;

constexpr base::SizeI kSize{96, 64};

// A smooth pattern that moves 2 px right with every field.
uint8_t light_at(int x, int y, double field) {
  const double wave = std::sin((x - 2 * field) * 0.13) + std::sin(y * 0.21 + 1);
  return static_cast<uint8_t>(std::lround(128 + 45 * wave));
}

// Picture `number` holds the fields 2·number and 2·number + 1.
void paint_fields(AVFrame& frame, int number) {
  for (int y = 0; y < frame.height; ++y) {
    const bool is_second = (y % 2 == 0) != (frame.top_field_first != 0);
    const double field = 2 * number + (is_second && frame.interlaced_frame != 0 ? 1 : 0);
    for (int x = 0; x < frame.width; ++x) {
      frame.data[0][y * frame.linesize[0] + x] = light_at(x, y, field);
    }
  }
  for (int plane = 1; plane < 3; ++plane) {
    for (int y = 0; y < frame.height / 2; ++y) {
      std::fill_n(frame.data[plane] + y * frame.linesize[plane], frame.width / 2, uint8_t{128});
    }
  }
}

Source interlaced(int count, std::function<Fields(int)> fields) {
  Source source = counting(count);
  source.codec = "mpeg2video";
  source.size = kSize;
  source.time_base = {1, 25};
  source.gop = 6;
  source.encoder_options = {
      {"qmin", "1"}, {"qmax", "2"}, {"b", "20M"}, {"maxrate", "40M"}, {"bufsize", "8M"}};
  source.fields = std::move(fields);
  source.paint = paint_fields;
  return source;
}

double error_of(const frame::YuvPicture& picture, double field) {
  double sum = 0;
  for (int y = 0; y < kSize.height; ++y) {
    for (int x = 0; x < kSize.width; ++x) {
      const double difference = picture.plane(0).at(x, y) - light_at(x, y, field);
      sum += difference * difference;
    }
  }
  return std::sqrt(sum / static_cast<double>(kSize.area()));
}

class Deinterlacing : public ::testing::Test {
 protected:
  std::string made(const std::string& name, const Source& source) {
    test::write_source(folder_ / name, source);
    return folder_ / name;
  }
  static std::unique_ptr<frame::VideoFeed> opened(const std::string& path) {
    auto feed = open_video_feed({path});
    EXPECT_TRUE(feed.ok()) << (feed.ok() ? "" : feed.error().to_string());
    return std::move(feed).value();
  }
  static YuvPicturePtr picture(frame::VideoFeed& feed, int number) {
    return std::get<YuvPicturePtr>(feed.picture_at({number, 25}).value());
  }
  test::TemporaryFolder folder_;
};

TEST_F(Deinterlacing, ShowsTheInstantOfTheFirstField) {
  for (const Fields order : {Fields::kTopFirst, Fields::kBottomFirst}) {
    const auto feed = opened(made("x.mkv", interlaced(12, [order](int) { return order; })));
    for (int i = 1; i < 11; ++i) {
      const YuvPicturePtr found = picture(*feed, i);
      EXPECT_LT(error_of(*found, 2 * i), 4) << i;
      EXPECT_GT(error_of(*found, 2 * i + 1), 7) << i;  // so that the test can fail
    }
  }
}

TEST_F(Deinterlacing, LeavesWholePicturesAsTheyAre) {
  // Every third one is interlaced.
  const auto fields = [](int i) { return i % 3 == 1 ? Fields::kTopFirst : Fields::kNone; };
  const auto feed = opened(made("x.mkv", interlaced(12, fields)));
  Source whole = interlaced(12, [](int) { return Fields::kNone; });
  for (int i = 0; i < 12; ++i)
    EXPECT_LT(error_of(*picture(*feed, i), 2 * i), i % 3 == 1 ? 6 : 2.5) << i;
}

TEST_F(Deinterlacing, IsTheSameWhereverReadingBegan) {
  for (const std::string name : {"x.mkv", "x.ts", "x.mp4"}) {
    const std::string path = made(name, interlaced(40, [](int) { return Fields::kTopFirst; }));
    const auto forward = opened(path);
    std::vector<YuvPicturePtr> all;
    all.reserve(40);
    for (int i = 0; i < 40; ++i) all.push_back(picture(*forward, i));
    for (const int first : {39, 7, 6, 5, 24, 25, 0, 1}) {
      const auto feed = opened(path);
      for (int i = first; i < std::min(40, first + 3); ++i) {
        const YuvPicturePtr found = picture(*feed, i);
        for (int y = 0; y < kSize.height; ++y) {
          for (int x = 0; x < kSize.width; ++x) {
            ASSERT_EQ(found->plane(0).at(x, y), all[static_cast<size_t>(i)]->plane(0).at(x, y))
                << name << " picture " << i << " at " << x << ", " << y;
          }
        }
      }
    }
  }
}

TEST_F(Deinterlacing, OfManyKindsOfSamplesKeepsWhatStandsStill) {
  for (const AVPixelFormat format :
       {AV_PIX_FMT_YUV420P, AV_PIX_FMT_YUV422P10LE, AV_PIX_FMT_YUYV422, AV_PIX_FMT_NV12,
        AV_PIX_FMT_GRAY8, AV_PIX_FMT_YUVA444P, AV_PIX_FMT_P010LE}) {
    const LibavFramePtr frame = new_frame();
    frame->format = format;
    frame->width = 37;
    frame->height = 19;
    frame->interlaced_frame = 1;
    ASSERT_GE(av_frame_get_buffer(frame.get(), 0), 0);
    for (int plane = 0; plane < av_pix_fmt_count_planes(format); ++plane) {
      const AVPixFmtDescriptor& description = *av_pix_fmt_desc_get(format);
      const int rows =
          plane == 1 || plane == 2 ? AV_CEIL_RSHIFT(19, description.log2_chroma_h) : 19;
      for (int y = 0; y < rows; ++y) {
        for (int x = 0; x < frame->linesize[plane]; ++x) {
          frame->data[plane][y * frame->linesize[plane] + x] =
              static_cast<uint8_t>(x % 2 == 1 ? 1 : x * 7 + y * 3);
        }
      }
    }
    const LibavFramePtr whole = deinterlaced(frame.get(), *frame, frame.get());
    EXPECT_EQ(whole->interlaced_frame, 0);
    // Nothing moved: every row is what it was.
    for (int y = 0; y < 19; ++y) {
      for (int x = 0; x < 37; ++x) {
        ASSERT_EQ(whole->data[0][y * whole->linesize[0] + x],
                  frame->data[0][y * frame->linesize[0] + x])
            << av_get_pix_fmt_name(format) << " " << x << ", " << y;
      }
    }
  }
}

}  // namespace
}  // namespace layercast::media
