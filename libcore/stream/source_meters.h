#pragma once

#include "base/metrics.h"
#include "scene/live/live_state.h"
#include "stream/layer_failure.h"

#include <set>
#include <string>
#include <vector>

namespace layercast::stream {

/// Exports the states of the live sources that layers show, as `source_state`. Thread: one at a
/// time.
class SourceMeters {
 public:
  /// `folder`: base of relative paths in the scene.
  SourceMeters(base::Metrics& metrics, std::string folder)
      : metrics_(metrics), folder_(std::move(folder)) {}

  /// Exports `live` or `lost` for each visible layer of a live source; no state for layers that are
  /// hidden or have another content now. `failures`: as StreamManager::failures().
  void update(const scene::LiveState& state, const std::vector<LayerFailure>& failures);

 private:
  enum class State : uint8_t { kNone, kLive, kLost };
  void set(const std::string& layer, State state);
  bool is_live_source(const scene::Layer& layer) const;

  base::Metrics& metrics_;
  const std::string folder_;
  std::set<std::string> layers_;  ///< that have a state
};

}  // namespace layercast::stream
