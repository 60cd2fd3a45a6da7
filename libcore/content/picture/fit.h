#pragma once

#include "base/error.h"
#include "base/geometry.h"
#include "scene/model/scene.h"

#include <optional>

namespace layercast::content {

/// The factors by which a picture of the `natural` size is scaled to fit `box`.
/// Source: CSS Images Module Level 3, section 5.5 (object-fit).
base::SizeF fitted_scale(base::SizeF natural, scene::Fit fit, base::SizeF box);

/// The position of a fitted picture.
struct Placement {
  base::SizeI scaled;   ///< size of the whole picture
  base::RectI visible;  ///< the part of it inside the box, in its own pixels
  base::PointF origin;  ///< position of that part in the box
  base::SizeF box;      ///< of the layer: the one given, or the natural size
};

/// Fits a picture of the `natural` size into `box`: centred, in whole pixels, at least one.
/// Range: `natural` above 0. Errors: kLimit for a picture above the limits.
/// Source: CSS Images Module Level 3, section 5.5 (object-fit) with object-position 50% 50%.
base::Result<Placement> place(base::SizeF natural, scene::Fit fit, std::optional<base::SizeF> box);

/// Succeeds when a picture of `size` is within the limits for rasterised content, and the pictures
/// of all contents have memory for it; else kLimit.
base::Result<void> check_picture_size(base::SizeF size);
/// Succeeds when the pictures of all contents have memory for `pixels` more; else kLimit.
base::Result<void> check_picture_memory(int64_t pixels);

/// The error kLimit of a picture for which there is no memory: `message` says which.
base::Error lacks_memory(std::string message);
/// Whether lacks_memory() has made the error, or one that caused it: the same picture may be made
/// when other contents have released their memory.
bool is_of_memory(const base::Error& error);

}  // namespace layercast::content
