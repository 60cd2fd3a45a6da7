#include "media/in/decoded_feed.h"

#include "base/cpu_clock.h"
#include "base/thread_name.h"
#include "media/av/libav.h"
#include "media/in/feed_timeline.h"
#include "media/in/video_source.h"
#include "sandbox/helper.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <limits>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace layercast::media {
namespace {

using base::ErrorCode;
using frame::AnyPicture;

constexpr size_t kPicturesAheadMin = 2;
constexpr size_t kPicturesAheadMax = 8;
constexpr int64_t kBytesAheadMax = int64_t{128} << 20;
constexpr int64_t kFarSeconds = 3;  // further ahead, a seek is likely less work than decoding
// The place of a picture that is shown from the very start of a pass.
constexpr int64_t kFromTheStart = std::numeric_limits<int64_t>::min();

size_t pictures_ahead_for(const VideoFrame& frame) {
  const int64_t bytes = std::max<int64_t>(1, frame.picture_bytes);
  return static_cast<size_t>(
      std::clamp<int64_t>(kBytesAheadMax / bytes, kPicturesAheadMin, kPicturesAheadMax));
}

class DecodedFeed : public frame::VideoFeed {
 public:
  DecodedFeed(const VideoFeedRequest& request, std::unique_ptr<VideoSource> reader);
  ~DecodedFeed() override;

  /// Reads up to the start of the feed, which detects errors, and starts the thread.
  base::Result<void> start(base::CpuStopwatch& opening);

  base::SizeF display_size() const override { return display_size_; }
  base::Result<AnyPicture> picture_at(const base::SceneTime& time) override;
  base::Result<AnyPicture> newest_at(const base::SceneTime& time) override;
  bool may_be_behind() const override { return true; }
  void prepare(const base::SceneTime& time) override {
    [[maybe_unused]] const auto found = picture_at(time);
  }
  int64_t decode_nanoseconds() const override {
    return decode_nanoseconds_ + reader_->other_nanoseconds();
  }

 private:
  struct Item {
    FeedPlace from;  ///< From here on it is shown, until the next item.
    AnyPicture picture;
  };
  enum class Ending : uint8_t { kEnd, kCalledAway };
  enum class Before : uint8_t { kOthers, kNothing };

  FeedTimeline timeline_of(const VideoFeedRequest& request) const {
    return {reader_->time_base(),
            {request.start, request.end, request.loop, playback_rate(request.rate)}};
  }

  // Thread: the caller. Requires mutex_.
  void drop_before(const FeedPlace& place);
  bool needs_seek(const FeedPlace& place) const;
  void call_to(const FeedPlace& place);

  // Thread: that of the feed.
  void work();
  base::Result<Ending> play(const FeedPlace& from);
  base::Result<bool> show(VideoFrame frame, int64_t round, Before before);
  bool push(Item item);
  bool is_called_away();
  std::optional<FeedPlace> next_start(const FeedPlace& from, const base::Result<Ending>& played);
  base::Error starts_too_late() const;
  void count_time() { decode_nanoseconds_ = opening_nanoseconds_ + base::thread_cpu_nanoseconds(); }

  const std::string path_;
  const bool loops_;
  const std::unique_ptr<VideoSource> reader_;
  const base::SizeF display_size_;
  const int64_t first_tick_;
  const int64_t end_tick_;
  int64_t file_end_ = 0;  ///< The end of the last frame that was read.
  int shown_in_pass_ = 0;
  bool shown_from_start_ = false;
  int64_t opening_nanoseconds_ = 0;
  size_t ahead_ = kPicturesAheadMin;
  std::atomic<int64_t> decode_nanoseconds_{0};
  std::thread thread_;

