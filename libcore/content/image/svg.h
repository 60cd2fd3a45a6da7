#pragma once

#include "base/error.h"
#include "base/geometry.h"
#include "content/image/decoder.h"
#include "frame/image.h"

#include <memory>
#include <string>
#include <utility>

namespace layercast::content {

/// A checked SVG document: well-formed, of a bounded size, without entities, loading nothing
/// external. Pictures embedded as data URIs are PNG or JPEG within the limits.
class SvgDocument final : public Svg {
 public:
  /// Checks the document. Errors: without `where`: kInvalidInput, kUnsupported, kLimit. Thread:
  /// any, after initialise_images().
  static base::Result<std::unique_ptr<Svg>> parse(std::string text);

  base::SizeF size() const override { return size_; }
  base::Result<frame::Image<frame::PremulRgba8>> draw(base::SizeI scaled,
                                                      const base::RectI& part) override;
  base::Result<frame::Image<frame::PremulRgba8>> draw_at(const base::RectF& place,
                                                         const base::Affine& map,
                                                         base::SizeI canvas) override;

 private:
  explicit SvgDocument(std::string text) : text_(std::move(text)) {}

  std::string text_;
  base::SizeF size_;
  base::SizeF drawn_size_;  // of the renderer, which uses 72 instead of 96 dots per inch
};

}  // namespace layercast::content
