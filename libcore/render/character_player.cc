#include "render/character_player.h"

#include "render/evaluate.h"
#include "render/mixed_picture.h"

#include <algorithm>

namespace layercast::render {

using content::Part;

base::Result<std::optional<Part>> CharacterPlayer::show(const base::SceneTime& time,
                                                        frame::Patience patience) {
  if (still_) return std::optional(part_of(*still_));
  parts_.clear();
  TRY_DO(moving_->show(time, patience, parts_));
  if (parts_.empty()) return std::optional<Part>();
  if (parts_.size() > 1) {
    TRY(const Part whole, flattened(parts_, moving_->box()));
    parts_.assign(1, whole);
  }
  if (texture_) TRY_DO(put_texture_on(parts_.front()));
  return std::optional(parts_.front());
}

// The result for a repeated picture is reused.
base::Result<void> CharacterPlayer::put_texture_on(Part& part) {
  if (!textured_ || part != plain_) {
    TRY(const content::Raster flat, drawn(part, moving_->box()));
    TRY(const content::Raster done, texture_->over(flat));
    plain_ = part;
    textured_ = part_of(done);
  }
  part = *textured_;
  return {};
}

base::Result<void> CrossFade::show(const Side& before, const Side& now, uint8_t weight,
                                   frame::Patience patience, std::vector<Part>& parts) {
  std::optional<Part> front;
  std::optional<Part> back;
  if (weight > 0) {
    TRY(front, now.player->show(now.time, patience));
  }
  if (weight < 255) {
    TRY(back, before.player->show(before.time, patience));
  }
  if (front && back) {
    TRY(const Part faded, mixed_parts(*back, *front, weight));
    parts.push_back(faded);
  } else if (front || back) {
    parts.push_back(front ? *front : *back);
  }
  return {};
}

// The result for equal pictures and weights is reused.
base::Result<Part> CrossFade::mixed_parts(const Part& before, const Part& now, uint8_t weight) {
  if (!mix_ || mix_->before != before || mix_->now != now || mix_->weight != weight) {
    TRY(const content::Raster from, drawn(before, box_));
    TRY(const content::Raster to, drawn(now, box_));
    mix_ = {before, now, weight, part_of(mixed(from, to, weight))};
  }
  return mix_->part;
}

uint8_t fade_weight(base::Duration passed, base::Duration length) {
  const int64_t whole = length.count();
  const int64_t done = std::clamp<int64_t>(passed.count(), 0, whole);
  return static_cast<uint8_t>((done * 255 + whole / 2) / whole);
}

}  // namespace layercast::render
