#include "tools/common/message_limiter.h"

#include <chrono>

namespace layercast::tools {
namespace {

constexpr base::Duration kPeriod = std::chrono::minutes(1);

}  // namespace

bool MessageLimiter::admits(const std::string& subject) {
  const std::lock_guard lock(mutex_);
  const auto now = clock_->now();
  const auto [found, is_new] = subjects_.try_emplace(subject, Subject{now});
  Subject& known = found->second;
  // A subject with messages to report keeps its minute until take_counts().
  if (now - known.began >= kPeriod && known.held_back == 0) known = Subject{now};
  if (known.written < kMessagesMax) {
    ++known.written;
    return true;
  }
  ++known.held_back;
  return false;
}

std::vector<std::string> MessageLimiter::take_counts() {
  const std::lock_guard lock(mutex_);
  const auto now = clock_->now();
  std::vector<std::string> lines;
  std::erase_if(subjects_, [&](const auto& entry) {
    const auto& [name, subject] = entry;
    if (now - subject.began < kPeriod) return false;
    if (subject.held_back > 0) {
      lines.push_back(name + ": " + std::to_string(subject.held_back) +
                      (subject.held_back == 1 ? " more message" : " more messages") +
                      " in the last minute");
    }
    return true;
  });
  return lines;
}

}  // namespace layercast::tools
