// The part of Renderer that draws masks: what each masked layer is multiplied with.

#include "render/evaluate.h"
#include "render/renderer.h"
#include "render/sampling_plan.h"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace layercast::render {
namespace {

compose::MaskMode mode_of(scene::Mask::Mode mode) {
  return mode == scene::Mask::Mode::kLuma ? compose::MaskMode::kLuma : compose::MaskMode::kAlpha;
}

}  // namespace

// Finds the masks of the layers of the view. A mask that is not in the view is hidden, gone or not
// ready yet.
void Renderer::link_masks() {
  for (LayerState& state : layers_) {
    state.mask_state.reset();
    if (state.mask.empty()) continue;
    const auto found = std::ranges::find(layers_, state.mask, &LayerState::name);
    if (found != layers_.end()) state.mask_state = static_cast<size_t>(found - layers_.begin());
  }
}

// Appends the items of the layer, without its mask.
void Renderer::append_items(LayerState& state, const base::SceneTime& time, Items& items) {
  if (state.items) {
    items.insert(items.end(), state.items->begin(), state.items->end());
    return;
  }
  const auto first = static_cast<ptrdiff_t>(items.size());
  add_items(state, time, items);
  // Items of a frame that is given up may lack their filters.
  if (state.is_still && !limit_.is_over()) state.items.emplace(items.begin() + first, items.end());
}

// Appends the items of the layer as they are drawn.
void Renderer::append_masked(LayerState& state, const base::SceneTime& time, Items& items) {
  if (state.overrun) {
    const bool shows = state.on_error != scene::OnError::kHide && !state.is_mask;
    if (!shows || state.is_error_too_slow) return;
    return add_error_items(state, *state.overrun_picture, time, items);
  }
  if (!state.layer->mask) return append_items(state, time, items);
  if (!state.mask_state) return;  // as in CSS, a mask that shows nothing leaves nothing
  LayerState& mask = layers_[*state.mask_state];
  const auto& error = mask.error ? mask.error : mask.content->error;
  if (error && state.on_error == scene::OnError::kErrorPicture) {
    return add_mask_error(state, *error, time, items);
  }
  const compose::MaskPtr plane = mask_plane(mask, mode_of(state.layer->mask->mode), time);
  if (plane == nullptr) return;
  const size_t first = items.size();
  append_items(state, time, items);
  for (size_t i = first; i < items.size(); ++i) items[i].mask = plane;
}

// What the layer draws, as a mask. Several layers may share the mask, but its items are made once a
// frame: filters and groups replace the parts that they are made of.
const compose::DrawList& Renderer::list_as_mask(LayerState& state, const base::SceneTime& time) {
  if (state.update == update_) return state.as_mask;
  state.update = update_;
  state.as_mask.canvas = list_.canvas;
  state.as_mask.shown = list_.shown;
  state.as_mask.items.clear();  // keeps its memory
  state.is_under_way = true;
  append_masked(state, time, state.as_mask.items);
  state.is_under_way = false;
  return state.as_mask;
}

// What the layer draws, as a mask; the last one while that stays the same. Null if it draws
// nothing.
compose::MaskPtr Renderer::mask_plane(LayerState& state, compose::MaskMode mode,
                                      const base::SceneTime& time) {
  // While contents load, layers of two revisions may need each other.
  if (state.is_under_way) return nullptr;
  DrawnMask& drawn = state.drawn.at(static_cast<size_t>(mode));
  const compose::DrawList& list = list_as_mask(state, time);
  if (drawn.update != update_ && (drawn.plane == nullptr || drawn.list != list)) {
    drawn.plane.reset();
    drawn.plane = mask_maker_.make(list, mode);
    drawn.list = list;
  }
  drawn.update = update_;
  return drawn.list.items.empty() ? nullptr : drawn.plane;
}

// Draws the reason why the mask of the layer cannot be shown in the place of the layer.
void Renderer::add_mask_error(LayerState& state, const base::Error& error,
                              const base::SceneTime& time, Items& items) {
  if (!state.unmaskable) state.unmaskable = view_->rasterizer->error_raster(*state.layer, error);
  add_error_items(state, *state.unmaskable, time, items);
}

// Draws an error picture in the place of the layer.
void Renderer::add_error_items(LayerState& state, const content::Raster& raster,
                               const base::SceneTime& time, Items& items) {
  const content::Part part = part_of(raster);
  const Stage stage{view_->settings.canvas.size, frame_from_canvas_};
  const auto placed = placed_at(state.running(), raster.box, {&part, 1}, time, stage);
  if (!placed) return;
  const LayerSampling sampling = layer_sampling(state.running(), *state.content, time);
  auto item = sampled_item(*state.layer, *placed, part, sampling, *view_->resampled);
  if (item) items.push_back(*std::move(item));
}

}  // namespace layercast::render
