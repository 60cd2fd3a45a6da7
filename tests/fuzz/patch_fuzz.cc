// Any JSON as commands to a live scene, one after the other as `{"method": …, "params": …}` in a
// list: each leads to a state that can be written and read back, or is refused with a reason.

#include "base/check.h"
#include "scene/live/command.h"
#include "scene/live/command_codec.h"
#include "scene/live/live_codec.h"
#include "scene/wire/json_codec.h"
#include "scene/wire/scene_file.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

namespace scene = layercast::scene;

namespace {

constexpr std::string_view kScene = R"(
version: 1
scene: fuzz
canvas: {width: 320, height: 180, fps: 30}
layers:
  - {id: box, type: overlay, content: {type: color, color: red}}
  - {id: text, type: overlay, content: {type: text, text: "{{count:0,9,1s}}"}}
  - {id: chat, type: chat, content: {type: chat, messages: []}}
  - id: host
    type: host
    content: {type: character, source: a.png, animations: {idle: {type: gif, source: b.gif}}}
outputs:
  - {id: main, url: "rtmp://127.0.0.1/live/key"}
)";

scene::LiveState first_state() {
  auto file = scene::parse_scene(kScene, "fuzz.yaml");
  return scene::first_state(std::move(file).value().scene, scene::WallTime{});
}

void execute(scene::LiveState& state, const scene::Value& said, std::chrono::seconds now) {
  const auto document = scene::command_document_from(said);
  if (!document) return;
  const auto command = scene::command_from(document.value());
  if (!command) {
    LAYERCAST_CHECK(!command.error().error.message.empty());
    return;
  }
  const scene::Command& typed = command.value();
  const auto again = scene::command_from(scene::document_of(typed));
  LAYERCAST_CHECK(again.value() == typed);
  auto outcome = scene::apply(state, typed, now);
  if (!outcome) {
    LAYERCAST_CHECK(!outcome.error().error.message.empty());
    return;
  }
  state = std::move(outcome).value().state;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  static const scene::LiveState kFirst = first_state();
  const scene::JsonDocument document =
      scene::read_json({reinterpret_cast<const char*>(bytes), size});
  if (!document.faults.empty() || !document.value.is(scene::Value::Kind::kArray)) return 0;
  scene::LiveState state = kFirst;
  std::chrono::seconds now{1};
  for (const scene::Value& said : document.value.items) execute(state, said, now++);
  scene::LiveStateTexts texts{scene::header_text(state), {}};
  for (size_t i = 0; i < state.scene.layers.size(); ++i) {
    const scene::RunningLayer layer = scene::running_layer(state, i);
    texts.layers.emplace_back(layer.layer.id, scene::layer_text(layer));
  }
  const auto again = scene::live_state_from(texts, state.revision);
  LAYERCAST_CHECK(again.ok());
  LAYERCAST_CHECK(again.value() == state);
  return 0;
}
