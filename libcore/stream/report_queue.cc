#include "stream/report_queue.h"

#include "base/thread_name.h"

#include <utility>

namespace layercast::stream {

ReportQueue::ReportQueue(std::function<void(int64_t)> on_lost) : on_lost_(std::move(on_lost)) {
  thread_ = base::named_thread("reports", [this] { run(); });
}

ReportQueue::~ReportQueue() {
  {
    const std::lock_guard lock(mutex_);
    stops_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void ReportQueue::post(Report report) {
  {
    const std::lock_guard lock(mutex_);
    if (waiting_.size() >= kWaitingMax) {
      ++lost_;
      return;
    }
    waiting_.push_back(std::move(report));
  }
  changed_.notify_one();
}

void ReportQueue::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return stops_ || !waiting_.empty(); });
    if (waiting_.empty()) return;
    const Report report = std::move(waiting_.front());
    waiting_.pop_front();
    const int64_t lost = std::exchange(lost_, 0);
    lock.unlock();
    report();
    if (lost > 0) on_lost_(lost);
    lock.lock();
  }
}

}  // namespace layercast::stream
