#include "tools/streamd/scene_reload.h"

#include "scene/live/chat.h"
#include "scene/live/command.h"
#include "scene/live/live_codec.h"
#include "tools/streamd/settings.h"

#include <algorithm>
#include <utility>
#include <variant>

namespace layercast::tools {
namespace {

using scene::Change;

bool is_line_output(const scene::Output& output) { return output.id.starts_with(kLineOutput); }

base::Error error_of(const scene::Refusal& refusal) {
  base::Error error = refusal.error;
  for (const auto& fault : refusal.faults) {
    error.message += "; " + fault.pointer + ": " + fault.detail;
  }
  return error;
}

}  // namespace

std::vector<Change> line_output_changes(const scene::Scene& live,
                                        const std::vector<scene::Output>& wanted) {
  std::vector<Change> changes;
  const auto has = [](const std::vector<scene::Output>& outputs, const scene::Output& output) {
    return std::ranges::any_of(outputs, [&](const scene::Output& other) {
      return other.id == output.id && other.url == output.url;
    });
  };
  for (const scene::Output& output : live.outputs) {
    if (!is_line_output(output) || has(wanted, output)) continue;
    changes.emplace_back(scene::RemoveOutput{output.id});
  }
  for (const scene::Output& output : wanted) {
    if (has(live.outputs, output)) continue;
    changes.emplace_back(scene::AddOutput{output});
  }
  return changes;
}

base::Result<void> execute(layers::LayerManager& layers, std::vector<Change> changes) {
  if (changes.empty()) return {};
  layers::Submission submission;
  submission.origin = layers::Origin::kLocal;
  submission.command = scene::Batch{std::move(changes)};
  const layers::Answer answer = layers.apply(std::move(submission));
  if (const auto* refusal = std::get_if<scene::Refusal>(&answer)) return error_of(*refusal);
  return {};
}

base::Result<int> make_equal(layers::LayerManager& layers, const scene::Scene& target) {
  const scene::LiveStatePtr state = layers.current();
  scene::Scene wanted = target;
  scene::keep_messages(state->scene, wanted);
  // The file does not contain the outputs of the command line.
  for (const scene::Output& output : state->scene.outputs) {
    if (is_line_output(output)) wanted.outputs.push_back(output);
  }
  std::vector<Change> changes = scene::changes_between(state->scene, wanted);
  const auto count = static_cast<int>(changes.size());
  TRY_DO(execute(layers, std::move(changes)));
  return count;
}

}  // namespace layercast::tools
