#pragma once

#include "base/metrics.h"

#include <array>
#include <chrono>
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
  kLate,         ///< its time had passed before it was begun
  kEncoder,      ///< an encoder had no room for it
  kReconfigure,  ///< encoders were being opened anew
};

/// Keeps count of frames: for the metrics, and the last ones one by one for the status.
/// Thread: any (locked); nothing is allocated for a frame.
class FrameLedger {
 public:
  explicit FrameLedger(base::Metrics& metrics);

  struct Entry {
    std::chrono::steady_clock::time_point done{};
    double lateness = 0;        ///< seconds from when it was due to when it was handed over
    double render_seconds = 0;  ///< of wall time
  };
  enum class Kind : uint8_t { kNew, kRepeated };

  void count(const Entry& entry, Kind kind);
  void count_dropped(DropReason reason, int64_t frames);
  void count_failed();

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
  Summary summary() const;

 private:
  static constexpr size_t kEntries = 1024;
  static constexpr size_t kReasons = 3;

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
