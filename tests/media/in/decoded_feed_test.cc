#include "media/in/decoded_feed.h"

#include "tests/media/read_back.h"
#include "tests/media/video_source.h"

#include <array>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <iterator>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace layercast::media {
namespace {

using base::ErrorCode;
using base::FrameRate;
using base::SceneTime;
using frame::ChromaSiting;
using frame::VideoFeed;
using frame::YuvMatrix;
using frame::YuvPicturePtr;
using frame::YuvRange;
using std::chrono::milliseconds;
using std::chrono::seconds;
using test::counting;
using test::number_of;
using test::Source;
using test::write_source;
using ::testing::HasSubstr;

constexpr int64_t kNanos = 1'000'000'000;

class VideoFeedTest : public ::testing::Test {
 protected:
  /// The path of a new file.
  std::string made(const std::string& name, const Source& source) {
    write_source(folder_ / name, source);
    return folder_ / name;
  }
  static std::unique_ptr<VideoFeed> opened(const VideoFeedRequest& request) {
    auto feed = open_video_feed(request);
    EXPECT_TRUE(feed.ok()) << (feed.ok() ? "" : feed.error().to_string());
    return feed.ok() ? std::move(feed).value() : nullptr;
  }
  static YuvPicturePtr picture(VideoFeed& feed, SceneTime time) {
    auto found = feed.picture_at(time);
    EXPECT_TRUE(found.ok()) << (found.ok() ? "" : found.error().to_string());
    return found.ok() ? std::get<YuvPicturePtr>(found.value()) : nullptr;
  }
  static int number(VideoFeed& feed, SceneTime time) {
    const YuvPicturePtr found = picture(feed, time);
    return found ? number_of(*found) : -1;
  }
  static SceneTime millis(int64_t count) { return {count, 1000}; }
  base::Error refusal_of(const VideoFeedRequest& request) {
    auto feed = open_video_feed(request);
    EXPECT_FALSE(feed.ok());
    if (feed.ok()) return {};
    EXPECT_EQ(feed.error().where, request.path);
    return std::move(feed).error();
  }
  std::string written(const std::string& name, const std::string& text) {
    std::ofstream(folder_ / name, std::ios::binary) << text;
    return folder_ / name;
  }

