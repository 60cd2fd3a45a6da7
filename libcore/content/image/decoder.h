#pragma once

#include "base/error.h"
#include "base/geometry.h"
#include "content/image/picture_reader.h"
#include "frame/image.h"

#include <memory>
#include <string>
#include <string_view>

namespace layercast::content {

/// An SVG document that was checked and can be drawn. Thread: one at a time.
class Svg {
 public:
  Svg() = default;
  virtual ~Svg() = default;
  Svg(const Svg&) = delete;
  Svg& operator=(const Svg&) = delete;

  /// The size from width and height, or from the viewBox. Units: CSS px.
  virtual base::SizeF size() const = 0;

  /// Draws `part` of the document at the `scaled` size, which may change its proportions.
  /// Range: `part` not empty and inside `scaled`. Errors: without `where`.
  virtual base::Result<frame::Image<frame::PremulRgba8>> draw(base::SizeI scaled,
                                                              const base::RectI& part) = 0;

  /// Draws the document into `place`, which `map` maps to a canvas of that size. `place` may lie at
  /// a fractional position; preserveAspectRatio applies. Errors: as draw().
  virtual base::Result<frame::Image<frame::PremulRgba8>> draw_at(const base::RectF& place,
                                                                 const base::Affine& map,
                                                                 base::SizeI canvas) = 0;
};

/// Decodes the bytes of images: in this process, or in a confined helper process (HelperDecoder).
/// Thread: any; calls of several threads run at once.
class Decoder {
 public:
  Decoder() = default;
  virtual ~Decoder() = default;
  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;

  /// As decode_image().
  virtual base::Result<frame::Image<frame::PremulRgba8>> image(std::string_view bytes) = 0;

  /// Opens a file with one or more pictures and reads its headers. Errors: as decode_image();
  /// kLimit for too many pictures, or too many pixels in total.
  virtual base::Result<std::unique_ptr<PictureReader>> pictures(
      std::shared_ptr<const std::string> bytes) = 0;

  /// Checks an SVG document; remarks on it go to Remarks. Errors: as SvgDocument::parse().
  virtual base::Result<std::unique_ptr<Svg>> svg(std::string text) = 0;
};

/// Decodes in this process. Thread: any, after initialise_images().
class InProcessDecoder final : public Decoder {
 public:
  base::Result<frame::Image<frame::PremulRgba8>> image(std::string_view bytes) override;
  base::Result<std::unique_ptr<PictureReader>> pictures(
      std::shared_ptr<const std::string> bytes) override;
  base::Result<std::unique_ptr<Svg>> svg(std::string text) override;
};

/// The decoder of the process; initially one that decodes in the process itself. Thread: any.
Decoder& decoder();

/// Sets it. Call it before contents are made.
void set_decoder(std::unique_ptr<Decoder> decoder);

}  // namespace layercast::content
