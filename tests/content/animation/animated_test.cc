#include "content/animation/animated.h"

#include "content/animation/streamed_share.h"
#include "content/image/apng.h"
#include "content/image/decode.h"
#include "content/image/image_content.h"
#include "content/picture/fit.h"
#include "scene/model/limits.h"
#include "tests/base/with_client_limits.h"
#include "tests/content/animation_files.h"

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace layercast::content {
namespace {

using namespace testing_files;
using base::Duration;
using base::ErrorCode;
using frame::Patience;
using scene::Fit;
using scene::FramesContent;
using scene::GifContent;
using scene::Play;
using scene::Playback;
using scene::SpriteContent;
using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

scene::SpriteSheet cells(int columns, int rows) {
  scene::SpriteSheet sheet;
  sheet.columns = columns;
  sheet.rows = rows;
  return sheet;
}

class Animated : public ::testing::Test {
 protected:
  Animated() {
    initialise_images();
    std::string name = (std::filesystem::temp_directory_path() / "animated.XXXXXX").string();
    folder_ = mkdtemp(name.data());
  }
  ~Animated() override { std::filesystem::remove_all(folder_); }

  std::string written(const std::string& name, std::string_view bytes) const {
    const std::string path = (folder_ / name).string();
    write_file(path, bytes);
    return path;
  }
  // Files f1.png, f2.png …, and the pattern of them.
  std::string written_frames(const std::vector<std::string>& pictures) const {
    for (size_t i = 0; i < pictures.size(); ++i) {
      written("f" + std::to_string(i + 1) + ".png", png_of(pictures[i]));
    }
    return (folder_ / "f%d.png").string();
  }

  std::unique_ptr<MovingContent> opened(const AnimatedRequest& request) {
    auto content = open_animated(request, pool_);
    EXPECT_TRUE(content.ok()) << content.error().to_string();
    return content.ok() ? std::move(content).value() : nullptr;
  }
  base::Error error_of(const AnimatedRequest& request) {
    const auto content = open_animated(request, pool_);
    EXPECT_FALSE(content.ok());
    return content.ok() ? base::Error{} : content.error();
  }

  static Part part_at(MovingContent& content, Duration time, Patience patience = Patience::kWaits) {
    std::vector<Part> parts;
    const auto shown = content.show({time.count(), 1'000'000'000}, patience, parts);
    EXPECT_TRUE(shown.ok()) << shown.error().to_string();
    EXPECT_EQ(parts.size(), 1U);
    return parts.empty() ? Part{} : parts.front();
  }
  static frame::PicturePtr picture_at(MovingContent& content, Duration time) {
    return std::get<frame::PicturePtr>(part_at(content, time).picture);
  }
  static std::string letters_at(MovingContent& content, Duration time) {
    return letters_of(picture_at(content, time)->view());
  }
  // What shows in each of the first steps of 100 ms.
  static std::vector<std::string> letters(MovingContent& content, int steps) {
    std::vector<std::string> all;
    for (int i = 0; i < steps; ++i) all.push_back(letters_at(content, milliseconds(100 * i)));
    return all;
  }
  // In browsers, the canvas of a GIF is transparent whether or not a piece has a transparent
  // colour.
  std::vector<std::string> opaque_gif_letters(std::vector<Piece> pieces) {
    for (Piece& piece : pieces) piece.has_transparent = false;
    return gif_letters(pieces);
  }
  std::vector<std::string> gif_letters(const std::vector<Piece>& pieces,
                                       base::SizeI screen = {4, 2}) {
    const std::string path = written("a.gif", gif_of(screen.width, screen.height, pieces));
    const auto content = opened({GifContent{path, {}, {}}, {}, {}});
    return content ? letters(*content, static_cast<int>(pieces.size()))
                   : std::vector<std::string>{};
  }
  std::vector<std::string> apng_letters(const std::vector<Piece>& pieces) {
    const std::string path = written("a.png", apng_of(pieces));
    const auto content = opened({GifContent{path, {}, {}}, {}, {}});
    return content ? letters(*content, static_cast<int>(pieces.size()))
                   : std::vector<std::string>{};
  }

  std::filesystem::path folder_;
  PicturePool pool_;
};

// ---- GIF ----------------------------------------------------------------------------------------

TEST_F(Animated, APartOfAGifLiesOnWhatWasThere) {
  EXPECT_THAT(gif_letters({{.rows = "rrrr/rrrr", .disposal = 1},
                           {.rows = "g.", .left = 1, .disposal = 1},
                           {.rows = "b", .top = 1, .disposal = 0}}),
              ElementsAre("rrrr/rrrr", "rgrr/rrrr", "rgrr/brrr"));
}

TEST_F(Animated, APartOfAGifThatIsClearedLeavesNothing) {
  EXPECT_THAT(gif_letters({{.rows = "rrrr/rrrr", .disposal = 1},
                           {.rows = "g.", .left = 1, .disposal = 2},
                           {.rows = "b", .top = 1}}),
              ElementsAre("rrrr/rrrr", "rgrr/rrrr", "r..r/brrr"));
}

TEST_F(Animated, APartOfAGifThatIsTakenBackLeavesWhatWasThere) {
  EXPECT_THAT(gif_letters({{.rows = "rrrr/rrrr", .disposal = 1},
                           {.rows = "gg/.g", .left = 1, .disposal = 3},
                           {.rows = "b", .top = 1}}),
              ElementsAre("rrrr/rrrr", "rggr/rrgr", "rrrr/brrr"));
}

TEST_F(Animated, AGifMayBeginWithAPart) {
  EXPECT_THAT(gif_letters({{.rows = "gg", .left = 2, .disposal = 2}, {.rows = "b", .top = 1}}),
              ElementsAre("..gg/....", "..../b..."));
}

TEST_F(Animated, AGifWithoutATransparentColorMayBeginWithAPart) {
  EXPECT_THAT(
      opaque_gif_letters({{.rows = "gg", .left = 2, .disposal = 1}, {.rows = "b", .top = 1}}),
      ElementsAre("..gg/....", "..gg/b..."));
}

TEST_F(Animated, APartWithoutATransparentColorThatIsClearedLeavesNothing) {
  EXPECT_THAT(opaque_gif_letters({{.rows = "rrrr/rrrr", .disposal = 2},
                                  {.rows = "g", .left = 1, .disposal = 2},
                                  {.rows = "b", .top = 1}}),
              ElementsAre("rrrr/rrrr", ".g../....", "..../b..."));
}

TEST_F(Animated, APartWithoutATransparentColorMayBeClearedBeforeOneWithIt) {
  EXPECT_THAT(gif_letters({{.rows = "rrrr/rrrr", .disposal = 2, .has_transparent = false},
                           {.rows = "g.", .left = 1, .disposal = 1},
                           {.rows = "b", .top = 1, .has_transparent = false}}),
              ElementsAre("rrrr/rrrr", ".g../....", ".g../b..."));
}

TEST_F(Animated, AnOpaqueFirstPartThatIsTakenBackLeavesNothing) {
  EXPECT_THAT(
      opaque_gif_letters({{.rows = "gg", .left = 2, .disposal = 3}, {.rows = "b", .top = 1}}),
      ElementsAre("..gg/....", "..../b..."));
}

TEST_F(Animated, AGifHasTheSizeOfItsScreenAndItsFirstPart) {
  EXPECT_THAT(gif_letters({{.rows = "gg/bb", .left = 1, .top = 1}}, {2, 2}),
              ElementsAre(".../.gg/.bb"));
  EXPECT_THAT(gif_letters({{.rows = "r"}, {.rows = "gg/bb", .left = 1}}, {2, 2}),
              ElementsAre("r./..", "rg/.b"));
  EXPECT_THAT(gif_letters({{.rows = "gb", .left = 1}}, {0, 0}), ElementsAre(".gb"));
  // Decoders that guess take this for the size of a screen.
  const std::string path =
      written("b.gif", gif_of(640, 480, {{.rows = "gb", .left = 1, .has_transparent = false}}));
  const auto content = opened({GifContent{path, {}, {}}, {}, {}});
  ASSERT_NE(content, nullptr);
  EXPECT_EQ(content->box(), (base::SizeF{640, 480}));
}

TEST_F(Animated, AnImageLayerShowsTheFirstPictureOfAGifAsTheAnimationDoes) {
  const std::vector<Piece> pieces = {{.rows = "gg", .left = 2, .has_transparent = false},
                                     {.rows = "b", .top = 1}};
  const auto image = decode_image(gif_of(4, 2, pieces));
  ASSERT_TRUE(image.ok());
  EXPECT_EQ(letters_of(image.value().view()), "..gg/....");
}

TEST_F(Animated, AGifWithHugePartsIsRefusedByItsHeader) {
  std::string bytes = gif_of(4, 2, {{.rows = "r"}, {.rows = "g"}});
  const std::string small("\x01\0\x01\0\0", 5);
  bytes.replace(bytes.rfind(small), 4, "\xff\xff\xff\xff");
  EXPECT_EQ(error_of({GifContent{written("a.gif", bytes), {}, {}}, {}, {}}).code,
            ErrorCode::kLimit);
}

TEST_F(Animated, AGifPlaysAsItsFileSays) {
  const std::vector<Piece> pieces = {
      {.rows = "r", .delay = 2}, {.rows = "g", .delay = 30}, {.rows = "b", .delay = 1}};
  const auto content =
      opened({GifContent{written("a.gif", gif_of(1, 1, pieces, 1)), {}, {}}, {}, {}});
  ASSERT_NE(content, nullptr);
  EXPECT_EQ(letters_at(*content, milliseconds(19)), "r");
  EXPECT_EQ(letters_at(*content, milliseconds(20)), "g");
  EXPECT_EQ(letters_at(*content, milliseconds(319)), "g");
  EXPECT_EQ(letters_at(*content, milliseconds(320)), "b");  // for 100 ms, not for 10
  EXPECT_EQ(letters_at(*content, milliseconds(419)), "b");
  EXPECT_EQ(letters_at(*content, milliseconds(420)), "r");
  // Once, and one repeat.
  EXPECT_EQ(letters_at(*content, milliseconds(839)), "b");
  EXPECT_EQ(letters_at(*content, milliseconds(840)), "b");
  EXPECT_EQ(letters_at(*content, std::chrono::hours(5)), "b");
  // Any time, in any order.
  EXPECT_EQ(letters_at(*content, milliseconds(21)), "g");
}

TEST_F(Animated, AGifWithoutALoopCountPlaysOnce) {
  const std::vector<Piece> pieces = {{.rows = "r"}, {.rows = "g"}};
  const auto once =
      opened({GifContent{written("a.gif", gif_of(1, 1, pieces, std::nullopt)), {}, {}}, {}, {}});
  EXPECT_THAT(letters(*once, 4), ElementsAre("r", "g", "g", "g"));
  const auto for_ever =
      opened({GifContent{written("b.gif", gif_of(1, 1, pieces, 0)), {}, {}}, {}, {}});
  EXPECT_THAT(letters(*for_ever, 4), ElementsAre("r", "g", "r", "g"));
}

TEST_F(Animated, AStillImageIsAnAnimationOfOnePicture) {
  for (const auto& [name, bytes] :
       {std::pair{"a.gif", gif_of(2, 1, {{.rows = "rg"}})}, std::pair{"a.png", png_of("rg")}}) {
    const auto content = opened({GifContent{written(name, bytes), {}, {}}, {}, {}});
    EXPECT_THAT(letters(*content, 3), ElementsAre("rg", "rg", "rg")) << name;
    EXPECT_FALSE(is_animated_file((folder_ / name).string())) << name;
  }
}

TEST_F(Animated, AFileThatIsCutShortIsRefused) {
  std::vector<Piece> pieces;
  for (int i = 0; i < 6; ++i) pieces.push_back({.rows = "rgbrgb/bgrbgr/rrggbb"});
  const std::vector<std::pair<std::string, std::string>> files = {
      {"a.gif", gif_of(6, 3, pieces)},
      {"a.png", apng_of(pieces)},
      {"a.webp", webp_of({"rgb", "bgr", "rrr", "ggg", "bbb"}, {100, 100, 100, 100, 100})}};
  for (const auto& [name, bytes] : files) {
    for (const size_t left : {bytes.size() / 3, bytes.size() * 2 / 3, bytes.size() - 9}) {
      const std::string path = written(name, bytes.substr(0, left));
      const base::Error error = error_of({GifContent{path, {}, {}}, {}, {}});
      EXPECT_EQ(error.where, path);
      EXPECT_EQ(error.code, ErrorCode::kInvalidInput) << error.to_string();
      EXPECT_THAT(error.message, HasSubstr("cut short")) << name << " " << left;
    }
  }
}

TEST_F(Animated, WhatIsMissingOrNoImageIsSaidWithItsPath) {
  const std::string missing = (folder_ / "no.gif").string();
  EXPECT_EQ(error_of({GifContent{missing, {}, {}}, {}, {}}).code, ErrorCode::kNotFound);
  EXPECT_EQ(error_of({GifContent{missing, {}, {}}, {}, {}}).where, missing);
  const std::string text = written("text.gif", "not a gif at all");
  EXPECT_EQ(error_of({GifContent{text, {}, {}}, {}, {}}).code, ErrorCode::kInvalidInput);
  EXPECT_EQ(error_of({GifContent{text, {}, {}}, {}, {}}).where, text);
}

TEST_F(Animated, TooManyPixelsInAllPicturesAreRefusedByTheHeader) {
  // A screen of 2000 × 2000 for pictures of one pixel.
  const std::vector<Piece> pieces(600, {.rows = "r"});
  const std::string path = written("a.gif", gif_of(2000, 2000, pieces));
  const auto began = std::chrono::steady_clock::now();
  EXPECT_EQ(error_of({GifContent{path, {}, {}}, {}, {}}).code, ErrorCode::kLimit);
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(2));
}

// ---- WebP, APNG ---------------------------------------------------------------------------------

TEST_F(Animated, AWebpPlaysAsItsFileSays) {
  const std::string path =
      written("a.webp", webp_of({"rg/br", "gg/..", "b./.b"}, {15, 200, 100}, 2));
  const auto content = opened({GifContent{path, {}, {}}, {}, {}});
  ASSERT_NE(content, nullptr);
  EXPECT_EQ(letters_at(*content, milliseconds(14)), "rg/br");
  EXPECT_EQ(letters_at(*content, milliseconds(15)), "gg/..");
  EXPECT_EQ(letters_at(*content, milliseconds(215)), "b./.b");
  EXPECT_EQ(letters_at(*content, milliseconds(315)), "rg/br");
  EXPECT_EQ(letters_at(*content, milliseconds(630)), "b./.b");  // twice, and it stays
  EXPECT_EQ(letters_at(*content, milliseconds(700)), "b./.b");
  EXPECT_TRUE(is_animated_file(path));
}

TEST_F(Animated, AnApngHasTheColorsThatItsChunksState) {
  std::string bytes = apng_of({{.rows = "rg"}, {.rows = "bb"}});
  // Code points of P3: the letters' colours change.
  bytes.insert(33, png_chunk("cICP", std::string("\x0c\x0d\0\x01", 4)));
  const auto content = opened({GifContent{written("a.png", bytes), {}, {}}, {}, {}});
  ASSERT_NE(content, nullptr);
  const auto still = decode_image(bytes);
  ASSERT_TRUE(still.ok());
  const auto first = picture_at(*content, milliseconds(0));
  EXPECT_EQ(first->view().at(1, 0), still.value().view().at(1, 0));
  EXPECT_THAT(letters_of(first->view()), "??");
  EXPECT_THAT(letters_at(*content, milliseconds(100)), "??");
}

TEST_F(Animated, PartsOfAnApngAreBlendedAndDisposedOf) {
  const Piece whole{.rows = "rrr/rrr"};
  EXPECT_THAT(apng_letters({whole, {.rows = "g.", .left = 1}, {.rows = "b", .top = 1}}),
              ElementsAre("rrr/rrr", "rg./rrr", "rg./brr"));
  EXPECT_THAT(
      apng_letters({whole, {.rows = "g.", .left = 1, .is_source = false}, {.rows = "b", .top = 1}}),
      ElementsAre("rrr/rrr", "rgr/rrr", "rgr/brr"));
  EXPECT_THAT(
      apng_letters({whole, {.rows = "g", .left = 1, .disposal = 1}, {.rows = "b", .top = 1}}),
      ElementsAre("rrr/rrr", "rgr/rrr", "r.r/brr"));
  EXPECT_THAT(
      apng_letters({whole, {.rows = "gg", .left = 1, .disposal = 2}, {.rows = "b", .top = 1}}),
      ElementsAre("rrr/rrr", "rgg/rrr", "rrr/brr"));
  // There is nothing before the first picture to take back.
  EXPECT_THAT(apng_letters({{.rows = "rr", .disposal = 2}, {.rows = "b"}}),
              ElementsAre("rr", "b."));
}

TEST_F(Animated, AnApngPlaysAsItsFileSays) {
  const std::vector<Piece> pieces = {{.rows = "r", .delay = 5}, {.rows = "g", .delay = 0}};
  const auto content = opened({GifContent{written("a.png", apng_of(pieces, 1)), {}, {}}, {}, {}});
  EXPECT_EQ(letters_at(*content, milliseconds(49)), "r");
  EXPECT_EQ(letters_at(*content, milliseconds(50)), "g");
  EXPECT_EQ(letters_at(*content, milliseconds(900)), "g");
}

TEST_F(Animated, APictureForReadersWithoutAnimationIsNotPartOfIt) {
  const std::vector<Piece> pieces = {{.rows = "g"}, {.rows = "b"}};
  const std::string path = written("a.png", apng_of(pieces, 0, "r"));
  const auto content = opened({GifContent{path, {}, {}}, {}, {}});
  EXPECT_THAT(letters(*content, 3), ElementsAre("g", "b", "g"));
  EXPECT_TRUE(is_animated_file(path));
}

TEST_F(Animated, AnApngThatLiesIsRefused) {
  using Pieces = std::vector<Piece>;
  for (const Pieces& pieces : {Pieces{{.rows = "rr"}, {.rows = "gg", .left = 1}},
                               Pieces{{.rows = "rr"}, {.rows = "g", .disposal = 3}}}) {
    const base::Error error =
        error_of({GifContent{written("a.png", apng_of(pieces)), {}, {}}, {}, {}});
    EXPECT_EQ(error.code, ErrorCode::kInvalidInput);
  }
  // A second header, smaller than the pictures before it.
  std::string shrinking = apng_of({{.rows = "rr/rr"}, {.rows = "gg/gg"}});
  const std::string small = apng_of({{.rows = "r"}});
  shrinking.insert(shrinking.size() - 12, png_chunk("IHDR", chunk_bodies(small, "IHDR")));
  EXPECT_EQ(error_of({GifContent{written("a.png", shrinking), {}, {}}, {}, {}}).code,
            ErrorCode::kInvalidInput);
  std::string promising = apng_of({{.rows = "r"}, {.rows = "g"}});
  const std::string control = big_endian(2) + big_endian(0);
  const std::string more = big_endian(3) + big_endian(0);
  promising.replace(promising.find(png_chunk("acTL", control)), 20, png_chunk("acTL", more));
  EXPECT_THAT(error_of({GifContent{written("a.png", promising), {}, {}}, {}, {}}).message,
              HasSubstr("promises 3 pictures and holds 2"));
}

// ---- Sprites, files -----------------------------------------------------------------------------

TEST_F(Animated, CellsOfASheetComeRowByRow) {
  const std::string path = written("sheet.png", png_of("rgb/bbr"));
  const auto content = opened({SpriteContent{path, cells(3, 2), {}, {}}, {}, {}});
  EXPECT_THAT(letters(*content, 7), ElementsAre("r", "g", "b", "b", "b", "r", "r"));
  scene::SpriteSheet fewer = cells(3, 2);
  fewer.count = 5;
  const auto five = opened({SpriteContent{path, fewer, {}, {}}, {}, {}});
  EXPECT_THAT(letters(*five, 6), ElementsAre("r", "g", "b", "b", "b", "r"));
}

TEST_F(Animated, CellsLieInsideAMarginAndApart) {
  // Margin 1 × 1, 2 × 1 between cells of 2 × 1.
  const std::string path =
      written("sheet.png", png_of("......../.rg..gb./......../.bb..rr./........"));
  scene::SpriteSheet sheet = cells(2, 2);
  sheet.margin = {1, 1};
  sheet.spacing = {2, 1};
  const auto content = opened({SpriteContent{path, sheet, {}, {}}, {}, {}});
  EXPECT_THAT(letters(*content, 4), ElementsAre("rg", "gb", "bb", "rr"));
  EXPECT_EQ(content->box(), (base::SizeF{2, 1}));
}

TEST_F(Animated, ASheetThatIsTooSmallForItsCellsIsRefused) {
  const std::string path = written("sheet.png", png_of("rgb"));
  const base::Error error = error_of({SpriteContent{path, cells(2, 2), {}, {}}, {}, {}});
  EXPECT_EQ(error.code, ErrorCode::kInvalidInput);
  EXPECT_EQ(error.where, path);
  const auto many = error_of({SpriteContent{path, cells(4096, 4096), {}, {}}, {}, {}});
  EXPECT_EQ(many.code, ErrorCode::kLimit);
}

TEST_F(Animated, FilesOfAPatternPlayInOrderEachInTheBoxOfTheFirst) {
  const std::string pattern = written_frames({"rr", "gg/gg", "bb"});
  const auto content = opened({FramesContent{pattern, {}, Fit::kContain}, {}, {}});
  EXPECT_EQ(content->box(), (base::SizeF{2, 1}));
  EXPECT_EQ(letters_at(*content, milliseconds(0)), "rr");
  // A square is contained in 2 × 1.
  EXPECT_EQ(picture_at(*content, milliseconds(100))->size(), (base::SizeI{1, 1}));
  EXPECT_EQ(letters_at(*content, milliseconds(200)), "bb");
}

TEST_F(Animated, AFileOfAPatternThatIsBrokenIsNamed) {
  const std::string pattern = written_frames({"r", "g", "b"});
  const std::string broken = written("f2.png", "no png");
  const base::Error error = error_of({FramesContent{pattern, {}, {}}, {}, {}});
  EXPECT_EQ(error.where, broken);
}

TEST_F(Animated, FilesOfAPatternOfAClientLieInTheAssetsFolder) {
  const std::string pattern = written_frames({"r", "g"});
  std::filesystem::create_directory(folder_ / "assets");
  const std::string outside = written("secret.png", png_of("b"));
  for (const std::string name : {"f1.png", "f2.png"}) {
    std::filesystem::rename(folder_ / name, folder_ / "assets" / name);
  }
  const std::string assets = (folder_ / "assets").string();
  const std::string link = assets + "/f3.png";
  const FramesContent wild{assets + "/f*.png", {}, {}};
  const FramesContent numbered{assets + "/f%d.png", {}, {}};
  {
    const base::WithClientLimits limits(assets);
    EXPECT_EQ(letters(*opened({wild, {}, {}}), 2), (std::vector<std::string>{"r", "g"}));
    std::filesystem::create_symlink(outside, link);
    for (const FramesContent& each : {wild, numbered}) {
      const base::Error error = error_of({each, {}, {}});
      EXPECT_EQ(error.code, base::ErrorCode::kForbidden);
      EXPECT_EQ(error.where, link);
      EXPECT_NE(error.message.find("assets folder"), std::string::npos);
    }
  }
  const base::WithClientLimits limits(assets, {numbered.source});
  EXPECT_EQ(letters(*opened({numbered, {}, {}}), 3), (std::vector<std::string>{"r", "g", "b"}));
}

// ---- How it is shown ----------------------------------------------------------------------------

TEST_F(Animated, PicturesAreFittedOnce) {
  const std::string pattern = written_frames({"rr", "gg"});
  const auto content = opened({FramesContent{pattern, {}, Fit::kContain}, base::SizeF{8, 8}, {}});
  EXPECT_EQ(content->box(), (base::SizeF{8, 8}));
  const Part part = part_at(*content, milliseconds(0));
  EXPECT_EQ(frame::size_of(part.picture), (base::SizeI{8, 4}));
  EXPECT_EQ(part.box_from_picture, base::translation(0, 2));
  EXPECT_FALSE(part.is_cut_to_box);
  EXPECT_EQ(part_at(*content, milliseconds(50)), part);
  EXPECT_EQ(part_at(*content, milliseconds(250)), part);
  const auto covering = opened({FramesContent{pattern, {}, Fit::kCover}, base::SizeF{8, 8}, {}});
  EXPECT_EQ(picture_at(*covering, milliseconds(0))->size(), (base::SizeI{8, 8}));
}

TEST_F(Animated, ATextureIsMultipliedOverEveryPicture) {
  const std::string pattern = written_frames({"r.", "gg"});
  const auto color = image_of(art_of("r")).new_from_image({128, 64, 255, 255});
  const std::string texture = written("texture.png", encoded(color, ".png"));
  const auto content = opened({FramesContent{pattern, {}, {}}, {}, texture});
  const auto first = picture_at(*content, milliseconds(0));
  EXPECT_EQ(first->view().at(0, 0), (frame::PremulRgba8{125, 5, 30, 255}));
  EXPECT_EQ(first->view().at(1, 0), (frame::PremulRgba8{}));
  EXPECT_EQ(picture_at(*content, milliseconds(100))->view().at(1, 0),
            (frame::PremulRgba8{5, 50, 60, 255}));
}

TEST_F(Animated, EqualSourcesInBoxesOfOneSizeShareTheirPictures) {
  const std::string pattern = written_frames({"r", "g", "b"});
  const Playback backwards{milliseconds(40), true, Play::kBackwards};
  const auto first = opened({FramesContent{pattern, {}, {}}, base::SizeF{3, 3}, {}});
  const auto second = opened({FramesContent{pattern, backwards, {}}, base::SizeF{3, 3}, {}});
  const auto other = opened({FramesContent{pattern, {}, {}}, base::SizeF{4, 4}, {}});
  EXPECT_EQ(picture_at(*first, milliseconds(0)), picture_at(*second, milliseconds(80)));
  EXPECT_NE(picture_at(*first, milliseconds(0)), picture_at(*other, milliseconds(0)));
  EXPECT_GT(first->decode_nanoseconds(), 0);
  EXPECT_EQ(second->decode_nanoseconds(), 0);
}

TEST_F(Animated, PicturesThatNobodyShowsAreForgotten) {
  const std::string pattern = written_frames({"r", "g"});
  const AnimatedRequest request{FramesContent{pattern, {}, {}}, {}, {}};
  const auto first = opened(request);
  std::weak_ptr<const frame::Picture> held = picture_at(*first, milliseconds(0));
  auto kept = keep_pictures(request, pool_);
  ASSERT_TRUE(kept.ok());
  EXPECT_FALSE(held.expired());
  kept = std::shared_ptr<const KeptPictures>();
  opened(request).reset();
  EXPECT_FALSE(held.expired());
}

// ---- Beyond the budget --------------------------------------------------------------------------

class Streamed : public Animated {
 protected:
  // 40 pictures, all different, in files of every kind.
  Streamed() {
    std::vector<Piece> pieces;
    std::string sheet;
    std::vector<std::string> pictures;
    constexpr std::string_view kLetters = "rgb.";
    for (int i = 0; i < 40; ++i) {
      std::string rows;
      for (const int digit : {i / 16, i / 4 % 4, i % 4})
        rows += kLetters[static_cast<size_t>(digit)];
      sheet += rows;
      pictures.push_back(rows);
      pieces.push_back({.rows = rows, .disposal = 2});
    }
    const std::string gif = written("s.gif", gif_of(3, 1, pieces));
    std::vector<Piece> sources = pieces;
    for (Piece& piece : sources) piece.disposal = 0;
    const std::string apng = written("s.png", apng_of(sources));
    const std::string sprite = written("sheet.png", png_of(sheet));
    const std::string files = written_frames(pictures);
    sources_ = {GifContent{gif, {}, {}}, GifContent{apng, {}, {}},
                SpriteContent{sprite, cells(40, 1), {}, {}}, FramesContent{files, {}, {}}};
  }

  static PictureSource played(PictureSource source, Playback playback) {
    std::visit(
        [&](auto& each) {
          if constexpr (requires { each.playback; }) each.playback = playback;
        },
        source);
    return source;
  }
  AnimatedRequest streamed(const PictureSource& source) const {
    return {source, std::nullopt, std::nullopt, 0};
  }

  std::vector<PictureSource> sources_;
};

TEST_F(Streamed, EveryPictureIsTheOneThatIsKeptOtherwise) {
  for (const Play play : {Play::kForwards, Play::kBackwards, Play::kPingPong}) {
    for (const auto& source : sources_) {
      const PictureSource playing = played(source, {std::nullopt, std::nullopt, play});
      const auto kept = opened({playing, {}, {}});
      const auto content = opened(streamed(playing));
      ASSERT_TRUE(kept && content);
      EXPECT_EQ(content->box(), kept->box());
      for (int i = 0; i < 100; ++i) {
        const Duration time = milliseconds(100 * i + 7);
        ASSERT_EQ(letters_at(*content, time), letters_at(*kept, time))
            << i << " " << source.index() << " " << static_cast<int>(play);
      }
    }
  }
}

TEST_F(Streamed, AnyTimeMayComeNext) {
  for (const auto& source : sources_) {
    const auto kept = opened({source, {}, {}});
    const auto content = opened(streamed(source));
    for (const int step : {0, 39, 3, 2, 1, 300, 41, 20, 21, 60, 19, 4000, 0}) {
      const Duration time = milliseconds(100 * step);
      ASSERT_EQ(letters_at(*content, time), letters_at(*kept, time)) << step;
    }
  }
}

TEST_F(Streamed, AStepIsOnePictureHoweverOftenItShows) {
  const auto content = opened(streamed(sources_.front()));
  const auto first = picture_at(*content, milliseconds(500));
  EXPECT_EQ(picture_at(*content, milliseconds(550)), first);
  EXPECT_NE(picture_at(*content, milliseconds(600)), first);
}

TEST_F(Streamed, WithoutPatienceTheNewestPictureShows) {
  const auto content = opened(streamed(sources_.back()));
  std::vector<Part> parts;
  // Nothing has been asked for yet.
  ASSERT_TRUE(content->show({0, 1}, Patience::kNone, parts).ok());
  EXPECT_LE(parts.size(), 1U);
  const Part first = part_at(*content, milliseconds(0));
  EXPECT_EQ(part_at(*content, milliseconds(0), Patience::kNone), first);
  // Whatever is decoded by then: never a later picture, and never none again.
  const Part late = part_at(*content, milliseconds(2000), Patience::kNone);
  const Part exact = part_at(*content, milliseconds(2000));
  EXPECT_EQ(part_at(*content, milliseconds(2000), Patience::kNone), exact);
  EXPECT_FALSE(frame::is_null(late.picture));
}

TEST_F(Streamed, SharesNothing) {
  const auto kept = keep_pictures(streamed(sources_.front()), pool_);
  ASSERT_TRUE(kept.ok());
  EXPECT_EQ(kept.value(), nullptr);
}

TEST_F(Streamed, IsWhatTakesTooLongToDecodeAtOnce) {
  for (const auto& source : sources_) {
    AnimatedRequest request{source, std::nullopt, std::nullopt};
    request.patience = std::chrono::nanoseconds(-1);
    const auto kept = keep_pictures(request, pool_);
    ASSERT_TRUE(kept.ok());
    EXPECT_EQ(kept.value(), nullptr);
    const auto content = opened(request);
    ASSERT_TRUE(content);
    EXPECT_TRUE(content->may_be_behind());  // decoded while it plays, from its first picture on
    EXPECT_TRUE(opened({source, {}, {}})->may_be_behind());  // it is known to take too long
    PicturePool other_pool;
    const auto expected = open_animated({source, {}, {}}, other_pool);
    ASSERT_TRUE(expected.ok());
    EXPECT_FALSE(expected.value()->may_be_behind());
    for (int i = 0; i < 50; ++i) {
      const Duration time = milliseconds(100 * i);
      ASSERT_EQ(letters_at(*content, time), letters_at(*expected.value(), time)) << i;
    }
  }
}

TEST_F(Streamed, NeedsItsShareOfTheMemoryOfAllLargeAnimations) {
  const auto others =
      StreamedShare::take({scene::limits::kStreamedBytesMax, 1}, scene::limits::kStreamedBytesMax);
  ASSERT_TRUE(others);
  for (const auto& source : sources_) {
    const auto content = open_animated(streamed(source), pool_);
    ASSERT_FALSE(content);
    EXPECT_EQ(content.error().code, base::ErrorCode::kLimit);
    EXPECT_TRUE(is_of_memory(content.error()));  // so that it is tried again
    EXPECT_TRUE(opened({source, {}, {}}));       // a small one needs no share
  }
}

TEST_F(Streamed, AFileThatIsGoneIsToldWhenItsTurnComes) {
  const auto content = opened(streamed(sources_.back()));
  std::filesystem::remove(folder_ / "f30.png");
  EXPECT_EQ(letters_at(*content, milliseconds(100)), "rrg");
  std::vector<Part> parts;
  const auto shown = content->show({29, 10}, Patience::kWaits, parts);
  ASSERT_FALSE(shown.ok());
  EXPECT_EQ(shown.error().where, (folder_ / "f30.png").string());
}

TEST_F(Streamed, EndsWhileItIsDecoding) {
  for (int i = 0; i < 20; ++i) {
    const auto content = opened(streamed(sources_[static_cast<size_t>(i) % sources_.size()]));
    static_cast<void>(picture_at(*content, milliseconds(100 * i)));
  }
}

}  // namespace
}  // namespace layercast::content
