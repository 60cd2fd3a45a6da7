#pragma once

#include "base/time.h"
#include "scene/live/command.h"
#include "scene/live/command_codec.h"
#include "scene/live/live_codec.h"
#include "scene/live/live_state.h"
#include "scene/model/find_by_id.h"
#include "scene/wire/codec.h"
#include "scene/wire/json_codec.h"
#include "scene/wire/scene_tables.h"
#include "tests/scene/random_scene.h"
#include "tests/scene/typed_command.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <gtest/gtest.h>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

/// What tests of live scenes share.
namespace layercast::scene {

inline Value json(std::string_view text) {
  JsonDocument document = read_json(text);
  for (const Fault& fault : document.faults) ADD_FAILURE() << text << ": " << fault.to_string();
  return std::move(document.value);
}

inline CommandDocument command(std::string_view method, std::string_view params = "{}") {
  return {std::string(method), json(params)};
}

inline Scene scene_from(std::string_view text) {
  Reader reader;
  auto scene = scene_codec().read(json(text), reader);
  for (const Fault& fault : reader.faults()) ADD_FAILURE() << fault.to_string();
  return scene ? *std::move(scene) : Scene{};
}

/// Three layers, two outputs and an active layer.
inline LiveState small_state() {
  LiveState state = first_state(scene_from(R"({"version": 1, "scene": "small",
    "canvas": {"width": 640, "height": 360, "fps": 30},
    "layers": [
      {"id": "back", "type": "overlay", "content": {"type": "color", "color": "#102030"}},
      {"id": "title", "type": "overlay", "z_index": 5,
       "content": {"type": "text", "text": "hello", "style": {"font_size": 40}},
       "animations": [{"effect": "fade", "from": 0, "to": 1, "duration": "2s"}]},
      {"id": "film", "type": "visual_feed", "z_index": 7, "visible": false,
       "content": {"type": "video", "source": "a.mp4"}}],
    "outputs": [{"id": "main", "url": "rtmp://host/live/secret", "preset": "fast"},
                {"id": "file", "url": "recording.mkv"}]})"),
                                WallTime{base::Duration{1'700'000'000'123'456'789}});
  state.active = "title";
  return state;
}

inline constexpr base::Duration kNow = std::chrono::seconds(10);

/// Reads the command and applies it.
inline base::Result<Applied, Refusal> apply(const LiveState& state, const CommandDocument& document,
                                            base::Duration now) {
  TRY(const Command command, command_from(document));
  return apply(state, command, now);
}

/// What a command leads to; a failure of the test when it is refused.
inline Applied executed(const LiveState& state, const CommandDocument& command,
                        base::Duration now = kNow) {
  auto outcome = apply(state, command, now);
  if (!outcome) {
    ADD_FAILURE() << command.method << ": " << outcome.error().error.to_string();
    return {state, {}, {}};
  }
  return std::move(outcome).value();
}
inline Applied executed(const LiveState& state, const Change& change, base::Duration now = kNow) {
  return executed(state, document_of(change), now);
}

inline std::vector<std::string> names_of(const std::vector<Event>& events) {
  std::vector<std::string> names;
  for (const Event& event : events) names.push_back(event.name);
  return names;
}

/// The layer called `id`; a failure of the test where there is none.
inline const Layer& layer_of(const LiveState& state, const std::string& id) {
  const auto* layer = find_by_id(state.scene.layers, id);
  EXPECT_NE(layer, nullptr) << id;
  static const Layer kNone;
  return layer == nullptr ? kNone : **layer;
}
/// Its run state, and both.
inline const LayerRun& run_of(const LiveState& state, const std::string& id) {
  return *state.run.layers.of(id);
}
inline RunningLayer running(const LiveState& state, const std::string& id) {
  return {layer_of(state, id), run_of(state, id)};
}

/// What a store keeps of the state, in no order.
inline LiveStateTexts texts_of(const LiveState& state) {
  LiveStateTexts texts{header_text(state), {}};
  for (const auto& layer : state.scene.layers) {
    texts.layers.emplace_back(layer->id, layer_text(running(state, layer->id)));
  }
  std::ranges::reverse(texts.layers);
  return texts;
}
inline void expect_kept(const LiveState& state) {
  const auto read = live_state_from(texts_of(state), state.revision);
  ASSERT_TRUE(read) << read.error().to_string();
  EXPECT_EQ(read.value(), state);
}

/// Makes commands: most of them succeed in the state they are made for.
class RandomCommand {
 public:
  explicit RandomCommand(uint64_t seed) : seed_(seed), dice_(seed, Purpose::kReadBack) {}

  CommandDocument next(const LiveState& state) {
    switch (dice_.below(16)) {
      case 0:
      case 1:
        return create(state);
      case 2:
      case 3:
      case 4:
      case 5:
        return {"layers.update", with_id(state).add("patch", patch())};
      case 6:
        return {"layers.replace", with_id(state).add("layer", some_layer(true))};
      case 7:
        if (dice_.one_in(3)) return stopwatch(state);
        return {dice_.one_in(3) ? "layers.restart" : "layers.delete", with_id(state)};
      case 8:
        return {"layers.activate", dice_.one_in(3) ? json(R"({"id": null})") : with_id(state)};
      case 9:
      case 10:
        return {"layers.animate", with_id(state).add("animation", animation())};
      case 11:
        return dice_.one_in(4) ? replace_scene() : stream();
      case 12:
        return stream();
      case 13:
        return output(state);
      case 14:
        return command("scene.patch", dice_.one_in(2)
                                          ? R"({"patch": {"canvas": {"background": "red"}}})"
                                          : R"({"patch": {"fonts": ["a.ttf"], "duration": null}})");
      default:
        return batch(state);
    }
  }

