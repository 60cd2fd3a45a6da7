#include "content/image/image_content.h"

#include "content/picture/resample.h"

#include <array>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>
#include <vips/vips8>

namespace layercast::content {
namespace {

using base::ErrorCode;
using frame::PremulRgba8;
using scene::Fit;
using testing::EndsWith;
using testing::HasSubstr;
using vips::VImage;

int largest_difference(PremulRgba8 a, PremulRgba8 b) {
  return std::max({std::abs(a.red - b.red), std::abs(a.green - b.green), std::abs(a.blue - b.blue),
                   std::abs(a.alpha - b.alpha)});
}

// Saturated, and no two alike in any channel: a swap of anything shows.
constexpr PremulRgba8 kTopLeft{200, 40, 90, 255};
constexpr PremulRgba8 kTopRight{20, 160, 230, 255};
constexpr PremulRgba8 kBottomLeft{240, 210, 10, 255};
constexpr PremulRgba8 kBottomRight{30, 120, 50, 255};

std::string base64(std::string_view bytes) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (size_t i = 0; i < bytes.size(); i += 3) {
    uint32_t group = 0;
    for (size_t k = 0; k < 3; ++k) {
      group = group << 8 | (i + k < bytes.size() ? static_cast<uint8_t>(bytes[i + k]) : 0U);
    }
    for (size_t k = 0; k < 4; ++k) {
      text += i + k > bytes.size() ? '=' : kDigits[group >> (18 - 6 * k) & 63];
    }
  }
  return text;
}

uint32_t crc32(std::string_view bytes) {
  uint32_t crc = 0xffffffff;
  for (const char byte : bytes) {
    crc ^= static_cast<uint8_t>(byte);
    for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ (crc & 1 ? 0xedb88320U : 0U);
  }
  return ~crc;
}

std::string big_endian(uint32_t value) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(value >> shift);
  return bytes;
}

// A PNG that promises so many pixels and holds none.
std::string png_header(uint32_t width, uint32_t height) {
  using namespace std::string_literals;
  const std::string header = "IHDR" + big_endian(width) + big_endian(height) + "\x08\x02\0\0\0"s;
  const std::string pixels = "IDAT\x78\x9c"s;
  return "\x89PNG\r\n\x1a\n" + big_endian(13) + header + big_endian(crc32(header)) + big_endian(2) +
         pixels + big_endian(crc32(pixels));
}

class Images : public testing::Test {
 protected:
  Images() {
    initialise_images();
    std::string name = (std::filesystem::temp_directory_path() / "images_test.XXXXXX").string();
    folder_ = mkdtemp(name.data());
  }
  ~Images() override { std::filesystem::remove_all(folder_); }

  std::string path(const std::string& name) const { return (folder_ / name).string(); }

  std::string written(const std::string& name, std::string_view bytes) const {
    std::ofstream(path(name), std::ios::binary) << bytes;
    return path(name);
  }

  // The bytes of `image` in the format that `suffix` names.
  static std::string encoded(const VImage& image, const char* suffix,
                             vips::VOption* options = nullptr) {
    void* memory = nullptr;
    size_t size = 0;
    image.write_to_buffer(suffix, &memory, &size, options);
    std::string bytes(static_cast<const char*>(memory), size);
    g_free(memory);
    return bytes;
  }
  std::string saved(const std::string& name, const VImage& image,
                    vips::VOption* options = nullptr) const {
    return written(name, encoded(image, name.substr(name.rfind('.')).c_str(), options));
  }

  static VImage image_of(int width, int height, int bands, std::vector<uint8_t> bytes,
                         VipsInterpretation kind = VIPS_INTERPRETATION_sRGB) {
    return VImage(vips_image_new_from_memory_copy(bytes.data(), bytes.size(), width, height, bands,
                                                  VIPS_FORMAT_UCHAR))
        .copy(VImage::option()->set("interpretation", kind));
  }
  // The four colours, a quarter of the picture each.
  static VImage quarters(int width, int height) {
    std::vector<uint8_t> bytes;
    for (int y = 0; y < height; ++y) {
      for (int x = 0; x < width; ++x) {
        const PremulRgba8 color = y < height / 2 ? (x < width / 2 ? kTopLeft : kTopRight)
                                                 : (x < width / 2 ? kBottomLeft : kBottomRight);
        bytes.insert(bytes.end(), {color.red, color.green, color.blue});
      }
    }
    return image_of(width, height, 3, std::move(bytes));
  }

  static Raster rasterised(const std::string& path, Fit fit = Fit::kContain,
                           std::optional<base::SizeF> box = std::nullopt) {
    auto raster = rasterise_image({path, fit, box});
    EXPECT_TRUE(raster.ok()) << raster.error().to_string();
    return raster.ok() ? std::move(raster).value() : Raster{};
  }
  static base::Error error_of(const std::string& path) {
    auto raster = rasterise_image({path, Fit::kContain, std::nullopt});
    EXPECT_FALSE(raster.ok()) << path;
    if (raster.ok()) return {};
    EXPECT_EQ(raster.error().where, path);
    EXPECT_EQ(raster.error().to_string().find('\n'), std::string::npos);
    return std::move(raster).error();
  }
  static PremulRgba8 pixel(const Raster& raster, int x, int y) {
    return raster.picture->view().at(x, y);
  }
  // The middles of the four quarters.
  static std::array<PremulRgba8, 4> corners(const Raster& raster) {
    const auto [width, height] = raster.picture->size();
    return {pixel(raster, width / 4, height / 4), pixel(raster, width - width / 4 - 1, height / 4),
            pixel(raster, width / 4, height - height / 4 - 1),
            pixel(raster, width - width / 4 - 1, height - height / 4 - 1)};
  }
  static void expect_quarters(const Raster& raster, int tolerance) {
    const std::array expected = {kTopLeft, kTopRight, kBottomLeft, kBottomRight};
    const std::array actual = corners(raster);
    for (size_t i = 0; i < 4; ++i) {
      EXPECT_LE(largest_difference(actual[i], expected[i]), tolerance)
          << testing::PrintToString(actual[i]) << " is not " << testing::PrintToString(expected[i]);
    }
  }

 private:
  std::filesystem::path folder_;
};

// ---- Formats and colours ------------------------------------------------------------------------

