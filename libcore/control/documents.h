#pragma once

#include "control/byte_budget.h"
#include "scene/live/live_state.h"

#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>

namespace layercast::control {

/// The live scene as JSON, serialised once per revision and cached. URLs of outputs are redacted.
/// Thread: any (locked).
class Documents {
 public:
  explicit Documents(std::shared_ptr<ByteBudget> budget) : budget_(std::move(budget)) {}

  /// The document of `state`. Only the newest revision is cached.
  Text scene(const scene::LiveStatePtr& state);

 private:
  std::shared_ptr<ByteBudget> budget_;
  std::mutex mutex_;
  int64_t revision_ = -1;
  Text text_;
};

}  // namespace layercast::control