  test::TemporaryFolder folder_;
};

std::string contents_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// A plane of `frame`, whatever its divisors, filled with `value`.
void fill(AVFrame& frame, int plane, int value, int bytes_per_sample = 1) {
  const AVPixFmtDescriptor& format = *av_pix_fmt_desc_get(static_cast<AVPixelFormat>(frame.format));
  const bool is_chroma = plane == 1 || plane == 2;
  const int width = is_chroma ? AV_CEIL_RSHIFT(frame.width, format.log2_chroma_w) : frame.width;
  const int height = is_chroma ? AV_CEIL_RSHIFT(frame.height, format.log2_chroma_h) : frame.height;
  for (int y = 0; y < height; ++y) {
    uint8_t* row = frame.data[plane] + y * frame.linesize[plane];
    for (int x = 0; x < width; ++x) {
      if (bytes_per_sample == 1) row[x] = static_cast<uint8_t>(value);
      if (bytes_per_sample == 2) reinterpret_cast<uint16_t*>(row)[x] = static_cast<uint16_t>(value);
    }
  }
}

/// --- Which picture ---

TEST_F(VideoFeedTest, ShowsThePictureWhoseIntervalHoldsTheTime) {
  Source source = counting(90);
  source.b_frames = 3;
  const std::string path = made("x.mp4", source);
  for (const FrameRate rate : {FrameRate{60, 1}, FrameRate{24, 1}, FrameRate{30000, 1001},
                               FrameRate{60000, 1001}, FrameRate{30, 1}, FrameRate{7, 1}}) {
    const auto feed = opened({path});
    for (int frame = 0; frame < 3 * rate.per_second(); ++frame) {
      const SceneTime time = rate.time_of(frame);
      const int64_t expected = time.numerator * 30 / time.denominator;
      ASSERT_EQ(number(*feed, time), std::min<int64_t>(expected, 89))
          << rate.to_string() << " frame " << frame;
    }
  }
}

TEST_F(VideoFeedTest, ABoundaryBelongsToThePictureThatBeginsThere) {
  Source source = counting(60);
  source.time_base = {1001, 30000};
  const auto feed = opened({made("x.mp4", source)});
  const FrameRate rate{30000, 1001};
  for (int frame = 0; frame < 60; ++frame) {
    const SceneTime begin = rate.time_of(frame);
    const SceneTime just_before{begin.numerator * 1000 - 1, begin.denominator * 1000};
    ASSERT_EQ(number(*feed, just_before), std::max(0, frame - 1));
    ASSERT_EQ(number(*feed, begin), frame);
  }
}

TEST_F(VideoFeedTest, TheLastPictureStaysAndTheFirstIsThereFromTheStart) {
  const auto feed = opened({made("x.mp4", counting(5))});
  EXPECT_EQ(number(*feed, {-3, 1}), 0);
  EXPECT_EQ(number(*feed, {4, 30}), 4);
  EXPECT_EQ(number(*feed, {1000, 1}), 4);
  EXPECT_EQ(number(*feed, {0, 1}), 0);
}

TEST_F(VideoFeedTest, AMovingFeedGivesTheSamePointerForTheSamePicture) {
  const auto feed = opened({made("x.mp4", counting(30))});
  const YuvPicturePtr first = picture(*feed, millis(100));
  EXPECT_EQ(picture(*feed, millis(100)), first);
  EXPECT_EQ(picture(*feed, millis(133)), first);
  EXPECT_NE(picture(*feed, millis(134)), first);
}

TEST_F(VideoFeedTest, PicturesOutliveTheirFeed) {
  auto feed = opened({made("x.mp4", counting(30))});
  std::vector<YuvPicturePtr> kept;
  kept.reserve(30);
  for (int i = 0; i < 30; ++i) kept.push_back(picture(*feed, {i, 30}));
  feed.reset();
  for (int i = 0; i < 30; ++i) EXPECT_EQ(number_of(*kept[static_cast<size_t>(i)]), i);
}

TEST_F(VideoFeedTest, PassesFollowEachOtherWithoutAGap) {
  Source source = counting(20);
  source.b_frames = 2;
  const std::string path = made("x.mp4", source);
  for (const FrameRate rate : {FrameRate{60, 1}, FrameRate{60000, 1001}, FrameRate{25, 1}}) {
    const auto feed = opened({path, true});
    for (int frame = 0; frame < 4 * rate.per_second(); ++frame) {
      const SceneTime time = rate.time_of(frame);
      ASSERT_EQ(number(*feed, time), time.numerator * 30 / time.denominator % 20) << frame;
    }
  }
}

TEST_F(VideoFeedTest, ALengthWithoutDecimalFormIsExactAfterManyPasses) {
  Source source = counting(7);
  source.time_base = {1001, 30000};
  const auto feed = opened({made("x.mp4", source), true});
  const FrameRate rate{30000, 1001};
  for (const int64_t frame : {0, 6, 7, 8, 70, 700'000'000, 700'000'006, 700'000'007, 3}) {
    EXPECT_EQ(number(*feed, rate.time_of(frame)), frame % 7) << frame;
  }
}

TEST_F(VideoFeedTest, ALoopOfUnknownLengthMayBeEnteredAnywhere) {
  const std::string path = made("x.mp4", counting(40));
  for (const int second : {3, 5, 4000}) {
    const auto feed = opened({path, true});
    EXPECT_EQ(number(*feed, {second, 1}), second * 30 % 40) << second;
    EXPECT_EQ(number(*feed, {second * 30 + 1, 30}), (second * 30 + 1) % 40) << second;
  }
}

TEST_F(VideoFeedTest, StartAndEndCutExactly) {
  const std::string path = made("x.mp4", counting(60));
  const auto feed = opened({path, false, milliseconds(450), milliseconds(1017)});
  for (int ms = 0; ms < 2000; ms += 9) {
    const int64_t expected = std::min<int64_t>((450 + ms) * 30 / 1000, 30);  // begins at 1000 ms
    ASSERT_EQ(number(*feed, millis(ms)), expected) << ms;
  }
}

TEST_F(VideoFeedTest, StartAndEndAreLoopedBetween) {
  const std::string path = made("x.mp4", counting(60));
  const auto feed = opened({path, true, milliseconds(450), milliseconds(1017)});
  for (int ms = 0; ms < 4000; ms += 9) {
    ASSERT_EQ(number(*feed, millis(ms)), (450 + ms % 567) * 30 / 1000) << ms;
  }
}

TEST_F(VideoFeedTest, ALoopWithAnEndBeyondTheFileShowsItsLastPictureUntilThen) {
  const auto feed = opened({made("x.mp4", counting(30)), true, {}, seconds(2)});
  EXPECT_EQ(number(*feed, millis(1500)), 29);
  EXPECT_EQ(number(*feed, millis(2500)), 15);
  EXPECT_EQ(number(*feed, millis(3999)), 29);
  EXPECT_EQ(number(*feed, millis(4000)), 0);
}

TEST_F(VideoFeedTest, ALoopFromStartToTheFilesEndRepeatsThat) {
  const auto feed = opened({made("x.mp4", counting(60)), true, milliseconds(1500)});
  for (int frame = 0; frame < 100; ++frame) {
    ASSERT_EQ(number(*feed, {frame, 30}), 45 + frame % 15) << frame;
  }
}

TEST_F(VideoFeedTest, AnyOrderOfTimesShowsTheSame) {
  Source source = counting(250);
  source.b_frames = 3;
  source.gop = 40;
  const auto expected = [](int ms) { return std::min(249, ms * 30 / 1000); };
  for (const std::string name : {"x.mp4", "x.mkv", "x.ts", "x.mov"}) {
    const std::string path = made(name, source);
    const auto feed = opened({path});
    std::mt19937 dice(7);
    for (int i = 0; i < 60; ++i) {
      const int ms = static_cast<int>(dice() % 9000);
      ASSERT_EQ(number(*feed, millis(ms)), expected(ms)) << name << " at " << ms;
    }
  }
}

// What a file without timestamps, or with those of decoding alone, shows by reading on it also
// shows after a seek.
TEST_F(VideoFeedTest, FilesThatTellNoTimesShowTheSameInAnyOrder) {
  for (const auto& [name, codec] : {std::pair<std::string, std::string>{"x.h264", "libx264"},
                                    {"x.avi", "mpeg4"},
                                    {"x.m2v", "mpeg2video"},
                                    {"x.mpg", "mpeg2video"}}) {
    Source source = counting(100);
    source.codec = codec;
    source.time_base = {1, 25};
    source.b_frames = codec == "libx264" ? 0 : 2;
    source.size = {128, 64};
    const std::string path = made(name, source);
    const auto forward = opened({path});
    std::vector<int> expected;
    expected.reserve(100);
    for (int i = 0; i < 100; ++i) expected.push_back(number(*forward, {i, 25}));
    EXPECT_EQ(expected.back(), 99) << name;
    const auto feed = opened({path});
    for (int i = 97; i > 0; i -= 8) {
      ASSERT_EQ(number(*feed, {i, 25}), expected[static_cast<size_t>(i)]) << name << " at " << i;
    }
  }
}

TEST_F(VideoFeedTest, LongStepsAheadShowTheSame) {
  Source source = counting(250);
  source.gop = 25;
  const auto feed = opened({made("x.mp4", source)});
  for (const int frame : {0, 100, 101, 240, 249, 5, 120}) {
    EXPECT_EQ(number(*feed, {frame, 30}), frame);
  }
}

TEST_F(VideoFeedTest, PicturesMayLastDifferently) {
  Source source;
  source.time_base = {1, 1000};
  source.stamps = {0, 7, 100, 101, 450, 500, 1777, 1800};
  source.duration = 200;
  source.b_frames = 2;
  for (const std::string name : {"x.mkv", "x.mp4"}) {
    const std::string path = made(name, source);
    const auto feed = opened({path});
    for (int ms = 0; ms < 6000; ms += ms % 100 < 3 ? 1 : 48) {
      int expected = 0;
      for (size_t i = 0; i < source.stamps.size(); ++i) {
        if (source.stamps[i] <= ms) expected = static_cast<int>(i);
      }
      ASSERT_EQ(number(*feed, millis(ms)), expected) << ms;
    }
  }
  // Without B-frames: in their order of decoding, files say how long a picture lasts.
  source.b_frames = 0;
  const auto looped = opened({made("looped.mp4", source), true});
  for (const auto& [ms, expected] :
       {std::pair{1999, 7}, {2000, 0}, {2007, 1}, {3776, 5}, {3999, 7}, {4000, 0}}) {
    EXPECT_EQ(number(*looped, millis(ms)), expected) << ms;
  }
}

TEST_F(VideoFeedTest, PicturesMayLastLongerThanAStepThatSeeks) {
  Source source;
  source.time_base = {1, 1};
  for (int i = 0; i < 20; ++i) source.stamps.push_back(10 * i);
  for (const std::string name : {"x.mp4", "x.mkv"}) {
    const std::string path = made(name, source);
    for (const std::vector<int>& times :
         {std::vector{0, 25, 12, 39, 199, 190, 5, 195}, {25, 27, 85, 3}, {0, 185, 187, 29}}) {
      const auto feed = opened({path});
      for (const int time : times) EXPECT_EQ(number(*feed, {time, 1}), time / 10) << name;
    }
  }
}

TEST_F(VideoFeedTest, AFileMayBeginAtAnyTime) {
  Source source;
  for (int i = 0; i < 60; ++i) source.stamps.push_back(75 + i);
  source.b_frames = 2;
  for (const std::string name : {"x.mkv", "x.ts", "x.mp4"}) {
    const auto feed = opened({made(name, source), true});
    for (const int frame : {0, 1, 31, 59, 60, 61, 119, 120, 30}) {
      EXPECT_EQ(number(*feed, {2 * frame + 1, 60}), frame % 60) << name;
    }
  }
}

TEST_F(VideoFeedTest, ASinglePictureIsAStill) {
  for (const std::string name : {"x.mp4", "x.mkv", "x.png", "x.gif"}) {
    Source source = counting(1);
    if (name == "x.png" || name == "x.gif") {
      source.codec = name == "x.png" ? "png" : "gif";
      source.format = name == "x.png" ? AV_PIX_FMT_GRAY8 : AV_PIX_FMT_RGB8;
      source.paint = [](AVFrame& frame, int) {
        for (int y = 0; y < frame.height; ++y) {
          for (int x = 0; x < frame.width; ++x) {
            frame.data[0][y * frame.linesize[0] + x] = x < test::kBlock ? 255 : 0;
          }
        }
      };
    }
    if (name == "x.png") source.muxer_options = {{"update", "1"}};
    const std::string path = made(name, source);
    for (const bool loops : {false, true}) {
      const auto feed = opened({path, loops});
      const frame::AnyPicture first = feed->picture_at({0, 1}).value();
      for (const int second : {3, 1000, 1}) {
        EXPECT_EQ(feed->picture_at({second, 1}).value(), first) << name;
      }
      if (const auto* planes = std::get_if<YuvPicturePtr>(&first)) {
        EXPECT_EQ(number_of(**planes), source.paint ? 1 : 0) << name;
      } else {  // a GIF may be transparent
        const auto pixels = std::get<frame::PicturePtr>(first)->view();
        EXPECT_GT(pixels.at(test::kBlock / 2, 5).red, 200) << name;
        EXPECT_EQ(pixels.at(test::kBlock + 2, 5).red, 0) << name;
      }
    }
  }
}

TEST_F(VideoFeedTest, ThreadsOfTheCodecChangeNothing) {
  Source source = counting(100);
  source.b_frames = 3;
  const auto feed = opened({made("x.mp4", source), true, {}, {}, 1, 3});
  for (int frame = 0; frame < 220; ++frame) ASSERT_EQ(number(*feed, {frame, 30}), frame % 100);
}

TEST_F(VideoFeedTest, TheRateDecidesWhichPictureShows) {
  Source source = counting(120);
  source.b_frames = 2;
  const std::string path = made("x.mp4", source);
  const FrameRate rate{60, 1};
  struct Speed {
    double rate;
    int64_t numerator;
    int64_t denominator;
  };
  for (const Speed& speed :
       {Speed{2, 2, 1}, {0.5, 1, 2}, {1.1, 11, 10}, {0.0625, 1, 16}, {16, 16, 1}}) {
    VideoFeedRequest request{path};
    request.rate = speed.rate;
    const auto feed = opened(request);
    for (int64_t frame = 0; frame < 90; ++frame) {
      const int64_t expected = frame * speed.numerator / (2 * speed.denominator);
      ASSERT_EQ(number(*feed, rate.time_of(frame)), std::min<int64_t>(expected, 119))
          << speed.rate << " frame " << frame;
    }
  }
}

TEST_F(VideoFeedTest, StartEndAndLoopAreInTheFilesTimeAtAnyRate) {
  VideoFeedRequest request{made("x.mp4", counting(60)), true, milliseconds(500),
                           milliseconds(1500)};
  request.rate = 1.5;
  const auto feed = opened(request);
  for (int frame = 0; frame < 200; ++frame) {
    const int ticks = frame * 3 / 4;  // 30 a second, 1.5 times as fast, 60 frames a second
    ASSERT_EQ(number(*feed, {frame, 60}), 15 + ticks % 30) << frame;
  }
}

// 29.97 pictures a second in 60 frames a second: frame n shows picture ⌊n × 500 / 1001⌋.
TEST_F(VideoFeedTest, NtscInSixtyFramesASecondMapsAsTheArithmeticSays) {
  Source source = counting(200);
  source.time_base = {1001, 30000};
  const auto feed = opened({made("x.mp4", source)});
  const FrameRate rate{60, 1};
  for (int64_t frame = 0; frame < 390; ++frame) {
    ASSERT_EQ(number(*feed, rate.time_of(frame)), frame * 500 / 1001) << frame;
  }
}

// Luma that is random, but the same for each number of a frame.
void paint_noise(AVFrame& frame, int number) {
  std::mt19937 dice(static_cast<uint32_t>(number));
  for (int plane = 0; plane < 3; ++plane) fill(frame, plane, 128);
  for (int y = 0; y < frame.height; ++y) {
    for (int x = 0; x < frame.width; ++x) {
      frame.data[0][y * frame.linesize[0] + x] = static_cast<uint8_t>(dice());
    }
  }
}

TEST_F(VideoFeedTest, CountsTheTimeOfTheCodecsOwnThreads) {
  Source source = counting(60);
  source.size = {480, 272};
  source.paint = paint_noise;
  const std::string path = made("x.mp4", source);
  const auto time_with = [&](int threads) {
    const auto feed = opened({path, false, {}, {}, 1, threads});
    for (int i = 0; i < 59; ++i) picture(*feed, {i, 30});
    return feed->decode_nanoseconds();
  };
  const auto one = static_cast<double>(time_with(1));
  const auto three = static_cast<double>(time_with(3));
  EXPECT_GT(three, one * 0.6);
  EXPECT_LT(three, one * 1.8);
}

/// --- What it leaves behind ---

struct Held {
  int64_t threads = 0;
  int64_t files = 0;
  int64_t resident_bytes = 0;
};

Held held_by_the_process() {
  const auto entries = [](const char* folder) {
    return std::distance(std::filesystem::directory_iterator(folder), {});
  };
  std::ifstream statm("/proc/self/statm");
  int64_t size = 0;
  int64_t resident = 0;
  statm >> size >> resident;
  return {entries("/proc/self/task"), entries("/proc/self/fd"), resident * 4096};
}

TEST_F(VideoFeedTest, AThousandFeedsLeaveNoThreadFileOrMemoryBehind) {
  const std::string path = made("x.mp4", counting(40));
  Held before;
  for (int i = 0; i < 1000; ++i) {
    if (i == 100) before = held_by_the_process();  // once the allocator has what it needs
    const auto feed = opened({path, i % 2 == 0, {}, {}, 1, 1 + i % 3});
    ASSERT_EQ(number(*feed, {i % 40, 30}), i % 40);
  }
  const Held after = held_by_the_process();
  EXPECT_EQ(after.threads, before.threads);
  EXPECT_EQ(after.files, before.files);
  EXPECT_LT(after.resident_bytes - before.resident_bytes, 8 << 20);
}

TEST_F(VideoFeedTest, MayBeClosedAtAnyMoment) {
  const std::string path = made("x.mp4", counting(60));
  for (int i = 0; i < 20; ++i) {
    const auto feed = opened({path, i % 2 == 0});
    for (int asked = 0; asked < i % 5; ++asked) picture(*feed, {asked * 97 % 11, 3});
  }
}

TEST_F(VideoFeedTest, CountsTheTimeThatDecodingTakes) {
  const auto feed = opened({made("x.mp4", counting(60))});
  picture(*feed, {0, 1});
  const int64_t before = feed->decode_nanoseconds();
  EXPECT_GT(before, 0);
  picture(*feed, {59, 30});
  EXPECT_GT(feed->decode_nanoseconds(), before);
  EXPECT_LT(feed->decode_nanoseconds(), kNanos);
}

/// --- What the samples mean ---

struct Tagged {
  AVColorSpace matrix;
  AVColorRange range;
  AVChromaLocation siting;
  int height;
  YuvMatrix expected_matrix;
  YuvRange expected_range;
  ChromaSiting expected_siting;
};

TEST_F(VideoFeedTest, ReadsTheTagsOfAFile) {
  constexpr auto kLimited = YuvRange::kLimited;
  constexpr auto kLeft = ChromaSiting::kLeft;
  const std::vector<Tagged> cases = {
      {AVCOL_SPC_BT709, AVCOL_RANGE_MPEG, AVCHROMA_LOC_LEFT, 32, YuvMatrix::kBt709, kLimited,
       kLeft},
      {AVCOL_SPC_SMPTE170M, AVCOL_RANGE_JPEG, AVCHROMA_LOC_CENTER, 32, YuvMatrix::kBt601,
       YuvRange::kFull, ChromaSiting::kCenter},
      {AVCOL_SPC_BT470BG, AVCOL_RANGE_MPEG, AVCHROMA_LOC_TOPLEFT, 720, YuvMatrix::kBt601, kLimited,
       ChromaSiting::kTopLeft},
      {AVCOL_SPC_UNSPECIFIED, AVCOL_RANGE_UNSPECIFIED, AVCHROMA_LOC_UNSPECIFIED, 718,
       YuvMatrix::kBt601, kLimited, kLeft},
      {AVCOL_SPC_UNSPECIFIED, AVCOL_RANGE_UNSPECIFIED, AVCHROMA_LOC_UNSPECIFIED, 720,
       YuvMatrix::kBt709, kLimited, kLeft}};
  for (const Tagged& each : cases) {
    Source source = counting(2);
    source.size.height = each.height;
    source.matrix = each.matrix;
    source.range = each.range;
    source.siting = each.siting;
    const auto feed = opened({made("x.mp4", source)});
    const auto layout = picture(*feed, {0, 1})->layout();
    EXPECT_EQ(layout.size, source.size);
    EXPECT_EQ(layout.matrix, each.expected_matrix);
    EXPECT_EQ(layout.range, each.expected_range);
    EXPECT_EQ(layout.siting, each.expected_siting);
    EXPECT_EQ(number(*feed, {1, 30}), 1);
  }
}

struct Layout {
  AVPixelFormat format;
  int divisor_x;
  int divisor_y;
};

TEST_F(VideoFeedTest, PlanesOfEightBitsAreTakenAsTheyAre) {
  for (const auto& [format, divisor_x, divisor_y] :
       {Layout{AV_PIX_FMT_YUV420P, 2, 2}, Layout{AV_PIX_FMT_YUV422P, 2, 1},
        Layout{AV_PIX_FMT_YUV444P, 1, 1}, Layout{AV_PIX_FMT_YUV411P, 4, 1},
        Layout{AV_PIX_FMT_YUV440P, 1, 2}}) {
    Source source = counting(1);
    source.codec = "ffv1";
    source.format = format;
    source.size = {61, 37};
    source.paint = [](AVFrame& frame, int) {
      for (int plane = 0; plane < 3; ++plane) fill(frame, plane, 50 + 40 * plane);
      if (frame.data[3] != nullptr) fill(frame, 3, 9);
    };
    const auto feed = opened({made("x.mkv", source)});
    const auto found = picture(*feed, {0, 1});
    const std::string name = av_get_pix_fmt_name(format);
    EXPECT_EQ(found->layout().chroma_divisor_x, divisor_x) << name;
    EXPECT_EQ(found->layout().chroma_divisor_y, divisor_y) << name;
    for (int plane = 0; plane < 3; ++plane) {
      const auto view = found->plane(plane);
      EXPECT_EQ(view.at(view.width() - 1, view.height() - 1), 50 + 40 * plane) << name;
    }
  }
}

TEST_F(VideoFeedTest, JpegPicturesAreFullRangeWithChromaInTheMiddle) {
  Source source = counting(3);
  source.codec = "mjpeg";
  source.format = AV_PIX_FMT_YUVJ420P;
  const auto feed = opened({made("x.avi", source)});
  const auto layout = picture(*feed, {0, 1})->layout();
  EXPECT_EQ(layout.range, YuvRange::kFull);
  EXPECT_EQ(layout.matrix, YuvMatrix::kBt601);
  EXPECT_EQ(layout.siting, ChromaSiting::kCenter);
  EXPECT_EQ(number(*feed, {2, 30}), 2);
}

/// The samples in the middle of the one picture of a file.
std::array<int, 3> middle_of(const frame::YuvPicture& picture) {
  std::array<int, 3> samples{};
  for (int plane = 0; plane < 3; ++plane) {
    const auto view = picture.plane(plane);
    samples[static_cast<size_t>(plane)] = view.at(view.width() / 2, view.height() / 2);
  }
  return samples;
}

void expect_near(const std::array<int, 3>& found, const std::array<int, 3>& expected, int most) {
  for (size_t i = 0; i < 3; ++i) EXPECT_NEAR(found[i], expected[i], most) << "plane " << i;
}

TEST_F(VideoFeedTest, TenBitsBecomeEightInTheSameColourSpace) {
  for (const auto range : {AVCOL_RANGE_MPEG, AVCOL_RANGE_JPEG}) {
    for (const auto& [format, divisor_y] :
         {std::pair{AV_PIX_FMT_YUV420P10LE, 2}, {AV_PIX_FMT_YUV422P10LE, 1}}) {
      Source source = counting(1);
      source.codec = "ffv1";
      source.format = format;
      source.matrix = AVCOL_SPC_SMPTE170M;
      source.range = range;
      source.paint = [](AVFrame& frame, int) {
        for (int plane = 0; plane < 3; ++plane) fill(frame, plane, 4 * (90 + 50 * plane), 2);
      };
      const auto feed = opened({made("x.mkv", source)});
      const auto found = picture(*feed, {0, 1});
      EXPECT_EQ(found->layout().chroma_divisor_x, 2);
      EXPECT_EQ(found->layout().chroma_divisor_y, divisor_y);
      EXPECT_EQ(found->layout().matrix, YuvMatrix::kBt601);
      EXPECT_EQ(found->layout().range,
                range == AVCOL_RANGE_JPEG ? YuvRange::kFull : YuvRange::kLimited);
      expect_near(middle_of(*found), {90, 140, 190}, 1);
    }
  }
}

TEST_F(VideoFeedTest, TenBitH264IsReadInOrder) {
  Source source = counting(20);
  source.format = AV_PIX_FMT_YUV420P10LE;
  source.b_frames = 2;
  source.paint = [](AVFrame& frame, int number) {
    for (int plane = 1; plane < 3; ++plane) fill(frame, plane, 512, 2);
    for (int y = 0; y < frame.height; ++y) {
      auto* row = reinterpret_cast<uint16_t*>(frame.data[0] + y * frame.linesize[0]);
      for (int x = 0; x < frame.width; ++x) {
        row[x] = (number >> (x / test::kBlock) & 1) != 0 ? 880 : 120;
      }
    }
  };
  const auto feed = opened({made("x.mp4", source), true});
  for (int frame = 0; frame < 50; ++frame) ASSERT_EQ(number(*feed, {frame, 30}), frame % 20);
}

TEST_F(VideoFeedTest, InterleavedChromaIsTakenApart) {
  Source source = counting(1);
  source.codec = "rawvideo";
  source.format = AV_PIX_FMT_NV12;
  source.paint = [](AVFrame& frame, int) {
    fill(frame, 0, 77);
    for (int y = 0; y < frame.height / 2; ++y) {
      for (int x = 0; x < frame.width; ++x) {
        frame.data[1][y * frame.linesize[1] + x] = x % 2 == 0 ? 60 : 200;
      }
    }
  };
  const auto feed = opened({made("x.nut", source)});
  const auto found = picture(*feed, {0, 1});
  EXPECT_EQ(found->layout().chroma_divisor_y, 2);
  EXPECT_EQ(middle_of(*found), (std::array{77, 60, 200}));
}

TEST_F(VideoFeedTest, RgbBecomesBt709) {
  Source source = counting(1);
  source.codec = "png";
  source.format = AV_PIX_FMT_RGB24;
  source.muxer_options = {{"update", "1"}};
  source.paint = [](AVFrame& frame, int) {
    for (int y = 0; y < frame.height; ++y) {
      for (int x = 0; x < frame.width; ++x) {
        uint8_t* pixel = frame.data[0] + y * frame.linesize[0] + 3 * x;
        pixel[0] = 230;
        pixel[1] = 40;
        pixel[2] = 90;
      }
    }
  };
  const auto feed = opened({made("x.png", source)});
  const auto found = picture(*feed, {0, 1});
  EXPECT_EQ(found->layout().chroma_divisor_x, 1);
  EXPECT_EQ(found->layout().matrix, YuvMatrix::kBt709);
  EXPECT_EQ(found->layout().range, YuvRange::kLimited);
  const double luma = 0.2126 * 230 + 0.7152 * 40 + 0.0722 * 90;
  const auto chroma = [&](double color, double scale) {
    return static_cast<int>(std::lround(128 + 224.0 / 255 * (color - luma) / scale));
  };
  expect_near(middle_of(*found),
              {static_cast<int>(std::lround(16 + 219.0 / 255 * luma)), chroma(90, 1.8556),
               chroma(230, 1.5748)},
              1);
}

TEST_F(VideoFeedTest, GreyHasChromaOfNoColour) {
  Source source = counting(1);
  source.codec = "png";
  source.format = AV_PIX_FMT_GRAY8;
  source.muxer_options = {{"update", "1"}};
  source.paint = [](AVFrame& frame, int) { fill(frame, 0, 201); };
  const auto feed = opened({made("x.png", source)});
  const auto found = picture(*feed, {0, 1});
  EXPECT_EQ(found->layout().range, YuvRange::kFull);
  EXPECT_EQ(middle_of(*found), (std::array{201, 128, 128}));
}

TEST_F(VideoFeedTest, Bt2020BecomesBt709) {
  Source source = counting(1);
  source.codec = "ffv1";
  source.format = AV_PIX_FMT_YUV420P10LE;
  source.matrix = AVCOL_SPC_BT2020_NCL;
  source.range = AVCOL_RANGE_MPEG;
  // R 200, G 60, B 100 in BT.2020's matrix; the primaries are then taken to be BT.2020's, too.
  const double luma = 0.2627 * 200 + 0.6780 * 60 + 0.0593 * 100;
  source.paint = [luma](AVFrame& frame, int) {
    const auto coded = [](double value) { return static_cast<int>(std::lround(4 * value)); };
    fill(frame, 0, coded(16 + 219.0 / 255 * luma), 2);
    fill(frame, 1, coded(128 + 224.0 / 255 * (100 - luma) / 1.8814), 2);
    fill(frame, 2, coded(128 + 224.0 / 255 * (200 - luma) / 1.4746), 2);
  };
  const auto feed = opened({made("x.mkv", source)});
  const auto found = picture(*feed, {0, 1});
  EXPECT_EQ(found->layout().matrix, YuvMatrix::kBt709);
  // In sRGB that is R 246.3, G 0 (below the gamut), B 100.
  const double luma709 = 0.2126 * 246.3 + 0.0722 * 100;
  expect_near(middle_of(*found),
              {static_cast<int>(std::lround(16 + 219.0 / 255 * luma709)),
               static_cast<int>(std::lround(128 + 224.0 / 255 * (100 - luma709) / 1.8556)),
               static_cast<int>(std::lround(128 + 224.0 / 255 * (246.3 - luma709) / 1.5748))},
              2);
}

TEST_F(VideoFeedTest, PixelsThatAreNotSquareStretchTheWidth) {
  Source source = counting(1);
  source.aspect = {4, 3};
  const auto feed = opened({made("x.mp4", source)});
  EXPECT_NEAR(feed->display_size().width, 64 * 4.0 / 3, 1e-9);
  EXPECT_EQ(feed->display_size().height, 32);
}

TEST_F(VideoFeedTest, AnUprightPhonesVideoIsTurned) {
  struct Turn {
    int clockwise;
    base::SizeI size;
    base::PointF bright;  ///< Where the source's first block goes, in blocks.
  };
  for (const Turn& turn :
       {Turn{90, {32, 64}, {3, 0}}, Turn{180, {64, 32}, {7, 3}}, Turn{270, {32, 64}, {0, 7}}}) {
    Source source = counting(1);
    source.clockwise_degrees = turn.clockwise;
    source.paint = [](AVFrame& frame, int) {
      fill(frame, 0, 40);
      fill(frame, 1, 128);
      fill(frame, 2, 128);
      for (int y = 0; y < 8; ++y) {
        for (int x = 0; x < 8; ++x) frame.data[0][y * frame.linesize[0] + x] = 220;
      }
      for (int y = 0; y < 4; ++y) {
        for (int x = 0; x < 4; ++x) frame.data[1][y * frame.linesize[1] + x] = 200;
      }
    };
    const auto feed = opened({made("x.mp4", source)});
    const auto found = picture(*feed, {0, 1});
    EXPECT_EQ(found->size(), turn.size);
    EXPECT_EQ(feed->display_size(), (base::SizeF{static_cast<double>(turn.size.width),
                                                 static_cast<double>(turn.size.height)}));
    for (int y = 0; y < turn.size.height; y += 8) {
      for (int x = 0; x < turn.size.width; x += 8) {
        const bool is_bright = turn.bright == base::PointF{x / 8.0, y / 8.0};
        EXPECT_NEAR(found->plane(0).at(x + 4, y + 4), is_bright ? 220 : 40, 8) << turn.clockwise;
        EXPECT_NEAR(found->plane(1).at(x + 4, y + 4), is_bright ? 200 : 128, 12) << turn.clockwise;
      }
    }
  }
}

/// --- What goes wrong ---

TEST_F(VideoFeedTest, WhatIsNoVideoIsRefused) {
  EXPECT_EQ(refusal_of({folder_ / "none.mp4"}).code, ErrorCode::kNotFound);
  EXPECT_EQ(refusal_of({folder_ / "."}).code, ErrorCode::kInvalidInput);
  EXPECT_EQ(refusal_of({written("text.mp4", "not a video\n")}).code, ErrorCode::kInvalidInput);
  EXPECT_EQ(refusal_of({written("text.txt", std::string(500, 'a') + "\n")}).code,
            ErrorCode::kInvalidInput);
  EXPECT_EQ(refusal_of({written("empty.mp4", "")}).code, ErrorCode::kInvalidInput);
  test::write_sine(folder_ / "sine.wav", 0.2, 48000, 440);
  EXPECT_THAT(refusal_of({folder_ / "sine.wav"}).message, HasSubstr("contains no video"));
}

TEST_F(VideoFeedTest, AStartAfterAllOfItIsRefused) {
  const std::string path = made("x.mp4", counting(30));
  EXPECT_EQ(refusal_of({path, false, seconds(1)}).code, ErrorCode::kInvalidInput);
  EXPECT_EQ(refusal_of({path, true, seconds(100)}).code, ErrorCode::kInvalidInput);
  EXPECT_EQ(number(*opened({path, false, milliseconds(999)}), {0, 1}), 29);
}

TEST_F(VideoFeedTest, AFileWhoseIndexIsCutOffIsRefused) {
  const std::string path = made("x.mp4", counting(30));
  std::filesystem::resize_file(path, std::filesystem::file_size(path) / 2);
  const base::Error error = refusal_of({path});
  EXPECT_EQ(error.code, ErrorCode::kInvalidInput);
  EXPECT_THAT(error.message, HasSubstr("moov atom not found"));
}

TEST_F(VideoFeedTest, WhatIsLeftOfAFileThatIsCutOffIsShown) {
  Source source = counting(200);
  source.muxer_options = {{"movflags", "faststart"}};
  for (const std::string name : {"x.mp4", "x.mkv", "x.ts"}) {
    if (name != "x.mp4") source.muxer_options.clear();
    const std::string path = made(name, source);
    std::filesystem::resize_file(path, std::filesystem::file_size(path) / 2);
    for (const bool loops : {false, true}) {
      const auto feed = opened({path, loops});
      EXPECT_EQ(number(*feed, {10, 30}), 10) << name;
      const int last = number(*opened({path}), {1000, 1});
      EXPECT_TRUE(last > 30 && last < 190) << name << last;
      for (int frame = 0; frame < 400; frame += 3) ASSERT_NE(number(*feed, {frame, 30}), -1);
    }
  }
}

TEST_F(VideoFeedTest, WhatIsDamagedInTheMiddleIsLeftOut) {
  Source source = counting(200);
  source.gop = 10;
  for (const std::string name : {"x.mkv", "x.ts", "x.mp4"}) {
    const std::string path = made(name, source);
    std::string bytes = contents_of(path);
    std::mt19937 dice(3);
    for (size_t i = bytes.size() * 2 / 5; i < bytes.size() / 2; ++i) {
      bytes[i] = static_cast<char>(dice());
    }
    written(name, bytes);
    const auto feed = opened({path});
    EXPECT_EQ(number(*feed, {41, 60}), 20) << name;
    for (int frame = 21; frame < 170; ++frame) {
      ASSERT_NE(picture(*feed, {frame, 30}), nullptr) << name;
    }
    EXPECT_EQ(number(*feed, {341, 60}), 170) << name;
    EXPECT_EQ(number(*feed, {399, 60}), 199) << name;
  }
}

TEST_F(VideoFeedTest, ThreadsOfTheCodecChangeNothingOfWhatIsDamaged) {
  Source source = counting(120);
  source.gop = 20;
  source.b_frames = 2;
  const std::string path = made("x.mkv", source);
  std::string bytes = contents_of(path);
  std::mt19937 dice(5);
  for (int hit = 0; hit < 60; ++hit) {
    bytes[bytes.size() / 4 + dice() % (bytes.size() / 2)] = static_cast<char>(dice());
  }
  written("x.mkv", bytes);
  const auto one = opened({path, false, {}, {}, 1, 1});
  const auto four = opened({path, false, {}, {}, 1, 4});
  for (int frame = 0; frame < 120; ++frame) {
    const YuvPicturePtr a = picture(*one, {frame, 30});
    const YuvPicturePtr b = picture(*four, {frame, 30});
    for (int y = 0; y < a->size().height; ++y) {
      for (int x = 0; x < a->size().width; ++x) {
        ASSERT_EQ(a->plane(0).at(x, y), b->plane(0).at(x, y)) << frame << ": " << x << ", " << y;
      }
    }
  }
}

TEST_F(VideoFeedTest, AFileThatIsNoLongerThereToBeReadIsTold) {
  Source source = counting(100);
  source.size = {192, 128};
  source.paint = paint_noise;
  const std::string path = made("x.mkv", source);
  ASSERT_GT(std::filesystem::file_size(path), 500'000);  // more than is read ahead
  const auto feed = opened({path, true});
  EXPECT_NE(picture(*feed, {0, 1}), nullptr);
  std::filesystem::resize_file(path, 3);
  bool failed = false;
  for (int frame = 0; frame < 2000 && !failed; frame += 7) {
    failed = !feed->picture_at({frame, 30}).ok();
  }
  ASSERT_TRUE(failed);
  EXPECT_EQ(feed->picture_at({100, 1}).error().where, path);
}

}  // namespace
}  // namespace layercast::media
