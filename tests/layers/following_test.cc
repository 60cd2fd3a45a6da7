#include "base/clock.h"
#include "layers/commit_of.h"
#include "tests/layers/manager_fixture.h"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <gtest/gtest.h>
#include <mutex>
#include <thread>

namespace layercast::layers {
namespace {

using base::ErrorCode;
using std::chrono::milliseconds;

/// A clock that can hold the thread that reads its wall time: the one that commits does so first.
class HeldClock final : public base::Clock {
 public:
  explicit HeldClock(base::Clock& clock) : clock_(clock) {}

  time_point now() const override { return clock_.now(); }
  base::WallTime wall_now() const override {
    std::unique_lock lock(mutex_);
    is_reached_ = true;
    changed_.notify_all();
    changed_.wait(lock, [this] { return !is_held_; });
    return clock_.wall_now();
  }
  std::cv_status wait(std::unique_lock<std::mutex>& lock, std::condition_variable& changed,
                      time_point deadline) override {
    return clock_.wait(lock, changed, deadline);
  }

  void hold() {
    const std::lock_guard lock(mutex_);
    is_held_ = true;
    is_reached_ = false;
  }
  void await_thread() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return is_reached_; });
  }
  void release() {
    const std::lock_guard lock(mutex_);
    is_held_ = false;
    changed_.notify_all();
  }

 private:
  base::Clock& clock_;
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  mutable bool is_reached_ = false;
  bool is_held_ = false;
};

/// A manager that follows a store, which another daemon writes.
class Followers : public ManagerTest {
 protected:
  void SetUp() override {
    ManagerTest::SetUp();
    manager_clock_ = &held_clock_;
    open();
    open({}, store::Role::kFollower);
  }

  /// The other daemon stores a state.
  void store_revision(int64_t revision) {
    scene::LiveState state = scene::small_state();
    state.revision = revision;
    store::Commit commit = commit_of(state, {});
    commit.entries.push_back({revision, "{}"});
    ASSERT_TRUE(store_.commit(commit));
  }
  bool follow() {
    const auto followed = manager_->follow(milliseconds(0));
    EXPECT_TRUE(followed) << followed.error().to_string();
    return followed && followed.value();
  }

  // The manager asks while it publishes a newer state.
  base::Duration next_frame_time() override {
    if (releases_clock_.exchange(false)) {
      held_clock_.release();
      // The thread that commits gives no sign when it waits for the publication.
      std::this_thread::sleep_for(milliseconds(2));
    }
    return ManagerTest::next_frame_time();
  }

  HeldClock held_clock_{clock_};
  std::atomic<bool> releases_clock_ = false;
};

TEST_F(Followers, PublishWhatTheStoreHoldsAndRefuseCommands) {
  EXPECT_EQ(manager_->current()->revision, 1);
  EXPECT_FALSE(follow());
  store_revision(2);
  int64_t notified = 0;
  const auto subscription =
      manager_->subscribe([&](const Change& change) { notified = change.state->revision; });
  EXPECT_TRUE(follow());
  EXPECT_EQ(notified, 2);
  EXPECT_EQ(manager_->current()->revision, 2);
  EXPECT_EQ(manager_->published().back().state->revision, 2);
  EXPECT_EQ(refused_of(apply(set_opacity(0.5))).error.code, ErrorCode::kConflict);
  EXPECT_EQ(manager_->current()->revision, 2);
  EXPECT_FALSE(follow());
}

// A refusal passes through the thread that commits, which must not bring an older state back.
TEST_F(Followers, KeepTheNewestStateWhileACommandIsRefused) {
  for (int64_t revision = 2; revision <= 20; ++revision) {
    store_revision(revision);
    held_clock_.hold();
    auto answer = submit(set_opacity(0.5));
    held_clock_.await_thread();  // it is about to commit, and continues during the publication
    releases_clock_ = true;
    EXPECT_TRUE(follow());
    held_clock_.release();
    EXPECT_EQ(refused_of(answer.get()).error.code, ErrorCode::kConflict);
    ASSERT_EQ(manager_->current()->revision, revision);
  }
}

}  // namespace
}  // namespace layercast::layers
