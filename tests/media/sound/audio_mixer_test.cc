#include "media/sound/audio_mixer.h"

#include "media/sound/audio_source.h"

#include <algorithm>
#include <cmath>
#include <gmock/gmock.h>

namespace layercast::media {
namespace {

constexpr int64_t kSecond = kAudioRate;

/// A sample of it says where it is.
class Counting final : public AudioFeed {
 public:
  void read(int64_t first, std::span<float> samples) override {
    for (size_t i = 0; i < samples.size(); ++i) {
      const int64_t place = first + static_cast<int64_t>(i / 2);
      samples[i] = place < 0 ? 0 : static_cast<float>(place % 1000 + 1) / 4096;
    }
  }
  std::optional<int64_t> length() override { return std::nullopt; }
};

/// The same value from sample 0 on, up to its end.
class Constant final : public AudioFeed {
 public:
  explicit Constant(float value, int64_t end = INT64_MAX) : value_(value), end_(end) {}
  void read(int64_t first, std::span<float> samples) override {
    for (size_t i = 0; i < samples.size(); ++i) {
      const int64_t place = first + static_cast<int64_t>(i / 2);
      samples[i] = place < 0 || place >= end_ ? 0 : value_;
    }
  }
  std::optional<int64_t> length() override { return end_; }

