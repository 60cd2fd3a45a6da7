#include "base/back_off.h"

#include <gtest/gtest.h>
#include <vector>

namespace layercast::base {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using Failure = BackOff::Failure;

constexpr BackOff::Limits kLimits{milliseconds(100), seconds(1),  milliseconds(1200),
                                  seconds(60),       seconds(60), seconds(60)};
constexpr Clock::time_point kStart{std::chrono::hours(1000)};

// The delays without their jitter, which takes at most a quarter.
void expect_delays(BackOff& back_off, Failure failure, Clock::time_point now,
                   const std::vector<milliseconds>& expected) {
  for (const milliseconds delay : expected) {
    const Duration actual = back_off.next(failure, now);
    EXPECT_LE(actual, delay);
    EXPECT_GE(actual, delay * 3 / 4);
  }
}

TEST(BackOff, DoublesUpToAMinute) {
  BackOff back_off(kLimits);
  expect_delays(back_off, Failure::kAbsent, kStart,
                {milliseconds(100), milliseconds(200), milliseconds(400), milliseconds(800),
                 milliseconds(1600), milliseconds(3200), milliseconds(6400), milliseconds(12800),
                 milliseconds(25600), milliseconds(51200), seconds(60), seconds(60), seconds(60)});
}

TEST(BackOff, OfARefusedRequestBeginsAtASecond) {
  BackOff back_off(kLimits);
  expect_delays(back_off, Failure::kRefused, kStart,
                {seconds(1), seconds(2), seconds(4), seconds(8), seconds(16), seconds(32),
                 seconds(60), seconds(60)});
}

TEST(BackOff, StaysShortForAMinuteAfterAConnectionThatWorked) {
  BackOff back_off(kLimits);
  back_off.note_success(kStart);
  expect_delays(back_off, Failure::kAbsent, kStart + seconds(1),
                {milliseconds(100), milliseconds(200), milliseconds(400), milliseconds(800),
                 milliseconds(1200), milliseconds(1200)});
  // The server may still see the lost connection as the publisher.
  expect_delays(back_off, Failure::kRefused, kStart + seconds(60), {milliseconds(1200)});
  expect_delays(back_off, Failure::kAbsent, kStart + seconds(60) + Duration(1),
                {milliseconds(2400), milliseconds(4800)});
}

TEST(BackOff, BeginsAgainAfterASuccessAndForAnotherRequest) {
  BackOff back_off(kLimits);
  expect_delays(back_off, Failure::kAbsent, kStart, {milliseconds(100), milliseconds(200)});
  back_off.reset();
  expect_delays(back_off, Failure::kAbsent, kStart, {milliseconds(100), milliseconds(200)});
  back_off.note_success(kStart + seconds(5));
  expect_delays(back_off, Failure::kAbsent, kStart + minutes(5), {milliseconds(100)});
}

TEST(BackOff, DiffersFromOthers) {
  std::vector<Duration> delays;
  for (int i = 0; i < 8; ++i) {
    BackOff back_off(kLimits);
    delays.push_back(back_off.next(Failure::kRefused, kStart));
  }
  EXPECT_GT(*std::ranges::max_element(delays), *std::ranges::min_element(delays));
}

}  // namespace
}  // namespace layercast::base
