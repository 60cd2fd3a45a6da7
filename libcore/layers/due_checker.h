#pragma once

#include "layers/checks.h"
#include "layers/sequencer.h"

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace layercast::layers {

/// A thread that answers the questions of due commands, so that none of them holds up another.
class DueChecker {
 public:
  /// `done` is called on the thread, with all answers for the command of that number. `checker`:
  /// outlives the object.
  DueChecker(const Checker& checker, std::function<void(int64_t number, Checks)> done);
  /// Finishes the check that runs, and drops the others.
  ~DueChecker();
  DueChecker(const DueChecker&) = delete;
  DueChecker& operator=(const DueChecker&) = delete;

  /// Thread: any (locked). At most limits::kScheduledMax wait.
  void ask(Sequencer::DueQuestions asked);
  /// Waits until the thread has ended. Thread: not its own.
  void stop();

 private:
  void run();

  const Checker& checker_;
  const std::function<void(int64_t, Checks)> done_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Sequencer::DueQuestions> asked_;
  bool is_over_ = false;
  std::thread thread_;
};

}  // namespace layercast::layers
