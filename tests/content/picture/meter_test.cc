#include "content/picture/meter.h"

#include "content/picture/meter_values.h"
#include "frame/image.h"
#include "tests/content/picture/made_sound_probe.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <gtest/gtest.h>
#include <memory>
#include <numbers>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace layercast::content {
namespace {

using frame::PremulRgba8;
using scene::MeterContent;
using scene::MeterStyle;
using std::chrono::milliseconds;

constexpr PremulRgba8 kRed{200, 0, 0, 255};
constexpr PremulRgba8 kGrey{40, 40, 40, 255};

MeterContent meter_of(MeterStyle style) {
  MeterContent meter;
  meter.style = style;
  meter.color = {200, 0, 0, 255};
  meter.gap = 0;
  meter.smoothing = base::Duration{};
  return meter;
}

std::unique_ptr<SoundProbe> steady(float amplitude) {
  return std::make_unique<MadeProbe>([amplitude](int64_t) { return amplitude; });
}

// An open meter and the picture that it shows.
struct Shown {
  Shown(const MeterContent& content, base::SizeF box, std::unique_ptr<SoundProbe> probe,
        base::Duration start = {}) {
    auto opened = open_meter(content, box, start, std::move(probe));
    EXPECT_TRUE(opened.ok());
    meter = std::move(opened).value();
  }

