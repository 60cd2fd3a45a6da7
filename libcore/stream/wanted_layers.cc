#include "stream/wanted_layers.h"

#include "base/redaction.h"
#include "content/picture/detail.h"
#include "render/layer_effects.h"
#include "render/mask_layer.h"
#include "scene/eval/resolved.h"
#include "scene/live/showing.h"
#include "scene/model/content_comparison.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <variant>

namespace layercast::stream {
namespace {

bool is_chat(const scene::Layer& layer) {
  return std::holds_alternative<scene::ChatContent>(layer.content);
}

// Whether the layer plays a video, which decodes from one time to the next.
bool plays_video(const scene::Layer& layer) {
  const auto is_video = [](const auto& animation) {
    return std::holds_alternative<scene::VideoContent>(animation);
  };
  const auto* character = std::get_if<scene::CharacterContent>(&layer.content);
  if (character == nullptr) return std::holds_alternative<scene::VideoContent>(layer.content);
  const auto* source = std::get_if<scene::AnimatedContent>(&character->source);
  return (source != nullptr && is_video(*source)) ||
         std::ranges::any_of(character->animations,
                             [&](const auto& each) { return is_video(each.content); });
}

// Whether the pictures of the layer depend on a sound at each time of the stream.
bool follows_sound(const scene::Layer& layer) {
  const auto* character = std::get_if<scene::CharacterContent>(&layer.content);
  return std::holds_alternative<scene::MeterContent>(layer.content) ||
         (character != nullptr && character->talking);
}

// Whether the pictures of the layer depend on its run state otherwise than by the time since its
// start, or are decoded from its start on: a video that starts again is decoded aside until its
// first picture is there.
bool has_timed_parts(const SharedLayer& shared) {
  return is_chat(*shared.layer) || shared.run->character.state_start ||
         plays_video(*shared.layer) || follows_sound(*shared.layer);
}

// Whether contents made for `a` have the same times as those of `b`.
bool same_times(const SharedLayer& a, const SharedLayer& b) {
  if (!has_timed_parts(a) && !has_timed_parts(b)) return true;
  return a.run == b.run || (a.run->start == b.run->start && a.run->messages == b.run->messages &&
                            a.run->character == b.run->character);
}

// Whether the pictures of both repeat in the same way, regardless of their scroll speed.
bool same_scroll(const scene::Layer& a, const scene::Layer& b) {
  const scene::Animation* one = scene::scroll_of(a.animations);
  const scene::Animation* other = scene::scroll_of(b.animations);
  if (one == nullptr || other == nullptr) return one == other;
  const auto& effect = std::get<scene::ScrollEffect>(one->effect);
  const auto& other_effect = std::get<scene::ScrollEffect>(other->effect);
  return effect.direction == other_effect.direction && effect.gap == other_effect.gap &&
         (effect.fade_edges > 0) == (other_effect.fade_edges > 0);
}

// How well `mask`, which has the id of the mask layer of `layer`, fits: the greater, the better;
// nullopt: it is another layer with that id.
std::optional<std::pair<int, base::Duration>> fit_of_mask(const Wanted& layer, const Wanted& mask) {
  const scene::LayerRun& run = *mask.shared.run;
  if (mask.exits && !mask.is_mask) return std::nullopt;
  if (!layer.exits) return std::pair(mask.exits ? 1 : 3, run.exit_start.value_or(base::Duration{}));
  const base::Duration since = *layer.shared.run->exit_start;
  if (!mask.exits) {
    // One that began later is new.
    const auto begun = run.shown_since ? run.shown_since : run.start;
    if (begun.value_or(since) > since) return std::nullopt;
    return std::pair(2, base::Duration{});
  }
  // The first one that left since then was the mask, else the last one before.
  const bool left_since = *run.exit_start >= since;
  return std::pair(left_since ? 3 : 1, left_since ? -*run.exit_start : *run.exit_start);
}

}  // namespace

std::vector<Wanted> layers_of(const scene::LiveState& state, base::Duration now) {
  std::vector<Wanted> wanted;
  const base::SizeI canvas = state.scene.canvas.size;
  const auto add = [&](std::string name, const base::Shared<scene::Layer>& layer,
                       const base::Shared<scene::LayerRun>& run, size_t place, bool exits,
                       bool is_mask) {
    const SharedLayer shared{scene::resolved(layer, canvas), scene::resolved(run, canvas)};
    if (layer->mask && layer->mask->source) {
      scene::Layer mask = render::mask_layer_of(*shared.layer, canvas);
      mask.visible = !scene::is_gone(shared.running(), now);
      wanted.push_back({render::mask_name(name),
                        {base::Shared<scene::Layer>(std::move(mask)),
                         base::Shared<scene::LayerRun>(scene::LayerRun{})},
                        place,
                        exits,
                        true});
    }
    wanted.push_back({std::move(name), shared, place, exits, is_mask});
  };
  const auto& all_exiting = state.run.exiting;
  auto exiting = all_exiting.begin();
  const auto& layers = state.scene.layers;
  for (size_t i = 0; i <= layers.size(); ++i) {
    for (; exiting != all_exiting.end() && (exiting->place <= i || i == layers.size()); ++exiting) {
      if (scene::is_gone({*exiting->layer, *exiting->run}, now)) continue;
      // A new layer may have the same id.
      const auto since = exiting->run->exit_start->count();
      add(exiting->layer->id + "@" + std::to_string(since), exiting->layer, exiting->run, i, true,
          exiting->is_mask);
    }
    if (i < layers.size()) {
      add(layers[i]->id, layers[i], state.run.layers.of(layers[i]->id), i, false, false);
    }
  }
  return wanted;
}

std::string mask_of(const std::vector<Wanted>& wanted, const Wanted& layer,
                    const scene::Layer& look) {
  if (!look.mask) return {};
  if (look.mask->source) return render::mask_name(layer.name);
  std::string name = *look.mask->layer + "@";  // of no layer: its mask shows nothing
  std::optional<std::pair<int, base::Duration>> best;
  for (const Wanted& each : wanted) {
    if (each.shared.layer->id != *look.mask->layer) continue;
    const auto fit = fit_of_mask(layer, each);
    if (!fit || (best && *fit <= *best)) continue;
    best = fit;
    name = each.name;
  }
  return name;
}

bool same_content(const SharedLayer& one, const SharedLayer& other) {
  if (!same_times(one, other)) return false;
  if (one.layer.pointer() == other.layer.pointer()) return true;
  const scene::Layer& a = *one.layer;
  const scene::Layer& b = *other.layer;
  return a.type == b.type && a.size == b.size && scene::shows_the_same(a.content, b.content) &&
         same_scroll(a, b) && content::detail_of(a) == content::detail_of(b);
}

bool same_job(const SharedLayer& a, const SharedLayer& b) {
  const auto same_look = [](const scene::Layer& one, const scene::Layer& other) {
    return render::lasting_filters(one) == render::lasting_filters(other) &&
           render::lasting_clip(one) == render::lasting_clip(other);
  };
  return same_content(a, b) && (is_video(*a.layer) || same_look(*a.layer, *b.layer));
}

bool has_filters_of(const render::LayerContent& content, const SharedLayer& shared) {
  const auto& transition = shared.run->transition;
  const bool in_transition = transition && transition->filters_start;
  const bool is_plain = (content.plain || content.filters.empty()) &&
                        (!content.clip || content.clip == shared.layer->clip);
  return !content.is_one_picture() || (in_transition && is_plain) ||
         (content.filters == render::lasting_filters(*shared.layer) &&
          content.clip == render::lasting_clip(*shared.layer));
}

SharedLayer with_content_of(const SharedLayer& layer, const SharedLayer& kept) {
  scene::Layer merged = *layer.layer;
  merged.type = kept.layer->type;
  merged.size = kept.layer->size;
  merged.content = kept.layer->content;
  merged.filters = kept.layer->filters;
  scene::LayerRun run = *layer.run;
  // Its entrance stays where it is.
  if (!run.shown_since) run.shown_since = run.start;
  run.start = kept.run->start;
  run.character = kept.run->character;
  run.messages = kept.run->messages;
  return {base::Shared<scene::Layer>(std::move(merged)),
          base::Shared<scene::LayerRun>(std::move(run))};
}

bool reads_pictures_from_web(const scene::Layer& layer) {
  const auto* image = std::get_if<scene::ImageContent>(&layer.content);
  const auto* svg = std::get_if<scene::SvgContent>(&layer.content);
  const auto* gif = std::get_if<scene::GifContent>(&layer.content);
  if (image != nullptr) return base::is_web_url(image->source);
  if (svg != nullptr) return svg->source && base::is_web_url(*svg->source);
  if (gif != nullptr) return base::is_web_url(gif->source);
  const auto* character = std::get_if<scene::CharacterContent>(&layer.content);
  if (character == nullptr) return false;
  const auto is_web_gif = [&](const scene::AnimatedContent& content) {
    const auto* part = std::get_if<scene::GifContent>(&content);
    return part != nullptr && base::is_web_url(part->source);
  };
  const auto* source = std::get_if<scene::AnimatedContent>(&character->source);
  return (source != nullptr && is_web_gif(*source)) ||
         std::ranges::any_of(character->animations,
                             [&](const auto& each) { return is_web_gif(each.content); });
}

bool is_video(const scene::Layer& layer) {
  return std::holds_alternative<scene::VideoContent>(layer.content);
}

bool is_quick(const scene::Layer& layer) {
  const auto& content = layer.content;
  const bool is_drawn = std::holds_alternative<scene::TextContent>(content) ||
                        std::holds_alternative<scene::ShapeContent>(content) ||
                        std::holds_alternative<scene::ColorContent>(content);
  return (is_drawn && render::lasting_filters(layer).empty()) || is_chat(layer) ||
         std::holds_alternative<scene::MeterContent>(content);
}

bool is_change_of_state(const scene::Layer& a, const scene::Layer& b) {
  const auto* before = std::get_if<scene::CharacterContent>(&a.content);
  const auto* after = std::get_if<scene::CharacterContent>(&b.content);
  if (before == nullptr || after == nullptr || a.size != b.size) return false;
  const auto is_video = [](const scene::CharacterAnimation& animation) {
    return std::holds_alternative<scene::VideoContent>(animation.content);
  };
  const auto* source = std::get_if<scene::AnimatedContent>(&after->source);
  const bool has_video =
      std::ranges::any_of(after->animations, is_video) ||
      (source != nullptr && std::holds_alternative<scene::VideoContent>(*source));
  return !has_video && before->source == after->source && before->texture == after->texture &&
         before->animations == after->animations;
}

}  // namespace layercast::stream
