#include "content/animation/playback.h"

#include <chrono>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <vector>

namespace layercast::content {
namespace {

using base::Duration;
using base::SceneTime;
using scene::Play;
using scene::Playback;
using std::chrono::milliseconds;
using testing::ElementsAre;

SceneTime at(Duration time) { return {time.count(), 1'000'000'000}; }

Playback played(Play play, std::optional<bool> loop = std::nullopt) {
  return {std::nullopt, loop, play};
}

// What shows in the middle of each of the first `steps` steps of 100 ms.
std::vector<int> shown(const Timeline& timeline, int steps) {
  std::vector<int> pictures;
  for (int i = 0; i < steps; ++i) {
    pictures.push_back(timeline.picture_of(timeline.step_at(at(milliseconds(100 * i + 50)))));
  }
  return pictures;
}

TEST(Timeline, EachPictureShowsForItsDelayToTheNanosecond) {
  const Timeline timeline(3, {{milliseconds(20), milliseconds(500), milliseconds(70)}, 0}, {});
  const auto picture = [&](Duration time) {
    return timeline.picture_of(timeline.step_at(at(time)));
  };
  EXPECT_EQ(picture(Duration{0}), 0);
  EXPECT_EQ(picture(milliseconds(20) - Duration{1}), 0);
  EXPECT_EQ(picture(milliseconds(20)), 1);
  EXPECT_EQ(picture(milliseconds(520) - Duration{1}), 1);
  EXPECT_EQ(picture(milliseconds(520)), 2);
  EXPECT_EQ(picture(milliseconds(590) - Duration{1}), 2);
  EXPECT_EQ(picture(milliseconds(590)), 0);
  EXPECT_EQ(picture(std::chrono::hours(24 * 365) * 10),
            0 + picture(std::chrono::hours(24 * 365) * 10 % milliseconds(590)));
}

TEST(Timeline, AFrameThatFallsOnABoundaryShowsTheNextPicture) {
  // 30 frames of 1001/30000 s are 1.001 s.
  const Timeline timeline(2, {}, {milliseconds(1001), true, Play::kForwards});
  const base::FrameRate rate{30000, 1001};
  EXPECT_EQ(timeline.step_at(rate.time_of(29)), 0);
  EXPECT_EQ(timeline.step_at(rate.time_of(30)), 1);
  EXPECT_EQ(timeline.step_at(rate.time_of(59)), 1);
  EXPECT_EQ(timeline.step_at(rate.time_of(60)), 2);
  EXPECT_EQ(timeline.step_at(rate.time_of(30LL * 100'000'000)), 100'000'000);
}

TEST(Timeline, DelaysOfAtMostTenMillisecondsAreTakenAsBrowsersTakeThem) {
  const Timeline timeline(4, {{milliseconds(0), milliseconds(10), milliseconds(11)}, 0}, {});
  EXPECT_EQ(timeline.step_at(at(milliseconds(99))), 0);
  EXPECT_EQ(timeline.step_at(at(milliseconds(100))), 1);
  EXPECT_EQ(timeline.step_at(at(milliseconds(200))), 2);
  EXPECT_EQ(timeline.step_at(at(milliseconds(211))), 3);  // of which the file says nothing
  EXPECT_EQ(timeline.step_at(at(milliseconds(311))), 4);
}

TEST(Timeline, ADelayOfTheSceneIsThatOfEveryPicture) {
  const Timeline timeline(2, {{milliseconds(900), milliseconds(30)}, 0}, {milliseconds(5), {}, {}});
  EXPECT_EQ(timeline.step_at(at(milliseconds(4))), 0);
  EXPECT_EQ(timeline.step_at(at(milliseconds(5))), 1);
  EXPECT_EQ(timeline.step_at(at(milliseconds(10))), 2);
}

TEST(Timeline, PlaysForwardsBackwardsAndThereAndBack) {
  EXPECT_THAT(shown(Timeline(3, {}, played(Play::kForwards)), 7), ElementsAre(0, 1, 2, 0, 1, 2, 0));
  EXPECT_THAT(shown(Timeline(3, {}, played(Play::kBackwards)), 7),
              ElementsAre(2, 1, 0, 2, 1, 0, 2));
  EXPECT_THAT(shown(Timeline(4, {}, played(Play::kPingPong)), 13),
              ElementsAre(0, 1, 2, 3, 2, 1, 0, 1, 2, 3, 2, 1, 0));
  EXPECT_THAT(shown(Timeline(2, {}, played(Play::kPingPong)), 4), ElementsAre(0, 1, 0, 1));
  EXPECT_THAT(shown(Timeline(1, {}, played(Play::kPingPong)), 3), ElementsAre(0, 0, 0));
}

TEST(Timeline, DelaysGoWithTheirPicturesWhateverTheOrder) {
  const FilePlayback file{{milliseconds(100), milliseconds(300)}, 0};
  const Timeline timeline(2, file, played(Play::kBackwards));
  EXPECT_EQ(timeline.picture_of(timeline.step_at(at(milliseconds(299)))), 1);
  EXPECT_EQ(timeline.picture_of(timeline.step_at(at(milliseconds(300)))), 0);
}

TEST(Timeline, AfterTheLastRoundTheLastPictureStays) {
  const FilePlayback twice{{}, 2};
  EXPECT_THAT(shown(Timeline(2, twice, played(Play::kForwards)), 7),
              ElementsAre(0, 1, 0, 1, 1, 1, 1));
  EXPECT_THAT(shown(Timeline(2, twice, played(Play::kBackwards)), 6),
              ElementsAre(1, 0, 1, 0, 0, 0));
  EXPECT_THAT(shown(Timeline(3, {{}, 1}, played(Play::kPingPong)), 7),
              ElementsAre(0, 1, 2, 1, 0, 0, 0));
}

TEST(Timeline, TheSceneSaysWhetherItLoopsElseTheFile) {
  EXPECT_THAT(shown(Timeline(2, {{}, 2}, played(Play::kForwards, true)), 6),
              ElementsAre(0, 1, 0, 1, 0, 1));
  EXPECT_THAT(shown(Timeline(2, {{}, 2}, played(Play::kForwards, false)), 4),
              ElementsAre(0, 1, 1, 1));
  EXPECT_THAT(shown(Timeline(2, {}, {}), 4), ElementsAre(0, 1, 0, 1));
}

TEST(Timeline, BeforeItBeginsTheFirstStepShows) {
  EXPECT_EQ(Timeline(3, {}, {}).step_at(at(milliseconds(-250))), 0);
}

}  // namespace
}  // namespace layercast::content
