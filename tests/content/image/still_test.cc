#include "content/image/still.h"

#include <cstdlib>
#include <cstring>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>
#include <utility>
#include <vips/vips8>

namespace layercast::content {
namespace {

using frame::StraightRgba8;
using testing::HasSubstr;
using testing::Not;
using vips::VImage;

enum class Alpha : uint8_t { kOpaque, kVaried };

// Saturated, different everywhere, with rows that are padded.
frame::Image<StraightRgba8> picture_of(base::SizeI size, Alpha alpha) {
  frame::Image<StraightRgba8> picture(size);
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      picture.view().at(x, y) = {static_cast<uint8_t>(200 - x), static_cast<uint8_t>(40 + 3 * y),
                                 static_cast<uint8_t>(20 + x + 2 * y),
                                 static_cast<uint8_t>(alpha == Alpha::kOpaque ? 255 : 5 * x + y)};
    }
  }
  return picture;
}

std::string encoded(frame::ImageView<const StraightRgba8> picture, StillFormat format) {
  auto bytes = encode_still(picture, format);
  EXPECT_TRUE(bytes.ok()) << bytes.error().to_string();
  return bytes.ok() ? std::move(bytes).value() : "";
}

VImage decoded(const std::string& bytes) {
  return VImage::new_from_buffer(bytes.data(), bytes.size(), "").copy_memory();
}

const uint8_t* bands_at(const VImage& image, int x, int y) {
  const auto* bytes = static_cast<const uint8_t*>(image.data());
  return bytes + (ptrdiff_t{y} * image.width() + x) * image.bands();
}

TEST(Still, PngKeepsEveryPixelAndItsAlpha) {
  const auto picture = picture_of({37, 29}, Alpha::kVaried);
  const VImage image = decoded(encoded(picture.view(), StillFormat::kPng));
  ASSERT_EQ(image.bands(), 4);
  ASSERT_EQ(image.width(), 37);
  ASSERT_EQ(image.height(), 29);
  for (int y = 0; y < 29; ++y) {
    ASSERT_EQ(std::memcmp(bands_at(image, 0, y), picture.view().row(y), 37 * 4), 0);
  }
}

TEST(Still, AnOpaquePngHasNoAlpha) {
  const auto picture = picture_of({37, 29}, Alpha::kOpaque);
  const VImage image = decoded(encoded(picture.view(), StillFormat::kPng));
  ASSERT_EQ(image.bands(), 3);
  for (int y = 0; y < 29; ++y) {
    for (int x = 0; x < 37; ++x) {
      ASSERT_EQ(std::memcmp(bands_at(image, x, y), &picture.view().at(x, y), 3), 0);
    }
  }
}

TEST(Still, APartOfAPictureIsThatPart) {
  const auto picture = picture_of({37, 29}, Alpha::kVaried);
  const VImage image = decoded(encoded(picture.view().part({5, 6, 20, 16}), StillFormat::kPng));
  ASSERT_EQ(image.width(), 15);
  EXPECT_EQ(std::memcmp(bands_at(image, 3, 4), &picture.view().at(8, 10), 4), 0);
}

TEST(Still, JpegLiesOnBlack) {
  frame::Image<StraightRgba8> picture({32, 32});
  for (int y = 0; y < 32; ++y) {
    for (int x = 0; x < 32; ++x) {
      picture.view().at(x, y) =
          x < 16 ? StraightRgba8{255, 80, 0, 128} : StraightRgba8{255, 255, 255, 0};
    }
  }
  const VImage image = decoded(encoded(std::as_const(picture).view(), StillFormat::kJpeg));
  ASSERT_EQ(image.bands(), 3);
  const std::vector<double> left = image.getpoint(4, 16);
  EXPECT_NEAR(left[0], 128, 3);
  EXPECT_NEAR(left[1], 40, 3);
  EXPECT_NEAR(left[2], 0, 3);
  for (const double level : image.getpoint(28, 16)) EXPECT_NEAR(level, 0, 3);
}

TEST(Still, LossyFormatsStayClose) {
  const auto picture = picture_of({64, 48}, Alpha::kOpaque);
  for (const StillFormat format : {StillFormat::kJpeg, StillFormat::kWebp}) {
    const VImage image = decoded(encoded(picture.view(), format));
    ASSERT_EQ(image.bands(), 3);
    for (const auto& [x, y] : {std::pair{4, 4}, std::pair{60, 4}, std::pair{8, 40}}) {
      const StraightRgba8 expected = picture.view().at(x, y);
      EXPECT_NEAR(image.getpoint(x, y)[0], expected.red, 12);
      EXPECT_NEAR(image.getpoint(x, y)[1], expected.green, 12);
      EXPECT_NEAR(image.getpoint(x, y)[2], expected.blue, 12);
    }
  }
}

TEST(Still, WebpKeepsAlphaExactly) {
  const auto picture = picture_of({37, 29}, Alpha::kVaried);
  const VImage image = decoded(encoded(picture.view(), StillFormat::kWebp));
  ASSERT_EQ(image.bands(), 4);
  for (int y = 0; y < 29; ++y) {
    for (int x = 0; x < 37; ++x) {
      ASSERT_EQ(bands_at(image, x, y)[3], picture.view().at(x, y).alpha);
    }
  }
}

TEST(Still, TheSamePictureGivesTheSameBytesAndNothingElse) {
  const auto picture = picture_of({37, 29}, Alpha::kVaried);
  for (const StillFormat format : {StillFormat::kPng, StillFormat::kJpeg, StillFormat::kWebp}) {
    const std::string bytes = encoded(picture.view(), format);
    EXPECT_EQ(bytes, encoded(picture.view(), format));
    for (const char* extra : {"tIME", "tEXt", "iTXt", "XMP", "ICC"}) {
      EXPECT_THAT(bytes, Not(HasSubstr(extra)));
    }
  }
}

TEST(Still, SidesThatAFormatCannotHoldAreRefused) {
  const frame::Image<StraightRgba8> wide({16384, 1});
  const auto webp = encode_still(wide.view(), StillFormat::kWebp);
  ASSERT_FALSE(webp.ok());
  EXPECT_EQ(webp.error().code, base::ErrorCode::kLimit);
  EXPECT_THAT(webp.error().message, HasSubstr("16383"));
  EXPECT_TRUE(encode_still(wide.view(), StillFormat::kPng).ok());
  const frame::Image<StraightRgba8> wider({65501, 1});
  EXPECT_FALSE(encode_still(wider.view(), StillFormat::kJpeg).ok());
}

}  // namespace
}  // namespace layercast::content
