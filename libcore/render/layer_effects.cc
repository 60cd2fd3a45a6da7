#include "render/layer_effects.h"

#include "content/filter/filter_color.h"
#include "content/filter/filters.h"
#include "render/evaluate.h"
#include "scene/eval/animated_filters.h"
#include "scene/eval/animated_size.h"
#include "scene/live/showing.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <variant>

namespace layercast::render {
namespace {

// Whether the part can be filtered directly: an upright, unclipped picture.
bool is_flat(const content::Part& part) {
  const base::Affine& map = part.box_from_picture;
  const bool is_upright = map.xx > 0 && map.yy > 0 && map.xy == 0 && map.yx == 0;
  return is_upright && part.opacity == 1 && !part.is_cut_to_box &&
         std::holds_alternative<frame::PicturePtr>(part.picture);
}

bool is_of_colors(const std::vector<scene::Filter>& filters) {
  return std::ranges::all_of(filters, [](const scene::Filter& filter) {
    return std::holds_alternative<scene::ColorFilter>(filter);
  });
}

// Whether the filters need the scrolled content as input.
bool sees_scrolling(const scene::Layer& layer) {
  return scene::scroll_of(layer.animations) != nullptr && !is_of_colors(layer.filters);
}

}  // namespace

bool animates_filters(const scene::Layer& layer) {
  return scene::holds_filters(layer.animations) || scene::holds_filters(layer.enter) ||
         scene::holds_filters(layer.exit);
}

const std::vector<scene::Filter>& lasting_filters(const scene::Layer& layer) {
  static const std::vector<scene::Filter> kNone;
  const bool changes =
      animates_filters(layer) || sees_scrolling(layer) || scene::animates_size(layer);
  return changes ? kNone : layer.filters;
}

std::optional<scene::Clip> lasting_clip(const scene::Layer& layer) {
  const bool comes_first = layer.clip && layer.clip->order == scene::Clip::Order::kBeforeFilters;
  return comes_first && !is_of_colors(lasting_filters(layer)) ? layer.clip : std::nullopt;
}

void LayerEffects::update_filters(const scene::RunningLayer& layer, const base::SceneTime& time) {
  if (layer.run.transition && layer.run.transition->filters_start) {
    now_ = scene::filters_at(layer, time);
  } else {
    now_ = layer.layer.filters;  // reuses its memory
  }
  scene::replace_filters(layer, time, now_);
  std::erase_if(now_, scene::does_nothing);
  last_colors_.clear();
  while (!now_.empty() && std::holds_alternative<scene::ColorFilter>(now_.back())) {
    last_colors_.push_back(std::get<scene::ColorFilter>(now_.back()));
    now_.pop_back();
  }
  std::ranges::reverse(last_colors_);
  if (last_colors_ == colors_) return;
  colors_ = last_colors_;
  recoloring_.reset();
  if (colors_.empty()) return;
  recoloring_ = std::make_shared<const frame::Recoloring>(content::recoloring(colors_));
}

base::Result<void> LayerEffects::flatten(base::SizeF box, const std::optional<scene::Clip>& clip,
                                         const std::vector<content::Part>& parts) {
  if (flat_ && sources_ == parts && clip_ == clip) return {};
  filtered_.reset();
  flat_.reset();
  if (parts.size() == 1 && is_flat(parts.front())) {
    flat_ = parts.front();
  } else {
    TRY(flat_, flattened(parts, box));
  }
  if (clip) {
    flat_->picture = clipped(std::get<frame::PicturePtr>(flat_->picture),
                             base::inverse(flat_->box_from_picture), box, clip->radius, false);
    flat_->finer = nullptr;
  }
  sources_ = parts;
  clip_ = clip;
  return {};
}

base::Result<void> LayerEffects::filter(const base::TimeLimit& limit) {
  if (filtered_ && filters_ == now_) return {};
  const auto& source = std::get<frame::PicturePtr>(flat_->picture);
  content::Part part = *flat_;
  const base::SizeF scale{1 / part.box_from_picture.xx, 1 / part.box_from_picture.yy};
  TRY(const auto picture, content::filtered(source, now_, scale, limit));
  part.picture = picture;
  part.finer = nullptr;
  part.box_from_picture =
      part.box_from_picture * base::translation(picture->origin().x - source->origin().x,
                                                picture->origin().y - source->origin().y);
  filtered_ = std::move(part);
  filters_ = now_;
  return {};
}

base::Result<void> LayerEffects::apply(const scene::RunningLayer& layer,
                                       const base::SceneTime& time, base::SizeF box,
                                       const std::optional<scene::Clip>& clip,
                                       std::vector<content::Part>& parts,
                                       const base::TimeLimit& limit) {
  update_filters(layer, time);
  has_clipped_ = false;
  const bool is_drawn_so = now_.empty() && (recoloring_ == nullptr || parts.size() == 1);
  if (parts.empty() || is_drawn_so) return {};
  // Colour filters alone give the same before and after the clip.
  const bool is_first = clip && clip->order == scene::Clip::Order::kBeforeFilters && !now_.empty();
  TRY_DO(flatten(box, is_first ? clip : std::nullopt, parts));
  has_clipped_ = is_first;
  if (!now_.empty()) TRY_DO(filter(limit));
  parts.assign(1, now_.empty() ? *flat_ : *filtered_);
  return {};
}

}  // namespace layercast::render
