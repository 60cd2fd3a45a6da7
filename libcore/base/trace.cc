#include "base/trace.h"

#include <atomic>
#include <mutex>
#include <utility>

namespace layercast::base {
namespace {

struct Sink {
  std::atomic<bool> is_set = false;
  std::mutex mutex;
  TraceSink write;
};

// Never destroyed: detached threads may trace until the process ends.
Sink& sink() {
  static auto* const kSink = new Sink;
  return *kSink;
}

}  // namespace

void set_trace_sink(TraceSink write) {
  const std::lock_guard lock(sink().mutex);
  sink().write = std::move(write);
  sink().is_set.store(sink().write != nullptr, std::memory_order_release);
}

bool is_traced() { return sink().is_set.load(std::memory_order_acquire); }

void internal::write_trace(std::string_view source, std::string_view message) {
  const std::lock_guard lock(sink().mutex);
  if (sink().write) sink().write(source, message);
}

}  // namespace layercast::base
