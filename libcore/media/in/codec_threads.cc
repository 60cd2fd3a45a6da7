#include "media/in/codec_threads.h"

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <iterator>
#include <mutex>
#include <system_error>

namespace layercast::media {
namespace {

std::vector<int> threads_of_the_process() {
  std::vector<int> threads;
  std::error_code error;
  for (std::filesystem::directory_iterator at("/proc/self/task", error), end; !error && at != end;
       at.increment(error)) {
    threads.push_back(std::atoi(at->path().filename().c_str()));
  }
  std::ranges::sort(threads);
  return threads;
}

// The clock of the processor time of another thread. Source: Linux, posix-timers.h: the inverted
// thread id above three bits that select a thread (4) and the scheduler's accounting (2).
clockid_t clock_of(int thread) {
  return static_cast<clockid_t>((~static_cast<unsigned>(thread) << 3) | 6U);
}

}  // namespace

int CodecThreads::note_those_of(const std::function<int()>& open) {
  static std::mutex mutex;
  const std::lock_guard lock(mutex);
  const std::vector<int> before = threads_of_the_process();
  const int result = open();
  const std::vector<int> after = threads_of_the_process();
  std::ranges::set_difference(after, before, std::back_inserter(threads_));
  return result;
}

int64_t CodecThreads::cpu_nanoseconds() const {
  int64_t sum = 0;
  for (const int thread : threads_) {
    timespec used{};
    if (::clock_gettime(clock_of(thread), &used) != 0) continue;
    sum += int64_t{used.tv_sec} * 1'000'000'000 + used.tv_nsec;
  }
  return sum;
}

}  // namespace layercast::media
