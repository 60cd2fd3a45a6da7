#pragma once

#include "base/error.h"
#include "base/geometry.h"
#include "content/detail.h"
#include "content/raster.h"
#include "frame/image.h"
#include "scene/scene.h"

#include <optional>
#include <string>
#include <utility>

namespace layercast::content {

/// Makes libvips ready: only the trusted loaders, and SVG from memory; no cache, one thread an
/// image, no code path chosen by the CPU, nothing on stderr. Once; the functions below call it.
/// Thread: any.
void initialise_images();

struct ImageRequest {
  std::string path;  ///< resolved
  scene::Fit fit = scene::Fit::kContain;
  std::optional<base::SizeF> box;
  Detail detail = {};
};

/// The image file fitted into the box as CSS object-fit does it, centred and cropped to the box;
/// in its natural size where there is no box. An SVG is drawn at the size it is shown in.
/// The picture covers whole pixels of the box: its origin is where it starts in it. With a detail
/// it is scaled onto those pixels, or not at all where it is sampled.
/// Errors: `where` is the path. Thread: any.
base::Result<Raster> rasterise_image(const ImageRequest& request);

/// How a picture is fitted.
struct Fitting {
  scene::Fit fit = scene::Fit::kContain;
  std::optional<base::SizeF> box;  ///< absent: its natural size
  bool operator==(const Fitting&) const = default;
};

/// The same of an image that is decoded already. Errors: without `where`. Thread: any.
base::Result<Raster> fitted_pixels(frame::ImageView<const frame::PremulRgba8> pixels,
                                   const Fitting& fitting);

/// An image that is multiplied over pictures, covering each of them: colour × (1 − texture alpha +
/// texture colour), the picture's alpha kept. Exact: rounded to nearest.
/// Thread: one at a time. It keeps what it made for pictures of one size.
class Texture {
 public:
  explicit Texture(std::string path) : path_(std::move(path)) {}

  /// Errors: `where` is its path.
  base::Result<Raster> over(const Raster& source);

 private:
  std::string path_;
  frame::PicturePtr covering_;
};

/// A character: its source contained in the box, the texture over it.
/// Errors: `where` is the path of the one that failed. Thread: any.
base::Result<Raster> rasterise_character(const std::string& source,
                                         const std::optional<std::string>& texture,
                                         std::optional<base::SizeF> box);

/// An SVG contained in the box: the inline one, or the file at `path` (resolved). In a box it lies
/// where it fits exactly, not on whole pixels.
/// Errors: `where` is the path, empty for an inline one. Thread: any.
base::Result<Raster> rasterise_svg(const scene::SvgContent& content, const std::string& path,
                                   std::optional<base::SizeF> box, const Detail& detail = {});

}  // namespace layercast::content
