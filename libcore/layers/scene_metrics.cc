#include "layers/scene_metrics.h"

#include "scene/wire/scene_tables.h"

#include <string>

namespace layercast::layers {

SceneMetrics::SceneMetrics(base::Metrics& metrics, const scene::Scene& scene)
    : metrics_(metrics),
      scheduled_(
          metrics.gauge({"scheduled_commands", "Commands that wait for their stream time."})),
      group_size_(metrics.histogram({"commit_group_size", "Commands that were committed together."},
                                    {1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 4000})) {
  for (size_t i = 0; i < layers_.size(); ++i) {
    const std::string type(scene::name_of(static_cast<scene::LayerType>(i)));
    layers_.at(i) =
        metrics.gauge({"layers", "Layers of the live scene by type."}, {{"type", type}});
  }
  count_layers(scene);
}

void SceneMetrics::count_refusal(const base::Error& error) {
  const std::string reason(base::meaning_of(error.code).name);
  metrics_
      .counter({"commands_refused_total", "Commands that were refused, by reason."},
               {{"reason", reason}})
      ->add();
}

void SceneMetrics::count_events(const std::vector<scene::Event>& events) {
  for (const scene::Event& event : events) {
    metrics_
        .counter({"layer_changes_total", "Changes of the live scene by kind."},
                 {{"kind", event.name}})
        ->add();
  }
}

void SceneMetrics::count_scheduled(size_t commands) {
  scheduled_->set(static_cast<double>(commands));
}

void SceneMetrics::count_commit(size_t size) { group_size_->observe(static_cast<double>(size)); }

void SceneMetrics::count_layers(const scene::Scene& scene) {
  std::array<int, 5> counts{};
  for (const auto& layer : scene.layers) ++counts.at(static_cast<size_t>(layer->type));
  for (size_t i = 0; i < counts.size(); ++i) layers_.at(i)->set(counts.at(i));
}

}  // namespace layercast::layers
