#include "media/helper/helper_media.h"

#include "tests/media/made_sound.h"
#include "tests/media/read_back.h"
#include "tests/media/video_source.h"
#include "tests/sandbox/processes.h"

#include <csignal>
#include <deque>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <memory>
#include <string>
#include <unistd.h>
#include <utility>
#include <vector>

namespace layercast::media {
namespace {

using test::counting;
using test::number_of;
using ::testing::HasSubstr;

class HelperMediaTest : public ::testing::Test {
 protected:
  // Kills the processes that decode now, as an operator or the kernel could.
  void kill_jobs() const {
    for (const pid_t helper : layercast::test::children_of(::getpid())) {
      for (const pid_t job : layercast::test::children_of(helper)) ::kill(job, SIGKILL);
    }
  }
  std::unique_ptr<VideoSource> video(const std::string& path) {
    auto opened = video_opener_of(media_)({path, 1});
    EXPECT_TRUE(opened) << (opened ? "" : opened.error().to_string());
    return std::move(opened).value();
  }
  static int number_in(VideoSource& source, VideoFrame frame) {
    return number_of(*std::get<frame::YuvPicturePtr>(source.picture_of(std::move(frame)).value()));
  }
  // The samples of a track up to its end.
  static std::vector<float> all_of(AudioTrack& track) {
    std::vector<float> all;
    for (auto part = track.next(); !part.empty(); part = track.next()) {
      all.insert(all.end(), part.begin(), part.end());
    }
    return all;
  }

