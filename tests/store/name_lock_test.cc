#include "store/name_lock.h"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

namespace layercast::store::test {
namespace {

namespace fs = std::filesystem;

class PrivateFile : public ::testing::Test {
 protected:
  PrivateFile() : folder_(::testing::TempDir() + "private-" + std::to_string(::getpid())) {
    fs::create_directories(folder_);
  }
  ~PrivateFile() override { fs::remove_all(folder_); }

  static std::string text_of(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  const std::string folder_;
};

TEST_F(PrivateFile, HasTheTextForItsUserAlone) {
  const std::string path = folder_ + "/a.json";
  const std::string text(100'000, 'x');
  ASSERT_TRUE(write_private_file(path, text).ok());
  EXPECT_EQ(text_of(path), text);
  struct stat status {};
  ASSERT_EQ(::stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600U);
  ASSERT_TRUE(write_private_file(path, "short").ok());
  EXPECT_EQ(text_of(path), "short");
}

TEST_F(PrivateFile, ReportsWhyItCannotBeWritten) {
  EXPECT_EQ(write_private_file(folder_ + "/missing/a", "x").error().code, base::ErrorCode::kIo);
  EXPECT_FALSE(write_private_file("/dev/full", "x").ok());
  EXPECT_TRUE(write_private_file("/dev/null", "x").ok());
}

}  // namespace
}  // namespace layercast::store::test
