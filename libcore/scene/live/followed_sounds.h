#pragma once

#include "scene/live/apply_context.h"
#include "scene/model/scene.h"

#include <string>

/// The references of meters and characters to sounds, when a live scene changes. Only
/// scene/live/apply*.cc include it.
namespace layercast::scene {

/// Refuses a content that follows a sound which is neither in the scene nor that of `layer` itself.
/// The reader is positioned at the layer.
void check_followed_sound(ApplyContext& context, const Layer& layer);

/// After a layer or a sound with this id was removed: if the other kind has no such id either, a
/// meter of it becomes silent and a character loses its voice. A fixed name, such as `program`, is
/// never that of a removed one.
void end_following(ApplyContext& context, const std::string& id);

}  // namespace layercast::scene
