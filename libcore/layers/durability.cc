#include "layers/durability.h"

#include "base/trace.h"
#include "layers/commit_of.h"

#include <algorithm>
#include <string>
#include <utility>
#include <variant>

namespace layercast::layers {
namespace {

bool replaces_scene(const scene::Command& command) {
  const auto* change = std::get_if<scene::Change>(&command);
  return change != nullptr && std::holds_alternative<scene::ReplaceScene>(*change);
}

}  // namespace

Durability::Durability(store::StateStore& store, scene::LiveStatePtr state, Schedule schedule)
    : store_(store), schedule_(std::move(schedule)), state_(std::move(state)) {}

scene::LiveStatePtr Durability::state() const {
  const std::lock_guard lock(mutex_);
  return state_;
}

base::Result<std::optional<Durability::Committed>> Durability::commit(
    const std::vector<const PendingCommand*>& group, scene::WallTime at) const {
  const bool is_written =
      std::ranges::any_of(group, [](const PendingCommand* each) { return each->is_written(); });
  if (!is_written) return std::optional<Committed>();
  const scene::LiveStatePtr before = state();
  Committed committed{before, schedule_};  // of an owner: only this thread changes them
  std::vector<store::JournalEntry> entries;
  bool replaces_all = false;
  for (const PendingCommand* each : group) {
    if (each->scheduled) committed.schedule.add(*each->scheduled);
    if (each->due) committed.schedule.remove(*each->due);
    if (each->cancelled) committed.schedule.remove(*each->cancelled);
    if (each->state == nullptr) continue;
    committed.state = each->state;
    replaces_all |= replaces_scene(each->command);
    entries.push_back({each->state->revision, journal_text(each->command, each->now, at)});
  }
  store::Commit commit = replaces_all
                             ? commit_of(*committed.state, committed.schedule)
                             : commit_between(*before, *committed.state, committed.schedule);
  commit.entries = std::move(entries);
  TRY_DO(store_.commit(commit));
  base::trace("commit", [&] {
    return std::to_string(group.size()) + " commands, revision " +
           std::to_string(committed.state->revision);
  });
  return std::optional(std::move(committed));
}

base::Result<void> Durability::probe() const {
  const scene::LiveStatePtr present = state();
  return store_.commit(commit_between(*present, *present, schedule_));
}

void Durability::set(Committed committed) {
  schedule_ = std::move(committed.schedule);
  const std::lock_guard lock(mutex_);
  state_ = std::move(committed.state);
}

}  // namespace layercast::layers
