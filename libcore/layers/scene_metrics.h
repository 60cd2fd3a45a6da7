#pragma once

#include "base/error.h"
#include "base/metrics.h"
#include "scene/live/command.h"
#include "scene/model/scene.h"

#include <array>
#include <cstddef>
#include <memory>
#include <vector>

namespace layercast::layers {

/// The counters and gauges of the live scene. Thread: any.
class SceneMetrics {
 public:
  /// `metrics`: outlives the object. Counts the layers of `scene`.
  SceneMetrics(base::Metrics& metrics, const scene::Scene& scene);

  void count_refusal(const base::Error& error);
  void count_events(const std::vector<scene::Event>& events);
  /// Counts a commit of `size` commands.
  void count_commit(size_t size);
  void count_layers(const scene::Scene& scene);
  /// The number of commands that wait for their time.
  void count_scheduled(size_t commands);

 private:
  base::Metrics& metrics_;
  std::shared_ptr<base::Gauge> scheduled_;
  std::shared_ptr<base::Histogram> group_size_;
  std::array<std::shared_ptr<base::Gauge>, 5> layers_;
};

}  // namespace layercast::layers
