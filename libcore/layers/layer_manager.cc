#include "layers/layer_manager.h"

#include "base/thread_name.h"
#include "layers/checks.h"
#include "layers/commit_of.h"
#include "layers/due_checker.h"
#include "layers/durability.h"
#include "layers/on_air.h"
#include "layers/pending_queue.h"
#include "layers/scene_metrics.h"
#include "layers/schedule.h"
#include "layers/sequencer.h"
#include "layers/shown_states.h"
#include "layers/subscribers.h"
#include "layers/time_watch.h"
#include "scene/live/live_codec.h"
#include "scene/model/find_by_id.h"
#include "scene/wire/json_codec.h"
#include "scene/wire/scene_totals.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <future>
#include <map>
#include <mutex>
#include <string_view>
#include <thread>
#include <utility>

namespace layercast::layers {
namespace {

using base::Clock;
using base::Duration;
using base::ErrorCode;
using scene::LiveState;
using scene::LiveStatePtr;
using scene::Refusal;
using scene::Value;
using Additions = std::vector<ShownStates::Addition>;

// How long before its frame a scheduled command is applied; it is visible from that frame on.
constexpr Duration kLead = std::chrono::milliseconds(100);
// How often the stream clock is polled while commands wait for it.
constexpr Duration kLook = std::chrono::milliseconds(50);
// The delay before a commit is retried that no caller waits for.
constexpr Duration kRetryAfter = std::chrono::seconds(1);
// How often the store is tried while commits fail and no command comes.
constexpr Duration kProbeEvery = std::chrono::seconds(2);
// A smaller difference between the wall clock and the stream's epoch and time is no correction of
// the wall clock.
constexpr Duration kDriftMin = std::chrono::milliseconds(100);

// A caller that waits for a scheduled command.
struct ExecutionWait {
  Duration patience;
  std::function<void(Answer, std::optional<int64_t>)> done;
};
// The same, with the result of the command.
struct Execution {
  ExecutionWait wait;
  Answer answer;
};

Refusal refusal_of_follower() {
  return {base::conflict("this daemon only follows the scene, which another daemon owns; send the "
                         "command to that daemon"),
          {}};
}

Answer cancelled_answer() {
  return Refusal{base::conflict("the scheduled command was cancelled"), {}};
}

}  // namespace

// Joins the components: the sequencer decides commands, the queue holds them until durability has
// stored them, the time watch executes those that are due, OnAir tells who waits for a frame. Three
// threads: one commits, notifies and responds; one watches the time; one checks due commands.
class LayerManager::Work {
 public:
  Work(const LayerManagerOptions& options, const LiveStatePtr& state, Schedule schedule);
  ~Work();

  LiveStatePtr current() const { return durability_.state(); }
  void submit(Submission submission, std::function<void(Answer)> done);
  std::vector<Scheduled> scheduled();
  Duration drift() const;
  void cancel(int64_t number, std::function<void(Answer)> done, const CancelObjection& objection);
  void when_executed(int64_t number, ExecutionWait wait);
  void mirror(LiveState state);

  const LayerManagerOptions& options() const { return options_; }
  const ShownStates& shown() const { return shown_; }
  Subscribers& subscribers() { return *subscribers_; }
  OnAir& on_air() { return on_air_; }
  SceneMetrics& metrics() { return metrics_; }
  void poke_time() { time_watch_.poke(); }
  std::optional<base::Error> store_failure() const {
    const std::lock_guard lock(mutex_);
    return store_failure_;
  }

 private:
  // Requires mutex_.
  std::optional<Duration> later_time(const Submission& submission, Duration frame_time) const;
  std::optional<Questions> decide(PendingCommand& pending, const Submission& submission,
                                  const Checks& checks);
  void add_due(Sequencer::Due due, Additions& additions);
  void execute_all_due(Duration frame_time, Additions& additions);
  void show_provisional(const Scheduled& scheduled, Additions& additions);

