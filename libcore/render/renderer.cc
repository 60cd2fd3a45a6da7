#include "render/renderer.h"

#include "base/check.h"
#include "base/cpu_clock.h"
#include "render/evaluate.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <variant>

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

// All layers that can be seen, from far to near; their contents are yet to be made.
std::vector<ShownLayer> visible_layers(const std::shared_ptr<const scene::SceneFile>& file) {
  std::vector<ShownLayer> shown;
  for (size_t i = 0; i < file->scene.layers.size(); ++i) {
    const scene::Layer& layer = file->scene.layers[i];
    if (layer.visible) shown.push_back({{file, &layer}, i, nullptr});
  }
  std::ranges::stable_sort(shown, {}, [](const ShownLayer& s) { return s.layer->z_index; });
  return shown;
}

// A file that somebody else owns, as a view wants it.
std::shared_ptr<const scene::SceneFile> borrowed(const scene::SceneFile& file) {
  return {std::shared_ptr<const void>(), &file};
}

// The stream time at which the layer's content begins.
base::Duration start_of(const scene::Layer& layer) {
  return layer.start.value_or(base::Duration{});
}

bool is_video(const scene::Layer& layer) {
  return std::holds_alternative<scene::VideoContent>(layer.content);
}

SceneViewPtr view_of_file(const scene::SceneFile& file) {
  auto view = std::make_shared<SceneView>();
  view->file = borrowed(file);
  view->resampled = std::make_shared<ResampledPictures>();
  return view;
}

}  // namespace

Renderer::Renderer(SceneViewPtr view, const RenderOptions& options)
    : options_(options),
      size_(options.size.value_or(view->file->scene.canvas.size)),
      rate_(options.rate.value_or(view->file->scene.canvas.fps)),
      frame_from_canvas_(frame_from_canvas(view->file->scene.canvas.size, size_)) {
  set_format(options.format);
  show(std::move(view));
}

Renderer::Renderer(const scene::SceneFile& file, const RenderOptions& options)
    : Renderer(view_of_file(file), options) {
  maker_ = std::make_unique<ContentMaker>(view_->file, options_.open_feed);
}

void Renderer::set_format(frame::PixelFormat format) {
  if (compositor_ != nullptr && format == options_.format) return;
  options_.format = format;
  compositor_ = std::make_unique<compose::Compositor>(
      compose::CompositorOptions{format, size_, options_.threads, options_.verify});
}

std::vector<ContentFailure> Renderer::prepare(int64_t frame_index) {
  LAYERCAST_CHECK(maker_ != nullptr);
  auto view = std::make_shared<SceneView>(*view_);
  view->layers = visible_layers(view->file);
  std::vector<ContentFailure> failures;
  const auto font_error = maker_->rasterizer().font_error();
  // Told once, not again for every text.
  if (font_error) failures.push_back({view->file->where("fonts"), "", *font_error});
  for (ShownLayer& shown : view->layers) {
    shown.content = maker_->make(*shown.layer, {frame_index, rate_, options_.clock_start});
    if (shown.content->feed == nullptr) ++stats_.cache_misses;
  }
  // The maker's own: nothing is made by it any more.
  view->rasterizer = {std::shared_ptr<void>(), &maker_->rasterizer()};
  show(std::move(view));
  for (LayerState& state : layers_) {
    refresh(state, frame_index);
    const auto& error = state.error ? state.error : state.content->error;
    if (!error || (font_error && error->to_string() == font_error->to_string())) continue;
    failures.push_back(failure_of(state, *error));
  }
  failures_.clear();
  return failures;
}

std::vector<ContentFailure> Renderer::take_failures() { return std::exchange(failures_, {}); }

ContentFailure Renderer::failure_of(const LayerState& state, const base::Error& error) const {
  const std::string path = "layers[" + std::to_string(state.index) + "]" +
                           failing_value(state.layer->content, error, *view_->file);
  return {view_->file->where(path), state.layer->id, error};
}

Renderer::LayerState Renderer::state_of(const ShownLayer& shown) const {
  LayerState state;
  state.layer = shown.layer;
  state.index = shown.index;
  state.content = shown.content;
  const bool changes = shown.content->changes;
  state.keeps_scale = !changes && keeps_its_scale(*shown.layer);
  state.is_still = shown.layer->animations.empty() && !changes && !is_video(*shown.layer);
  return state;
}

