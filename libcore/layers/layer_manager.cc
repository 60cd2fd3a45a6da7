#include "layers/layer_manager.h"

#include "base/thread_name.h"
#include "layers/commit_of.h"
#include "layers/on_air.h"
#include "layers/permission.h"
#include "layers/schedule.h"
#include "layers/shown_states.h"
#include "layers/subscribers.h"
#include "scene/json_codec.h"
#include "scene/limits.h"
#include "scene/live_codec.h"
#include "scene/scene_tables.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <future>
#include <mutex>
#include <string_view>
#include <thread>
#include <utility>

namespace layercast::layers {
namespace {

using base::Duration;
using base::ErrorCode;
using scene::LiveState;
using scene::LiveStatePtr;
using scene::Refusal;
using scene::Value;
using SteadyClock = std::chrono::steady_clock;

// How long before its frame a scheduled command is applied; it is visible from that frame on.
constexpr Duration kLead = std::chrono::milliseconds(100);
// How often the stream clock is polled while commands wait for it.
constexpr Duration kLook = std::chrono::milliseconds(50);
// The delay before a commit is retried that no caller waits for.
constexpr Duration kRetryAfter = std::chrono::seconds(1);
// The maximum number of commands in one commit.
constexpr size_t kGroupMax = 4096;

// One command that is not yet durable or not yet answered.
struct Item {
  scene::Command command;
  Duration now{};      ///< stream time at which it was applied
  LiveStatePtr state;  ///< the resulting state; null if nothing changed
  std::vector<scene::Event> events;
  Answer answer;
  std::function<void(Answer)> done;    ///< null for scheduled commands
  std::optional<Scheduled> scheduled;  ///< the schedule entry of a command for later
  std::optional<int64_t> due;          ///< the number of the scheduled command that this applies
  Duration show_from{};
  bool is_shown = false;

  bool is_written() const { return state != nullptr || scheduled || due; }
};

Refusal refused(ErrorCode code, std::string message) {
  return {{code, std::move(message), {}, nullptr}, {}};
}

// Whether the command would be refused in every state.
bool is_wrong_for_ever(const Refusal& refusal) {
  const ErrorCode code = refusal.error.code;
  return code == ErrorCode::kInvalidInput || code == ErrorCode::kUnsupported ||
         code == ErrorCode::kForbidden;
}

scene::WallTime wall_clock() {
  return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
}

bool replaces_scene(const scene::Command& command) {
  const auto* change = std::get_if<scene::Change>(&command);
  return change != nullptr && std::holds_alternative<scene::ReplaceScene>(*change);
}

bool encodes_otherwise(const LiveState& before, const LiveState& after) {
  return before.scene.canvas != after.scene.canvas || before.scene.outputs != after.scene.outputs ||
         before.stream != after.stream;
}

// The counters and gauges of the live scene.
class Gauges {
 public:
  explicit Gauges(base::Metrics& metrics)
      : metrics_(metrics),
        group_size_(
            metrics.histogram({"commit_group_size", "Commands that were committed together."},
                              {1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 4000})) {
    for (size_t i = 0; i < layers_.size(); ++i) {
      const std::string type(scene::name_of(static_cast<scene::LayerType>(i)));
      layers_.at(i) =
          metrics.gauge({"layers", "Layers of the live scene by type."}, {{"type", type}});
    }
  }

  void count_refusal(const base::Error& error) {
    const std::string reason(base::meaning_of(error.code).name);
    metrics_
        .counter({"commands_refused_total", "Commands that were refused, by reason."},
                 {{"reason", reason}})
        ->add();
  }
  void count_events(const std::vector<scene::Event>& events) {
    for (const scene::Event& event : events) {
      metrics_
          .counter({"layer_changes_total", "Changes of the live scene by kind."},
                   {{"kind", event.name}})
          ->add();
    }
  }
  void count_group(size_t size) { group_size_->observe(static_cast<double>(size)); }
  void count_layers(const scene::Scene& scene) {
    std::array<int, 5> counts{};
    for (const auto& layer : scene.layers) ++counts.at(static_cast<size_t>(layer->type));
    for (size_t i = 0; i < counts.size(); ++i) layers_.at(i)->set(counts.at(i));
  }

