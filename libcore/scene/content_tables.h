#pragma once

#include "scene/codec.h"
#include "scene/scene.h"

#include <string_view>
#include <vector>

namespace layercast::scene {

/// The table of a content, of any kind.
Codec<Content> content();

/// The table of one chat message.
const Codec<ChatMessage>& chat_message_codec();

/// Which layer types may hold which content.
struct ContentRule {
  std::string_view content;
  std::vector<LayerType> layers;
};
const std::vector<ContentRule>& content_rules();

}  // namespace layercast::scene
