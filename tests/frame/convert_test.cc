#include "frame/convert.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace layercast::frame {
namespace {

constexpr std::array kYuvFormats = {PixelFormat::kYuv420p, PixelFormat::kYuv422p,
                                    PixelFormat::kYuv444p, PixelFormat::kNv12};
constexpr uint8_t kCanary = 0xA5;

uint8_t byte(int value) { return static_cast<uint8_t>(value); }

// ITU-R BT.709-6, items 3.2 to 3.5, in real numbers, before rounding.
struct RealYuv {
  long double luma;
  long double blue;
  long double red;
};
RealYuv yuv_of(long double red, long double green, long double blue) {
  const long double luma = (0.2126L * red + 0.7152L * green + 0.0722L * blue) / 255;
  return {16 + 219 * luma, 128 + 224 * (blue / 255 - luma) / 1.8556L,
          128 + 224 * (red / 255 - luma) / 1.5748L};
}

bool is_nearest(int sample, long double exact) {
  return std::fabs(static_cast<long double>(sample) - exact) <= 0.5L + 1e-12L;
}

Image<PremulRgba8> even(base::SizeI size, PremulRgba8 color) {
  Image<PremulRgba8> image(size);
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) image.view().at(x, y) = color;
  }
  return image;
}

// Saturated pixels with all alphas, no two neighbours alike.
Image<PremulRgba8> varied(base::SizeI size) {
  Image<PremulRgba8> image(size);
  uint32_t state = 2463534242;
  const auto next = [&state] {
    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
    return static_cast<uint8_t>(state >> 11);
  };
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      const StraightRgba8 pixel{next(), next(), next(), byte(next() | 128)};
      image.view().at(x, y) = premultiplied(pixel);
    }
  }
  return image;
}

Frame converted(const Image<PremulRgba8>& image, PixelFormat format) {
  Frame frame(format, image.size());
  std::memset(frame.plane(0), kCanary, frame.bytes());
  convert_rows(image.view(), {0, image.size().height}, frame);
  return frame;
}

struct Chroma {
  int blue;
  int red;
  bool operator==(const Chroma&) const = default;
};

int luma_at(const Frame& frame, int x, int y) { return frame.plane(0)[y * frame.row_bytes(0) + x]; }
Chroma chroma_at(const Frame& frame, int x, int y) {
  const uint8_t* row = frame.plane(1) + y * frame.row_bytes(1);
  if (frame.format() == PixelFormat::kNv12) return {row[2 * x], row[2 * x + 1]};
  return {row[x], frame.plane(2)[y * frame.row_bytes(2) + x]};
}

struct ColorCase {
  const char* name;
  PremulRgba8 color;
  int luma;
  Chroma chroma;
};

TEST(Bt709, HasTheKnownValuesOfSaturatedColours) {
  // By hand: Y = 16 + 219 Y', Cb = 128 + 224 (B' - Y') / 1.8556, Cr = 128 + 224 (R' - Y') / 1.5748.
  constexpr std::array kCases = {
      ColorCase{"white", {255, 255, 255, 255}, 235, {128, 128}},
      ColorCase{"black", {0, 0, 0, 255}, 16, {128, 128}},
      ColorCase{"transparent", {0, 0, 0, 0}, 16, {128, 128}},
      ColorCase{"red", {255, 0, 0, 255}, 63, {102, 240}},
      ColorCase{"green", {0, 255, 0, 255}, 173, {42, 26}},
      ColorCase{"blue", {0, 0, 255, 255}, 32, {240, 118}},
      ColorCase{"cyan", {0, 255, 255, 255}, 188, {154, 16}},
      ColorCase{"magenta", {255, 0, 255, 255}, 78, {214, 230}},
      ColorCase{"yellow", {255, 255, 0, 255}, 219, {16, 138}},
      ColorCase{"orange", {255, 128, 0, 255}, 141, {59, 189}},
      ColorCase{"gray", {128, 128, 128, 255}, 126, {128, 128}},
  };
  for (const ColorCase& item : kCases) {
    const auto image = even({6, 4}, item.color);
    for (const PixelFormat format : kYuvFormats) {
      const Frame frame = converted(image, format);
      EXPECT_EQ(luma_at(frame, 5, 3), item.luma) << item.name;
      const base::SizeI chroma = plane_size(format, image.size(), 1);
      for (int y = 0; y < chroma.height; ++y) {
        for (int x = 0; x < chroma.width; ++x) {
          EXPECT_EQ(chroma_at(frame, x, y), item.chroma) << item.name << " " << x << "," << y;
        }
      }
    }
  }
}

