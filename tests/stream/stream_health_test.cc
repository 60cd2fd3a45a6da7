#include "stream/stream_health.h"

#include "tests/base/manual_clock.h"

#include <chrono>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace layercast::stream {
namespace {

using base::HealthPart;
using base::HealthProblem;
using base::HealthState;
using media::OutputState;
using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::IsEmpty;

// A stream at 60 frames per second, of which a sample is taken twice a second.
class Stream {
 public:
  Stream() {
    sample.time = base::ManualClock::kStart;
    sample.stream.transmission = scene::Transmission::kOnAir;
    sample.stream.behind = 10ms;
    sample.stream.frame = 0;
    sample.stream.dropped = {{"late", 0}, {"queue_full", 0}, {"reconfigure", 0}};
  }

  media::LiveOutputReport& add_output(const std::string& id, OutputState state) {
    media::LiveOutputReport report;
    report.id = id;
    report.state = state;
    sample.stream.outputs.push_back(report);
    return sample.stream.outputs.back();
  }
  media::LiveOutputReport& output(size_t place = 0) { return sample.stream.outputs.at(place); }

  // Live outputs get `taken` of the 60 frames of each second, of 5000 bytes each.
  std::vector<HealthProblem> pass(base::Duration time, int64_t taken = 60) {
    std::vector<HealthProblem> problems;
    for (base::Duration passed{}; passed < time; passed += 500ms) {
      sample.time += 500ms;
      sample.stream.rendered += 30;
      for (auto& report : sample.stream.outputs) {
        if (report.state != OutputState::kLive) continue;
        report.frames += taken / 2;
        report.frames_dropped += 30 - taken / 2;
        report.bytes += 5000 * taken / 2;
        report.bytes_dropped += 5000 * (30 - taken / 2);
      }
      problems = health.check(sample);
    }
    return problems;
  }

