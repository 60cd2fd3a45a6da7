#include "media/sound/audio_ahead.h"

#include "media/sound/audio_ring.h"
#include "media/sound/audio_source.h"

#include <algorithm>
#include <future>
#include <gtest/gtest.h>
#include <memory>
#include <span>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace layercast::media {
namespace {

using namespace std::chrono_literals;

std::vector<float> places(int64_t first, int64_t count) {
  std::vector<float> samples;
  for (int64_t place = first; place < first + count; ++place) {
    samples.push_back(static_cast<float>(place));
    samples.push_back(-static_cast<float>(place));
  }
  return samples;
}

TEST(AudioRing, GivesWhatWasPutByItsPlace) {
  AudioRing ring;
  ring.begin_at(1000);
  ring.put(places(1000, 500));
  ring.put(places(1500, 500));
  EXPECT_EQ(ring.end(), 2000);
  std::vector<float> samples(2 * 700);
  EXPECT_EQ(ring.read(1200, samples, 0ms), 0);
  EXPECT_EQ(samples, places(1200, 700));
  EXPECT_EQ(ring.read(1900, samples, 0ms), 600);
  EXPECT_EQ(samples[0], 1900);
  EXPECT_EQ(samples[2 * 100], 0);
  EXPECT_EQ(ring.read(500, samples, 0ms), 500);
  EXPECT_EQ(samples[2 * 499], 0);
  EXPECT_EQ(samples[2 * 500], 1000);
}

TEST(AudioRing, TheOldestGivesWay) {
  AudioRing ring;
  for (int64_t place = 0; place < AudioRing::kSamples + 1000; place += 1000) {
    ring.put(places(place, 1000));
  }
  std::vector<float> samples(2 * 1000);
  EXPECT_EQ(ring.read(0, samples, 0ms), 1000);
  EXPECT_EQ(ring.read(1000, samples, 0ms), 0);
  EXPECT_EQ(samples, places(1000, 1000));
}

TEST(AudioRing, WhatIsAboutToComeIsWaitedFor) {
  AudioRing ring;
  std::vector<float> samples(2 * 100);
  std::thread other([&] { ring.put(places(0, 100)); });
  EXPECT_EQ(ring.read(0, samples, 20s), 0);
  other.join();
  EXPECT_EQ(samples, places(0, 100));
}

/// Each sample of it is its place, up to where floats are exact.
class Counting final : public AudioFeed {
 public:
  void read(int64_t first, std::span<float> samples) override {
    std::ranges::copy(places(first, static_cast<int64_t>(samples.size()) / 2), samples.begin());
  }
  std::optional<int64_t> length() override { return 77; }
};

base::Result<std::unique_ptr<AudioFeed>> counting() {
  return std::unique_ptr<AudioFeed>(std::make_unique<Counting>());
}

// Reads at `first` until it is there.
std::vector<float> read_when_there(AudioAhead& ahead, int64_t first) {
  std::vector<float> samples(2 * 240);
  for (;;) {
    ahead.want(first);
    std::this_thread::yield();
    ahead.read(first, samples);
    if (samples[2 * 239] == 0) continue;
    // Once more: what follows silence is faded in.
    ahead.read(first, samples);
    return samples;
  }
}

TEST(AudioAhead, ReadsAheadFromWhereverItIsWanted) {
  AudioAhead ahead(
      counting, [](const base::Error&) {}, AudioAhead::Length::kIsNot);
  for (const int64_t first : {100, 340, 48'000, 1'000'000, 2000}) {
    EXPECT_EQ(read_when_there(ahead, first), places(first, 240)) << first;
  }
  EXPECT_EQ(ahead.length(), std::nullopt);
}

TEST(AudioAhead, WhatCannotBeOpenedIsToldAndSilent) {
  std::promise<std::string> told;
  AudioAhead ahead(
      []() -> base::Result<std::unique_ptr<AudioFeed>> {
        return base::Error{base::ErrorCode::kNotFound, "no such file", "a.wav", nullptr};
      },
      [&](const base::Error& error) { told.set_value(error.message); }, AudioAhead::Length::kIsNot);
  EXPECT_EQ(told.get_future().get(), "no such file");
  std::vector<float> samples(2 * 240, 9);
  ahead.read(0, samples);
  EXPECT_EQ(std::ranges::count(samples, 0.0F), 480);
}

TEST(AudioAhead, TellsTheLengthThatIsNeeded) {
  AudioAhead ahead(
      counting, [](const base::Error&) {}, AudioAhead::Length::kIsNeeded);
  read_when_there(ahead, 100);
  EXPECT_EQ(ahead.length(), 77);
}

}  // namespace
}  // namespace layercast::media
