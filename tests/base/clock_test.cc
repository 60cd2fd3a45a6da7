#include "base/clock.h"

#include "tests/base/manual_clock.h"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <future>
#include <gtest/gtest.h>
#include <memory>
#include <mutex>
#include <random>
#include <thread>
#include <vector>

namespace layercast::base {
namespace {

using namespace std::chrono_literals;
using time_point = Clock::time_point;

constexpr Duration kTick{1};

// A flag with which threads wait for each other on a clock.
struct Flag {
  bool wait_until(Clock& clock, time_point deadline) {
    std::unique_lock lock(mutex);
    return clock.wait_until(lock, changed, deadline, [this] { return is_set; });
  }
  void set() {
    const std::lock_guard lock(mutex);
    is_set = true;
    changed.notify_all();
  }

  std::mutex mutex;
  std::condition_variable changed;
  bool is_set = false;
};

std::future<bool> async_wait(Flag& flag, Clock& clock, time_point deadline) {
  return std::async(std::launch::async,
                    [&flag, &clock, deadline] { return flag.wait_until(clock, deadline); });
}

// ---- The machine's clock ------------------------------------------------------------------------

TEST(SteadyClock, IsTheClockOfTheMachine) {
  Clock& clock = Clock::steady();
  EXPECT_EQ(&clock, &Clock::steady());
  const auto before = std::chrono::steady_clock::now();
  const time_point now = clock.now();
  EXPECT_LE(before, now);
  EXPECT_LE(now, std::chrono::steady_clock::now());
  const auto wall_before = std::chrono::system_clock::now();
  const WallTime wall = clock.wall_now();
  EXPECT_LE(wall_before, wall);
  EXPECT_LE(wall, std::chrono::system_clock::now());
}

TEST(SteadyClock, AWaitEndsAtItsDeadlineAndNotBefore) {
  Clock& clock = Clock::steady();
  Flag flag;
  const time_point deadline = clock.now() + 20ms;
  EXPECT_FALSE(flag.wait_until(clock, deadline));
  EXPECT_GE(clock.now(), deadline);
  std::unique_lock lock(flag.mutex);
  const time_point began = clock.now();
  EXPECT_FALSE(clock.wait_for(lock, flag.changed, 5ms, [] { return false; }));
  EXPECT_GE(clock.now(), began + 5ms);
  EXPECT_TRUE(lock.owns_lock());
}

TEST(SteadyClock, AWaitEndsWhenItsConditionIsMet) {
  Flag flag;
  auto waited = async_wait(flag, Clock::steady(), Clock::steady().now() + 20s);
  flag.set();
  EXPECT_TRUE(waited.get());
}

TEST(SteadyClock, AConditionThatIsMetNeedsNoTime) {
  Flag flag;
  flag.set();
  EXPECT_TRUE(flag.wait_until(Clock::steady(), Clock::steady().now() - 1h));
  EXPECT_TRUE(flag.wait_until(Clock::steady(), time_point::max()));
}

// ---- The clock of the tests ---------------------------------------------------------------------

TEST(ManualClock, StandsStillUntilItIsMoved) {
  ManualClock clock;
  EXPECT_EQ(clock.now(), ManualClock::kStart);
  EXPECT_EQ(clock.wall_now(), ManualClock::kWallStart);
  std::this_thread::sleep_for(1ms);
  EXPECT_EQ(clock.now(), ManualClock::kStart);
  clock.advance(3s);
  EXPECT_EQ(clock.now(), ManualClock::kStart + 3s);
  EXPECT_EQ(clock.wall_now(), ManualClock::kWallStart + 3s);
  clock.advance_to(ManualClock::kStart + 3s);
  EXPECT_EQ(clock.now(), ManualClock::kStart + 3s);
}

TEST(ManualClock, AdjustsTheWallClockAlone) {
  ManualClock clock;
  clock.advance(1s);
  clock.set_wall_now(ManualClock::kWallStart - 1h);
  EXPECT_EQ(clock.now(), ManualClock::kStart + 1s);
  clock.advance(1s);
  EXPECT_EQ(clock.wall_now(), ManualClock::kWallStart - 1h + 1s);
}

TEST(ManualClock, AWaitEndsAtExactlyItsDeadline) {
  ManualClock clock;
  Flag flag;
  const time_point deadline = clock.now() + 4s;
  auto waited = async_wait(flag, clock, deadline);
  ASSERT_TRUE(clock.await_waiter(deadline));
  clock.advance_to(deadline - kTick);
  ASSERT_TRUE(clock.await_waiter(deadline));
  EXPECT_EQ(waited.wait_for(0s), std::future_status::timeout);
  clock.advance(kTick);
  EXPECT_FALSE(waited.get());
}

TEST(ManualClock, AWaitEndsWhenItsConditionIsMetAtTheSameTime) {
  ManualClock clock;
  Flag flag;
  auto waited = async_wait(flag, clock, time_point::max());
  ASSERT_TRUE(clock.await_waiters(1));
  flag.set();
  EXPECT_TRUE(waited.get());
  EXPECT_EQ(clock.now(), ManualClock::kStart);
}

TEST(ManualClock, ADeadlineThatHasPassedIsNotWaitedFor) {
  ManualClock clock;
  Flag flag;
  EXPECT_FALSE(flag.wait_until(clock, clock.now()));
  EXPECT_FALSE(flag.wait_until(clock, clock.now() - 1h));
  std::unique_lock lock(flag.mutex);
  EXPECT_FALSE(clock.wait_for(lock, flag.changed, 0s, [] { return false; }));
  EXPECT_TRUE(clock.wait_for(lock, flag.changed, 0s, [] { return true; }));
}

TEST(ManualClock, ReturnsWhenEveryDueWaiterHasLeft) {
  ManualClock clock;
  Flag flag;  // one mutex and one condition variable for all
  std::vector<std::future<bool>> due;
  for (int i = 1; i <= 8; ++i) due.push_back(async_wait(flag, clock, clock.now() + i * 1s));
  auto later = async_wait(flag, clock, clock.now() + 9s);
  ASSERT_TRUE(clock.await_waiters(9));
  clock.advance(8s);
  // None of them waits any more: only the one that is not due is left.
  EXPECT_FALSE(later.wait_for(0s) == std::future_status::ready);
  ASSERT_TRUE(clock.await_waiter(ManualClock::kStart + 9s));
  for (auto& waited : due) EXPECT_FALSE(waited.get());
  clock.advance(1s);
  EXPECT_FALSE(later.get());
}

TEST(ManualClock, TellsTheDeadlineOfAWaiterInARange) {
  ManualClock clock;
  Flag flag;
  const time_point deadline = clock.now() + 110ms;
  auto waited = async_wait(flag, clock, deadline);
  EXPECT_EQ(clock.await_waiter(clock.now() + 75ms, clock.now() + 125ms), deadline);
  EXPECT_EQ(clock.await_waiter(deadline, deadline + kTick), deadline);
  flag.set();
  waited.get();
}

TEST(ManualClock, SaysWhenNoThreadWaits) {
  ManualClock clock(5ms);
  Flag flag;
  const time_point deadline = clock.now() + 1s;
  EXPECT_FALSE(clock.await_waiters(1));
  auto waited = async_wait(flag, clock, deadline);
  while (!clock.await_waiters(1)) continue;
  EXPECT_FALSE(clock.await_waiter(deadline - kTick));
  EXPECT_FALSE(clock.await_waiter(deadline + kTick));
  EXPECT_EQ(clock.await_waiter(deadline - 1s, deadline), std::nullopt);
  EXPECT_FALSE(clock.await_waiters(2));
  flag.set();
  waited.get();
}

TEST(ManualClock, SaysWhetherOtherThreadsReadIt) {
  ManualClock clock;
  const time_point deadline = clock.now() + 1s;
  auto polling = std::async(std::launch::async, [&] {
    while (clock.now() < deadline) continue;
  });
  EXPECT_TRUE(clock.await_reads(100));
  clock.advance_to(deadline);
  polling.get();
  ManualClock unread(5ms);
  EXPECT_TRUE(unread.await_reads(0));
  EXPECT_FALSE(unread.await_reads(1));
}

TEST(ManualClock, SaysWhenAWaiterHasLeft) {
  ManualClock clock(5ms);
  Flag flag;
  const time_point deadline = clock.now() + 1s;
  EXPECT_TRUE(clock.await_no_waiter(deadline));
  auto waited = async_wait(flag, clock, deadline);
  while (!clock.await_waiter(deadline)) continue;
  EXPECT_FALSE(clock.await_no_waiter(deadline));
  EXPECT_TRUE(clock.await_no_waiter(deadline + kTick));
  flag.set();
  while (!clock.await_no_waiter(deadline)) continue;
  waited.get();
}

TEST(ManualClock, AWaiterThatIsNotDueWaitsOnAfterANotification) {
  ManualClock clock;
  Flag flag;
  auto waited = async_wait(flag, clock, clock.now() + 2s);
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(clock.await_waiter(ManualClock::kStart + 2s));
    flag.changed.notify_all();
  }
  clock.advance(2s);
  EXPECT_FALSE(waited.get());
}

// The mutex and the condition variable of a waiter end as soon as it has left wait().
TEST(ManualClock, UsesNoMutexAfterItsWaiterHasLeft) {
  ManualClock clock;
  std::atomic<int> running = 4;
  std::vector<std::thread> threads;
  for (unsigned i = 0; i < 4; ++i) {
    threads.emplace_back([&clock, &running, i] {
      std::minstd_rand random(i + 1);
      for (int repeat = 0; repeat < 300; ++repeat) {
        const auto flag = std::make_unique<Flag>();
        const time_point deadline = clock.now() + Duration(1 + random() % 100);
        std::thread other;
        if (random() % 2 == 0) other = std::thread([&flag] { flag->set(); });
        const bool is_set = flag->wait_until(clock, deadline);
        EXPECT_TRUE(is_set || clock.now() >= deadline);
        if (other.joinable()) other.join();
      }
      --running;
    });
  }
  for (int i = 0; running > 0; ++i) clock.advance(Duration(i % 50));
  for (std::thread& thread : threads) thread.join();
}

// A thread that steps from deadline to deadline is where the test expects it after each step.
TEST(ManualClock, StepsAThreadFromDeadlineToDeadline) {
  ManualClock clock;
  std::mutex mutex;
  std::condition_variable changed;
  int64_t steps = 0;
  bool is_over = false;
  std::thread stepper([&] {
    std::unique_lock lock(mutex);
    for (time_point due = ManualClock::kStart; !is_over; due += 20ms) {
      if (clock.wait_until(lock, changed, due, [&] { return is_over; })) return;
      ++steps;
    }
  });
  for (int64_t i = 1; i <= 200; ++i) {
    ASSERT_TRUE(clock.await_waiter(ManualClock::kStart + i * 20ms));
    {
      const std::lock_guard lock(mutex);
      EXPECT_EQ(steps, i);
    }
    clock.advance(20ms);
  }
  {
    const std::lock_guard lock(mutex);
    is_over = true;
    changed.notify_all();
  }
  stepper.join();
}

TEST(ManualClockDeathTest, TimeDoesNotGoBack) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  ManualClock clock;
  EXPECT_DEATH(clock.advance_to(clock.now() - kTick), "time >= now_");
}

TEST(ManualClockDeathTest, AbortsInsteadOfHanging) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const auto advance_with_a_locked_mutex = [] {
    ManualClock clock(50ms);
    Flag flag;
    auto waited = async_wait(flag, clock, clock.now() + 1s);
    while (!clock.await_waiters(1)) continue;
    const std::lock_guard lock(flag.mutex);
    clock.advance(1s);
  };
  EXPECT_DEATH(advance_with_a_locked_mutex(), "mutex_is_free_in_time");
}

}  // namespace
}  // namespace layercast::base
