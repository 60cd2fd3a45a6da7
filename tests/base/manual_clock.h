#pragma once

#include "base/check.h"
#include "base/clock.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace layercast::base {

/// A clock whose time only a test changes. The test waits for a thread with await_waiter() and then
/// moves the time: no test needs to sleep, and every deadline can be tested to the
/// nanosecond. A wait without a notification ends only when the time is moved.
/// Ownership: outlives every object that uses it; no thread may wait when it is destroyed.
/// Locks: its mutex is a leaf inside the mutexes of the waiters. advance_to() takes the mutex of
/// each due waiter, so its caller must hold none of them.
/// Thread: any (locked); one thread at a time moves the time.
class ManualClock final : public Clock {
 public:
  /// The first value of now(). Above 0, so that tests can use earlier times.
  static constexpr time_point kStart{std::chrono::hours(1000)};
  /// The first value of wall_now().
  static constexpr WallTime kWallStart{std::chrono::sys_days{std::chrono::year{2026} / 1 / 1}};
  /// The real time for which advance_to() and the await functions wait for a thread.
  static constexpr Duration kPatience = std::chrono::seconds(20);

  explicit ManualClock(Duration patience = kPatience) : patience_(patience) {}
  ~ManualClock() override { LAYERCAST_CHECK(waiters_.empty()); }

  time_point now() const override {
    const std::lock_guard lock(mutex_);
    ++reads_;
    waiters_changed_.notify_all();
    return now_;
  }

  WallTime wall_now() const override {
    const std::lock_guard lock(mutex_);
    return wall_zero_ + now_.time_since_epoch();
  }

  /// Adjusts the wall clock alone.
  void set_wall_now(WallTime time) {
    const std::lock_guard lock(mutex_);
    wall_zero_ = time - now_.time_since_epoch();
  }

  std::cv_status wait(std::unique_lock<std::mutex>& lock, std::condition_variable& changed,
                      time_point deadline) override {
    Waiter waiter{deadline, lock.mutex(), &changed};
    {
      const std::lock_guard own(mutex_);
      if (deadline <= now_) return std::cv_status::timeout;
      waiters_.push_back(&waiter);
      waiters_changed_.notify_all();
    }
    // This thread still holds its mutex, so advance_to() cannot notify before the wait has begun.
    changed.wait(lock);
    std::unique_lock own(mutex_);
    while (waiter.holds > 0) {
      // advance_to() is about to use the mutex and the condition variable: both stay until then.
      lock.unlock();
      waiters_changed_.wait(own, [&waiter] { return waiter.holds == 0; });
      own.unlock();
      lock.lock();
      own.lock();
    }
    std::erase(waiters_, &waiter);
    waiters_changed_.notify_all();
    return deadline <= now_ ? std::cv_status::timeout : std::cv_status::no_timeout;
  }

  /// Moves the time forward by `duration`, as advance_to().
  void advance(Duration duration) { advance_to(now() + duration); }

  /// Moves the time to `time`, wakes the waiters that are due, and returns when they have left
  /// wait(). What they do then may still be under way. Aborts when that takes longer than the
  /// patience. Range: `time` is not before now().
  void advance_to(time_point time) {
    const auto limit = std::chrono::steady_clock::now() + patience_;
    std::unique_lock own(mutex_);
    LAYERCAST_CHECK(time >= now_);
    now_ = time;
    while (Waiter* const due = next_due()) {
      due->is_woken = true;
      ++due->holds;
      own.unlock();
      lock_until(*due->mutex, limit);
      due->mutex->unlock();
      due->changed->notify_all();
      own.lock();
      --due->holds;
      waiters_changed_.notify_all();
    }
    const bool due_waiters_left = waiters_changed_.wait_until(own, limit, [this] {
      return std::ranges::none_of(waiters_, [this](const Waiter* w) { return is_due(*w); });
    });
    LAYERCAST_CHECK(due_waiters_left);
  }

  /// Waits until a thread waits with exactly this deadline. False when none came in real time.
  [[nodiscard]] bool await_waiter(time_point deadline) {
    return await_waiter(deadline, deadline + Duration(1)).has_value();
  }

  /// Waits until a thread waits with a deadline from `from` to before `before`: its deadline.
  /// nullopt when none came in real time.
  [[nodiscard]] std::optional<time_point> await_waiter(time_point from, time_point before) {
    const auto is_wanted = [=](const Waiter* w) {
      return w->deadline >= from && w->deadline < before;
    };
    std::unique_lock own(mutex_);
    const bool came = waiters_changed_.wait_for(
        own, patience_, [&] { return std::ranges::any_of(waiters_, is_wanted); });
    if (!came) return std::nullopt;
    return (*std::ranges::find_if(waiters_, is_wanted))->deadline;
  }

  /// Waits until no thread waits with exactly this deadline. False when one still does after the
  /// patience.
  [[nodiscard]] bool await_no_waiter(time_point deadline) {
    std::unique_lock own(mutex_);
    return waiters_changed_.wait_for(own, patience_, [this, deadline] {
      return std::ranges::none_of(waiters_,
                                  [=](const Waiter* w) { return w->deadline == deadline; });
    });
  }

  /// Waits until other threads have called now() `count` times from here on. A thread that polls
  /// the clock has then seen the present time, and one that has reached its deadline stops polling.
  /// False when they did not call it so often in real time.
  [[nodiscard]] bool await_reads(int64_t count) {
    std::unique_lock own(mutex_);
    return waiters_changed_.wait_for(own, patience_,
                                     [this, wanted = reads_ + count] { return reads_ >= wanted; });
  }

  /// Waits until at least `count` threads wait. False when they did not come in real time.
  [[nodiscard]] bool await_waiters(size_t count) {
    std::unique_lock own(mutex_);
    return waiters_changed_.wait_for(own, patience_,
                                     [this, count] { return waiters_.size() >= count; });
  }

 private:
  // A thread in wait().
  struct Waiter {
    time_point deadline;
    std::mutex* mutex;
    std::condition_variable* changed;
    bool is_woken = false;
    int holds = 0;  ///< calls of advance_to() that are about to use `mutex` and `changed`
  };

  bool is_due(const Waiter& waiter) const { return waiter.deadline <= now_; }

  Waiter* next_due() const {
    const auto found = std::ranges::find_if(
        waiters_, [this](const Waiter* w) { return is_due(*w) && !w->is_woken; });
    return found == waiters_.end() ? nullptr : *found;
  }

  // A std::mutex has no timed lock; a test that holds the mutex itself must not hang.
  static void lock_until(std::mutex& mutex, std::chrono::steady_clock::time_point limit) {
    while (!mutex.try_lock()) {
      const bool mutex_is_free_in_time = std::chrono::steady_clock::now() < limit;
      LAYERCAST_CHECK(mutex_is_free_in_time);
      std::this_thread::sleep_for(std::chrono::microseconds(50));
    }
  }

  const Duration patience_;
  mutable std::mutex mutex_;
  mutable std::condition_variable waiters_changed_;  ///< also notified of reads
  mutable int64_t reads_ = 0;                        ///< calls of now()
  time_point now_ = kStart;
  WallTime wall_zero_ = kWallStart - kStart.time_since_epoch();
  std::vector<Waiter*> waiters_;
};

}  // namespace layercast::base
