#pragma once

#include "base/clock.h"
#include "base/metrics.h"

#include <array>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace layercast::stream {

/// Why a frame was not sent.
enum class DropReason : uint8_t {
  kLate,         ///< rendering would have started after its interval
  kEncoder,      ///< the queue of an encoder was full
  kReconfigure,  ///< encoders were being reopened
  kAbandoned,    ///< rendering took too long
};

/// Counts frames for the metrics, and keeps the newest ones for the status. Thread: any (locked);
/// counting allocates nothing.
class FrameLedger {
 public:
  explicit FrameLedger(base::Metrics& metrics);

  /// One frame passed to the encoders.
  struct Entry {
    base::Clock::time_point done{};  ///< when it was handed over
    double lateness = 0;             ///< seconds from its due time to its handover
    double render_seconds = 0;       ///< wall time
  };
  enum class Kind : uint8_t { kNew, kRepeated };

  /// Counts a frame that was passed to the encoders.
  void count(const Entry& entry, Kind kind);
  /// Counts frames that were not sent.
  void count_dropped(DropReason reason, int64_t frames);
  /// Counts a frame that failed to render.
  void count_failed();

  /// Totals since the start; fps over the second before `now`; lateness and render time, in
  /// seconds, over the newest 1024 frames.
  struct Summary {
    int64_t rendered = 0;
    int64_t repeated = 0;
    std::vector<std::pair<std::string, int64_t>> dropped;
    double fps = 0;
    double lateness_median = 0;
    double lateness_p99 = 0;
    double lateness_max = 0;
    double render_seconds = 0;
  };
  Summary summary(base::Clock::time_point now) const;

 private:
  static constexpr size_t kEntries = 1024;
  static constexpr size_t kReasons = 4;

  std::shared_ptr<base::Counter> rendered_;
  std::shared_ptr<base::Counter> repeated_;
  std::shared_ptr<base::Counter> failed_;
  std::array<std::shared_ptr<base::Counter>, kReasons> dropped_;
  std::shared_ptr<base::Histogram> lateness_;
  std::shared_ptr<base::Histogram> render_;

  mutable std::mutex mutex_;
  std::array<Entry, kEntries> entries_{};
  size_t next_ = 0;
  size_t filled_ = 0;
};

}  // namespace layercast::stream