TEST_F(Images, EveryFormatShowsItsColors) {
  struct Case {
    const char* name;
    bool lossless;
    int tolerance;
  };
  // JPEG and AVIF keep Y'CbCr: a level or two is lost.
  for (const Case& each :
       {Case{"a.png", false, 0}, Case{"a.jpg", false, 3}, Case{"a.webp", true, 0},
        Case{"a.avif", true, 3}, Case{"a.tif", false, 0}, Case{"a.gif", false, 0}}) {
    SCOPED_TRACE(each.name);
    auto* options = each.lossless ? VImage::option()->set("lossless", true) : nullptr;
    const Raster raster = rasterised(saved(each.name, quarters(64, 48), options));
    EXPECT_EQ(raster.picture->size(), (base::SizeI{64, 48}));
    EXPECT_EQ(raster.box, (base::SizeF{64, 48}));
    expect_quarters(raster, each.tolerance);
  }
}

// The four quarters, 64 x 32: written here because the HEVC encoder that libheif uses leaks.
constexpr const char* kHeic =
    "AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAa1tZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAA"
    "AAAAAAAAAAAAAA5waXRtAAAAAAACAAAAEGlkYXQAAAAAAEAAIAAAADhpbG9jAQAAAERAAAIAAQAAAAAAAAHRAAEA"
    "AAAAAAABFAACAAEAAAAAAAAAAQAAAAAAAAAIAAAAOGlpbmYAAAAAAAIAAAAVaW5mZQIAAAEAAQAAaHZjMQAAAAAV"
    "aW5mZQIAAAAAAgAAZ3JpZAAAAADYaXBycAAAALZpcGNvAAAAdmh2Y0MBA3AAAAAAAAAAAAAe8AD8/fj4AAAPAyAA"
    "AQAYQAEMAf//A3AAAAMAkAAAAwAAAwAeugJAIQABACpCAQEDcAAAAwCQAAADAAADAB6gIIEFlurkprm4EBAwIAAA"
    "AwAgAAADACEiAAEABkQBwXPAiQAAABRpc3BlAAAAAAAAAEAAAABAAAAAFGlzcGUAAAAAAAAAQAAAACAAAAAQcGl4"
    "aQAAAAADCAgIAAAAGmlwbWEAAAAAAAAAAgABAoECAAICA4QAAAAaaXJlZgAAAAAAAAAOZGltZwACAAEAAQAAARxt"
    "ZGF0AAABECgBrwT42/Lo4w3/C0r/77+//cjct8+Jq/VeKv/7K+f/8aREt5zFdh3rfriIveQVjnqO5neCOtnZPuwG"
    "Q4quVG2bOJd2GSXrvDfF+RoFD6T75IxfLjpsWZwgMTquEZjCW4/bO9G7r8f/sUXnsc/E4s8CF24Pwftbzraa3pD4"
    "tIYYFhBmBesId0/cI5wsp/+qqTQt+he6TI/X0cTEf84ICIlW7CRkkb+gT4hdeZCfW627/Fsid2FZsSfPc9/VHlSH"
    "9G/If8sMKONUzkqpvo90wSwkbRDAAQFkFec7V7Z2xZO5Ii1DLwjyMZk/dLVte1W6MdILF4U27zgfDL6FxveO8bdD"
    "/9EjQ9sDWRC6tyXoUxD8";

TEST_F(Images, HeicShowsItsColors) {
  gsize size = 0;
  guchar* bytes = g_base64_decode(kHeic, &size);
  const std::string path = written("a.heic", {reinterpret_cast<const char*>(bytes), size});
  g_free(bytes);
  const Raster raster = rasterised(path);
  EXPECT_EQ(raster.picture->size(), (base::SizeI{64, 32}));
  expect_quarters(raster, 3);
}

TEST_F(Images, TheContentTellsTheFormatNotTheName) {
  expect_quarters(rasterised(written("a.jpg", encoded(quarters(64, 48), ".png"))), 0);
  expect_quarters(rasterised(written("name", encoded(quarters(64, 48), ".png"))), 0);
}

TEST_F(Images, AFileNameIsNeverReadAsOptions) {
  expect_quarters(rasterised(written("a[page=7].png", encoded(quarters(64, 48), ".png"))), 0);
}

TEST_F(Images, TheFirstFrameOfAnAnimationIsShown) {
  VImage film = quarters(64, 48).join(quarters(64, 48).invert(), VIPS_DIRECTION_VERTICAL);
  film = film.copy();
  film.set(VIPS_META_PAGE_HEIGHT, 48);
  for (const char* name : {"a.gif", "a.webp"}) {
    SCOPED_TRACE(name);
    auto* options = name[2] == 'w' ? VImage::option()->set("lossless", true) : nullptr;
    const Raster raster = rasterised(saved(name, film, options));
    EXPECT_EQ(raster.picture->size(), (base::SizeI{64, 48}));
    expect_quarters(raster, 0);
  }
}

TEST_F(Images, ExifOrientationTurnsThePictureUpright) {
  struct Case {
    int orientation;
    std::array<PremulRgba8, 4> upright;  // top left, top right, bottom left, bottom right
  };
  const std::array cases = {
      Case{1, {kTopLeft, kTopRight, kBottomLeft, kBottomRight}},
      Case{2, {kTopRight, kTopLeft, kBottomRight, kBottomLeft}},
      Case{3, {kBottomRight, kBottomLeft, kTopRight, kTopLeft}},
      Case{4, {kBottomLeft, kBottomRight, kTopLeft, kTopRight}},
      Case{5, {kTopLeft, kBottomLeft, kTopRight, kBottomRight}},
      Case{6, {kBottomLeft, kTopLeft, kBottomRight, kTopRight}},
      Case{7, {kBottomRight, kTopRight, kBottomLeft, kTopLeft}},
      Case{8, {kTopRight, kBottomRight, kTopLeft, kBottomLeft}},
  };
  for (const auto& [orientation, upright] : cases) {
    SCOPED_TRACE(orientation);
    VImage image = quarters(64, 48).copy();
    image.set(VIPS_META_ORIENTATION, orientation);
    const Raster tiff = rasterised(saved("a.tif", image));
    EXPECT_EQ(tiff.picture->size(),
              orientation >= 5 ? (base::SizeI{48, 64}) : (base::SizeI{64, 48}));
    EXPECT_EQ(corners(tiff), upright);
    const Raster jpeg = rasterised(saved("a.jpg", image));
    for (size_t i = 0; i < 4; ++i) {
      EXPECT_LE(largest_difference(corners(jpeg)[i], upright[i]), 3);
    }
  }
}

