#pragma once

#include "base/time.h"
#include "layers/checks.h"
#include "layers/pending_queue.h"
#include "layers/schedule.h"
#include "layers/submission.h"
#include "scene/wire/scene_totals.h"

#include <cstdint>
#include <map>
#include <optional>
#include <variant>

namespace layercast::layers {

/// The parts of a state that the limits in sum count.
inline scene::CountedParts counted(const scene::LiveState& state) {
  return {state.scene, state.run.exiting};
}

/// Applies commands in sequence, each to the result of the previous one, and keeps the schedule.
/// The newest state may not be durable yet. Commands that need a check are decided in rounds: the
/// caller answers the questions without locks, and decides again in the state that is then the
/// newest. A command that takes the scene beyond a limit in sum (scene/model/limits.h) is refused.
/// Thread: the caller holds the manager's lock.
class Sequencer {
 public:
  /// `checks_encoding`: commands that change canvas, outputs or stream settings need a check.
  Sequencer(scene::LiveStatePtr state, Schedule schedule, bool checks_encoding);

  /// The newest state.
  const scene::LiveStatePtr& state() const { return state_; }
  /// As of that state.
  const Schedule& schedule() const { return schedule_; }

  /// Applies the command of `pending` at `frame_time`, or schedules it for `due`, and sets its
  /// answer. Returns the questions that must be answered first; then nothing has changed.
  std::optional<Questions> execute(PendingCommand& pending, Origin origin,
                                   base::Duration frame_time, const Checks& checks);
  std::optional<Questions> schedule_for(PendingCommand& pending, Origin origin, base::Duration due,
                                        const Checks& checks);

  /// Removes the scheduled command `number` and sets the answer of `pending`. Refused with
  /// kNotFound.
  void cancel(PendingCommand& pending, int64_t number);

  /// A due command was applied, or refused.
  struct Due {
    Scheduled scheduled;
    PendingCommand pending;
  };
  /// The questions of a due command. Until answer_due(), other due commands are executed before it.
  struct DueQuestions {
    int64_t number = 0;
    Questions questions;
    Checks checks;
  };
  /// Executes the first command that is due at `time` and is not being checked; nullopt: there is
  /// none.
  std::optional<std::variant<Due, DueQuestions>> execute_due(base::Duration time);
  /// The checks of a due command are complete.
  void answer_due(int64_t number, Checks checks);
  /// Forgets the checks of scheduled commands that are not in `durable` or in the schedule.
  void forget_checks(const Schedule& durable);

  /// Replaces the state and the schedule.
  void reset(scene::LiveStatePtr state, Schedule schedule);

 private:
  struct Applied {
    scene::Applied next;
    scene::SceneTotals totals;  ///< of the next state
  };
  using Outcome = std::variant<Applied, scene::Refusal, Questions>;
  struct DueChecks {
    Checks checks;
    bool is_running = false;
  };

  Outcome apply(const scene::Command& command, Origin origin, base::Duration now,
                const Checks& checks);
  const scene::SceneTotals& totals();
  std::optional<scene::Refusal> refusal_of(const scene::Command& command, Origin origin,
                                           const scene::LiveState& after, const Checks& checks,
                                           Questions& questions) const;

  const bool checks_encoding_;
  scene::LiveStatePtr state_;
  std::optional<scene::SceneTotals> totals_;  ///< of state_; absent: not needed yet
  Schedule schedule_;
  base::Duration last_due_{};  ///< latest due time in state_; later states are not shown before it
  std::map<int64_t, DueChecks> due_checks_;  ///< by the numbers of scheduled commands
};

}  // namespace layercast::layers
