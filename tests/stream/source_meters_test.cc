#include "stream/source_meters.h"

#include <gtest/gtest.h>
#include <string>

namespace layercast::stream {
namespace {

scene::LiveState state_with(const std::string& source, bool visible) {
  scene::Layer layer;
  layer.id = "cam";
  layer.visible = visible;
  scene::VideoContent video;
  video.source = source;
  layer.content = video;
  scene::LiveState state;
  state.scene.layers.emplace_back(std::move(layer));
  return state;
}

double value_of(const base::Metrics& metrics, const std::string& state) {
  for (const auto& family : metrics.read()) {
    if (family.name != "source_state") continue;
    for (const auto& sample : family.samples) {
      if (sample.labels == base::MetricLabels{{"layer", "cam"}, {"state", state}}) {
        return sample.value;
      }
    }
  }
  return -1;
}

const std::string kUrl = "rtmp://host/live/key";

TEST(SourceMeters, TellWhetherAVisibleSourceIsLiveOrLost) {
  base::Metrics metrics;
  SourceMeters meters(metrics, "/folder");
  const base::Error gone = base::io_error("no data has arrived for a while");
  meters.update(state_with(kUrl, true), {});
  EXPECT_EQ(value_of(metrics, "live"), 1);
  EXPECT_EQ(value_of(metrics, "lost"), 0);
  meters.update(state_with(kUrl, true), {{LayerFailure::Kind::kFeed, "cam", gone}});
  EXPECT_EQ(value_of(metrics, "live"), 0);
  EXPECT_EQ(value_of(metrics, "lost"), 1);
  meters.update(state_with(kUrl, true), {{LayerFailure::Kind::kSound, "cam", gone}});
  EXPECT_EQ(value_of(metrics, "live"), 1);
  meters.update(state_with(kUrl, false), {});
  EXPECT_EQ(value_of(metrics, "live"), 0);
  EXPECT_EQ(value_of(metrics, "lost"), 0);
  meters.update(state_with(kUrl, true), {});
  metrics.remove("layer", "cam");
  meters.update(scene::LiveState{}, {});
  EXPECT_EQ(value_of(metrics, "live"), -1);
}

TEST(SourceMeters, KnowNothingOfFiles) {
  base::Metrics metrics;
  SourceMeters meters(metrics, "/folder");
  meters.update(state_with("film.mp4", true), {});
  EXPECT_EQ(value_of(metrics, "live"), -1);
}

}  // namespace
}  // namespace layercast::stream
