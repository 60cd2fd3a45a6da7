#include "layers/layer_manager.h"

#include "tests/layers/manager_fixture.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <future>
#include <gtest/gtest.h>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace layercast::layers {
namespace {

using base::Duration;
using base::ErrorCode;
using scene::command;
using scene::CommandDocument;
using scene::json;
using scene::LiveState;
using scene::LiveStatePtr;
using scene::Refusal;
using scene::Value;
using std::chrono::milliseconds;
using std::chrono::seconds;

class LayerManagers : public ManagerTest {};

// The journal applied to the state it began with.
LiveState replayed(LiveState state, const std::vector<store::JournalEntry>& journal) {
  for (const store::JournalEntry& entry : journal) {
    const Value value = json(entry.command);
    const CommandDocument command{value.find("method")->text, *value.find("params")};
    auto outcome = scene::apply(state, command, *base::parse_duration(value.find("now")->text));
    if (!outcome) {
      ADD_FAILURE() << entry.command << outcome.error().error.to_string();
      return state;
    }
    state = std::move(outcome).value().state;
    EXPECT_EQ(state.revision, entry.revision) << entry.command;
  }
  return state;
}

// --- Durability ---

TEST_F(LayerManagers, StoreFailureStandsUntilAProbeSucceeds) {
  open();
  EXPECT_FALSE(manager_->store_failure());
  store_.fail(2);
  const Refusal refused = refused_of(apply(set_opacity(0.5)));
  EXPECT_EQ(refused.error.code, ErrorCode::kIo);
  ASSERT_TRUE(manager_->store_failure());
  EXPECT_EQ(manager_->store_failure()->message, "the disk is full");
  const int begun = store_.commits_begun();
  // The retry is due after a second; then the store is probed every 2 seconds.
  ASSERT_TRUE(clock_.await_waiter(clock_.now() + seconds(1)));
  clock_.advance(seconds(1));
  ASSERT_TRUE(clock_.await_waiter(clock_.now() + seconds(2)));
  EXPECT_EQ(store_.commits_begun(), begun);
  clock_.advance(seconds(2));
  store_.await_commits(begun + 1);  // fails, too
  ASSERT_TRUE(clock_.await_waiter(clock_.now() + seconds(2)));
  EXPECT_TRUE(manager_->store_failure());
  clock_.advance(seconds(2));
  store_.await_commits(begun + 2);
  EXPECT_TRUE(comes_true([&] { return !manager_->store_failure(); }));
  EXPECT_EQ(accepted(set_opacity(0.5)).revision, 2);
}

TEST_F(LayerManagers, BeginWithTheInitialStateMadeDurable) {
  open();
  LiveState expected = scene::small_state();
  expected.revision = 1;
  EXPECT_EQ(*manager_->current(), expected);
  EXPECT_EQ(stored(), expected);
}

TEST_F(LayerManagers, GoOnWithWhatTheStoreHolds) {
  open();
  set_time(seconds(7));
  EXPECT_EQ(accepted(set_opacity(0.25)).revision, 2);
  EXPECT_EQ(accepted(command("stream.pause")).revision, 3);
  const LiveState before = *manager_->current();
  LiveState other = scene::small_state();
  other.scene.layers.clear();
  open(other);
  EXPECT_EQ(*manager_->current(), before);
  EXPECT_EQ(manager_->current()->revision, 3);
}

TEST_F(LayerManagers, AnAnswerComesWhenTheChangeIsDurableAndNotBefore) {
  open();
  store_.hold();
  auto answer = submit(set_opacity(0.5));
  store_.await_commits(2);
  EXPECT_EQ(answer.wait_for(milliseconds(30)), std::future_status::timeout);
  EXPECT_EQ(opacity_of(manager_->current()), 1);
  EXPECT_EQ(opacity_of(manager_->published().back().state), 1);
  store_.release();
  EXPECT_EQ(accepted_of(answer.get()).revision, 2);
  EXPECT_EQ(opacity_of(manager_->current()), 0.5);
  EXPECT_EQ(opacity_of(manager_->published().back().state), 0.5);
  EXPECT_EQ(stored(), *manager_->current());
}

TEST_F(LayerManagers, WhatWaitsIsCommittedTogether) {
  open();
  store_.hold();
  std::vector<std::future<Answer>> answers;
  answers.push_back(submit(set_opacity(0.5)));
  store_.await_commits(2);
  for (int i = 0; i < 50; ++i) answers.push_back(submit(set_opacity(i / 100.0)));
  store_.release();
  for (size_t i = 0; i < answers.size(); ++i) {
    EXPECT_EQ(accepted_of(answers[i].get()).revision, static_cast<int64_t>(i) + 2);
  }
  EXPECT_EQ(store_.group_sizes(), (std::vector<size_t>{1, 1, 50}));
  EXPECT_EQ(stored(), *manager_->current());
}

TEST_F(LayerManagers, AFailedCommitRefusesWhatIsNotDurableAndNothingElse) {
  open();
  accepted(set_opacity(0.75));
  const LiveState durable = *manager_->current();
  store_.fail(1);
  store_.hold();
  std::vector<std::future<Answer>> answers;
  answers.push_back(submit(set_opacity(0.5)));
  store_.await_commits(3);
  for (int i = 0; i < 5; ++i) answers.push_back(submit(set_opacity(i / 10.0)));
  auto wrong = submit(command("layers.delete", R"({"id": "x"})"));
  store_.release();
  for (auto& each : answers) {
    const Refusal refusal = refused_of(each.get());
    EXPECT_EQ(refusal.error.code, ErrorCode::kIo);
    EXPECT_NE(refusal.error.to_string().find("disk is full"), std::string::npos);
  }
  EXPECT_EQ(refused_of(wrong.get()).error.code, ErrorCode::kNotFound);
  EXPECT_EQ(*manager_->current(), durable);
  EXPECT_EQ(*manager_->published().back().state, durable);
  EXPECT_EQ(stored(), durable);
  EXPECT_EQ(accepted(set_opacity(0.1)).revision, 3);
  EXPECT_TRUE(store_.is_gapless());
  EXPECT_EQ(stored(), *manager_->current());
}

TEST_F(LayerManagers, AnEndAnswersWhatWasSubmitted) {
  open();
  store_.hold();
  std::vector<std::future<Answer>> answers;
  for (int i = 0; i < 20; ++i) answers.push_back(submit(set_opacity(i / 100.0)));
  auto on_air = std::make_shared<std::promise<std::optional<int64_t>>>();
  manager_->when_on_air(99, seconds(1000), [on_air](auto index) { on_air->set_value(index); });
  std::thread ending([this] { manager_.reset(); });
  store_.release();
  ending.join();
  for (auto& each : answers) accepted_of(each.get());
  EXPECT_EQ(on_air->get_future().get(), std::nullopt);
  EXPECT_EQ(stored().revision, 21);
}

TEST_F(LayerManagers, NoChangeIsNoCommit) {
  open();
  EXPECT_EQ(accepted(set_opacity(1)).revision, 1);
  EXPECT_EQ(store_.commits_begun(), 1);
  EXPECT_EQ(refused_of(apply(command("layers.delete", R"({"id": "x"})"))).error.code,
            ErrorCode::kNotFound);
  EXPECT_EQ(store_.commits_begun(), 1);
}

// --- Sequences ---

TEST_F(LayerManagers, RandomCommandsReplayedFromTheJournalLeadToTheSameState) {
  for (uint64_t seed = 1; seed <= 12; ++seed) {
    FakeStore& store = store_;
    store.~FakeStore();
    new (&store) FakeStore();
    LiveState initial = scene::small_state();
    zero_ = clock_.now();
    open(initial);
    initial.revision = 1;
    scene::RandomCommand random(seed);
    for (int i = 0; i < 60; ++i) {
      set_time(milliseconds(i * 333));
      apply(random.next(*manager_->current()));
      if (random.dice().one_in(20)) store.fail(1);
    }
    store.fail(0);
    const auto journal = store.journal(1, 1000);
    const LiveState last = *manager_->current();
    EXPECT_GT(last.revision, 20);
    ASSERT_EQ(replayed(initial, journal.value()), last) << "seed " << seed;
    ASSERT_EQ(stored(), last) << "seed " << seed;
    ASSERT_TRUE(store.is_gapless());
    manager_.reset();
  }
}

TEST_F(LayerManagers, TheJournalBeginsWithTheScene) {
  open();
  const auto journal = store_.journal(0, 10);
  ASSERT_EQ(journal.value().size(), 1);
  LiveState nothing;
  EXPECT_EQ(replayed(nothing, journal.value()).scene, manager_->current()->scene);
}

// --- Many at once ---

TEST_F(LayerManagers, ThreadsSeeGaplessRevisionsAndSubscribersEveryChange) {
  open();
  constexpr int kThreads = 6;
  constexpr int kEach = 150;
  std::mutex mutex;
  std::vector<int64_t> told;
  int event_count = 0;
  auto subscription = manager_->subscribe([&](const Change& change) {
    const std::lock_guard lock(mutex);
    told.push_back(change.state->revision);
    event_count += static_cast<int>(change.events.size());
  });
  std::vector<std::vector<int64_t>> revisions(kThreads);
  std::vector<std::thread> threads;
  std::vector<std::unique_ptr<Subscription>> late(kThreads);
  std::atomic<int> late_faults = 0;
  for (size_t t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < kEach; ++i) {
        const double opacity = (static_cast<double>(t) * kEach + i) / 10'000;
        revisions[t].push_back(accepted(set_opacity(opacity)).revision);
        if (i == 70) {
          late[t] =
              manager_->subscribe([&late_faults, last = int64_t{0}](const Change& change) mutable {
                if (last != 0 && change.state->revision != last + 1) ++late_faults;
                if ((last == 0) != change.events.empty()) ++late_faults;
                last = change.state->revision;
              });
        }
      }
    });
  }
  for (auto& thread : threads) thread.join();
  std::vector<int64_t> all;
  for (const auto& each : revisions) {
    EXPECT_TRUE(std::ranges::is_sorted(each));
    all.insert(all.end(), each.begin(), each.end());
  }
  std::ranges::sort(all);
  for (size_t i = 0; i < all.size(); ++i) ASSERT_EQ(all[i], static_cast<int64_t>(i) + 2);
  subscription.reset();
  late.clear();
  ASSERT_EQ(told.size(), size_t{kThreads * kEach + 1});
  for (size_t i = 0; i < told.size(); ++i) ASSERT_EQ(told[i], static_cast<int64_t>(i) + 1);
  EXPECT_EQ(event_count, kThreads * kEach);
  EXPECT_EQ(late_faults, 0);
}

