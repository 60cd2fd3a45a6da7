#include "content/text/fonts.h"

#include "content/text/text.h"
#include "tests/base/with_client_limits.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <iterator>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace layercast::content {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr const char* kMono = "/usr/share/fonts/truetype/dejavu/DejaVuSansMono.ttf";

/// A folder that goes away with the test.
class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "layercast-XXXXXX").string();
    EXPECT_NE(mkdtemp(name.data()), nullptr);
    path_ = name;
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  std::string operator/(const std::string& name) const { return (path_ / name).string(); }
  std::string path() const { return path_.string(); }
  void write(const std::string& name, const std::string& bytes) const {
    std::ofstream(path_ / name, std::ios::binary) << bytes;
  }

 private:
  std::filesystem::path path_;
};

std::string read(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

void replace_all(std::string& bytes, const std::string& from, const std::string& to) {
  for (size_t at = bytes.find(from); at != std::string::npos; at = bytes.find(from, at + 1)) {
    bytes.replace(at, from.size(), to);
  }
}

// DejaVu Sans Mono under another name of the same length, as a font of its own.
std::string renamed_font(const std::string& family) {
  const std::string old_family = "DejaVu Sans Mono";
  EXPECT_EQ(family.size(), old_family.size());
  const auto wide = [](const std::string& text) {
    std::string utf16;
    for (const char c : text) utf16 += {'\0', c};
    return utf16;
  };
  std::string bytes = read(kMono);
  replace_all(bytes, old_family, family);
  replace_all(bytes, wide(old_family), wide(family));
  return bytes;
}

base::Result<FontChoice> choose(FontLibrary& library, const FontRequest& request) {
  return FontLibrary::Use(library).choose(request);
}

std::string families(FontLibrary& library, const std::string& list) {
  return choose(library, {list, {}, {}}).value().families;
}

Raster drawn(FontLibrary& library, const std::string& family, const std::string& words = "Wa 漢🎉") {
  scene::TextContent content;
  content.text = words;
  content.style.font_family = family;
  return rasterise_text(content, words, std::nullopt, library).value();
}

std::string bytes_of(const Raster& raster) {
  std::string bytes;
  const auto view = raster.picture->view();
  for (int y = 0; y < view.height(); ++y) {
    bytes.append(reinterpret_cast<const char*>(view.row(y)),
                 static_cast<size_t>(view.width()) * sizeof(frame::PremulRgba8));
  }
  return bytes;
}

TEST(FontLibrary, GenericFamiliesAreTheDefaultFonts) {
  const auto library = FontLibrary::create().value();
  EXPECT_EQ(families(*library, "sans-serif"), "Inter");
  EXPECT_EQ(families(*library, "serif"), "DejaVu Serif");
  EXPECT_EQ(families(*library, "Monospace"), "DejaVu Sans Mono");
  EXPECT_EQ(families(*library, "emoji"), "Noto Color Emoji");
  EXPECT_EQ(families(*library, ""), "Inter");
  EXPECT_EQ(bytes_of(drawn(*library, "monospace")), bytes_of(drawn(*library, "DejaVu Sans Mono")));
  EXPECT_NE(bytes_of(drawn(*library, "monospace")), bytes_of(drawn(*library, "Inter")));
}

TEST(FontLibrary, GenericFamiliesMeanTheSameInMarkup) {
  const auto library = FontLibrary::create().value();
  scene::TextContent content;
  content.markup = true;
  const auto with_face = [&](const std::string& face) {
    content.text = "<span face='" + face + "'>Wa</span>";
    return bytes_of(rasterise_text(content, content.text, std::nullopt, *library).value());
  };
  EXPECT_EQ(with_face("ui-monospace"), with_face("DejaVu Sans Mono"));
  EXPECT_EQ(with_face("serif"), with_face("DejaVu Serif"));
  EXPECT_NE(with_face("serif"), with_face("sans-serif"));
}

TEST(FontLibrary, ListsAreReadAsInCss) {
  const auto library = FontLibrary::create().value();
  EXPECT_EQ(families(*library, " \"DejaVu Serif\" , 'Inter',serif "),
            "DejaVu Serif,Inter,DejaVu Serif");
  EXPECT_EQ(families(*library, "Nowhere Grotesk, monospace"), "DejaVu Sans Mono");
  EXPECT_EQ(families(*library, "dejavu serif"), "dejavu serif");
}

TEST(FontLibrary, UnknownFamilyIsAnErrorWithTheNearestName) {
  const auto library = FontLibrary::create().value();
  const auto typo = choose(*library, {"Intre", {}, {}});
  ASSERT_FALSE(typo.ok());
  EXPECT_EQ(typo.error().code, base::ErrorCode::kNotFound);
  EXPECT_EQ(typo.error().message,
            "font family \"Intre\" is not installed; did you mean \"Inter\"?");
  EXPECT_EQ(choose(*library, {"Nowhere Grotesk, Nor Here", {}, {}}).error().message,
            "font family \"Nowhere Grotesk\" is not installed");
  EXPECT_FALSE(choose(*library, {"Inter", {}, {"Nowhere Grotesk"}}).ok());
}

TEST(FontLibrary, SceneFontsAreFoundBesideTheScene) {
  const Folder folder;
  folder.write("brand.ttf", renamed_font("Brand Typewriter"));
  const auto library = FontLibrary::create({"brand.ttf"}, folder.path()).value();
  EXPECT_EQ(families(*library, "Brand Typewriter"), "Brand Typewriter");
  EXPECT_EQ(bytes_of(drawn(*library, "Brand Typewriter", "Wa")),
            bytes_of(drawn(*library, "monospace", "Wa")));
  const auto without = FontLibrary::create().value();
  EXPECT_FALSE(choose(*without, {"Brand Typewriter", {}, {}}).ok());
}

TEST(FontLibrary, AFileOfARequestGoesBeforeItsFamily) {
  const Folder folder;
  folder.write("brand.ttf", renamed_font("Brand Typewriter"));
  const auto library = FontLibrary::create({}, folder.path()).value();
  EXPECT_EQ(choose(*library, {"Inter", "brand.ttf", {}}).value().families,
            "Brand Typewriter,Inter");
  EXPECT_FALSE(choose(*library, {"Brand Typewriter", {}, {}}).ok());  // another text's file
}

TEST(FontLibrary, AFileStandsInForTheOtherFontsOfItsFamily) {
  const Folder folder;
  std::filesystem::copy("/usr/share/fonts/opentype/inter/Inter-Black.otf", folder / "black.otf");
  const auto library = FontLibrary::create({}, folder.path()).value();
  scene::TextContent content;
  content.style.font_file = "black.otf";  // and weight 400, which the default Inter has
  scene::TextContent black;
  black.style.font_weight = 900;
  EXPECT_EQ(bytes_of(rasterise_text(content, "Wa", std::nullopt, *library).value()),
            bytes_of(rasterise_text(black, "Wa", std::nullopt, *library).value()));
}

TEST(FontLibrary, BadFontFilesAreErrorsWithTheirPath) {
  const Folder folder;
  folder.write("notes.txt", "not a font");
  folder.write("empty.ttf", "");
  folder.write("cut.ttf", read(kMono).substr(0, 1000));
  using enum base::ErrorCode;
  const std::vector<std::pair<std::string, base::ErrorCode>> cases = {
      {"missing.ttf", kNotFound}, {"notes.txt", kInvalidInput}, {"empty.ttf", kInvalidInput},
      {"cut.ttf", kInvalidInput}, {".", kInvalidInput},         {"notes.txt/x.ttf", kNotFound}};
  const auto good = FontLibrary::create({}, folder.path()).value();
  for (const auto& [file, code] : cases) {
    const auto library = FontLibrary::create({file}, folder.path());
    ASSERT_FALSE(library.ok()) << file;
    EXPECT_EQ(library.error().code, code) << library.error().to_string();
    EXPECT_EQ(library.error().where, file);
    const auto choice = choose(*good, {"Inter", file, {}});
    ASSERT_FALSE(choice.ok()) << file;
    EXPECT_EQ(choice.error().code, code);
    EXPECT_EQ(choice.error().where, file);
  }
  EXPECT_EQ(FontLibrary::create({"missing.ttf"}, folder.path()).error().to_string(),
            "missing.ttf: the font file does not exist");
}

TEST(FontLibrary, AFontFileOfAClientLiesInTheAssetsFolder) {
  const Folder folder;
  const Folder outside;
  folder.write("in.ttf", read(kMono));
  outside.write("out.ttf", read(kMono));
  std::filesystem::create_symlink(outside / "out.ttf", folder / "link.ttf");
  EXPECT_TRUE(FontLibrary::create({"link.ttf"}, folder.path()).ok());
  const base::WithClientLimits limits(folder.path());
  EXPECT_TRUE(FontLibrary::create({"in.ttf"}, folder.path()).ok());
  const auto library = FontLibrary::create({"link.ttf"}, folder.path());
  ASSERT_FALSE(library.ok());
  EXPECT_EQ(library.error().code, base::ErrorCode::kForbidden);
  EXPECT_EQ(library.error().where, "link.ttf");
}

TEST(FontLibrary, AMissingDefaultFontNamesItsPackage) {
  const Folder empty;
  DefaultFontFolders folders;
  folders.inter = empty.path();
  EXPECT_THAT(FontLibrary::create({}, {}, folders).error().message,
              AllOf(HasSubstr("Inter"), HasSubstr("fonts-inter")));
  folders = {};
  folders.dejavu = empty / "nothing";
  EXPECT_THAT(FontLibrary::create({}, {}, folders).error().message, HasSubstr("fonts-dejavu-core"));
  folders = {};
  folders.emoji = empty.path();
  EXPECT_THAT(FontLibrary::create({}, {}, folders).error().message,
              HasSubstr("fonts-noto-color-emoji"));
}

/// The machine's fontconfig settings point to one folder while it lives.
class InstalledFolder {
 public:
  InstalledFolder() {
    folder_.write("fonts.conf", "<?xml version=\"1.0\"?><fontconfig><dir>" + folder_.path() +
                                    "</dir><cachedir>" + folder_.path() +
                                    "/cache</cachedir></fontconfig>");
    setenv("FONTCONFIG_FILE", (folder_ / "fonts.conf").c_str(), 1);
  }
  ~InstalledFolder() { unsetenv("FONTCONFIG_FILE"); }
  InstalledFolder(const InstalledFolder&) = delete;
  InstalledFolder& operator=(const InstalledFolder&) = delete;
  const Folder* operator->() const { return &folder_; }

 private:
  Folder folder_;
};

TEST(FontLibrary, InstalledFamiliesAreThereForTextsThatNameThem) {
  const InstalledFolder installed;
  installed->write("brand.ttf", renamed_font("Brand Typewriter"));
  const auto library = FontLibrary::create().value();
  EXPECT_EQ(families(*library, "Brand Typewriter"), "Brand Typewriter");
  EXPECT_EQ(families(*library, "\"brand typewriter\", serif"), "brand typewriter,DejaVu Serif");
  EXPECT_EQ(bytes_of(drawn(*library, "Brand Typewriter", "Wa")),
            bytes_of(drawn(*library, "monospace", "Wa")));
  EXPECT_EQ(choose(*library, {"Brand Typewriters", {}, {}}).error().message,
            "font family \"Brand Typewriters\" is not installed; did you mean \"Brand "
            "Typewriter\"?");
}

TEST(FontLibrary, ATextLooksTheSameWhateverOthersAskedFor) {
  const InstalledFolder installed;
  installed->write("brand.ttf", renamed_font("Brand Typewriter"));
  const auto library = FontLibrary::create().value();
  const std::string words = "Wa ‱ 漢 🎉 ש ꙮ";  // some only in one font, some in none
  const std::string before = bytes_of(drawn(*library, "Inter", words));
  EXPECT_TRUE(choose(*library, {"Brand Typewriter", {}, {}}).ok());
  EXPECT_TRUE(choose(*library, {"serif", kMono, {"Brand Typewriter"}}).ok());
  EXPECT_EQ(bytes_of(drawn(*library, "Inter", words)), before);
}

TEST(FontLibrary, ManyRequestsDoNotAddUp) {
  const Folder folder;
  const auto library = FontLibrary::create({}, folder.path()).value();
  const std::string before = bytes_of(drawn(*library, "Inter"));
  for (int i = 0; i < 70; ++i) {  // more than font maps are kept
    const std::string name = std::to_string(i) + ".ttf";
    std::filesystem::create_symlink(kMono, folder / name);
    ASSERT_TRUE(choose(*library, {"Inter", name, {}}).ok());
  }
  EXPECT_EQ(bytes_of(drawn(*library, "Inter")), before);
}

TEST(FontLibrary, ThreadsMayShareIt) {
  const auto library = FontLibrary::create().value();
  const std::string expected = bytes_of(drawn(*library, "serif"));
  std::vector<std::thread> threads;
  std::vector<int> equal(4);
  threads.reserve(equal.size());
  for (int& count : equal) {
    threads.emplace_back([&] {
      for (int k = 0; k < 5; ++k) {
        drawn(*library, k % 2 == 0 ? "monospace" : "Inter");
        count += bytes_of(drawn(*library, "serif")) == expected;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_THAT(equal, ::testing::Each(5));
}

}  // namespace
}  // namespace layercast::content