TEST(Bt709, EverySampleIsTheRealFormulaRoundedToNearest) {
  int64_t wrong = 0;
  for (int blue = 0; blue < 256; blue += 5) {
    Image<PremulRgba8> image({256, 256});
    for (int green = 0; green < 256; ++green) {
      for (int red = 0; red < 256; ++red) {
        image.view().at(red, green) = {byte(red), byte(green), byte(blue), 255};
      }
    }
    const Frame frame = converted(image, PixelFormat::kYuv444p);
    for (int green = 0; green < 256; ++green) {
      for (int red = 0; red < 256; ++red) {
        const RealYuv exact = yuv_of(red, green, blue);
        const Chroma chroma = chroma_at(frame, red, green);
        wrong += is_nearest(luma_at(frame, red, green), exact.luma) &&
                         is_nearest(chroma.blue, exact.blue) && is_nearest(chroma.red, exact.red)
                     ? 0
                     : 1;
      }
    }
  }
  EXPECT_EQ(wrong, 0);
}

TEST(Bt709, StaysInsideTheLimitedRange) {
  const auto image = varied({64, 64});
  const Frame frame = converted(image, PixelFormat::kYuv444p);
  for (int y = 0; y < 64; ++y) {
    for (int x = 0; x < 64; ++x) {
      const Chroma chroma = chroma_at(frame, x, y);
      ASSERT_TRUE(luma_at(frame, x, y) >= 16 && luma_at(frame, x, y) <= 235);
      ASSERT_TRUE(chroma.blue >= 16 && chroma.blue <= 240);
      ASSERT_TRUE(chroma.red >= 16 && chroma.red <= 240);
    }
  }
}

// The chroma of full red at `part` of its strength over black: Cb = 128 - 25.664 part,
// Cr = 128 + 112 part.
Chroma red_chroma(long double part) {
  return {static_cast<int>(std::lround(128 - 224 * 0.2126L / 1.8556L * part)),
          static_cast<int>(std::lround(128 + 112 * part))};
}

Image<PremulRgba8> red_pixels(base::SizeI size, const std::vector<base::PointF>& places) {
  auto image = even(size, {0, 0, 0, 255});
  for (const base::PointF place : places) {
    image.view().at(static_cast<int>(place.x), static_cast<int>(place.y)) = {255, 0, 0, 255};
  }
  return image;
}

TEST(Chroma422, IsOneTwoOneAroundTheEvenColumn) {
  const auto in = [](const Frame& frame, int x) { return chroma_at(frame, x, 0); };
  EXPECT_EQ(red_chroma(0.75), (Chroma{109, 212}));
  EXPECT_EQ(red_chroma(0.25), (Chroma{122, 156}));
  // The left edge repeats: column 0 counts as its own neighbour.
  const Frame first = converted(red_pixels({6, 1}, {{0, 0}}), PixelFormat::kYuv422p);
  EXPECT_EQ(in(first, 0), red_chroma(0.75));
  EXPECT_EQ(in(first, 1), red_chroma(0));
  EXPECT_EQ(in(first, 2), red_chroma(0));
  // An odd column is shared by both of its neighbours.
  const Frame second = converted(red_pixels({6, 1}, {{1, 0}}), PixelFormat::kYuv422p);
  EXPECT_EQ(in(second, 0), red_chroma(0.25));
  EXPECT_EQ(in(second, 1), red_chroma(0.25));
  EXPECT_EQ(in(second, 2), red_chroma(0));
  // An even one inside is the centre of one sample alone.
  const Frame third = converted(red_pixels({6, 1}, {{2, 0}}), PixelFormat::kYuv422p);
  EXPECT_EQ(in(third, 0), red_chroma(0));
  EXPECT_EQ(in(third, 1), red_chroma(0.5));
  EXPECT_EQ(in(third, 2), red_chroma(0));
  // The last of an even width is a right neighbour only.
  const Frame last = converted(red_pixels({6, 1}, {{5, 0}}), PixelFormat::kYuv422p);
  EXPECT_EQ(in(last, 1), red_chroma(0));
  EXPECT_EQ(in(last, 2), red_chroma(0.25));
  // The last of an odd width repeats.
  const Frame odd = converted(red_pixels({5, 1}, {{4, 0}}), PixelFormat::kYuv422p);
  EXPECT_EQ(in(odd, 1), red_chroma(0));
  EXPECT_EQ(in(odd, 2), red_chroma(0.75));
}