TEST_F(LayerManagers, ASubscriberHasTheWholeStateFirstAndNothingAfterItsEnd) {
  open();
  std::vector<size_t> events;
  auto subscription =
      manager_->subscribe([&](const Change& change) { events.push_back(change.events.size()); });
  EXPECT_EQ(events, std::vector<size_t>{0});
  accepted(set_opacity(0.5));
  subscription.reset();
  accepted(set_opacity(0.25));
  EXPECT_EQ(events, (std::vector<size_t>{0, 1}));
}

TEST_F(LayerManagers, AListenerMayEndItsOwnSubscription) {
  open();
  std::unique_ptr<Subscription> subscription;
  int count = 0;
  subscription = manager_->subscribe([&](const Change& change) {
    ++count;
    if (!change.events.empty()) subscription.reset();
  });
  accepted(set_opacity(0.5));
  accepted(set_opacity(0.25));
  EXPECT_EQ(count, 2);
}

TEST_F(LayerManagers, ASubscriptionMayOutliveTheManager) {
  open();
  auto subscription = manager_->subscribe([](const Change&) {});
  manager_.reset();
  subscription.reset();
}

// --- Revisions ---

TEST_F(LayerManagers, AStaleCommandIsRefused) {
  open();
  accepted(set_opacity(0.5));
  const Refusal refusal = refused_of(submit(set_opacity(0.25), {}, 1).get());
  EXPECT_EQ(refusal.error.code, ErrorCode::kStale);
  EXPECT_EQ(refusal.error.message, "the scene is at revision 2, not 1");
  EXPECT_EQ(accepted_of(submit(set_opacity(0.25), {}, 2).get()).revision, 3);
  // Of two for the same revision one is executed, though neither is durable yet.
  store_.hold();
  auto first = submit(set_opacity(0.1), {}, 3);
  auto second = submit(set_opacity(0.2), {}, 3);
  store_.release();
  EXPECT_EQ(accepted_of(first.get()).revision, 4);
  EXPECT_EQ(refused_of(second.get()).error.code, ErrorCode::kStale);
}

