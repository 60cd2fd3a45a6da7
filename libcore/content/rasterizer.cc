#include "content/rasterizer.h"

#include "base/file_identity.h"
#include "content/image/image_content.h"
#include "content/picture/shape.h"
#include "content/text/caption_picture.h"
#include "content/text/chat_content.h"
#include "content/text/error_picture.h"
#include "content/text/strip.h"
#include "content/text/text.h"

#include <algorithm>
#include <utility>

namespace layercast::content {
namespace {

using frame::Image;
using frame::PremulRgba8;

base::SizeF size_of(base::SizeI size) {
  return {static_cast<double>(size.width), static_cast<double>(size.height)};
}

// The rectangle of the picture; its origin is a whole pixel.
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

// Makes the raster, and a finer one if it may be shown at a fractional position and the size is
// within the limits.
template <class Make>
base::Result<Raster> made_finer_too(const Detail& detail, const Make& make) {
  TRY(Raster raster, make(detail));
  if (!detail.is_made_finer) return raster;
  const base::Result<Raster> more = make(finer(detail));
  if (!more || more.value().pixels_from_box == raster.pixels_from_box) return raster;
  raster.finer = more.value().picture;
  raster.finer_from_box = more.value().pixels_from_box;
  return raster;
}

std::string identity_text(const std::string& path) {
  return base::identity_of_file(path).to_string();
}

base::Error moves() {
  return base::internal_error("a moving content cannot be drawn as one picture");
}

}  // namespace

Rasterizer::Rasterizer(scene::SceneSettings settings)
    : settings_(std::move(settings)),
      fonts_(FontLibrary::create(settings_.fonts, settings_.folder)) {
  initialise_images();
}

std::optional<base::Error> Rasterizer::font_error() const {
  if (fonts_) return std::nullopt;
  return fonts_.error();
}

void Rasterizer::forget_unused() {
  std::erase_if(shared_, [](const auto& entry) { return entry.second.picture.use_count() == 1; });
  chat_pictures_.forget_unused();
}

base::Result<std::unique_ptr<MovingContent>> Rasterizer::open_chat(
    const scene::ChatContent& content, std::optional<base::SizeF> box, base::Duration start) {
  TRY(FontLibrary * library, fonts());
  return make_chat(content, box, start, chat_pictures_, *library);
}

base::Result<FontLibrary*> Rasterizer::fonts() {
  if (!fonts_) return fonts_.error();
  return fonts_.value().get();
}

base::Result<Raster> Rasterizer::rasterise(const scene::Layer& layer, const std::string& text) {
  const scene::Animation* scroll = scene::scroll_of(layer.animations);
  if (scroll == nullptr) return rasterise_once(layer, text);
  return rasterise_strip(layer, text, std::get<scene::ScrollEffect>(scroll->effect));
}

base::Result<Raster> Rasterizer::rasterise_strip(const scene::Layer& layer, const std::string& text,
                                                 const scene::ScrollEffect& scroll) {
  if (const auto* content = std::get_if<scene::TextContent>(&layer.content)) {
    return rasterise_text_strip(*content, text, scroll, scene::box_of(layer));
  }
  scene::Layer strip = layer;
  const auto* image = std::get_if<scene::ImageContent>(&layer.content);
  const bool is_drawing = std::holds_alternative<scene::SvgContent>(layer.content);
  if (layer.size && (image != nullptr || is_drawing)) {
    strip.size.reset();
    TRY(const Raster natural, rasterise_once(strip, text));
    const scene::Fit fit = image != nullptr ? image->fit : scene::Fit::kContain;
    const base::SizeF size = strip_size(natural.box, fit, scroll, layer.size->px());
    strip.size = scene::LengthSize{size.width, size.height};
  } else if (std::holds_alternative<scene::ShapeContent>(layer.content)) {
    strip.size.reset();  // the strip has its own size
    auto* rectangle =
        std::get_if<scene::RectangleShape>(&std::get<scene::ShapeContent>(strip.content).geometry);
    if (rectangle != nullptr && layer.size) {
      rectangle->width = rectangle->width.value_or(layer.size->width.px);
      rectangle->height = rectangle->height.value_or(layer.size->height.px);
    }
  }
  TRY(const Raster content, rasterise_once(strip, text));
  const base::SizeF box = scene::box_of(layer).value_or(content.box);
  const bool is_centred = image != nullptr || is_drawing;
  const double room =
      is_across(scroll) ? box.height - content.box.height : box.width - content.box.width;
  return repeated(content, scroll, box, is_centred ? room / 2 : 0, base::Color{0, 0, 0, 0});
}

// Draws a text strip: one line, or as many as needed; the background lies behind all of it.
base::Result<Raster> Rasterizer::rasterise_text_strip(const scene::TextContent& content,
                                                      const std::string& text,
                                                      const scene::ScrollEffect& scroll,
                                                      std::optional<base::SizeF> box) {
  TRY(FontLibrary * library, fonts());
  scene::TextContent bare = content;
  bare.style.background_color = base::Color{0, 0, 0, 0};
  TextBox within;
  if (box && is_across(scroll)) within.height = box->height;
  if (box && !is_across(scroll)) within.width = box->width;
  TRY(const Raster strip, rasterise_text_within(bare, text, within, *library));
  const base::SizeF shown = box.value_or(strip.box);
  const auto* color = std::get_if<base::Color>(&content.style.background_color);
  const bool scrolls_too = color != nullptr && (color->alpha == 0 || scroll.fade_edges == 0);
  if (scrolls_too) return repeated(strip, scroll, shown, 0, *color);
  TRY(Raster raster, repeated(strip, scroll, shown, 0, base::Color{0, 0, 0, 0}));
  const scene::RectangleShape rectangle{shown.width, shown.height, 0};
  TRY(const Raster behind,
      rasterise_shape({rectangle, content.style.background_color, std::nullopt}, shown));
  raster.behind = behind.picture;
  return raster;
}

base::Result<Raster> Rasterizer::rasterise_once(const scene::Layer& layer,
                                                const std::string& text) {
  return std::visit(
      [&](const auto& content) -> base::Result<Raster> {
        using Type = std::decay_t<decltype(content)>;
        if constexpr (std::is_same_v<Type, scene::TextContent>) {
          TRY(FontLibrary * library, fonts());
          return made_finer_too(detail_of(layer), [&](const Detail& detail) {
            return rasterise_text(content, text, scene::box_of(layer), *library, detail.scale);
          });
        } else if constexpr (std::is_same_v<Type, scene::ShapeContent>) {
          return made_finer_too(detail_of(layer), [&](const Detail& detail) {
            return rasterise_shape(content, scene::box_of(layer), detail);
          });
        } else if constexpr (requires { rasterise_content(content, layer); }) {
          return rasterise_content(content, layer);
        } else {
          return moves();
        }
      },
      layer.content);
}

template <typename Make>
base::Result<Raster> Rasterizer::shared(const SharedKey& key, const Make& make) {
  const auto known = std::ranges::find(shared_, key, [](const auto& entry) { return entry.first; });
  if (known != shared_.end()) return known->second;
  TRY(Raster raster, make());
  shared_.emplace_back(key, raster);
  return raster;
}

base::Result<Raster> Rasterizer::rasterise_content(const scene::CharacterContent& content,
                                                   const scene::Layer& layer) {
  const auto* source = std::get_if<std::string>(&content.source);
  if (source == nullptr) return moves();
  const base::SizeF box = scene::box_of(layer).value_or(base::SizeF{});
  const std::string path = settings_.resolved(*source);
  std::optional<std::string> texture;
  std::string identity = identity_text(path);
  if (content.texture) {
    texture = settings_.resolved(*content.texture);
    identity += " " + identity_text(*texture);
  }
  return shared({"character", *source, content.texture.value_or(""), identity, 0, box, {}},
                [&] { return rasterise_character(path, texture, scene::box_of(layer)); });
}

base::Result<Raster> Rasterizer::rasterise_content(const scene::ImageContent& content,
                                                   const scene::Layer& layer) {
  const base::SizeF box = scene::box_of(layer).value_or(base::SizeF{});
  const std::string path = settings_.resolved(content.source);
  const std::string identity = identity_text(path);
  const auto made_with = [&](const Detail& detail) {
    return shared(
        {"image", content.source, "", identity, static_cast<int>(content.fit), box, detail}, [&] {
          return rasterise_image({path, content.fit, scene::box_of(layer), detail});
        });
  };
  TRY(const Raster image, made_with(detail_of(layer)));
  TRY(const auto bar, caption(layer, scene::box_of(layer).value_or(image.box)));
  if (!bar) return image;
  TRY(const Raster fitted, made_with({}));
  return Raster{flattened(*fitted.picture, *bar->picture), fitted.box};
}

base::Result<std::optional<Raster>> Rasterizer::caption(const scene::Layer& layer,
                                                        base::SizeF box) {
  std::optional<Caption> caption;
  if (const auto* image = std::get_if<scene::ImageContent>(&layer.content)) {
    caption.emplace(Caption{image->metadata, image->caption});
  } else if (const auto* video = std::get_if<scene::VideoContent>(&layer.content)) {
    caption.emplace(Caption{video->metadata, video->caption});
  }
  const bool says_any = caption && (caption->text || !caption->metadata.empty());
  if (!says_any || layer.type != scene::LayerType::kVisualFeed) return std::optional<Raster>();
  TRY(FontLibrary * library, fonts());
  TRY(Raster bar, rasterise_caption(*caption, box, *library));
  return std::optional<Raster>(std::move(bar));
}

base::Result<Raster> Rasterizer::rasterise_content(const scene::SvgContent& content,
                                                   const scene::Layer& layer) {
  const base::SizeF box = scene::box_of(layer).value_or(base::SizeF{});
  const Detail wanted = detail_of(layer);
  const bool is_plain = layer.size && pixels_from_box(wanted, box) == base::Affine{};
  Detail detail = is_plain ? Detail{} : wanted;
  detail.is_made_finer = wanted.is_made_finer;
  const std::string path = content.source ? settings_.resolved(*content.source) : std::string{};
  const std::string identity = content.source ? identity_text(path) : std::string{};
  const SharedKey key{
      "svg", content.source.value_or(""), content.svg.value_or(""), identity, 0, box, detail};
  return shared(key, [&] {
    return made_finer_too(detail, [&](const Detail& each) {
      return rasterise_svg(content, path, scene::box_of(layer), each);
    });
  });
}

base::Result<Raster> Rasterizer::rasterise_content(const scene::ColorContent& content,
                                                   const scene::Layer& layer) {
  const base::SizeF box = scene::box_of(layer).value_or(size_of(settings_.canvas.size));
  if (const auto* color = std::get_if<base::Color>(&content.color)) {
    return rasterise_color(*color, box);
  }
  const scene::RectangleShape rectangle{box.width, box.height, 0};
  const scene::ShapeContent shape{rectangle, content.color, std::nullopt};
  return made_finer_too(detail_of(layer),
                        [&](const Detail& detail) { return rasterise_shape(shape, box, detail); });
}

Raster Rasterizer::error_raster(const scene::Layer& layer, const base::Error& error) {
  return error_picture(layer.id + ": " + reason_without_folders(error),
                       scene::box_of(layer).value_or(base::SizeF{}),
                       fonts_ ? fonts_.value().get() : nullptr);
}

}  // namespace layercast::content