  test::TemporaryFolder folder_;
  std::vector<sandbox::JobFailure> failures_;
  HelperMedia media_{std::make_shared<sandbox::Helper>(sandbox::HelperOptions{DECODE_PROGRAM}),
                     [this](const sandbox::JobFailure& failure) { failures_.push_back(failure); }};
};

TEST_F(HelperMediaTest, EveryFrameComesOnceWhateverKillsTheProcess) {
  const std::string path = folder_ / "x.mp4";
  auto source = counting(60);
  source.b_frames = 2;
  test::write_source(path, source);
  const auto track = video(path);
  for (int number = 0; number < 60; ++number) {
    if (number % 7 == 3) kill_jobs();  // before the frame is read
    auto frame = track->next().value();
    ASSERT_TRUE(frame) << number;
    if (number % 7 == 5) kill_jobs();  // before it is converted
    EXPECT_EQ(number_in(*track, *std::move(frame)), number);
  }
  kill_jobs();
  EXPECT_FALSE(track->next().value());
  EXPECT_GE(failures_.size(), 17U);
}

// Frames are shown where the process has decoded them: it must not decode others into them.
TEST_F(HelperMediaTest, PicturesStayAsLongAsTheyAreKept) {
  const std::string path = folder_ / "x.mp4";
  auto source = counting(90);
  source.b_frames = 2;
  test::write_source(path, source);
  const auto track = video(path);
  std::deque<std::pair<int, frame::AnyPicture>> kept;
  for (int number = 0; number < 90; ++number) {
    auto frame = track->next().value();
    ASSERT_TRUE(frame) << number;
    if (number == 45) kill_jobs();
    kept.emplace_back(number, track->picture_of(*std::move(frame)).value());
    if (number % 3 == 0) kept.pop_front();
    for (const auto& [expected, picture] : kept) {
      ASSERT_EQ(number_of(*std::get<frame::YuvPicturePtr>(picture)), expected) << number;
    }
  }
}

// The planes of a frame that was decoded in shared memory have the rows of the decoder, which are
// longer than those of a copy.
TEST_F(HelperMediaTest, FramesAreSoonShownWithoutACopy) {
  const std::string path = folder_ / "x.mp4";
  auto source = counting(60);
  test::write_source(path, source);
  const auto track = video(path);
  int shared = 0;
  for (int number = 0; number < 60; ++number) {
    auto frame = track->next().value();
    ASSERT_TRUE(frame) << number;
    const auto picture =
        std::get<frame::YuvPicturePtr>(track->picture_of(*std::move(frame)).value());
    const auto& luma = picture->plane(0);
    const auto& chroma = picture->plane(1);
    const auto copied_luma_bytes = frame::aligned_row_bytes(luma.width()) * luma.height();
    if (chroma.row(0) - luma.row(0) != copied_luma_bytes) ++shared;
  }
  EXPECT_GT(shared, 40);
}

TEST_F(HelperMediaTest, AKilledProcessGoesOnWhereItWasSentTo) {
  const std::string path = folder_ / "x.mp4";
  auto source = counting(90);
  test::write_source(path, source);
  const auto track = video(path);
  const int64_t second = track->time_base().denominator / track->time_base().numerator;
  ASSERT_TRUE(track->seek(2 * second));
  kill_jobs();
  auto frame = track->next().value();
  ASSERT_TRUE(frame);
  EXPECT_LE(frame->tick, 2 * second);
  while (frame->end_tick <= 2 * second) frame = track->next().value();
  EXPECT_EQ(number_in(*track, *std::move(frame)), 60);
}

TEST_F(HelperMediaTest, FramesThatWerePutBackComeAgain) {
  const std::string path = folder_ / "x.mp4";
  test::write_source(path, counting(9));
  const auto track = video(path);
  auto first = track->next().value();
  auto second = track->next().value();
  track->put_back(*std::move(first));
  track->put_back(*std::move(second));
  ASSERT_TRUE(track->seek(0));
  kill_jobs();
  for (int number = 0; number < 9; ++number) {
    EXPECT_EQ(number_in(*track, *track->next().value()), number);
  }
}

TEST_F(HelperMediaTest, PicturesOutliveTheirVideo) {
  const std::string path = folder_ / "x.mp4";
  test::write_source(path, counting(9));
  frame::AnyPicture picture;
  {
    const auto track = video(path);
    picture = track->picture_of(*track->next().value()).value();
  }
  EXPECT_EQ(number_of(*std::get<frame::YuvPicturePtr>(picture)), 0);
}

TEST_F(HelperMediaTest, EverySampleComesOnceWhateverKillsTheProcess) {
  const std::string path = folder_ / "x.wav";
  test::write_wav(path, kAudioRate, 200'000, test::mark_of);
  const auto here = audio_files().open(path, AudioOrigin::kSound).value();
  const auto there = audio_files_of(media_).open(path, AudioOrigin::kSound).value();
  const std::vector<float> expected = all_of(*here);
  std::vector<float> got;
  int parts = 0;
  for (auto part = there->next(); !part.empty(); part = there->next()) {
    got.insert(got.end(), part.begin(), part.end());
    if (++parts % 5 == 2) kill_jobs();
  }
  EXPECT_EQ(got, expected);
  EXPECT_FALSE(failures_.empty());
}

TEST_F(HelperMediaTest, SoundsAreSought) {
  const std::string path = folder_ / "x.wav";
  test::write_wav(path, kAudioRate, 300'000, test::mark_of);
  const auto here = audio_files().open(path, AudioOrigin::kSound).value();
  const auto there = audio_files_of(media_).open(path, AudioOrigin::kSound).value();
  EXPECT_EQ(here->first_sample(), there->first_sample());
  ASSERT_EQ(here->seek(150'000), there->seek(150'000));
  EXPECT_EQ(here->first_sample(), there->first_sample());
  EXPECT_EQ(all_of(*here), all_of(*there));
}

TEST_F(HelperMediaTest, ErrorsNameTheFile) {
  const std::string path = folder_ / "no_video.mp4";
  std::ofstream(path) << "this is a text";
  const auto here = open_video_in_process({path, 1});
  const auto there = video_opener_of(media_)({path, 1});
  ASSERT_FALSE(here || there);
  EXPECT_EQ(here.error().to_string(), there.error().to_string());
  EXPECT_EQ(here.error().code, there.error().code);
  const auto missing = video_opener_of(media_)({folder_ / "missing.mp4", 1});
  EXPECT_EQ(missing.error().code, base::ErrorCode::kNotFound);
  EXPECT_THAT(missing.error().where, HasSubstr("missing.mp4"));
  const auto silent = audio_files_of(media_).open(path, AudioOrigin::kSound);
  ASSERT_FALSE(silent);
  EXPECT_EQ(silent.error().where, path);
  EXPECT_FALSE(audio_files_of(media_).video_length(path));
}

}  // namespace
}  // namespace layercast::media