TEST_F(LayerManagers, ANewerStateIsTakenOnce) {
  open();
  uint64_t version = 0;
  EXPECT_TRUE(manager_->take_newer(version));
  EXPECT_FALSE(manager_->take_newer(version));
  accepted(set_opacity(0.5));
  EXPECT_TRUE(manager_->take_newer(version));
  EXPECT_FALSE(manager_->take_newer(version));
  ASSERT_EQ(manager_->published().size(), 1);
}

// --- The air ---

TEST_F(LayerManagers, TellWhichFrameWasTheFirstOnAir) {
  open();
  const auto wait = [&](int64_t revision, Duration patience) {
    auto promise = std::make_shared<std::promise<std::optional<int64_t>>>();
    manager_->when_on_air(revision, patience, [promise](auto index) { promise->set_value(index); });
    return promise->get_future();
  };
  auto third = wait(3, seconds(100));
  manager_->note_on_air(1, 10);
  manager_->note_on_air(2, 11);
  manager_->note_on_air(2, 12);
  ASSERT_TRUE(clock_.await_waiter(clock_.now() + seconds(100)));
  EXPECT_EQ(third.wait_for(seconds(0)), std::future_status::timeout);
  manager_->note_on_air(4, 13);
  manager_->note_on_air(4, 14);
  EXPECT_EQ(third.get(), 13);
  EXPECT_EQ(wait(2, seconds(100)).get(), 11);
  EXPECT_EQ(wait(4, seconds(0)).get(), 13);
  auto fifth = wait(5, milliseconds(20));
  // The thread waits for exactly this deadline, not for an earlier one.
  ASSERT_TRUE(clock_.await_waiter(clock_.now() + milliseconds(20)));
  clock_.advance(milliseconds(20) - Duration{1});
  EXPECT_EQ(fifth.wait_for(seconds(0)), std::future_status::timeout);
  clock_.advance(Duration{1});
  EXPECT_EQ(fifth.get(), std::nullopt);
}

