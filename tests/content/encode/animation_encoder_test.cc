#include "content/encode/animation_encoder.h"

#include "content/image/image_content.h"

#include <algorithm>
#include <avif/avif.h>
#include <cstdlib>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <numeric>
#include <string>
#include <utility>
#include <vector>
#include <vips/vips8>

extern "C" void omp_set_num_threads(int count);  // of libgomp, as in palette.cc

namespace layercast::content {
namespace {

using frame::StraightRgba8;
using testing::ElementsAre;
using testing::HasSubstr;
using vips::VImage;

constexpr base::SizeI kSize{48, 20};
constexpr StraightRgba8 kRed{230, 30, 60, 255};
constexpr StraightRgba8 kTeal{10, 150, 140, 255};
constexpr StraightRgba8 kClear{};

// `color`, with a block of `block` whose left edge is at `left`.
frame::FramePtr block_at(int left, StraightRgba8 color, StraightRgba8 block) {
  auto frame = std::make_shared<frame::Frame>(frame::PixelFormat::kRgba, kSize);
  for (int y = 0; y < kSize.height; ++y) {
    for (int x = 0; x < kSize.width; ++x) {
      const bool inside = x >= left && x < left + 8 && y >= 4 && y < 12;
      frame->rgba().at(x, y) = inside ? block : color;
    }
  }
  return frame;
}

// A gradient of thousands of colours, with an 8×8 block of red.
frame::FramePtr gradient_with_block(int left) {
  auto frame = std::make_shared<frame::Frame>(frame::PixelFormat::kRgba, base::SizeI{128, 64});
  for (int y = 0; y < 64; ++y) {
    for (int x = 0; x < 128; ++x) {
      const bool inside = x >= left && x < left + 8 && y < 8;
      frame->rgba().at(x, y) =
          inside ? kRed
                 : StraightRgba8{static_cast<uint8_t>(2 * x), static_cast<uint8_t>(4 * y),
                                 static_cast<uint8_t>(255 - x - y), 255};
    }
  }
  return frame;
}

std::string encoded(AnimationFormat format, base::FrameRate rate,
                    const std::vector<frame::FramePtr>& frames) {
  std::string file;
  auto encoder = AnimationEncoder::open({format, frames[0]->size(), rate, false},
                                        [&file](std::string_view bytes) {
                                          file.append(bytes);
                                          return base::Result<void>{};
                                        });
  EXPECT_TRUE(encoder.ok());
  for (const auto& frame : frames) EXPECT_TRUE(encoder.value()->add(frame).ok());
  EXPECT_TRUE(encoder.value()->finish().ok());
  return file;
}

// All pages of a GIF or WebP below each other, in RGBA.
VImage pages(const std::string& file) {
  initialise_images();
  VImage image =
      VImage::new_from_buffer(file.data(), file.size(), "", VImage::option()->set("n", -1));
  return image.bands() == 4 ? image.copy_memory() : image.bandjoin(255).copy_memory();
}

StraightRgba8 pixel_at(const VImage& image, int page, int x, int y) {
  const bool is_one = image.get_typeof("page-height") == 0;
  const int top = page * (is_one ? 0 : image.get_int("page-height"));
  const auto* bytes =
      static_cast<const uint8_t*>(image.data()) + (ptrdiff_t{top + y} * image.width() + x) * 4;
  return {bytes[0], bytes[1], bytes[2], bytes[3]};
}

int difference(StraightRgba8 one, StraightRgba8 other) {
  return std::max({std::abs(one.red - other.red), std::abs(one.green - other.green),
                   std::abs(one.blue - other.blue), std::abs(one.alpha - other.alpha)});
}

// The delays of the pages, ms.
std::vector<int> delays(const VImage& image) { return image.get_array_int("delay"); }

std::vector<frame::FramePtr> moving_block(int count, StraightRgba8 color, StraightRgba8 block) {
  std::vector<frame::FramePtr> frames;
  for (int i = 0; i < count; ++i) frames.push_back(block_at(i % 40, color, block));
  return frames;
}

TEST(AnimatedGif, DelaysAddUpToTheTimesOfTheFrames) {
  const VImage gif = pages(encoded(AnimationFormat::kGif, {30, 1}, moving_block(30, kTeal, kRed)));
  const std::vector<int> found = delays(gif);
  ASSERT_EQ(found.size(), 30U);
  EXPECT_THAT(std::vector<int>(found.begin(), found.begin() + 6),
              ElementsAre(30, 40, 30, 30, 40, 30));
  EXPECT_EQ(std::accumulate(found.begin(), found.end(), 0), 1000);
  EXPECT_EQ(gif.get_int("loop"), 0);
}

TEST(AnimatedGif, EqualFramesAreOnePicture) {
  const VImage gif = pages(encoded(AnimationFormat::kGif, {10, 1},
                                   {block_at(0, kTeal, kRed), block_at(0, kTeal, kRed),
                                    block_at(0, kTeal, kRed), block_at(9, kTeal, kRed)}));
  EXPECT_THAT(delays(gif), ElementsAre(300, 100));
}

TEST(AnimatedGif, LongerDelaysThanAPictureHasAreKept) {
  std::vector<frame::FramePtr> frames(701, block_at(0, kTeal, kRed));
  frames.back() = block_at(9, kTeal, kRed);
  const VImage gif = pages(encoded(AnimationFormat::kGif, {1, 1}, frames));
  EXPECT_THAT(delays(gif), ElementsAre(655'350, 44'650, 1000));
  EXPECT_EQ(pixel_at(gif, 1, 3, 6), kRed);
  EXPECT_EQ(pixel_at(gif, 2, 3, 6), kTeal);
}

TEST(AnimatedGif, FastFramesAreLeftOutEvenly) {
  EXPECT_EQ(frames_per_picture(AnimationFormat::kGif, {50, 1}), 1);
  EXPECT_EQ(frames_per_picture(AnimationFormat::kGif, {60'000, 1001}), 2);
  EXPECT_EQ(frames_per_picture(AnimationFormat::kGif, {120, 1}), 3);
  EXPECT_EQ(frames_per_picture(AnimationFormat::kWebp, {120, 1}), 1);
  const VImage gif = pages(encoded(AnimationFormat::kGif, {60, 1}, moving_block(12, kTeal, kRed)));
  EXPECT_THAT(delays(gif), ElementsAre(30, 40, 30, 30, 40, 30));
  EXPECT_EQ(pixel_at(gif, 1, 2, 6), kRed);
  EXPECT_EQ(pixel_at(gif, 1, 1, 6), kTeal);
}

TEST(AnimatedGif, FewColorsAreExact) {
  const VImage gif = pages(encoded(AnimationFormat::kGif, {25, 1}, moving_block(3, kTeal, kRed)));
  for (int page = 0; page < 3; ++page) {
    for (int x = 0; x < kSize.width; ++x) {
      ASSERT_EQ(pixel_at(gif, page, x, 6), x >= page && x < page + 8 ? kRed : kTeal)
          << page << " " << x;
    }
  }
}

TEST(AnimatedGif, ManyColorsAreNearAndStayWhereNothingChanges) {
  const auto first = gradient_with_block(0);
  const VImage gif = pages(encoded(AnimationFormat::kGif, {25, 1},
                                   {first, gradient_with_block(40), gradient_with_block(80)}));
  int64_t sum = 0;
  for (int y = 8; y < 64; ++y) {
    for (int x = 0; x < 128; ++x) {
      ASSERT_EQ(pixel_at(gif, 0, x, y), pixel_at(gif, 2, x, y));
      sum += difference(pixel_at(gif, 0, x, y), first->rgba().at(x, y));
    }
  }
  EXPECT_LE(sum / (128 * 56), 8);
  EXPECT_LE(difference(pixel_at(gif, 2, 84, 4), kRed), 4);
}

TEST(AnimatedGif, PixelsMayLoseAndGetTheirColor) {
  const VImage gif = pages(encoded(AnimationFormat::kGif, {25, 1},
                                   {block_at(0, kClear, kRed), block_at(20, kClear, kTeal),
                                    block_at(20, kTeal, kRed), block_at(4, kRed, kClear)}));
  EXPECT_EQ(pixel_at(gif, 0, 3, 6), kRed);
  EXPECT_EQ(pixel_at(gif, 0, 22, 6).alpha, 0);
  EXPECT_EQ(pixel_at(gif, 1, 3, 6).alpha, 0);
  EXPECT_EQ(pixel_at(gif, 1, 22, 6), kTeal);
  EXPECT_EQ(pixel_at(gif, 2, 3, 6), kTeal);
  EXPECT_EQ(pixel_at(gif, 2, 22, 6), kRed);
  EXPECT_EQ(pixel_at(gif, 3, 5, 6).alpha, 0);
  EXPECT_EQ(pixel_at(gif, 3, 22, 6), kRed);
}

TEST(AnimatedGif, PartlyTransparentPixelsAreOpaqueFromTheMiddleOn) {
  const VImage gif = pages(
      encoded(AnimationFormat::kGif, {25, 1}, {block_at(0, {0, 90, 200, 127}, {200, 90, 0, 128})}));
  EXPECT_EQ(pixel_at(gif, 0, 3, 6), (StraightRgba8{200, 90, 0, 255}));
  EXPECT_EQ(pixel_at(gif, 0, 30, 6).alpha, 0);
}

TEST(AnimatedGif, DoesNotDependOnTheNumberOfCores) {
  const std::vector<frame::FramePtr> frames = {gradient_with_block(0), gradient_with_block(40)};
  omp_set_num_threads(1);
  const std::string one = encoded(AnimationFormat::kGif, {25, 1}, frames);
  omp_set_num_threads(5);
  EXPECT_EQ(encoded(AnimationFormat::kGif, {25, 1}, frames), one);
}

TEST(AnimatedWebp, HasTheTimesTheAlphaAndNearlyTheColors) {
  const StraightRgba8 glass{30, 60, 230, 77};
  const VImage webp =
      pages(encoded(AnimationFormat::kWebp, {30, 1}, moving_block(30, glass, kTeal)));
  const std::vector<int> found = delays(webp);
  EXPECT_THAT(std::vector<int>(found.begin(), found.begin() + 3), ElementsAre(33, 34, 33));
  EXPECT_EQ(std::accumulate(found.begin(), found.end(), 0), 1000);
  EXPECT_EQ(webp.get_int("loop"), 0);
  EXPECT_LE(difference(pixel_at(webp, 20, 23, 8), kTeal), 6);
  EXPECT_LE(difference(pixel_at(webp, 20, 45, 8), glass), 6);
  EXPECT_EQ(pixel_at(webp, 20, 45, 8).alpha, 77);
}

struct AvifPicture {
  double seconds;
  std::vector<uint8_t> rgba;
};

std::vector<AvifPicture> avif_pictures(const std::string& file) {
  std::vector<AvifPicture> pictures;
  avifDecoder* decoder = avifDecoderCreate();
  EXPECT_EQ(
      avifDecoderSetIOMemory(decoder, reinterpret_cast<const uint8_t*>(file.data()), file.size()),
      AVIF_RESULT_OK);
  EXPECT_EQ(avifDecoderParse(decoder), AVIF_RESULT_OK);
  while (avifDecoderNextImage(decoder) == AVIF_RESULT_OK) {
    AvifPicture picture{decoder->imageTiming.duration, {}};
    picture.rgba.resize(static_cast<size_t>(kSize.area()) * 4);
    avifRGBImage pixels;
    avifRGBImageSetDefaults(&pixels, decoder->image);
    pixels.pixels = picture.rgba.data();
    pixels.rowBytes = 4 * kSize.width;
    EXPECT_EQ(avifImageYUVToRGB(decoder->image, &pixels), AVIF_RESULT_OK);
    pictures.push_back(std::move(picture));
  }
  avifDecoderDestroy(decoder);
  return pictures;
}

StraightRgba8 pixel_at(const AvifPicture& picture, int x, int y) {
  const uint8_t* bytes = picture.rgba.data() + ptrdiff_t{4} * (y * kSize.width + x);
  return {bytes[0], bytes[1], bytes[2], bytes[3]};
}

TEST(AnimatedAvif, HasExactTimesAlphaAndNearlyTheColors) {
  const StraightRgba8 glass{30, 60, 230, 77};
  const auto pictures = avif_pictures(
      encoded(AnimationFormat::kAvif, {30'000, 1001},
              {block_at(0, glass, kRed), block_at(0, glass, kRed), block_at(20, glass, kTeal)}));
  ASSERT_EQ(pictures.size(), 2U);
  EXPECT_DOUBLE_EQ(pictures[0].seconds, 2 * 1001 / 30'000.0);
  EXPECT_DOUBLE_EQ(pictures[1].seconds, 1001 / 30'000.0);
  EXPECT_LE(difference(pixel_at(pictures[0], 3, 8), kRed), 6);
  EXPECT_LE(difference(pixel_at(pictures[1], 23, 8), kTeal), 6);
  EXPECT_LE(difference(pixel_at(pictures[1], 3, 8), glass), 6);
  EXPECT_EQ(pixel_at(pictures[1], 3, 8).alpha, 77);
}

TEST(AnimatedAvif, StillsAreAvifToo) {
  const auto frame = block_at(0, {30, 60, 230, 77}, kRed);
  const auto file = encode_one(AnimationFormat::kAvif, frame->rgba());
  ASSERT_TRUE(file.ok());
  EXPECT_EQ(file.value().substr(4, 8), "ftypavif");
  const auto pictures = avif_pictures(file.value());
  ASSERT_EQ(pictures.size(), 1U);
  EXPECT_LE(difference(pixel_at(pictures[0], 3, 8), kRed), 6);
  EXPECT_EQ(pixel_at(pictures[0], 30, 8).alpha, 77);
}

TEST(Animations, AreRefusedWithTheRemedyIfTheyAreTooLong) {
  const auto checked = check_animation({AnimationFormat::kAvif, {1920, 1080}, {30, 1}, true}, 1930);
  ASSERT_FALSE(checked.ok());
  EXPECT_EQ(checked.error().code, base::ErrorCode::kLimit);
  EXPECT_THAT(checked.error().message, HasSubstr("expected at most 1929"));
  EXPECT_THAT(checked.error().message, HasSubstr(".mp4"));
  EXPECT_TRUE(check_animation({AnimationFormat::kAvif, {1920, 1080}, {30, 1}, true}, 1929).ok());
  EXPECT_TRUE(check_animation({AnimationFormat::kGif, {1920, 1080}, {30, 1}, true}, 99'999).ok());
  EXPECT_FALSE(check_animation({AnimationFormat::kWebp, {16'384, 2}, {30, 1}, true}, 2).ok());
}

TEST(Animations, EndWithTheErrorOfTheFile) {
  for (const AnimationFormat format :
       {AnimationFormat::kGif, AnimationFormat::kWebp, AnimationFormat::kAvif}) {
    auto encoder = AnimationEncoder::open({format, kSize, {25, 1}, false}, [](std::string_view) {
      return base::Result<void>{base::io_error("no space left on device")};
    });
    base::Result<void> result = encoder.ok() ? base::Result<void>{} : encoder.error();
    for (int i = 0; i < 5 && result.ok(); ++i) {
      result = encoder.value()->add(block_at(i, kTeal, kRed));
    }
    if (result.ok()) result = encoder.value()->finish();
    ASSERT_FALSE(result.ok());
    EXPECT_EQ(result.error().message, "no space left on device");
  }
}

}  // namespace
}  // namespace layercast::content
