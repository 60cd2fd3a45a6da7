#pragma once

#include "base/error.h"
#include "base/geometry.h"
#include "content/animation/playback.h"
#include "content/image/image_content.h"
#include "content/picture/raster.h"
#include "scene/model/scene.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>

namespace layercast::content {

/// The source of an animation, or an image, which is an animation of one picture; its path is
/// resolved.
using PictureSource = std::variant<scene::GifContent, scene::SpriteContent, scene::FramesContent,
                                   scene::ImageContent>;

/// Its path, playback settings (of an image: the default ones) and fit.
const std::string& path_of(const PictureSource& source);
const scene::Playback& playback_of(const PictureSource& source);
scene::Fit fit_of(const PictureSource& source);

/// In which order the pictures of a source can be read efficiently.
enum class Access : uint8_t { kAny, kForwards };

/// The pictures of an animated source. Thread: one at a time.
class PictureSequence {
 public:
  PictureSequence() = default;
  virtual ~PictureSequence() = default;
  PictureSequence(const PictureSequence&) = delete;
  PictureSequence& operator=(const PictureSequence&) = delete;

  virtual int count() const = 0;         ///< at least 1
  virtual base::SizeF size() const = 0;  ///< of the first picture, unfitted
  /// The playback that the file asks for.
  virtual FilePlayback playback() const { return {}; }
  virtual Access access() const { return Access::kAny; }

  /// The memory of the file and of its decoder, an estimate in bytes, besides that of images.
  virtual int64_t held_bytes() const { return 0; }

  /// Reads and fits picture `number`, from 0. Errors: `where` is the path of its file.
  virtual base::Result<Raster> picture(int number, const Fitting& fitting) = 0;
};

/// Opens a source and reads its headers. Errors: `where` is the path: missing, damaged, or beyond
/// the limits; kNotFound when no file matches a pattern.
base::Result<std::unique_ptr<PictureSequence>> open_sequence(const PictureSource& source);

/// Whether the file at `path` is a GIF, WebP or APNG with more than one picture. False when it
/// cannot be read.
bool is_animated_file(const std::string& path);

}  // namespace layercast::content
