#include "scene/model/content_comparison.h"

#include <variant>

namespace layercast::scene {

bool shows_the_same(const Content& a, const Content& b) {
  const auto* video = std::get_if<VideoContent>(&a);
  const auto* other = std::get_if<VideoContent>(&b);
  if (video == nullptr || other == nullptr) return a == b;
  VideoContent same = *other;
  same.volume = video->volume;
  same.mute = video->mute;
  return same == *video;
}

bool cross_fades(const Content& before, const Content& after) {
  const auto* character = std::get_if<CharacterContent>(&before);
  const auto* next = std::get_if<CharacterContent>(&after);
  if (character != nullptr && next != nullptr) {
    return character->source != next->source || character->texture != next->texture ||
           character->animations != next->animations;
  }
  const bool are_chats =
      std::holds_alternative<ChatContent>(before) && std::holds_alternative<ChatContent>(after);
  return !are_chats && !shows_the_same(before, after);
}

}  // namespace layercast::scene
