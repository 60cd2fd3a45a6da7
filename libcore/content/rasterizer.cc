#include "content/rasterizer.h"

#include "content/caption.h"
#include "content/error_picture.h"
#include "content/image.h"
#include "content/shape.h"
#include "content/text.h"

#include <algorithm>
#include <utility>

namespace layercast::content {
namespace {

using frame::Image;
using frame::PremulRgba8;

base::SizeF size_of(base::SizeI size) {
  return {static_cast<double>(size.width), static_cast<double>(size.height)};
}

// Origins are whole pixels.
base::RectI extent_of(const frame::Picture& picture) {
  const auto left = static_cast<int>(picture.origin().x);
  const auto top = static_cast<int>(picture.origin().y);
  return {left, top, left + picture.size().width, top + picture.size().height};
}

// `front` composited over `back`, both placed by their origins, as one picture.
frame::PicturePtr flattened(const frame::Picture& back, const frame::Picture& front) {
  const base::RectI a = extent_of(back);
  const base::RectI b = extent_of(front);
  const base::RectI whole{std::min(a.left, b.left), std::min(a.top, b.top),
                          std::max(a.right, b.right), std::max(a.bottom, b.bottom)};
  Image<PremulRgba8> pixels({whole.width(), whole.height()});
  const base::PointF corner{static_cast<double>(whole.left), static_cast<double>(whole.top)};
  paint_over(back, {-corner.x, -corner.y}, pixels.view());
  paint_over(front, {-corner.x, -corner.y}, pixels.view());
  return std::make_shared<frame::Picture>(std::move(pixels), corner);
}

}  // namespace

Rasterizer::Rasterizer(const scene::SceneFile& file)
    : file_(file), fonts_(FontLibrary::create(file.scene.fonts, file.folder)) {
  initialise_images();
}

std::optional<base::Error> Rasterizer::font_error() const {
  if (fonts_) return std::nullopt;
  return fonts_.error();
}

void Rasterizer::forget_unused() {
  std::erase_if(shared_, [](const auto& entry) { return entry.second.picture.use_count() == 1; });
}

base::Result<FontLibrary*> Rasterizer::fonts() {
  if (!fonts_) return fonts_.error();
  return fonts_.value().get();
}

base::Result<Raster> Rasterizer::rasterise(const scene::Layer& layer, const std::string& text) {
  return std::visit(
      [&](const auto& content) -> base::Result<Raster> {
        using Type = std::decay_t<decltype(content)>;
        if constexpr (std::is_same_v<Type, scene::TextContent>) {
          TRY(FontLibrary * library, fonts());
          return rasterise_text(content, text, layer.size, *library);
        } else if constexpr (std::is_same_v<Type, scene::ShapeContent>) {
          return rasterise_shape(content, layer.size);
        } else {
          return rasterise_content(content, layer);
        }
      },
      layer.content);
}

base::Result<Raster> Rasterizer::rasterise_content(const scene::CharacterContent& content,
                                                   const scene::Layer& layer) {
  const base::SizeF box = layer.size.value_or(base::SizeF{});
  const SharedKey key{"character", content.source, content.texture.value_or(""),
                      0,           box.width,      box.height};
  if (const auto known = shared_.find(key); known != shared_.end()) return known->second;
  std::optional<std::string> texture;
  if (content.texture) texture = file_.resolved(*content.texture);
  TRY(Raster raster, rasterise_character(file_.resolved(content.source), texture, layer.size));
  return shared_.emplace(key, raster).first->second;
}

base::Result<Raster> Rasterizer::rasterise_content(const scene::ImageContent& content,
                                                   const scene::Layer& layer) {
  const base::SizeF box = layer.size.value_or(base::SizeF{});
  const SharedKey key{"image",   content.source, "", static_cast<int>(content.fit),
                      box.width, box.height};
  auto known = shared_.find(key);
  if (known == shared_.end()) {
    TRY(Raster raster, rasterise_image({file_.resolved(content.source), content.fit, layer.size}));
    known = shared_.emplace(key, raster).first;
  }
  const bool has_caption = layer.type == scene::LayerType::kVisualFeed && !content.metadata.empty();
  return has_caption ? with_caption(known->second, content, layer) : known->second;
}

base::Result<Raster> Rasterizer::with_caption(const Raster& image,
                                              const scene::ImageContent& content,
                                              const scene::Layer& layer) {
  TRY(FontLibrary * library, fonts());
  const base::SizeF box = layer.size.value_or(image.box);
  TRY(const Raster caption, rasterise_caption(content.metadata, box, *library));
  return Raster{flattened(*image.picture, *caption.picture), image.box};
}

base::Result<Raster> Rasterizer::rasterise_content(const scene::SvgContent& content,
                                                   const scene::Layer& layer) {
  const base::SizeF box = layer.size.value_or(base::SizeF{});
  const SharedKey key{
      "svg", content.source.value_or(""), content.svg.value_or(""), 0, box.width, box.height};
  if (const auto known = shared_.find(key); known != shared_.end()) return known->second;
  const std::string path = content.source ? file_.resolved(*content.source) : std::string{};
  TRY(Raster raster, rasterise_svg(content, path, layer.size));
  return shared_.emplace(key, raster).first->second;
}

base::Result<Raster> Rasterizer::rasterise_content(const scene::ColorContent& content,
                                                   const scene::Layer& layer) {
  return rasterise_color(content.color, layer.size.value_or(size_of(file_.scene.canvas.size)));
}

base::Result<Raster> Rasterizer::rasterise_content(const scene::VideoContent& content,
                                                   const scene::Layer& /*layer*/) {
  return base::Error{base::ErrorCode::kInternal, "a video is drawn from its feed",
                     file_.resolved(content.source), nullptr};
}

Raster Rasterizer::error_raster(const scene::Layer& layer, const base::Error& error) {
  return error_picture(layer.id + ": " + error.to_string(), layer.size.value_or(base::SizeF{}),
                       fonts_ ? fonts_.value().get() : nullptr);
}

}  // namespace layercast::content
