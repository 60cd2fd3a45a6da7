#include "layers/pending_queue.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace layercast::layers {
namespace {

// The maximum number of commands in one commit.
constexpr size_t kGroupMax = 4096;

}  // namespace

bool PendingQueue::has_caller() const {
  return std::ranges::any_of(commands_, [](const PendingCommand& each) { return !each.due; });
}

std::vector<const PendingCommand*> PendingQueue::next_group() const {
  std::vector<const PendingCommand*> group;
  for (const PendingCommand& each : commands_) {
    if (group.size() == kGroupMax) break;
    group.push_back(&each);
  }
  return group;
}

std::vector<PendingCommand> PendingQueue::take_front(size_t count) {
  const auto end = commands_.begin() + static_cast<ptrdiff_t>(count);
  std::vector<PendingCommand> taken(std::make_move_iterator(commands_.begin()),
                                    std::make_move_iterator(end));
  commands_.erase(commands_.begin(), end);
  return taken;
}

std::vector<PendingCommand> PendingQueue::take_all() { return take_front(commands_.size()); }

std::vector<ShownStates::Addition> PendingQueue::take_implied() {
  std::vector<ShownStates::Addition> additions;
  for (PendingCommand& each : commands_) {
    if (!each.due && each.is_written()) break;
    if (each.state == nullptr || each.is_shown) continue;
    additions.push_back({each.state, each.show_from, false});
    each.is_shown = true;
  }
  return additions;
}

}  // namespace layercast::layers
