#pragma once

#include "base/error.h"
#include "base/geometry.h"
#include "content/picture/detail.h"
#include "content/picture/raster.h"
#include "frame/image.h"
#include "scene/model/scene.h"

#include <optional>
#include <string>
#include <utility>

namespace layercast::content {

/// Initialises libvips once: only trusted loaders, SVG only from memory, no cache, one thread per
/// image, no CPU-dependent code paths, no output on stderr. The functions below call it. Thread:
/// any.
void initialise_images();

/// Which image to rasterise, and how.
struct ImageRequest {
  std::string path;  ///< resolved
  scene::Fit fit = scene::Fit::kContain;
  std::optional<base::SizeF> box;
  Detail detail = {};
  /// The pattern in the scene that the path matches, resolved; empty: the path itself is the name.
  std::string pattern = {};
};

/// Decodes an image file and fits it into the box as CSS object-fit does it, centred and cropped;
/// without a box, it keeps its natural size. An SVG is drawn at its final size.
/// The picture lies on whole pixels of the box, and its origin is its position there. With a detail
/// it is scaled for the canvas pixels instead, or left unscaled for sampling.
/// Errors: `where` is the path. Thread: any.
base::Result<Raster> rasterise_image(const ImageRequest& request);

/// How a picture is fitted into a box.
struct Fitting {
  scene::Fit fit = scene::Fit::kContain;
  std::optional<base::SizeF> box;  ///< absent: its natural size
  bool operator==(const Fitting&) const = default;
};

/// The same for decoded pixels. Errors: without `where`. Thread: any.
base::Result<Raster> fitted_pixels(frame::ImageView<const frame::PremulRgba8> pixels,
                                   const Fitting& fitting);

/// Multiplies an image over pictures, scaled to cover each: colour × (1 − texture alpha + texture
/// colour); the picture's alpha is unchanged. Exact: rounded to nearest.
/// Thread: one at a time. Caches the scaled image for one size.
class Texture {
 public:
  explicit Texture(std::string path) : path_(std::move(path)) {}

  /// The textured picture. Errors: `where` is the image's path.
  base::Result<Raster> over(const Raster& source);

 private:
  std::string path_;
  frame::PicturePtr covering_;
};

/// Rasterises a character: its source contained in the box, multiplied with the texture.
/// Errors: `where` is the path of the file that failed. Thread: any.
base::Result<Raster> rasterise_character(const std::string& source,
                                         const std::optional<std::string>& texture,
                                         std::optional<base::SizeF> box);

/// Rasterises an SVG contained in the box: the inline one, or the file at `path` (resolved). Its
/// edges may lie at fractional positions.
/// Errors: `where` is the path, empty for an inline one. Thread: any.
base::Result<Raster> rasterise_svg(const scene::SvgContent& content, const std::string& path,
                                   std::optional<base::SizeF> box, const Detail& detail = {});

}  // namespace layercast::content
