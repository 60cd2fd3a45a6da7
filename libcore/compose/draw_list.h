#pragma once

#include "base/blend_mode.h"
#include "base/geometry.h"
#include "frame/any_picture.h"
#include "frame/image.h"
#include "frame/recolor.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace layercast::compose {

/// The box of a layer with rounded corners: what lies outside it is not drawn.
struct RoundedClip {
  base::Affine canvas_from_box;
  base::SizeF box;
  double radius = 0;  ///< px of the box; as in CSS, at most half of its shorter side
  /// Whether the box first cuts what it then clips: the same edges twice, as where a picture that
  /// ends there is clipped.
  bool is_cut = false;
  bool operator==(const RoundedClip&) const = default;
};

/// Whether pixels that lie so are pixels of the canvas.
bool is_whole_translation(const base::Affine& canvas_from_picture);

/// What an item shows.
using Source = frame::AnyPicture;
using frame::size_of;

/// One picture, placed. Nearer items come later in a list.
struct DrawItem {
  Source source;
  base::Affine canvas_from_picture;
  uint8_t opacity = 255;
  base::BlendMode blend = base::BlendMode::kNormal;
  std::optional<RoundedClip> clip;
  frame::RecoloringPtr recoloring = nullptr;  ///< of the sampled pixels; null: none
  bool operator==(const DrawItem&) const = default;
};

/// A whole frame, before a pixel of it is made.
struct DrawList {
  base::SizeI canvas;
  frame::PremulRgba8 background;
  std::vector<DrawItem> items;
  /// Where items show; the background alone lies outside. Absent: everywhere.
  std::optional<base::RectI> shown = std::nullopt;
  bool operator==(const DrawList&) const = default;
};

}  // namespace layercast::compose
