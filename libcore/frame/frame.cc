#include "frame/frame.h"

#include <algorithm>
#include <cstdint>

namespace layercast::frame {
namespace {

constexpr std::array kLayouts = {
    FormatLayout{PixelFormat::kRgba, "rgba", 1, 1, 1, {4, 0, 0}},
    FormatLayout{PixelFormat::kYuv420p, "yuv420p", 3, 2, 2, {1, 1, 1}},
    FormatLayout{PixelFormat::kYuv422p, "yuv422p", 3, 2, 1, {1, 1, 1}},
    FormatLayout{PixelFormat::kYuv444p, "yuv444p", 3, 1, 1, {1, 1, 1}},
    FormatLayout{PixelFormat::kNv12, "nv12", 2, 2, 2, {1, 2, 0}},
};

}  // namespace

const FormatLayout& layout_of(PixelFormat format) {
  const auto& layout = kLayouts.at(static_cast<size_t>(format));
  LAYERCAST_CHECK(layout.format == format);
  return layout;
}

base::SizeI plane_size(PixelFormat format, base::SizeI frame_size, int plane) {
  if (plane == 0) return frame_size;
  const FormatLayout& layout = layout_of(format);
  return {(frame_size.width + layout.chroma_divisor_x - 1) / layout.chroma_divisor_x,
          (frame_size.height + layout.chroma_divisor_y - 1) / layout.chroma_divisor_y};
}

Frame::Frame(PixelFormat format, base::SizeI size) : format_(format), size_(size) {
  LAYERCAST_CHECK(!size.empty());
  for (int plane = 0; plane < planes(); ++plane) {
    const auto index = static_cast<size_t>(plane);
    offsets_[index] = size_bytes_;
    row_bytes_[index] = aligned_row_bytes(static_cast<ptrdiff_t>(packed_row_bytes(plane)));
    size_bytes_ += static_cast<size_t>(row_bytes_[index]) *
                   static_cast<size_t>(plane_size(format, size, plane).height);
  }
  bytes_ = allocate_aligned(size_bytes_);
}

size_t Frame::packed_row_bytes(int plane) const {
  const int sample_bytes = layout_of(format_).sample_bytes[static_cast<size_t>(plane)];
  return static_cast<size_t>(plane_size(format_, size_, plane).width) *
         static_cast<size_t>(sample_bytes);
}

ImageView<StraightRgba8> Frame::rgba() {
  LAYERCAST_CHECK(format_ == PixelFormat::kRgba);
  return {reinterpret_cast<StraightRgba8*>(plane(0)), size_, row_bytes(0)};
}

ImageView<const StraightRgba8> Frame::rgba() const { return const_cast<Frame*>(this)->rgba(); }

namespace {

// Whether `frame` has exactly `owners` owners; if so, the accesses of former owners happen before
// the return.
bool is_owned_by(int64_t owners, const std::shared_ptr<Frame>& frame) {
  if (frame.use_count() != owners) return false;
  // use_count() does not order memory; releasing one more reference does.
  std::shared_ptr<Frame>(frame).reset();
  return true;
}

}  // namespace

FramePool::FramePool(PixelFormat format, base::SizeI size) : format_(format), size_(size) {}

std::shared_ptr<Frame> FramePool::take() {
  const std::lock_guard lock(mutex_);
  auto free = std::ranges::find_if(frames_, [](const auto& f) { return is_owned_by(1, f); });
  if (free == frames_.end()) {
    frames_.push_back(std::make_shared<Frame>(format_, size_));
    free = frames_.end() - 1;
  }
  std::rotate(frames_.begin(), free, free + 1);
  return frames_.front();
}

bool FramePool::is_only_owner(const std::shared_ptr<Frame>& frame) const {
  return is_owned_by(2, frame);  // the caller and the pool
}

size_t FramePool::frames_made() const {
  const std::lock_guard lock(mutex_);
  return frames_.size();
}

}  // namespace layercast::frame
