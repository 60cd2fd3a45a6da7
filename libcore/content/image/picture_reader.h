#pragma once

#include "base/error.h"
#include "base/geometry.h"
#include "base/time.h"
#include "frame/image.h"

#include <vector>

namespace layercast::content {

/// The pictures of one image file, each composed with the earlier ones as its format says.
/// Thread: one at a time.
class PictureReader {
 public:
  PictureReader() = default;
  virtual ~PictureReader() = default;
  PictureReader(const PictureReader&) = delete;
  PictureReader& operator=(const PictureReader&) = delete;

  virtual base::SizeI size() const = 0;  ///< of every picture
  virtual int count() const = 0;         ///< at least 1
  /// How long each picture is shown; empty when the file does not say.
  virtual std::vector<base::Duration> delays() const = 0;
  /// How often the file is to be played; 0: forever.
  virtual int plays() const = 0;

  /// Picture `number`, from 0. Decodes all pictures since the last call; going back restarts at the
  /// first. Errors: without `where`: as decode_image().
  virtual base::Result<frame::Image<frame::PremulRgba8>> picture(int number) = 0;
};

}  // namespace layercast::content
