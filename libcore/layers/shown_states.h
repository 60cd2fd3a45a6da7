#pragma once

#include "layers/change.h"

#include <atomic>
#include <cstdint>
#include <mutex>
#include <vector>

namespace layercast::layers {

/// The states to render, and the stream time from which each is shown. No state is shown earlier
/// than the one before it. Thread: any (locked, while a few pointers are copied).
class ShownStates {
 public:
  explicit ShownStates(scene::LiveStatePtr first) : states_{{{std::move(first), {}}, false}} {}

  /// A state to show.
  struct Addition {
    scene::LiveStatePtr state;
    base::Duration show_from{};
    /// Provisional: shown in place of a state that may not be shown yet. The next addition that is
    /// not provisional removes it.
    bool is_provisional = false;
  };
  /// Appends states in order, atomically, and drops those that are over at `now`.
  void add(const std::vector<Addition>& additions, base::Duration now);
  /// Removes all states: shows `state`, then `additions`.
  void reset(scene::LiveStatePtr state, const std::vector<Addition>& additions);
  /// The state that is shown last.
  scene::LiveStatePtr newest() const;

  /// The state to show at `now`, and those after it.
  std::vector<Published> at(base::Duration now) const;
  /// Whether the states have changed since `version`, which becomes the current version.
  bool take_newer(uint64_t& version) const;

 private:
  struct Entry {
    Published published;
    bool is_provisional = false;
  };

  void append(const std::vector<Addition>& additions);

  mutable std::mutex mutex_;
  std::vector<Entry> states_;  ///< never empty
  std::atomic<uint64_t> version_ = 1;
};

}  // namespace layercast::layers
