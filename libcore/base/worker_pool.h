#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace layercast::base {

/// Threads that share out numbered pieces of work.
/// Thread: run() from one thread at a time.
class WorkerPool {
 public:
  /// `threads` of at least 1; the caller of run() is one of them.
  explicit WorkerPool(int threads);
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  int threads() const { return static_cast<int>(workers_.size()) + 1; }

  /// Calls work(0) … work(count − 1), each once, on any of the threads; returns when all are done.
  /// `work` does not throw.
  void run(int count, const std::function<void(int)>& work);

 private:
  void work_until_stopped();
  void take_pieces();

  std::mutex mutex_;
  std::condition_variable started_;
  std::condition_variable finished_;
  const std::function<void(int)>* work_ = nullptr;
  int count_ = 0;
  std::atomic<int> next_{0};
  int busy_ = 0;
  uint64_t round_ = 0;
  bool stopping_ = false;
  std::vector<std::thread> workers_;
};

}  // namespace layercast::base
