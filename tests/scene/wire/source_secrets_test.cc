#include "scene/wire/source_secrets.h"

#include "scene/live/live_codec.h"
#include "scene/wire/json_codec.h"
#include "scene/wire/scene_tables.h"
#include "tests/scene/live_scene.h"

#include <gtest/gtest.h>
#include <string>

namespace layercast::scene {
namespace {

// Every place where a URL may stand, each with a secret of its own.
LiveState state_with_urls() {
  return first_state(scene_from(R"({"version": 1, "scene": "feeds",
    "canvas": {"width": 640, "height": 360, "fps": 30},
    "layers": [
      {"id": "feed", "type": "visual_feed",
       "content": {"type": "video", "source": "rtmp://host/live/secret-1",
                   "metadata": {"source": "http://me:public@host/"}}},
      {"id": "host", "type": "host", "content": {"type": "character",
       "source": {"type": "video", "source": "srt://host:1?passphrase=secret-2"},
       "animations": {
         "one": {"type": "video", "source": "https://me:secret-3@host/a"},
         "two": {"type": "video", "source": "https://me:secret-4@host/a"}}}}],
    "audio": [{"id": "music", "source": "http://host/a?token=secret-5"}]})"),
                     WallTime{});
}

const std::string kShownFeed = "rtmp://host/live/***";

CommandDocument patch_of(const std::string& id, const std::string& patch) {
  return command("layers.update", R"({"id": ")" + id + R"(", "patch": )" + patch + "}");
}

Value with_id_and(const std::string& id, std::string_view key, const Value& value) {
  return Value::object().add("id", Value::of(id)).add(key, value);
}

const std::string& source_of(const LiveState& state) {
  return std::get<VideoContent>(state.scene.layers.front()->content).source;
}

TEST(SourceSecrets, AreShownToNobody) {
  const LiveState state = state_with_urls();
  const std::string whole = write_json(document_of(state, Secrets::kRedacted), 0);
  EXPECT_EQ(whole.find("secret"), std::string::npos) << whole;
  EXPECT_NE(whole.find(kShownFeed), std::string::npos);
  EXPECT_NE(whole.find("http://me:public@host/"), std::string::npos);  // a text that is shown
  for (const Layer& layer : state.scene.layers) {
    EXPECT_EQ(write_json(layer_document(layer, Secrets::kRedacted)).find("secret"),
              std::string::npos);
    EXPECT_TRUE(
        has_redacted_source(layer_codec().shape, layer_document(layer, Secrets::kRedacted)));
    EXPECT_FALSE(has_redacted_source(layer_codec().shape, layer_document(layer, Secrets::kShown)));
  }
  EXPECT_EQ(track_document(state.scene.audio[0], Secrets::kRedacted).find("source")->text,
            "http://host/a?token=***");
}

TEST(SourceSecrets, AreInNoAnswerOrEvent) {
  const LiveState state = state_with_urls();
  const auto expect_none = [](const Applied& applied) {
    ASSERT_FALSE(applied.events.empty());
    EXPECT_EQ(write_json(applied.result).find("secret"), std::string::npos);
    for (const Event& event : applied.events) {
      EXPECT_EQ(write_json(event.params).find("secret"), std::string::npos) << event.name;
    }
  };
  expect_none(executed(state, patch_of("feed", R"({"opacity": 0.5})")));
  expect_none(
      executed(state, command("audio.update", R"({"id": "music", "patch": {"volume": 0.5}})")));
  expect_none(
      executed(state, command("audio.add", R"({"audio": {"source": "http://secret@host/"}})")));
  expect_none(executed(state, command("layers.create", R"({"layer": {"type": "visual_feed",
      "content": {"type": "video", "source": "rtmp://host/live/secret-6"}}})")));
  expect_none(executed(state, command("scene.patch", R"({"patch": {"duration": "5s"}})")));
}

TEST(SourceSecrets, WhatWasReadCanBeWrittenBack) {
  const LiveState state = state_with_urls();
  const Value scene = document_of(state, Secrets::kRedacted);
  EXPECT_EQ(executed(state, {"scene.replace", Value::object().add("scene", scene)}).state, state);
  for (const Layer& layer : state.scene.layers) {
    const Value document = layer_document(layer, Secrets::kRedacted);
    const Value params = with_id_and(layer.id, "layer", document);
    EXPECT_EQ(executed(state, {"layers.replace", params}).state, state);
    const Value patch = with_id_and(layer.id, "patch", document);
    EXPECT_EQ(executed(state, {"layers.update", patch}).state, state);
  }
  const Value track = track_document(state.scene.audio[0], Secrets::kRedacted);
  EXPECT_EQ(executed(state, {"audio.update", with_id_and("music", "patch", track)}).state, state);
}

TEST(SourceSecrets, FollowTheirUrlToAnotherPlace) {
  const LiveState state = state_with_urls();
  const LiveState moved =
      executed(state, patch_of("feed", R"({"content": {"source": "rtmp://other/live/key"}})"))
          .state;
  EXPECT_EQ(source_of(moved), "rtmp://other/live/key");
  // Two look so: which one is meant is told by the place alone.
  const CommandDocument renamed =
      patch_of("host", R"({"content": {"animations": {"one": null, "three":
      {"type": "video", "source": "https://me:***@host/a"}}}})");
  const auto outcome = apply(state, renamed, kNow);
  ASSERT_FALSE(outcome);
}

TEST(SourceSecrets, ThatNobodyHasAreRefused) {
  const LiveState state = state_with_urls();
  const auto refusal = [&](const CommandDocument& command) {
    const auto outcome = apply(state, command, kNow);
    EXPECT_FALSE(outcome) << command.method;
    return outcome || outcome.error().faults.empty() ? "" : outcome.error().faults[0].pointer;
  };
  EXPECT_EQ(refusal(patch_of("feed", R"({"content": {"source": "rtmp://other/live/***"}})")),
            "/patch/content/source");
  EXPECT_EQ(refusal(command("layers.create", R"({"layer": {"type": "visual_feed",
                "content": {"type": "video", "source": "rtmp://host/live/***"}}})")),
            "/layer/content/source");
  EXPECT_EQ(refusal(command("audio.add", R"({"audio": {"source": "http://***@host/"}})")),
            "/audio/source");
  Value scene = document_of(state, Secrets::kRedacted);
  scene.find("layers")->items[0].set("id", Value::of("another"));
  EXPECT_EQ(refusal({"scene.replace", Value::object().add("scene", scene)}),
            "/scene/layers/0/content/source");
}

TEST(SourceSecrets, AreNoDifference) {
  const LiveState state = state_with_urls();
  Reader reader;
  const Value shown = scene_document(state.scene, Secrets::kRedacted);
  const Scene redacted = *scene_codec().read(shown, reader);
  EXPECT_TRUE(changes_between(redacted, state.scene).empty());
  EXPECT_TRUE(changes_between(state.scene, redacted).empty());
  Scene other = state.scene;
  std::get<VideoContent>(other.layers[0].edit().content).source = "rtmp://host/live/secret-7";
  EXPECT_EQ(changes_between(state.scene, other).size(), 1);
}

}  // namespace
}  // namespace layercast::scene
