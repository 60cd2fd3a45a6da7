#pragma once

#include "scene/model/scene.h"
#include "scene/wire/codec.h"

#include <string_view>
#include <vector>

namespace layercast::scene {

/// The codec of any content.
Codec<Content> content();

/// The codec of one chat message.
const Codec<ChatMessage>& chat_message_codec();

/// The layer types that may hold a type of content.
struct ContentRule {
  std::string_view content;
  std::vector<LayerType> layers;
};
/// One rule for each type of content.
const std::vector<ContentRule>& content_rules();

}  // namespace layercast::scene
