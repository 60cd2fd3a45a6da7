#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace layercast::base {

/// Threads that share out numbered pieces of work, without a lock for each piece.
/// Thread: run() from one thread at a time.
class WorkerPool {
 public:
  /// `threads` of at least 1; the caller of run() is one of them.
  explicit WorkerPool(int threads);
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  int threads() const { return static_cast<int>(workers_.size()) + 1; }

  /// Calls work(piece, thread) for each piece from 0 to count − 1 once, on any of the threads;
  /// returns when all are done. `thread` counts from 0 to threads() − 1, and no two calls at a time
  /// have the same. `work` does not throw. One piece alone is done by the caller. Allocates
  /// nothing.
  template <class Work>
  void run(int count, const Work& work) {
    run_erased(
        count,
        [](const void* erased, int piece, int thread) {
          (*static_cast<const Work*>(erased))(piece, thread);
        },
        std::addressof(work));
  }

  /// Nanoseconds of processor time that the pool's own threads have spent on pieces so far; the
  /// caller's are its own.
  int64_t cpu_nanoseconds() const { return cpu_nanoseconds_.load(std::memory_order_relaxed); }

 private:
  using Call = void (*)(const void* work, int piece, int thread);
  void run_erased(int count, Call call, const void* work);
  void work_until_stopped(int thread);
  void take_pieces(int thread);

  std::mutex mutex_;
  std::condition_variable started_;
  std::condition_variable finished_;
  Call call_ = nullptr;
  const void* work_ = nullptr;
  int count_ = 0;
  std::atomic<int> next_{0};
  std::atomic<int64_t> cpu_nanoseconds_{0};
  int seats_ = 0;  // threads that may still join the run
  int busy_ = 0;   // those that have joined it or may, and have not left
  bool stopping_ = false;
  std::vector<std::thread> workers_;
};

}  // namespace layercast::base
