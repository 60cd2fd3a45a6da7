#pragma once

#include <cstdint>
#include <functional>
#include <vector>

namespace layercast::media {

/// The threads that a codec has of its own, and what they have used of the processors.
/// Thread: any, once made; they must not have ended.
class CodecThreads {
 public:
  /// Runs `open`, which opens a codec: the threads that the process has afterwards and had not
  /// before are taken for the codec's. One at a time in the whole process.
  int note_those_of(const std::function<int()>& open);

  /// Nanoseconds of processor time of all of them so far. Exact: the kernel's own account of each.
  int64_t cpu_nanoseconds() const;
  size_t count() const { return threads_.size(); }

 private:
  std::vector<int> threads_;
};

}  // namespace layercast::media
