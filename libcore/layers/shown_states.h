#pragma once

#include "layers/layer_manager.h"

#include <atomic>
#include <cstdint>
#include <mutex>
#include <vector>

namespace layercast::layers {

/// The states that are to be rendered, and when each begins to be shown. Each is shown from the
/// time at which the one before it is, at the earliest. Thread: any (locked, for a few copies of
/// pointers at most).
class ShownStates {
 public:
  explicit ShownStates(scene::LiveStatePtr first) : states_{{{std::move(first), {}}, false}} {}

  /// What one change of the list shows anew.
  struct Addition {
    scene::LiveStatePtr state;
    base::Duration show_from{};
    /// Stands in for a state that may not be shown yet: gone with the next that does not.
    bool is_makeshift = false;
  };
  /// Adds states in order, all at once, and drops those that are over at `now`.
  void add(const std::vector<Addition>& additions, base::Duration now);
  /// Takes back what has been added: `state` is shown, and then `additions`.
  void reset(scene::LiveStatePtr state, const std::vector<Addition>& additions);
  /// What is shown last.
  scene::LiveStatePtr newest() const;

  std::vector<Published> at(base::Duration now) const;
  bool take_newer(uint64_t& version) const;

 private:
  struct Entry {
    Published published;
    bool is_makeshift = false;
  };

  void append(const std::vector<Addition>& additions);

  mutable std::mutex mutex_;
  std::vector<Entry> states_;  ///< never empty
  std::atomic<uint64_t> version_ = 1;
};

}  // namespace layercast::layers
