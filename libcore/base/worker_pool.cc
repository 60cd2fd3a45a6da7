#include "base/worker_pool.h"

#include "base/check.h"
#include "base/cpu_clock.h"
#include "base/thread_name.h"

#include <algorithm>
#include <utility>

namespace layercast::base {

WorkerPool::WorkerPool(int threads) {
  LAYERCAST_CHECK(threads >= 1);
  for (int i = 1; i < threads; ++i) {
    workers_.push_back(named_thread("compose", [this, i] { work_until_stopped(i); }));
  }
}

WorkerPool::~WorkerPool() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  started_.notify_all();
  for (auto& worker : workers_) worker.join();
}

void WorkerPool::run_erased(int count, Call call, const void* work) {
  if (workers_.empty() || count <= 1) {
    for (int piece = 0; piece < count; ++piece) call(work, piece, 0);
    return;
  }
  const int wanted = std::min(static_cast<int>(workers_.size()), count - 1);
  {
    const std::lock_guard lock(mutex_);
    call_ = call;
    work_ = work;
    count_ = count;
    next_.store(0, std::memory_order_relaxed);
    seats_ = wanted;
    busy_ = wanted;
  }
  for (int i = 0; i < wanted; ++i) started_.notify_one();
  take_pieces(0);
  std::unique_lock lock(mutex_);
  busy_ -= std::exchange(seats_, 0);  // threads that have not woken up yet need not join
  finished_.wait(lock, [this] { return busy_ == 0; });
}

void WorkerPool::take_pieces(int thread) {
  for (int piece = next_.fetch_add(1); piece < count_; piece = next_.fetch_add(1)) {
    call_(work_, piece, thread);
  }
}

void WorkerPool::work_until_stopped(int thread) {
  CpuStopwatch watch;
  std::unique_lock lock(mutex_);
  while (true) {
    started_.wait(lock, [&] { return stopping_ || seats_ > 0; });
    if (stopping_) return;
    --seats_;
    lock.unlock();
    take_pieces(thread);
    cpu_nanoseconds_.fetch_add(watch.lap(), std::memory_order_relaxed);
    lock.lock();
    if (--busy_ == 0) finished_.notify_one();
  }
}

}  // namespace layercast::base
