#include "render/talking.h"

#include "tests/content/picture/made_sound_probe.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <gtest/gtest.h>
#include <memory>
#include <vector>

namespace layercast::render {
namespace {

using base::Duration;
using std::chrono::milliseconds;

using IsLoud = std::function<bool(int64_t step)>;

// The activity of a voice that has -20 dBFS in these steps, else -41, with a hold of 50 ms.
VoiceActivity activity(Duration cross_fade, const IsLoud& is_loud, int64_t end = INT64_MAX) {
  scene::Talking talking;
  talking.hold = milliseconds(50);
  return {talking, cross_fade,
          std::make_unique<content::MadeProbe>(
              [is_loud](int64_t step) { return is_loud(step) ? 0.1F : 0.0089F; }, end)};
}

bool in_one_step(int64_t step) { return step == 100; }

TEST(VoiceActivity, HoldsAfterTheLastLoudStep) {
  VoiceActivity voice = activity({}, in_one_step);
  EXPECT_EQ(voice.weight_at(milliseconds(999)), 0);
  EXPECT_EQ(voice.weight_at(milliseconds(1000)), 255);
  EXPECT_EQ(voice.weight_at(milliseconds(1059)), 255);
  EXPECT_EQ(voice.weight_at(milliseconds(1060)), 0);
}

TEST(VoiceActivity, IsAboveTheLevelOnly) {
  scene::Talking talking;
  talking.level_above = -20.1;
  const auto steady = [](float amplitude) {
    return std::make_unique<content::MadeProbe>([amplitude](int64_t) { return amplitude; });
  };
  EXPECT_EQ(VoiceActivity(talking, {}, steady(0.1F)).weight_at(milliseconds(500)), 255);
  talking.level_above = -19.9;
  EXPECT_EQ(VoiceActivity(talking, {}, steady(0.1F)).weight_at(milliseconds(500)), 0);
  EXPECT_EQ(VoiceActivity(talking, {}, nullptr).weight_at(milliseconds(500)), 0);
}

TEST(VoiceActivity, AChangeFadesLinearlyOverTheCrossFade) {
  VoiceActivity voice = activity(milliseconds(100), [](int64_t step) { return step >= 100; });
  EXPECT_EQ(voice.weight_at(milliseconds(1000)), 0);
  EXPECT_EQ(voice.weight_at(milliseconds(1025)), 64);  // 63.75
  EXPECT_EQ(voice.weight_at(milliseconds(1050)), 128);
  EXPECT_EQ(voice.weight_at(milliseconds(1100)), 255);
  VoiceActivity ending = activity(milliseconds(100), [](int64_t step) { return step < 100; });
  EXPECT_EQ(ending.weight_at(milliseconds(1050)), 255);
  EXPECT_EQ(ending.weight_at(milliseconds(1075)), 191);
  EXPECT_EQ(ending.weight_at(milliseconds(1150)), 0);
}

TEST(VoiceActivity, AFadeThatTurnsRoundDoesNotJump) {
  // Talks for 60 ms only, so that a fade of 200 ms comes to three tenths.
  VoiceActivity voice = activity(milliseconds(200), in_one_step);
  int previous = 0;
  int highest = 0;
  for (int time = 990; time <= 1300; ++time) {
    const int weight = voice.weight_at(milliseconds(time));
    EXPECT_LE(std::abs(weight - previous), 2) << time;
    highest = std::max(highest, weight);
    previous = weight;
  }
  EXPECT_EQ(highest, 77);  // 76.5
  EXPECT_EQ(previous, 0);
}

TEST(VoiceActivity, IsTheSameWhereverItBegins) {
  const auto is_loud = [](int64_t step) { return step * 7919 % 31 < 2; };
  VoiceActivity whole = activity(milliseconds(150), is_loud);
  std::vector<int> weights;
  for (int time = 0; time < 3000; time += 17)
    weights.push_back(whole.weight_at(milliseconds(time)));
  for (const size_t first : {1U, 20U, 77U, 150U}) {
    VoiceActivity part = activity(milliseconds(150), is_loud);
    for (size_t i = first; i < weights.size(); ++i) {
      ASSERT_EQ(part.weight_at(milliseconds(static_cast<int>(i) * 17)), weights[i]) << first;
    }
  }
  // Also after it has been asked for an earlier time.
  EXPECT_EQ(whole.weight_at(milliseconds(17 * 20)), weights[20]);
}

TEST(VoiceActivity, TheNewestSoundStandsForWhatIsMissing) {
  VoiceActivity voice = activity(
      milliseconds(100), [](int64_t step) { return step >= 96; }, 100);
  EXPECT_EQ(voice.weight_at(milliseconds(1200)), 128);  // as at the end of step 100
}

}  // namespace
}  // namespace layercast::render