// --- Schedules ---

TEST_F(LayerManagers, AScheduledCommandIsShownFromItsFrameOn) {
  open();
  const Accepted answer = accepted_of(submit(set_opacity(0.5), At{seconds(10)}).get());
  EXPECT_EQ(answer.revision, 1);
  EXPECT_EQ(answer.result, json(R"({"scheduled": 1})"));
  EXPECT_EQ(opacity_of(manager_->current()), 1);
  set_time(seconds(10) - milliseconds(60));
  ASSERT_TRUE(comes_true([&] { return manager_->published().size() == 2; }));
  const auto published = manager_->published();
  EXPECT_EQ(published[1].show_from, seconds(10));
  EXPECT_EQ(opacity_of(shown_at(published, seconds(10) - Duration{1})), 1);
  EXPECT_EQ(opacity_of(shown_at(published, seconds(10))), 0.5);
  ASSERT_TRUE(comes_true([&] { return manager_->current()->revision == 2; }));
  // What comes in between stacks on top and is not shown before.
  const Accepted between = accepted(set_opacity(0.25, "title"));
  EXPECT_EQ(between.revision, 3);
  const auto stacked = manager_->published();
  ASSERT_EQ(stacked.size(), 2);
  EXPECT_EQ(stacked[0].state->revision, 1);
  EXPECT_EQ(stacked[1].state->revision, 3);
  EXPECT_EQ(stacked[1].show_from, seconds(10));
  set_time(seconds(10));
  EXPECT_EQ(manager_->published().size(), 1);
  EXPECT_EQ(stored(), *manager_->current());
}

TEST_F(LayerManagers, AScheduledCommandIsAppliedATenthOfASecondAhead) {
  open();
  accepted_of(submit(set_opacity(0.5), At{seconds(10)}).get());
  // The thread looks at the time every 50 ms.
  ASSERT_TRUE(clock_.await_waiter(clock_.now() + milliseconds(50)));
  set_time(seconds(10) - milliseconds(101));
  ASSERT_TRUE(clock_.await_waiter(clock_.now() + milliseconds(50)));
  EXPECT_EQ(manager_->published().size(), 1);
  set_time(seconds(10) - milliseconds(51));
  ASSERT_TRUE(comes_true([&] { return manager_->published().size() == 2; }));
}

TEST_F(LayerManagers, ACommitThatNobodyWaitsForIsRetriedAfterASecond) {
  open();
  accepted_of(submit(set_opacity(0.5), At{seconds(10)}).get());
  store_.fail(1);
  set_time(seconds(10));
  store_.await_commits(3);
  ASSERT_TRUE(clock_.await_waiter(clock_.now() + seconds(1)));
  clock_.advance(milliseconds(999));
  EXPECT_EQ(store_.commits_begun(), 3);
  EXPECT_EQ(manager_->current()->revision, 1);
  clock_.advance(milliseconds(1));
  store_.await_commits(4);
  EXPECT_TRUE(comes_true([&] { return manager_->current()->revision == 2; }));
}

