#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

namespace layercast::control {

/// A serial executor: one thread runs posted tasks in order, and `each_second` once a second.
/// Thread: any (locked).
class SerialExecutor {
 public:
  using Task = std::function<void()>;

  SerialExecutor() = default;
  ~SerialExecutor() { stop(); }
  SerialExecutor(const SerialExecutor&) = delete;
  SerialExecutor& operator=(const SerialExecutor&) = delete;

  /// Starts the thread. Call once.
  void start(Task each_second);
  /// Drops tasks that have not started and joins the thread.
  void stop();
  /// Queues `task`; does nothing after stop().
  void post(Task task);

 private:
  void work();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Task> tasks_;
  bool is_stopped_ = false;
  Task each_second_;
  std::thread thread_;
};

}  // namespace layercast::control
