#include "scene/live/live_codec.h"

#include "tests/scene/live_scene.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <string>
#include <utility>
#include <vector>

namespace layercast::scene {
namespace {

TEST(LiveStateTexts, ReadBackEqual) {
  for (uint64_t seed = 1; seed <= 300; ++seed) {
    RandomScene random(seed, Purpose::kReadBack);
    LiveState state;
    state.revision = static_cast<int64_t>(seed);
    state.scene = random.scene();
    state.run = random.run_of(state.scene);
    if (!state.scene.layers.empty()) state.active = state.scene.layers.front()->id;
    state.transmission = static_cast<Transmission>(random.below(3));
    state.epoch = WallTime{base::Duration{1'700'000'000'000'000'001 + random.below(1'000'000)}};
    state.stream.bitrate = random.between(1000, 1'000'000'000);
    state.stream.codec = "c" + random.text().substr(0, 20);
    state.stream.keyframe_interval = base::Duration{random.between(100'000'000, 2'000'000'000)};
    const auto read = live_state_from(texts_of(state), state.revision);
    ASSERT_TRUE(read) << read.error().to_string();
    ASSERT_EQ(read.value(), state) << "seed " << seed;
  }
}

TEST(LiveStateTexts, ThatAreNoneAreRefused) {
  const LiveStateTexts good = texts_of(small_state());
  ASSERT_TRUE(live_state_from(good, 1));
  std::vector<LiveStateTexts> wrong(10, good);
  wrong[0].header = "";
  wrong[1].header = "[]";
  wrong[2].header.insert(1, "\"scene\":{},");
  wrong[3].layers.pop_back();
  wrong[4].layers.push_back({"more", good.layers[0].second});
  std::swap(wrong[5].layers[0].second, wrong[5].layers[1].second);
  wrong[6].layers[0].second = "{}";
  wrong[7].header.replace(good.header.find("17000"), 5, "x");
  wrong[8].header.replace(good.header.find("on-air"), 6, "off-ar");
  wrong[9].header.replace(good.header.find("\"version\":2"), 11, "\"version\":-1e300");
  for (size_t i = 0; i < wrong.size(); ++i) {
    const auto read = live_state_from(wrong[i], 1);
    ASSERT_FALSE(read) << i;
    EXPECT_EQ(read.error().code, base::ErrorCode::kInvalidInput);
  }
}

// A fault behind the first sound, exiting layer or setting must not leave those before it behind.
TEST(LiveStateTexts, PartsThatAreLeftOutLeaveNothing) {
  LiveState state = small_state();
  AudioTrack& music = state.scene.audio.emplace_back();
  music.id = "music";
  music.source = "m.ogg";
  state.run.exiting = {{state.scene.layers[0], *state.run.layers.of("back"), 0, false}};
  state.stream.bitrate = 1'000'000;
  LiveStateTexts texts = texts_of(state);
  const auto replace = [&](std::string_view old, std::string_view now) {
    const size_t place = texts.header.find(old);
    ASSERT_NE(place, std::string::npos) << old;
    texts.header.replace(place, old.size(), now);
  };
  replace(R"("audio_run":{"music":{)", R"("audio_run":{"music":{"start":"-s")");
  replace(R"(],"active")", R"(,{}],"active")");
  replace(R"("transmission":"on-air")", R"("transmission":"off-air")");
  std::vector<UnreadablePart> unreadable;
  const auto read = live_state_from(texts, state.revision, &unreadable);
  ASSERT_TRUE(read) << read.error().to_string();
  EXPECT_EQ(unreadable.size(), 3U);
  EXPECT_TRUE(read.value().scene.audio.empty());
  EXPECT_TRUE(read.value().run.exiting.empty());
  EXPECT_EQ(read.value().stream, StreamSettings{});
  const auto again = live_state_from(texts_of(read.value()), state.revision);
  ASSERT_TRUE(again) << again.error().to_string();
  EXPECT_EQ(again.value(), read.value());
}

TEST(LiveDocuments, HoldNoSecretUnlessAskedFor) {
  const LiveState state = small_state();
  const std::string shown = write_json(document_of(state, Secrets::kRedacted));
  EXPECT_EQ(shown.find("secret"), std::string::npos);
  EXPECT_NE(shown.find("rtmp://host/live/***"), std::string::npos);
  EXPECT_NE(write_json(document_of(state, Secrets::kShown)).find("secret"), std::string::npos);
  EXPECT_EQ(output_document(state.scene.outputs[0], Secrets::kRedacted).find("url")->text,
            "rtmp://host/live/***");
}

TEST(LiveDocuments, AreTheSceneAndWhatIsLive) {
  LiveState state = small_state();
  state.revision = 12;
  const Value document = document_of(state, Secrets::kShown);
  EXPECT_EQ(document.find("revision")->number, 12);
  EXPECT_EQ(document.find("active")->text, "title");
  EXPECT_EQ(write_json(*document.find("stream"), 0),
            R"({"width":640,"height":360,"fps":30,"codec":"h264","preset":"veryfast",)"
            R"("bitrate":"6M","keyframe_interval":"2s","transmission":"on-air"})");
  EXPECT_EQ(document.find("layers")->items[1],
            layer_document(state.scene.layers[1], Secrets::kShown));
}

TEST(FirstState, VisibleLayersStartAtZero) {
  const LiveState state = small_state();
  EXPECT_EQ(state.revision, 1);
  EXPECT_EQ(run_of(state, "back").start, base::Duration{});
  EXPECT_EQ(run_of(state, "film").start, std::nullopt);
}

}  // namespace
}  // namespace layercast::scene
