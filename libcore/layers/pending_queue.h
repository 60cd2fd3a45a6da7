#pragma once

#include "base/time.h"
#include "layers/schedule.h"
#include "layers/shown_states.h"
#include "layers/submission.h"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <vector>

namespace layercast::layers {

/// A command that is decided, but not yet durable or not yet answered.
struct PendingCommand {
  scene::Command command;
  base::Duration now{};       ///< stream time at which it was applied
  scene::LiveStatePtr state;  ///< the resulting state; null if nothing changed
  std::vector<scene::Event> events;
  Answer answer;
  std::function<void(Answer)> done;    ///< null for scheduled commands that are due
  std::optional<Scheduled> scheduled;  ///< the schedule entry of a command for later
  std::optional<int64_t> due;          ///< the number of the scheduled command that this applies
  std::optional<int64_t> cancelled;    ///< the number of the scheduled command that this removes
  base::Duration show_from{};
  bool is_shown = false;

  /// Whether the store must be told of it.
  bool is_written() const { return state != nullptr || scheduled || due || cancelled; }
};

/// The pending commands in sequence. Those that are being committed stay at the front.
/// Thread: the caller holds the manager's lock.
class PendingQueue {
 public:
  bool is_empty() const { return commands_.empty(); }
  /// Whether a caller waits for one of the commands.
  bool has_caller() const;
  void push(PendingCommand command) { commands_.push_back(std::move(command)); }
  /// Valid until the queue changes otherwise than by push().
  PendingCommand& back() { return commands_.back(); }
  /// The commands of the next commit. The pointers are valid until take_front() or take_all().
  std::vector<const PendingCommand*> next_group() const;
  std::vector<PendingCommand> take_front(size_t count);
  std::vector<PendingCommand> take_all();
  void clear() { commands_.clear(); }

  /// Marks the results of due commands as shown that may be shown before they are committed,
  /// because the durable schedule implies them, and returns them. Stops at a result that depends on
  /// an uncommitted change.
  std::vector<ShownStates::Addition> take_implied();

 private:
  std::deque<PendingCommand> commands_;
};

}  // namespace layercast::layers
