#include "render/renderer.h"

#include "base/cpu_clock.h"
#include "compose/reference.h"
#include "frame/convert.h"
#include "render/evaluate.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <utility>

namespace layercast::render {
namespace {

// Rows composed and converted together: even, so that 4:2:0 chroma has both its rows, and few
// enough that a band of the largest canvas is still in cache when it is converted.
constexpr int kBandRows = 16;

frame::PremulRgba8 background_of(const scene::Canvas& canvas) {
  const base::Color& color = canvas.background;
  return frame::premultiplied({color.red, color.green, color.blue, color.alpha});
}

// The pixels of a frame that show any of the canvas; bars lie around them.
base::RectI shown_of(base::SizeI canvas, const base::Affine& frame_from_canvas) {
  const base::RectF place = base::bounds_of(
      frame_from_canvas,
      {0, 0, static_cast<double>(canvas.width), static_cast<double>(canvas.height)});
  return {static_cast<int>(std::floor(place.left)), static_cast<int>(std::floor(place.top)),
          static_cast<int>(std::ceil(place.right)), static_cast<int>(std::ceil(place.bottom))};
}

// The value whose place an error of this content is told with.
std::string failing_value(const scene::Content& content, const base::Error& error,
                          const scene::SceneFile& file) {
  if (const auto* character = std::get_if<scene::CharacterContent>(&content)) {
    const bool is_texture = character->texture &&
                            error.where == file.resolved(*character->texture) &&
                            error.where != file.resolved(character->source);
    return is_texture ? ".content.texture" : ".content.source";
  }
  const auto* svg = std::get_if<scene::SvgContent>(&content);
  const bool has_source = std::holds_alternative<scene::ImageContent>(content) ||
                          (svg != nullptr && svg->source.has_value());
  return has_source ? ".content.source" : ".content";
}

}  // namespace

Renderer::Renderer(const scene::SceneFile& file, const RenderOptions& options)
    : file_(file),
      size_(options.size.value_or(file.scene.canvas.size)),
      rate_(options.rate.value_or(file.scene.canvas.fps)),
      clock_start_(options.clock_start),
      frame_from_canvas_(frame_from_canvas(file.scene.canvas.size, size_)),
      shown_(shown_of(file.scene.canvas.size, frame_from_canvas_)),
      rasterizer_(file),
      canvas_(size_),
      workers_(options.threads) {
  for (size_t i = 0; i < file.scene.layers.size(); ++i) {
    const scene::Layer& layer = file.scene.layers[i];
    if (!layer.visible) continue;
    LayerState state;
    state.layer = &layer;
    state.file_index = i;
    if (const auto* text = std::get_if<scene::TextContent>(&layer.content)) {
      state.parts = scene::parse_placeholders(text->text).parts;
      state.changes = scene::changes_with_time(state.parts);
    }
    layers_.push_back(std::move(state));
  }
  std::ranges::stable_sort(layers_, {}, [](const LayerState& s) { return s.layer->z_index; });
}

std::vector<ContentFailure> Renderer::prepare(int64_t frame_index) {
  std::vector<ContentFailure> failures;
  const auto font_error = rasterizer_.font_error();
  // Told once, not again for every text.
  if (font_error) failures.push_back({file_.where("fonts"), *font_error});
  for (LayerState& state : layers_) {
    refresh(state, frame_index);
    if (!state.error) continue;
    if (font_error && state.error->to_string() == font_error->to_string()) continue;
    const std::string path = "layers[" + std::to_string(state.file_index) + "]" +
                             failing_value(state.layer->content, *state.error, file_);
    failures.push_back({file_.where(path), *state.error});
  }
  return failures;
}

void Renderer::refresh(LayerState& state, int64_t frame_index) {
  if (state.raster && !state.changes) return;
  std::string text = scene::expanded(state.parts, {frame_index, rate_, clock_start_});
  if (state.raster && text == state.shown_text) return;
  auto raster = rasterizer_.rasterise(*state.layer, text);
  state.shown_text = std::move(text);
  if (raster) {
    state.raster = std::move(raster).value();
    state.error.reset();
  } else {
    state.error = std::move(raster).error();
    state.raster = rasterizer_.error_raster(*state.layer, *state.error);
  }
}

compose::DrawList Renderer::draw_list(int64_t frame_index) {
  base::CpuStopwatch watch;
  for (LayerState& state : layers_) refresh(state, frame_index);
  times_.rasterise += watch.lap();
  compose::DrawList list{size_, background_of(file_.scene.canvas), {}};
  const base::SceneTime time = rate_.time_of(frame_index);
  for (const LayerState& state : layers_) {
    auto item =
        draw_item(*state.layer, *state.raster, time, file_.scene.canvas.size, frame_from_canvas_);
    if (item) list.items.push_back(*std::move(item));
  }
  times_.evaluate += watch.lap();
  return list;
}

void Renderer::render(int64_t frame_index, frame::Frame& target) {
  LAYERCAST_CHECK(frame_index >= 0 && target.size() == size_);
  compose_and_convert(draw_list(frame_index), target);
}

void Renderer::compose_and_convert(const compose::DrawList& list, frame::Frame& target) {
  std::atomic<int64_t> compose_nanos{0};
  std::atomic<int64_t> convert_nanos{0};
  const int bands = (size_.height + kBandRows - 1) / kBandRows;
  workers_.run(bands, [&](int band) {
    const frame::RowRange rows{band * kBandRows, std::min((band + 1) * kBandRows, size_.height)};
    base::CpuStopwatch watch;
    compose::compose_rows(list, rows, canvas_.view());
    clear_bars(list.background, rows);
    compose_nanos += watch.lap();
    frame::convert_rows(std::as_const(canvas_).view(), rows, target);
    convert_nanos += watch.lap();
  });
  times_.compose += compose_nanos;
  times_.convert += convert_nanos;
}

void Renderer::clear_bars(frame::PremulRgba8 background, frame::RowRange rows) {
  for (int y = rows.first; y < rows.last; ++y) {
    frame::PremulRgba8* row = canvas_.view().row(y);
    const bool is_shown = y >= shown_.top && y < shown_.bottom;
    const int left = is_shown ? std::clamp(shown_.left, 0, size_.width) : size_.width;
    const int right = is_shown ? std::clamp(shown_.right, 0, size_.width) : size_.width;
    std::fill(row, row + left, background);
    std::fill(row + right, row + size_.width, background);
  }
}

}  // namespace layercast::render
