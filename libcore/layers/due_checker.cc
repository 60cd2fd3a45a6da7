#include "layers/due_checker.h"

#include "base/thread_name.h"

#include <utility>

namespace layercast::layers {

DueChecker::DueChecker(const Checker& checker, std::function<void(int64_t number, Checks)> done)
    : checker_(checker),
      done_(std::move(done)),
      thread_(base::named_thread("checker", [this] { run(); })) {}

DueChecker::~DueChecker() { stop(); }

void DueChecker::ask(Sequencer::DueQuestions asked) {
  {
    const std::lock_guard lock(mutex_);
    asked_.push_back(std::move(asked));
  }
  changed_.notify_one();
}

void DueChecker::stop() {
  {
    const std::lock_guard lock(mutex_);
    is_over_ = true;
  }
  changed_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void DueChecker::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [&] { return is_over_ || !asked_.empty(); });
    if (is_over_) return;
    Sequencer::DueQuestions asked = std::move(asked_.front());
    asked_.pop_front();
    lock.unlock();
    checker_.answer(std::move(asked.questions), asked.checks);
    done_(asked.number, std::move(asked.checks));
    lock.lock();
  }
}

}  // namespace layercast::layers
