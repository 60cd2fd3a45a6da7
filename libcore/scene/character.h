#pragma once

#include "base/time.h"
#include "scene/scene.h"

/// When the states of live characters begin, and what they fade from.
namespace layercast::scene {

/// The character in `after` goes on where that of `before`, the same layer before a change, was. A
/// new state begins at `now`, and the one before goes on while it fades; one that comes back while
/// it is still fading goes on as it was, and the fade turns round. A layer that is yet to be shown
/// begins with its state. What `after` says itself stays as it is. Nothing for
/// other contents.
void keep_states(const Layer& before, Layer& after, base::Duration now);

/// `wanted`, which may leave open when its state began, begun as `content` in the same state.
Content with_same_states(Content wanted, const Content& content);

/// `content` without when its state began, where `wanted` leaves that open.
Content with_open_states(Content content, const Content& wanted);

}  // namespace layercast::scene
