#pragma once

#include "base/time.h"
#include "scene/model/run_state.h"
#include "scene/model/scene.h"

#include <optional>
#include <vector>

/// How commands change the run state of layers: when the parts of a live scene begin. A layer and
/// its animations begin at the stream time at which they are first shown, and keep that time
/// through changes of everything else.
namespace layercast::scene {

/// The run state of a new layer. A visible one begins at `now`, and so do the messages of a chat
/// that have no timestamp.
LayerRun first_run(const Layer& layer, base::Duration now);

/// The run state of `after`, which replaces `before`, the same layer, at `now`. It enters, exits
/// and changes as described in scene/live/showing.h. The layer and the animations that are in both
/// keep their starts. A video or an animation with another file begins at `now`, while the layer's
/// animations continue; a character in another state begins as described in scene/live/character.h.
/// New animations begin at `now`, or with a layer that has not been shown yet.
LayerRun run_after(const RunningLayer& before, const Layer& after, base::Duration now);

/// The run state of a layer whose content and animations begin at `now`, as when it is first shown.
LayerRun restarted(const RunningLayer& before, base::Duration now);

/// The starts of the animations `after`, which replace `before` with its `starts`. Animations in
/// both lists keep their starts; the others begin at `new_start`.
AnimationStarts starts_after(const std::vector<Animation>& before, const AnimationStarts& starts,
                             const std::vector<Animation>& after,
                             std::optional<base::Duration> new_start);

/// Adds an animation that begins at `now`. If the layer already has several, those that were added
/// live and are over are combined, as in scene/live/animation_folding.h. If none can be, the layer
/// may exceed the limit.
void add_animation(Layer& layer, LayerRun& run, Animation animation, base::Duration now);

}  // namespace layercast::scene