TEST_F(Images, AnEmbeddedProfileIsConvertedToSrgb) {
  const VImage wide =
      quarters(64, 48).icc_transform("p3", VImage::option()->set("input_profile", "srgb"));
  const std::vector<double> stored = wide.getpoint(1, 1);
  ASSERT_GT(std::abs(stored[0] - kTopLeft.red), 5) << "the profile changes nothing";
  expect_quarters(rasterised(saved("a.png", wide)), 1);
  expect_quarters(rasterised(saved("a.tif", wide)), 1);
  expect_quarters(rasterised(saved("a.webp", wide, VImage::option()->set("lossless", true))), 1);
  expect_quarters(rasterised(saved("a.jpg", wide)), 4);
}

TEST_F(Images, AlphaIsNoColorToAProfile) {
  const VImage wide =
      quarters(64, 48).icc_transform("p3", VImage::option()->set("input_profile", "srgb"));
  const Raster raster = rasterised(saved("a.png", wide.bandjoin(128)));
  const PremulRgba8 expected =
      frame::premultiplied({kTopLeft.red, kTopLeft.green, kTopLeft.blue, 128});
  EXPECT_LE(largest_difference(corners(raster)[0], expected), 1);
  EXPECT_EQ(corners(raster)[0].alpha, 128);
}

TEST_F(Images, CmykIsConvertedWithAndWithoutAProfile) {
  const VImage inks =
      quarters(64, 48).icc_transform("cmyk", VImage::option()->set("input_profile", "srgb"));
  ASSERT_EQ(inks.bands(), 4);
  VImage bare = inks.copy();
  bare.remove(VIPS_META_ICC_NAME);
  // Inks cannot print the saturated blue; everything else comes back close.
  expect_quarters(rasterised(saved("profile.jpg", inks)), 20);
  expect_quarters(rasterised(saved("bare.jpg", bare)), 25);
}

TEST_F(Images, ABrokenProfileIsIgnored) {
  VImage image = quarters(64, 48).copy();
  static char junk[] = "not a profile";
  image.set(VIPS_META_ICC_NAME, nullptr, junk, sizeof junk);
  expect_quarters(rasterised(saved("a.png", image)), 0);
}

TEST_F(Images, GrayIsShownInAllThreeColors) {
  const VImage gray = image_of(2, 1, 1, {200, 20}, VIPS_INTERPRETATION_B_W);
  for (const char* name : {"a.png", "a.jpg", "a.tif"}) {
    SCOPED_TRACE(name);
    const Raster raster = rasterised(saved(name, gray));
    EXPECT_LE(largest_difference(pixel(raster, 0, 0), {200, 200, 200, 255}), 3);
    EXPECT_LE(largest_difference(pixel(raster, 1, 0), {20, 20, 20, 255}), 3);
  }
  const VImage with_alpha = image_of(1, 1, 2, {200, 128}, VIPS_INTERPRETATION_B_W);
  EXPECT_EQ(pixel(rasterised(saved("a.png", with_alpha)), 0, 0), (PremulRgba8{100, 100, 100, 128}));
}

TEST_F(Images, SixteenBitsAreRoundedToEight) {
  // 511 ÷ 257 = 1.99, 65150 ÷ 257 = 253.5 + a little; cutting the low byte off gives 1 and 254.
  std::array<uint16_t, 4> words = {511, 65151, 32896, 65535};
  const VImage image =
      VImage::new_from_memory(words.data(), sizeof words, 1, 1, 4, VIPS_FORMAT_USHORT)
          .copy(VImage::option()->set("interpretation", VIPS_INTERPRETATION_RGB16));
  EXPECT_EQ(pixel(rasterised(saved("a.png", image)), 0, 0), (PremulRgba8{2, 254, 128, 255}));
}

TEST_F(Images, SixteenBitAlphaIsAlpha) {
  std::array<uint16_t, 4> words = {65535, 32896, 0, 32896};
  const VImage image =
      VImage::new_from_memory(words.data(), sizeof words, 1, 1, 4, VIPS_FORMAT_USHORT)
          .copy(VImage::option()->set("interpretation", VIPS_INTERPRETATION_RGB16));
  EXPECT_EQ(pixel(rasterised(saved("a.png", image)), 0, 0), (PremulRgba8{128, 64, 0, 128}));
}

// ---- Alpha and scaling --------------------------------------------------------------------------

TEST_F(Images, StraightAlphaIsPremultipliedOnce) {
  const VImage image = image_of(2, 1, 4, {200, 40, 90, 100, 255, 255, 255, 0});
  for (const char* name : {"a.png", "a.webp", "a.tif"}) {
    SCOPED_TRACE(name);
    auto* options = name[2] == 'w' ? VImage::option()->set("lossless", true) : nullptr;
    const Raster raster = rasterised(saved(name, image, options));
    EXPECT_EQ(pixel(raster, 0, 0), (PremulRgba8{78, 16, 35, 100}));
    EXPECT_EQ(pixel(raster, 1, 0), (PremulRgba8{0, 0, 0, 0}));
  }
}

TEST_F(Images, WhiteBesideTransparentBlackStaysWhiteWhenScaled) {
  std::vector<uint8_t> bytes;
  for (int i = 0; i < 64 * 64; ++i) {
    const uint8_t on = i % 64 < 32 ? 255 : 0;
    bytes.insert(bytes.end(), {on, on, on, on});
  }
  const std::string path = saved("a.png", image_of(64, 64, 4, bytes));
  for (const double side : {21.0, 150.0}) {
    const Raster raster = rasterised(path, Fit::kContain, base::SizeF{side, side});
    int partial = 0;
    for (int y = 0; y < raster.picture->size().height; ++y) {
      for (int x = 0; x < raster.picture->size().width; ++x) {
        const PremulRgba8 at = pixel(raster, x, y);
        ASSERT_EQ(at, (PremulRgba8{at.alpha, at.alpha, at.alpha, at.alpha}));
        if (at.alpha > 0 && at.alpha < 255) ++partial;
      }
    }
    EXPECT_GT(partial, 0);
  }
}

