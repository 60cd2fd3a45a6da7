#include "content/image/file_bytes.h"

#include "content/image/image_content.h"
#include "tests/base/with_client_limits.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <string>

namespace layercast::content {
namespace {

class WithoutReader {
 public:
  WithoutReader() = default;
  ~WithoutReader() { set_url_reader({}); }
  WithoutReader(const WithoutReader&) = delete;
  WithoutReader& operator=(const WithoutReader&) = delete;
};

constexpr const char* kUrl = "https://me:secret@host/a.svg?key=secret";

TEST(Urls, AreReadByTheReaderOnly) {
  const WithoutReader after;
  EXPECT_EQ(read_file(kUrl, 100).error().code, base::ErrorCode::kUnsupported);
  std::string asked;
  int64_t allowed = 0;
  set_url_reader([&](const std::string& url, int64_t bytes_max) -> base::Result<std::string> {
    asked = url;
    allowed = bytes_max;
    return std::string(R"(<svg xmlns="http://www.w3.org/2000/svg" width="7" height="5"/>)");
  });
  EXPECT_TRUE(read_file(kUrl, 100).ok());
  EXPECT_EQ(asked, kUrl);
  EXPECT_EQ(allowed, 100);
  const auto raster = rasterise_image({kUrl, scene::Fit::kContain, std::nullopt});
  ASSERT_TRUE(raster.ok()) << raster.error().to_string();
  EXPECT_EQ(raster.value().box, (base::SizeF{7, 5}));
}

TEST(Urls, ErrorsNameThemWithoutTheirSecrets) {
  const WithoutReader after;
  set_url_reader([](const std::string& url, int64_t) -> base::Result<std::string> {
    if (url.ends_with("none")) return base::io_error("the server answered 404");
    return std::string("no picture");
  });
  const auto missing =
      rasterise_image({std::string(kUrl) + "&none", scene::Fit::kContain, std::nullopt});
  ASSERT_FALSE(missing.ok());
  EXPECT_EQ(missing.error().message, "the server answered 404");
  EXPECT_EQ(missing.error().where, "https://me:***@host/a.svg?key=***&***");
  const auto damaged = rasterise_image({kUrl, scene::Fit::kContain, std::nullopt});
  ASSERT_FALSE(damaged.ok());
  EXPECT_EQ(damaged.error().where, "https://me:***@host/a.svg?key=***");
}

TEST(FilesOfClients, AreReadWithinTheAssetsFolder) {
  namespace fs = std::filesystem;
  std::string name = (fs::temp_directory_path() / "file_bytes.XXXXXX").string();
  const fs::path folder = mkdtemp(name.data());
  fs::create_directory(folder / "assets");
  const std::string file = (folder / "assets/a.svg").string();
  const std::string outside = (folder / "b.svg").string();
  std::ofstream(file) << "in";
  std::ofstream(outside) << "out";
  {
    const base::WithClientLimits limits((folder / "assets").string());
    EXPECT_EQ(read_file(file, 100).value(), "in");
    // The file is exchanged for a link after a command has named it.
    fs::remove(file);
    fs::create_symlink(outside, file);
    const auto read = read_file(file, 100);
    ASSERT_FALSE(read.ok());
    EXPECT_EQ(read.error().code, base::ErrorCode::kForbidden);
    EXPECT_EQ(read.error().where, file);
  }
  {
    const base::WithClientLimits limits((folder / "assets").string(), {file});
    EXPECT_EQ(read_file(file, 100).value(), "out");
  }
  fs::remove_all(folder);
}

}  // namespace
}  // namespace layercast::content
