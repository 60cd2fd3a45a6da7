#pragma once

#include "base/error.h"
#include "frame/image.h"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace layercast::content {

/// The first picture in the bytes of a PNG, JPEG, WebP, AVIF, HEIF, TIFF or GIF file: upright
/// (EXIF orientation applied), in sRGB (embedded profile applied), premultiplied once.
/// The format is told by the content. The size is held against the limits before any pixel is
/// decoded; a file that is cut short or damaged is an error, never a partly grey picture.
/// Errors: without `where`. Thread: any, after initialise_images().
base::Result<frame::Image<frame::PremulRgba8>> decode_image(std::string_view bytes);

/// The size that the header of such a file gives, held against the limits.
base::Result<base::SizeI> image_size(std::string_view bytes);

/// The pictures of an animated GIF or WebP file, one after another, each whole: as decode_image()
/// has them, what came before and how it was disposed of put together. A file of another format,
/// or with a single picture, has that one.
/// Thread: one at a time, after initialise_images().
class PageReader {
 public:
  /// Reads the header; no pixel is decoded yet.
  /// Errors: as decode_image(); kLimit for too many pictures, or too many pixels in all of them.
  static base::Result<std::unique_ptr<PageReader>> open(std::shared_ptr<const std::string> bytes);
  ~PageReader();
  PageReader(const PageReader&) = delete;
  PageReader& operator=(const PageReader&) = delete;

  base::SizeI size() const;  ///< of every picture
  int count() const;
  /// How long each shows, in milliseconds as the file has it; may be empty.
  const std::vector<int>& delays() const;
  /// How often the file wants to be played; 0: for ever.
  int plays() const;

  /// Picture `number`, from 0. Times that go forward cost what lies between; one that goes back
  /// reads the file anew. Errors: as decode_image().
  base::Result<frame::Image<frame::PremulRgba8>> picture(int number);

 private:
  struct State;
  explicit PageReader(std::unique_ptr<State> state);

  std::unique_ptr<State> state_;
};

}  // namespace layercast::content