TEST_F(Images, ColorsNeverExceedAlphaWhenScaled) {
  std::vector<uint8_t> bytes;
  uint32_t noise = 1;
  for (int i = 0; i < 40 * 40 * 4; ++i) {
    noise = noise * 1664525 + 1013904223;
    bytes.push_back(noise >> 31 ? 255 : 0);
  }
  const std::string path = saved("a.png", image_of(40, 40, 4, bytes));
  for (const double side : {17.0, 113.0}) {
    const Raster raster = rasterised(path, Fit::kContain, base::SizeF{side, side});
    for (int y = 0; y < static_cast<int>(side); ++y) {
      for (int x = 0; x < static_cast<int>(side); ++x) {
        const PremulRgba8 at = pixel(raster, x, y);
        ASSERT_LE(std::max({at.red, at.green, at.blue}), at.alpha);
      }
    }
  }
}

TEST_F(Images, AFlatColorKeepsEveryLevelWhenScaled) {
  std::vector<uint8_t> bytes;
  for (int i = 0; i < 30 * 20; ++i) bytes.insert(bytes.end(), {200, 40, 91});
  const std::string path = saved("a.png", image_of(30, 20, 3, bytes));
  for (const base::SizeF box : {base::SizeF{7, 5}, base::SizeF{77, 51}, base::SizeF{29, 200}}) {
    const Raster raster = rasterised(path, Fit::kFill, box);
    for (int y = 0; y < raster.picture->size().height; ++y) {
      for (int x = 0; x < raster.picture->size().width; ++x) {
        ASSERT_EQ(pixel(raster, x, y), (PremulRgba8{200, 40, 91, 255}));
      }
    }
  }
}

frame::Image<PremulRgba8> noise_image(base::SizeI size) {
  frame::Image<PremulRgba8> image(size);
  uint32_t noise = 7;
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      noise = noise * 1664525 + 1013904223;
      image.view().at(x, y) = frame::premultiplied(
          {static_cast<uint8_t>(noise >> 24), static_cast<uint8_t>(noise >> 16),
           static_cast<uint8_t>(noise >> 8), static_cast<uint8_t>(x % 2 ? 255 : noise >> 20)});
    }
  }
  return image;
}

// A row of weights of the samples of a line for each sample of another.
using Lines = std::vector<std::vector<double>>;

Lines bilinear(int from, int to) {
  Lines lines(static_cast<size_t>(to), std::vector<double>(static_cast<size_t>(from)));
  for (int i = 0; i < to; ++i) {
    const double place = std::clamp((i + 0.5) * from / to - 0.5, 0.0, from - 1.0);
    for (int k = 0; k < from; ++k) {
      lines[static_cast<size_t>(i)][static_cast<size_t>(k)] =
          std::max(0.0, 1 - std::abs(k - place));
    }
  }
  return lines;
}

// Means of two samples; of an odd number of them, of three.
Lines halved(int from) {
  Lines lines(static_cast<size_t>(from / 2), std::vector<double>(static_cast<size_t>(from)));
  for (size_t i = 0; i < lines.size(); ++i) {
    const bool is_odd = from % 2 != 0;
    lines[i][2 * i] = is_odd ? 0.25 : 0.5;
    lines[i][2 * i + 1] = 0.5;
    if (is_odd) lines[i][2 * i + 2] = 0.25;
  }
  return lines;
}

Lines operator*(const Lines& outer, const Lines& inner) {
  Lines lines(outer.size(), std::vector<double>(inner.front().size()));
  for (size_t i = 0; i < outer.size(); ++i) {
    for (size_t k = 0; k < inner.size(); ++k) {
      for (size_t n = 0; n < inner[k].size(); ++n) lines[i][n] += outer[i][k] * inner[k][n];
    }
  }
  return lines;
}

// A place of half the size or less is sampled from a smaller picture, of ceil(side / 2^n): that
// comes from as many halvings as do not go below it, and is sampled from those.
TEST(Resample, IsBilinearBetweenMeansOfPixels) {
  const frame::Image<PremulRgba8> source = noise_image({13, 9});
  struct Case {
    base::SizeI size;
    Lines across;
    Lines down;
  };
  const Case cases[] = {{{29, 4}, bilinear(13, 29), bilinear(9, 4)},
                        {{5, 31}, bilinear(13, 5), bilinear(9, 31)},
                        {{6, 4}, bilinear(7, 6) * bilinear(13, 7), bilinear(5, 4) * bilinear(9, 5)},
                        {{3, 2},
                         bilinear(4, 3) * bilinear(6, 4) * halved(13),
                         bilinear(3, 2) * bilinear(4, 3) * halved(9)},
                        {{1, 1},
                         bilinear(2, 1) * bilinear(3, 2) * halved(6) * halved(13),
                         bilinear(2, 1) * halved(4) * halved(9)}};
  for (const auto& [size, across, down] : cases) {
    const auto result = resampled(source.view(), size, {0, 0, size.width, size.height});
    for (int y = 0; y < size.height; ++y) {
      for (int x = 0; x < size.width; ++x) {
        double expected = 0;
        for (int v = 0; v < 9; ++v) {
          for (int u = 0; u < 13; ++u) {
            expected += across[static_cast<size_t>(x)][static_cast<size_t>(u)] *
                        down[static_cast<size_t>(y)][static_cast<size_t>(v)] *
                        source.view().at(u, v).alpha;
          }
        }
        ASSERT_NEAR(result.view().at(x, y).alpha, expected, 0.501) << x << ' ' << y;
      }
    }
  }
}

TEST(Resample, PixelsThatAPlaceCoversInPartAreAsOpaqueAsThat) {
  frame::Image<PremulRgba8> white({4, 4});
  for (int y = 0; y < 4; ++y) {
    for (int x = 0; x < 4; ++x) white.view().at(x, y) = {255, 255, 255, 255};
  }
  const auto result = resampled_into(white.view(), {0.25, 1, 2.5, 3}, {0, 0, 3, 4});
  const auto alpha = [&](int x, int y) { return result.view().at(x, y).alpha; };
  EXPECT_EQ(alpha(0, 1), 191);
  EXPECT_EQ(alpha(1, 1), 255);
  EXPECT_EQ(alpha(2, 2), 128);
  EXPECT_EQ(alpha(1, 0), 0);
  EXPECT_EQ(alpha(1, 3), 0);
}

