#pragma once

#include "base/time.h"
#include "scene/live/command.h"
#include "scene/live/live_state.h"

#include <vector>

namespace layercast::layers {

/// A state, and the events since the previous notification.
struct Change {
  scene::LiveStatePtr state;
  std::vector<scene::Event> events;
};

/// A state for the renderer.
struct Published {
  scene::LiveStatePtr state;
  base::Duration show_from{};  ///< stream time; earlier frames show the previous state
};

/// Ends when it is destroyed.
class Subscription {
 public:
  Subscription() = default;
  virtual ~Subscription() = default;
  Subscription(const Subscription&) = delete;
  Subscription& operator=(const Subscription&) = delete;
};

}  // namespace layercast::layers
