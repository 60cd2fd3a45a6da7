#include "scene/live/character.h"

#include <algorithm>
#include <optional>
#include <variant>

namespace layercast::scene {
namespace {

using base::Duration;

// How much of the cross-fade has passed; nullopt while nothing fades.
std::optional<Duration> faded(Duration length, const CharacterRun& run, Duration now) {
  const auto start = run.fade_start ? run.fade_start : run.state_start;
  if (!start || now >= *start + length) return std::nullopt;
  return std::max(Duration{}, now - *start);
}

// Scales `left`, the rest of a fade of `length`, to a fade of length `other`.
Duration passed_already(Duration left, Duration length, Duration other) {
  if (length == other) return left;
  return Duration{
      static_cast<int64_t>(static_cast<double>(left.count()) / static_cast<double>(length.count()) *
                           static_cast<double>(other.count()))};
}

// A character and how long it fades.
struct Fading {
  const CharacterContent& character;
  Duration length;
};

CharacterRun run_in_new_state(const Fading& from, const CharacterRun& run, const Fading& to,
                              Duration layer_start, Duration now) {
  const CharacterContent& before = from.character;
  const CharacterContent& after = to.character;
  const auto passed = faded(from.length, run, now);
  if (passed && after.state == run.state_before) {
    const Duration left = from.length - *passed;
    const Duration back = passed_already(left, from.length, to.length);
    return {before.state, run.state_before_start.value_or(layer_start), run.state_start,
            std::max(Duration{}, now - back)};
  }
  // While two states are visible, the new one fades from the more visible one.
  if (passed && *passed * 2 < from.length) {
    return {run.state_before, now, run.state_before_start, std::nullopt};
  }
  return {before.state, now, run.state_start, std::nullopt};
}

}  // namespace

Duration state_fade(const Layer& layer, const CharacterContent& character) {
  const bool is_set = layer.transition && layer.transition->content > Duration::zero();
  return is_set ? layer.transition->content : character.cross_fade;
}

CharacterRun character_run_after(const RunningLayer& before, const Layer& after, Duration now) {
  const auto* old = std::get_if<CharacterContent>(&before.layer.content);
  const auto* character = std::get_if<CharacterContent>(&after.content);
  if (character == nullptr || old == nullptr) return {};
  if (character->state == old->state) return before.run.character;
  if (!before.run.start) return {};
  return run_in_new_state({*old, state_fade(before.layer, *old)}, before.run.character,
                          {*character, state_fade(after, *character)}, *before.run.start, now);
}

}  // namespace layercast::scene
