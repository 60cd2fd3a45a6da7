#include "stream/loading_marks.h"

#include "render/mask_layer.h"

#include <chrono>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <memory>
#include <optional>
#include <string>
#include <sys/stat.h>
#include <utility>
#include <vector>

namespace layercast::stream {
namespace {

namespace fs = std::filesystem;
using Former = LoadingMarks::Former;

class LoadingMarksTest : public testing::Test {
 protected:
  LoadingMarksTest() { fs::create_directories(folder_); }
  ~LoadingMarksTest() override { fs::remove_all(folder_); }

  std::unique_ptr<LoadingMarks> open(Former former = Former::kHeld) const {
    auto marks = LoadingMarks::open(path_, former);
    EXPECT_TRUE(marks.ok()) << marks.error().to_string();
    return marks.ok() ? std::move(marks).value() : nullptr;
  }

  // The marks of a process that starts after one that died while it loaded `contents`: a copy of
  // its file.
  std::unique_ptr<LoadingMarks> open_after_death(const std::vector<MarkedContent>& contents) const {
    const std::string died = folder_ + "/died";
    {
      auto marks = LoadingMarks::open(died, Former::kForgotten).value();
      std::vector<std::unique_ptr<LoadingMarks::Mark>> loading;
      for (const auto& each : contents) {
        loading.push_back(std::make_unique<LoadingMarks::Mark>(*marks, each));
      }
      fs::copy_file(died, path_, fs::copy_options::overwrite_existing);
    }
    return open();
  }

  const std::string folder_ = testing::TempDir() + "/loading-marks-" +
                              testing::UnitTest::GetInstance()->current_test_info()->name();
  const std::string path_ = folder_ + "/scene.loading";
  const MarkedContent logo_{"logo", 0x1234};
  const MarkedContent film_{"film", 0xfedcba9876543210};
};

TEST_F(LoadingMarksTest, WhatWasLoadedIsNotHeld) {
  {
    const auto marks = open();
    const LoadingMarks::Mark logo(*marks, logo_);
    const LoadingMarks::Mark film(*marks, film_);
  }
  EXPECT_EQ(fs::file_size(path_), 0U);
  const auto marks = open();
  EXPECT_FALSE(marks->has_holds());
  EXPECT_FALSE(marks->held_since(logo_));
}

TEST_F(LoadingMarksTest, WhatWasLoadingWhenTheProcessDiedIsHeld) {
  const auto before = std::chrono::system_clock::now();
  auto marks = open_after_death({logo_, film_});
  for (const auto& each : {logo_, film_}) {
    const auto since = marks->held_since(each);
    ASSERT_TRUE(since) << each.layer;
    EXPECT_GE(*since, before);
    EXPECT_LE(*since, std::chrono::system_clock::now());
  }
  EXPECT_FALSE(marks->held_since({"logo", 0x1235}));
  EXPECT_FALSE(marks->held_since({"other", 0x1234}));
}

TEST_F(LoadingMarksTest, HoldsLastThroughFurtherStartsUntilTheyAreReleased) {
  open_after_death({logo_, {render::mask_name("logo"), 5}, film_});
  {
    auto marks = open();
    const LoadingMarks::Mark other(*marks, {"other", 7});
    EXPECT_FALSE(marks->release("other"));  // it is loading
    EXPECT_TRUE(marks->release("logo"));
    EXPECT_FALSE(marks->release("logo"));
    EXPECT_FALSE(marks->held_since(logo_));
    EXPECT_FALSE(marks->held_since({render::mask_name("logo"), 5}));
  }
  auto marks = open();
  EXPECT_FALSE(marks->held_since(logo_));
  EXPECT_FALSE(marks->held_since({"other", 7}));
  EXPECT_TRUE(marks->held_since(film_));
}

TEST_F(LoadingMarksTest, AChangeEndsAHold) {
  auto marks = open_after_death({logo_});
  // It was not wanted yet: a scheduled command may bring it back.
  EXPECT_FALSE(marks->held_since({"logo", 1}));
  EXPECT_TRUE(marks->held_since(logo_));
  EXPECT_FALSE(marks->held_since({"logo", 1}));
  EXPECT_FALSE(marks->held_since(logo_));
  EXPECT_FALSE(marks->has_holds());
}

TEST_F(LoadingMarksTest, ARemovedLayerIsForgotten) {
  auto marks = open_after_death({logo_, film_});
  EXPECT_TRUE(marks->held_since(logo_));
  marks->forget_removed({"logo"});
  EXPECT_TRUE(marks->held_since(logo_));
  marks->forget_removed({});
  EXPECT_FALSE(marks->held_since(logo_));
  // It was never there.
  EXPECT_TRUE(marks->held_since(film_));
}

TEST_F(LoadingMarksTest, AFreshStartForgetsThem) {
  open_after_death({logo_});
  EXPECT_FALSE(open(Former::kForgotten)->has_holds());
  EXPECT_FALSE(open()->has_holds());
}

TEST_F(LoadingMarksTest, OtherLinesAreIgnored) {
  open_after_death({logo_});
  {
    std::ofstream file(path_, std::ios::app);
    file << std::string(127, 'x') << "\n"
         << std::string(127, ' ') << "\n"
         << "0123";
  }
  auto marks = open();
  EXPECT_TRUE(marks->held_since(logo_));
  EXPECT_TRUE(marks->release("logo"));
  EXPECT_FALSE(marks->has_holds());
}

TEST_F(LoadingMarksTest, TheFileBelongsToItsUser) {
  const auto marks = open();
  struct stat status {};
  ASSERT_EQ(::stat(path_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
  EXPECT_FALSE(LoadingMarks::open(folder_ + "/none/scene.loading", Former::kHeld).ok());
}

TEST(MarkedContent, IsAnotherOneAfterAChangeOfWhatIsLoaded) {
  scene::Layer layer;
  layer.id = "logo";
  layer.content = scene::ImageContent{"logo.png", scene::Fit::kFill, {}, {}};
  AssetFiles files{{"/a/logo.png", {1, 2, 300, 4, true}}};
  const MarkedContent before = marked_content(layer, files);
  EXPECT_EQ(before.layer, "logo");

  scene::Layer moved = layer;
  moved.opacity = 0.5;
  moved.z_index = 3;
  EXPECT_EQ(marked_content(moved, files), before);
  // As after the restart of a container.
  EXPECT_EQ(marked_content(layer, {{"/a/logo.png", {7, 8, 300, 4, true}}}), before);

  EXPECT_NE(marked_content(layer, {{"/a/logo.png", {1, 2, 300, 5, true}}}), before);
  EXPECT_NE(marked_content(layer, {}), before);
  scene::Layer other = layer;
  other.content = scene::ImageContent{"other.png", scene::Fit::kFill, {}, {}};
  EXPECT_NE(marked_content(other, files), before);
  scene::Layer larger = layer;
  larger.size = scene::LengthSize{30.0, 20.0};
  EXPECT_NE(marked_content(larger, files), before);
}

TEST(MarkedContent, IsWhatMayFail) {
  scene::Layer layer;
  layer.content = scene::ColorContent{};
  EXPECT_FALSE(is_marked(layer));
  layer.filters = {scene::BlurFilter{2}};
  EXPECT_TRUE(is_marked(layer));
  layer.filters.clear();
  layer.content = scene::TextContent{};
  EXPECT_TRUE(is_marked(layer));
}

}  // namespace
}  // namespace layercast::stream
