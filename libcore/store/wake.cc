#include "store/wake.h"

#include "base/check.h"

#include <sys/eventfd.h>
#include <unistd.h>

namespace layercast::store {

Wake::Wake() : descriptor_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
  LAYERCAST_CHECK(descriptor_ >= 0);
}

Wake::~Wake() { ::close(descriptor_); }

void Wake::signal() {
  const uint64_t one = 1;
  // Fails only when the counter is full, and then the descriptor is readable anyway.
  [[maybe_unused]] const auto written = ::write(descriptor_, &one, sizeof one);
}

void Wake::clear() {
  uint64_t count = 0;
  [[maybe_unused]] const auto read = ::read(descriptor_, &count, sizeof count);
}

}  // namespace layercast::store
