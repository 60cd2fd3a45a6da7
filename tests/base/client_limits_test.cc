#include "base/client_limits.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <string>
#include <sys/stat.h>
#include <unistd.h>

namespace layercast::base {
namespace {

namespace fs = std::filesystem;

/// A folder with assets, of which the author names some.
class LimitedFiles : public testing::Test {
 protected:
  LimitedFiles() {
    std::string name = (fs::temp_directory_path() / "client_limits.XXXXXX").string();
    folder_ = fs::canonical(mkdtemp(name.data()));
    fs::create_directories(folder_ / "assets/inner");
    write("assets/in.txt");
    write("assets/inner/deep.txt");
    write("secret/out.txt");
  }
  ~LimitedFiles() override {
    set_client_limits(nullptr);
    fs::remove_all(folder_);
  }

  void write(const std::string& name) const {
    fs::create_directories((folder_ / name).parent_path());
    std::ofstream(folder_ / name) << name;
  }
  void link(const std::string& target, const std::string& name) const {
    fs::create_symlink(target, folder_ / name);
  }
  std::string path(const std::string& name) const { return (folder_ / name).string(); }
  void limit(const std::set<std::string, std::less<>>& authored = {}) const {
    set_client_limits(
        std::make_shared<const ClientLimits>(ClientLimits{path("assets"), authored, {}}));
  }
  /// The text of the file, or the error.
  std::string read(const std::string& name, const std::string& pattern = "") const {
    const auto file =
        pattern.empty() ? open_file(path(name)) : open_file(path(name), path(pattern));
    if (!file) return file.error().code == ErrorCode::kForbidden ? "forbidden" : "error";
    std::string text(100, '\0');
    const ssize_t count = ::read(file.value().descriptor(), text.data(), text.size());
    text.resize(count < 0 ? 0 : static_cast<size_t>(count));
    return text;
  }

  fs::path folder_;
};

TEST_F(LimitedFiles, AreOpenedWithinTheAssetsFolderOnly) {
  link("../secret/out.txt", "assets/link.txt");
  link(path("secret"), "assets/folder");
  link(path("assets/in.txt"), "assets/absolute.txt");
  link("inner/deep.txt", "assets/relative.txt");
  link("assets", "alias");
  EXPECT_EQ(read("assets/link.txt"), "secret/out.txt") << "there are no limits yet";
  limit();
  EXPECT_EQ(read("assets/in.txt"), "assets/in.txt");
  EXPECT_EQ(read("assets/../assets/inner/../in.txt"), "assets/in.txt");
  EXPECT_EQ(read("assets/absolute.txt"), "assets/in.txt");
  EXPECT_EQ(read("assets/relative.txt"), "assets/inner/deep.txt");
  EXPECT_EQ(read("alias/in.txt"), "assets/in.txt");
  EXPECT_EQ(read("assets/link.txt"), "forbidden");
  EXPECT_EQ(read("assets/folder/out.txt"), "forbidden");
  EXPECT_EQ(read("alias/folder/out.txt"), "forbidden");
  EXPECT_EQ(read("assets/inner/../link.txt"), "forbidden");
  EXPECT_EQ(read("assets/missing.txt"), "error");
}

TEST_F(LimitedFiles, AreFreeWhereTheAuthorNamesThem) {
  link("../secret/out.txt", "assets/link.txt");
  link("../secret/out.txt", "assets/l1.txt");
  limit({path("assets/link.txt"), path("assets/l*.txt")});
  EXPECT_EQ(read("assets/link.txt"), "secret/out.txt");
  EXPECT_EQ(read("assets/l1.txt", "assets/l*.txt"), "secret/out.txt");
  EXPECT_EQ(read("assets/l1.txt"), "forbidden");
  EXPECT_EQ(read("assets/l1.txt", "assets/l?.txt"), "forbidden");
  EXPECT_EQ(read("secret/out.txt"), "secret/out.txt") << "no command of a client can name it";
}

TEST_F(LimitedFiles, AreOpenedFromAFolderThatWasExchangedOnlyIfItLiesInside) {
  limit();
  EXPECT_EQ(read("assets/inner/deep.txt"), "assets/inner/deep.txt");
  fs::remove_all(folder_ / "assets/inner");
  write("secret/deep.txt");
  link("../secret", "assets/inner");
  EXPECT_EQ(read("assets/inner/deep.txt"), "forbidden");
}

TEST_F(LimitedFiles, DoNotWaitForAWriter) {
  limit();
  ASSERT_EQ(mkfifo(path("assets/pipe").c_str(), 0600), 0);
  EXPECT_EQ(read("assets/pipe"), "");
}

TEST_F(LimitedFiles, HavePlacesBeforeTheyExist) {
  link("../secret", "assets/folder");
  EXPECT_TRUE(check_place(path("assets/folder/new.mkv")));
  limit({path("assets/folder/own.mkv")});
  EXPECT_TRUE(check_place(path("assets/new.mkv")));
  EXPECT_TRUE(check_place(path("assets/none/new.mkv")));
  EXPECT_TRUE(check_place(path("assets/folder/own.mkv")));
  EXPECT_FALSE(check_place(path("assets/folder/new.mkv")));
}

TEST_F(LimitedFiles, UrlsAreThoseOfClientsUnlessTheAuthorNamesThem) {
  EXPECT_EQ(limits_of("http://127.0.0.1/a"), nullptr);
  limit({"http://127.0.0.1/a"});
  EXPECT_EQ(limits_of("http://127.0.0.1/a"), nullptr);
  EXPECT_NE(limits_of("http://127.0.0.1/b"), nullptr);
}

}  // namespace
}  // namespace layercast::base
