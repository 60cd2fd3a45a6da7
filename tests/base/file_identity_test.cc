#include "base/file_identity.h"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <string>
#include <unistd.h>

namespace layercast::base {
namespace {

TEST(FileIdentity, DiffersWhenAFileIsWrittenOrReplaced) {
  const auto folder =
      std::filesystem::temp_directory_path() / ("identity-" + std::to_string(::getpid()));
  std::filesystem::create_directory(folder);
  const std::string path = folder / "a";
  EXPECT_FALSE(identity_of_file(path).exists);
  EXPECT_EQ(identity_of_file(path), FileIdentity{});
  std::ofstream(path) << "one";
  const FileIdentity first = identity_of_file(path);
  EXPECT_TRUE(first.exists);
  EXPECT_EQ(first.bytes, 3);
  EXPECT_EQ(identity_of_file(path), first);
  std::ofstream(path) << "three";
  const FileIdentity written = identity_of_file(path);
  EXPECT_NE(written, first);
  // A file of the same length and time in its place.
  std::ofstream(folder / "b") << "three";
  std::filesystem::last_write_time(folder / "b", std::filesystem::last_write_time(path));
  std::filesystem::rename(folder / "b", path);
  EXPECT_NE(identity_of_file(path), written);
  EXPECT_NE(identity_of_file(path).to_string(), written.to_string());
  std::filesystem::create_symlink(path, folder / "link");
  EXPECT_EQ(identity_of_file(folder / "link"), identity_of_file(path));
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace layercast::base