  frame::PicturePtr at(base::Duration time) {
    std::vector<Part> parts;
    EXPECT_TRUE(meter->show({time.count(), 1'000'000'000}, frame::Patience::kNone, parts).ok());
    EXPECT_EQ(parts.size(), 1U);
    EXPECT_EQ(parts.front().box_from_picture, base::Affine{});
    return std::get<frame::PicturePtr>(parts.front().picture);
  }

  std::unique_ptr<MovingContent> meter;
};

// The number of pixels of that colour in a column, or a row.
int64_t count_in_column(const frame::Picture& picture, int x, PremulRgba8 color) {
  int64_t count = 0;
  for (int y = 0; y < picture.size().height; ++y) count += picture.view().at(x, y) == color ? 1 : 0;
  return count;
}
int64_t count_in_row(const frame::Picture& picture, int y, PremulRgba8 color) {
  const PremulRgba8* row = picture.view().row(y);
  return std::count(row, row + picture.size().width, color);
}

TEST(Meter, BarsAreAsLongAsTheLevelOnTheScale) {
  // -20 dBFS of [-60, 0]: two thirds; the right channel has 6.02 dB less.
  Shown shown(meter_of(MeterStyle::kBars), {300, 20}, steady(0.1F));
  const auto picture = shown.at({});
  EXPECT_EQ(picture->size(), (base::SizeI{300, 20}));
  EXPECT_EQ(count_in_row(*picture, 0, kRed), 200);
  EXPECT_EQ(count_in_row(*picture, 9, kRed), 200);
  EXPECT_EQ(count_in_row(*picture, 10, kRed), 170);  // 300 x (1 - 26.02 / 60) = 169.9
  EXPECT_EQ(picture->view().at(199, 0), kRed);
  EXPECT_EQ(picture->view().at(200, 0), PremulRgba8{});
}

TEST(Meter, BarsOfATallBoxGrowUpwards) {
  Shown shown(meter_of(MeterStyle::kBars), {20, 300}, steady(0.1F));
  const auto picture = shown.at({});
  EXPECT_EQ(count_in_column(*picture, 0, kRed), 200);
  EXPECT_EQ(count_in_column(*picture, 19, kRed), 170);
  EXPECT_EQ(picture->view().at(0, 299), kRed);
  EXPECT_EQ(picture->view().at(0, 99), PremulRgba8{});
  EXPECT_EQ(picture->view().at(0, 100), kRed);
}

TEST(Meter, TheRangeIsTheScale) {
  MeterContent meter = meter_of(MeterStyle::kBars);
  meter.range = {-40, -10};
  EXPECT_EQ(count_in_row(*Shown(meter, {300, 20}, steady(0.1F)).at({}), 0, kRed), 200);
  EXPECT_EQ(count_in_row(*Shown(meter, {300, 20}, steady(1)).at({}), 0, kRed), 300);
  EXPECT_EQ(count_in_row(*Shown(meter, {300, 20}, steady(0.01F)).at({}), 0, kRed), 0);
}

TEST(Meter, SegmentsAreLitAsAWhole) {
  MeterContent meter = meter_of(MeterStyle::kBars);
  meter.bands = 10;
  meter.gap = 2;
  meter.background_color = {40, 40, 40, 255};
  const auto picture = Shown(meter, {298, 20}, steady(0.1F)).at({});
  // Seven of ten segments of 28 px (two thirds is nearest to seven tenths), with gaps of 2 px.
  EXPECT_EQ(count_in_row(*picture, 0, kRed), 7 * 28);
  EXPECT_EQ(count_in_row(*picture, 0, kGrey), 3 * 28);
  EXPECT_EQ(picture->view().at(28, 0), PremulRgba8{});
  EXPECT_EQ(picture->view().at(30, 0), kRed);
  EXPECT_EQ(picture->view().at(10, 9), PremulRgba8{});  // the gap between the channels
}

TEST(Meter, ASpectrumHasOneColumnABand) {
  MeterContent meter = meter_of(MeterStyle::kSpectrum);
  meter.bands = 4;
  meter.gap = 3;
  const auto picture = Shown(meter, {97, 120}, steady(1)).at({});
  // Columns of 22 px; each is 6.02 dB, 12.04 px, lower than the one before it.
  for (int band = 0; band < 4; ++band) {
    EXPECT_EQ(count_in_column(*picture, band * 25, kRed), std::lround(120 - band * 12.0412));
    EXPECT_EQ(count_in_column(*picture, band * 25 + 21, kRed), std::lround(120 - band * 12.0412));
    if (band < 3) {
      EXPECT_EQ(count_in_column(*picture, band * 25 + 22, kRed), 0);
    }
  }
  EXPECT_EQ(picture->view().at(0, 119), kRed);
}

TEST(Meter, AWaveformGoesFromItsLowestToItsHighestSample) {
  MeterContent meter = meter_of(MeterStyle::kWaveform);
  meter.bands = 10;
  const auto picture = Shown(meter, {100, 80}, steady(0.5F)).at({});
  // From 0.5 above the middle to 0.25 below it, in halves of the box.
  for (const int x : {0, 55, 99}) EXPECT_EQ(count_in_column(*picture, x, kRed), 30);
  EXPECT_EQ(picture->view().at(0, 19), PremulRgba8{});
  EXPECT_EQ(picture->view().at(0, 20), kRed);
  EXPECT_EQ(picture->view().at(0, 49), kRed);
  EXPECT_EQ(picture->view().at(0, 50), PremulRgba8{});
  meter.range = {-60, 20 * std::log10(0.5)};
  EXPECT_EQ(count_in_column(*Shown(meter, {100, 80}, steady(0.5F)).at({}), 0, kRed), 60);
}

TEST(Meter, ASilentWaveformIsALine) {
  MeterContent meter = meter_of(MeterStyle::kWaveform);
  const auto picture = Shown(meter, {128, 41}, nullptr).at({});
  EXPECT_EQ(count_in_row(*picture, 20, kRed), 128);
  EXPECT_EQ(count_in_column(*picture, 60, kRed), 1);
}

// The red part of the picture, in full pixels.
double area_of(const frame::Picture& picture) {
  double area = 0;
  for (int y = 0; y < picture.size().height; ++y) {
    for (int x = 0; x < picture.size().width; ++x) area += picture.view().at(x, y).alpha / 255.0;
  }
  return area;
}

TEST(Meter, ARingIsFilledClockwiseFromTheTop) {
  MeterContent meter = meter_of(MeterStyle::kRing);
  meter.thickness = 20;
  const double whole = std::numbers::pi * (50 * 50 - 30 * 30);
  EXPECT_NEAR(area_of(*Shown(meter, {100, 100}, steady(1)).at({})), whole, whole * 0.003);
  const auto third = Shown(meter, {100, 100}, steady(0.01F)).at({});  // -40 of [-60, 0]
  EXPECT_NEAR(area_of(*third), whole / 3, whole * 0.003);
  EXPECT_EQ(third->view().at(52, 10), kRed);
  EXPECT_EQ(third->view().at(89, 50), kRed);
  EXPECT_EQ(third->view().at(10, 50), PremulRgba8{});
  EXPECT_EQ(third->view().at(50, 50), PremulRgba8{});
  EXPECT_EQ(area_of(*Shown(meter, {100, 100}, nullptr).at({})), 0);
}

TEST(Meter, ARingInSegmentsLightsWholeSegments) {
  MeterContent meter = meter_of(MeterStyle::kRing);
  meter.thickness = 20;
  meter.bands = 12;
  meter.gap = 4;
  meter.background_color = {40, 40, 40, 255};
  const auto picture = Shown(meter, {100, 100}, steady(0.01F)).at({});
  EXPECT_EQ(picture->view().at(60, 11), kRed);           // 14 degrees: the first of twelve
  EXPECT_EQ(picture->view().at(86, 60), kRed);           // 105 degrees: the fourth
  EXPECT_EQ(picture->view().at(79, 79), kGrey);          // 135 degrees: the fifth
  EXPECT_EQ(picture->view().at(50, 10), PremulRgba8{});  // the gap at the top
  meter.background_color = {0, 0, 0, 0};
  const double whole = std::numbers::pi * (50 * 50 - 30 * 30) - 12 * 4 * 20;
  EXPECT_NEAR(area_of(*Shown(meter, {100, 100}, steady(1)).at({})), whole, whole * 0.005);
}

TEST(Meter, ALevelFallsOverItsSmoothingAndRisesAtOnce) {
  MeterContent meter = meter_of(MeterStyle::kBars);
  meter.smoothing = milliseconds(200);
  // Full scale in step 10 only, again in step 100.
  const auto probe = [] {
    return std::make_unique<MadeProbe>(
        [](int64_t step) { return step == 10 || step == 100 ? 1.0F : 0.0F; });
  };
  Shown shown(meter, {400, 20}, probe());
  const auto length = [&](int64_t step) {
    return count_in_row(*shown.at(milliseconds(10 * step)), 0, kRed);
  };
  EXPECT_EQ(length(9), 0);
  EXPECT_EQ(length(10), 400);
  EXPECT_EQ(length(11), 380);
  EXPECT_EQ(length(20), 200);
  EXPECT_EQ(length(30), 0);
  EXPECT_EQ(length(100), 400);
  // The result does not depend on where rendering begins.
  for (const int64_t step : {9, 12, 17, 29, 31, 105}) {
    Shown fresh(meter, {400, 20}, probe());
    const auto alone = count_in_row(*fresh.at(milliseconds(10 * step)), 0, kRed);
    EXPECT_EQ(alone, step == 9 ? 0 : std::max<int64_t>(0, 400 - 20 * (step % 90 - 10))) << step;
    EXPECT_EQ(alone, length(step)) << step;
  }
}

TEST(Meter, DoesNotMeasureTheSilenceBeforeTheOldestSound) {
  MeterContent meter = meter_of(MeterStyle::kBars);
  meter.smoothing = std::chrono::seconds(2);
  auto probe = std::make_unique<MadeProbe>([](int64_t) { return 1.0F; }, INT64_MAX, 95);
  const MadeProbe& measured = *probe;
  Shown shown(meter, {400, 20}, std::move(probe));
  EXPECT_EQ(count_in_row(*shown.at(milliseconds(1000)), 0, kRed), 400);
  EXPECT_EQ(measured.measured, 6);  // steps 95 to 100
}

TEST(Meter, CountsFromStreamTime) {
  const auto probe = [] {
    return std::make_unique<MadeProbe>([](int64_t step) { return step == 150 ? 1.0F : 0.0F; });
  };
  Shown shown(meter_of(MeterStyle::kBars), {100, 20}, probe(), milliseconds(1000));
  EXPECT_EQ(count_in_row(*shown.at(milliseconds(499)), 0, kRed), 0);
  EXPECT_EQ(count_in_row(*shown.at(milliseconds(500)), 0, kRed), 100);
  EXPECT_EQ(count_in_row(*shown.at(milliseconds(509)), 0, kRed), 100);
  EXPECT_EQ(count_in_row(*shown.at(milliseconds(510)), 0, kRed), 0);
}

TEST(Meter, ShowsTheNewestSoundThatThereIs) {
  Shown shown(meter_of(MeterStyle::kBars), {100, 20},
              std::make_unique<MadeProbe>([](int64_t step) { return step == 7 ? 1.0F : 0.0F; }, 7));
  EXPECT_EQ(count_in_row(*shown.at(milliseconds(200)), 0, kRed), 100);
}

TEST(Meter, IsRedrawnOnlyWhenAPixelChanges) {
  Shown shown(meter_of(MeterStyle::kSpectrum), {64, 40},
              std::make_unique<MadeProbe>([](int64_t step) {
                return step < 20 ? 0.5F + static_cast<float>(step) * 1e-5F : 0.05F;
              }));
  const auto first = shown.at({});
  for (int step = 1; step < 20; ++step) EXPECT_EQ(shown.at(milliseconds(10 * step)), first);
  const auto other = shown.at(milliseconds(200));
  EXPECT_NE(other, first);
  EXPECT_NE(count_in_column(*first, 0, kRed), count_in_column(*other, 0, kRed));
}

TEST(Meter, RoundedCornersAndGradientsAreDrawn) {
  MeterContent meter = meter_of(MeterStyle::kSpectrum);
  meter.bands = 1;
  meter.radius = 10;
  meter.gradient = scene::Gradient{};
  meter.gradient->stops = {{std::nullopt, {255, 0, 0, 255}}, {std::nullopt, {0, 0, 255, 255}}};
  const auto picture = Shown(meter, {40, 100}, steady(1)).at({});
  EXPECT_EQ(picture->view().at(0, 0).alpha, 0);
  EXPECT_NEAR(area_of(*picture), 4000 - (4 - std::numbers::pi) * 100, 4);
  EXPECT_GT(picture->view().at(20, 2).red, 240);
  EXPECT_GT(picture->view().at(20, 97).blue, 240);
  EXPECT_EQ(picture->view().at(20, 50).alpha, 255);
}

TEST(Meter, ABoxThatIsTooLargeIsAnError) {
  const auto opened =
      open_meter(meter_of(MeterStyle::kBars), base::SizeF{16384, 16384}, {}, nullptr);
  ASSERT_FALSE(opened.ok());
  EXPECT_EQ(opened.error().code, base::ErrorCode::kLimit);
}

TEST(Meter, AnyNumberOfBandsAndGapFits) {
  for (const MeterStyle style :
       {MeterStyle::kBars, MeterStyle::kSpectrum, MeterStyle::kWaveform, MeterStyle::kRing}) {
    for (const int bands : {1, 7, 256}) {
      for (const double gap : {0.0, 0.4, 5.0, 16384.0}) {
        MeterContent meter = meter_of(style);
        meter.bands = bands;
        meter.gap = gap;
        meter.radius = gap;
        for (const base::SizeF box : {base::SizeF{1, 1}, {3, 200}, {61.5, 17.2}}) {
          EXPECT_NE(Shown(meter, box, steady(0.7F)).at({}), nullptr);
        }
      }
    }
  }
}

}  // namespace
}  // namespace layercast::content
