#include "scene/live/followed_sounds.h"

#include "scene/live/live_codec.h"
#include "scene/model/find_by_id.h"
#include "scene/model/sound_names.h"

#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace layercast::scene {
namespace {

bool has_sound(const Scene& scene, const std::string& name) {
  return find_by_id(scene.layers, name) != nullptr || find_by_id(scene.audio, name) != nullptr;
}

void stop_following(Layer& layer) {
  if (auto* meter = std::get_if<MeterContent>(&layer.content)) {
    meter->of = kNoSound;
  } else {
    std::get<CharacterContent>(layer.content).voice.reset();
  }
}

}  // namespace

void check_followed_sound(ApplyContext& context, const Layer& layer) {
  const std::string* name = followed_sound(layer.content);
  const Scene& scene = context.scene();
  if (name == nullptr || is_fixed_sound(*name) || *name == layer.id || has_sound(scene, *name)) {
    return;
  }
  std::vector<std::string_view> known;
  for (const auto& each : scene.layers) known.push_back(each->id);
  for (const AudioTrack& each : scene.audio) known.push_back(each.id);
  const Reader::Step step(context.reader, "content");
  const bool is_meter = std::holds_alternative<MeterContent>(layer.content);
  refuse_at(context, is_meter ? "of" : "voice", base::ErrorCode::kInvalidInput,
            no_such_item("layer and no sound", *name, known));
}

void end_following(ApplyContext& context, const std::string& id) {
  if (is_fixed_sound(id) || has_sound(context.scene(), id)) return;
  for (auto& layer : context.scene().layers) {
    const std::string* name = followed_sound(layer->content);
    if (name == nullptr || *name != id) continue;
    stop_following(layer.edit());
    context.notify("layer.updated", Value::object()
                                        .add("id", Value::of(layer->id))
                                        .add("layer", layer_document(layer, Secrets::kRedacted)));
  }
}

}  // namespace layercast::scene
