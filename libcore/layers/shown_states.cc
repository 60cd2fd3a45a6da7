#include "layers/shown_states.h"

#include <algorithm>
#include <utility>

namespace layercast::layers {

void ShownStates::append(const std::vector<Addition>& additions) {
  for (const Addition& each : additions) {
    const base::Duration before = states_.back().published.show_from;
    const Entry entry{{each.state, std::max(each.show_from, before)}, each.is_provisional};
    if (each.show_from > before) {
      states_.push_back(entry);
    } else {
      states_.back() = entry;
    }
  }
}

void ShownStates::add(const std::vector<Addition>& additions, base::Duration now) {
  if (additions.empty()) return;
  const std::lock_guard lock(mutex_);
  const bool is_real = !std::ranges::all_of(additions, &Addition::is_provisional);
  if (is_real) {
    // The additions replace all provisional states and follow the durable ones. If all are
    // provisional, the first keeps its place until then.
    const Entry first = states_.front();
    std::erase_if(states_, [](const Entry& each) { return each.is_provisional; });
    if (states_.empty()) states_.push_back(first);
  }
  append(additions);
  while (states_.size() > 1 && states_[1].published.show_from <= now) {
    states_.erase(states_.begin());
  }
  version_.fetch_add(1, std::memory_order_release);
}

void ShownStates::reset(scene::LiveStatePtr state, const std::vector<Addition>& additions) {
  const std::lock_guard lock(mutex_);
  states_ = {{{std::move(state), {}}, false}};
  append(additions);
  version_.fetch_add(1, std::memory_order_release);
}

scene::LiveStatePtr ShownStates::newest() const {
  const std::lock_guard lock(mutex_);
  return states_.back().published.state;
}

std::vector<Published> ShownStates::at(base::Duration now) const {
  const std::lock_guard lock(mutex_);
  size_t first = 0;
  while (first + 1 < states_.size() && states_[first + 1].published.show_from <= now) ++first;
  std::vector<Published> published;
  for (; first < states_.size(); ++first) published.push_back(states_[first].published);
  return published;
}

bool ShownStates::take_newer(uint64_t& version) const {
  const uint64_t present = version_.load(std::memory_order_acquire);
  return std::exchange(version, present) != present;
}

}  // namespace layercast::layers
