#pragma once

#include "base/clock.h"

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace layercast::tools {

/// Limits the messages about one subject to `kMessagesMax` within a minute, so that a subject that
/// changes all the time does not fill the log. The others are counted and reported once a minute.
/// Thread: any (locked).
class MessageLimiter {
 public:
  static constexpr int kMessagesMax = 6;

  explicit MessageLimiter(base::Clock* clock = &base::Clock::steady()) : clock_(clock) {}

  /// Whether a message about `subject` may be written now; otherwise counts it.
  bool admits(const std::string& subject);
  /// One line for each subject whose messages were held back in a minute that is over, such as
  /// `output main: 14 more messages in the last minute`.
  std::vector<std::string> take_counts();

 private:
  struct Subject {
    base::Clock::time_point began;  ///< of its minute
    int written = 0;
    int64_t held_back = 0;
  };

  base::Clock* const clock_;
  std::mutex mutex_;
  std::map<std::string, Subject> subjects_;
};

}  // namespace layercast::tools
