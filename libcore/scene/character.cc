#include "scene/character.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace layercast::scene {
namespace {

using base::Duration;

// What the live daemon keeps of a character.
struct Stamps {
  std::optional<std::string> before;
  std::optional<Duration> start;
  std::optional<Duration> before_start;
  std::optional<Duration> fade_start;
  bool operator==(const Stamps&) const = default;
};

Stamps stamps_of(const CharacterContent& character) {
  return {character.state_before, character.state_start, character.state_before_start,
          character.fade_start};
}

void set_stamps(CharacterContent& character, Stamps stamps) {
  character.state_before = std::move(stamps.before);
  character.state_start = stamps.start;
  character.state_before_start = stamps.before_start;
  character.fade_start = stamps.fade_start;
}

// How much of its cross-fade has passed; absent: it is not fading.
std::optional<Duration> faded(const CharacterContent& character, Duration now) {
  const auto start = character.fade_start ? character.fade_start : character.state_start;
  if (!start || now >= *start + character.cross_fade) return std::nullopt;
  return std::max(Duration{}, now - *start);
}

// What of a fade that has `left` to go has passed in one of another length.
Duration passed_already(Duration left, Duration length, Duration other) {
  if (length == other) return left;
  return Duration{
      static_cast<int64_t>(static_cast<double>(left.count()) / static_cast<double>(length.count()) *
                           static_cast<double>(other.count()))};
}

Stamps changed(const CharacterContent& before, const CharacterContent& after, Duration layer_start,
               Duration now) {
  const auto passed = faded(before, now);
  if (passed && after.state == before.state_before) {
    const Duration left = before.cross_fade - *passed;
    const Duration back = passed_already(left, before.cross_fade, after.cross_fade);
    return {before.state, before.state_before_start.value_or(layer_start), before.state_start,
            std::max(Duration{}, now - back)};
  }
  // Of two that show, the one that shows more.
  if (passed && *passed * 2 < before.cross_fade) {
    return {before.state_before, now, before.state_before_start, std::nullopt};
  }
  return {before.state, now, before.state_start, std::nullopt};
}

}  // namespace

void keep_states(const Layer& before, Layer& after, Duration now) {
  const auto* character_before = std::get_if<CharacterContent>(&before.content);
  auto* character = std::get_if<CharacterContent>(&after.content);
  if (character == nullptr || character_before == nullptr) return;
  const Stamps known = stamps_of(*character_before);
  const Stamps given = stamps_of(*character);
  if (given != Stamps{} && given != known) return;
  if (character->state == character_before->state) {
    set_stamps(*character, known);
  } else if (!before.start) {
    set_stamps(*character, {});
  } else {
    set_stamps(*character, changed(*character_before, *character, *before.start, now));
  }
}

Content with_same_states(Content wanted, const Content& content) {
  const auto* known = std::get_if<CharacterContent>(&content);
  auto* character = std::get_if<CharacterContent>(&wanted);
  if (character == nullptr || known == nullptr || character->state != known->state) return wanted;
  if (stamps_of(*character) == Stamps{}) set_stamps(*character, stamps_of(*known));
  return wanted;
}

Content with_open_states(Content content, const Content& wanted) {
  auto* character = std::get_if<CharacterContent>(&content);
  const auto* other = std::get_if<CharacterContent>(&wanted);
  if (character == nullptr || other == nullptr) return content;
  if (stamps_of(*other) == Stamps{}) set_stamps(*character, {});
  return content;
}

}  // namespace layercast::scene
