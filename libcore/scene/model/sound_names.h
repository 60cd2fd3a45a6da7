#pragma once

#include "scene/model/scene.h"

#include <string>
#include <string_view>
#include <variant>

/// The sounds that a meter or a character follows. A name is the id of a layer or of a sound; if a
/// layer and a sound share it, it names both together. The names below come before ids.
namespace layercast::scene {

inline constexpr std::string_view kProgramSound = "program";  ///< the whole mix
inline constexpr std::string_view kNoSound = "none";          ///< silence

/// The name of the sound that `content` follows; null if it follows none.
/// Ownership: a part of `content`.
inline const std::string* followed_sound(const Content& content) {
  if (const auto* meter = std::get_if<MeterContent>(&content)) return &meter->of;
  const auto* character = std::get_if<CharacterContent>(&content);
  return character != nullptr && character->voice ? &*character->voice : nullptr;
}

/// Whether the sound exists in every scene.
inline bool is_fixed_sound(std::string_view name) {
  return name == kProgramSound || name == kNoSound;
}

}  // namespace layercast::scene
