#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace layercast::base {

/// A fixed set of threads that divide numbered pieces of work, without a lock for each piece.
/// Thread: run() from one thread at a time.
class WorkerPool {
 public:
  /// Starts `threads` − 1 threads; the caller of run() is the remaining one. Range: at least 1.
  explicit WorkerPool(int threads);
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  int threads() const { return static_cast<int>(workers_.size()) + 1; }

  /// Calls work(piece, thread) once for each piece from 0 to count − 1, on any of the threads, and
  /// returns when all calls are done. `thread` is 0 to threads() − 1; simultaneous calls have
  /// different values. `work` must not throw. A single piece runs on the calling thread. Allocates
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

  /// Nanoseconds of processor time that the pool's own threads have spent on pieces so far, without
  /// that of the callers of run(). Thread: any.
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
  int busy_ = 0;   // those, and the threads that have joined and not left
  bool stopping_ = false;
  std::vector<std::thread> workers_;
};

}  // namespace layercast::base
