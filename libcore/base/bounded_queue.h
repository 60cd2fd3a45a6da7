#pragma once

#include "base/check.h"

#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

namespace layercast::base {

/// A first-in, first-out queue of at most `capacity` items between threads; push() blocks while it
/// is full. Allocates only in the constructor. Range: `capacity` above 0. Thread: any (locked).
template <class T>
class BoundedQueue {
 public:
  explicit BoundedQueue(size_t capacity) : slots_(capacity) { LAYERCAST_CHECK(capacity > 0); }

  /// Blocks until there is room. Returns false when the queue is closed; the item is then dropped.
  bool push(T item) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return closed_ || count_ < slots_.size(); });
    if (closed_) return false;
    slots_[(first_ + count_++) % slots_.size()].emplace(std::move(item));
    lock.unlock();
    changed_.notify_all();
    return true;
  }

  /// Blocks until there is an item. Returns nullopt once the queue is closed and empty.
  std::optional<T> pop() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return closed_ || count_ > 0; });
    if (count_ == 0) return std::nullopt;
    std::optional<T> item = std::exchange(slots_[first_], std::nullopt);
    first_ = (first_ + 1) % slots_.size();
    --count_;
    lock.unlock();
    changed_.notify_all();
    return item;
  }

  /// Makes push() fail from now on; pop() still returns the items in the queue. Wakes all waiters.
  void close() {
    {
      const std::lock_guard lock(mutex_);
      closed_ = true;
    }
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::optional<T>> slots_;  // a ring buffer: `count_` items, the oldest at `first_`
  size_t first_ = 0;
  size_t count_ = 0;
  bool closed_ = false;
};

}  // namespace layercast::base
