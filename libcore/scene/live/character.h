#pragma once

#include "base/time.h"
#include "scene/model/run_state.h"
#include "scene/model/scene.h"

/// When the states of live characters begin, and what they fade from.
namespace layercast::scene {

/// How long a live change of the character's state cross-fades: as its layer's transition of the
/// content says, else as the character itself does.
base::Duration state_fade(const Layer& layer, const CharacterContent& character);

/// The run state of the character in `after`, which replaces `before`, the same layer, at `now`. A
/// new state begins at `now`, and the state before it continues while the cross-fade plays; a state
/// that returns while it is still fading continues, and the fade is reversed. The state of a layer
/// that has not been shown yet begins with the layer. Other contents have a default run state.
CharacterRun character_run_after(const RunningLayer& before, const Layer& after,
                                 base::Duration now);

}  // namespace layercast::scene