 private:
  base::Metrics& metrics_;
  std::shared_ptr<base::Histogram> group_size_;
  std::array<std::shared_ptr<base::Gauge>, 5> layers_;
};

}  // namespace

// Two threads: one commits, notifies and responds; the other watches the time.
class LayerManager::Work {
 public:
  Work(const LayerManagerOptions& options, LiveStatePtr state, Schedule schedule);
  ~Work();

  LiveStatePtr current() const;
  void submit(Submission submission, std::function<void(Answer)> done);

  void mirror(LiveState state);

  const LayerManagerOptions& options() const { return options_; }
  const ShownStates& shown() const { return shown_; }
  Subscribers& subscribers() { return *subscribers_; }
  OnAir& on_air() { return on_air_; }
  Gauges& gauges() { return gauges_; }
  void poke_time();

 private:
  using Additions = std::vector<ShownStates::Addition>;
  /// What options_.objection said of a state.
  struct Check {
    LiveState state;
    std::optional<base::Error> error;
  };
  /// The command leads to a state that options_.objection has not checked.
  struct Unchecked {
    LiveState state;
  };
  using Outcome = std::variant<scene::Applied, Refusal, Unchecked>;
  /// The state to check before the command can be decided; nullopt: the item has its answer.
  using Decision = std::optional<LiveState>;

  Check check_of(LiveState state) const;

  // Requires mutex_.
  std::optional<Duration> later_time(const Submission& submission, Duration frame_time) const;
  Outcome applied(const scene::Command& command, Origin origin, Duration now,
                  const std::optional<Check>& check) const;
  Decision decide(Item& item, const Submission& submission, const std::optional<Check>& check);
  Decision execute(Item& item, Origin origin, Duration frame_time,
                   const std::optional<Check>& check);
  Decision schedule_for(Item& item, Origin origin, Duration due, const std::optional<Check>& check);
  void execute_due(const Scheduled& scheduled, Additions& additions);
  void execute_all_due(Duration frame_time, Additions& additions);
  void show_in_advance(Additions& additions);
  void show_provisional(const Scheduled& scheduled, Additions& additions);

  // The thread that commits.
  void commit_for_ever();
  void await_work(std::unique_lock<std::mutex>& lock);
  base::Result<void> commit(const std::vector<Item*>& group);
  void publish(size_t count, std::unique_lock<std::mutex>& lock);
  void roll_back(const base::Error& error, std::unique_lock<std::mutex>& lock);
  void answer(Item& item);

  // The thread that watches the time.
  void watch_time();
  SteadyClock::time_point do_what_is_due();

  LayerManagerOptions options_;
  Folders folders_;
  Gauges gauges_;

  std::mutex mutex_;
  std::condition_variable work_;
  std::deque<Item> queue_;  ///< items that are being committed stay at the front
  LiveStatePtr tentative_;  ///< the newest state, which may not be durable yet
  Schedule schedule_;       ///< as of tentative_
  Duration last_due_{};     ///< latest due time in tentative_; later states are not shown before it
  std::optional<SteadyClock::time_point> retry_at_;
  bool is_ending_ = false;

  // Changed by the committing thread only.
  Schedule durable_schedule_;
  mutable std::mutex durable_mutex_;
  LiveStatePtr durable_;

  ShownStates shown_;
  std::shared_ptr<Subscribers> subscribers_;
  OnAir on_air_;

  std::mutex time_mutex_;
  std::condition_variable time_;
  bool is_poked_ = false;
  bool is_time_over_ = false;

