#include "media/sound/audio_feed.h"

#include "tests/media/made_sound.h"
#include "tests/media/read_back.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <string>
#include <sys/stat.h>
#include <utility>
#include <vector>

namespace layercast::media::test {
namespace {

using namespace std::chrono_literals;

constexpr int64_t kSecond = kAudioRate;

std::unique_ptr<AudioFeed> opened(const AudioFeedRequest& request) {
  auto feed = open_audio_feed(request);
  EXPECT_TRUE(feed.ok()) << feed.error().to_string();
  return feed.ok() ? std::move(feed).value() : nullptr;
}

AudioFeedRequest of(const std::string& path) {
  AudioFeedRequest request;
  request.path = path;
  return request;
}

TEST(AudioFeed, EverySampleHasItsPlaceWhateverWasReadBefore) {
  const TemporaryFolder folder;
  write_wav(folder / "a.wav", kAudioRate, kSecond, mark_of);
  const auto feed = opened(of(folder / "a.wav"));
  for (const int64_t first : {0L, 30'000L, 31'000L, 100L, 47'999L, 0L}) {
    const auto left = left_of(*feed, first, 1001);
    for (int64_t i = 0; i < 1001; ++i) {
      const int expected = first + i < kSecond ? mark_of(first + i) : 0;
      ASSERT_EQ(left[static_cast<size_t>(i)], static_cast<float>(expected)) << first << " " << i;
    }
  }
  EXPECT_EQ(left_of(*feed, -5, 6), (std::vector<float>{0, 0, 0, 0, 0, 1}));
  EXPECT_EQ(feed->length(), kSecond);
}

TEST(AudioFeed, LoopHasNoGapAndNoDrift) {
  const TemporaryFolder folder;
  constexpr int64_t kLength = 12'345;
  write_wav(folder / "a.wav", kAudioRate, kLength, mark_of);
  AudioFeedRequest request = of(folder / "a.wav");
  request.loop = true;
  const auto feed = opened(request);
  EXPECT_EQ(feed->length(), std::nullopt);
  for (const int64_t first : {0L, kLength - 3, 3 * kLength - 700, 1'000'000 * kLength - 9}) {
    const auto left = left_of(*feed, first, 1500);
    for (int64_t i = 0; i < 1500; ++i) {
      const auto expected = static_cast<float>(mark_of((first + i) % kLength));
      ASSERT_EQ(left[static_cast<size_t>(i)], expected) << first << " " << i;
    }
  }
}

TEST(AudioFeed, LongLoopIsAsExactAsAShortOne) {
  const TemporaryFolder folder;
  constexpr int64_t kLength = 11 * kSecond + 17;
  write_wav(folder / "a.wav", kAudioRate, kLength, mark_of);
  AudioFeedRequest request = of(folder / "a.wav");
  request.loop = true;
  const auto feed = opened(request);
  for (const int64_t first : {kLength - 500, 2 * kLength - 500, 5 * kLength + 3}) {
    const auto left = left_of(*feed, first, 1000);
    for (int64_t i = 0; i < 1000; ++i) {
      const auto expected = static_cast<float>(mark_of((first + i) % kLength));
      ASSERT_EQ(left[static_cast<size_t>(i)], expected) << first << " " << i;
    }
  }
}

TEST(AudioFeed, LoopOfAPartBeginsEachPassAtTheSampleNearestToItsTime) {
  const TemporaryFolder folder;
  write_wav(folder / "a.wav", kAudioRate, kSecond, mark_of);
  AudioFeedRequest request = of(folder / "a.wav");
  request.loop = true;
  request.start = 100ms;
  request.end = 100ms + 33'333'333ns;  // 1599.999984 samples
  const auto feed = opened(request);
  for (const int64_t pass : {0L, 1L, 1000L, 62'500L * 1000}) {
    const auto begin = static_cast<int64_t>(
        std::llround(static_cast<long double>(pass) * 33'333'333.0L * 48 / 1e6L));
    const auto left = left_of(*feed, begin - (pass > 0 ? 1 : 0), 3);
    const size_t at = pass > 0 ? 1 : 0;
    EXPECT_EQ(left[at], static_cast<float>(mark_of(4800))) << pass;
    EXPECT_EQ(left[at + 1], static_cast<float>(mark_of(4801))) << pass;
  }
}

TEST(AudioFeed, LoopOfNextToNothingTakesNoLongerThanAnother) {
  const TemporaryFolder folder;
  write_wav(folder / "a.wav", kAudioRate, kSecond, mark_of);
  AudioFeedRequest request = of(folder / "a.wav");
  request.loop = true;
  request.start = 100ms;
  request.end = 100ms + 1ns;  // 20 833 passes in a sample
  const auto feed = opened(request);
  const std::clock_t before = std::clock();
  const auto left = left_of(*feed, 1'000'000, kSecond);
  EXPECT_EQ(std::ranges::count(left, static_cast<float>(mark_of(4800))), kSecond);
  // A few milliseconds; counting passes one by one took half a minute.
  EXPECT_LT(static_cast<double>(std::clock() - before) / CLOCKS_PER_SEC, 5);
}

TEST(AudioFeed, EndCutsAndSilenceFollows) {
  const TemporaryFolder folder;
  write_wav(folder / "a.wav", kAudioRate, kSecond, mark_of);
  AudioFeedRequest request = of(folder / "a.wav");
  request.start = 250ms;
  request.end = 500ms;
  const auto feed = opened(request);
  EXPECT_EQ(feed->length(), 12'000);
  const auto left = left_of(*feed, 11'999, 2);
  EXPECT_EQ(left, (std::vector<float>{static_cast<float>(mark_of(23'999)), 0}));
}

TEST(AudioFeed, AnotherRateKeepsThePlaceOfWhatIsHeard) {
  const TemporaryFolder folder;
  // A click at each quarter of a second, at 44.1 kHz.
  write_wav(folder / "a.wav", 44'100, 4 * 44'100L,
            [](int64_t i) { return i % 11'025 == 0 ? 20'000 : 0; });
  const auto feed = opened(of(folder / "a.wav"));
  EXPECT_NEAR(static_cast<double>(*feed->length()), 4.0 * kSecond, 1);
  for (int64_t click = 1; click < 16; ++click) {
    const auto left = left_of(*feed, click * 12'000 - 20, 41);
    const auto loudest = std::max_element(left.begin(), left.end()) - left.begin();
    EXPECT_EQ(loudest, 20) << click;
  }
}

TEST(AudioFeed, PlayedFasterItIsShorterAndKeepsItsPitch) {
  const TemporaryFolder folder;
  write_sine(folder / "a.wav", 4, kAudioRate, 440);
  for (const double rate : {0.5, 1.25, 2.0}) {
    AudioFeedRequest request = of(folder / "a.wav");
    request.rate = rate;
    request.end = 4s;
    const auto feed = opened(request);
    const auto length = static_cast<int64_t>(4 * kSecond / rate);
    EXPECT_EQ(feed->length(), length);
    const auto left = left_of(*feed, 0, length + 100);
    int64_t rises = 0;
    for (int64_t i = 4800; i < length - 4800; ++i) {
      const auto at = static_cast<size_t>(i);
      rises += left[at - 1] < 0 && left[at] >= 0 ? 1 : 0;
    }
    const double hertz = static_cast<double>(rises) * kSecond / static_cast<double>(length - 9600);
    EXPECT_NEAR(hertz, 440, 2) << rate;
    EXPECT_NEAR(loudness(left, 0.1, 1.5), 16'000 / std::sqrt(2.0), 400) << rate;
    EXPECT_EQ(left[static_cast<size_t>(length + 50)], 0);
    // From any place on it is the same.
    const auto again = left_of(*feed, 50'000, 700);
    EXPECT_TRUE(std::equal(again.begin(), again.end(), left.begin() + 50'000)) << rate;
  }
}

// An hour of silence but for a second of marks near its end; it takes no room on the disk.
void write_long_wav(const std::string& path, int64_t marks_from) {
  write_wav(path, kAudioRate, 0, mark_of);
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  const auto number_at = [&](int64_t place, uint32_t number) {
    file.seekp(place);
    for (int i = 0; i < 4; ++i) file.put(static_cast<char>(number >> (8 * i)));
  };
  constexpr uint32_t kBytes = 3600 * kAudioRate * 4;
  number_at(4, 36 + kBytes);
  number_at(40, kBytes);
  for (int64_t i = marks_from; i < marks_from + kSecond; ++i) {
    const auto left = static_cast<uint16_t>(static_cast<int16_t>(mark_of(i)));
    number_at(44 + i * 4, left | static_cast<uint32_t>(left) << 16U);
  }
  number_at(44 + kBytes - 4, 0);
}

TEST(AudioFeed, FarPlacesAreSoughtForByThoseWhoCannotWait) {
  const TemporaryFolder folder;
  const int64_t far = 3500 * kSecond;
  write_long_wav(folder / "a.wav", far);
  std::array<std::clock_t, 2> took{};
  for (const FarPlaces way : {FarPlaces::kDecodedUpTo, FarPlaces::kSoughtFor}) {
    AudioFeedRequest request = of(folder / "a.wav");
    request.far_places = way;
    const auto feed = opened(request);
    const std::clock_t began = std::clock();
    for (const int64_t first : {far + 100, far + 700, far + 20}) {
      const auto left = left_of(*feed, first, 500);
      for (int64_t i = 0; i < 500; ++i) {
        ASSERT_EQ(left[static_cast<size_t>(i)], static_cast<float>(mark_of(first + i))) << first;
      }
    }
    took.at(static_cast<size_t>(way)) = std::clock() - began;
  }
  EXPECT_LT(took[1] * 10, took[0]);
}

// The sound of a coded file is the same, wherever one begins; but for what times are rounded to.
TEST(AudioFeed, WhatWasSoughtForIsWhatIsThere) {
  const TemporaryFolder folder;
  const std::vector<std::pair<std::string, std::string>> coded = {
      {"a.mp4", "-c:a aac"},
      {"b.flac", ""},
      {"c.mp3", "-b:a 96k"},
      {"d.ts", "-c:a mp2"},
      {"e.mkv", "-f lavfi -i testsrc=s=64x36:r=5:d=30 -c:v libx264 -g 20 -c:a aac"}};
  for (const auto& [name, options] : coded) {
    const std::string path = folder / name;
    // A tone that rises all the time: every place sounds differently.
    const std::string command =
        "ffmpeg -v error -f lavfi -i 'aevalsrc=0.5*sin(2*PI*(200*t+20*t*t)):s=48000:d=30' " +
        options + " -shortest '" + path + "'";
    ASSERT_EQ(std::system(command.c_str()), 0) << command;
    const auto exact = opened(of(path));
    AudioFeedRequest request = of(path);
    request.far_places = FarPlaces::kSoughtFor;
    const auto sought = opened(request);
    const int64_t first = 21 * kSecond;
    const auto expected = left_of(*exact, first - 48, 4896);
    const auto heard = left_of(*sought, first, 4800);
    double least = 1e9;
    for (size_t shift = 0; shift <= 96; ++shift) {
      double apart = 0;
      for (size_t i = 0; i < heard.size(); ++i) {
        apart = std::max(apart, std::abs(double{heard[i]} - expected[i + shift]));
      }
      least = std::min(least, apart);
      if (shift != 48 || name == "e.mkv") continue;
      EXPECT_LT(apart, 200) << name;  // of 16384
    }
    EXPECT_LT(least, 200) << name;
    // Past the end there is nothing, and one may come back.
    EXPECT_EQ(left_of(*sought, 50 * kSecond, 1), std::vector<float>{0}) << name;
    EXPECT_EQ(left_of(*sought, 1000, 9), left_of(*exact, 1000, 9)) << name;
  }
}

TEST(AudioFeed, FilesWithoutSoundAreNull) {
  const TemporaryFolder folder;
  EXPECT_FALSE(open_audio_feed(of(folder / "none.wav")).ok());
  std::ofstream(folder / "text.wav") << "no sound";
  EXPECT_FALSE(open_audio_feed(of(folder / "text.wav")).ok());
}

TEST(AudioFeed, WhatIsNoFileIsRefusedWithTheReason) {
  const TemporaryFolder folder;
  std::filesystem::create_directory(folder / "folder");
  ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);
  const auto error_of = [&](const std::string& name) {
    const auto feed = open_audio_feed(of(folder / name));
    EXPECT_FALSE(feed.ok()) << name;
    return feed.ok() ? base::Error{} : feed.error();
  };
  EXPECT_EQ(error_of("none.wav").code, base::ErrorCode::kNotFound);
  EXPECT_EQ(error_of("folder").code, base::ErrorCode::kInvalidInput);
  EXPECT_EQ(error_of("folder").message, "this is a folder; expected a sound file");
  EXPECT_EQ(error_of("pipe").message, "is not a regular file");
}

}  // namespace
}  // namespace layercast::media::test
