#include "stream/stream_clock.h"

#include <algorithm>

namespace layercast::stream {

void StreamClock::set_epoch(scene::WallTime epoch) {
  const base::Duration passed = host_->wall_now() - epoch;
  const std::lock_guard lock(mutex_);
  zero_ = host_->now() - std::max(passed, base::Duration::zero());
  is_running_ = true;
}

void StreamClock::set_rate(base::FrameRate rate) {
  const std::lock_guard lock(mutex_);
  rate_ = rate;
}

base::FrameRate StreamClock::rate() const {
  const std::lock_guard lock(mutex_);
  return rate_;
}

base::Duration StreamClock::stream_time_at(SteadyTime time) const {
  return is_running_ ? std::max(time - zero_, base::Duration::zero()) : base::Duration::zero();
}

base::Duration StreamClock::now() const {
  const std::lock_guard lock(mutex_);
  return stream_time_at(host_->now());
}

StreamClock::SteadyTime StreamClock::due(int64_t index) const {
  const std::lock_guard lock(mutex_);
  return zero_ + rate_.time_of(index).floor();
}

int64_t StreamClock::first_index_from(SteadyTime time) const {
  const std::lock_guard lock(mutex_);
  // frames_in() counts the frames that start before that time; so it is also the index of the next.
  return rate_.frames_in(stream_time_at(time));
}

base::Duration StreamClock::time_of(int64_t index) const {
  const std::lock_guard lock(mutex_);
  return rate_.time_of(index).floor();
}

base::Duration StreamClock::next_frame_time() const {
  const std::lock_guard lock(mutex_);
  return rate_.time_of(rate_.frames_in(stream_time_at(host_->now()))).floor();
}

}  // namespace layercast::stream
