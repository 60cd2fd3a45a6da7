#include "scene/wire/sound_tables.h"

#include "scene/wire/scene_file.h"
#include "tests/scene/parsed_scene.h"

#include <chrono>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>
#include <variant>
#include <vector>

namespace layercast::scene {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// A scene with a sound, a video, a picture and one more layer with this content.
std::string scene_with(const std::string& content, const std::string& type = "overlay") {
  return R"(version: 1
scene: a
canvas: {width: 64, height: 36}
layers:
  - {id: film, type: visual_feed, content: {type: video, source: a.mp4}}
  - {id: logo, type: overlay, content: {type: color, color: red}}
  - id: x
    type: )" +
         type + "\n    content: " + content + R"(
audio:
  - {id: music, source: a.wav}
)";
}

std::string host(const std::string& fields) {
  return scene_with(
      "{type: character, source: a.png, animations: {talking: {type: gif, source: t.gif}, calm: "
      "{type: gif, source: c.gif}}, " +
          fields + "}",
      "host");
}

std::vector<std::string> faults_of(const std::string& yaml) {
  const auto read = parse_scene(yaml, "s.yaml");
  return read ? std::vector<std::string>{} : read.error().lines;
}

template <class C>
C content_of(const std::string& yaml) {
  const SceneFile file = parsed_scene(yaml);
  if (file.scene.layers.size() < 3) return {};
  return std::get<C>(file.scene.layers[2]->content);
}

TEST(MeterTable, HasDefaults) {
  const auto meter = content_of<MeterContent>(scene_with("{type: meter, of: program}"));
  EXPECT_EQ(meter.style, MeterStyle::kBars);
  EXPECT_EQ(meter.bands, std::nullopt);
  EXPECT_EQ(meter.range, (LevelRange{-60, 0}));
  EXPECT_EQ(meter.color, (base::Color{255, 255, 255, 255}));
  EXPECT_EQ(meter.gap, 2);
  EXPECT_EQ(meter.smoothing, milliseconds(300));
}

TEST(MeterTable, ReadsAndWritesAllFields) {
  const std::string yaml = scene_with(
      "{type: meter, of: music, style: spectrum, bands: 24, range: [-48, -6], color: \"#ff0000\", "
      "gradient: \"linear-gradient(to top, lime, red)\", background_color: \"#00000080\", gap: 3, "
      "radius: 4, thickness: 9, smoothing: 1s}");
  const auto meter = content_of<MeterContent>(yaml);
  EXPECT_EQ(meter.of, "music");
  EXPECT_EQ(meter.style, MeterStyle::kSpectrum);
  EXPECT_EQ(meter.bands, 24);
  EXPECT_EQ(meter.range, (LevelRange{-48, -6}));
  EXPECT_TRUE(meter.gradient.has_value());
  EXPECT_EQ(meter.thickness, 9);
  EXPECT_EQ(meter.smoothing, milliseconds(1000));
  const Scene scene = parsed_scene(yaml).scene;
  EXPECT_EQ(parsed_scene(scene_yaml(scene)).scene, scene);
}

TEST(MeterTable, FaultsNameThePlaceAndTheRemedy) {
  EXPECT_THAT(faults_of(scene_with("{type: meter}")), ElementsAre(HasSubstr("\"of\" is missing")));
  EXPECT_THAT(faults_of(scene_with("{type: meter, of: program, range: [0, -60]}")),
              ElementsAre(HasSubstr("9:48: layers[2].content.range: the first level is not below "
                                    "the second, expected [low, high] in dBFS")));
  EXPECT_THAT(faults_of(scene_with("{type: meter, of: program, bands: 0}")),
              ElementsAre(HasSubstr("content.bands: 0 is below 1")));
  EXPECT_THAT(faults_of(scene_with("{type: meter, of: program, smoothing: 3s}")),
              ElementsAre(HasSubstr("content.smoothing")));
  EXPECT_THAT(faults_of(scene_with("{type: meter, of: program}", "host")),
              ElementsAre(HasSubstr("a layer of type host cannot hold meter content")));
}

TEST(MeterTable, MeasuresWhatIsInTheScene) {
  for (const char* name : {"program", "none", "film", "music"}) {
    const std::string yaml = scene_with(std::string("{type: meter, of: ") + name + "}");
    EXPECT_THAT(faults_of(yaml), IsEmpty()) << name;
    EXPECT_THAT(parsed_scene(yaml).warnings, IsEmpty()) << name;
  }
  EXPECT_THAT(faults_of(scene_with("{type: meter, of: musik}")),
              ElementsAre(HasSubstr("layers[2].content.of: there is no layer and no sound "
                                    "\"musik\", expected program, or the id of a layer or a "
                                    "sound; did you mean \"music\"?")));
  EXPECT_THAT(parsed_scene(scene_with("{type: meter, of: logo}")).warnings,
              ElementsAre(HasSubstr("the layer \"logo\" has no sound")));
}

TEST(TalkingTable, HasDefaults) {
  const auto character = content_of<CharacterContent>(host("voice: music, talking: {else: calm}"));
  EXPECT_EQ(character.voice, "music");
  EXPECT_EQ(character.talking, (Talking{-40, milliseconds(200), "talking", "calm"}));
}

TEST(TalkingTable, ReadsAndWritesAllFields) {
  const Scene scene =
      parsed_scene(
          host("voice: film, talking: {level_above: -30.5, hold: 1s, state: calm, else: talking}"))
          .scene;
  ASSERT_EQ(scene.layers.size(), 3U);
  EXPECT_EQ(std::get<CharacterContent>(scene.layers[2]->content).talking,
            (Talking{-30.5, milliseconds(1000), "calm", "talking"}));
  EXPECT_EQ(parsed_scene(scene_yaml(scene)).scene, scene);
}

TEST(TalkingTable, FaultsNameThePlaceAndTheRemedy) {
  EXPECT_THAT(faults_of(host("voice: films")),
              ElementsAre(HasSubstr("layers[2].content.voice: there is no layer and no sound "
                                    "\"films\"")));
  EXPECT_THAT(faults_of(host("talking: {state: talkin}")),
              ElementsAre(HasSubstr("layers[2].content.talking.state: there is no animation "
                                    "\"talkin\", expected talking or calm; did you mean "
                                    "\"talking\"?")));
  EXPECT_THAT(faults_of(host("talking: {else: idle}")),
              ElementsAre(HasSubstr("layers[2].content.talking.else: there is no animation "
                                    "\"idle\", expected talking or calm")));
  EXPECT_THAT(faults_of(scene_with("{type: character, source: a.png, talking: {}}", "host")),
              ElementsAre(HasSubstr("layers[2].content.talking: there is no animation "
                                    "\"talking\", expected \"state\" with the name of one of "
                                    "the \"animations\"")));
  EXPECT_THAT(faults_of(host("talking: {level_above: 3}")),
              ElementsAre(HasSubstr("content.talking.level_above")));
}

}  // namespace
}  // namespace layercast::scene