TEST(Chroma420, IsTheMeanOfTwoFilteredRows) {
  const auto at = [](const Frame& frame, int x, int y) { return chroma_at(frame, x, y); };
  const Frame corner = converted(red_pixels({4, 4}, {{0, 0}}), PixelFormat::kYuv420p);
  EXPECT_EQ(at(corner, 0, 0), red_chroma(0.375));
  EXPECT_EQ(at(corner, 1, 0), red_chroma(0));
  EXPECT_EQ(at(corner, 0, 1), red_chroma(0));
  const Frame lower = converted(red_pixels({4, 4}, {{2, 1}}), PixelFormat::kYuv420p);
  EXPECT_EQ(at(lower, 1, 0), red_chroma(0.25));
  EXPECT_EQ(at(lower, 1, 1), red_chroma(0));
  const Frame both = converted(red_pixels({4, 4}, {{1, 2}, {2, 3}}), PixelFormat::kYuv420p);
  EXPECT_EQ(at(both, 0, 1), red_chroma(0.125));
  EXPECT_EQ(at(both, 1, 1), red_chroma(0.375));
  EXPECT_EQ(at(both, 1, 0), red_chroma(0));
  // The last row of an odd height stands for both.
  const Frame odd = converted(red_pixels({3, 3}, {{2, 2}}), PixelFormat::kYuv420p);
  EXPECT_EQ(at(odd, 1, 1), red_chroma(0.75));
  EXPECT_EQ(at(odd, 0, 1), red_chroma(0));
  EXPECT_EQ(at(odd, 1, 0), red_chroma(0));
}

TEST(Chroma420, OnePixelIsItsOwnNeighbourOnEverySide) {
  const Frame frame = converted(even({1, 1}, {255, 0, 0, 255}), PixelFormat::kYuv420p);
  EXPECT_EQ(luma_at(frame, 0, 0), 63);
  EXPECT_EQ(chroma_at(frame, 0, 0), red_chroma(1));
}

// The filtered colour under a chroma sample, in real numbers and with no shared code.
RealYuv filtered(ImageView<const PremulRgba8> view, PixelFormat format, int x, int y) {
  const FormatLayout& layout = layout_of(format);
  long double red = 0;
  long double green = 0;
  long double blue = 0;
  const auto add = [&](int column, int row, long double weight) {
    const PremulRgba8& pixel =
        view.at(std::clamp(column, 0, view.width() - 1), std::clamp(row, 0, view.height() - 1));
    red += weight * pixel.red;
    green += weight * pixel.green;
    blue += weight * pixel.blue;
  };
  const int rows = layout.chroma_divisor_y;
  for (int row = y * rows; row < (y + 1) * rows; ++row) {
    if (layout.chroma_divisor_x == 1) {
      add(x, row, 1);
      continue;
    }
    add(2 * x - 1, row, 0.25L / rows);
    add(2 * x, row, 0.5L / rows);
    add(2 * x + 1, row, 0.25L / rows);
  }
  return yuv_of(red, green, blue);
}

TEST(Convert, EverySampleOfEverySizeIsNearestToTheTruth) {
  for (const PixelFormat format : kYuvFormats) {
    for (int height = 1; height <= 5; ++height) {
      for (const int width : {1, 2, 3, 4, 5, 16, 31, 33, 64, 67}) {
        const auto image = varied({width, height});
        const Frame frame = converted(image, format);
        for (int y = 0; y < height; ++y) {
          for (int x = 0; x < width; ++x) {
            const PremulRgba8 pixel = image.view().at(x, y);
            ASSERT_TRUE(
                is_nearest(luma_at(frame, x, y), yuv_of(pixel.red, pixel.green, pixel.blue).luma));
          }
        }
        const base::SizeI chroma_size = plane_size(format, image.size(), 1);
        for (int y = 0; y < chroma_size.height; ++y) {
          for (int x = 0; x < chroma_size.width; ++x) {
            const RealYuv exact = filtered(image.view(), format, x, y);
            const Chroma chroma = chroma_at(frame, x, y);
            ASSERT_TRUE(is_nearest(chroma.blue, exact.blue) && is_nearest(chroma.red, exact.red))
                << layout_of(format).name << " " << width << "x" << height << " at " << x << ","
                << y;
          }
        }
      }
    }
  }
}

