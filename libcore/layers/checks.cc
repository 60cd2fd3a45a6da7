#include "layers/checks.h"

#include <algorithm>

namespace layercast::layers {

const std::optional<base::Error>* Checks::objection_to(const scene::LiveState& state) const {
  if (!encoding_ || encodes_otherwise(encoding_->first, state)) return nullptr;
  return &encoding_->second;
}

std::optional<bool> Checks::is_allowed(const FileName& name) const {
  const auto found = std::ranges::find(names_, name, &std::pair<FileName, bool>::first);
  return found == names_.end() ? std::nullopt : std::optional(found->second);
}

bool encodes_otherwise(const scene::LiveState& before, const scene::LiveState& after) {
  return before.scene.canvas != after.scene.canvas || before.scene.outputs != after.scene.outputs ||
         before.stream != after.stream || before.frame_size != after.frame_size;
}

void Checker::answer(Questions questions, Checks& checks) const {
  for (FileName& name : questions.names) {
    const bool is_allowed = layers::is_allowed(name, folders_);
    checks.names_.emplace_back(std::move(name), is_allowed);
  }
  if (questions.encoding) {
    auto error = objection_(*questions.encoding);
    checks.encoding_.emplace(*std::move(questions.encoding), std::move(error));
  }
}

}  // namespace layercast::layers
