#include "media/out/live_queue.h"

#include <algorithm>
#include <utility>

extern "C" {
#include <libavcodec/avcodec.h>
}

namespace layercast::media {

bool LiveQueue::is_too_much() const {
  return !packets_.empty() && (bytes_ > limits_.bytes ||
                               packets_.back()->made_at - packets_.front()->made_at > limits_.time);
}

void LiveQueue::count_dropped(const LivePacket& packet) {
  if (packet.track == Output::Track::kVideo) ++frames_dropped_;
  bytes_dropped_ += packet.packet->size;
}

void LiveQueue::drop_front() {
  bytes_ -= packets_.front()->packet->size;
  count_dropped(*packets_.front());
  packets_.pop_front();
}

bool LiveQueue::is_older(const LivePacket& packet, base::Duration age) const {
  return clock_->now() - packet.made_at > age;
}

void LiveQueue::forget_kept() {
  if (has_begun_) {
    frames_dropped_ += frames_unsent_;
    bytes_dropped_ += bytes_unsent_;
  }
  frames_unsent_ = 0;
  bytes_unsent_ = 0;
  kept_.clear();
  kept_bytes_ = 0;
}

void LiveQueue::keep(const LivePacketPtr& packet, bool is_taken) {
  const bool is_frame = packet->track == Output::Track::kVideo;
  const bool is_other_stream = !kept_.empty() && kept_.front()->stream != packet->stream;
  if (packet->is_keyframe || is_other_stream) forget_kept();
  if (packet->is_keyframe || !kept_.empty()) {
    kept_.push_back(packet);
    kept_bytes_ += packet->packet->size;
    if (!is_taken) {
      frames_unsent_ += is_frame ? 1 : 0;
      bytes_unsent_ += packet->packet->size;
    }
    const bool fits =
        kept_bytes_ <= limits_.bytes && packet->made_at - kept_.front()->made_at <= limits_.time;
    if (!fits) forget_kept();
  } else if (!is_taken && has_begun_) {
    count_dropped(*packet);
  }
}

LiveQueue::Offered LiveQueue::offer(LivePacketPtr packet) {
  const std::lock_guard lock(mutex_);
  if (is_closed_) return Offered::kTaken;
  const bool is_taken = is_open_ && (packet->is_keyframe || !waits_for_keyframe_);
  keep(packet, is_taken);
  if (!is_taken) return Offered::kTaken;
  waits_for_keyframe_ = false;
  has_begun_ = true;
  bytes_ += packet->packet->size;
  packets_.push_back(std::move(packet));
  changed_.notify_all();
  if (!is_too_much()) return Offered::kTaken;
  // Drops packets up to a keyframe, if there is one that leaves enough room.
  do drop_front();
  while (!packets_.empty() && (is_too_much() || !packets_.front()->is_keyframe));
  if (!packets_.empty()) return Offered::kTaken;
  waits_for_keyframe_ = true;
  return Offered::kKeyframeWanted;
}

void LiveQueue::open() {
  const std::lock_guard lock(mutex_);
  if (!std::exchange(is_open_, true)) waits_for_keyframe_ = true;
}

void LiveQueue::disable() {
  const std::lock_guard lock(mutex_);
  is_open_ = false;
  waits_for_keyframe_ = true;
  // The newest packets are kept as well, and may be taken by begin().
  while (packets_.size() > kept_.size()) drop_front();
  frames_unsent_ += std::ranges::count(packets_, Output::Track::kVideo,
                                       [](const LivePacketPtr& packet) { return packet->track; });
  bytes_unsent_ += bytes_;
  packets_.clear();
  bytes_ = 0;
}

bool LiveQueue::begin(base::Duration age_max) {
  const std::lock_guard lock(mutex_);
  while (!packets_.empty() && is_older(*packets_.front(), age_max)) {
    do drop_front();
    while (!packets_.empty() && !packets_.front()->is_keyframe);
    waits_for_keyframe_ = packets_.empty();
  }
  const bool takes_kept = is_open_ && packets_.empty() && waits_for_keyframe_ && !kept_.empty() &&
                          !is_older(*kept_.front(), age_max);
  if (takes_kept) {
    packets_.assign(kept_.begin(), kept_.end());
    bytes_ = kept_bytes_;
    frames_unsent_ = 0;
    bytes_unsent_ = 0;
    waits_for_keyframe_ = false;
    has_begun_ = true;
    changed_.notify_all();
  }
  return !waits_for_keyframe_;
}

void LiveQueue::close() {
  const std::lock_guard lock(mutex_);
  is_closed_ = true;
  changed_.notify_all();
}

void LiveQueue::note_dropped(int64_t frames) {
  const std::lock_guard lock(mutex_);
  frames_dropped_ += frames;
}

LivePacketPtr LiveQueue::pop(base::Clock::time_point deadline) {
  std::unique_lock lock(mutex_);
  clock_->wait_until(lock, changed_, deadline, [this] { return is_closed_ || !packets_.empty(); });
  if (packets_.empty()) return nullptr;
  LivePacketPtr packet = std::move(packets_.front());
  packets_.pop_front();
  bytes_ -= packet->packet->size;
  return packet;
}

void LiveQueue::wait_for_close(base::Clock::time_point deadline) {
  std::unique_lock lock(mutex_);
  clock_->wait_until(lock, changed_, deadline, [this] { return is_closed_; });
}

bool LiveQueue::is_closed() const {
  const std::lock_guard lock(mutex_);
  return is_closed_;
}

bool LiveQueue::is_empty() const {
  const std::lock_guard lock(mutex_);
  return packets_.empty();
}

LiveQueue::Counts LiveQueue::counts() const {
  const std::lock_guard lock(mutex_);
  return {static_cast<int64_t>(packets_.size()), bytes_, frames_dropped_, bytes_dropped_};
}

}  // namespace layercast::media
