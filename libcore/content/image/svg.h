#pragma once

#include "base/error.h"
#include "base/geometry.h"
#include "frame/image.h"

#include <string>
#include <utility>

namespace layercast::content {

/// A checked SVG document: well-formed, of a bounded size, without entities, loading nothing
/// external. Pictures embedded as data URIs are PNG or JPEG within the limits.
class SvgDocument {
 public:
  /// Checks the document. Errors: without `where`: kInvalidInput, kUnsupported, kLimit. Thread:
  /// any, after initialise_images().
  static base::Result<SvgDocument> parse(std::string text);

  /// The size from width and height, or from the viewBox. Units: CSS px.
  base::SizeF size() const { return size_; }

  /// Draws `part` of the document at the `scaled` size, which may change its proportions.
  /// Range: `part` not empty and inside `scaled`. Errors: without `where`.
  /// Thread: any, after initialise_images().
  base::Result<frame::Image<frame::PremulRgba8>> draw(base::SizeI scaled,
                                                      const base::RectI& part) const;

  /// Draws the document into `place`, which `map` maps to a canvas of that size. `place` may lie at
  /// a fractional position; preserveAspectRatio applies. Errors and thread: as draw().
  base::Result<frame::Image<frame::PremulRgba8>> draw_at(const base::RectF& place,
                                                         const base::Affine& map,
                                                         base::SizeI canvas) const;

 private:
  explicit SvgDocument(std::string text) : text_(std::move(text)) {}

  std::string text_;
  base::SizeF size_;
  base::SizeF drawn_size_;  // of the renderer, which uses 72 instead of 96 dots per inch
};

}  // namespace layercast::content