// A content that is shown on goes on as it is, wherever its layer is now.
void Renderer::take_over(LayerState& before, LayerState& state) const {
  state.text = std::move(before.text);
  state.raster = std::move(before.raster);
  state.video = std::move(before.video);
  state.error = std::move(before.error);
  const bool is_same = before.layer == state.layer || *before.layer == *state.layer;
  if (is_same && state.is_still) state.item = std::move(before.item);
}

void Renderer::show(SceneViewPtr view) {
  std::vector<LayerState> layers;
  layers.reserve(view->layers.size());
  for (const ShownLayer& shown : view->layers) {
    layers.push_back(state_of(shown));
    const auto before = std::ranges::find(layers_, shown.content, &LayerState::content);
    if (before != layers_.end()) take_over(*before, layers.back());
  }
  layers_ = std::move(layers);
  view_ = std::move(view);
  const scene::Canvas& canvas = view_->file->scene.canvas;
  list_ = {size_, background_of(canvas), {}, shown_of(canvas.size, frame_from_canvas_)};
}

void Renderer::refresh(LayerState& state, int64_t frame_index) {
  if (state.content->feed != nullptr) return refresh_video(state, frame_index);
  if (!state.content->changes) {
    ++stats_.cache_hits;
    return;
  }
  std::string text =
      scene::expanded(state.content->parts, {frame_index, rate_, options_.clock_start});
  if (text == (state.raster ? state.text : state.content->text)) {
    ++stats_.cache_hits;
    return;
  }
  ++stats_.cache_misses;
  auto raster = view_->rasterizer->rasterise(*state.layer, text);
  state.text = std::move(text);
  state.raster = raster ? std::move(raster).value()
                        : view_->rasterizer->error_raster(*state.layer, raster.error());
}

void Renderer::refresh_video(LayerState& state, int64_t frame_index) {
  if (state.error) return;
  const base::SceneTime time = rate_.time_of(frame_index).since(start_of(*state.layer));
  frame::VideoFeed& feed = *state.content->feed;
  auto picture =
      options_.patience == Patience::kWaits ? feed.picture_at(time) : feed.newest_at(time);
  if (picture) {
    const bool is_known = picture.value() == nullptr || picture.value() == state.video;
    ++(is_known ? stats_.cache_hits : stats_.cache_misses);
    if (picture.value() != nullptr) state.video = std::move(picture).value();
    return;
  }
  state.video.reset();
  state.error = std::move(picture).error();
  state.raster = view_->rasterizer->error_raster(*state.layer, *state.error);
  failures_.push_back(failure_of(state, *state.error));
}

std::optional<compose::DrawItem> Renderer::item_of(LayerState& state, const base::SceneTime& time) {
  const base::SizeI canvas = view_->file->scene.canvas.size;
  if (state.video != nullptr) {
    const auto& content = std::get<scene::VideoContent>(state.layer->content);
    const base::SizeF size = state.content->feed->display_size();
    return draw_item(*state.layer, {state.video, size, content.fit}, time, canvas,
                     frame_from_canvas_);
  }
  const auto& raster = state.raster ? state.raster : state.content->raster;
  if (!raster) return std::nullopt;  // a video of which nothing is decoded yet
  auto item = draw_item(*state.layer, *raster, time, canvas, frame_from_canvas_);
  if (item && state.keeps_scale) view_->resampled->apply(*item, state.layer->animations.empty());
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
  if (maker_ != nullptr && view_->rasterizer == nullptr) {
    failures_ = prepare(frame_index);
  } else {
    for (LayerState& state : layers_) refresh(state, frame_index);
  }
  stats_.rasterise_nanoseconds += watch.lap();
  update_draw_list(frame_index);
  stats_.evaluate_nanoseconds += watch.lap();
  return compositor_->compose(list_);
}

RenderStats Renderer::stats() const {
  RenderStats stats = stats_;
  for (const LayerState& state : layers_) {
    if (state.content->feed != nullptr) {
      stats.decode_nanoseconds += state.content->feed->decode_nanoseconds();
    }
  }
  return stats;
}

}  // namespace layercast::render
