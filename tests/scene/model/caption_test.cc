#include "scene/model/caption.h"

#include "scene/wire/scene_file.h"

#include <gtest/gtest.h>
#include <string>
#include <variant>
#include <vector>

namespace layercast::scene {
namespace {

using Pieces = std::vector<CaptionPiece>;

TEST(Caption, NamesStandInSingleBraces) {
  EXPECT_EQ(caption_pieces("{name} · {price}"),
            (Pieces{{"name", true}, {" · ", false}, {"price", true}}));
  EXPECT_EQ(caption_pieces("by {the artist}"), (Pieces{{"by ", false}, {"the artist", true}}));
  EXPECT_EQ(caption_pieces(""), Pieces{});
}

TEST(Caption, OtherBracesStandForThemselves) {
  for (const std::string text : {"{{name}}", "{{clock}} now", "a } b", "{", "{open", "{{", "{{{"}) {
    EXPECT_EQ(caption_pieces(text), (Pieces{{text, false}})) << text;
  }
  EXPECT_EQ(caption_pieces("{a{b}"), (Pieces{{"{a", false}, {"b", true}}));
}

TEST(Caption, ValuesStandInTheOrderOfTheTemplate) {
  const Metadata lot = {{"price", "1 ETH"}, {"name", "{Boy}"}};
  EXPECT_EQ(caption_text("{name}: {price}, {name}", lot), "{Boy}: 1 ETH, {Boy}");
  EXPECT_EQ(caption_text("{nobody}", lot), "");
}

std::vector<std::string> faults_of(const std::string& content) {
  const auto read = parse_scene(R"(version: 1
scene: s
canvas: {width: 64, height: 36, fps: 25}
layers:
  - {id: lot, type: visual_feed, content: )" +
                                    content + "}\n",
                                "s.yaml");
  return read ? std::vector<std::string>{} : read.error().lines;
}

TEST(Caption, ANameThatTheMetadataDoesNotHaveIsAFault) {
  for (const std::string kind : {"image", "video"}) {
    const std::string start = "{type: " + kind + ", source: a.mp4, ";
    EXPECT_EQ(faults_of(start + "metadata: {name: Boy, price: 1}, caption: '{name} {price}'}"),
              std::vector<std::string>{});
    const auto misspelt =
        faults_of(start + "metadata: {name: Boy, price: 1}, caption: '{nmae} {{x}}'}");
    ASSERT_EQ(misspelt.size(), 1U);
    EXPECT_NE(misspelt[0].find("layers[0].content.caption: there is no \"nmae\" in the metadata, "
                               "expected name or price; did you mean \"name\"?"),
              std::string::npos)
        << misspelt[0];
    const auto without = faults_of(start + "caption: '{name}'}");
    ASSERT_EQ(without.size(), 1U);
    EXPECT_NE(without[0].find("\"metadata\" that has it"), std::string::npos) << without[0];
  }
}

}  // namespace
}  // namespace layercast::scene
