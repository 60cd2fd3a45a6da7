#include "layers/commit_of.h"

#include "scene/live/command_codec.h"
#include "scene/live/live_codec.h"
#include "scene/wire/json_codec.h"

#include <set>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace layercast::layers {
namespace {

using scene::Value;

std::string header_of(const scene::LiveState& state, const Schedule& schedule) {
  Value header = scene::header_document(state);
  header.add("schedule", value_of(schedule));
  return scene::write_json(header, 0);
}

}  // namespace

std::string journal_text(const scene::Command& command, base::Duration now, scene::WallTime at) {
  scene::CommandDocument document = scene::document_of(command);
  return scene::write_json(Value::object()
                               .add("at", Value::of(base::utc_text(at)))
                               .add("now", Value::of(base::duration_text(now)))
                               .add("method", Value::of(document.method))
                               .add("params", std::move(document.params)),
                           0);
}

store::Commit commit_between(const scene::LiveState& before, const scene::LiveState& after,
                             const Schedule& schedule) {
  store::Commit commit;
  commit.header = header_of(after, schedule);
  std::set<std::string_view> runs;  // those that changed; few
  scene::RunTable<scene::LayerRun>::visit_differences(
      before.run.layers, after.run.layers, [&](const std::string& id) { runs.insert(id); });
  const auto write_if_changed = [&](const base::Shared<scene::Layer>* old,
                                    const base::Shared<scene::Layer>& layer) {
    const bool has_new_run = !runs.empty() && runs.contains(layer->id);
    if (old != nullptr && *old == layer && !has_new_run) return;
    commit.written.emplace_back(layer->id,
                                scene::layer_text({*layer, *after.run.layers.of(layer->id)}));
  };
  const auto& from = before.scene.layers;
  const auto& to = after.scene.layers;
  // Nearly always, both lists begin alike.
  size_t alike = 0;
  while (alike < from.size() && alike < to.size()) {
    const bool is_shared = from[alike].pointer() == to[alike].pointer();
    if (!is_shared && from[alike]->id != to[alike]->id) break;
    if (!is_shared || !runs.empty()) write_if_changed(&from[alike], to[alike]);
    ++alike;
  }
  std::unordered_map<std::string_view, const base::Shared<scene::Layer>*> known;
  for (size_t i = alike; i < from.size(); ++i) known[from[i]->id] = &from[i];
  for (size_t i = alike; i < to.size(); ++i) {
    const auto old = known.find(to[i]->id);
    write_if_changed(old == known.end() ? nullptr : old->second, to[i]);
    if (old != known.end()) known.erase(old);
  }
  for (const auto& [id, layer] : known) commit.deleted.emplace_back(id);
  return commit;
}

store::Commit commit_of(const scene::LiveState& state, const Schedule& schedule) {
  store::Commit commit;
  commit.header = header_of(state, schedule);
  commit.layers = store::Commit::Layers::kAll;
  for (const auto& layer : state.scene.layers) {
    const auto& run = state.run.layers.of(layer->id);
    commit.written.emplace_back(layer->id, scene::layer_text({*layer, *run}));
  }
  return commit;
}

}  // namespace layercast::layers
