#pragma once

#include "scene/command.h"
#include "scene/scene.h"

#include <optional>
#include <string>
#include <string_view>

namespace layercast::tools {

/// `text`, a scene file that holds `before`, changed so that it holds `after`: what the two share
/// stays as it is written, comments too, and what `command` sets is written as it says it.
/// nullopt when the text is written in a way that this does not know.
std::optional<std::string> edited_scene_text(std::string_view text, const scene::Scene& before,
                                             const scene::Scene& after,
                                             const scene::Command& command);

/// Whether a scene file has comments.
bool has_comments(std::string_view text);

/// A value as YAML in one line, as it may stand inside braces: `[10, 20]`.
std::string flow_text(const scene::Value& value);

}  // namespace layercast::tools
