#pragma once

#include "base/geometry.h"
#include "frame/image.h"

#include <array>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string_view>
#include <vector>

namespace layercast::frame {

/// The memory layout of a finished frame. All YUV formats are BT.709, limited range, 8 bits; chroma
/// of 4:2:0 and 4:2:2 is sited left (ITU-T H.273, chroma_sample_loc_type 0).
enum class PixelFormat : uint8_t {
  kRgba,     ///< one plane, straight alpha, R first
  kYuv420p,  ///< I420
  kYuv422p,
  kYuv444p,
  kNv12,  ///< Y, then U and V interleaved
};

/// The planes of a pixel format, and how many luma samples one chroma sample covers.
struct FormatLayout {
  PixelFormat format;
  std::string_view name;  ///< the name in FFmpeg
  int planes;
  int chroma_divisor_x;             ///< luma columns for each chroma sample
  int chroma_divisor_y;             ///< luma rows for each chroma sample
  std::array<int, 3> sample_bytes;  ///< per plane; a chroma sample of NV12 is a pair
};
/// The table row for `format`. Thread: any.
const FormatLayout& layout_of(PixelFormat format);

/// Width and height of plane `plane` of a frame. Odd sizes round up.
base::SizeI plane_size(PixelFormat format, base::SizeI frame_size, int plane);

/// One finished frame, which owns its memory: a single block of planes with aligned rows.
/// Ownership: unique while written, then frozen to shared_ptr<const Frame>.
/// Thread: one writer at a time (disjoint areas may be written at the same time); any once frozen.
class Frame {
 public:
  /// Allocates the frame with all bytes 0. Range: `size` is not empty.
  Frame(PixelFormat format, base::SizeI size);

  PixelFormat format() const { return format_; }
  base::SizeI size() const { return size_; }
  /// The bytes of the block, padding included.
  size_t bytes() const { return size_bytes_; }
  int planes() const { return layout_of(format_).planes; }
  ptrdiff_t row_bytes(int plane) const { return row_bytes_[static_cast<size_t>(plane)]; }
  uint8_t* plane(int plane) { return memory() + offsets_[static_cast<size_t>(plane)]; }
  const uint8_t* plane(int plane) const { return const_cast<Frame*>(this)->plane(plane); }
  /// The bytes of one row of `plane` without padding.
  size_t packed_row_bytes(int plane) const;
  /// The pixels of a kRgba frame; aborts for other formats.
  ImageView<StraightRgba8> rgba();
  ImageView<const StraightRgba8> rgba() const;

 private:
  uint8_t* memory() { return reinterpret_cast<uint8_t*>(bytes_.get()); }

  PixelFormat format_;
  base::SizeI size_;
  size_t size_bytes_ = 0;
  std::array<size_t, 3> offsets_{};
  std::array<ptrdiff_t, 3> row_bytes_{};
  AlignedBytes bytes_;
};

using FramePtr = std::shared_ptr<const Frame>;

/// Recycles frames, so that a running stream allocates none. The pool may reuse a frame as soon as
/// it holds the only reference. A frame may outlive the pool. Thread: any (locked).
class FramePool {
 public:
  FramePool(PixelFormat format, base::SizeI size);

  /// Returns a frame with unspecified content: the free one that was taken most recently. Allocates
  /// only when none is free.
  std::shared_ptr<Frame> take();
  /// Whether `frame`, one of this pool, has no owners but the caller and the pool; the caller may
  /// then write it again.
  bool is_only_owner(const std::shared_ptr<Frame>& frame) const;
  /// The number of frames allocated so far, in use or free.
  size_t frames_made() const;

 private:
  PixelFormat format_;
  base::SizeI size_;
  mutable std::mutex mutex_;
  std::vector<std::shared_ptr<Frame>> frames_;  // most recently taken first
};

}  // namespace layercast::frame
