#include "base/worker_pool.h"

#include "base/check.h"

namespace layercast::base {

WorkerPool::WorkerPool(int threads) {
  LAYERCAST_CHECK(threads >= 1);
  for (int i = 1; i < threads; ++i) workers_.emplace_back([this] { work_until_stopped(); });
}

WorkerPool::~WorkerPool() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  started_.notify_all();
  for (auto& worker : workers_) worker.join();
}

void WorkerPool::run(int count, const std::function<void(int)>& work) {
  {
    const std::lock_guard lock(mutex_);
    work_ = &work;
    count_ = count;
    next_.store(0, std::memory_order_relaxed);
    busy_ = static_cast<int>(workers_.size());
    ++round_;
  }
  started_.notify_all();
  take_pieces();
  std::unique_lock lock(mutex_);
  finished_.wait(lock, [this] { return busy_ == 0; });
  work_ = nullptr;
}

void WorkerPool::take_pieces() {
  for (int piece = next_.fetch_add(1); piece < count_; piece = next_.fetch_add(1)) {
    (*work_)(piece);
  }
}

void WorkerPool::work_until_stopped() {
  uint64_t seen = 0;
  std::unique_lock lock(mutex_);
  while (true) {
    started_.wait(lock, [&] { return stopping_ || round_ != seen; });
    if (stopping_) return;
    seen = round_;
    lock.unlock();
    take_pieces();
    lock.lock();
    if (--busy_ == 0) finished_.notify_one();
  }
}

}  // namespace layercast::base
