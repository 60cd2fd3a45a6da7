#pragma once

#include "base/geometry.h"
#include "frame/alpha_map.h"
#include "frame/image.h"

#include <cstdint>
#include <memory>
#include <vector>

namespace layercast::compose {

struct DrawList;
class PlacedItem;
class TilePainter;

/// How the pixels of a mask picture become coverage.
enum class MaskMode : uint8_t {
  kAlpha,
  kLuma,  ///< the BT.709 luma of the pixel times its alpha
};

/// The share of each canvas pixel that a mask leaves of an item, in 255ths; 0 outside bounds().
/// Thread: any; immutable.
class MaskPlane {
 public:
  /// `bounds`: an area of the canvas outside of which all of `coverage` is 0. Shape: `coverage` has
  /// the size of the canvas.
  MaskPlane(frame::Image<uint8_t> coverage, const base::RectI& bounds);

  const base::RectI& bounds() const { return bounds_; }
  frame::ImageView<const uint8_t> coverage() const { return coverage_.view(); }

  /// True only if the mask leaves nothing in `area`; may miss some such areas.
  bool is_clear(const base::RectI& area) const { return map_.is_clear(area); }
  /// True only if the mask leaves everything in `area`; may miss some such areas.
  bool is_full(const base::RectI& area) const { return map_.is_opaque(area); }

 private:
  friend class MaskMaker;

  frame::Image<uint8_t> coverage_;
  base::RectI bounds_;
  frame::AlphaMap map_;
};

/// Draw items compare masks by their pointers.
using MaskPtr = std::shared_ptr<const MaskPlane>;

/// The coverage that a pixel of a mask picture stands for.
/// Source: BT.709-6, item 3.2, with weights in 256ths. Exact: at most 1 from the rounded luma.
inline uint8_t coverage_of(MaskMode mode, frame::PremulRgba8 pixel) {
  if (mode == MaskMode::kAlpha) return pixel.alpha;
  return static_cast<uint8_t>((54U * pixel.red + 183U * pixel.green + 19U * pixel.blue + 128U) >>
                              8U);
}

/// Makes masks of draw lists. Thread: one at a time.
class MaskMaker {
 public:
  MaskMaker();
  ~MaskMaker();
  MaskMaker(MaskMaker&&) noexcept;
  MaskMaker& operator=(MaskMaker&&) noexcept;

  /// Draws `list`, whose background should be transparent, and returns its coverage. Uses the
  /// memory of an earlier mask that has no other owner, so that a mask that moves allocates
  /// nothing. Exact: coverage_of() each pixel of compose_rows().
  MaskPtr make(const DrawList& list, MaskMode mode);

 private:
  std::shared_ptr<MaskPlane> free_plane(base::SizeI size);

  std::unique_ptr<TilePainter> painter_;
  frame::Image<frame::PremulRgba8> tile_;
  std::vector<std::shared_ptr<MaskPlane>> planes_;
  std::vector<PlacedItem> placed_;           ///< of make(); keeps its memory
  std::vector<const PlacedItem*> touching_;  ///< the same
};

}  // namespace layercast::compose