TEST(Resample, AMirroredPictureGivesAMirroredResult) {
  const frame::Image<PremulRgba8> source = noise_image({13, 9});
  frame::Image<PremulRgba8> mirror({13, 9});
  for (int y = 0; y < 9; ++y) {
    for (int x = 0; x < 13; ++x) mirror.view().at(x, y) = source.view().at(12 - x, 8 - y);
  }
  for (const base::SizeI size : {base::SizeI{40, 27}, base::SizeI{6, 4}}) {
    const auto a = resampled(source.view(), size, {0, 0, size.width, size.height});
    const auto b = resampled(std::as_const(mirror).view(), size, {0, 0, size.width, size.height});
    for (int y = 0; y < size.height; ++y) {
      for (int x = 0; x < size.width; ++x) {
        // Sums in the other order may round a tie apart.
        ASSERT_LE(largest_difference(a.view().at(x, y),
                                     b.view().at(size.width - 1 - x, size.height - 1 - y)),
                  1);
      }
    }
  }
}

TEST(Resample, APartIsThatPartOfTheWhole) {
  const frame::Image<PremulRgba8> source = noise_image({13, 9});
  const auto whole = resampled(source.view(), {40, 30}, {0, 0, 40, 30});
  const auto part = resampled(source.view(), {40, 30}, {11, 7, 30, 25});
  ASSERT_EQ(part.size(), (base::SizeI{19, 18}));
  for (int y = 0; y < 18; ++y) {
    for (int x = 0; x < 19; ++x) {
      ASSERT_EQ(part.view().at(x, y), whole.view().at(x + 11, y + 7));
    }
  }
}

// ---- object-fit ---------------------------------------------------------------------------------

TEST_F(Images, FitPlacesThePictureAsObjectFitDoes) {
  const std::string path = saved("a.png", quarters(40, 20));
  struct Case {
    Fit fit;
    base::SizeF box;
    base::SizeI size;
    base::PointF origin;
  };
  for (const Case& each : {
           Case{Fit::kFill, {30, 30}, {30, 30}, {0, 0}},
           Case{Fit::kContain, {30, 30}, {30, 15}, {0, 8}},
           Case{Fit::kContain, {100, 100}, {100, 50}, {0, 25}},
           Case{Fit::kContain, {100, 10}, {20, 10}, {40, 0}},
           Case{Fit::kCover, {30, 30}, {30, 30}, {0, 0}},
           Case{Fit::kCover, {100, 10}, {100, 10}, {0, 0}},
           Case{Fit::kNone, {30, 30}, {30, 20}, {0, 5}},
           Case{Fit::kNone, {100, 10}, {40, 10}, {30, 0}},
           Case{Fit::kNone, {100, 100}, {40, 20}, {30, 40}},
           Case{Fit::kScaleDown, {30, 30}, {30, 15}, {0, 8}},
           Case{Fit::kScaleDown, {100, 100}, {40, 20}, {30, 40}},
       }) {
    SCOPED_TRACE(testing::Message() << "fit " << static_cast<int>(each.fit) << " in "
                                    << each.box.width << " x " << each.box.height);
    const Raster raster = rasterised(path, each.fit, each.box);
    EXPECT_EQ(raster.picture->size(), each.size);
    EXPECT_EQ(raster.picture->origin(), each.origin);
    EXPECT_EQ(raster.box, each.box);
    expect_quarters(raster, 25);  // the filter overshoots beside the seams
  }
}

TEST_F(Images, FitNoneCutsTheMiddleOutWithoutTouchingAPixel) {
  std::vector<uint8_t> bytes;
  for (int i = 0; i < 40 * 20; ++i) {
    bytes.insert(bytes.end(),
                 {static_cast<uint8_t>(i % 40 * 6), static_cast<uint8_t>(i / 40 * 9), 7});
  }
  const Raster raster =
      rasterised(saved("a.png", image_of(40, 20, 3, bytes)), Fit::kNone, base::SizeF{10, 10});
  EXPECT_EQ(pixel(raster, 0, 0), (PremulRgba8{15 * 6, 5 * 9, 7, 255}));
  EXPECT_EQ(pixel(raster, 9, 9), (PremulRgba8{24 * 6, 14 * 9, 7, 255}));
}

TEST_F(Images, CoverShowsTheMiddleOfAThinPicture) {
  const std::string path = saved("a.png", quarters(2, 2000));
  const Raster raster = rasterised(path, Fit::kCover, base::SizeF{2000, 2000});
  EXPECT_EQ(raster.picture->size(), (base::SizeI{2000, 2000}));
  expect_quarters(raster, 0);
}

TEST_F(Images, APictureNeverVanishes) {
  const std::string path = saved("a.png", quarters(2000, 2));
  EXPECT_EQ(rasterised(path, Fit::kContain, base::SizeF{10, 10}).picture->size(),
            (base::SizeI{10, 1}));
}

// ---- Files that are no pictures -----------------------------------------------------------------

TEST_F(Images, AMissingFileIsNotFound) {
  const base::Error error = error_of(path("none.png"));
  EXPECT_EQ(error.code, ErrorCode::kNotFound);
  EXPECT_THAT(error.to_string(), EndsWith("none.png: no such file"));
}

TEST_F(Images, AFileThatMayNotBeReadSaysSo) {
  if (geteuid() == 0) GTEST_SKIP() << "root may read everything";
  const std::string path = saved("a.png", quarters(4, 4));
  chmod(path.c_str(), 0);
  const base::Error error = error_of(path);
  EXPECT_EQ(error.code, ErrorCode::kIo);
  EXPECT_THAT(error.message, HasSubstr("Permission denied"));
}

TEST_F(Images, OnlyRegularFilesAreOpened) {
  std::filesystem::create_directory(path("folder"));
  ASSERT_EQ(mkfifo(path("fifo").c_str(), 0600), 0);
  EXPECT_THAT(error_of(path("folder")).message, HasSubstr("is a folder"));
  EXPECT_THAT(error_of(path("fifo")).message, HasSubstr("is not a regular file"));
  EXPECT_THAT(error_of("/dev/zero").message, HasSubstr("is not a regular file"));
}

