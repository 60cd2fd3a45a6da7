// Prints how long one thread takes to copy a 1920×1080 RGBA frame that sits in the last cache: the
// unit that other times are told in. CPU time, so that other work on the machine counts less.
//
//     frame_copy_bench      one line of JSON: milliseconds, median and least

#include "frame/frame.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstring>
#include <ctime>

namespace {

using layercast::frame::Frame;
using layercast::frame::PixelFormat;

constexpr int kCopiesEach = 16;
constexpr size_t kRounds = 31;

double thread_cpu_seconds() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

void copy(const Frame& from, Frame& to) {
  std::memcpy(to.plane(0), from.plane(0), from.bytes());
  asm volatile("" : : "r"(to.plane(0)) : "memory");  // somebody might look
}

}  // namespace

int main() {
  Frame from(PixelFormat::kRgba, {1920, 1080});
  std::memset(from.plane(0), 1, from.bytes());  // pages of its own, not the one of all zeroes
  Frame to(PixelFormat::kRgba, {1920, 1080});
  for (int i = 0; i < kCopiesEach; ++i) copy(from, to);
  std::array<double, kRounds> milliseconds{};
  for (double& round : milliseconds) {
    const double start = thread_cpu_seconds();
    for (int i = 0; i < kCopiesEach; ++i) copy(from, to);
    round = (thread_cpu_seconds() - start) / kCopiesEach * 1e3;
  }
  std::sort(milliseconds.begin(), milliseconds.end());
  std::printf("{\"median_ms\": %.5f, \"least_ms\": %.5f}\n", milliseconds[kRounds / 2],
              milliseconds.front());
  return 0;
}
