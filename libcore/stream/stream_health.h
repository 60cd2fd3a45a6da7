#pragma once

#include "base/clock.h"
#include "base/health.h"
#include "base/time.h"
#include "stream/layer_failure.h"
#include "stream/stream_manager.h"

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace layercast::stream {

/// What StreamHealth looks at.
struct HealthSample {
  base::Clock::time_point time;
  StreamStatus stream;
  std::vector<LayerFailure> failures;
  std::optional<std::string> not_writable;   ///< why no change can be stored
  std::optional<std::string> not_reachable;  ///< why a remote store gets no changes now
  std::optional<std::string> leaderless;     ///< of a follower: why it follows nothing
};

/// Finds what is wrong with a stream in a sequence of samples. Rates are measured over the newest
/// 10 seconds. Pure, except for its memory. Thread: one at a time.
class StreamHealth {
 public:
  /// The problems at the time of `sample`, which is later than that of the sample before.
  std::vector<base::HealthProblem> check(const HealthSample& sample);

 private:
  using TimePoint = base::Clock::time_point;
  /// The counters of an output, or of the frames of the stream, at a time.
  struct Counters {
    TimePoint time;
    int64_t taken = 0;
    int64_t dropped = 0;
    int64_t bytes = 0;
    int64_t bytes_dropped = 0;
  };
  /// The counters of the newest 10 seconds.
  class Window {
   public:
    void add(const Counters& counters);
    void clear() { counters_.clear(); }
    /// The differences between the newest counters and the oldest; absent over less than 2 seconds.
    std::optional<Counters> difference() const;
    base::Duration length() const;

   private:
    std::deque<Counters> counters_;
  };
  struct OutputWatch {
    Window window;                        ///< since it is live
    std::optional<TimePoint> away_since;  ///< while it is neither live nor failed
    int64_t frames = 0;
    bool is_present = false;
  };
  using Problems = std::vector<base::HealthProblem>;

  void check_rendering(const HealthSample& sample, Problems& problems);
  void check_drops(const HealthSample& sample, Problems& problems);
  void check_outputs(const HealthSample& sample, Problems& problems);
  void check_output(const media::LiveOutputReport& report, TimePoint now, Problems& problems);
  void check_delivery(const HealthSample& sample, Problems& problems);

  std::map<std::string, OutputWatch> outputs_;
  Window late_;
  Window refused_;         ///< by the encoder
  bool was_live_ = false;  ///< any output, since the stream started
  /// When any output last got a frame; before that, when the stream started.
  std::optional<TimePoint> frames_came_;
};

}  // namespace layercast::stream