TEST_F(Images, WhatIsNoImageIsRefusedByName) {
  EXPECT_THAT(error_of(written("a.png", "hello")).message, HasSubstr("not an image"));
  EXPECT_THAT(error_of(written("b.png", "%PDF-1.7\n%\xe2\xe3\n1 0 obj\n")).message,
              HasSubstr("not an image"));
  EXPECT_THAT(error_of(written("c.png", "<html></html>")).message,
              HasSubstr("not an SVG image: its root element is <html>"));
  EXPECT_THAT(error_of(written("d.svgz", "\x1f\x8b\x08 and so on")).message,
              HasSubstr("compressed"));
  EXPECT_THAT(error_of(written("e.png", "")).message, HasSubstr("is empty"));
}

TEST_F(Images, AFileCutShortIsAnErrorInEveryFormat) {
  const VImage image = quarters(640, 480);
  for (const char* suffix : {".png", ".jpg", ".webp", ".avif", ".tif", ".gif"}) {
    const std::string whole = encoded(image, suffix);
    for (const double kept : {0.3, 0.7, 0.95}) {
      SCOPED_TRACE(testing::Message() << suffix << " cut at " << kept);
      const auto size = static_cast<size_t>(static_cast<double>(whole.size()) * kept);
      const base::Error error = error_of(written("cut", whole.substr(0, size)));
      EXPECT_EQ(error.code, ErrorCode::kInvalidInput);
      EXPECT_THAT(error.message, HasSubstr("damaged or cut short"));
    }
  }
}

TEST_F(Images, TheFirstBytesOfAFormatAloneAreAnError) {
  for (const char* suffix : {".png", ".jpg", ".webp", ".avif", ".tif", ".gif"}) {
    const std::string whole = encoded(quarters(64, 48), suffix);
    for (size_t size = 1; size < 40; ++size) error_of(written("cut", whole.substr(0, size)));
  }
}

TEST_F(Images, HugePicturesAreRefusedByTheirHeader) {
  const auto start = std::chrono::steady_clock::now();
  for (const auto& [width, height] : {std::pair{60000U, 60000U}, std::pair{30000U, 30000U},
                                      std::pair{40000U, 10U}, std::pair{0x7fffffffU, 1U}}) {
    SCOPED_TRACE(width);
    const base::Error error = error_of(written("a.png", png_header(width, height)));
    EXPECT_TRUE(error.code == ErrorCode::kLimit || width == 0x7fffffff) << error.to_string();
  }
  EXPECT_THAT(error_of(written("a.png", png_header(60000, 60000))).message,
              HasSubstr("60000 x 60000 pixels"));
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(1));
}

TEST_F(Images, HugeFilesAreRefusedUnread) {
  const std::string path = written("a.png", png_header(4, 4));
  std::filesystem::resize_file(path, 300U << 20);  // sparse
  const base::Error error = error_of(path);
  EXPECT_EQ(error.code, ErrorCode::kLimit);
  EXPECT_THAT(error.message, HasSubstr("256 MiB"));
}

