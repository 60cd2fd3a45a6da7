#pragma once

#include "base/error.h"
#include "base/time.h"
#include "content/image/animation_canvas.h"
#include "content/image/picture_reader.h"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace layercast::content {

/// Whether the bytes begin as a GIF file.
bool is_gif(std::string_view bytes);

/// The structure of a GIF file.
struct GifFile {
  struct Frame {
    FramePlace place;
    base::Duration delay{};
    std::string_view control;  ///< flags to transparent index of its graphic control extension
    uint8_t flags = 0;         ///< of the image descriptor
    std::string_view table_and_data;  ///< the local colour table and the compressed pixels
  };

  base::SizeI size;               ///< of the canvas
  std::string_view screen;        ///< the logical screen descriptor
  std::string_view global_table;  ///< empty: there is none
  std::vector<Frame> frames;
  int plays = 1;  ///< 0: forever
};

/// Whether reading stops after the first frame.
enum class GifExtent : uint8_t { kFirstFrame, kWhole };

/// Reads the structure without decoding a picture. The result refers to `bytes`.
/// The canvas is the logical screen, enlarged to contain the first frame, as in browsers.
/// Errors: without `where`: kInvalidInput for damaged or truncated files, kLimit.
/// Source: GIF89a Specification, appendix B.
base::Result<GifFile> read_gif(std::string_view bytes, GifExtent extent);

/// The pictures of a GIF file, composed as browsers do it: the canvas is initially transparent, and
/// a frame that is disposed of to the background becomes transparent, whether or not the file has a
/// transparent colour. Each frame is decoded as a GIF file of its own, because libnsgif fills such
/// places with an opaque colour.
/// Thread: one at a time, after initialise_images().
class GifReader final : public PictureReader {
 public:
  /// Errors: as read_gif(), and kLimit for too many pictures or pixels.
  static base::Result<std::unique_ptr<GifReader>> open(std::shared_ptr<const std::string> bytes);

  base::SizeI size() const override { return file_.size; }
  int count() const override { return static_cast<int>(file_.frames.size()); }
  std::vector<base::Duration> delays() const override;
  int plays() const override { return file_.plays; }
  base::Result<frame::Image<frame::PremulRgba8>> picture(int number) override;

 private:
  explicit GifReader(std::shared_ptr<const std::string> bytes) : bytes_(std::move(bytes)) {}

  std::shared_ptr<const std::string> bytes_;
  GifFile file_;
  AnimationCanvas canvas_;  ///< after picture `next_ - 1` was drawn
  int next_ = 0;
};

/// The first picture of a GIF file. Errors: as decode_image(). Thread: any.
base::Result<frame::Image<frame::PremulRgba8>> first_gif_picture(std::string_view bytes);

}  // namespace layercast::content
