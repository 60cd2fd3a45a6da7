#pragma once

#include "scene/live_state.h"

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

namespace layercast::control {

/// A JSON text that many are told.
using Text = std::shared_ptr<const std::string>;

/// The live scene as JSON, written once for each revision however many ask. URLs of outputs are
/// redacted. Thread: any (locked).
class Documents {
 public:
  Text scene(const scene::LiveStatePtr& state);

 private:
  std::mutex mutex_;
  int64_t revision_ = -1;
  Text text_;
};

}  // namespace layercast::control
