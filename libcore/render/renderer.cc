#include "render/renderer.h"

#include "base/check.h"
#include "base/cpu_clock.h"
#include "render/evaluate.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace layercast::render {
namespace {

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
                          std::holds_alternative<scene::VideoContent>(content) ||
                          (svg != nullptr && svg->source.has_value());
  return has_source ? ".content.source" : ".content";
}

}  // namespace

Renderer::Renderer(const scene::SceneFile& file, const RenderOptions& options)
    : file_(file),
      options_(options),
      size_(options.size.value_or(file.scene.canvas.size)),
      rate_(options.rate.value_or(file.scene.canvas.fps)),
      frame_from_canvas_(frame_from_canvas(file.scene.canvas.size, size_)),
      rasterizer_(file) {
  set_format(options.format);
  list_ = {size_,
           background_of(file.scene.canvas),
           {},
           shown_of(file.scene.canvas.size, frame_from_canvas_)};
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
    const bool has_video = std::holds_alternative<scene::VideoContent>(layer.content);
    state.keeps_scale = !state.changes && keeps_its_scale(layer);
    state.is_still = layer.animations.empty() && !state.changes && !has_video;
    layers_.push_back(std::move(state));
  }
  std::ranges::stable_sort(layers_, {}, [](const LayerState& s) { return s.layer->z_index; });
}

void Renderer::set_format(frame::PixelFormat format) {
  if (compositor_ != nullptr && format == options_.format) return;
  options_.format = format;
  compositor_ = std::make_unique<compose::Compositor>(
      compose::CompositorOptions{format, size_, options_.threads, options_.verify});
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
    failures.push_back(failure_of(state));
  }
  failures_.clear();
  return failures;
}

std::vector<ContentFailure> Renderer::take_failures() { return std::exchange(failures_, {}); }

ContentFailure Renderer::failure_of(const LayerState& state) const {
  const std::string path = "layers[" + std::to_string(state.file_index) + "]" +
                           failing_value(state.layer->content, *state.error, file_);
  return {file_.where(path), *state.error};
}

void Renderer::fail(LayerState& state, base::Error error) {
  state.error = std::move(error);
  state.raster = rasterizer_.error_raster(*state.layer, *state.error);
}

void Renderer::refresh(LayerState& state, int64_t frame_index) {
  if (std::holds_alternative<scene::VideoContent>(state.layer->content)) {
    return refresh_video(state, frame_index);
  }
  if (state.raster && !state.changes) {
    ++stats_.cache_hits;
    return;
  }
  std::string text = scene::expanded(state.parts, {frame_index, rate_, options_.clock_start});
  if (state.raster && text == state.shown_text) {
    ++stats_.cache_hits;
    return;
  }
  ++stats_.cache_misses;
  auto raster = rasterizer_.rasterise(*state.layer, text);
  state.shown_text = std::move(text);
  if (!raster) return fail(state, std::move(raster).error());
  state.raster = std::move(raster).value();
  state.error.reset();
}

base::Result<std::unique_ptr<frame::VideoFeed>> Renderer::open_feed(
    const scene::VideoContent& content) const {
  const std::string path = file_.resolved(content.source);
  if (options_.open_feed) return options_.open_feed(content, path);
  return base::Error{base::ErrorCode::kUnsupported, "videos cannot be shown here", path, nullptr};
}

void Renderer::refresh_video(LayerState& state, int64_t frame_index) {
  if (state.error) return;
  if (state.feed == nullptr) {
    auto feed = open_feed(std::get<scene::VideoContent>(state.layer->content));
    if (!feed) return fail(state, std::move(feed).error());
    state.feed = std::move(feed).value();
  }
  auto picture = state.feed->picture_at(rate_.time_of(frame_index));
  if (picture) {
    const bool is_known = picture.value() == state.video;
    ++(is_known ? stats_.cache_hits : stats_.cache_misses);
    state.video = std::move(picture).value();
    return;
  }
  state.video.reset();
  fail(state, std::move(picture).error());
  failures_.push_back(failure_of(state));
}

std::optional<compose::DrawItem> Renderer::item_of(LayerState& state, const base::SceneTime& time) {
  const base::SizeI canvas = file_.scene.canvas.size;
  if (state.video != nullptr) {
    const auto& content = std::get<scene::VideoContent>(state.layer->content);
    return draw_item(*state.layer, {state.video, state.feed->display_size(), content.fit}, time,
                     canvas, frame_from_canvas_);
  }
  auto item = draw_item(*state.layer, *state.raster, time, canvas, frame_from_canvas_);
  if (item && state.keeps_scale) resampled_.apply(*item, state.layer->animations.empty());
  return item;
}

void Renderer::update_draw_list(int64_t frame_index) {
  list_.items.clear();
  const base::SceneTime time = rate_.time_of(frame_index);
  for (LayerState& state : layers_) {
    if (state.is_still && state.item) {
      list_.items.push_back(*state.item);
      continue;
    }
    auto item = item_of(state, time);
    if (!item) continue;
    if (state.is_still) state.item = *item;
    list_.items.push_back(*std::move(item));
  }
}

frame::FramePtr Renderer::render(int64_t frame_index) {
  LAYERCAST_CHECK(frame_index >= 0);
  base::CpuStopwatch watch;
  for (LayerState& state : layers_) refresh(state, frame_index);
  stats_.rasterise_nanoseconds += watch.lap();
  update_draw_list(frame_index);
  stats_.evaluate_nanoseconds += watch.lap();
  return compositor_->compose(list_);
}

RenderStats Renderer::stats() const {
  RenderStats stats = stats_;
  for (const LayerState& state : layers_) {
    if (state.feed != nullptr) stats.decode_nanoseconds += state.feed->decode_nanoseconds();
  }
  return stats;
}

}  // namespace layercast::render