TEST_F(Images, DecodingOnManyThreadsGivesTheSamePictures) {
  const std::string good = saved("a.png", quarters(300, 200));
  const std::string bad = written("b.png", encoded(quarters(300, 200), ".png").substr(0, 300));
  std::vector<std::thread> threads;
  threads.reserve(4);
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int k = 0; k < 10; ++k) {
        expect_quarters(rasterised(good, Fit::kContain, base::SizeF{100, 100}), 1);
        EXPECT_THAT(error_of(bad).message, HasSubstr("damaged or cut short"));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

// ---- SVG ----------------------------------------------------------------------------------------

std::string svg(const std::string& attributes, const std::string& inside) {
  return "<svg xmlns='http://www.w3.org/2000/svg' xmlns:xlink='http://www.w3.org/1999/xlink' " +
         attributes + ">" + inside + "</svg>";
}

class Svg : public Images {
 protected:
  static base::Result<Raster> rasterise_inline(const std::string& text,
                                               std::optional<base::SizeF> box = std::nullopt) {
    return rasterise_svg({std::nullopt, text}, "", box);
  }
  static Raster drawn(const std::string& text, std::optional<base::SizeF> box = std::nullopt) {
    auto raster = rasterise_inline(text, box);
    EXPECT_TRUE(raster.ok()) << raster.error().to_string();
    return raster.ok() ? std::move(raster).value() : Raster{};
  }
  static std::string refusal(const std::string& text) {
    auto raster = rasterise_inline(text);
    EXPECT_FALSE(raster.ok()) << text.substr(0, 100);
    return raster.ok() ? "" : raster.error().to_string();
  }
};

TEST_F(Svg, NaturalSizeComesFromWidthAndHeightOrViewBox) {
  const std::string rect = "<rect width='100%' height='100%' fill='red'/>";
  EXPECT_EQ(drawn(svg("width='60' height='40'", rect)).box, (base::SizeF{60, 40}));
  EXPECT_EQ(drawn(svg("viewBox='0 0 30 20'", rect)).box, (base::SizeF{30, 20}));
  EXPECT_EQ(drawn(svg("width='60' viewBox='0 0 30 20'", rect)).box, (base::SizeF{60, 40}));
  EXPECT_EQ(drawn(svg("width='100%' height='100%' viewBox='0,0,30,20'", rect)).box,
            (base::SizeF{30, 20}));
  EXPECT_EQ(drawn(svg("width='1in' height='0.5in'", rect)).box, (base::SizeF{96, 48}));
  EXPECT_EQ(drawn(svg("width='1in' height='0.5in'", rect)).picture->size(), (base::SizeI{96, 48}));
}

TEST_F(Svg, IsDrawnAtTheSizeItIsShownIn) {
  const std::string text =
      svg("width='10' height='10'", "<rect width='5' height='10' fill='#fff'/>");
  const Raster raster = drawn(text, base::SizeF{1000, 1000});
  ASSERT_EQ(raster.picture->size(), (base::SizeI{1000, 1000}));
  // Enlarged pixels would have a soft edge.
  EXPECT_EQ(pixel(raster, 499, 500), (PremulRgba8{255, 255, 255, 255}));
  EXPECT_EQ(pixel(raster, 500, 500), (PremulRgba8{0, 0, 0, 0}));
}

TEST_F(Svg, IsContainedInItsBox) {
  const Raster raster =
      drawn(svg("viewBox='0 0 30 20'", "<rect width='30' height='20'/>"), base::SizeF{300, 300});
  EXPECT_EQ(raster.picture->size(), (base::SizeI{300, 200}));
  EXPECT_EQ(raster.picture->origin(), (base::PointF{0, 50}));
}

TEST_F(Svg, AnImageLayerMayStretchIt) {
  const std::string path =
      written("a.svg", svg("width='40' height='20'", "<rect width='20' height='20' fill='#c82'/>"));
  const Raster raster = rasterised(path, Fit::kFill, base::SizeF{40, 80});
  ASSERT_EQ(raster.picture->size(), (base::SizeI{40, 80}));
  EXPECT_EQ(pixel(raster, 2, 78), (PremulRgba8{0xcc, 0x88, 0x22, 255}));
  EXPECT_EQ(pixel(raster, 37, 2), (PremulRgba8{0, 0, 0, 0}));
}

TEST_F(Svg, TranslucentColorsAreWhatTheRendererDrew) {
  for (int percent = 5; percent < 100; percent += 5) {
    const Raster raster = drawn(
        svg("width='4' height='4'", "<rect width='4' height='4' fill='#fedcba' fill-opacity='" +
                                        std::to_string(percent / 100.0) + "'/>"));
    const int alpha = static_cast<int>(pixel(raster, 1, 1).alpha);
    EXPECT_NEAR(alpha, percent * 2.55, 1);
    // Within what rounding colour and alpha apart allows: no level is lost on the way.
    EXPECT_NEAR(pixel(raster, 1, 1).red, 254 * alpha / 255.0, 1.0);
    EXPECT_NEAR(pixel(raster, 1, 1).blue, 186 * alpha / 255.0, 1.0);
  }
}

TEST_F(Svg, LoadsNothingFromOutside) {
  saved("red.png", image_of(1, 1, 3, {255, 0, 0}));
  written("red.css", "rect{fill:red!important}");
  written("red.svg",
          svg("width='50' height='50'", "<rect id='a' width='50' height='50' fill='red'/>"));
  // @ stands for the folder of all these files.
  for (const char* link : {
           "<image width='50' height='50' xlink:href='file://@/red.png'/>",
           "<image width='50' height='50' href='@/red.png'/>",
           "<image width='50' height='50' href='red.png'/>",
           "<image width='50' height='50' href='./red.svg'/>",
           "<image width='50' height='50' href='../../../../../../..@/red.png'/>",
           "<image width='50' height='50' href='http://127.0.0.1:9/red.png'/>",
           "<use href='@/red.svg#a'/>",
           "<use href='red.svg#a'/>",
           "<xi:include xmlns:xi='http://www.w3.org/2001/XInclude' href='@/red.svg'/>",
           "<xi:include xmlns:xi='http://www.w3.org/2001/XInclude' parse='text' href='red.svg'/>",
           "<style>@import url('file://@/red.css'); @import 'red.css';</style>",
           "<filter id='f'><feImage href='@/red.png'/></filter><g filter='url(#f)'><path/></g>",
       }) {
    SCOPED_TRACE(link);
    std::string inside = std::string("<rect width='50' height='50' fill='#0a0'/>") + link;
    const std::string folder = path("");
    for (size_t at = inside.find("@/"); at != std::string::npos; at = inside.find("@/")) {
      inside.replace(at, 2, folder);
    }
    const Raster raster = rasterised(written("a.svg", svg("width='50' height='50'", inside)));
    EXPECT_EQ(pixel(raster, 25, 25), (PremulRgba8{0, 0xaa, 0, 255}));
  }
}

TEST_F(Svg, EmbeddedPicturesAreShown) {
  const std::string png = encoded(image_of(1, 1, 3, {200, 40, 90}), ".png");
  const Raster raster = drawn(svg(
      "width='50' height='50'",
      "<image width='50' height='50' xlink:href='data:image/png;base64," + base64(png) + "'/>"));
  EXPECT_EQ(pixel(raster, 25, 25), kTopLeft);
}

TEST_F(Svg, EmbeddedPicturesHaveLimitsHoweverTheyAreSpelt) {
  const std::string huge = base64(png_header(30000, 30000));
  for (const char* scheme : {"data:", "DATA:", "d&#97;ta:", " da&#9;ta:"}) {
    SCOPED_TRACE(scheme);
    const std::string text = svg("width='5' height='5'", std::string("<image href='") + scheme +
                                                             "image/png;base64," + huge + "'/>");
    EXPECT_THAT(refusal(text), HasSubstr("30000 x 30000 pixels"));
  }
  std::string many;
  for (int i = 0; i < 3; ++i) {
    many += "<image href='data:image/png;base64," + base64(png_header(9000, 9000)) + "'/>";
  }
  EXPECT_THAT(refusal(svg("width='5' height='5'", many)), HasSubstr("more than 100000000 pixels"));
  EXPECT_THAT(
      refusal(svg("width='5' height='5'", "<image href='data:image/svg+xml;base64,PHN2Zz4='/>")),
      HasSubstr("neither PNG nor JPEG"));
  EXPECT_THAT(refusal(svg("width='5' height='5'", "<image href='data:image/png,%89PNG'/>")),
              HasSubstr("not plain base64"));
}

TEST_F(Svg, EntitiesAreRefused) {
  const std::string bomb =
      "<!DOCTYPE svg [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;'>]>" +
      svg("width='5' height='5'", "<text>&b;</text>");
  EXPECT_THAT(refusal(bomb), HasSubstr("declares entities"));
  // Where the DOCTYPE ends is a matter of quotes.
  EXPECT_THAT(refusal("<!DOCTYPE svg SYSTEM \"x><svg width='5' height='5'></svg><!--\" "
                      "[<!ENTITY a 'b'>]>" +
                      svg("width='5' height='5'", "<text>--></text>") + "<!-- -->"),
              HasSubstr("declares entities"));
  EXPECT_THAT(refusal("<?xml version='1.0' encoding='UTF-7'?>" + svg("width='5' height='5'", "")),
              HasSubstr("not in UTF-8"));
}

TEST_F(Svg, WhatDrawingProgramsWriteIsAccepted) {
  const std::string rect = "<rect width='210' height='297' fill='#c8285a'/>";
  const std::string text =
      "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"no\"?>\n<!-- Created by hand -->\n"
      "<!DOCTYPE svg PUBLIC \"-//W3C//DTD SVG 1.1//EN\" "
      "\"http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd\">\n" +
      svg("width='210mm' height='297mm' viewBox='0 0 210 297'",
          "<style><![CDATA[text{font-size:3px}]]></style>" + rect);
  EXPECT_EQ(pixel(drawn(text, base::SizeF{100, 100}), 30, 50), kTopLeft);
  EXPECT_EQ(pixel(drawn("\xef\xbb\xbf" + text, base::SizeF{100, 100}), 30, 50), kTopLeft);
}

TEST_F(Svg, NothingIsWrittenToStderr) {
  testing::internal::CaptureStderr();
  for (const char* text : {"<svg width='5' height='5'><a><?\x80&&-< ?><]",  // wrong twice over
                           "<svg width='1e9' height='1e9'/>", "<svg width='0.1' height='0.1'/>"}) {
    refusal(text);
  }
  error_of(written("a.jpg", "\xff\xd8\xff\xe0 nothing"));
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

TEST_F(Svg, FaultsAreSaidInOneLine) {
  EXPECT_THAT(refusal("<svg"), HasSubstr("not well-formed"));
  EXPECT_THAT(refusal("nothing"), HasSubstr("not well-formed"));
  const std::string long_name =
      refusal("<svg width='5' height='5'><a" + std::string(9999, 'a') + "\n></b></svg>");
  EXPECT_THAT(long_name, HasSubstr("not well-formed"));
  EXPECT_LT(long_name.size(), 300);
  EXPECT_EQ(long_name.find('\n'), std::string::npos);
  EXPECT_LT(refusal("<" + std::string(9999, 'a') + "/>").size(), 300);
  EXPECT_THAT(refusal(svg("", "<circle r='9'/>")), HasSubstr("has no size"));
  EXPECT_THAT(refusal(svg("width='1e9' height='5'", "")), HasSubstr("larger than 32768 px"));
  EXPECT_THAT(refusal(svg("width='60000' height='60000'", "")), HasSubstr("larger than 32768 px"));
  EXPECT_THAT(refusal(svg("width='20000' height='20000'", "")), HasSubstr("20000 x 20000 pixels"));
  auto missing = rasterise_svg({"a.svg", std::nullopt}, path("a.svg"), std::nullopt);
  ASSERT_FALSE(missing.ok());
  EXPECT_EQ(missing.error().to_string(), path("a.svg") + ": no such file");
  const std::string png = saved("a.png", quarters(4, 4));
  EXPECT_EQ(rasterise_svg({"a.png", std::nullopt}, png, std::nullopt).error().to_string(),
            png + ": not an SVG image");
}

// ---- Characters ---------------------------------------------------------------------------------

TEST_F(Images, ACharacterIsContainedInItsBox) {
  auto raster =
      rasterise_character(saved("a.png", quarters(40, 20)), std::nullopt, base::SizeF{80, 80});
  ASSERT_TRUE(raster.ok());
  EXPECT_EQ(raster.value().picture->size(), (base::SizeI{80, 40}));
  EXPECT_EQ(raster.value().picture->origin(), (base::PointF{0, 20}));
}

TEST_F(Images, ATextureIsMultipliedInsideTheAlphaOfTheCharacter) {
  const std::string source =
      saved("s.png", image_of(3, 1, 4, {200, 100, 50, 255, 200, 100, 50, 128, 9, 9, 9, 0}));
  const std::string texture =
      saved("t.png", image_of(3, 1, 4, {128, 255, 10, 255, 128, 255, 10, 255, 128, 255, 10, 255}));
  auto raster = rasterise_character(source, texture, std::nullopt);
  ASSERT_TRUE(raster.ok());
  EXPECT_EQ(pixel(raster.value(), 0, 0), (PremulRgba8{100, 100, 2, 255}));
  EXPECT_EQ(pixel(raster.value(), 1, 0), (PremulRgba8{50, 50, 1, 128}));
  EXPECT_EQ(pixel(raster.value(), 2, 0), (PremulRgba8{0, 0, 0, 0}));
}

TEST_F(Images, WhereATextureIsTransparentTheCharacterIsUnchanged) {
  const std::string source = saved("s.png", image_of(2, 1, 3, {200, 100, 50, 200, 100, 50}));
  const std::string texture = saved("t.png", image_of(2, 1, 4, {0, 0, 0, 0, 0, 255, 0, 51}));
  auto raster = rasterise_character(source, texture, std::nullopt);
  ASSERT_TRUE(raster.ok());
  EXPECT_EQ(pixel(raster.value(), 0, 0), (PremulRgba8{200, 100, 50, 255}));
  EXPECT_EQ(pixel(raster.value(), 1, 0), (PremulRgba8{160, 100, 40, 255}));
}

TEST_F(Images, ATextureCoversTheCharacterWithoutBeingDistorted) {
  const std::string white = saved("s.png", quarters(40, 20).linear(0, 255).cast(VIPS_FORMAT_UCHAR));
  const std::string texture = saved("t.png", quarters(40, 40));
  auto raster = rasterise_character(white, texture, base::SizeF{80, 80});
  ASSERT_TRUE(raster.ok());
  ASSERT_EQ(raster.value().picture->size(), (base::SizeI{80, 40}));
  // 80 x 80 of which the middle 40 rows show: the seam of the quarters stays in the middle.
  expect_quarters(raster.value(), 2);
}

TEST_F(Images, AMissingTextureIsNamed) {
  auto raster = rasterise_character(saved("a.png", quarters(4, 4)), path("t.png"), std::nullopt);
  ASSERT_FALSE(raster.ok());
  EXPECT_EQ(raster.error().to_string(), path("t.png") + ": no such file");
}

}  // namespace
}  // namespace layercast::content
