#include "control/serial_executor.h"

#include "base/thread_name.h"

#include <chrono>
#include <utility>

namespace layercast::control {

void SerialExecutor::start(Task each_second) {
  each_second_ = std::move(each_second);
  thread_ = base::named_thread("rpc", [this] { work(); });
}

void SerialExecutor::stop() {
  {
    const std::lock_guard lock(mutex_);
    is_stopped_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
  std::deque<Task> dropped;
  const std::lock_guard lock(mutex_);
  dropped.swap(tasks_);
}

void SerialExecutor::post(Task task) {
  {
    const std::lock_guard lock(mutex_);
    if (is_stopped_) return;
    tasks_.push_back(std::move(task));
  }
  changed_.notify_one();
}

void SerialExecutor::work() {
  auto next_second = std::chrono::steady_clock::now() + std::chrono::seconds(1);
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait_until(lock, next_second, [this] { return is_stopped_ || !tasks_.empty(); });
    if (is_stopped_) return;
    Task task;
    if (!tasks_.empty()) {
      task = std::move(tasks_.front());
      tasks_.pop_front();
    }
    lock.unlock();
    if (task) task();
    task = nullptr;
    if (const auto now = std::chrono::steady_clock::now(); now >= next_second) {
      next_second = now + std::chrono::seconds(1);
      each_second_();
    }
    lock.lock();
  }
}

}  // namespace layercast::control
