#pragma once

#include "base/blend_mode.h"
#include "base/geometry.h"
#include "compose/mask_plane.h"
#include "frame/any_picture.h"
#include "frame/image.h"
#include "frame/recolor.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace layercast::compose {

/// A box with rounded corners that clips an item: pixels outside it are not drawn.
struct RoundedClip {
  base::Affine canvas_from_box;
  base::SizeF box;    ///< px
  double radius = 0;  ///< px of the box; as in CSS, at most half of its shorter side
  /// Whether the picture ends at the edges of the box, which therefore count twice: once as the
  /// edges of the picture and once as those of the clip.
  bool is_cut = false;
  /// Lengths in px of the box in which the coverage falls to 0 at the left and the right edge
  /// (width), and at the upper and the lower one (height); at most half of the box counts.
  base::SizeF fade{};
  bool operator==(const RoundedClip&) const = default;
};

/// Whether each pixel of the picture is one pixel of the canvas: a translation that puts it on a
/// pixel boundary.
bool is_whole_translation(const base::Affine& canvas_from_picture);

/// The picture of an item.
using Source = frame::AnyPicture;
using frame::size_of;

/// One picture and how to draw it. Nearer items come later in a list.
struct DrawItem {
  Source source;
  base::Affine canvas_from_picture;
  uint8_t opacity = 255;
  base::BlendMode blend = base::BlendMode::kNormal;
  std::optional<RoundedClip> clip;
  frame::RecoloringPtr recoloring = nullptr;  ///< applied to the sampled pixels; null: none
  MaskPtr mask =
      nullptr;  ///< multiplies the coverage of each pixel; null: none. Of the canvas's size
  bool operator==(const DrawItem&) const = default;
};

/// The description of a whole frame, before any pixel is drawn.
struct DrawList {
  base::SizeI canvas;
  frame::PremulRgba8 background;
  std::vector<DrawItem> items;
  /// The area where items are drawn; the rest shows the background only. nullopt: everywhere.
  std::optional<base::RectI> shown = std::nullopt;
  bool operator==(const DrawList&) const = default;
};

}  // namespace layercast::compose
