#include "content/animation/frame_files.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace layercast::content {
namespace {

using base::ErrorCode;
using testing::ElementsAre;

class FrameFiles : public testing::Test {
 protected:
  FrameFiles() {
    std::string name = (std::filesystem::temp_directory_path() / "frame_files.XXXXXX").string();
    folder_ = mkdtemp(name.data());
  }
  ~FrameFiles() override { std::filesystem::remove_all(folder_); }

  void make(const std::vector<std::string>& names) const {
    for (const auto& name : names) std::ofstream(folder_ / name) << "x";
  }
  std::string in_folder(const std::string& name) const { return (folder_ / name).string(); }

  // The names that go by a pattern in the folder.
  std::vector<std::string> found(const std::string& pattern) const {
    const auto files = files_of_pattern(in_folder(pattern));
    if (!files) return {files.error().to_string()};
    std::vector<std::string> names;
    for (const auto& file : files.value()) {
      EXPECT_EQ(std::filesystem::path(file).parent_path(), folder_);
      names.push_back(std::filesystem::path(file).filename().string());
    }
    return names;
  }
  ErrorCode code(const std::string& pattern) const {
    const auto files = files_of_pattern(in_folder(pattern));
    EXPECT_FALSE(files.ok());
    return files.ok() ? ErrorCode::kInternal : files.error().code;
  }

  std::filesystem::path folder_;
};

TEST_F(FrameFiles, NumbersBeginAnywhereAndComeInOrder) {
  make({"walk-7.png", "walk-10.png", "walk-9.png", "walk-8.png", "walk-x.png", "walk-.png",
        "talk-7.png", "walk-7.png.bak", "walk-08.png"});
  EXPECT_THAT(found("walk-%d.png"),
              ElementsAre("walk-7.png", "walk-8.png", "walk-9.png", "walk-10.png"));
}

TEST_F(FrameFiles, APaddedNumberHasItsDigits) {
  make({"a098.png", "a099.png", "a100.png", "a1000.png", "a7.png", "a0101.png"});
  EXPECT_THAT(found("a%03d.png"), ElementsAre("a098.png", "a099.png", "a100.png", "a1000.png"));
}

TEST_F(FrameFiles, APerCentSignIsWrittenTwice) {
  make({"100%-1.png", "100%-2.png"});
  EXPECT_THAT(found("100%%-%d.png"), ElementsAre("100%-1.png", "100%-2.png"));
}

TEST_F(FrameFiles, NumbersMayBeMissing) {
  make({"f1.png", "f2.png", "f5.png"});
  EXPECT_THAT(found("f%d.png"), ElementsAre("f1.png", "f2.png", "f5.png"));
}

TEST_F(FrameFiles, TellTheFirstMissingNumber) {
  make({"f1.png", "f2.png", "f5.png", "f9.png"});
  const auto gap_of = [&](const std::string& pattern) {
    return first_gap(in_folder(pattern), files_of_pattern(in_folder(pattern)).value());
  };
  const auto gap = gap_of("f%d.png");
  ASSERT_TRUE(gap);
  EXPECT_EQ(gap->before, 2);
  EXPECT_EQ(gap->after, 5);
  EXPECT_FALSE(gap_of("f*.png"));
  make({"g08.png", "g09.png", "g10.png"});
  EXPECT_FALSE(gap_of("g%02d.png"));
}

TEST_F(FrameFiles, WildcardsComeInNaturalOrder) {
  make({"pic10b.png", "pic2.png", "pic10.png", "pic1.png", "pic02.png", "note.txt", ".pic3.png"});
  std::filesystem::create_directory(folder_ / "pic5.png");
  EXPECT_THAT(found("pic*.png"),
              ElementsAre("pic1.png", "pic02.png", "pic2.png", "pic10.png", "pic10b.png"));
  EXPECT_THAT(found("pic?.png"), ElementsAre("pic1.png", "pic2.png"));
  EXPECT_THAT(found("pic[0-1]*.png"),
              ElementsAre("pic1.png", "pic02.png", "pic10.png", "pic10b.png"));
  EXPECT_THAT(found("pic[!1]*.png"), ElementsAre("pic02.png", "pic2.png"));
  EXPECT_THAT(found("*1*b*"), ElementsAre("pic10b.png"));
  EXPECT_THAT(found("*.png"), testing::SizeIs(5));
}

TEST_F(FrameFiles, AWildcardThatGivesBackWhatItTookIsQuick) {
  make({std::string(200, 'a') + ".png"});
  std::string pattern;
  for (int i = 0; i < 40; ++i) pattern += "*a";
  EXPECT_EQ(code(pattern + "*b.png"), ErrorCode::kNotFound);
}

TEST_F(FrameFiles, WhatIsWrongIsSaidOfThePattern) {
  make({"a1.png"});
  EXPECT_EQ(code("b%d.png"), ErrorCode::kNotFound);
  EXPECT_EQ(code("no/such/b%d.png"), ErrorCode::kNotFound);
  EXPECT_EQ(code("a1.png"), ErrorCode::kInvalidInput);
  EXPECT_EQ(code("a%d%d.png"), ErrorCode::kInvalidInput);
  EXPECT_EQ(code("a%s.png"), ErrorCode::kInvalidInput);
  EXPECT_EQ(files_of_pattern(in_folder("b*.png")).error().where, in_folder("b*.png"));
}

TEST(NaturalOrder, IsAnOrder) {
  std::vector<std::string> names = {"a",     "a1", "a01", "a2", "a10", "a10a",
                                    "a10a2", "b",  "",    "10", "9"};
  std::ranges::sort(names, naturally_before);
  EXPECT_THAT(names,
              ElementsAre("", "9", "10", "a", "a01", "a1", "a2", "a10", "a10a", "a10a2", "b"));
  for (const auto& a : names) {
    EXPECT_FALSE(naturally_before(a, a));
    for (const auto& b : names) EXPECT_FALSE(naturally_before(a, b) && naturally_before(b, a));
  }
}

}  // namespace
}  // namespace layercast::content
