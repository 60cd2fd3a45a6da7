#include "content/text/chat_message.h"

#include "content/picture/cairo_picture.h"
#include "content/picture/shape.h"
#include "content/text/text.h"
#include "content/text/text_ink.h"
#include "content/text/text_marks.h"

#include <algorithm>
#include <array>
#include <cairo/cairo.h>
#include <cmath>
#include <memory>
#include <utility>

namespace layercast::content {
namespace {

// After this many new bytes, unused pictures are released.
constexpr size_t kBytesBetweenTidying = size_t{16} << 20;

// Sixteen hues of equal lightness, for light text and for dark text.
constexpr std::array<uint32_t, 16> kLight = {
    0xff8a80, 0xff9e6b, 0xffb74d, 0xf2c94c, 0xd4d65a, 0xa8d96c, 0x7ddb8a, 0x5fd9b0,
    0x56d4d0, 0x62c8f0, 0x7fb8ff, 0x9fa8ff, 0xbd9cff, 0xdc92fa, 0xf48fd8, 0xff8fb0};
constexpr std::array<uint32_t, 16> kDark = {
    0xb3261e, 0xa8420a, 0x8f5200, 0x7a5c00, 0x5f6500, 0x3f6b12, 0x1b6e2f, 0x006c4f,
    0x006a6a, 0x00658a, 0x1a5fb4, 0x3f51b5, 0x5e3fbe, 0x7b34b0, 0x96277e, 0xa8244f};

// FNV-1a; only determinism matters.
uint32_t number_of(std::string_view name) {
  uint32_t hash = 2166136261U;
  for (const char c : name) hash = (hash ^ static_cast<uint8_t>(c)) * 16777619U;
  return hash ^ (hash >> 16);
}

bool is_light(base::Color color) {
  return 299 * color.red + 587 * color.green + 114 * color.blue >= 128 * 1000;
}

base::Color author_color(const scene::ChatMessage& message, const scene::ChatStyle& style) {
  if (message.author_color) return *message.author_color;
  return style.author_color.value_or(color_of_author(message.author, style.text_color));
}

// Pango does not support an alpha of 0.
std::string markup_color(base::Color color) {
  color.alpha = std::max<uint8_t>(color.alpha, 1);
  return base::color_text(color);
}

// `text` on one line, with markup characters escaped.
std::string escaped(std::string_view text) {
  std::string safe;
  for (const char c : text) {
    switch (c) {
      case '&':
        safe += "&amp;";
        break;
      case '<':
        safe += "&lt;";
        break;
      case '>':
        safe += "&gt;";
        break;
      case '\n':
      case '\r':
      case '\t':
        safe += ' ';
        break;
      default:
        safe += c;
    }
  }
  return safe;
}

// Isolates the author's name from the text direction of the message.
constexpr std::string_view kIsolate = "\u2068";
constexpr std::string_view kEndOfIsolate = "\u2069";

std::string markup_of(const scene::ChatMessage& message, const scene::ChatStyle& style) {
  std::string markup =
      "<span weight=\"700\" foreground=\"" + markup_color(author_color(message, style)) + "\">";
  markup += kIsolate;
  markup += escaped(message.author);
  markup += kEndOfIsolate;
  return markup + "</span>\u2002" + escaped(message.text);
}

scene::TextContent content_of(const scene::ChatStyle& style, double width) {
  scene::TextContent content;
  content.markup = true;
  content.style.font_family = style.font;
  content.style.font_size = style.font_size;
  content.style.line_height = style.line_height;
  content.style.color = style.text_color;
  content.style.max_width = width;
  content.style.max_lines = style.max_lines;
  return content;
}

// The highlight strip for a message of this size; its origin is its own corner.
base::Result<Raster> rasterise_strip(const scene::ChatStyle& style, base::SizeF message) {
  const base::SizeF reach = highlight_reach(style);
  const scene::RectangleShape shape{message.width + 2 * reach.width,
                                    message.height + 2 * reach.height,
                                    std::round(style.font_size * 0.35)};
  scene::ShapeContent content{shape, style.highlight_color, std::nullopt};
  return rasterise_shape(content, std::nullopt);
}

// Draws `text` on `strip`, which extends beyond it by `reach`.
Raster laid_on(const Raster& strip, const Raster& text, base::SizeF reach) {
  const frame::Picture& back = *strip.picture;
  const frame::Picture& front = *text.picture;
  const base::PointF corner{std::min(-reach.width, front.origin().x),
                            std::min(-reach.height, front.origin().y)};
  const auto far = [](double start, int length) { return start + length; };
  const double right =
      std::max(far(-reach.width, back.size().width), far(front.origin().x, front.size().width));
  const double bottom =
      std::max(far(-reach.height, back.size().height), far(front.origin().y, front.size().height));
  frame::Image<frame::PremulRgba8> pixels(
      {static_cast<int>(right - corner.x), static_cast<int>(bottom - corner.y)});
  paint_over(back, {-reach.width - corner.x, -reach.height - corner.y}, pixels.view());
  paint_over(front, {-corner.x, -corner.y}, pixels.view());
  return {std::make_shared<const frame::Picture>(std::move(pixels), corner), text.box};
}

}  // namespace

base::Color color_of_author(std::string_view author, base::Color text) {
  const auto& colors = is_light(text) ? kLight : kDark;
  const uint32_t rgb = colors[number_of(author) % colors.size()];
  return {static_cast<uint8_t>(rgb >> 16), static_cast<uint8_t>(rgb >> 8),
          static_cast<uint8_t>(rgb), 255};
}

base::SizeF highlight_reach(const scene::ChatStyle& style) {
  return {std::floor(std::min(style.padding * 0.75, style.font_size * 0.5)),
          std::floor(std::min(style.message_spacing * 0.5, style.font_size * 0.25))};
}

base::Result<Raster> rasterise_message(const scene::ChatMessage& message,
                                       const scene::ChatStyle& style, double width,
                                       FontLibrary& fonts) {
  TRY(Raster text,
      rasterise_text(content_of(style, width), markup_of(message, style), std::nullopt, fonts));
  if (!message.highlighted || style.highlight_color.alpha == 0) return text;
  TRY(const Raster strip, rasterise_strip(style, {std::floor(width), text.box.height}));
  return laid_on(strip, text, highlight_reach(style));
}

base::Result<Raster> ChatPictures::message(const scene::ChatMessage& message,
                                           const scene::ChatStyle& style, double width,
                                           FontLibrary& fonts) {
  Look& look = look_of(style, width);
  const std::string color = message.author_color ? base::color_text(*message.author_color) : "";
  const auto key = std::tie(message.author, message.text, message.highlighted, color);
  if (const auto known = look.messages.find(key); known != look.messages.end()) {
    return known->second;
  }
  TRY(Raster raster, rasterise_message(message, style, width, fonts));
  look.messages.emplace(key, raster);
  note_made(raster);
  return raster;
}

base::Result<Raster> ChatPictures::panel(const scene::ChatStyle& style, base::SizeF box) {
  for (const Panel& each : panels_) {
    if (each.box == box && each.color == style.background_color &&
        each.radius == style.border_radius) {
      return each.raster;
    }
  }
  const scene::RectangleShape shape{box.width, box.height, style.border_radius};
  TRY(Raster raster, rasterise_shape({shape, style.background_color, std::nullopt}, box));
  panels_.push_back({box, style.background_color, style.border_radius, raster});
  note_made(raster);
  return raster;
}

ChatPictures::Look& ChatPictures::look_of(const scene::ChatStyle& style, double width) {
  const auto is_it = [&](const Look& look) { return look.width == width && look.style == style; };
  const auto known = std::ranges::find_if(looks_, is_it);
  if (known != looks_.end()) return *known;
  return looks_.emplace_back(Look{style, width, {}});
}

// The caller still holds the new picture, so forget_unused() keeps it.
void ChatPictures::note_made(const Raster& raster) {
  bytes_made_ += raster.picture->bytes();
  if (bytes_made_ > kBytesBetweenTidying) forget_unused();
}

void ChatPictures::forget_unused() {
  bytes_made_ = 0;
  for (Look& look : looks_) {
    std::erase_if(look.messages,
                  [](const auto& entry) { return entry.second.picture.use_count() == 1; });
  }
  std::erase_if(looks_, [](const Look& look) { return look.messages.empty(); });
  std::erase_if(panels_, [](const Panel& panel) { return panel.raster.picture.use_count() == 1; });
}

size_t ChatPictures::size() const {
  size_t count = panels_.size();
  for (const Look& look : looks_) count += look.messages.size();
  return count;
}

}  // namespace layercast::content
