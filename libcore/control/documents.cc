#include "control/documents.h"

#include "scene/live/live_codec.h"
#include "scene/wire/json_codec.h"

namespace layercast::control {

Text Documents::scene(const scene::LiveStatePtr& state) {
  {
    const std::lock_guard lock(mutex_);
    if (revision_ == state->revision) return text_;
  }
  Text text = counted_text(
      scene::write_json(scene::document_of(*state, scene::Secrets::kRedacted), 0), budget_);
  const std::lock_guard lock(mutex_);
  if (state->revision > revision_) {
    revision_ = state->revision;
    text_ = text;
  }
  return text;
}

}  // namespace layercast::control
