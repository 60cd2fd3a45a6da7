#include "media/in/live_source.h"

#include "base/back_off.h"
#include "base/cpu_clock.h"
#include "base/redaction.h"
#include "base/thread_name.h"
#include "media/av/input_guard.h"
#include "media/in/live_connection.h"
#include "media/in/live_input.h"
#include "media/in/live_track.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace layercast::media {
namespace {

using base::ErrorCode;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;
using Clock = LiveSource::Clock;

constexpr seconds kGrace{2};  // for so long, the last picture of a lost source stays
// Viewers wait for a source that is away; a refusal rarely changes by itself.
constexpr base::BackOff::Limits kBackOff{.first = milliseconds(100),
                                         .refused_first = seconds(1),
                                         .recent_most = seconds(2),
                                         .most = seconds(2),
                                         .refused_most = seconds(60),
                                         .recent_for = seconds(60)};
constexpr milliseconds kShortPass{1000};
constexpr seconds kWellAfter{5};     // then a connection counts as successful
constexpr seconds kExitPatience{1};  // how long the end of the process waits for threads
constexpr size_t kPicturesAheadMax = 8;
constexpr milliseconds kReadAhead{300};
constexpr milliseconds kLead{100};      // between reading the first picture and showing it
constexpr seconds kLeapMin{5};          // a larger deviation of a time stamp is a discontinuity
constexpr nanoseconds kDrift{100'000};  // of the sender's clock, at most, from packet to packet

/// Maps time stamps of the sender to the local clock. Thread: one at a time.
class SenderClock {
 public:
  explicit SenderClock(Pace pace) : pace_(pace) {}

  /// Takes into account that a packet with `stamp` has just been read.
  void note(int64_t stamp, Clock::time_point now) {
    const nanoseconds offset = now.time_since_epoch() - nanoseconds(stamp);
    const bool leaps = !offset_ || std::chrono::abs(offset - *offset_) > kLeapMin;
    if (pace_ == Pace::kStamps) {
      // A packet may be early; after a late one, everything is due later.
      if (leaps) offset_ = offset + kLead;
      if (offset > *offset_) offset_ = offset + kLead;
    } else {
      // The packets that arrive earliest have the smallest network delay.
      offset_ = leaps ? offset : std::min(offset, *offset_ + kDrift);
    }
  }
  Clock::time_point due(int64_t stamp) const {
    const auto due = nanoseconds(stamp) + offset_.value_or(nanoseconds{});
    return Clock::time_point(std::chrono::duration_cast<Clock::duration>(due));
  }

 private:
  const Pace pace_;
  std::optional<nanoseconds> offset_;
};

}  // namespace

/// The state that the thread shares with the users. Ownership: also the thread's.
class LiveSource::Work {
 public:
  explicit Work(std::string source)
      : source_(std::move(source)),
        lost_since_(Clock::now()),
        reason_(error("no data has arrived yet")) {}

  void run();
  void stop();

  void count(Use use, int change) { uses_[static_cast<size_t>(use)] += change; }
  void set_ending(Ending ending);
  Shown shown(Clock::time_point now);
  void wait_for_picture(Clock::time_point deadline);
  const LiveSound& sound() const { return sound_; }
  int64_t decode_nanoseconds() const { return cpu_nanoseconds_; }

 private:
  struct Due {
    LivePicture picture;
    Clock::time_point at;
  };

  bool is_used(Use use) const { return uses_[static_cast<size_t>(use)] > 0; }
  base::Error error(std::string message, ErrorCode code = ErrorCode::kIo) const {
    return {code, std::move(message), base::redacted_url(source_), nullptr};
  }

  // Thread: that of the source.
  base::Result<void> serve();
  base::Result<void> serve_packets(LiveConnection& connection);
  void note_packet(Pace pace);
  void wait_until_due(const SenderClock& clock, int64_t stamp);
  void push(LivePicture picture, Pace pace, const SenderClock& clock);
  void on_disconnect(base::Error error);
  Clock::duration delay_after(ErrorCode failure);
  void pause(Clock::duration length);
  void wait_for_another_pass();

  // Requires mutex_.
  void advance(Clock::time_point now);

  const std::string source_;
  Deadline deadline_;
  std::array<std::atomic<int>, 2> uses_{};
  std::atomic<int64_t> cpu_nanoseconds_ = 0;
  int64_t other_nanoseconds_ = 0;  ///< of other processes, before the present connection
  LiveSound sound_;
  base::BackOff back_off_{kBackOff};

