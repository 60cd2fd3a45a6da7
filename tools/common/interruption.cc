#include "tools/common/interruption.h"

#include <atomic>
#include <csignal>

namespace layercast::tools {
namespace {

std::atomic<bool> interrupted_flag{false};
static_assert(std::atomic<bool>::is_always_lock_free);  // set by a signal handler

void on_signal(int) { interrupted_flag.store(true); }

}  // namespace

void watch_signals() {
  struct sigaction action {};
  action.sa_handler = on_signal;
  // One shot, without restart: blocking calls return and see the flag.
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
}

bool interrupted() { return interrupted_flag.load(); }

}  // namespace layercast::tools
