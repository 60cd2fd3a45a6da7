#include "base/regular_file.h"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <string>
#include <sys/stat.h>
#include <unistd.h>

namespace layercast::base {
namespace {

namespace fs = std::filesystem;

class RegularFile : public testing::Test {
 protected:
  RegularFile() {
    fs::create_directory(folder_);
    std::ofstream(folder_ / "file") << "x";
  }
  ~RegularFile() override { fs::remove_all(folder_); }

  Result<void> check(const std::string& name) const {
    return check_regular_file((folder_ / name).string(), "this is a folder");
  }

  const fs::path folder_ =
      fs::temp_directory_path() / ("layercast-regular-file-" + std::to_string(::getpid()));
};

TEST_F(RegularFile, AcceptsFilesAndLinksToThem) {
  fs::create_symlink("file", folder_ / "link");
  EXPECT_TRUE(check("file").ok());
  EXPECT_TRUE(check("link").ok());
}

TEST_F(RegularFile, RefusesWhatIsNoFile) {
  ASSERT_EQ(::mkfifo((folder_ / "pipe").c_str(), 0600), 0);
  EXPECT_EQ(check("absent").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(check("absent").error().where, (folder_ / "absent").string());
  EXPECT_EQ(check("").error().code, ErrorCode::kInvalidInput);
  EXPECT_EQ(check("").error().message, "this is a folder");
  EXPECT_EQ(check("pipe").error().message, "is not a regular file");
}

TEST_F(RegularFile, TellsTheSystemsReason) {
  fs::create_symlink("loop", folder_ / "loop");
  EXPECT_EQ(check("loop").error().code, ErrorCode::kIo);
}

}  // namespace
}  // namespace layercast::base
