#include "base/cpu_clock.h"

#include "base/check.h"

#include <ctime>

namespace layercast::base {

int64_t thread_cpu_nanoseconds() {
  timespec now{};
  LAYERCAST_CHECK(::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now) == 0);
  return int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

}  // namespace layercast::base
