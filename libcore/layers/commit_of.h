#pragma once

#include "base/time.h"
#include "layers/schedule.h"
#include "scene/live/command.h"
#include "scene/live/live_state.h"
#include "scene/model/placeholder.h"
#include "store/state_store.h"

#include <string>

namespace layercast::layers {

/// The journal entry of an executed command: `{"at": …, "now": …, "method": …, "params": …}`. `at`:
/// wall clock, for readers. Replaying the command with apply() at `now` gives the same state.
std::string journal_text(const scene::Command& command, base::Duration now, scene::WallTime at);

/// The commit that turns the durable state `before` into `after` and `schedule`; without journal
/// entries.
store::Commit commit_between(const scene::LiveState& before, const scene::LiveState& after,
                             const Schedule& schedule);
/// The commit that makes `state` and `schedule` durable, whatever the store holds; without journal
/// entries.
store::Commit commit_of(const scene::LiveState& state, const Schedule& schedule);

}  // namespace layercast::layers
