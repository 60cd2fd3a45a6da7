#pragma once

#include "layers/change.h"

#include <functional>
#include <memory>
#include <mutex>
#include <vector>

namespace layercast::layers {

/// The listeners for changes. Each listener first receives the whole state, then every later
/// change, in order. A listener may end any subscription, including its own.
/// Thread: any (locked).
class Subscribers : public std::enable_shared_from_this<Subscribers> {
 public:
  explicit Subscribers(scene::LiveStatePtr state) : notified_(std::move(state)) {}

  /// Calls `listener` with the current state before it returns. Destroying the result ends the
  /// subscription.
  std::unique_ptr<Subscription> add(std::function<void(const Change&)> listener);
  /// Calls all listeners with `change`.
  void notify(const Change& change);

 private:
  class Membership;
  struct Listener {
    std::function<void(const Change&)> notify;
    bool is_gone = false;
  };

  void remove(Listener& listener);

  // Recursive, because a listener may end a subscription while it is called.
  std::recursive_mutex mutex_;
  scene::LiveStatePtr notified_;
  std::vector<std::shared_ptr<Listener>> listeners_;
};

}  // namespace layercast::layers