 private:
  float value_;
  int64_t end_;
};

Voice voice(const std::string& key, std::shared_ptr<AudioFeed> feed, int64_t begins = 0,
            double volume = 1) {
  return {key, std::move(feed), begins, [volume](int64_t) { return volume; }, "", ""};
}

std::vector<float> left(AudioMixer& mixer, int64_t count) {
  std::vector<float> samples(static_cast<size_t>(count) * 2);
  // In odd parts.
  for (size_t done = 0; done < samples.size();) {
    const size_t part = std::min<size_t>(1602, samples.size() - done);
    mixer.read(std::span(samples).subspan(done, part));
    done += part;
  }
  std::vector<float> left;
  for (size_t i = 0; i < samples.size(); i += 2) left.push_back(samples[i]);
  return left;
}

TEST(AudioMixer, WithoutVoicesItIsSilent) {
  AudioMixer mixer(0);
  const auto heard = left(mixer, 5000);
  EXPECT_EQ(std::ranges::count(heard, 0.0F), 5000);
  EXPECT_EQ(mixer.place(), 5000);
}

TEST(AudioMixer, AVoiceBeginsAtItsSample) {
  AudioMixer mixer(0);
  mixer.set_voices({voice("a", std::make_shared<Counting>(), 12'345)});
  const auto heard = left(mixer, 20'000);
  EXPECT_EQ(std::ranges::count(heard.begin(), heard.begin() + 12'345, 0.0F), 12'345);
  for (size_t i = 12'345; i < 20'000; ++i) {
    ASSERT_EQ(heard[i], static_cast<float>((i - 12'345) % 1000 + 1) / 4096) << i;
  }
}

TEST(AudioMixer, VoicesAddUp) {
  AudioMixer mixer(0);
  mixer.set_voices({voice("a", std::make_shared<Constant>(0.5F), 0, 0.5),
                    voice("b", std::make_shared<Constant>(0.25F), 1000)});
  const auto heard = left(mixer, 2000);
  EXPECT_EQ(heard[999], 0.25F);
  EXPECT_EQ(heard[1000], 0.5F);
  EXPECT_EQ(mixer.take_levels().voices, 2);
}

/// Loud, changing and ducking voices.
std::vector<Voice> lively() {
  auto changing = [](int64_t sample) {
    return std::fabs(std::sin(static_cast<double>(sample) * 1e-4)) * 2;
  };
  Voice speech = voice("layer:x", std::make_shared<Counting>(), 70'000, 3);
  speech.volume = [](int64_t sample) { return sample / kSecond % 2 == 0 ? 3.0 : 0.0; };
  speech.group = "x";
  Voice music = voice("audio:m", std::make_shared<Constant>(0.9F));
  music.volume = changing;
  music.ducks_under = "x";
  return {music, speech};
}

TEST(AudioMixer, EverySampleIsTheSameWhereverTheMixBegan) {
  AudioMixer whole(0);
  whole.set_voices(lively());
  const auto all = left(whole, 6 * kSecond);
  EXPECT_GT(whole.take_levels().limited, 0);
  for (const int64_t first : {1L, 100'001L, 3 * kSecond + 77, 5 * kSecond}) {
    AudioMixer part(first);
    part.set_voices(lively());
    EXPECT_EQ(part.place(), first);
    const auto heard = left(part, 6 * kSecond - first);
    EXPECT_TRUE(std::equal(heard.begin(), heard.end(), all.begin() + first)) << first;
  }
}

// The left channel of what the ring has from `first` on.
std::vector<float> kept(const AudioRing& ring, int64_t first, int64_t count) {
  std::vector<float> samples(static_cast<size_t>(count) * 2, 9);
  EXPECT_EQ(ring.read(first, samples, base::Duration::zero()), 0);
  std::vector<float> left;
  for (size_t i = 0; i < samples.size(); i += 2) left.push_back(samples[i]);
  return left;
}

TEST(AudioMixer, ATapHasTheVoicesOfItsOwner) {
  std::vector<Voice> voices = {voice("1", std::make_shared<Constant>(0.25F), 0, 0.5),
                               voice("2", std::make_shared<Constant>(0.25F), 1000),
                               voice("3", std::make_shared<Constant>(0.0625F))};
  voices[0].owner = "a";
  voices[1].owner = "b";
  voices[2].owner = "a";
  const auto a = std::make_shared<AudioRing>();
  const auto b = std::make_shared<AudioRing>();
  const auto none = std::make_shared<AudioRing>();
  AudioMixer mixer(0);
  mixer.set_voices(voices);
  mixer.set_taps({{"a", a}, {"b", b}, {"c", none}});
  const auto heard = left(mixer, 2000);
  EXPECT_GE(a->end(), mixer.place());
  EXPECT_EQ(kept(*a, 0, 2000), std::vector<float>(2000, 0.1875F));
  EXPECT_EQ(kept(*none, 0, 2000), std::vector<float>(2000, 0.0F));
  const auto of_b = kept(*b, 0, 2000);
  EXPECT_EQ(of_b[999], 0);
  EXPECT_EQ(of_b[1000], 0.25F);
  for (size_t i = 0; i < 2000; ++i) ASSERT_EQ(heard[i], 0.1875F + of_b[i]) << i;
}

TEST(AudioMixer, ATapIsDuckedButNotLimited) {
  const int64_t first = 2 * kSecond + 77;  // the speech sounds in this second
  const auto music = std::make_shared<AudioRing>();
  std::vector<Voice> voices = lively();
  voices[0].owner = "m";
  AudioMixer mixer(first);
  mixer.set_voices(voices);
  mixer.set_taps({{"m", music}});
  left(mixer, kSecond / 2);
  const auto tapped = kept(*music, first, kSecond / 2);
  const int64_t at = kSecond / 4;
  const double volume = std::fabs(std::sin(static_cast<double>(first + at) * 1e-4)) * 2;
  EXPECT_NEAR(tapped[static_cast<size_t>(at)], 0.9F * volume * AudioMixer::kDuckedGain, 0.001);
}

TEST(AudioMixer, NothingExceedsFullScale) {
  AudioMixer mixer(0);
  mixer.set_voices(
      {voice("a", std::make_shared<Constant>(0.9F)), voice("b", std::make_shared<Constant>(0.9F))});
  const auto heard = left(mixer, 30'000);
  EXPECT_NEAR(heard[29'000], 1, 1e-6);
  EXPECT_LE(*std::ranges::max_element(heard), 1);
  EXPECT_LE(mixer.take_levels().peak, 1);
}

TEST(AudioMixer, ChangesOfVolumeDoNotClick) {
  AudioMixer mixer(0);
  const auto feed = std::make_shared<Constant>(0.8F);
  mixer.set_voices({voice("a", feed)});
  auto heard = left(mixer, 10'000);
  mixer.set_voices({voice("a", feed, 0, 0)});  // muted
  const auto muted = left(mixer, 10'000);
  mixer.set_voices({voice("a", feed, 0, 0.5)});
  const auto louder = left(mixer, 10'000);
  mixer.set_voices({});  // taken away
  const auto gone = left(mixer, 10'000);
  heard.insert(heard.end(), muted.begin(), muted.end());
  heard.insert(heard.end(), louder.begin(), louder.end());
  heard.insert(heard.end(), gone.begin(), gone.end());
  for (size_t i = 1; i < heard.size(); ++i) {
    ASSERT_LT(std::fabs(heard[i] - heard[i - 1]), 0.004F) << i;
  }
  EXPECT_EQ(muted[5000], 0);
  EXPECT_EQ(louder[5000], 0.4F);
  EXPECT_EQ(gone[5000], 0);
}

TEST(AudioMixer, AVoiceThatJoinsInItsMiddleIsFadedIn) {
  AudioMixer mixer(0);
  left(mixer, 10'000);
  mixer.set_voices({voice("a", std::make_shared<Constant>(0.8F))});
  const auto heard = left(mixer, 2000);
  for (size_t i = 1; i < heard.size(); ++i) {
    ASSERT_LT(std::fabs(heard[i] - heard[i - 1]), 0.004F) << i;
  }
  EXPECT_EQ(heard[1500], 0.8F);
}

TEST(AudioMixer, OneIsTurnedDownWhileAnotherSounds) {
  AudioMixer mixer(0);
  Voice speech = voice("layer:x", std::make_shared<Constant>(0.01F, kSecond), kSecond);
  speech.group = "x";
  Voice music = voice("audio:m", std::make_shared<Constant>(0.4F));
  music.ducks_under = "x";
  mixer.set_voices({music, speech});
  const auto heard = left(mixer, 4 * kSecond);
  EXPECT_EQ(heard[kSecond - 1], 0.4F);
  EXPECT_NEAR(heard[kSecond + kSecond / 8], 0.1 + 0.01, 1e-6);
  EXPECT_NEAR(heard[2 * kSecond - 300], 0.1 + 0.01, 1e-6);
  EXPECT_NEAR(heard[2 * kSecond + kSecond / 4], 0.1, 1e-6);  // held
  EXPECT_NEAR(heard[3 * kSecond + kSecond / 8], 0.4, 1e-6);
  for (size_t i = 1; i < heard.size(); ++i) {
    ASSERT_LT(std::fabs(heard[i] - heard[i - 1]), 0.011F) << i;  // the speech itself begins
  }
}

TEST(AudioMixer, WhatIsTooQuietToBeHeardTurnsNothingDown) {
  AudioMixer mixer(0);
  Voice hiss = voice("layer:x", std::make_shared<Constant>(0.003F));
  hiss.group = "x";
  Voice music = voice("audio:m", std::make_shared<Constant>(0.4F));
  music.ducks_under = "x";
  mixer.set_voices({music, hiss});
  EXPECT_NEAR(left(mixer, kSecond).back(), 0.403, 1e-6);
}

}  // namespace
}  // namespace layercast::media