  RandomScene& dice() { return dice_; }

 private:
  Value with_id(const LiveState& state) {
    const auto& layers = state.scene.layers;
    const std::string id = layers.empty() || dice_.one_in(12) ? "no-such" : dice_.pick(layers)->id;
    return Value::object().add("id", Value::of(id));
  }

  Value some_layer(bool is_nameless) {
    Layer layer;
    for (layer.id.clear(); layer.id.empty();) {
      const Scene scene = RandomScene(seed_ * 1000 + ++count_, Purpose::kReadBack).scene();
      if (scene.layers.empty()) continue;
      layer = scene.layers.front();
    }
    Value document = layer_codec().write(layer);
    if (is_nameless) document.erase("id");
    return document;
  }

  CommandDocument create(const LiveState& state) {
    Value document = some_layer(dice_.one_in(2));
    if (document.find("id") != nullptr && dice_.one_in(6) && !state.scene.layers.empty()) {
      document.set("id", Value::of(dice_.pick(state.scene.layers)->id));
    }
    return {"layers.create", Value::object().add("layer", std::move(document))};
  }

  Value animation() {
    static const std::vector<std::string> kAnimations = {
        R"({"effect": "fade", "from": 0, "to": 1, "duration": "500ms"})",
        R"({"effect": "slide", "from": "left", "duration": "1s", "fill": "none"})",
        R"({"effect": "rotate", "to": 90, "duration": "3s", "iterations": "infinite"})",
        R"({"effect": "scale", "from": 2, "duration": 0.25})"};
    return json(dice_.pick(kAnimations));
  }

  Value patch() {
    static const std::vector<std::string> kPatches = {
        R"({"opacity": 0.5})",
        R"({"opacity": null, "visible": false})",
        R"({"visible": true})",
        R"({"z_index": 3, "transform": {"position": [10, 20.5], "rotation": null}})",
        R"({"transform": null})",
        R"({"opacity": 7})",
        R"({"colour": "red"})",
        R"({"clip": {"radius": 4}, "size": [100, 50]})",
        R"({"animations": [{"effect": "fade", "from": 0, "to": 1, "duration": "500ms"}]})",
        R"({"animations": null})",
        R"({"type": "overlay", "content": null})",
        R"({"transition": {"duration": "700ms"}, "transform": {"scale": 2}})",
        R"({"exit": [{"effect": "fade", "from": 1, "to": 0, "duration": "2s"}]})"};
    if (dice_.one_in(3)) {
      return Value::object().add("opacity", Value::of(dice_.below(1000) / 1000.0));
    }
    return json(dice_.pick(kPatches));
  }

  CommandDocument stream() {
    switch (dice_.below(5)) {
      case 0:
        return {"stream.start", Value::object()};
      case 1:
        return {"stream.stop", Value::object()};
      case 2:
        return {"stream.pause", Value::object()};
      case 3:
        return command("stream.configure", R"({"patch": {"quality": "low", "bitrate": "3M"}})");
      default:
        return command("stream.configure", R"({"patch": {"width": 320, "preset": null}})");
    }
  }

  CommandDocument output(const LiveState& state) {
    const auto& outputs = state.scene.outputs;
    if (outputs.empty() || dice_.one_in(2)) {
      return command("outputs.add", dice_.one_in(2)
                                        ? R"({"output": {"url": "a.mkv"}})"
                                        : R"({"output": {"id": "x", "url": "rtmp://h/a/b"}})");
    }
    return {"outputs.remove", Value::object().add("id", Value::of(dice_.pick(outputs).id))};
  }

  CommandDocument replace_scene() {
    Scene scene = RandomScene(seed_ * 1000 + ++count_, Purpose::kReadBack).scene();
    return {"scene.replace", Value::object().add("scene", scene_codec().write(scene))};
  }

  // Of a text that shows it, if there is one.
  CommandDocument stopwatch(const LiveState& state) {
    Value params = with_id(state);
    for (const auto& layer : state.scene.layers) {
      const auto* text = std::get_if<TextContent>(&layer->content);
      const bool shows_it = text != nullptr && text->text.find("{{elapsed") != std::string::npos;
      if (shows_it) params.set("id", Value::of(layer->id));
    }
    constexpr std::array<std::string_view, 3> kActions = {"start", "stop", "reset"};
    const auto action = kActions.at(static_cast<size_t>(dice_.below(3)));
    return {"layers.stopwatch", params.add("action", Value::of(action))};
  }

  CommandDocument batch(const LiveState& state) {
    Value commands = Value::array();
    for (int i = dice_.below(4); i > 0; --i) {
      CommandDocument each = next(state);
      if (each.method != "batch") commands.items.push_back(value_of(each));
    }
    return {"batch", Value::object().add("commands", std::move(commands))};
  }

  uint64_t seed_;
  uint64_t count_ = 0;
  RandomScene dice_;
};

}  // namespace layercast::scene
