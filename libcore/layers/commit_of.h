#pragma once

#include "base/time.h"
#include "layers/schedule.h"
#include "scene/command.h"
#include "scene/live_state.h"
#include "scene/placeholder.h"
#include "store/state_store.h"

#include <string>

namespace layercast::layers {

/// `{"at": …, "now": …, "method": …, "params": …}`: what the journal says of a command that was
/// obeyed. `at`: the wall clock, for people. Replayed with apply() at `now` it leads to the same
/// state.
std::string journal_text(const scene::Command& command, base::Duration now, scene::WallTime at);

/// What makes `after` and `schedule` durable where `before` is; without entries.
store::Commit commit_between(const scene::LiveState& before, const scene::LiveState& after,
                             const Schedule& schedule);
/// The same where nothing is, or whatever is there.
store::Commit commit_of(const scene::LiveState& state, const Schedule& schedule);

}  // namespace layercast::layers
