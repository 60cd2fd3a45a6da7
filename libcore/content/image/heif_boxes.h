#pragma once

#include "base/geometry.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace layercast::content {

/// A geometric transformation of a HEIF image item, applied after the earlier ones.
struct HeifStep {
  enum class Kind : uint8_t { kCrop, kRotate, kMirror };

  Kind kind = Kind::kCrop;
  int quarter_turns = 0;          ///< of kRotate, anticlockwise
  bool swaps_left_right = false;  ///< of kMirror; otherwise top and bottom
  base::SizeF crop_size;          ///< of kCrop, in pixels
  base::PointF crop_offset;       ///< of kCrop: its middle, from the middle of the image
};

/// What the boxes of a HEIF or AVIF file say about its primary image.
struct HeifStructure {
  std::vector<HeifStep> steps;  ///< in the order in which they are applied
  bool is_monochrome = false;
};

/// Reads the boxes. Empty when they are damaged, or when the image is derived from others by more
/// than a grid.
/// Source: ISO/IEC 23008-12 (pitm, ipma, irot, imir, av1C, hvcC), ISO/IEC 14496-12 (meta, clap).
std::optional<HeifStructure> read_heif_boxes(std::string_view bytes);

/// Why libheif cannot decode the primary image, such as `coded as 'j2k1'`; empty for other files,
/// damaged ones included.
std::optional<std::string> unsupported_in_heif(std::string_view bytes);

/// The part of an image of `size` that a crop keeps. As in browsers, a crop whose edges are not at
/// whole pixels, or that leaves nothing, is ignored.
base::RectI kept_part(const HeifStep& crop, base::SizeI size);

/// The size of an image of `size` after its transformations.
base::SizeI transformed_size(base::SizeI size, const std::vector<HeifStep>& steps);

}  // namespace layercast::content