  std::mutex mutex_;
  std::condition_variable changed_;
  // Guarded by mutex_ from here on.
  std::deque<Due> coming_;
  LivePicture current_;
  std::optional<base::SizeF> display_size_;
  std::optional<Clock::time_point> lost_since_;
  base::Error reason_;
  Clock::time_point last_packet_ = Clock::now();
  Clock::duration silence_max_ = kGrace;
  bool has_ended_ = false;
  bool has_failed_ = false;  ///< to connect, at least once
  Ending ending_ = Ending::kStays;
};

namespace {

/// All sources of the process by name. Never destroyed, because threads may outlive main().
class Register {
 public:
  static Register& get() {
    static auto* const all = new Register;
    static const AtExit at_exit;
    return *all;
  }

  std::mutex mutex;
  std::condition_variable ended;
  std::map<std::string, std::weak_ptr<LiveSource>> sources;
  int threads = 0;

 private:
  // Libraries are unloaded after main(): no thread should run their code then.
  struct AtExit {
    ~AtExit() {
      Register& all = get();
      std::unique_lock lock(all.mutex);
      all.ended.wait_for(lock, kExitPatience, [&all] { return all.threads == 0; });
    }
  };
};

}  // namespace

// ---- Any thread ---------------------------------------------------------------------------------

LiveSource::LiveSource(std::shared_ptr<Work> work) : work_(std::move(work)) {}
LiveSource::~LiveSource() { work_->stop(); }

base::Result<std::shared_ptr<LiveSource>> LiveSource::open(const std::string& source) {
  TRY_DO(check_live_source(source));
  Register& all = Register::get();
  const std::lock_guard lock(all.mutex);
  std::erase_if(all.sources, [](const auto& entry) { return entry.second.expired(); });
  if (const auto known = all.sources.find(source); known != all.sources.end()) {
    if (auto shared = known->second.lock()) return shared;
  }
  auto work = std::make_shared<Work>(source);
  std::shared_ptr<LiveSource> opened(new LiveSource(work));
  all.sources[source] = opened;
  ++all.threads;
  std::thread([work = std::move(work), &all]() mutable {
    base::name_this_thread("live-source");
    work->run();
    work.reset();
    const std::lock_guard ending(all.mutex);
    --all.threads;
    all.ended.notify_all();
  }).detach();
  return opened;
}

void LiveSource::begin(Use use) { work_->count(use, 1); }
void LiveSource::end(Use use) { work_->count(use, -1); }
void LiveSource::set_ending(Ending ending) { work_->set_ending(ending); }
LiveSource::Shown LiveSource::shown(Clock::time_point now) { return work_->shown(now); }
void LiveSource::wait_for_picture(Clock::time_point deadline) { work_->wait_for_picture(deadline); }
const LiveSound& LiveSource::sound() const { return work_->sound(); }
int64_t LiveSource::decode_nanoseconds() const { return work_->decode_nanoseconds(); }

int LiveSource::threads() {
  Register& all = Register::get();
  const std::lock_guard lock(all.mutex);
  return all.threads;
}

void LiveSource::Work::stop() {
  deadline_.stop();
  const std::lock_guard lock(mutex_);
  changed_.notify_all();
}

void LiveSource::Work::set_ending(Ending ending) {
  const std::lock_guard lock(mutex_);
  if (ending == Ending::kBeginsAnew) ending_ = ending;
  changed_.notify_all();
}

void LiveSource::Work::advance(Clock::time_point now) {
  while (!coming_.empty() && coming_.front().at <= now) {
    current_ = std::move(coming_.front().picture);
    display_size_ = current_.display_size;
    coming_.pop_front();
  }
}

LiveSource::Shown LiveSource::Work::shown(Clock::time_point now) {
  const std::lock_guard lock(mutex_);
  const size_t before = coming_.size();
  advance(now);
  if (coming_.size() != before) changed_.notify_all();
  const bool is_silent = !has_ended_ && !lost_since_ && now - last_packet_ > silence_max_;
  const bool is_away = lost_since_ && now - *lost_since_ > kGrace;
  if (!is_silent && !is_away) return {current_.picture, display_size_, std::nullopt};
  current_.picture = {};
  return {{}, display_size_, is_away ? reason_ : error("no data has arrived for a while")};
}

void LiveSource::Work::wait_for_picture(Clock::time_point deadline) {
  std::unique_lock lock(mutex_);
  for (;;) {
    const Clock::time_point now = Clock::now();
    advance(now);
    const bool is_given_up = has_failed_ && lost_since_ && now - *lost_since_ > kGrace;
    if (!frame::is_null(current_.picture) || now >= deadline || is_given_up) return;
    Clock::time_point next = std::min(deadline, now + kLead);
    if (!coming_.empty()) next = std::min(next, coming_.front().at);
    changed_.wait_until(lock, next);
  }
}

// ---- The thread ---------------------------------------------------------------------------------

void LiveSource::Work::run() {
  while (!deadline_.is_stopped()) {
    const Clock::time_point began = Clock::now();
    const auto served = serve();
    if (deadline_.is_stopped()) return;
    if (served.ok()) {
      wait_for_another_pass();
      // Prevents a very short source from being requested again and again.
      if (Clock::now() - began < kShortPass) pause(delay_after(ErrorCode::kIo));
    } else {
      on_disconnect(served.error());
      pause(delay_after(served.error().code));
    }
  }
}

base::Result<void> LiveSource::Work::serve() {
  TRY(const auto connection, live_connector()(source_, deadline_));
  if (!connection->has_video() && is_used(Use::kPictures)) {
    on_disconnect(
        error("the source contains no video", ErrorCode::kInvalidInput));  // the sound may be used
  }
  auto served = serve_packets(*connection);
  other_nanoseconds_ += connection->other_nanoseconds();
  return served;
}

base::Result<void> LiveSource::Work::serve_packets(LiveConnection& connection) {
  using Track = LiveConnection::Track;
  const Clock::time_point began = Clock::now();
  const Pace pace = connection.pace();
  SenderClock clock(pace);
  for (;;) {
    TRY(const auto packet, connection.read());
    if (!packet || deadline_.is_stopped()) return {};
    note_packet(pace);
    if (Clock::now() - began > kWellAfter) back_off_.note_success(Clock::now());
    // The sound may be far ahead of the pictures, so the pictures set the pace.
    std::optional<nanoseconds> lag;
    if (packet->stamp && (packet->track == Track::kVideo || !connection.has_video())) {
      clock.note(*packet->stamp, Clock::now());
      if (pace == Pace::kStamps) wait_until_due(clock, *packet->stamp);
      lag = Clock::now() - clock.due(*packet->stamp);
    }
    if (packet->track == Track::kVideo && is_used(Use::kPictures)) {
      TRY_DO(connection.decode_video(
          lag, [&](LivePicture picture) { push(std::move(picture), pace, clock); }));
    } else if (packet->track == Track::kSound && is_used(Use::kSound)) {
      TRY_DO(connection.decode_sound([&](std::span<const float> samples, int64_t first) {
        sound_.put(samples, clock.due(first));
      }));
    }
    cpu_nanoseconds_ =
        base::thread_cpu_nanoseconds() + other_nanoseconds_ + connection.other_nanoseconds();
  }
}

void LiveSource::Work::note_packet(Pace pace) {
  const std::lock_guard lock(mutex_);
  last_packet_ = Clock::now();
  // A sender's pictures arrive as they are due; the reader gives up only later.
  silence_max_ = pace == Pace::kSender ? Clock::duration(kGrace) : silence_max(pace);
}

// Reading ahead of this would require buffering the packets.
void LiveSource::Work::wait_until_due(const SenderClock& clock, int64_t stamp) {
  std::unique_lock lock(mutex_);
  changed_.wait_until(lock, clock.due(stamp) - kReadAhead,
                      [this] { return deadline_.is_stopped(); });
}

void LiveSource::Work::push(LivePicture picture, Pace pace, const SenderClock& clock) {
  std::unique_lock lock(mutex_);
  Clock::time_point at = Clock::now();
  if (pace == Pace::kStamps) {
    at = clock.due(picture.stamp);
    while (coming_.size() >= kPicturesAheadMax && !deadline_.is_stopped()) {
      // A copy: wait_until() reads it after the wait, when the picture may be gone.
      const Clock::time_point next = coming_.front().at;
      changed_.wait_until(lock, next);
      advance(Clock::now());
    }
  } else {
    coming_.clear();
  }
  coming_.push_back({std::move(picture), at});
  lost_since_.reset();
  has_ended_ = false;
  changed_.notify_all();
}

void LiveSource::Work::on_disconnect(base::Error error) {
  error.where = base::redacted_url(source_);
  error.message = base::redacted_text(error.message, source_);
  const std::lock_guard lock(mutex_);
  if (!lost_since_) lost_since_ = last_packet_;
  reason_ = std::move(error);
  has_failed_ = true;
  coming_.clear();
  changed_.notify_all();
}

Clock::duration LiveSource::Work::delay_after(ErrorCode failure) {
  using Failure = base::BackOff::Failure;
  return back_off_.next(failure == ErrorCode::kForbidden ? Failure::kRefused : Failure::kAbsent,
                        Clock::now());
}

void LiveSource::Work::pause(Clock::duration length) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, length, [this] { return deadline_.is_stopped(); });
}

// The source has ended regularly.
void LiveSource::Work::wait_for_another_pass() {
  std::unique_lock lock(mutex_);
  has_ended_ = true;
  changed_.wait(lock, [this] { return deadline_.is_stopped() || ending_ == Ending::kBeginsAnew; });
}

}  // namespace layercast::media
