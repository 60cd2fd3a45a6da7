#include "frame/frame.h"

#include <utility>

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

struct FramePool::Shelf {
  const PixelFormat format;
  const base::SizeI size;
  std::mutex mutex;
  std::vector<std::unique_ptr<Frame>> waiting;
  size_t made = 0;
};

FramePool::FramePool(PixelFormat format, base::SizeI size)
    : shelf_(new Shelf{format, size, {}, {}, 0}) {}

std::shared_ptr<Frame> FramePool::take() {
  std::unique_ptr<Frame> frame;
  {
    const std::lock_guard lock(shelf_->mutex);
    if (!shelf_->waiting.empty()) {
      frame = std::move(shelf_->waiting.back());
      shelf_->waiting.pop_back();
    } else {
      ++shelf_->made;
    }
  }
  if (frame == nullptr) frame = std::make_unique<Frame>(shelf_->format, shelf_->size);
  return {frame.release(), [shelf = shelf_](Frame* returned) {
            const std::lock_guard lock(shelf->mutex);
            shelf->waiting.emplace_back(returned);
          }};
}

size_t FramePool::frames_made() const {
  const std::lock_guard lock(shelf_->mutex);
  return shelf_->made;
}

}  // namespace layercast::frame
