#pragma once

#include "base/bounded_queue.h"
#include "base/error.h"
#include "frame/frame.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <thread>

namespace layercast::tools {

struct NumberedFrame {
  int64_t index;
  frame::FramePtr frame;
};

/// Hands frames to a function on a thread of its own, so that making the next one and writing this
/// one overlap. Few frames wait; push() waits for room.
class FrameWriter {
 public:
  using Write = std::function<base::Result<void>(const NumberedFrame&)>;
  explicit FrameWriter(Write write);
  ~FrameWriter();
  FrameWriter(const FrameWriter&) = delete;
  FrameWriter& operator=(const FrameWriter&) = delete;

  /// False once a write has failed: join() then tells how.
  bool push(NumberedFrame frame);
  /// Waits until every frame is written. Errors: that of the write that failed.
  base::Result<void> join();
  /// Nanoseconds that push() has waited so far.
  int64_t waited_nanoseconds() const { return waited_nanoseconds_; }

 private:
  base::BoundedQueue<NumberedFrame> queue_;
  std::optional<base::Error> error_;
  int64_t waited_nanoseconds_ = 0;
  std::thread thread_;
};

}  // namespace layercast::tools
