#pragma once

#include "base/bounded_queue.h"
#include "base/error.h"
#include "frame/frame.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <thread>

namespace layercast::tools {

/// A frame and its index in the scene.
struct NumberedFrame {
  int64_t index;
  frame::FramePtr frame;
};

/// Passes frames to a function on its own thread, so that rendering and writing overlap. The queue
/// is short; push() blocks while it is full. Thread: one at a time.
class FrameWriter {
 public:
  using Write = std::function<base::Result<void>(const NumberedFrame&)>;
  explicit FrameWriter(Write write);
  ~FrameWriter();
  FrameWriter(const FrameWriter&) = delete;
  FrameWriter& operator=(const FrameWriter&) = delete;

  /// Queues a frame. False after a failed write; join() then returns its error.
  bool push(NumberedFrame frame);
  /// Waits until every frame is written. Errors: that of the write that failed.
  base::Result<void> join();
  /// Nanoseconds that push() has blocked so far.
  int64_t waited_nanoseconds() const { return waited_nanoseconds_; }

 private:
  base::BoundedQueue<NumberedFrame> queue_;
  std::optional<base::Error> error_;
  int64_t waited_nanoseconds_ = 0;
  std::thread thread_;
};

}  // namespace layercast::tools
