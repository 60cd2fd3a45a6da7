#include "tools/common/frame_writer.h"

#include <utility>

namespace layercast::tools {
namespace {

// Enough to ride out an uneven encoder, and no more memory.
constexpr size_t kFramesWaiting = 4;

}  // namespace

FrameWriter::FrameWriter(Write write) : queue_(kFramesWaiting) {
  thread_ = std::thread([this, write = std::move(write)] {
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

base::Result<void> FrameWriter::join() {
  queue_.close();
  thread_.join();
  if (error_) return *std::move(error_);
  return {};
}

}  // namespace layercast::tools