  std::mutex mutex_;
  std::condition_variable arrived_;
  std::condition_variable wanted_;
  // Guarded by mutex_ from here on.
  FeedTimeline timeline_;
  std::vector<Item> items_;        ///< In order. The first is shown now, or will be next.
  FeedPlace heading_for_;          ///< The place at which reading began.
  std::optional<FeedPlace> call_;  ///< The place to seek to; `items_` is empty then.
  bool ended_ = false;             ///< No item follows the last one.
  bool stops_ = false;
  std::optional<base::Error> error_;
};

DecodedFeed::DecodedFeed(const VideoFeedRequest& request, std::unique_ptr<VideoSource> reader)
    : path_(request.path),
      loops_(request.loop),
      reader_(std::move(reader)),
      display_size_(reader_->display_size()),
      first_tick_(timeline_of(request).first_tick()),
      end_tick_(timeline_of(request).end_tick()),
      timeline_(timeline_of(request)) {
  heading_for_ = {0, first_tick_};
}

DecodedFeed::~DecodedFeed() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    stops_ = true;
  }
  wanted_.notify_all();
  thread_.join();
}

base::Error DecodedFeed::starts_too_late() const {
  return base::invalid_input("the video ends before \"start\"", path_);
}

base::Result<void> DecodedFeed::start(base::CpuStopwatch& opening) {
  TRY_DO(reader_->seek(first_tick_));
  std::optional<VideoFrame> held;
  std::optional<VideoFrame> next;
  for (;;) {
    TRY(next, reader_->next());
    if (!next || next->tick > first_tick_) break;
    held = std::move(next);
  }
  if (!next && held && !timeline_.set_file_end(held->end_tick)) return starts_too_late();
  const VideoFrame& first = held ? *held : *next;
  TRY_DO(reader_->check(first));
  ahead_ = pictures_ahead_for(first);
  items_.reserve(ahead_ + 2);
  if (held) reader_->put_back(*std::move(held));
  if (next) reader_->put_back(*std::move(next));
  opening_nanoseconds_ = opening.lap();
  decode_nanoseconds_ = opening_nanoseconds_;
  thread_ = base::named_thread("video-decoder", [this] { work(); });
  return {};
}

base::Result<AnyPicture> DecodedFeed::picture_at(const base::SceneTime& time) {
  std::unique_lock lock(mutex_);
  for (;;) {
    // Maps the time again after each wait: the length of a loop may have become known.
    const FeedPlace place = timeline_.place_of(time);
    drop_before(place);
    if (needs_seek(place)) {
      call_to(place);
    } else if (items_.size() > 1 || (ended_ && !items_.empty())) {
      return items_.front().picture;
    } else if (error_) {
      return *error_;
    }
    arrived_.wait(lock);
  }
}

base::Result<AnyPicture> DecodedFeed::newest_at(const base::SceneTime& time) {
  const std::lock_guard lock(mutex_);
  const FeedPlace place = timeline_.place_of(time);
  drop_before(place);
  if (needs_seek(place)) call_to(place);
  if (!items_.empty() && items_.front().from <= place) return items_.front().picture;
  if (items_.empty() && error_) return *error_;
  return AnyPicture();
}

void DecodedFeed::drop_before(const FeedPlace& place) {
  size_t passed = 0;
  while (passed + 1 < items_.size() && items_[passed + 1].from <= place) ++passed;
  if (passed == 0) return;
  items_.erase(items_.begin(), items_.begin() + static_cast<ptrdiff_t>(passed));
  if (items_.size() <= ahead_ / 2 + 1) wanted_.notify_one();
}

bool DecodedFeed::needs_seek(const FeedPlace& place) const {
  const bool is_read = !items_.empty();
  if (place < (is_read ? items_.front().from : heading_for_)) return true;
  if (ended_) return false;
  // The picture at heading_for_ may begin long before it.
  FeedPlace reached = is_read ? std::max(items_.back().from, heading_for_) : heading_for_;
  reached.tick = std::max(reached.tick, first_tick_);
  return timeline_.seconds_between(reached, place) > kFarSeconds;
}

void DecodedFeed::call_to(const FeedPlace& place) {
  items_.clear();
  ended_ = false;
  error_.reset();
  heading_for_ = place;
  call_ = place;
  wanted_.notify_one();
}

void DecodedFeed::work() {
  const LibraryLog log;
  const sandbox::Cancellation cancellation([this] {
    const std::lock_guard lock(mutex_);
    return stops_;
  });
  std::optional<FeedPlace> from = FeedPlace{0, first_tick_};
  while (from) {
    const base::Result<Ending> played = play(*from);
    count_time();
    from = next_start(*from, played);
  }
}

