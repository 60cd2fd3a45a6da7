#pragma once

#include "scene/live/command_codec.h"
#include "scene/model/scene.h"

#include <optional>
#include <string>
#include <string_view>

namespace layercast::tools {

/// `text`, a scene file with the scene `before`, edited to contain `after`. Unchanged parts and
/// comments stay as written; what `command` sets is written as given. nullopt when the text uses
/// YAML features that this cannot edit.
std::optional<std::string> edited_scene_text(std::string_view text, const scene::Scene& before,
                                             const scene::Scene& after,
                                             const scene::CommandDocument& command);

/// Whether a scene file has comments.
bool has_comments(std::string_view text);

/// A value as YAML on one line, valid inside braces: `[10, 20]`.
std::string flow_text(const scene::Value& value);

}  // namespace layercast::tools