TEST_F(LayerManagers, AScheduledAnimationBeginsAtItsFrameExactly) {
  open();
  const CommandDocument animate = command("layers.animate", R"({"id": "back", "animation":
      {"effect": "fade", "from": 0, "duration": "1s"}})");
  // Frame 100 at 30 a second.
  accepted_of(submit(animate, At{int64_t{100}}).get());
  set_time(seconds(3) + milliseconds(300));
  ASSERT_TRUE(comes_true([&] { return manager_->current()->revision == 2; }));
  const auto& run = scene::run_of(*manager_->current(), "back");
  EXPECT_EQ(run.animations.at(0), Duration{3'333'333'333});
  const auto journal = store_.journal(1, 10);
  EXPECT_NE(journal.value().at(0).command.find("\"now\":\"3.333333333s\""), std::string::npos);
}

TEST_F(LayerManagers, AnAnswerSaysWhetherTheCommandChangedTheScene) {
  open();
  const CommandDocument twin = command("layers.create", R"({"layer": {"type": "overlay",
      "content": {"type": "color", "color": "#102030"}}})");
  // Another client's change in between does not count as this command's.
  auto other = submit(set_opacity(0.5));
  auto created = submit(twin);
  EXPECT_TRUE(accepted_of(other.get()).is_changed);
  const Accepted answer = accepted_of(created.get());
  EXPECT_EQ(answer.revision, 2);
  EXPECT_FALSE(answer.is_changed);
  const Accepted scheduled = accepted_of(submit(set_opacity(0.25), At{seconds(100)}).get());
  EXPECT_TRUE(scheduled.is_scheduled);
  EXPECT_FALSE(scheduled.is_changed);
}

TEST_F(LayerManagers, WhatIsPastIsObeyedAtOnce) {
  open();
  set_time(seconds(10));
  EXPECT_EQ(accepted_of(submit(set_opacity(0.5), At{seconds(10)}).get()).revision, 2);
  EXPECT_EQ(accepted_of(submit(set_opacity(0.25), At{int64_t{3}}).get()).revision, 3);
}

TEST_F(LayerManagers, AScheduledCommandCanBeCancelled) {
  open();
  const auto cancel = [&](int64_t number) {
    auto promise = std::make_shared<std::promise<Answer>>();
    manager_->cancel(number, [promise](Answer answer) { promise->set_value(std::move(answer)); });
    return promise->get_future().get();
  };
  accepted_of(submit(set_opacity(0.5), At{seconds(10)}).get());
  accepted_of(submit(set_opacity(0.25), At{seconds(20)}).get());
  ASSERT_EQ(manager_->scheduled().size(), 2U);
  EXPECT_EQ(manager_->scheduled()[0].due, Duration(seconds(10)));
  const Accepted cancelled = accepted_of(cancel(1));
  EXPECT_EQ(cancelled.result.find("cancelled")->text, "1");
  ASSERT_EQ(manager_->scheduled().size(), 1U);
  EXPECT_EQ(std::get<Refusal>(cancel(1)).error.code, ErrorCode::kNotFound);
  // The store forgets it, too.
  manager_.reset();
  open();
  ASSERT_EQ(manager_->scheduled().size(), 1U);
  set_time(seconds(30));
  ASSERT_TRUE(comes_true([&] { return manager_->current()->revision == 2; }));
  EXPECT_EQ(opacity_of(manager_->current()), 0.25);
  EXPECT_EQ(std::get<Refusal>(cancel(2)).error.code, ErrorCode::kNotFound);
}

TEST_F(LayerManagers, AnObjectionKeepsAScheduledCommand) {
  open();
  accepted_of(submit(set_opacity(0.5), At{seconds(10)}).get());
  int asked = 0;
  const auto objection = [&](const scene::Command& command) {
    ++asked;
    EXPECT_EQ(scene::method_of(std::get<scene::Change>(command)), "layers.update");
    return std::optional(base::Error{ErrorCode::kForbidden, "not yours", {}, nullptr});
  };
  const auto cancel = [&](int64_t number, const LayerManager::CancelObjection& object) {
    auto promise = std::make_shared<std::promise<Answer>>();
    manager_->cancel(
        number, [promise](Answer answer) { promise->set_value(std::move(answer)); }, object);
    return promise->get_future().get();
  };
  EXPECT_EQ(refused_of(cancel(1, objection)).error.code, ErrorCode::kForbidden);
  EXPECT_EQ(refused_of(cancel(2, objection)).error.code, ErrorCode::kNotFound);
  EXPECT_EQ(asked, 1);
  EXPECT_EQ(manager_->scheduled().size(), 1U);
  accepted_of(cancel(1, [](const scene::Command&) { return std::optional<base::Error>(); }));
  EXPECT_TRUE(manager_->scheduled().empty());
}

