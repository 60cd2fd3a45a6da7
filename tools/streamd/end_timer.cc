#include "tools/streamd/end_timer.h"

#include "base/thread_name.h"
#include "tools/common/library_output.h"

#include <poll.h>
#include <unistd.h>

namespace layercast::tools {
namespace {

// Whether the log takes a line without blocking: stderr may be a pipe that is full.
bool takes_line() {
  pollfd messages{message_descriptor(), POLLOUT, 0};
  return ::poll(&messages, 1, 0) == 1 && (messages.revents & POLLOUT) != 0;
}

}  // namespace

EndTimer::~EndTimer() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    is_over_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void EndTimer::start(std::chrono::milliseconds patience, int status) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  thread_ = base::named_thread("end-timer", [this, deadline, status] {
    std::unique_lock lock(mutex_);
    if (changed_.wait_until(lock, deadline, [this] { return is_over_; })) return;
    if (takes_line()) {
      log_.write(LogLevel::kWarning,
                 "the daemon ends without waiting for a thread that does not stop, such as one "
                 "that decodes a file");
    }
    ::_exit(status);
  });
}

}  // namespace layercast::tools
