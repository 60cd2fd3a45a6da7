#pragma once

#include <cstdint>
#include <functional>
#include <vector>

namespace layercast::media {

/// The worker threads of a codec, and the processor time that they have used.
/// Thread: any, after note_those_of(); the threads must not have ended.
class CodecThreads {
 public:
  /// Calls `open`, which opens a codec, and returns its result. Attributes all threads that the
  /// process starts meanwhile to the codec; one call at a time in the whole process (locked).
  int note_those_of(const std::function<int()>& open);

  /// Nanoseconds of processor time of all these threads so far. Exact: the kernel's accounting.
  int64_t cpu_nanoseconds() const;
  size_t count() const { return threads_.size(); }

 private:
  std::vector<int> threads_;
};

}  // namespace layercast::media
