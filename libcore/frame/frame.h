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

/// How a finished frame lies in memory. All YUV formats are BT.709, limited range, 8 bits; chroma
/// of 4:2:0 and 4:2:2 is sited left (ITU-T H.273, chroma_sample_loc_type 0).
enum class PixelFormat : uint8_t {
  kRgba,     ///< one plane, straight alpha, R first
  kYuv420p,  ///< I420
  kYuv422p,
  kYuv444p,
  kNv12,  ///< Y, then U and V interleaved
};

/// How many samples one chroma sample covers, and how planes divide a frame.
struct FormatLayout {
  PixelFormat format;
  std::string_view name;  ///< FFmpeg's name for it
  int planes;
  int chroma_divisor_x;
  int chroma_divisor_y;
  std::array<int, 3> sample_bytes;  ///< per plane
};
const FormatLayout& layout_of(PixelFormat format);

/// Width and height of plane `plane` of a frame. Odd sizes round up.
base::SizeI plane_size(PixelFormat format, base::SizeI frame_size, int plane);

/// One finished frame: owned memory, one block, planes with aligned rows.
/// Ownership: unique while written, then frozen to shared_ptr<const Frame>.
class Frame {
 public:
  Frame(PixelFormat format, base::SizeI size);

  PixelFormat format() const { return format_; }
  base::SizeI size() const { return size_; }
  size_t bytes() const { return size_bytes_; }
  int planes() const { return layout_of(format_).planes; }
  ptrdiff_t row_bytes(int plane) const { return row_bytes_[static_cast<size_t>(plane)]; }
  uint8_t* plane(int plane) { return memory() + offsets_[static_cast<size_t>(plane)]; }
  const uint8_t* plane(int plane) const { return const_cast<Frame*>(this)->plane(plane); }
  /// Payload bytes of one row of `plane`, without padding.
  size_t packed_row_bytes(int plane) const;
  /// The single plane of a kRgba frame.
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

/// Keeps frames for use again, so that a running stream allocates none.
/// A frame handed out is free again when its last owner but the pool lets go; it may outlive the
/// pool. Thread: any (locked).
class FramePool {
 public:
  FramePool(PixelFormat format, base::SizeI size);

  /// A frame with unspecified content: of the free ones, that which was taken last. Allocates only
  /// when none is free.
  std::shared_ptr<Frame> take();
  /// Whether nobody else holds `frame`, one of this pool's: then it may be written again.
  bool is_only_owner(const std::shared_ptr<Frame>& frame) const;
  /// Frames made so far, in use or free.
  size_t frames_made() const;

 private:
  PixelFormat format_;
  base::SizeI size_;
  mutable std::mutex mutex_;
  std::vector<std::shared_ptr<Frame>> frames_;  // the one taken last comes first
};

}  // namespace layercast::frame
