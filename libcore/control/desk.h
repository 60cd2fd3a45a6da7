#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

namespace layercast::control {

/// One thread that does what it is given, in the order in which it was given, and something else
/// once a second. Thread: any (locked).
class Desk {
 public:
  using Task = std::function<void()>;

  Desk() = default;
  ~Desk() { stop(); }
  Desk(const Desk&) = delete;
  Desk& operator=(const Desk&) = delete;

  void start(Task each_second);
  /// Tasks not yet begun are dropped; the thread has ended afterwards.
  void stop();
  /// Does nothing once the desk has been stopped.
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
