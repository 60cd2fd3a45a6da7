#include "scene/model/frame_work.h"

#include "scene/model/limits.h"
#include "tests/scene/live_scene.h"

#include <gtest/gtest.h>
#include <string>

namespace layercast::scene {
namespace {

constexpr base::SizeI kCanvas{1000, 500};
constexpr int64_t kWhole = 500'000;

// The work of one layer with these members.
int64_t work_of(const std::string& members) {
  const Scene scene = scene_from(R"({"version": 1, "scene": "a",
    "canvas": {"width": 1000, "height": 500}, "layers": [{"id": "x", "type": "overlay", )" +
                                 members + "}]}");
  return scene.layers.empty() ? -1 : frame_work(scene.layers.front(), kCanvas);
}

const std::string kColor = R"("content": {"type": "color", "color": "red"})";
const std::string kVideo = R"("content": {"type": "video", "source": "a.mp4"}, "size": [100, 50])";

TEST(FrameWork, OfALayerIsItsPixelsOnTheCanvas) {
  EXPECT_EQ(work_of(kColor), kWhole);
  EXPECT_EQ(work_of(R"("size": [100, 50], )" + kColor), 5000);
  EXPECT_EQ(work_of(R"("size": ["10%", 50], )" + kColor), 5000);
  EXPECT_EQ(work_of(R"("size": [5000, 5000], )" + kColor), kWhole);
  EXPECT_EQ(work_of(R"("content": {"type": "image", "source": "a.png"})"), kWhole);
}

TEST(FrameWork, CountsMorePassesForMotionBlendModesAndMasks) {
  EXPECT_EQ(work_of(R"("transform": {"rotation": 30}, )" + kColor), 2 * kWhole);
  EXPECT_EQ(work_of(R"("animations": [{"effect": "fade", "duration": "1s"}], )" + kColor),
            2 * kWhole);
  EXPECT_EQ(work_of(R"("blend_mode": "multiply", )" + kColor), 3 * kWhole);
  EXPECT_EQ(work_of(R"("mask": {"source": "a.png"}, )" + kColor), 3 * kWhole);
  // Its picture covers 200 × 100 px of the canvas.
  EXPECT_EQ(work_of(R"("size": [100, 50], "transform": {"scale": 2}, )" + kColor), 2 * 20'000);
}

TEST(FrameWork, OfAHiddenLayerIsNoneUnlessItsExitMayPlay) {
  EXPECT_EQ(work_of(R"("visible": false, )" + kColor), 0);
  EXPECT_GT(
      work_of(R"("visible": false, "exit": [{"effect": "fade", "duration": "1s"}], )" + kColor), 0);
}

TEST(FrameWork, CountsFiltersOfContentsThatChange) {
  const std::string blur = R"("filters": [{"blur": 10}], )";
  // Six passes over a picture that is 30 px larger on each side, and the compositing.
  EXPECT_EQ(work_of(blur + kVideo), 7 * 160 * 110);
  EXPECT_EQ(work_of(R"("filters": [{"blur": {"radius": 10, "edge": "clamp"}}], )" + kVideo),
            7 * 100 * 50);
  EXPECT_EQ(work_of(R"("filters": [{"drop_shadow": {"blur": 10, "offset": [0, 0]}}], )" + kVideo),
            5 * 160 * 110);
  EXPECT_EQ(work_of(R"("filters": [{"chroma_key": {}}, {"sepia": 1}], )" + kVideo), 4 * 100 * 50);
  // A still picture is filtered once.
  EXPECT_EQ(work_of(blur + R"("size": [100, 50], )" + kColor), 160 * 110);
  EXPECT_EQ(work_of(blur + R"("size": [100, 50], "transition": {"duration": "1s"}, )" + kColor),
            7 * 160 * 110);
}

TEST(FrameWork, CountsAnimatedFiltersByTheirCostliestKeyframe) {
  const std::string frames = R"("size": [100, 50], "animations": [{"effect": "keyframes",
      "duration": "1s", "keyframes": [{"at": 0, "filters": [{"blur": 10}]},
                                      {"at": 1, "filters": [{"blur": 20}]}]}], )";
  EXPECT_EQ(work_of(frames + kColor), 6 * 220 * 170 + 2 * 220 * 170);
}

TEST(FrameWork, OfATextFollowsItsLettersAndItsPlaceholders) {
  const auto text = [](const std::string& words) {
    return R"("filters": [{"chroma_key": {}}], "content": {"type": "text", "text": ")" + words +
           R"(", "style": {"font_size": 100}})";
  };
  EXPECT_EQ(work_of(text("aaaaa")), 300 * 130);             // filtered once
  EXPECT_EQ(work_of(text("{{frame}}")), 3 * 9 * 60 * 130);  // filtered in each frame
  EXPECT_EQ(work_of(text("aa\\naaa")), 180 * 260);          // two lines
}

TEST(FrameWork, OfManyLargeBlursOfAChangingTextIsAboveTheLimit) {
  std::string filters;
  for (int i = 0; i < limits::kFiltersMax; ++i)
    filters += (i == 0 ? "" : ", ") + std::string(R"({"blur": 250})");
  const std::string content = R"(], "content": {"type": "text", "text": "{{frame}} WWWW"})";
  EXPECT_GT(work_of(R"("filters": [)" + filters + content), limits::kFrameWorkMax);
  EXPECT_LT(work_of(R"("filters": [{"blur": 250})" + content), limits::kFrameWorkMax / 100);
}

}  // namespace
}  // namespace layercast::scene
