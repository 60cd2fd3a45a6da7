#pragma once

#include "layers/layer_manager.h"

#include <functional>
#include <memory>
#include <mutex>
#include <vector>

namespace layercast::layers {

/// Whoever is told of changes. Each is told a whole state first, and then every change after it, in
/// order. A listener may end any subscription, its own included.
/// Thread: any (locked).
class Subscribers : public std::enable_shared_from_this<Subscribers> {
 public:
  explicit Subscribers(scene::LiveStatePtr state) : told_(std::move(state)) {}

  std::unique_ptr<LayerManager::Subscription> add(std::function<void(const Change&)> listener);
  void tell(const Change& change);

 private:
  class Membership;
  struct Listener {
    std::function<void(const Change&)> tell;
    bool is_gone = false;
  };

  void remove(Listener& listener);

  // Recursive: a listener that ends a subscription does so while it is being told.
  std::recursive_mutex mutex_;
  scene::LiveStatePtr told_;
  std::vector<std::shared_ptr<Listener>> listeners_;
};

}  // namespace layercast::layers
