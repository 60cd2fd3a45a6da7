#include "tools/common/frame_writer.h"

#include "base/thread_name.h"

#include <chrono>
#include <utility>

namespace layercast::tools {
namespace {

// One being written, one ready, one being rendered; the encoder has its own look-ahead.
constexpr size_t kFramesWaiting = 2;

}  // namespace

FrameWriter::FrameWriter(Write write) : queue_(kFramesWaiting) {
  thread_ = base::named_thread("frame-writer", [this, write = std::move(write)] {
    while (auto next = queue_.pop()) {
      auto written = write(*next);
      if (written) continue;
      error_ = std::move(written).error();
      queue_.close();
      return;
    }
  });
}

FrameWriter::~FrameWriter() {
  queue_.close();
  if (thread_.joinable()) thread_.join();
}

bool FrameWriter::push(NumberedFrame frame) {
  const auto start = std::chrono::steady_clock::now();
  const bool is_taken = queue_.push(std::move(frame));
  waited_nanoseconds_ += std::chrono::nanoseconds(std::chrono::steady_clock::now() - start).count();
  return is_taken;
}

base::Result<void> FrameWriter::join() {
  queue_.close();
  thread_.join();
  if (error_) return *std::move(error_);
  return {};
}

}  // namespace layercast::tools
