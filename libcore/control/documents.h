#pragma once

#include "scene/live/live_state.h"

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

namespace layercast::control {

/// A JSON text that several recipients share.
using Text = std::shared_ptr<const std::string>;

/// The live scene as JSON, serialised once per revision and cached. URLs of outputs are redacted.
/// Thread: any (locked).
class Documents {
 public:
  /// The document of `state`. Only the newest revision is cached.
  Text scene(const scene::LiveStatePtr& state);

 private:
  std::mutex mutex_;
  int64_t revision_ = -1;
  Text text_;
};

}  // namespace layercast::control
