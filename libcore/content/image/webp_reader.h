#pragma once

#include "base/error.h"
#include "base/time.h"
#include "content/image/picture_reader.h"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace layercast::content {

/// Whether the bytes begin as a WebP file that says it is animated.
bool is_animated_webp(std::string_view bytes);

/// The pictures of an animated WebP file, in sRGB, each composed with the earlier ones. Keeps two
/// pictures in memory: libvips would decode all pictures of the file at once.
/// Thread: one at a time, after initialise_images().
/// Source: RFC 9649, section 2.7; libwebp's demux.h.
class WebpReader final : public PictureReader {
 public:
  /// Reads the headers without decoding a picture.
  /// Errors: as decode_image(); kLimit for too many pictures, or too many pixels in total.
  static base::Result<std::unique_ptr<WebpReader>> open(std::shared_ptr<const std::string> bytes);
  ~WebpReader() override;

  base::SizeI size() const override;
  int count() const override;
  std::vector<base::Duration> delays() const override;
  int plays() const override;
  base::Result<frame::Image<frame::PremulRgba8>> picture(int number) override;

 private:
  struct State;
  explicit WebpReader(std::unique_ptr<State> state);

  std::unique_ptr<State> state_;
};

}  // namespace layercast::content
