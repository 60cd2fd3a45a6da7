#include "render/scrolled.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>
#include <variant>

namespace layercast::render {
namespace {

using scene::Direction;

// The maximum number of copies of a moving content.
constexpr double kCopiesMax = 256;

// The position of a content that starts at 0 after it has moved by `distance`. If it lies before
// the beginning of the box, a copy follows `period` later.
double place_of(Direction direction, double distance, double period) {
  const bool is_back = direction == Direction::kLeft || direction == Direction::kUp;
  return is_back ? -distance : distance - period;
}

bool is_across(Direction direction) {
  return direction == Direction::kLeft || direction == Direction::kRight;
}

base::Affine along(Direction direction, double place) {
  return is_across(direction) ? base::translation(place, 0) : base::translation(0, place);
}

// Cuts the part to the box, with the soft edges of the scroll.
void cut(content::Part& part, const scene::ScrollEffect& effect) {
  part.is_cut_to_box = true;
  part.fade = is_across(effect.direction) ? base::SizeF{effect.fade_edges, 0}
                                          : base::SizeF{0, effect.fade_edges};
}

}  // namespace

namespace {

// The scroll of a layer, and when it began.
struct RunningScroll {
  const scene::Animation* animation = nullptr;  ///< null: the layer does not scroll
  base::Duration start{};
};
RunningScroll scroll_of(const scene::RunningLayer& layer) {
  const auto place = scene::scroll_place(layer.layer.animations);
  if (!place) return {};
  const base::Duration layer_start = layer.run.start.value_or(base::Duration{});
  return {&layer.layer.animations[*place],
          scene::start_of(layer.run.animations, *place).value_or(layer_start)};
}

}  // namespace

double scrolled_by(const scene::Animation& scroll, double period, const base::SceneTime& time,
                   base::Duration start) {
  const auto& speed = std::get<scene::ScrollEffect>(scroll.effect).speed;
  if (!speed) {
    const double progress = scene::progress_at(scroll.timing, time, start).value_or(0);
    return (progress - std::floor(progress)) * period;
  }
  const base::SceneTime passed = time.since(start + scroll.timing.delay);
  if (passed.numerator <= 0) return 0;
  // Whole seconds are multiplied separately: that product is practically exact for years.
  const auto seconds = static_cast<double>(passed.numerator / passed.denominator);
  const double part = static_cast<double>(passed.numerator % passed.denominator) /
                      static_cast<double>(passed.denominator);
  return std::fmod(std::fmod(seconds * *speed, period) + part * *speed, period);
}

void scroll(const scene::RunningLayer& layer, const content::Raster& raster,
            const base::SceneTime& time, content::Part& part) {
  const auto [scroll, start] = scroll_of(layer);
  if (scroll == nullptr || raster.repeats_after == 0) return;
  const double period = raster.repeats_after;
  const double distance = scrolled_by(*scroll, period, time, start);
  const auto& effect = std::get<scene::ScrollEffect>(scroll->effect);
  part.box_from_picture =
      along(effect.direction, place_of(effect.direction, distance, period)) * part.box_from_picture;
  cut(part, effect);
}

void scroll(const scene::RunningLayer& layer, base::SizeF box, const base::SceneTime& time,
            std::vector<content::Part>& parts) {
  const auto [scroll, start] = scroll_of(layer);
  if (scroll == nullptr) return;
  const auto& effect = std::get<scene::ScrollEffect>(scroll->effect);
  const double length = is_across(effect.direction) ? box.width : box.height;
  const double period =
      std::ceil(std::max({1.0, length + effect.gap, std::ceil(length / kCopiesMax)}));
  const double distance = std::floor(scrolled_by(*scroll, period, time, start));
  const size_t count = parts.size();
  for (size_t i = 0; i < count; ++i) cut(parts[i], effect);
  double place = place_of(effect.direction, distance, period);
  for (double next = place + period; next < length; next += period) {
    for (size_t i = 0; i < count; ++i) {
      content::Part copy = parts[i];
      copy.box_from_picture = along(effect.direction, next) * copy.box_from_picture;
      parts.push_back(std::move(copy));
    }
  }
  const base::Affine first = along(effect.direction, place);
  for (size_t i = 0; i < count; ++i) parts[i].box_from_picture = first * parts[i].box_from_picture;
}

}  // namespace layercast::render