  std::thread committing_;
  std::thread watching_;
};

LayerManager::Work::Work(const LayerManagerOptions& options, LiveStatePtr state, Schedule schedule)
    : options_(options),
      folders_{options.folder, options.assets_folder},
      gauges_(*options.metrics),
      tentative_(state),
      schedule_(schedule),
      durable_schedule_(std::move(schedule)),
      durable_(state),
      shown_(state),
      subscribers_(std::make_shared<Subscribers>(state)) {
  gauges_.count_layers(state->scene);
  committing_ = base::named_thread("commit", [this] { commit_for_ever(); });
  watching_ = base::named_thread("scheduler", [this] { watch_time(); });
}

LayerManager::Work::~Work() {
  {
    const std::lock_guard lock(time_mutex_);
    is_time_over_ = true;
  }
  time_.notify_one();
  watching_.join();
  {
    const std::lock_guard lock(mutex_);
    is_ending_ = true;
  }
  work_.notify_one();
  committing_.join();
  for (const auto& [done, index] : on_air_.take_all()) done(index);
}

LiveStatePtr LayerManager::Work::current() const {
  const std::lock_guard lock(durable_mutex_);
  return durable_;
}

// --- commands ---

std::optional<Duration> LayerManager::Work::later_time(const Submission& submission,
                                                       Duration frame_time) const {
  if (!submission.at) return std::nullopt;
  const auto* time = std::get_if<Duration>(&*submission.at);
  const Duration due =
      time != nullptr ? *time : options_.time_of_frame(std::get<int64_t>(*submission.at));
  return due > frame_time ? std::optional(due) : std::nullopt;
}

LayerManager::Work::Check LayerManager::Work::check_of(LiveState state) const {
  auto error = options_.objection(state);
  return {std::move(state), std::move(error)};
}

LayerManager::Work::Outcome LayerManager::Work::applied(const scene::Command& command,
                                                        Origin origin, Duration now,
                                                        const std::optional<Check>& check) const {
  auto outcome = scene::apply(*tentative_, command, now);
  if (auto* refusal = std::get_if<Refusal>(&outcome)) return std::move(*refusal);
  auto& applied = std::get<scene::Applied>(outcome);
  if (origin == Origin::kNetwork) {
    auto refusal = refusal_of_names(command, tentative_->scene, applied.state.scene, folders_);
    if (refusal) return *std::move(refusal);
  }
  if (options_.objection && encodes_otherwise(*tentative_, applied.state)) {
    const bool is_checked = check && !encodes_otherwise(check->state, applied.state);
    if (!is_checked) return Unchecked{std::move(applied.state)};
    if (check->error) return Refusal{*check->error, {}};
  }
  return std::move(applied);
}

LayerManager::Work::Decision LayerManager::Work::execute(Item& item, Origin origin,
                                                         Duration frame_time,
                                                         const std::optional<Check>& check) {
  item.now = std::max(frame_time, last_due_);
  auto outcome = applied(item.command, origin, item.now, check);
  if (auto* unchecked = std::get_if<Unchecked>(&outcome)) return std::move(unchecked->state);
  if (auto* refusal = std::get_if<Refusal>(&outcome)) {
    item.answer = std::move(*refusal);
    return std::nullopt;
  }
  auto& next = std::get<scene::Applied>(outcome);
  const bool is_changed = next.state.revision != tentative_->revision;
  if (is_changed) {
    tentative_ = std::make_shared<const LiveState>(std::move(next.state));
    item.state = tentative_;
    item.events = std::move(next.events);
  }
  item.answer = Accepted{tentative_->revision, std::move(next.result), is_changed, false};
  return std::nullopt;
}

LayerManager::Work::Decision LayerManager::Work::schedule_for(Item& item, Origin origin,
                                                              Duration due,
                                                              const std::optional<Check>& check) {
  auto outcome = applied(item.command, origin, due, check);
  if (auto* unchecked = std::get_if<Unchecked>(&outcome)) return std::move(unchecked->state);
  const auto* refusal = std::get_if<Refusal>(&outcome);
  if (refusal != nullptr && is_wrong_for_ever(*refusal)) {
    item.answer = *refusal;
  } else if (schedule_.waiting.size() >= static_cast<size_t>(scene::limits::kScheduledMax)) {
    item.answer =
        refused(ErrorCode::kLimit, std::to_string(schedule_.waiting.size()) +
                                       " commands are already scheduled, which is the maximum");
  } else {
    const int64_t number = schedule_.next_number;
    item.scheduled = Scheduled{number, due, origin, item.command};
    schedule_.add(*item.scheduled);
    item.answer = Accepted{tentative_->revision,
                           Value::object().add("scheduled", Value::of(static_cast<double>(number))),
                           false, true};
  }
  return std::nullopt;
}

LayerManager::Work::Decision LayerManager::Work::decide(Item& item, const Submission& submission,
                                                        const std::optional<Check>& check) {
  const Duration frame_time = options_.next_frame_time();
  const auto& wanted = submission.if_revision;
  if (options_.role == store::Role::kFollower) {
    item.answer =
        refused(ErrorCode::kConflict, "this daemon follows another; change the scene there");
  } else if (wanted && *wanted != tentative_->revision) {
    item.answer = refused(ErrorCode::kStale, "the scene is at revision " +
                                                 std::to_string(tentative_->revision) + ", not " +
                                                 std::to_string(*wanted));
  } else if (const auto due = later_time(submission, frame_time)) {
    return schedule_for(item, submission.origin, *due, check);
  } else {
    return execute(item, submission.origin, frame_time, check);
  }
  return std::nullopt;
}

void LayerManager::Work::submit(Submission submission, std::function<void(Answer)> done) {
  Item item;
  item.command = std::move(submission.command);
  item.done = std::move(done);
  bool is_scheduled = false;
  {
    std::unique_lock lock(mutex_);
    // The check may take long, so it must not hold up other commands. Afterwards the command is
    // decided again, in the state that is then the newest.
    std::optional<Check> check;
    while (auto unchecked = decide(item, submission, check)) {
      lock.unlock();
      check = check_of(*std::move(unchecked));
      lock.lock();
    }
    is_scheduled = item.scheduled.has_value();
    queue_.push_back(std::move(item));
  }
  work_.notify_one();
  if (is_scheduled) poke_time();
}

// --- what was scheduled ---

void LayerManager::Work::execute_due(const Scheduled& scheduled, Additions& additions) {
  schedule_.remove(scheduled.number);
  Item item;
  item.command = scheduled.command;
  item.due = scheduled.number;
  last_due_ = std::max(last_due_, scheduled.due);
  // Commands that are due at the same time, or are late, are applied in order.
  std::optional<Check> check;
  while (auto unchecked = execute(item, scheduled.origin, scheduled.due, check)) {
    check = check_of(*std::move(unchecked));
  }
  item.show_from = scheduled.due;
  queue_.push_back(std::move(item));
  show_in_advance(additions);
  if (queue_.back().state != nullptr && !queue_.back().is_shown) {
    show_provisional(scheduled, additions);
  }
}

// Shows results of scheduled commands before they are committed: the durable schedule implies them.
// Stops at a result that depends on an uncommitted change.
void LayerManager::Work::show_in_advance(Additions& additions) {
  for (Item& item : queue_) {
    const bool is_implied = item.due.has_value();
    if (!is_implied && item.is_written()) return;
    if (item.state == nullptr || item.is_shown) continue;
    additions.push_back({item.state, item.show_from, false});
    item.is_shown = true;
  }
}

// A slow commit must not delay a scheduled command: until then, the command is shown applied to the
// newest state that may be shown, with the revision of that state.
void LayerManager::Work::show_provisional(const Scheduled& scheduled, Additions& additions) {
  const auto is_it = [&](const Scheduled& each) { return each.number == scheduled.number; };
  if (std::ranges::none_of(durable_schedule_.waiting, is_it)) return;
  const LiveStatePtr base = additions.empty() ? shown_.newest() : additions.back().state;
  auto outcome = scene::apply(*base, scheduled.command, scheduled.due);
  auto* applied = std::get_if<scene::Applied>(&outcome);
  if (applied == nullptr) return;
  applied->state.revision = base->revision;
  additions.push_back(
      {std::make_shared<const LiveState>(std::move(applied->state)), scheduled.due, true});
}

void LayerManager::Work::execute_all_due(Duration frame_time, Additions& additions) {
  while (!schedule_.waiting.empty() && schedule_.waiting.front().due <= frame_time + kLead) {
    execute_due(Scheduled(schedule_.waiting.front()), additions);
  }
}

void LayerManager::Work::poke_time() {
  {
    const std::lock_guard lock(time_mutex_);
    is_poked_ = true;
  }
  time_.notify_one();
}

SteadyClock::time_point LayerManager::Work::do_what_is_due() {
  auto wake = SteadyClock::now() + std::chrono::hours(1);
  bool has_work = false;
  {
    const std::lock_guard lock(mutex_);
    if (!schedule_.waiting.empty()) {
      const Duration frame_time = options_.next_frame_time();
      Additions additions;
      execute_all_due(frame_time, additions);
      shown_.add(additions, frame_time);
      has_work = !queue_.empty();
    }
    if (!schedule_.waiting.empty()) wake = SteadyClock::now() + kLook;
  }
  if (has_work) work_.notify_one();
  for (const auto& [done, index] : on_air_.take_due(SteadyClock::now())) done(index);
  const auto deadline = on_air_.next_deadline();
  return deadline ? std::min(wake, *deadline) : wake;
}

void LayerManager::Work::watch_time() {
  while (true) {
    const auto wake = do_what_is_due();
    std::unique_lock lock(time_mutex_);
    time_.wait_until(lock, wake, [&] { return is_poked_ || is_time_over_; });
    if (is_time_over_) return;
    is_poked_ = false;
  }
}

// --- making durable ---

// Waits for items to commit, or for the end.
void LayerManager::Work::await_work(std::unique_lock<std::mutex>& lock) {
  const auto is_waited_for = [&] {
    return is_ending_ || std::ranges::any_of(queue_, [](const Item& item) { return !item.due; });
  };
  if (retry_at_) {
    work_.wait_until(lock, *retry_at_, is_waited_for);
    retry_at_.reset();
  }
  work_.wait(lock, [&] { return is_ending_ || !queue_.empty(); });
}

void LayerManager::Work::commit_for_ever() {
  std::unique_lock lock(mutex_);
  while (true) {
    await_work(lock);
    if (queue_.empty()) return;
    std::vector<Item*> group;
    for (Item& item : queue_) {
      if (group.size() == kGroupMax) break;
      group.push_back(&item);
    }
    lock.unlock();
    const auto committed = commit(group);
    lock.lock();
    if (committed) {
      publish(group.size(), lock);
    } else {
      roll_back(committed.error(), lock);
    }
  }
}

base::Result<void> LayerManager::Work::commit(const std::vector<Item*>& group) {
  const LiveStatePtr durable = current();
  LiveStatePtr last = durable;
  Schedule schedule = durable_schedule_;
  std::vector<store::JournalEntry> entries;
  bool replaces_all = false;
  bool is_written = false;
  const scene::WallTime at = wall_clock();
  for (const Item* item : group) {
    is_written |= item->is_written();
    if (item->scheduled) schedule.add(*item->scheduled);
    if (item->due) schedule.remove(*item->due);
    if (item->state == nullptr) continue;
    last = item->state;
    replaces_all |= replaces_scene(item->command);
    entries.push_back({last->revision, journal_text(item->command, item->now, at)});
  }
  if (!is_written) return {};
  store::Commit commit =
      replaces_all ? commit_of(*last, schedule) : commit_between(*durable, *last, schedule);
  commit.entries = std::move(entries);
  gauges_.count_group(group.size());
  TRY_DO(options_.store->commit(commit));
  durable_schedule_ = std::move(schedule);
  return {};
}

// Publishes the first `count` items, which are durable: shows them, notifies subscribers, and
// responds.
void LayerManager::Work::publish(size_t count, std::unique_lock<std::mutex>& lock) {
  std::vector<Item> items(std::make_move_iterator(queue_.begin()),
                          std::make_move_iterator(queue_.begin() + static_cast<ptrdiff_t>(count)));
  queue_.erase(queue_.begin(), queue_.begin() + static_cast<ptrdiff_t>(count));
  Additions additions;
  for (const Item& item : items) {
    if (item.state == nullptr) continue;
    if (!item.is_shown) additions.push_back({item.state, item.show_from, false});
    const std::lock_guard durable_lock(durable_mutex_);
    durable_ = item.state;
  }
  show_in_advance(additions);
  shown_.add(additions, options_.next_frame_time());
  lock.unlock();
  bool is_changed = false;
  for (Item& item : items) {
    if (item.state != nullptr) {
      is_changed = true;
      gauges_.count_events(item.events);
      subscribers_->notify({item.state, std::move(item.events)});
    }
    answer(item);
  }
  if (is_changed) gauges_.count_layers(durable_->scene);
  lock.lock();
}

// Rolls back everything that is not durable, and applies what the durable schedule implies again.
void LayerManager::Work::roll_back(const base::Error& error, std::unique_lock<std::mutex>& lock) {
  std::deque<Item> items = std::exchange(queue_, {});
  tentative_ = durable_;
  schedule_ = durable_schedule_;
  last_due_ = {};
  Additions additions;
  execute_all_due(options_.next_frame_time(), additions);
  shown_.reset(durable_, additions);
  retry_at_ = SteadyClock::now() + kRetryAfter;
  // At the end, implied commands stay scheduled instead of being retried without end.
  if (is_ending_) queue_.clear();
  lock.unlock();
  for (Item& item : items) {
    if (std::holds_alternative<Accepted>(item.answer)) {
      item.answer = Refusal{base::with_context(error, "the change could not be made durable"), {}};
    }
    answer(item);
  }
  lock.lock();
}

void LayerManager::Work::answer(Item& item) {
  if (const auto* refusal = std::get_if<Refusal>(&item.answer)) {
    gauges_.count_refusal(refusal->error);
  }
  if (item.done) item.done(std::move(item.answer));
}

// --- following ---

void LayerManager::Work::mirror(LiveState state) {
  const auto newest = std::make_shared<const LiveState>(std::move(state));
  const Value document = scene::scene_document(newest->scene, scene::Secrets::kRedacted);
  const Value active = newest->active ? Value::of(*newest->active) : Value::null();
  {
    const std::lock_guard lock(mutex_);
    tentative_ = newest;
    const Duration frame_time = options_.next_frame_time();
    shown_.add({{newest, frame_time, false}}, frame_time);
    const std::lock_guard durable_lock(durable_mutex_);
    durable_ = newest;
  }
  gauges_.count_layers(newest->scene);
  const Value params = Value::object().add("scene", document).add("active", active);
  subscribers_->notify({newest, {{"scene.updated", params}}});
}

// --- what others call ---

namespace {

base::Result<std::pair<LiveState, Schedule>> state_from(store::StoredState stored) {
  const scene::JsonDocument header = scene::read_json(stored.header);
  const Value* schedule_value = header.value.find("schedule");
  TRY(LiveState state, scene::live_state_from({std::move(stored.header), std::move(stored.layers)},
                                              stored.revision));
  Schedule schedule;
  if (schedule_value != nullptr) {
    TRY(schedule, schedule_from(*schedule_value));
  }
  return std::pair(std::move(state), std::move(schedule));
}

// The first journal entry of a new scene.
store::JournalEntry first_entry(const LiveState& state) {
  const scene::Command command = scene::ReplaceScene{state.scene, false, std::nullopt};
  return {state.revision, journal_text(command, {}, wall_clock())};
}

}  // namespace

base::Result<std::unique_ptr<LayerManager>> LayerManager::open(const LayerManagerOptions& options,
                                                               const LiveState& initial) {
  TRY(auto stored, options.store->load());
  LiveState state = initial;
  Schedule schedule;
  const bool follows = options.role == store::Role::kFollower;
  if (stored) {
    TRY(auto read, state_from(*std::move(stored)));
    std::tie(state, schedule) = std::move(read);
    if (follows) schedule = {};  // the other daemon applies them
    if (follows && options.adapt) options.adapt(state);
  } else if (follows) {
    return base::Error{ErrorCode::kNotFound,
                       "there is nothing to follow: no daemon has stored this scene yet",
                       initial.scene.name, nullptr};
  } else {
    state.revision = 1;
    store::Commit commit = commit_of(state, schedule);
    commit.entries.push_back(first_entry(state));
    TRY_DO(options.store->commit(commit));
  }
  auto work = std::make_unique<Work>(options, std::make_shared<const LiveState>(std::move(state)),
                                     std::move(schedule));
  return std::unique_ptr<LayerManager>(new LayerManager(std::move(work)));
}

LayerManager::LayerManager(std::unique_ptr<Work> work) : work_(std::move(work)) {}
LayerManager::~LayerManager() = default;

LiveStatePtr LayerManager::current() const { return work_->current(); }

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
  TRY(auto read, state_from(*std::move(stored)));
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

std::unique_ptr<LayerManager::Subscription> LayerManager::subscribe(
    std::function<void(const Change&)> listener) {
  return work_->subscribers().add(std::move(listener));
}

void LayerManager::count_refusal(const base::Error& error) { work_->gauges().count_refusal(error); }

void LayerManager::note_on_air(int64_t revision, int64_t index) {
  if (work_->on_air().note(revision, index)) work_->poke_time();
}

void LayerManager::when_on_air(int64_t revision, Duration patience,
                               std::function<void(std::optional<int64_t>)> done) {
  const auto deadline =
      SteadyClock::now() + std::chrono::duration_cast<SteadyClock::duration>(patience);
  work_->on_air().wait(revision, deadline, std::move(done));
  work_->poke_time();
}

}  // namespace layercast::layers