TEST(Convert, LeavesPaddingAlone) {
  for (const PixelFormat format : {PixelFormat::kRgba, PixelFormat::kYuv420p, PixelFormat::kYuv422p,
                                   PixelFormat::kYuv444p, PixelFormat::kNv12}) {
    for (const base::SizeI size : {base::SizeI{1, 1}, base::SizeI{37, 5}, base::SizeI{129, 4}}) {
      const Frame frame = converted(varied(size), format);
      for (int plane = 0; plane < frame.planes(); ++plane) {
        for (int y = 0; y < plane_size(format, size, plane).height; ++y) {
          const uint8_t* row = frame.plane(plane) + y * frame.row_bytes(plane);
          const auto packed = static_cast<ptrdiff_t>(frame.packed_row_bytes(plane));
          ASSERT_TRUE(std::all_of(row + packed, row + frame.row_bytes(plane), [](uint8_t value) {
            return value == kCanary;
          })) << layout_of(format).name;
        }
      }
    }
  }
}

TEST(Convert, Nv12IsI420WithItsChromaInterleaved) {
  for (const base::SizeI size : {base::SizeI{64, 36}, base::SizeI{37, 23}, base::SizeI{1, 1}}) {
    const auto image = varied(size);
    const Frame planar = converted(image, PixelFormat::kYuv420p);
    const Frame interleaved = converted(image, PixelFormat::kNv12);
    for (int y = 0; y < size.height; ++y) {
      for (int x = 0; x < size.width; ++x) {
        ASSERT_EQ(luma_at(interleaved, x, y), luma_at(planar, x, y));
        ASSERT_EQ(chroma_at(interleaved, x / 2, y / 2), chroma_at(planar, x / 2, y / 2));
      }
    }
  }
}

TEST(Convert, BandsInAnyOrderEqualTheWhole) {
  const base::SizeI size{45, 27};
  const auto image = varied(size);
  for (const PixelFormat format : {PixelFormat::kRgba, PixelFormat::kYuv420p, PixelFormat::kYuv422p,
                                   PixelFormat::kYuv444p, PixelFormat::kNv12}) {
    const Frame whole = converted(image, format);
    for (const int band : {2, 4, 10, 26}) {
      Frame banded(format, size);
      std::memset(banded.plane(0), kCanary, banded.bytes());
      for (int first = (size.height - 1) / band * band; first >= 0; first -= band) {
        convert_rows(image.view(), {first, std::min(first + band, size.height)}, banded);
      }
      ASSERT_EQ(std::memcmp(banded.plane(0), whole.plane(0), whole.bytes()), 0)
          << layout_of(format).name << " " << band;
    }
  }
}

TEST(Convert, ABandTouchesNoOtherRow) {
  const auto image = varied({8, 8});
  Frame frame(PixelFormat::kYuv420p, {8, 8});
  std::memset(frame.plane(0), kCanary, frame.bytes());
  convert_rows(image.view(), {2, 4}, frame);
  const Frame whole = converted(image, PixelFormat::kYuv420p);
  for (int y = 0; y < 8; ++y) {
    const bool inside = y == 2 || y == 3;
    EXPECT_EQ(luma_at(frame, 3, y), inside ? luma_at(whole, 3, y) : kCanary) << y;
    const Chroma untouched{kCanary, kCanary};
    EXPECT_EQ(chroma_at(frame, 2, y / 2), inside ? chroma_at(whole, 2, y / 2) : untouched) << y;
  }
}

TEST(Convert, RgbaHasStraightAlpha) {
  const auto image = varied({13, 7});
  const Frame frame = converted(image, PixelFormat::kRgba);
  for (int y = 0; y < 7; ++y) {
    for (int x = 0; x < 13; ++x) {
      ASSERT_EQ(frame.rgba().at(x, y), unpremultiplied(image.view().at(x, y)));
    }
  }
  const Frame half = converted(even({2, 2}, {128, 64, 0, 128}), PixelFormat::kRgba);
  EXPECT_EQ(half.rgba().at(1, 1), (StraightRgba8{255, 128, 0, 128}));
}

TEST(ConvertDeathTest, BandsThatSplitAPairOfRowsOrLieOutsideAreBugs) {
  const auto image = varied({8, 8});
  Frame frame(PixelFormat::kYuv420p, {8, 8});
  EXPECT_DEATH(convert_rows(image.view(), {1, 4}, frame), "rows");
  EXPECT_DEATH(convert_rows(image.view(), {0, 3}, frame), "rows");
  EXPECT_DEATH(convert_rows(image.view(), {0, 10}, frame), "rows");
  Frame other(PixelFormat::kYuv420p, {8, 10});
  EXPECT_DEATH(convert_rows(image.view(), {0, 8}, other), "size");
}

}  // namespace
}  // namespace layercast::frame
