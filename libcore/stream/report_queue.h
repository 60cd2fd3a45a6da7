#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace layercast::stream {

/// Runs reports (log lines, events) on a thread of its own, in order, so that the threads that
/// render and encode never wait for a log or a client. At most kWaitingMax reports wait; more are
/// dropped and counted. Thread: any (locked).
class ReportQueue {
 public:
  using Report = std::function<void()>;

  /// `on_lost`: called on the queue's thread with the number of reports that were dropped.
  explicit ReportQueue(std::function<void(int64_t)> on_lost);
  /// Runs what waits, then stops.
  ~ReportQueue();
  ReportQueue(const ReportQueue&) = delete;
  ReportQueue& operator=(const ReportQueue&) = delete;

  /// Returns at once, whatever the reports before it wait for.
  void post(Report report);

  static constexpr size_t kWaitingMax = 256;

 private:
  void run();

  const std::function<void(int64_t)> on_lost_;
  std::mutex mutex_;  ///< held for instants only
  std::condition_variable changed_;
  std::deque<Report> waiting_;
  int64_t lost_ = 0;  ///< since on_lost_ was last called
  bool stops_ = false;
  std::thread thread_;
};

}  // namespace layercast::stream