TEST_F(LayerManagers, AScheduledCommandIsToldWhenItIsOnAir) {
  open();
  using Told = std::pair<Answer, std::optional<int64_t>>;
  const auto told_of = [&](int64_t number) {
    auto promise = std::make_shared<std::promise<Told>>();
    manager_->when_executed(number, seconds(1000), [promise](Answer answer, auto index) {
      promise->set_value({std::move(answer), index});
    });
    return promise->get_future();
  };
  accepted_of(submit(set_opacity(0.5), At{seconds(10)}).get());
  accepted_of(submit(set_opacity(0.25), At{seconds(20)}).get());
  auto first = told_of(1);
  auto second = told_of(2);
  set_time(seconds(10));
  ASSERT_TRUE(comes_true([&] { return manager_->current()->revision == 2; }));
  EXPECT_EQ(first.wait_for(milliseconds(0)), std::future_status::timeout);
  manager_->note_on_air(2, 300);
  const Told told = first.get();
  EXPECT_EQ(accepted_of(told.first).revision, 2);
  EXPECT_EQ(told.second, 300);
  manager_->cancel(2, [](const Answer&) {});
  EXPECT_EQ(std::get<Refusal>(second.get().first).error.code, ErrorCode::kConflict);
}

TEST_F(LayerManagers, ACommandCanBeScheduledForAWallClockTime) {
  open();
  const base::WallTime due = clock_.wall_now() + seconds(40);
  accepted_of(submit(set_opacity(0.5), At{due}).get());
  EXPECT_EQ(manager_->scheduled().at(0).due, Duration(seconds(40)));
  EXPECT_EQ(manager_->wall_time_of(seconds(40)), due);
}

TEST_F(LayerManagers, ASchedulesOrderIsThatOfItsTimes) {
  open();
  accepted_of(submit(set_opacity(0.3), At{seconds(3)}).get());
  accepted_of(submit(set_opacity(0.1), At{seconds(1)}).get());
  accepted_of(submit(set_opacity(0.2), At{seconds(3)}).get());
  set_time(seconds(60));
  ASSERT_TRUE(comes_true([&] { return manager_->current()->revision == 4; }));
  EXPECT_EQ(opacity_of(manager_->current()), 0.2);
  LiveState initial = scene::small_state();
  initial.revision = 1;
  EXPECT_EQ(replayed(initial, store_.journal(1, 10).value()), *manager_->current());
}

TEST_F(LayerManagers, AScheduleOutlivesItsDaemon) {
  open();
  accepted_of(submit(set_opacity(0.5), At{seconds(10)}).get());
  const CommandDocument film =
      command("layers.update", R"({"id": "film", "patch": {"visible": true}})");
  accepted_of(submit(film, At{seconds(12)}).get());
  manager_.reset();
  // It comes back late: what was due is as if it had been there.
  set_time(seconds(11));
  open();
  ASSERT_TRUE(comes_true([&] { return manager_->current()->revision == 2; }));
  EXPECT_EQ(opacity_of(manager_->current()), 0.5);
  EXPECT_EQ(scene::run_of(*manager_->current(), "film").start, std::nullopt);
  set_time(seconds(20));
  ASSERT_TRUE(comes_true([&] { return manager_->current()->revision == 3; }));
  EXPECT_EQ(scene::run_of(*manager_->current(), "film").start, seconds(12));
  manager_.reset();
  open();
  EXPECT_EQ(accepted_of(submit(set_opacity(0), At{seconds(100)}).get()).result,
            json(R"({"scheduled": 3})"));
  EXPECT_EQ(manager_->current()->revision, 3);
}

TEST_F(LayerManagers, AScheduleThatIsNotDurableIsRefused) {
  open();
  store_.fail(1);
  refused_of(submit(set_opacity(0.5), At{seconds(10)}).get());
  set_time(seconds(20));
  accepted(command("stream.pause"));
  EXPECT_EQ(opacity_of(manager_->current()), 1);
}

