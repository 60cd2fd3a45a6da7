#include "base/shortened.h"
#include "scene/live/apply_context.h"
#include "scene/live/showing.h"

#include <utility>

namespace layercast::scene {
namespace {

Value apply_to(ApplyContext& context, const Change& change) {
  return std::visit([&](const auto& typed) { return apply_change(context, typed); }, change);
}

Value apply_all(ApplyContext& context, const Batch& batch) {
  Value results = Value::array();
  const Reader::Step commands(context.reader, "commands");
  for (size_t i = 0; i < batch.changes.size(); ++i) {
    const Reader::Step item(context.reader, i);
    const Reader::Step params(context.reader, "params");
    results.items.push_back(apply_to(context, batch.changes[i]));
  }
  return results;
}

}  // namespace

void refuse(const ApplyContext& context, base::ErrorCode code, const std::string& message) {
  throw Refused{{{code, message, {}, nullptr}, {{context.reader.pointer(), message}}}};
}

void refuse_at(ApplyContext& context, std::string_view key, base::ErrorCode code,
               const std::string& message) {
  const Reader::Step step(context.reader, key);
  refuse(context, code, message);
}

void stop_at_faults(const ApplyContext& context) {
  if (!context.reader.faults().empty()) throw Refused{refusal_of(context.reader.faults())};
}

std::string no_such_item(std::string_view kind, std::string_view id,
                         const std::vector<std::string_view>& known) {
  const std::string shown = base::shortened(id);
  return "there is no " + std::string(kind) + " \"" + shown + "\"" + suggestion(shown, known);
}

base::Result<Applied, Refusal> apply(const LiveState& state, const Command& command,
                                     base::Duration now) {
  Applied applied;
  applied.state = state;
  ApplyContext context{applied.state, now, applied.events, {}};
  try {
    const auto* change = std::get_if<Change>(&command);
    applied.result = change != nullptr ? apply_to(context, *change)
                                       : apply_all(context, std::get<Batch>(command));
  } catch (Refused& refused) {
    return std::move(refused.refusal);
  }
  if (!applied.events.empty()) {
    ++applied.state.revision;
    mark_exiting_masks(state, applied.state);
    forget_gone(applied.state, now);
  }
  return applied;
}

}  // namespace layercast::scene
