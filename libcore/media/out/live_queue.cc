#include "media/out/live_queue.h"

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

void LiveQueue::drop_all() {
  while (!packets_.empty()) drop_front();
  waits_for_keyframe_ = true;
}

LiveQueue::Offered LiveQueue::offer(LivePacketPtr packet) {
  const std::lock_guard lock(mutex_);
  if (is_closed_) return Offered::kTaken;
  if (is_open_ && packet->is_keyframe) {
    waits_for_keyframe_ = false;
    has_begun_ = true;
  }
  if (!is_open_ || waits_for_keyframe_) {
    if (has_begun_) count_dropped(*packet);
    return Offered::kTaken;
  }
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
  drop_all();
}

bool LiveQueue::begin(base::Duration age_max) {
  const std::lock_guard lock(mutex_);
  if (!packets_.empty() && clock_->now() - packets_.front()->made_at > age_max) drop_all();
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
