#pragma once

#include "base/geometry.h"
#include "frame/image.h"

#include <array>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

namespace layercast::frame {

/// The matrix coefficients of Y'CbCr.
enum class YuvMatrix : uint8_t { kBt601, kBt709 };
/// The range of Y'CbCr codes: limited is 16..235 for luma and 16..240 for chroma.
enum class YuvRange : uint8_t { kLimited, kFull };

/// The position of a chroma sample among the luma samples that it covers (ITU-T H.273,
/// chroma_sample_loc_type 0, 1 and 2).
enum class ChromaSiting : uint8_t { kLeft, kCenter, kTopLeft };

/// The interpretation of the samples of a YUV picture, resolved once when the file is opened.
struct YuvLayout {
  base::SizeI size;          ///< of the luma plane
  int chroma_divisor_x = 2;  ///< luma columns a chroma sample covers: 1, 2 or 4
  int chroma_divisor_y = 2;  ///< luma rows: 1 or 2
  YuvMatrix matrix = YuvMatrix::kBt709;
  YuvRange range = YuvRange::kLimited;
  ChromaSiting siting = ChromaSiting::kLeft;
  bool operator==(const YuvLayout&) const = default;

  /// Width and height of a chroma plane; odd sizes round up.
  base::SizeI chroma_size() const {
    return {(size.width + chroma_divisor_x - 1) / chroma_divisor_x,
            (size.height + chroma_divisor_y - 1) / chroma_divisor_y};
  }
};

/// One decoded, opaque picture: three immutable planes of 8-bit samples (Y, U, V).
/// Thread: any. Level 0 is immutable; the first use of a smaller level makes it under a lock.
class YuvPicture {
 public:
  using Plane = ImageView<const uint8_t>;

  /// Shape: as of plane(). Ownership: refers to the samples of `planes`; keeps `owner`, which owns
  /// them, as long as this picture lives.
  YuvPicture(const YuvLayout& layout, const std::array<Plane, 3>& planes,
             std::shared_ptr<const void> owner);

  const YuvLayout& layout() const { return layout_; }
  base::SizeI size() const { return layout_.size; }
  /// Shape: plane 0 has size(), planes 1 and 2 have layout().chroma_size().
  const Plane& plane(int plane) const { return planes_[static_cast<size_t>(plane)]; }

  /// Plane `plane` halved `level` times, each sample the rounded mean of four (edges repeat).
  /// The smallest level is one sample; a higher `level` returns that one.
  Plane level(int plane, int level) const;

 private:
  YuvLayout layout_;
  std::array<Plane, 3> planes_;
  std::shared_ptr<const void> owner_;
  mutable std::mutex mutex_;
  mutable std::array<std::vector<Image<uint8_t>>, 3> levels_;  // from the first halving on
};

using YuvPicturePtr = std::shared_ptr<const YuvPicture>;

/// Maps a point on the luma plane to the same point on the chroma planes. Units: samples of each
/// plane; the first sample spans 0 to 1, so its centre is at 0.5.
base::Affine chroma_from_luma(const YuvLayout& layout);

}  // namespace layercast::frame
