#pragma once

#include "base/metrics.h"
#include "control/front_door.h"
#include "control/limits.h"
#include "control/station.h"

#include <memory>

namespace layercast::control {

/// Sends everybody who looks the newest small picture as often as the station makes one: each is
/// made once, and a slow viewer skips some. Nothing is made while nobody looks. Thread: any.
class Preview {
 public:
  /// All of them outlive it.
  Preview(Station& station, const Limits& limits, base::Metrics& metrics);
  ~Preview();

  /// Takes a connection whose request has been let in; too many are refused with 503.
  void admit(Guest guest);

 private:
  class Work;
  std::unique_ptr<Work> work_;
};

}  // namespace layercast::control
