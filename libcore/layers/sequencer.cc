#include "layers/sequencer.h"

#include "scene/model/limits.h"

#include <algorithm>
#include <string>
#include <utility>

namespace layercast::layers {
namespace {

using base::Duration;
using base::ErrorCode;
using scene::Refusal;
using scene::Value;

// Whether the command would be refused in every state.
bool is_wrong_for_ever(const Refusal& refusal) {
  const ErrorCode code = refusal.error.code;
  return code == ErrorCode::kInvalidInput || code == ErrorCode::kUnsupported ||
         code == ErrorCode::kForbidden;
}

}  // namespace

Sequencer::Sequencer(scene::LiveStatePtr state, Schedule schedule, bool checks_encoding)
    : checks_encoding_(checks_encoding), state_(std::move(state)), schedule_(std::move(schedule)) {}

// The refusal by the checks. Adds what they do not know to `questions`.
std::optional<Refusal> Sequencer::refusal_of(const scene::Command& command, Origin origin,
                                             const scene::LiveState& after, const Checks& checks,
                                             Questions& questions) const {
  if (origin == Origin::kNetwork) {
    const auto insecure = new_insecure_outputs(state_->scene, after.scene);
    if (!insecure.empty()) return refusal_of_insecure(insecure);
    std::vector<FileName> forbidden;
    for (FileName& name : new_names(state_->scene, after.scene)) {
      const auto is_allowed = checks.is_allowed(name);
      if (!is_allowed) {
        questions.names.push_back(std::move(name));
      } else if (!*is_allowed) {
        forbidden.push_back(std::move(name));
      }
    }
    if (!questions.names.empty()) return std::nullopt;
    forbidden = without_known_names(std::move(forbidden), state_->scene);
    if (!forbidden.empty()) return refusal_of_names(command, forbidden);
  }
  if (checks_encoding_ && encodes_otherwise(*state_, after)) {
    const auto* objection = checks.objection_to(after);
    if (objection == nullptr) {
      questions.encoding = after;
    } else if (*objection) {
      return Refusal{**objection, {}};
    }
  }
  return std::nullopt;
}

const scene::SceneTotals& Sequencer::totals() {
  if (!totals_) totals_ = scene::totals_of(counted(*state_));
  return *totals_;
}

Sequencer::Outcome Sequencer::apply(const scene::Command& command, Origin origin, Duration now,
                                    const Checks& checks) {
  auto outcome = scene::apply(*state_, command, now);
  if (!outcome) return std::move(outcome).error();
  Applied applied{std::move(outcome).value(), {}};
  const scene::LiveState& after = applied.next.state;
  applied.totals = scene::totals_after(totals(), counted(*state_), counted(after));
  if (auto objection = scene::objection_to(applied.totals, &totals())) {
    return Refusal{*std::move(objection), {}};
  }
  Questions questions;
  auto refusal = refusal_of(command, origin, after, checks, questions);
  if (refusal) return *std::move(refusal);
  if (questions.encoding || !questions.names.empty()) return questions;
  return applied;
}

std::optional<Questions> Sequencer::execute(PendingCommand& pending, Origin origin,
                                            Duration frame_time, const Checks& checks) {
  pending.now = std::max(frame_time, last_due_);
  auto outcome = apply(pending.command, origin, pending.now, checks);
  if (auto* questions = std::get_if<Questions>(&outcome)) return std::move(*questions);
  if (auto* refusal = std::get_if<Refusal>(&outcome)) {
    pending.answer = std::move(*refusal);
    return std::nullopt;
  }
  auto& [next, totals] = std::get<Applied>(outcome);
  const bool is_changed = next.state.revision != state_->revision;
  if (is_changed) {
    totals_ = std::move(totals);
    state_ = std::make_shared<const scene::LiveState>(std::move(next.state));
    pending.state = state_;
    pending.events = std::move(next.events);
  }
  pending.answer = Accepted{state_->revision, std::move(next.result), is_changed, false};
  return std::nullopt;
}

std::optional<Questions> Sequencer::schedule_for(PendingCommand& pending, Origin origin,
                                                 Duration due, const Checks& checks) {
  auto outcome = apply(pending.command, origin, due, checks);
  if (auto* questions = std::get_if<Questions>(&outcome)) return std::move(*questions);
  const auto* refusal = std::get_if<Refusal>(&outcome);
  if (refusal != nullptr && is_wrong_for_ever(*refusal)) {
    pending.answer = *refusal;
  } else if (schedule_.waiting.size() >= static_cast<size_t>(scene::limits::kScheduledMax)) {
    pending.answer =
        Refusal{base::over_limit(std::to_string(schedule_.waiting.size()) +
                                 " commands are already scheduled, which is the maximum"),
                {}};
  } else {
    const int64_t number = schedule_.next_number;
    pending.scheduled = Scheduled{number, due, origin, pending.command};
    schedule_.add(*pending.scheduled);
    // When it is due, an approval needs no new check unless the scene's names or encoding change.
    if (refusal == nullptr) due_checks_[number].checks = checks;
    pending.answer = Accepted{
        state_->revision, Value::object().add("scheduled", Value::of(static_cast<double>(number))),
        false, true, due};
  }
  return std::nullopt;
}

void Sequencer::cancel(PendingCommand& pending, int64_t number) {
  if (!schedule_.contains(number)) {
    pending.answer = Refusal{{ErrorCode::kNotFound,
                              "there is no scheduled command " + std::to_string(number),
                              {},
                              nullptr},
                             {}};
    return;
  }
  schedule_.remove(number);
  pending.cancelled = number;
  pending.answer = Accepted{
      state_->revision, Value::object().add("cancelled", Value::of(static_cast<double>(number))),
      false, false};
}

std::optional<std::variant<Sequencer::Due, Sequencer::DueQuestions>> Sequencer::execute_due(
    Duration time) {
  const auto first = std::ranges::find_if(schedule_.waiting, [&](const Scheduled& each) {
    const auto checks = due_checks_.find(each.number);
    return checks == due_checks_.end() || !checks->second.is_running;
  });
  if (first == schedule_.waiting.end() || first->due > time) return std::nullopt;
  Due due{*first, {}};
  due.pending.command = due.scheduled.command;
  due.pending.due = due.scheduled.number;
  // Commands that are due at the same time, or are late, are applied in order.
  const Duration last_due = std::exchange(last_due_, std::max(last_due_, due.scheduled.due));
  DueChecks& known = due_checks_[due.scheduled.number];
  auto questions = execute(due.pending, due.scheduled.origin, due.scheduled.due, known.checks);
  if (questions) {
    last_due_ = last_due;
    known.is_running = true;
    return DueQuestions{due.scheduled.number, *std::move(questions), known.checks};
  }
  schedule_.remove(due.scheduled.number);
  due.pending.show_from = due.scheduled.due;
  return due;
}

void Sequencer::answer_due(int64_t number, Checks checks) {
  due_checks_[number] = {std::move(checks), false};
}

void Sequencer::forget_checks(const Schedule& durable) {
  std::erase_if(due_checks_, [&](const auto& entry) {
    return !schedule_.contains(entry.first) && !durable.contains(entry.first);
  });
}

void Sequencer::reset(scene::LiveStatePtr state, Schedule schedule) {
  state_ = std::move(state);
  totals_.reset();
  schedule_ = std::move(schedule);
  last_due_ = {};
}

}  // namespace layercast::layers
