#pragma once

#include "base/geometry.h"
#include "content/picture/moving.h"
#include "scene/model/run_state.h"
#include "scene/model/scene.h"

#include <optional>
#include <vector>

namespace layercast::render {

/// Whether the renderer redraws the content for each size of its layer box: texts, shapes and
/// colours that do not scroll. It refits the others.
bool is_drawn_for_size(const scene::Layer& layer);

/// How the content follows the size of its box; nullopt for those that do not: chats, scrolling
/// contents, and those of is_drawn_for_size().
std::optional<scene::Fit> fit_of(const scene::Layer& layer);

/// Whether the content is made in its natural size, because its fit cuts it and its box changes its
/// size: refit() then has all of it.
bool is_made_whole(const scene::RunningLayer& layer);

/// Moves the parts, which were made for another box, to where a content with this fit lies in a box
/// of the size `box`; the box cuts them. The first part stands for the whole content.
/// Source: CSS Images Module Level 3, section 5.5 (object-fit).
void refit(scene::Fit fit, base::SizeF box, std::vector<content::Part>& parts);

}  // namespace layercast::render
