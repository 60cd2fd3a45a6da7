#pragma once

#include "base/error.h"
#include "base/geometry.h"
#include "content/image.h"
#include "content/playback.h"
#include "content/raster.h"
#include "scene/scene.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>

namespace layercast::content {

/// Where the pictures of an animation come from; its path is resolved.
using PictureSource = std::variant<scene::GifContent, scene::SpriteContent, scene::FramesContent>;

const std::string& path_of(const PictureSource& source);
const scene::Playback& playback_of(const PictureSource& source);
scene::Fit fit_of(const PictureSource& source);

/// In which order the pictures of a source are cheap to have.
enum class Access : uint8_t { kAny, kForwards };

/// The pictures of an animated source, fitted into a box. Thread: one at a time.
class PictureSequence {
 public:
  PictureSequence() = default;
  virtual ~PictureSequence() = default;
  PictureSequence(const PictureSequence&) = delete;
  PictureSequence& operator=(const PictureSequence&) = delete;

  virtual int count() const = 0;         ///< at least 1
  virtual base::SizeF size() const = 0;  ///< of the first picture, before it is fitted
  virtual FilePlayback playback() const { return {}; }
  virtual Access access() const { return Access::kAny; }

  /// Picture `number`, from 0, fitted as an image is. Errors: `where` is the path of its file.
  virtual base::Result<Raster> picture(int number, const Fitting& fitting) = 0;
};

/// Reads the headers. Errors: `where` is the path of the file: missing, damaged, beyond the limits;
/// kNotFound when no file goes by a pattern.
base::Result<std::unique_ptr<PictureSequence>> open_sequence(const PictureSource& source);

/// Whether the file at `path` is an animated GIF, WebP or APNG: more than one picture. What cannot
/// be read is not.
bool is_animated_file(const std::string& path);

}  // namespace layercast::content
