// Measures what one change of a live scene costs, by the number of its layers: applying it,
// counting its totals, writing its commit, and the whole way through the layer manager to the
// durable state (in memory).
//
//     changes_bench [--benchmark_…]     a row for each step and number of layers

#include "base/metrics.h"
#include "base/time.h"
#include "layers/commit_of.h"
#include "layers/layer_manager.h"
#include "layers/permission.h"
#include "scene/live/command_codec.h"
#include "scene/live/live_state.h"
#include "scene/wire/codec.h"
#include "scene/wire/scene_totals.h"
#include "store/state_store.h"

#include <benchmark/benchmark.h>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>
#include <variant>

namespace {

using namespace layercast;  // NOLINT: a program of one file
using scene::Value;

// A scene of texts over a colour.
scene::LiveState state_of(int64_t layers) {
  scene::Scene scene;
  scene.name = "bench";
  scene.canvas.size = {1920, 1080};
  for (int64_t i = 0; i < layers; ++i) {
    scene::Layer layer;
    layer.id = "layer-" + std::to_string(i);
    layer.type = scene::LayerType::kOverlay;
    layer.z_index = static_cast<int>(i);
    scene::TextContent text;
    text.text = "the text of layer " + std::to_string(i);
    layer.content = text;
    scene.layers.emplace_back(std::move(layer));
  }
  return scene::first_state(std::move(scene), scene::WallTime{});
}

scene::Command opacity(int64_t layers, double value) {
  const std::string id = "layer-" + std::to_string(layers / 2);
  return scene::UpdateLayer{id, {Value::object().add("opacity", Value::of(value))}};
}

// Each change differs from the one before.
double next_opacity(int& count) { return (++count % 2) == 0 ? 0.25 : 0.75; }

scene::LiveState applied(const scene::LiveState& state, const scene::Command& command) {
  return scene::apply(state, command, base::Duration{}).value().state;
}

void apply(benchmark::State& state) {
  scene::LiveState live = state_of(state.range(0));
  int count = 0;
  for ([[maybe_unused]] const auto& each : state) {
    live = applied(live, opacity(state.range(0), next_opacity(count)));
    benchmark::DoNotOptimize(live);
  }
}
BENCHMARK(apply)->Arg(10)->Arg(100)->Arg(1000);

void names(benchmark::State& state) {
  const scene::LiveState before = state_of(state.range(0));
  const scene::LiveState after = applied(before, opacity(state.range(0), 0.5));
  for ([[maybe_unused]] const auto& each : state) {
    benchmark::DoNotOptimize(layers::new_names(before.scene, after.scene));
  }
}
BENCHMARK(names)->Arg(10)->Arg(100)->Arg(1000);

// Counts what the limits in sum bound.
void totals(benchmark::State& state) {
  const scene::LiveState before = state_of(state.range(0));
  const scene::LiveState after = applied(before, opacity(state.range(0), 0.5));
  const scene::SceneTotals known = scene::totals_of(before.scene);
  for ([[maybe_unused]] const auto& each : state) {
    benchmark::DoNotOptimize(scene::totals_after(known, {before.scene, before.run.exiting},
                                                 {after.scene, after.run.exiting}));
  }
}
BENCHMARK(totals)->Arg(10)->Arg(100)->Arg(1000);

void commit(benchmark::State& state) {
  const scene::LiveState before = state_of(state.range(0));
  const scene::LiveState after = applied(before, opacity(state.range(0), 0.5));
  for ([[maybe_unused]] const auto& each : state) {
    benchmark::DoNotOptimize(layers::commit_between(before, after, {}));
  }
}
BENCHMARK(commit)->Arg(10)->Arg(100)->Arg(1000);

void change(benchmark::State& state) {
  base::Metrics metrics;
  const auto store = store::open_store({"memory:", "bench", store::Role::kOwner, ""}, metrics);
  if (!store) std::abort();
  layers::LayerManagerOptions options;
  options.store = store.value().get();
  options.metrics = &metrics;
  options.next_frame_time = [] { return base::Duration{}; };
  options.time_of_frame = [](int64_t) { return base::Duration{}; };
  const auto manager = layers::LayerManager::open(options, state_of(state.range(0)));
  if (!manager) std::abort();
  int count = 0;
  for ([[maybe_unused]] const auto& each : state) {
    const auto answer =
        manager.value()->apply({opacity(state.range(0), next_opacity(count)), {}, {}});
    if (!std::holds_alternative<layers::Accepted>(answer)) std::abort();
  }
}
BENCHMARK(change)->Arg(10)->Arg(100)->Arg(1000)->UseRealTime();

}  // namespace

BENCHMARK_MAIN();