  StreamHealth health;
  HealthSample sample;
};

TEST(StreamHealth, StreamWithLiveOutputsHasNoProblem) {
  Stream stream;
  stream.add_output("main", OutputState::kLive);
  EXPECT_THAT(stream.pass(500ms), IsEmpty());
  EXPECT_THAT(stream.pass(60s), IsEmpty());
}

TEST(StreamHealth, StreamWithoutOutputsHasNoProblem) {
  Stream stream;
  EXPECT_THAT(stream.pass(60s), IsEmpty());
}

TEST(StreamHealth, OutputThatTakesTooLittleIsToldWithItsRates) {
  Stream stream;
  stream.add_output("main", OutputState::kLive);
  EXPECT_THAT(stream.pass(20s), IsEmpty());
  const auto problems = stream.pass(10s, 48);
  ASSERT_EQ(problems.size(), 1U);
  EXPECT_EQ(problems[0].part, HealthPart::kOutputs);
  EXPECT_EQ(problems[0].subject, "main");
  EXPECT_EQ(problems[0].severity, HealthState::kDegraded);
  // 48 of 60 frames a second, each of 40,000 bits.
  EXPECT_THAT(problems[0].message,
              HasSubstr("takes 1.92 Mbit/s of the 2.40 Mbit/s that it needs; 120 of the last 600 "
                        "frames were dropped"));
  // It ends when no frame was dropped for 10 seconds.
  EXPECT_EQ(stream.pass(9500ms).size(), 1U);
  EXPECT_THAT(stream.pass(500ms), IsEmpty());
}

TEST(StreamHealth, FramesDroppedWhileAnOutputWasAwayAreNoSlowness) {
  Stream stream;
  stream.add_output("main", OutputState::kLive);
  stream.add_output("other", OutputState::kLive);
  stream.pass(10s);
  stream.output().state = OutputState::kReconnecting;
  stream.output().error = "connection refused";
  stream.output().frames_dropped += 300;
  const auto away = stream.pass(5s);
  ASSERT_EQ(away.size(), 1U);
  EXPECT_EQ(away[0].message, "reconnecting: connection refused");
  stream.output().state = OutputState::kLive;
  stream.output().error.clear();
  EXPECT_THAT(stream.pass(500ms), IsEmpty());
  EXPECT_THAT(stream.pass(20s), IsEmpty());
}

TEST(StreamHealth, OutputMayReconnectForASecond) {
  Stream stream;
  stream.add_output("main", OutputState::kLive);
  stream.add_output("other", OutputState::kLive);
  stream.pass(10s);
  stream.output().state = OutputState::kReconnecting;
  EXPECT_THAT(stream.pass(1s), IsEmpty());
  const auto problems = stream.pass(500ms);
  ASSERT_EQ(problems.size(), 1U);
  EXPECT_TRUE(problems[0].has_own_report);
}

TEST(StreamHealth, OutputMayConnectForFiveSeconds) {
  Stream stream;
  stream.add_output("main", OutputState::kLive);
  stream.pass(10s);
  stream.add_output("new", OutputState::kConnecting);
  EXPECT_THAT(stream.pass(5s), IsEmpty());
  const auto problems = stream.pass(500ms);
  ASSERT_EQ(problems.size(), 1U);
  EXPECT_EQ(problems[0].subject, "new");
  EXPECT_EQ(problems[0].severity, HealthState::kDegraded);
}

TEST(StreamHealth, FailedOutputIsToldAtOnce) {
  Stream stream;
  stream.add_output("main", OutputState::kLive);
  stream.add_output("file", OutputState::kFailed).error = "no such folder";
  const auto problems = stream.pass(500ms);
  ASSERT_EQ(problems.size(), 1U);
  EXPECT_EQ(problems[0].message, "failed: no such folder");
}

TEST(StreamHealth, StartIsNotReadyAndExpectedForTenSeconds) {
  Stream stream;
  stream.add_output("main", OutputState::kConnecting);
  const auto whole = [](const std::vector<HealthProblem>& problems) {
    for (const HealthProblem& problem : problems) {
      if (problem.subject.empty()) return problem;
    }
    return HealthProblem{};
  };
  HealthProblem problem = whole(stream.pass(500ms));
  EXPECT_EQ(problem.severity, HealthState::kFailed);
  EXPECT_TRUE(problem.is_expected);
  EXPECT_EQ(problem.message, "no output has got a frame yet: main is connecting");
  problem = whole(stream.pass(9500ms));
  EXPECT_TRUE(problem.is_expected);
  problem = whole(stream.pass(500ms));
  EXPECT_FALSE(problem.is_expected);
  EXPECT_EQ(problem.message, "no output has got a frame for 10 seconds: main is connecting");
}

TEST(StreamHealth, StreamFailsAfterTenSecondsWithoutFramesAtAnyOutput) {
  Stream stream;
  stream.add_output("main", OutputState::kLive);
  stream.pass(10s);
  stream.output().state = OutputState::kReconnecting;
  auto problems = stream.pass(9500ms);
  ASSERT_EQ(problems.size(), 1U);
  EXPECT_EQ(problems[0].severity, HealthState::kDegraded);
  problems = stream.pass(500ms);
  ASSERT_EQ(problems.size(), 2U);
  EXPECT_EQ(problems[1].severity, HealthState::kFailed);
  EXPECT_FALSE(problems[1].is_expected);
  // An output that is connected but takes nothing is not on air either.
  stream.output().state = OutputState::kLive;
  problems = stream.pass(1s, 0);
  ASSERT_FALSE(problems.empty());
  EXPECT_EQ(problems.back().severity, HealthState::kFailed);
  EXPECT_THAT(stream.pass(500ms), IsEmpty());
}

TEST(StreamHealth, StoppedStreamFailsAsExpected) {
  Stream stream;
  stream.add_output("main", OutputState::kStopped);
  stream.sample.stream.transmission = scene::Transmission::kStopped;
  stream.sample.stream.behind.reset();
  const auto problems = stream.pass(20s);
  ASSERT_EQ(problems.size(), 1U);
  EXPECT_EQ(problems[0].part, HealthPart::kRendering);
  EXPECT_EQ(problems[0].severity, HealthState::kFailed);
  EXPECT_TRUE(problems[0].is_expected);
}

TEST(StreamHealth, GapBetweenFramesIsAProblemAfterASecondAndAFailureAfterTen) {
  Stream stream;
  stream.sample.stream.behind = 1s;
  EXPECT_THAT(stream.pass(500ms), IsEmpty());
  stream.sample.stream.behind = 1001ms;
  EXPECT_EQ(stream.pass(500ms).at(0).severity, HealthState::kDegraded);
  stream.sample.stream.behind = 10s;
  EXPECT_EQ(stream.pass(500ms).at(0).severity, HealthState::kFailed);
}

TEST(StreamHealth, FirstFrameMayWaitForItsContents) {
  Stream stream;
  stream.sample.stream.frame = -1;
  stream.sample.stream.behind = 6s;
  EXPECT_THAT(stream.pass(500ms), IsEmpty());
  stream.sample.stream.behind = 6001ms;
  EXPECT_EQ(stream.pass(500ms).at(0).severity, HealthState::kDegraded);
}

TEST(StreamHealth, MoreThanOneFrameInAHundredDroppedIsAProblem) {
  Stream stream;
  stream.pass(10s);
  stream.sample.stream.dropped[1].second += 6;  // of 600
  EXPECT_THAT(stream.pass(500ms), IsEmpty());
  stream.sample.stream.dropped[1].second += 1;
  const auto encoder = stream.pass(500ms);
  ASSERT_EQ(encoder.size(), 1U);
  EXPECT_EQ(encoder[0].part, HealthPart::kEncoder);
  EXPECT_THAT(encoder[0].message, HasSubstr("7 of the last 600 frames were not encoded"));
  EXPECT_THAT(stream.pass(10s), IsEmpty());
  stream.sample.stream.dropped[0].second += 60;
  const auto late = stream.pass(500ms);
  ASSERT_EQ(late.size(), 1U);
  EXPECT_EQ(late[0].part, HealthPart::kRendering);
  EXPECT_THAT(late[0].message, HasSubstr("60 of the last 660 frames were not rendered"));
}

TEST(StreamHealth, DroppedFramesAreJudgedTwoSecondsAfterTheFirstFrame) {
  Stream stream;
  for (int i = 0; i < 10; ++i) {  // 5 s without a frame
    stream.sample.time += 500ms;
    EXPECT_THAT(stream.health.check(stream.sample), IsEmpty());
  }
  stream.sample.stream.rendered = 4;
  stream.sample.stream.dropped[0].second = 2;
  EXPECT_THAT(stream.health.check(stream.sample), IsEmpty());
  stream.sample.stream.dropped[0].second = 12;
  EXPECT_THAT(stream.pass(1500ms), IsEmpty());
  const auto late = stream.pass(500ms);
  ASSERT_EQ(late.size(), 1U);
  EXPECT_THAT(late[0].message, HasSubstr("10 of the last 130 frames were not rendered"));
}

TEST(StreamHealth, FailuresStoreAndLeaderAreTold) {
  Stream stream;
  stream.sample.not_writable = "the disk is full";
  stream.sample.not_reachable = "connection refused";
  stream.sample.leaderless = "no daemon owns the scene";
  const base::Error missing = base::not_found("no such file", "a.png");
  stream.sample.failures = {{LayerFailure::Kind::kContent, "logo", missing},
                            {LayerFailure::Kind::kContent, "logo", missing},
                            {LayerFailure::Kind::kFeed, "cam", missing},
                            {LayerFailure::Kind::kSound, "music", missing}};
  const auto problems = stream.pass(500ms);
  const std::vector<HealthProblem> expected = {
      {HealthPart::kStore, "", HealthState::kFailed, "changes cannot be stored: the disk is full"},
      {HealthPart::kLeader, "", HealthState::kDegraded, "no daemon owns the scene"},
      {HealthPart::kLayers, "logo", HealthState::kDegraded, "a.png: no such file"},
      {HealthPart::kFeeds, "cam", HealthState::kDegraded, "a.png: no such file"},
      {HealthPart::kSounds, "music", HealthState::kDegraded, "a.png: no such file"}};
  EXPECT_EQ(problems, expected);
  stream.sample.not_writable.reset();
  EXPECT_EQ(stream.pass(500ms).front(),
            (HealthProblem{HealthPart::kStore, "", HealthState::kDegraded, "connection refused"}));
}

}  // namespace
}  // namespace layercast::stream