// Decodes the pictures of one pass, from the one at `from` on.
base::Result<DecodedFeed::Ending> DecodedFeed::play(const FeedPlace& from) {
  shown_in_pass_ = 0;
  TRY_DO(reader_->seek(from.tick));
  std::optional<VideoFrame> held;  // the last one that begins at or before `from`
  for (;;) {
    TRY(std::optional<VideoFrame> next, reader_->next());
    count_time();
    if (is_called_away()) return Ending::kCalledAway;
    if (next) file_end_ = next->end_tick;
    if (next && next->tick <= from.tick) {
      held = std::move(next);
      continue;
    }
    if (held) {
      VideoFrame frame = *std::exchange(held, std::nullopt);
      TRY(const bool goes_on, show(std::move(frame), from.round, Before::kOthers));
      if (!goes_on) return Ending::kCalledAway;
    }
    if (!next || (next->tick >= end_tick_ && shown_in_pass_ > 0)) return Ending::kEnd;
    TRY(const bool goes_on, show(*std::move(next), from.round,
                                 shown_in_pass_ > 0 ? Before::kOthers : Before::kNothing));
    if (!goes_on) return Ending::kCalledAway;
  }
}

// Converts and queues a picture; returns false when the thread must stop or seek.
base::Result<bool> DecodedFeed::show(VideoFrame frame, int64_t round, Before before) {
  const bool is_from_start = before == Before::kNothing || frame.tick <= first_tick_;
  const FeedPlace from{round, is_from_start ? kFromTheStart : frame.tick};
  if (shown_in_pass_++ == 0) shown_from_start_ = is_from_start;
  TRY(AnyPicture picture, reader_->picture_of(std::move(frame)));
  return push({from, std::move(picture)});
}

bool DecodedFeed::push(Item item) {
  std::unique_lock lock(mutex_);
  const auto is_called = [this] { return stops_ || call_; };
  // When full, waits until the queue is half empty: a thread switch for each picture costs more.
  if (items_.size() > ahead_) {
    wanted_.wait(lock, [&] { return is_called() || items_.size() <= ahead_ / 2 + 1; });
  }
  if (is_called()) return false;
  items_.push_back(std::move(item));
  arrived_.notify_one();
  return true;
}

bool DecodedFeed::is_called_away() {
  const std::lock_guard lock(mutex_);
  return stops_ || call_;
}

// Waits until there is something to read; returns its place, or nullopt when the feed stops.
std::optional<FeedPlace> DecodedFeed::next_start(const FeedPlace& from,
                                                 const base::Result<Ending>& played) {
  std::unique_lock lock(mutex_);
  const bool is_still = shown_in_pass_ == 1 && shown_from_start_;
  if (!played) {
    error_ = played.error();
  } else if (shown_in_pass_ == 0) {
    error_ = {ErrorCode::kInvalidInput, "the file no longer contains video that can be decoded",
              path_, nullptr};
  } else if (played.value() == Ending::kEnd) {
    ended_ = !loops_ || is_still;
    if (!ended_ && !timeline_.knows_length()) {
      if (!timeline_.set_file_end(file_end_)) error_ = starts_too_late();
      // This pass ends here.
      heading_for_.tick = std::min(heading_for_.tick, file_end_);
    }
  }
  arrived_.notify_one();
  if (!ended_ && !error_ && !call_ && !stops_) return FeedPlace{from.round + 1, first_tick_};
  wanted_.wait(lock, [this] { return stops_ || call_; });
  if (stops_) return std::nullopt;
  ended_ = false;
  error_.reset();
  return std::exchange(call_, std::nullopt);
}

}  // namespace

base::Result<std::unique_ptr<frame::VideoFeed>> open_video_feed(const VideoFeedRequest& request) {
  base::CpuStopwatch opening;
  TRY(auto reader, video_opener()({request.path, request.threads}));
  auto feed = std::make_unique<DecodedFeed>(request, std::move(reader));
  TRY_DO(feed->start(opening));
  return std::unique_ptr<frame::VideoFeed>(std::move(feed));
}

}  // namespace layercast::media
