#pragma once

#include "base/error.h"
#include "base/geometry.h"
#include "frame/image.h"

#include <string>
#include <utility>

namespace layercast::content {

/// An SVG document that was looked through and is safe to draw: well-formed, of a bounded size,
/// without entities, and nothing in it is loaded from outside. Pictures embedded in it as data URIs
/// are PNG or JPEG within the limits.
class SvgDocument {
 public:
  /// Errors: without `where`.
  static base::Result<SvgDocument> parse(std::string text);

  /// From width and height, or from the viewBox. Units: CSS px.
  base::SizeF size() const { return size_; }

  /// `part` of the document drawn at `scaled` size, its proportions kept or not.
  /// Range: `part` not empty and inside `scaled`. Errors: without `where`.
  /// Thread: any, after initialise_images().
  base::Result<frame::Image<frame::PremulRgba8>> draw(base::SizeI scaled,
                                                      const base::RectI& part) const;

  /// The document drawn to fill `place`, which `map` brings onto a canvas of that size, on whole
  /// pixels or not; its proportions are kept as its preserveAspectRatio says. Errors and thread: as
  /// draw().
  base::Result<frame::Image<frame::PremulRgba8>> draw_at(const base::RectF& place,
                                                         const base::Affine& map,
                                                         base::SizeI canvas) const;

 private:
  explicit SvgDocument(std::string text) : text_(std::move(text)) {}

  std::string text_;
  base::SizeF size_;
  base::SizeF drawn_size_;  // by a renderer that takes 72 dots for an inch where CSS has 96
};

}  // namespace layercast::content
