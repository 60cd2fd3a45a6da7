#include "stream/frame_tap.h"

namespace layercast::stream {

void FrameTap::offer(const frame::FramePtr& frame, int64_t index) {
  if (watchers_.load(std::memory_order_acquire) == 0) return;
  {
    const std::lock_guard lock(mutex_);
    seen_ = {frame, index, ++published_};
  }
  arrived_.notify_all();
}

std::optional<FrameTap::Seen> FrameTap::next(int64_t number, base::Duration patience) {
  std::unique_lock lock(mutex_);
  ++watchers_;
  const bool came = clock_->wait_for(
      lock, arrived_, patience, [&] { return seen_.frame != nullptr && seen_.number > number; });
  std::optional<Seen> seen;
  if (came) seen = seen_;
  // The last watcher releases the frame, so that the pool can reuse it.
  if (--watchers_ == 0) seen_ = {};
  return seen;
}

}  // namespace layercast::stream
