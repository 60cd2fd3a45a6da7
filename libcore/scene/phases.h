#pragma once

#include "base/time.h"
#include "scene/run_state.h"
#include "scene/scene.h"

#include <optional>
#include <vector>

/// When what a live scene shows begins: how commands change the run state of layers. A layer and
/// its animations begin at the stream time at which they are first shown, and keep that time
/// through changes of everything else.
namespace layercast::scene {

/// The run state of a layer that a scene did not have before: a visible one begins at `now`, and
/// so do the messages of a chat that name no time.
LayerRun first_run(const Layer& layer, base::Duration now);

/// The run state of `after`, which replaces `before`, the same layer, at `now`. It enters, exits
/// and changes as scene/showing.h says. Its start, and that of each animation that is in both, are
/// those of `before`. A video or an animation with another file begins at `now`, while the layer's
/// animations continue; a character in another state begins as scene/character.h says. New
/// animations begin at `now`, or with a layer that is yet to be shown.
LayerRun run_after(const RunningLayer& before, const Layer& after, base::Duration now);

/// The run state of a layer whose content and animations begin at `now`, as if it was first shown.
LayerRun restarted(const RunningLayer& before, base::Duration now);

/// The starts of the animations `after`, which replace `before` with the starts `starts`: those
/// that are in both keep theirs, the others begin at `new_start`.
AnimationStarts starts_after(const std::vector<Animation>& before, const AnimationStarts& starts,
                             const std::vector<Animation>& after,
                             std::optional<base::Duration> new_start);

/// Adds an animation that begins at `now`. When the layer is full, animations that were added in
/// the same way, are over and have no effect any more make room for it: first those without which
/// every frame from `now` on is the same to the bit; when that does not suffice, those that only
/// decide how the layer is sampled.
void add_animation(Layer& layer, LayerRun& run, Animation animation, base::Duration now);

}  // namespace layercast::scene