TEST_F(LayerManagers, AScheduledCommandThatIsWrongIsRefusedAtOnceOrForgottenWhenItIsDue) {
  open();
  EXPECT_EQ(refused_of(submit(set_opacity(7), At{seconds(10)}).get()).error.code,
            ErrorCode::kInvalidInput);
  // The layer may be there by then.
  accepted_of(submit(set_opacity(0.5, "later"), At{seconds(10)}).get());
  accepted_of(submit(set_opacity(0.5, "film"), At{seconds(11)}).get());
  set_time(seconds(12));
  ASSERT_TRUE(comes_true([&] { return manager_->current()->revision == 2; }));
  EXPECT_EQ(opacity_of(manager_->current(), "film"), 0.5);
}

TEST_F(LayerManagers, ASlowStoreMakesNoScheduledCommandLate) {
  open();
  accepted_of(submit(set_opacity(0.5), At{seconds(10)}).get());
  store_.hold();
  auto slow = submit(set_opacity(0.25, "title"));
  store_.await_commits(3);
  set_time(seconds(10));
  ASSERT_TRUE(
      comes_true([&] { return opacity_of(shown_at(manager_->published(), seconds(10))) == 0.5; }));
  // What is not durable does not show.
  const auto before = shown_at(manager_->published(), seconds(10));
  EXPECT_EQ(opacity_of(before, "title"), 1);
  EXPECT_EQ(before->revision, 1);
  store_.release();
  EXPECT_EQ(accepted_of(slow.get()).revision, 2);
  ASSERT_TRUE(comes_true([&] { return manager_->current()->revision == 3; }));
  const auto after = shown_at(manager_->published(), seconds(10));
  EXPECT_EQ(opacity_of(after), 0.5);
  EXPECT_EQ(opacity_of(after, "title"), 0.25);
  EXPECT_EQ(stored(), *manager_->current());
}

TEST_F(LayerManagers, ASlowObjectionMakesNoScheduledCommandLate) {
  std::promise<void> asked;
  std::promise<void> release;
  objection_ = [&, asks = 0](const LiveState&) mutable -> std::optional<base::Error> {
    if (++asks == 1) {
      asked.set_value();
      release.get_future().wait();
    }
    return std::nullopt;
  };
  open();
  accepted_of(submit(set_opacity(0.5), At{seconds(10)}).get());
  const CommandDocument faster = {"stream.configure", json(R"({"patch": {"bitrate": "3M"}})")};
  std::thread slow([&] { accepted(faster); });
  asked.get_future().wait();
  set_time(seconds(10));
  EXPECT_TRUE(
      comes_true([&] { return opacity_of(shown_at(manager_->published(), seconds(10))) == 0.5; }));
  EXPECT_EQ(accepted(set_opacity(0.25, "title")).revision, 3);
  release.set_value();
  slow.join();
  EXPECT_EQ(manager_->current()->revision, 4);
  EXPECT_EQ(manager_->current()->stream.bitrate, 3'000'000);
  EXPECT_EQ(opacity_of(manager_->current(), "title"), 0.25);
}

TEST_F(LayerManagers, ASlowObjectionToADueCommandMakesNoOtherLate) {
  std::promise<void> asked;
  std::promise<void> release;
  std::atomic<int> asks = 0;
  objection_ = [&](const LiveState&) -> std::optional<base::Error> {
    // It is asked when the command is scheduled, for the new output, and when the command is due.
    if (++asks == 3) {
      asked.set_value();
      release.get_future().wait();
    }
    return std::nullopt;
  };
  open();
  const CommandDocument faster = {"stream.configure", json(R"({"patch": {"bitrate": "3M"}})")};
  accepted_of(submit(faster, At{seconds(10)}).get());
  accepted_of(submit(set_opacity(0.5), At{seconds(11)}).get());
  accepted({"outputs.add", json(R"({"output": {"id": "b", "url": "b.mkv"}})")});
  set_time(seconds(10));
  asked.get_future().wait();
  set_time(seconds(11));
  EXPECT_TRUE(
      comes_true([&] { return opacity_of(shown_at(manager_->published(), seconds(11))) == 0.5; }));
  EXPECT_EQ(accepted(set_opacity(0.25, "title")).revision, 4);
  release.set_value();
  EXPECT_TRUE(comes_true([&] { return manager_->current()->stream.bitrate == 3'000'000; }));
  EXPECT_EQ(manager_->current()->revision, 5);
  EXPECT_EQ(asks, 3);
}

