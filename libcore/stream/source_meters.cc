#include "stream/source_meters.h"

#include "media/in/live_feed.h"
#include "scene/model/scene_settings.h"

#include <algorithm>
#include <utility>
#include <variant>

namespace layercast::stream {

bool SourceMeters::is_live_source(const scene::Layer& layer) const {
  const auto* video = std::get_if<scene::VideoContent>(&layer.content);
  return video != nullptr && layer.visible &&
         media::is_live_source(scene::resolved_path(video->source, folder_));
}

void SourceMeters::set(const std::string& layer, State state) {
  const auto gauge = [&](const char* name) {
    return metrics_.gauge(
        {"source_state", "1 for the present state of the live source that a layer shows."},
        {{"layer", layer}, {"state", name}});
  };
  // Asked for each time: a layer that was removed took its series along.
  gauge("live")->set(state == State::kLive ? 1 : 0);
  gauge("lost")->set(state == State::kLost ? 1 : 0);
}

void SourceMeters::update(const scene::LiveState& state,
                          const std::vector<LayerFailure>& failures) {
  std::set<std::string> present;
  std::set<std::string> known;
  for (const auto& layer : state.scene.layers) {
    known.insert(layer->id);
    if (!is_live_source(*layer)) continue;
    present.insert(layer->id);
    const bool is_lost = std::ranges::any_of(failures, [&](const LayerFailure& failure) {
      return failure.id == layer->id && failure.kind != LayerFailure::Kind::kSound;
    });
    set(layer->id, is_lost ? State::kLost : State::kLive);
  }
  for (const std::string& layer : layers_) {
    if (known.contains(layer) && !present.contains(layer)) set(layer, State::kNone);
  }
  layers_ = std::move(present);
}

}  // namespace layercast::stream
