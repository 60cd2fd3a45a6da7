#pragma once

#include "base/clock.h"
#include "base/error.h"
#include "base/metrics.h"
#include "base/source_hosts.h"
#include "base/time.h"
#include "layers/change.h"
#include "layers/schedule.h"
#include "layers/submission.h"
#include "scene/live/command.h"
#include "scene/live/live_codec.h"
#include "scene/live/live_state.h"
#include "scene/wire/scene_file.h"
#include "store/state_store.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace layercast::layers {

/// The environment of a LayerManager.
struct LayerManagerOptions {
  store::StateStore* store = nullptr;  ///< outlives the manager
  base::Metrics* metrics = nullptr;    ///< outlives the manager
  std::string folder;                  ///< base of relative paths
  std::string assets_folder;           ///< the folder that Origin::kNetwork may use
  base::SourceHosts source_hosts{};    ///< the hosts of sources that Origin::kNetwork may name
  /// The stream time of the next frame.
  std::function<base::Duration()> next_frame_time;
  /// The stream time of frame `index` at the current rate.
  std::function<base::Duration(int64_t index)> time_of_frame;
  /// Checks the canvas, outputs and stream settings of `state` when a command changes them. An
  /// error refuses the command; absent: no check. May block; runs without locks, on the thread that
  /// submits or on a thread of its own, and again if another command changed these meanwhile.
  std::function<std::optional<base::Error>(const scene::LiveState& state)> objection;
  /// kFollower: the store is that of a follower. All commands are refused; the state is that of
  /// another daemon, which follow() reads.
  store::Role role = store::Role::kOwner;
  /// Of the schedule, of retries, and of when_on_air(); outlives the manager.
  base::Clock* clock = &base::Clock::steady();
  /// Modifies each state that a follower reads; absent: no change.
  std::function<void(scene::LiveState& state)> adapt;
  /// Of an owner: called with the parts of the stored state that cannot be read, and with the
  /// layers that take it beyond a limit in sum, as an older version allowed. They are left out,
  /// unreadable layers are replaced by those of the initial state, and the result is stored;
  /// without a readable header the initial state is used. Absent: such a state is refused.
  std::function<void(const std::vector<scene::UnreadablePart>& parts)> on_unreadable;
  /// Whether on_unreadable applies to the state of a newer version, too, instead of a refusal.
  enum class NewerState : uint8_t { kRefused, kUnreadable };
  NewerState newer_state = NewerState::kRefused;
};

/// The live scene. Commands are applied in sequence, each to the result of the previous one.
/// Waiting commands are committed together (group commit); then their states are published and
/// subscribers and callers are notified, in the order of revisions. If a commit fails, all commands
/// that are not durable yet are refused.
/// Thread: any (locked). Callbacks run on its own thread.
class LayerManager {
 public:
  /// Opens the state in the store, or else commits `initial` as revision 1. A follower requires a
  /// state in the store.
  /// Errors: those of the store; kNotFound for a follower without a stored state.
  static base::Result<std::unique_ptr<LayerManager>> open(const LayerManagerOptions& options,
                                                          const scene::LiveState& initial);
  /// Responds to all submitted commands first.
  ~LayerManager();

  /// The newest durable state; never null.
  scene::LiveStatePtr current() const;
  /// The stream time of the next frame.
  base::Duration next_frame_time() const;
  /// The states to render, oldest first: the current one, and those for later frames.
  std::vector<Published> published() const;
  /// Whether published() has changed since `version`; sets `version` to the current one.
  bool take_newer(uint64_t& version) const;

  /// Applies a command. `done` is called exactly once.
  void submit(Submission submission, std::function<void(Answer)> done);
  /// Applies a command and waits for the result. Must not be called from a callback.
  Answer apply(Submission submission);

  /// The commands that wait for their stream time, ordered by it.
  std::vector<Scheduled> scheduled() const;
  /// The wall-clock time of the stream time `due`, by the present clocks.
  base::WallTime wall_time_of(base::Duration due) const;
  /// Why a scheduled command must stay; nullopt if it may be cancelled. Runs with the lock, so that
  /// no other command can have the number meanwhile (a rollback frees numbers); must not block.
  using CancelObjection = std::function<std::optional<base::Error>(const scene::Command& command)>;
  /// Cancels the scheduled command `number`, unless there is an `objection` to it. `done` is called
  /// exactly once. Refused with kNotFound, and with the objection.
  void cancel(int64_t number, std::function<void(Answer)> done,
              const CancelObjection& objection = {});
  /// Calls `done` once: with the result of the scheduled command `number` and the index of the
  /// first frame on air that shows it. The index is nullopt `patience` after the command was due,
  /// and when the manager is destroyed; a command that was refused or cancelled is a refusal.
  /// Thread: the callback of submit() that tells `number`.
  void when_executed(int64_t number, base::Duration patience,
                     std::function<void(Answer, std::optional<int64_t>)> done);

  /// For a follower: waits for a newer state in the store, at most for `patience`, then publishes
  /// it and notifies subscribers. False if there was none. Thread: one at a time. Errors: the
  /// store's.
  base::Result<bool> follow(std::chrono::milliseconds patience);

  /// Calls `listener` with the whole state (no events) before subscribe() returns, and afterwards
  /// with every later change, in order and without gaps, until the subscription is destroyed. The
  /// listener must not block.
  std::unique_ptr<layers::Subscription> subscribe(std::function<void(const Change&)> listener);

  /// Why the newest commit failed; nullopt once a commit succeeds. While there are no commands, the
  /// manager stores the state again every 2 seconds to find out.
  std::optional<base::Error> store_failure() const;

  /// Counts a command that was refused before it was submitted, in the metrics.
  void count_refusal(const base::Error& error);

  /// Notes that frame `index`, which shows everything up to `revision`, was passed to the encoder.
  void note_on_air(int64_t revision, int64_t index);
  /// Calls `done` once: with the index of the first frame on air that shows `revision`, or with
  /// nullopt after `patience` or when the manager is destroyed.
  void when_on_air(int64_t revision, base::Duration patience,
                   std::function<void(std::optional<int64_t>)> done);

 private:
  class Work;
  explicit LayerManager(std::unique_ptr<Work> work);

  std::unique_ptr<Work> work_;
};

}  // namespace layercast::layers
