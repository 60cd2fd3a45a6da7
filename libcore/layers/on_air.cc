#include "layers/on_air.h"

#include <algorithm>
#include <utility>

namespace layercast::layers {

bool OnAir::note(int64_t revision, int64_t index) {
  const std::lock_guard lock(mutex_);
  if (shown_count_ > 0 && shown_[(shown_count_ - 1) % shown_.size()].revision >= revision) {
    return false;
  }
  shown_[shown_count_++ % shown_.size()] = {revision, index};
  return std::ranges::any_of(waits_, [&](const Wait& each) { return each.revision <= revision; });
}

void OnAir::wait(int64_t revision, Clock::time_point deadline, Done done) {
  const std::lock_guard lock(mutex_);
  waits_.push_back({revision, deadline, std::move(done)});
}

std::optional<int64_t> OnAir::first_index(int64_t revision) const {
  const size_t kept = std::min(shown_count_, shown_.size());
  for (size_t i = shown_count_ - kept; i < shown_count_; ++i) {
    const Shown& shown = shown_[i % shown_.size()];
    if (shown.revision >= revision) return shown.index;
  }
  return std::nullopt;
}

std::vector<OnAir::Told> OnAir::take_due(Clock::time_point now) {
  const std::lock_guard lock(mutex_);
  std::vector<Told> due;
  std::erase_if(waits_, [&](Wait& wait) {
    const auto index = first_index(wait.revision);
    if (!index && wait.deadline > now) return false;
    due.push_back({std::move(wait.done), index});
    return true;
  });
  return due;
}

std::vector<OnAir::Told> OnAir::take_all() {
  const std::lock_guard lock(mutex_);
  std::vector<Told> all;
  for (Wait& wait : waits_) all.push_back({std::move(wait.done), std::nullopt});
  waits_.clear();
  return all;
}

std::optional<OnAir::Clock::time_point> OnAir::next_deadline() const {
  const std::lock_guard lock(mutex_);
  if (waits_.empty()) return std::nullopt;
  return std::ranges::min(waits_, {}, &Wait::deadline).deadline;
}

}  // namespace layercast::layers
