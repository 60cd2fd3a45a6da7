#pragma once

#include "base/error.h"
#include "layers/pending_queue.h"
#include "layers/schedule.h"
#include "scene/live/live_state.h"
#include "store/state_store.h"

#include <mutex>
#include <optional>
#include <vector>

namespace layercast::layers {

/// What the store holds: the newest durable state and the durable schedule.
class Durability {
 public:
  /// `store`: outlives the object.
  Durability(store::StateStore& store, scene::LiveStatePtr state, Schedule schedule);

  /// The newest durable state; never null. Thread: any.
  scene::LiveStatePtr state() const;
  /// Thread: the caller holds the manager's lock.
  const Schedule& schedule() const { return schedule_; }

  /// What the store holds after a commit.
  struct Committed {
    scene::LiveStatePtr state;
    Schedule schedule;
  };
  /// Stores the commands in one commit, which `at` dates in the journal. Returns nullopt when
  /// nothing had to be stored, as always for a follower: then the durable state, which set() may
  /// change meanwhile, remains. Thread: the one that commits, without the manager's lock. Errors:
  /// the store's; then nothing is stored.
  base::Result<std::optional<Committed>> commit(const std::vector<const PendingCommand*>& group,
                                                scene::WallTime at) const;
  /// Stores the durable state again, unchanged, to find out whether the store can be written.
  /// Thread and errors: as commit().
  base::Result<void> probe() const;
  /// Makes the result of a commit the durable state. Thread: the one that commits, or for a
  /// follower the one that mirrors; the caller holds the manager's lock.
  void set(Committed committed);

 private:
  store::StateStore& store_;
  Schedule schedule_;  ///< changed with the manager's lock, by the thread that commits
  mutable std::mutex mutex_;
  scene::LiveStatePtr state_;
};

}  // namespace layercast::layers
