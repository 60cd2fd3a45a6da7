#include "content/text/caption_picture.h"

#include "content/text/text.h"
#include "frame/image.h"
#include "scene/model/caption.h"
#include "scene/model/limits.h"
#include "scene/model/scene.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace layercast::content {
namespace {

// 14 % of the box's height, within bounds for readability in small boxes and large ones.
int bar_height(double box_height) {
  const double height = std::min(std::clamp(box_height * 0.14, 40.0, 132.0), box_height * 0.5);
  return std::max(1, static_cast<int>(std::lround(height)));
}

// Darker towards the bottom, with a bright line at the top edge.
frame::Image<frame::PremulRgba8> make_bar(base::SizeI size) {
  frame::Image<frame::PremulRgba8> bar(size);
  const int edge = size.height >= 80 ? 2 : 1;
  for (int y = 0; y < size.height; ++y) {
    frame::StraightRgba8 color{9, 11, 20, static_cast<uint8_t>(176 + 48 * y / size.height)};
    if (y < edge) color = {255, 255, 255, 56};
    std::fill_n(bar.view().row(y), size.width, frame::premultiplied(color));
  }
  return bar;
}

struct Row {
  std::string text;
  double font_size;
  int font_weight;
  uint8_t alpha;
};

std::string on_one_line(std::string text) {
  std::ranges::replace(text, '\n', ' ');
  return text;
}

// The first value, and the others joined below it.
std::vector<Row> rows_of(const scene::Metadata& metadata, double height) {
  std::vector<Row> rows;
  std::string rest;
  for (const auto& [key, value] : metadata) {
    if (value.empty()) continue;
    if (rows.empty()) {
      rows.push_back({on_one_line(value), height * 0.36, 700, 255});
    } else {
      rest += (rest.empty() ? "" : " · ") + on_one_line(value);
    }
  }
  if (!rest.empty()) {
    rows.push_back({std::move(rest), height * 0.25, 400, 210});
    rows.front().font_size = height * 0.34;
  }
  return rows;
}

// At most two lines of a text, split at the first break.
std::vector<Row> rows_of(std::string text, double height) {
  if (text.find_first_not_of(" \n") == std::string::npos) return {};
  if (text.ends_with('\n')) text.pop_back();
  const size_t end = std::min(text.find('\n'), text.size());
  if (end == text.size()) return {{std::move(text), height * 0.36, 600, 255}};
  return {{text.substr(0, end), height * 0.29, 600, 255},
          {on_one_line(text.substr(end + 1)), height * 0.29, 600, 255}};
}

std::vector<Row> rows_of(const Caption& caption, double height) {
  if (!caption.text) return rows_of(caption.metadata, height);
  return rows_of(scene::caption_text(*caption.text, caption.metadata), height);
}

base::Result<Raster> rasterise_row(const Row& row, double width, FontLibrary& fonts) {
  scene::TextContent content;
  content.style.font_size = std::max(scene::limits::kFontSize.min, row.font_size);
  content.style.font_weight = row.font_weight;
  content.style.color = base::Color{255, 255, 255, row.alpha};
  content.style.shadow = scene::Shadow{{0, 0, 0, 128}, 3, {0, 1}};
  content.style.max_width = width;
  content.style.max_lines = 1;
  return rasterise_text(content, row.text, std::nullopt, fonts);
}

}  // namespace

base::Result<Raster> rasterise_caption(const Caption& caption, base::SizeF box,
                                       FontLibrary& fonts) {
  const base::SizeI size{
      static_cast<int>(std::clamp(std::ceil(box.width), 1.0,
                                  static_cast<double>(scene::limits::kPictureSideMax))),
      bar_height(box.height)};
  const std::vector<Row> rows = rows_of(caption, size.height);
  if (rows.empty()) {
    return Raster{std::make_shared<const frame::Picture>(frame::Image<frame::PremulRgba8>({1, 1})),
                  box};
  }
  const double margin = std::round(size.height * 0.3);
  std::vector<Raster> texts;
  double text_height = 0;
  for (const Row& row : rows) {
    TRY(Raster text, rasterise_row(row, std::max(1.0, size.width - 2 * margin), fonts));
    text_height += text.box.height;
    texts.push_back(std::move(text));
  }
  auto bar = make_bar(size);
  double top = std::round((size.height - text_height) / 2);
  for (const Raster& text : texts) {
    paint_over(*text.picture, {margin, top}, bar.view());
    top += text.box.height;
  }
  const base::PointF origin{0, std::max(0.0, std::floor(box.height) - size.height)};
  return Raster{std::make_shared<const frame::Picture>(std::move(bar), origin), box};
}

}  // namespace layercast::content