TEST_F(LayerManagers, ADueCommandWhoseCheckStillHoldsIsNotCheckedAgain) {
  std::atomic<int> asks = 0;
  objection_ = [&](const LiveState&) -> std::optional<base::Error> {
    ++asks;
    return std::nullopt;
  };
  open();
  const CommandDocument faster = {"stream.configure", json(R"({"patch": {"bitrate": "3M"}})")};
  accepted_of(submit(faster, At{seconds(10)}).get());
  accepted(set_opacity(0.25, "title"));
  set_time(seconds(10));
  EXPECT_TRUE(comes_true([&] { return manager_->current()->stream.bitrate == 3'000'000; }));
  EXPECT_EQ(asks, 1);
}

TEST_F(LayerManagers, AnObjectionIsHeardAgainWhenTheOutputsChangedMeanwhile) {
  int asks = 0;
  objection_ = [&](const LiveState& state) -> std::optional<base::Error> {
    if (++asks == 1) accepted({"outputs.add", json(R"({"output": {"id": "b", "url": "b.mkv"}})")});
    const bool is_too_fast = state.stream.bitrate == 3'000'000 && !state.scene.outputs.empty() &&
                             state.scene.outputs.back().id == "b";
    if (!is_too_fast) return std::nullopt;
    return base::Error{ErrorCode::kInvalidInput, "too fast for b", {}, nullptr};
  };
  open();
  const CommandDocument faster = {"stream.configure", json(R"({"patch": {"bitrate": "3M"}})")};
  EXPECT_EQ(refused_of(apply(faster)).error.message, "too fast for b");
  EXPECT_EQ(asks, 3);
  EXPECT_EQ(manager_->current()->scene.outputs.back().id, "b");
}

TEST_F(LayerManagers, AFailingStoreMakesNoScheduledCommandLateOrLost) {
  open();
  accepted_of(submit(set_opacity(0.5), At{seconds(10)}).get());
  store_.fail(-1);
  set_time(seconds(10));
  ASSERT_TRUE(
      comes_true([&] { return opacity_of(shown_at(manager_->published(), seconds(10))) == 0.5; }));
  refused_of(apply(set_opacity(0.25, "title")));
  refused_of(apply(set_opacity(0.25, "title")));
  EXPECT_EQ(opacity_of(shown_at(manager_->published(), seconds(10))), 0.5);
  EXPECT_EQ(manager_->current()->revision, 1);
  store_.fail(0);
  EXPECT_EQ(accepted(set_opacity(0.25, "title")).revision, 3);
  EXPECT_EQ(opacity_of(manager_->current()), 0.5);
  EXPECT_TRUE(store_.is_gapless());
  EXPECT_EQ(stored(), *manager_->current());
}

TEST_F(LayerManagers, ASchedulesRoomIsLimited) {
  open();
  std::vector<std::future<Answer>> answers;
  for (int i = 0; i < scene::limits::kScheduledMax; ++i) {
    answers.push_back(submit(set_opacity(0.5), At{seconds(1000)}));
  }
  for (auto& each : answers) accepted_of(each.get());
  EXPECT_EQ(refused_of(submit(set_opacity(0.5), At{seconds(1000)}).get()).error.code,
            ErrorCode::kLimit);
}

// --- Figures ---

TEST_F(LayerManagers, AreCounted) {
  open();
  EXPECT_EQ(metric("layers", {{"type", "overlay"}}), 2);
  EXPECT_EQ(metric("layers", {{"type", "visual_feed"}}), 1);
  accepted(set_opacity(0.5));
  accepted(set_opacity(0.25));
  accepted(command("layers.delete", R"({"id": "film"})"));
  refused_of(apply(command("layers.delete", R"({"id": "film"})")));
  refused_of(submit(set_opacity(0), {}, 77).get());
  EXPECT_EQ(metric("layer_changes_total", {{"kind", "layer.updated"}}), 2);
  EXPECT_EQ(metric("layer_changes_total", {{"kind", "layer.deleted"}}), 1);
  EXPECT_EQ(metric("commands_refused_total", {{"reason", "not_found"}}), 1);
  EXPECT_EQ(metric("commands_refused_total", {{"reason", "stale"}}), 1);
  ASSERT_TRUE(comes_true([&] { return metric("layers", {{"type", "visual_feed"}}) == 0; }));
}

}  // namespace
}  // namespace layercast::layers
