#include "media/out/partial_file.h"

#include "tests/media/read_back.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

namespace layercast::media::test {
namespace {

using base::ErrorCode;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::StartsWith;

void write_text(const std::string& path, const std::string& text) { std::ofstream(path) << text; }

std::string text_of(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST(PartialFile, HasItsNameOnlyOnceCommitted) {
  const TemporaryFolder folder;
  auto partial = PartialFile::create(folder / "x.mp4", PartialFile::Kind::kFile).value();
  write_text(partial.path(), "abc");
  EXPECT_EQ(partial.bytes(), 3);
  ASSERT_THAT(folder.names(), SizeIs(1));
  EXPECT_THAT(folder.names()[0], StartsWith(".x.mp4.partial-"));
  ASSERT_TRUE(partial.commit().ok());
  EXPECT_THAT(folder.names(), ElementsAre("x.mp4"));
  EXPECT_EQ(text_of(folder / "x.mp4"), "abc");
}

TEST(PartialFile, WithoutCommitIsRemovedAndTheOldFileStays) {
  const TemporaryFolder folder;
  write_text(folder / "x.mp4", "old");
  {
    auto partial = PartialFile::create(folder / "x.mp4", PartialFile::Kind::kFile).value();
    write_text(partial.path(), "new");
  }
  EXPECT_THAT(folder.names(), ElementsAre("x.mp4"));
  EXPECT_EQ(text_of(folder / "x.mp4"), "old");
}

TEST(PartialFile, FolderMovesAllItsFilesBesideTheName) {
  const TemporaryFolder folder;
  {
    auto partial = PartialFile::create(folder / "x.m3u8", PartialFile::Kind::kFolder).value();
    const std::string inside = std::filesystem::path(partial.path()).parent_path().string();
    write_text(partial.path(), "list");
    write_text(inside + "/x-0.ts", "zero");
    write_text(inside + "/x-1.ts", "one");
    EXPECT_EQ(partial.bytes(), 11);
    ASSERT_TRUE(partial.commit().ok());
  }
  EXPECT_THAT(folder.names(), ElementsAre("x-0.ts", "x-1.ts", "x.m3u8"));
  EXPECT_EQ(text_of(folder / "x-1.ts"), "one");
}

TEST(PartialFile, UncommittedFolderIsRemovedWhole) {
  const TemporaryFolder folder;
  {
    const auto partial = PartialFile::create(folder / "x.m3u8", PartialFile::Kind::kFolder).value();
    write_text(partial.path(), "list");
  }
  EXPECT_THAT(folder.names(), IsEmpty());
}

TEST(PartialFile, SymbolicLinkKeepsPointingToTheNewFile) {
  const TemporaryFolder folder;
  write_text(folder / "real.mp4", "old");
  std::filesystem::create_symlink("real.mp4", folder / "link.mp4");
  auto partial = PartialFile::create(folder / "link.mp4", PartialFile::Kind::kFile).value();
  write_text(partial.path(), "new");
  ASSERT_TRUE(partial.commit().ok());
  EXPECT_TRUE(std::filesystem::is_symlink(folder / "link.mp4"));
  EXPECT_EQ(text_of(folder / "real.mp4"), "new");
}

TEST(PartialFile, LongNamesFit) {
  const TemporaryFolder folder;
  const std::string name = std::string(251, 'x') + ".mp4";
  auto partial = PartialFile::create(folder / name, PartialFile::Kind::kFile);
  ASSERT_TRUE(partial.ok());
  ASSERT_TRUE(partial.value().commit().ok());
  EXPECT_THAT(folder.names(), ElementsAre(name));
}

TEST(PartialFile, CannotBeMadeWhereThereIsNoFolderOrIsOne) {
  const TemporaryFolder folder;
  const auto missing = PartialFile::create(folder / "no/x.mp4", PartialFile::Kind::kFile);
  ASSERT_FALSE(missing.ok());
  EXPECT_EQ(missing.error().code, ErrorCode::kIo);
  EXPECT_EQ(missing.error().to_string(),
            folder / "no/x.mp4" + ": cannot create: No such file or directory");
  std::filesystem::create_directory(folder / "x.mp4");
  const auto is_folder = PartialFile::create(folder / "x.mp4", PartialFile::Kind::kFile);
  ASSERT_FALSE(is_folder.ok());
  EXPECT_EQ(is_folder.error().code, ErrorCode::kInvalidInput);
}

TEST(PartialFile, PipesAndDevicesAreSpecial) {
  const TemporaryFolder folder;
  ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);
  EXPECT_TRUE(is_special_file(folder / "pipe"));
  EXPECT_TRUE(is_special_file("/dev/null"));
  write_text(folder / "file", "");
  EXPECT_FALSE(is_special_file(folder / "file"));
  EXPECT_FALSE(is_special_file(folder / "none"));
}

}  // namespace
}  // namespace layercast::media::test
