#include "render/sampling_plan.h"

#include "content/picture/detail.h"
#include "content/picture/fit.h"
#include "frame/any_picture.h"
#include "scene/live/showing.h"

#include <algorithm>
#include <cmath>
#include <variant>

namespace layercast::render {
namespace {

bool is_within_limits(const PlacedPicture& picture) {
  const base::Affine& map = picture.frame_from_picture;
  return content::check_picture_size({picture.size.width * map.xx, picture.size.height * map.yy})
      .ok();
}

// Moves an item that is neither scaled nor rotated, and its clip, to the nearest pixel boundary.
void move_to_nearest_pixels(compose::DrawItem& item) {
  base::Affine& map = item.canvas_from_picture;
  const base::PointF place{std::floor(map.x0 + 0.5), std::floor(map.y0 + 0.5)};
  if (item.clip) {
    base::Affine& clip = item.clip->canvas_from_box;
    clip = base::translation(place.x - map.x0, place.y - map.y0) * clip;
  }
  map.x0 = place.x;
  map.y0 = place.y;
}

}  // namespace

Alignment alignment_of(const base::Affine& map) {
  if (compose::is_whole_translation(map)) return Alignment::kAligned;
  const bool is_upright = map.xy == 0 && map.yx == 0 && map.xx > 0 && map.yy > 0;
  if (!is_upright) return Alignment::kTurned;
  return map.xx == 1 && map.yy == 1 ? Alignment::kShifted : Alignment::kScaled;
}

bool keeps_its_scale(const scene::RunningLayer& running, const base::SceneTime& time) {
  const scene::Layer& layer = running.layer;
  const auto leaves_it = [](const scene::Animation& animation) {
    return std::holds_alternative<scene::FadeEffect>(animation.effect) ||
           std::holds_alternative<scene::SlideEffect>(animation.effect) ||
           std::holds_alternative<scene::VolumeEffect>(animation.effect);
  };
  const bool keeps =
      layer.transform.rotation == 0 && std::ranges::all_of(layer.animations, leaves_it);
  if (!keeps || scene::is_settled(running, time)) return keeps;
  const scene::Transform shown = scene::pose_at(running, time).transform;
  return shown.rotation == 0 && shown.scale == layer.transform.scale &&
         std::ranges::all_of(layer.enter, leaves_it) && std::ranges::all_of(layer.exit, leaves_it);
}

LayerSampling layer_sampling(const scene::RunningLayer& running, const LayerContent& content,
                             const base::SceneTime& time) {
  const scene::Layer& layer = running.layer;
  const bool stays = std::ranges::all_of(layer.animations, content::keeps_place) &&
                     scene::is_settled(running, time);
  const bool is_constant = content.is_one_picture() && keeps_its_scale(running, time);
  return {stays, is_constant, std::holds_alternative<scene::TextContent>(layer.content)};
}

SamplingPlan sampling_plan(const PlacedPicture& own, const PlacedPicture* finer,
                           const LayerSampling& layer) {
  const bool is_finer =
      finer != nullptr && alignment_of(own.frame_from_picture) != Alignment::kAligned;
  const PlacedPicture& shown = is_finer ? *finer : own;
  const auto by = [is_finer](Sampling sampling) {
    return SamplingPlan{is_finer ? SourcePicture::kFiner : SourcePicture::kOwn, sampling};
  };
  switch (alignment_of(shown.frame_from_picture)) {
    case Alignment::kAligned:
      return by(Sampling::kNative);
    case Alignment::kShifted:
      // Letters at a fractional position would be blurred.
      return by(layer.is_text && layer.stays ? Sampling::kSnapped : Sampling::kPerFrame);
    case Alignment::kScaled: {
      const bool pays = layer.is_constant && (layer.stays || !is_finer) && !shown.is_video;
      return by(pays && is_within_limits(shown) ? Sampling::kResampled : Sampling::kPerFrame);
    }
    case Alignment::kTurned:
      break;
  }
  return by(Sampling::kPerFrame);
}

std::optional<compose::DrawItem> sampled_item(const scene::Layer& layer, const PlacedLayer& placed,
                                              const content::Part& part,
                                              const LayerSampling& sampling,
                                              ResampledPictures& resampled) {
  auto item = draw_item(layer, placed, part);
  if (!item) return std::nullopt;
  const bool is_video = !std::holds_alternative<frame::PicturePtr>(part.picture);
  const PlacedPicture own{frame::size_of(part.picture), item->canvas_from_picture, is_video};
  PlacedPicture finer;
  if (part.finer != nullptr) {
    finer = {part.finer->size(), on_whole_pixels(placed.frame_from_box * part.box_from_finer)};
  }
  const SamplingPlan plan = sampling_plan(own, part.finer == nullptr ? nullptr : &finer, sampling);
  if (plan.picture == SourcePicture::kFiner) {
    item->source = part.finer;
    item->canvas_from_picture = finer.frame_from_picture;
  }
  switch (plan.sampling) {
    case Sampling::kNative:
    case Sampling::kPerFrame:
      break;
    case Sampling::kSnapped:
      move_to_nearest_pixels(*item);
      break;
    case Sampling::kResampled:
      resampled.apply(*item, sampling.stays);
      break;
  }
  return item;
}

}  // namespace layercast::render