  // The thread that commits.
  void commit_for_ever();
  void await_work(std::unique_lock<std::mutex>& lock);
  void probe_store(std::unique_lock<std::mutex>& lock);
  void publish(size_t count, std::optional<Durability::Committed> committed,
               std::unique_lock<std::mutex>& lock);
  void roll_back(const base::Error& error, std::unique_lock<std::mutex>& lock);
  void answer(PendingCommand& pending);
  std::vector<Execution> take_executions(const std::vector<PendingCommand>& commands);
  void tell(Execution execution);

  // The thread that watches the time.
  Clock::time_point do_what_is_due();

  const LayerManagerOptions options_;
  const Checker checker_;
  SceneMetrics metrics_;

  mutable std::mutex mutex_;
  std::condition_variable work_;
  Sequencer sequencer_;
  PendingQueue queue_;
  Durability durability_;
  std::optional<Clock::time_point> retry_at_;
  std::optional<base::Error> store_failure_;
  bool is_ending_ = false;
  std::multimap<int64_t, ExecutionWait> execution_waits_;  ///< by the numbers of scheduled commands

  ShownStates shown_;
  std::shared_ptr<Subscribers> subscribers_;
  OnAir on_air_;

  // The threads begin when all members above exist.
  std::thread committing_;
  DueChecker due_checker_;
  TimeWatch time_watch_;
};

LayerManager::Work::Work(const LayerManagerOptions& options, const LiveStatePtr& state,
                         Schedule schedule)
    : options_(options),
      checker_(options.objection, {options.folder, options.assets_folder, options.source_hosts}),
      metrics_(*options.metrics, state->scene),
      sequencer_(state, schedule, checker_.checks_encoding()),
      durability_(*options.store, state, std::move(schedule)),
      shown_(state),
      subscribers_(std::make_shared<Subscribers>(state)),
      committing_(base::named_thread("commit", [this] { commit_for_ever(); })),
      due_checker_(checker_,
                   [this](int64_t number, Checks checks) {
                     {
                       const std::lock_guard lock(mutex_);
                       sequencer_.answer_due(number, std::move(checks));
                     }
                     poke_time();
                   }),
      time_watch_(*options_.clock, [this] { return do_what_is_due(); }) {
  metrics_.count_scheduled(sequencer_.schedule().waiting.size());
}

LayerManager::Work::~Work() {
  time_watch_.stop();
  due_checker_.stop();
  {
    const std::lock_guard lock(mutex_);
    is_ending_ = true;
  }
  work_.notify_one();
  committing_.join();
  for (const auto& [done, index] : on_air_.take_all()) done(index);
  const Accepted unfinished{current()->revision, Value::object(), false, true};
  for (const auto& [number, wait] : execution_waits_) wait.done(unfinished, std::nullopt);
}

// --- commands ---

// How much the wall clock is ahead of the stream's epoch and time; zero if it is negligible.
Duration LayerManager::Work::drift() const {
  const Duration ahead = options_.clock->wall_now() - current()->epoch - options_.next_frame_time();
  return ahead < -kDriftMin || ahead > kDriftMin ? ahead : Duration::zero();
}

std::optional<Duration> LayerManager::Work::later_time(const Submission& submission,
                                                       Duration frame_time) const {
  if (!submission.at) return std::nullopt;
  Duration due{};
  if (const auto* time = std::get_if<Duration>(&*submission.at)) due = *time;
  if (const auto* index = std::get_if<int64_t>(&*submission.at)) {
    due = options_.time_of_frame(*index);
  }
  if (const auto* time = std::get_if<base::WallTime>(&*submission.at)) {
    due = *time - current()->epoch - drift();
  }
  return due > frame_time ? std::optional(due) : std::nullopt;
}

std::optional<Questions> LayerManager::Work::decide(PendingCommand& pending,
                                                    const Submission& submission,
                                                    const Checks& checks) {
  const Duration frame_time = options_.next_frame_time();
  const auto& wanted = submission.if_revision;
  const int64_t revision = sequencer_.state()->revision;
  if (options_.role == store::Role::kFollower) {
    pending.answer = refusal_of_follower();
  } else if (wanted && *wanted != revision) {
    pending.answer = Refusal{{ErrorCode::kStale,
                              "the scene is at revision " + std::to_string(revision) + ", not " +
                                  std::to_string(*wanted),
                              {},
                              nullptr},
                             {}};
  } else if (const auto due = later_time(submission, frame_time)) {
    return sequencer_.schedule_for(pending, submission.origin, *due, checks);
  } else {
    return sequencer_.execute(pending, submission.origin, frame_time, checks);
  }
  return std::nullopt;
}

void LayerManager::Work::submit(Submission submission, std::function<void(Answer)> done) {
  PendingCommand pending;
  pending.command = std::move(submission.command);
  pending.done = std::move(done);
  bool is_scheduled = false;
  {
    std::unique_lock lock(mutex_);
    // A check may take long, so it must not hold up other commands. Afterwards the command is
    // decided again, in the state that is then the newest.
    Checks checks;
    while (auto questions = decide(pending, submission, checks)) {
      lock.unlock();
      checker_.answer(*std::move(questions), checks);
      lock.lock();
    }
    is_scheduled = pending.scheduled.has_value();
    queue_.push(std::move(pending));
  }
  work_.notify_one();
  if (is_scheduled) poke_time();
}

// --- scheduled commands ---

std::vector<Scheduled> LayerManager::Work::scheduled() {
  const std::lock_guard lock(mutex_);
  return sequencer_.schedule().waiting;
}

void LayerManager::Work::cancel(int64_t number, std::function<void(Answer)> done,
                                const CancelObjection& objection) {
  PendingCommand pending;
  pending.done = std::move(done);
  {
    const std::lock_guard lock(mutex_);
    const auto& waiting = sequencer_.schedule().waiting;
    const auto wanted = std::ranges::find(waiting, number, &Scheduled::number);
    std::optional<base::Error> refused;
    if (objection && wanted != waiting.end()) refused = objection(wanted->command);
    if (options_.role == store::Role::kFollower) {
      pending.answer = refusal_of_follower();
    } else if (refused) {
      pending.answer = Refusal{*std::move(refused), {}};
    } else {
      sequencer_.cancel(pending, number);
    }
    queue_.push(std::move(pending));
  }
  work_.notify_one();
}

void LayerManager::Work::when_executed(int64_t number, ExecutionWait wait) {
  const std::lock_guard lock(mutex_);
  execution_waits_.emplace(number, std::move(wait));
}

// The waits for the scheduled commands that `commands` executes or cancels. Requires mutex_.
std::vector<Execution> LayerManager::Work::take_executions(
    const std::vector<PendingCommand>& commands) {
  std::vector<Execution> executions;
  for (const PendingCommand& each : commands) {
    if (!each.due && !each.cancelled) continue;
    const auto [first, last] = execution_waits_.equal_range(each.due ? *each.due : *each.cancelled);
    for (auto wait = first; wait != last; ++wait) {
      executions.push_back(
          {std::move(wait->second), each.cancelled ? cancelled_answer() : each.answer});
    }
    execution_waits_.erase(first, last);
  }
  return executions;
}

void LayerManager::Work::tell(Execution execution) {
  auto* accepted = std::get_if<Accepted>(&execution.answer);
  if (accepted == nullptr) return execution.wait.done(std::move(execution.answer), std::nullopt);
  const int64_t revision = accepted->revision;
  const auto deadline = options_.clock->now() + execution.wait.patience;
  on_air_.wait(revision, deadline,
               [done = std::move(execution.wait.done), answer = std::move(execution.answer)](
                   std::optional<int64_t> index) { done(answer, index); });
}

void LayerManager::Work::add_due(Sequencer::Due due, Additions& additions) {
  queue_.push(std::move(due.pending));
  for (auto& implied : queue_.take_implied()) additions.push_back(std::move(implied));
  const PendingCommand& pending = queue_.back();
  if (pending.state != nullptr && !pending.is_shown) show_provisional(due.scheduled, additions);
}

// A slow commit must not delay a scheduled command: until then, the command is shown applied to the
// newest state that may be shown, with the revision of that state.
void LayerManager::Work::show_provisional(const Scheduled& scheduled, Additions& additions) {
  if (!durability_.schedule().contains(scheduled.number)) return;
  const LiveStatePtr base = additions.empty() ? shown_.newest() : additions.back().state;
  auto outcome = scene::apply(*base, scheduled.command, scheduled.due);
  if (!outcome) return;
  LiveState state = std::move(outcome).value().state;
  state.revision = base->revision;
  additions.push_back({std::make_shared<const LiveState>(std::move(state)), scheduled.due, true});
}

void LayerManager::Work::execute_all_due(Duration frame_time, Additions& additions) {
  while (auto next = sequencer_.execute_due(frame_time + kLead)) {
    if (auto* asked = std::get_if<Sequencer::DueQuestions>(&*next)) {
      due_checker_.ask(std::move(*asked));
    } else {
      add_due(std::get<Sequencer::Due>(*std::move(next)), additions);
    }
  }
}

Clock::time_point LayerManager::Work::do_what_is_due() {
  // Read first: when the time moves meanwhile, this is called again at once.
  const auto now = options_.clock->now();
  auto wake = now + std::chrono::hours(1);
  bool has_work = false;
  {
    const std::lock_guard lock(mutex_);
    if (!sequencer_.schedule().waiting.empty()) {
      const Duration frame_time = options_.next_frame_time();
      Additions additions;
      execute_all_due(frame_time, additions);
      shown_.add(additions, frame_time);
      has_work = !queue_.is_empty();
    }
    if (!sequencer_.schedule().waiting.empty()) wake = now + kLook;
  }
  if (has_work) work_.notify_one();
  for (const auto& [done, index] : on_air_.take_due(now)) done(index);
  const auto deadline = on_air_.next_deadline();
  return deadline ? std::min(wake, *deadline) : wake;
}

// --- durability ---

// Waits for commands to commit, or for the end.
void LayerManager::Work::await_work(std::unique_lock<std::mutex>& lock) {
  if (retry_at_) {
    options_.clock->wait_until(lock, work_, *retry_at_,
                               [&] { return is_ending_ || queue_.has_caller(); });
    retry_at_.reset();
  }
  const auto has_work = [&] { return is_ending_ || !queue_.is_empty(); };
  while (store_failure_ && !options_.clock->wait_for(lock, work_, kProbeEvery, has_work)) {
    probe_store(lock);
  }
  work_.wait(lock, has_work);
}

void LayerManager::Work::probe_store(std::unique_lock<std::mutex>& lock) {
  lock.unlock();
  const auto probed = durability_.probe();
  lock.lock();
  store_failure_ = probed ? std::nullopt : std::optional(probed.error());
}

void LayerManager::Work::commit_for_ever() {
  std::unique_lock lock(mutex_);
  while (true) {
    await_work(lock);
    if (queue_.is_empty()) return;
    const std::vector<const PendingCommand*> group = queue_.next_group();
    lock.unlock();
    auto committed = durability_.commit(group, options_.clock->wall_now());
    if (committed && committed.value()) metrics_.count_commit(group.size());
    lock.lock();
    if (!committed) store_failure_ = committed.error();
    if (committed && committed.value()) store_failure_.reset();
    if (committed) {
      publish(group.size(), std::move(committed).value(), lock);
    } else {
      roll_back(committed.error(), lock);
    }
  }
}

// Publishes the first `count` commands, which are durable: shows their results, notifies
// subscribers, and responds. `committed`: nullopt when nothing was stored.
void LayerManager::Work::publish(size_t count, std::optional<Durability::Committed> committed,
                                 std::unique_lock<std::mutex>& lock) {
  std::vector<PendingCommand> commands = queue_.take_front(count);
  if (committed) durability_.set(*std::move(committed));
  sequencer_.forget_checks(durability_.schedule());
  Additions additions;
  for (const PendingCommand& each : commands) {
    if (each.state != nullptr && !each.is_shown) {
      additions.push_back({each.state, each.show_from, false});
    }
  }
  for (auto& implied : queue_.take_implied()) additions.push_back(std::move(implied));
  shown_.add(additions, options_.next_frame_time());
  std::vector<Execution> executions = take_executions(commands);
  metrics_.count_scheduled(durability_.schedule().waiting.size());
  lock.unlock();
  LiveStatePtr newest;
  for (PendingCommand& each : commands) {
    if (each.state != nullptr) {
      newest = each.state;
      metrics_.count_events(each.events);
      subscribers_->notify({each.state, std::move(each.events)});
    }
    answer(each);
  }
  for (Execution& each : executions) tell(std::move(each));
  if (!executions.empty()) poke_time();
  if (newest != nullptr) metrics_.count_layers(newest->scene);
  lock.lock();
}

// Rolls back everything that is not durable, and applies what the durable schedule implies again.
void LayerManager::Work::roll_back(const base::Error& error, std::unique_lock<std::mutex>& lock) {
  std::vector<PendingCommand> commands = queue_.take_all();
  const LiveStatePtr durable = durability_.state();
  sequencer_.reset(durable, durability_.schedule());
  sequencer_.forget_checks(durability_.schedule());
  Additions additions;
  execute_all_due(options_.next_frame_time(), additions);
  shown_.reset(durable, additions);
  retry_at_ = options_.clock->now() + kRetryAfter;
  // At the end, implied commands stay scheduled instead of being retried without end.
  if (is_ending_) queue_.clear();
  lock.unlock();
  for (PendingCommand& each : commands) {
    if (std::holds_alternative<Accepted>(each.answer)) {
      each.answer = Refusal{base::with_context(error, "the change could not be made durable"), {}};
    }
    answer(each);
  }
  lock.lock();
}

void LayerManager::Work::answer(PendingCommand& pending) {
  if (const auto* refusal = std::get_if<Refusal>(&pending.answer)) {
    metrics_.count_refusal(refusal->error);
  }
  if (pending.done) pending.done(std::move(pending.answer));
}

// --- following ---

void LayerManager::Work::mirror(LiveState state) {
  const auto newest = std::make_shared<const LiveState>(std::move(state));
  const Value document = scene::scene_document(newest->scene, scene::Secrets::kRedacted);
  const Value active = newest->active ? Value::of(*newest->active) : Value::null();
  {
    const std::lock_guard lock(mutex_);
    sequencer_.reset(newest, {});
    const Duration frame_time = options_.next_frame_time();
    shown_.add({{newest, frame_time, false}}, frame_time);
    durability_.set({newest, {}});
  }
  metrics_.count_layers(newest->scene);
  const Value params = Value::object().add("scene", document).add("active", active);
  subscribers_->notify({newest, {{"scene.updated", params}}});
}

// --- what others call ---

namespace {

using Unreadable = std::vector<scene::UnreadablePart>;

// `unreadable`: takes the parts that cannot be read; null: they are errors.
base::Result<std::pair<LiveState, Schedule>> state_from(store::StoredState stored,
                                                        Unreadable* unreadable) {
  const scene::JsonDocument header = scene::read_json(stored.header);
  const Value* schedule_value = header.value.find("schedule");
  TRY(LiveState state, scene::live_state_from({std::move(stored.header), std::move(stored.layers)},
                                              stored.revision, unreadable));
  Schedule schedule;
  if (schedule_value == nullptr) return std::pair(std::move(state), std::move(schedule));
  auto read = schedule_from(*schedule_value);
  if (read) {
    schedule = std::move(read).value();
  } else if (unreadable == nullptr) {
    return std::move(read).error();
  } else {
    unreadable->push_back(
        {"scheduled commands", scene::write_json(*schedule_value, 0), std::move(read).error()});
  }
  return std::pair(std::move(state), std::move(schedule));
}

// Adds the layers of `initial` that `state` lacks because they could not be read, each behind the
// layer that it follows in `initial`.
void replace_unreadable(const LiveState& initial, const Unreadable& unreadable, LiveState& state) {
  auto& layers = state.scene.layers;
  std::string before;
  for (const auto& layer : initial.scene.layers) {
    const bool is_lost = std::ranges::find(unreadable, "layer " + layer->id,
                                           &scene::UnreadablePart::name) != unreadable.end();
    if (is_lost && scene::find_by_id(layers, layer->id) == nullptr) {
      auto place = std::ranges::find(layers, before, [](const auto& each) { return each->id; });
      layers.insert(place == layers.end() ? layers.begin() : place + 1, layer);
      state.run.layers.set(*initial.run.layers.of(layer->id));
    }
    before = layer->id;
  }
}

// The stored state without what cannot be read of it, or `initial` with the stored revision.
base::Result<std::pair<LiveState, Schedule>> readable_state_from(const store::StoredState& stored,
                                                                 const LiveState& initial,
                                                                 const LayerManagerOptions& options,
                                                                 Unreadable& unreadable) {
  auto read = state_from(stored, &unreadable);
  if (read) {
    replace_unreadable(initial, unreadable, read.value().first);
    return read;
  }
  const bool is_newer = read.error().code == ErrorCode::kUnsupported;
  if (is_newer && options.newer_state == LayerManagerOptions::NewerState::kRefused) return read;
  unreadable.assign(1, {"header", stored.header, read.error()});
  for (const auto& [id, text] : stored.layers) {
    unreadable.push_back({"layer " + id, text, base::invalid_input("the header cannot be read")});
  }
  LiveState state = initial;
  state.revision = stored.revision;
  return std::pair(std::move(state), Schedule());
}

// Takes the layers out of `state` that take it beyond a limit in sum, in the order of the scene.
// Older versions stored such states.
void keep_within_limits(LiveState& state, Unreadable& unreadable) {
  const auto objection_of = [&] { return scene::objection_to(scene::totals_of(counted(state))); };
  if (!objection_of()) return;
  const auto layers = std::exchange(state.scene.layers, {});
  scene::SceneTotals totals = scene::totals_of(counted(state));
  const scene::Scene none = state.scene;
  scene::Scene one = none;
  const std::vector<scene::ExitingLayer> no_exiting;
  for (const auto& layer : layers) {
    one.layers.assign(1, layer);
    scene::SceneTotals next = scene::totals_after(totals, {none, no_exiting}, {one, no_exiting});
    auto objection = scene::objection_to(next, &totals);
    if (!objection) {
      totals = std::move(next);
      state.scene.layers.push_back(layer);
      continue;
    }
    unreadable.push_back({"layer " + layer->id,
                          scene::layer_text({*layer, *state.run.layers.of(layer->id)}),
                          *std::move(objection)});
    state.run.layers.erase(layer->id);
    if (state.active == layer->id) state.active.reset();
  }
}

// The first journal entry of a new scene.
store::JournalEntry first_entry(const LiveState& state, scene::WallTime at) {
  const scene::Command command = scene::ReplaceScene{state.scene, false, std::nullopt};
  return {state.revision, journal_text(command, {}, at)};
}

}  // namespace

base::Result<std::unique_ptr<LayerManager>> LayerManager::open(const LayerManagerOptions& options,
                                                               const LiveState& initial) {
  TRY(auto stored, options.store->load());
  LiveState state = initial;
  Schedule schedule;
  const bool follows = options.role == store::Role::kFollower;
  const bool is_strict = follows || !options.on_unreadable;
  Unreadable unreadable;
  if (stored && is_strict) {
    TRY(auto read, state_from(*std::move(stored), nullptr));
    std::tie(state, schedule) = std::move(read);
    if (!follows) {
      const auto objection = scene::objection_to(scene::totals_of(counted(state)));
      if (objection) return base::with_context(*objection, "the stored state is too large");
    }
    if (follows) schedule = {};  // the other daemon applies them
    if (follows && options.adapt) options.adapt(state);
  } else if (stored) {
    TRY(auto read, readable_state_from(*stored, initial, options, unreadable));
    std::tie(state, schedule) = std::move(read);
    keep_within_limits(state, unreadable);
    if (!unreadable.empty()) {
      options.on_unreadable(unreadable);
      TRY_DO(options.store->commit(commit_of(state, schedule)));
    }
  } else if (follows) {
    return base::Error{ErrorCode::kNotFound,
                       "there is nothing to follow: no daemon has stored this scene yet",
                       initial.scene.name, nullptr};
  } else {
    state.revision = 1;
    store::Commit commit = commit_of(state, schedule);
    commit.entries.push_back(first_entry(state, options.clock->wall_now()));
    TRY_DO(options.store->commit(commit));
  }
  auto work = std::make_unique<Work>(options, std::make_shared<const LiveState>(std::move(state)),
                                     std::move(schedule));
  return std::unique_ptr<LayerManager>(new LayerManager(std::move(work)));
}

LayerManager::LayerManager(std::unique_ptr<Work> work) : work_(std::move(work)) {}
LayerManager::~LayerManager() = default;

LiveStatePtr LayerManager::current() const { return work_->current(); }

Duration LayerManager::next_frame_time() const { return work_->options().next_frame_time(); }

std::vector<Published> LayerManager::published() const {
  return work_->shown().at(work_->options().next_frame_time());
}

bool LayerManager::take_newer(uint64_t& version) const {
  return work_->shown().take_newer(version);
}

base::Result<bool> LayerManager::follow(std::chrono::milliseconds patience) {
  const LayerManagerOptions& options = work_->options();
  TRY(const bool is_newer, options.store->wait_for_newer(current()->revision, patience));
  if (!is_newer) return false;
  TRY(auto stored, options.store->load());
  if (!stored || stored->revision <= current()->revision) return false;
  TRY(auto read, state_from(*std::move(stored), nullptr));
  if (options.adapt) options.adapt(read.first);
  work_->mirror(std::move(read.first));
  return true;
}

void LayerManager::submit(Submission submission, std::function<void(Answer)> done) {
  work_->submit(std::move(submission), std::move(done));
}

Answer LayerManager::apply(Submission submission) {
  // Shared, because the responding thread may still use it when the result has arrived.
  const auto answered = std::make_shared<std::promise<Answer>>();
  auto answer = answered->get_future();
  submit(std::move(submission),
         [answered](Answer given) { answered->set_value(std::move(given)); });
  return answer.get();
}

std::vector<Scheduled> LayerManager::scheduled() const { return work_->scheduled(); }

base::WallTime LayerManager::wall_time_of(Duration due) const {
  return current()->epoch + due + work_->drift();
}

void LayerManager::cancel(int64_t number, std::function<void(Answer)> done,
                          const CancelObjection& objection) {
  work_->cancel(number, std::move(done), objection);
}

void LayerManager::when_executed(int64_t number, Duration patience,
                                 std::function<void(Answer, std::optional<int64_t>)> done) {
  work_->when_executed(number, {patience, std::move(done)});
}

std::unique_ptr<Subscription> LayerManager::subscribe(std::function<void(const Change&)> listener) {
  return work_->subscribers().add(std::move(listener));
}

std::optional<base::Error> LayerManager::store_failure() const { return work_->store_failure(); }

void LayerManager::count_refusal(const base::Error& error) {
  work_->metrics().count_refusal(error);
}

void LayerManager::note_on_air(int64_t revision, int64_t index) {
  if (work_->on_air().note(revision, index)) work_->poke_time();
}

void LayerManager::when_on_air(int64_t revision, Duration patience,
                               std::function<void(std::optional<int64_t>)> done) {
  const auto deadline = work_->options().clock->now() + patience;
  work_->on_air().wait(revision, deadline, std::move(done));
  work_->poke_time();
}

}  // namespace layercast::layers
