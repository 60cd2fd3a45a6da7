#pragma once

#include "base/time.h"
#include "scene/scene.h"

/// When what a live scene shows begins: layers and animations are stamped with stream times as they
/// appear, and keep them through changes of everything else.
namespace layercast::scene {

/// Equal, whenever they start.
bool is_same_motion(const Animation& a, const Animation& b);

/// Equal but for the starts that `wanted` leaves open.
bool is_as_wanted(const Layer& layer, const Layer& wanted);

/// A layer that is visible and has not been shown yet begins at `now`; so do messages of a chat.
void stamp(Layer& layer, base::Duration now);

/// `after` goes on where `before`, the same layer before a change, was: comes, goes and glides on
/// (scene/showing.h) unless it begins anew. Its start, and that of each
/// animation that is in both, are those they had, unless `after` names other ones. A video or an
/// animation with another file begins at `now`, its layer's animations go on; a character in
/// another state as keep_states() has it. Animations that are new begin at `now`, or with a layer
/// that is yet to be shown.
void keep_phases(const Layer& before, Layer& after, base::Duration now);

/// What `layers.animate` adds: an animation that begins at `now`. When the layer is full, those
/// that came the same way, are over and have no effect any more make room for it: first those
/// without which every frame from `now` on is the same to the bit; when that does not suffice,
/// those that only decide how the layer is sampled.
void add_animation(Layer& layer, Animation animation, base::Duration now);

}  // namespace layercast::scene
