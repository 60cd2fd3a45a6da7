#include "base/error.h"
#include "base/geometry.h"
#include "base/time.h"
#include "frame/frame.h"
#include "frame/video_feed.h"
#include "frame/yuv_picture.h"
#include "render/offline_scene.h"
#include "render/renderer.h"
#include "scene/wire/scene_file.h"
#include "tests/scene/parsed_scene.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <functional>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unistd.h>
#include <utility>
#include <vector>

namespace layercast::render {
namespace {

using base::ErrorCode;
using base::RectI;
using base::SceneTime;
using base::SizeF;
using base::SizeI;
using frame::Frame;
using frame::FramePtr;
using frame::PixelFormat;
using frame::YuvPicturePtr;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

constexpr uint8_t kBlack = 16;
constexpr uint8_t kWhite = 235;
constexpr uint8_t kGrey = 120;

scene::SceneFile parsed(const std::string& yaml) {
  scene::SceneFile file = scene::parsed_scene(yaml);
  file.folder = "/videos";
  return file;
}

// ---- A feed that needs no file ----

YuvPicturePtr grey_picture(SizeI size, const std::function<uint8_t(int x)>& luma_at) {
  auto planes = std::make_shared<std::array<frame::Image<uint8_t>, 3>>();
  std::array<frame::YuvPicture::Plane, 3> views;
  const frame::YuvLayout layout{.size = size};
  for (size_t i = 0; i < 3; ++i) {
    planes->at(i) = frame::Image<uint8_t>(i == 0 ? size : layout.chroma_size());
    const auto view = planes->at(i).view();
    for (int y = 0; y < view.height(); ++y) {
      for (int x = 0; x < view.width(); ++x) view.at(x, y) = i == 0 ? luma_at(x) : uint8_t{128};
    }
    views.at(i) = view;
  }
  return std::make_shared<const frame::YuvPicture>(layout, views, planes);
}

// The luma of the picture with this number.
uint8_t luma_of(int64_t number) { return static_cast<uint8_t>(kBlack + 3 * number); }

// What a feed shows, and what it was asked.
struct Tape {
  SizeI size{64, 32};
  SizeF display_size{64, 32};
  base::FrameRate rate{30, 1};
  std::optional<int64_t> fails_at = std::nullopt;  // this picture cannot be read
  std::optional<base::Error> absence = std::nullopt;
  bool is_awaited = false;        // no picture has arrived yet, and none is missed yet
  YuvPicturePtr still = nullptr;  // instead of numbered ones
  std::vector<SceneTime> asked = {};
  std::vector<std::string> opened = {};
  std::vector<scene::VideoContent> contents = {};
};

class NumberedFeed : public frame::VideoFeed {
 public:
  explicit NumberedFeed(std::shared_ptr<Tape> tape) : tape_(std::move(tape)) {}

  SizeF display_size() const override { return tape_->display_size; }
  base::Result<frame::AnyPicture> picture_at(const SceneTime& time) override {
    tape_->asked.push_back(time);
    if (tape_->absence || tape_->is_awaited) return frame::AnyPicture();
    if (tape_->still != nullptr) return frame::AnyPicture(tape_->still);
    const int64_t number =
        time.numerator * tape_->rate.numerator / (time.denominator * tape_->rate.denominator);
    if (tape_->fails_at && number >= *tape_->fails_at) {
      return base::Error{ErrorCode::kIo, "the tape is torn", "/videos/a.mp4", nullptr};
    }
    if (number != number_ || picture_ == nullptr) {
      number_ = number;
      picture_ = grey_picture(tape_->size, [&](int) { return luma_of(number); });
    }
    return frame::AnyPicture(picture_);
  }
  base::Result<frame::AnyPicture> newest_at(const SceneTime& time) override {
    return picture_at(time);
  }
  std::optional<base::Error> absence() const override { return tape_->absence; }
  int64_t decode_nanoseconds() const override { return 1234; }

 private:
  std::shared_ptr<Tape> tape_;
  int64_t number_ = 0;
  YuvPicturePtr picture_;
};

std::shared_ptr<Tape> new_tape() { return std::make_shared<Tape>(); }

OfflineOptions playing(const std::shared_ptr<Tape>& tape,
                       PixelFormat format = PixelFormat::kYuv420p) {
  OfflineOptions options;
  options.format = format;
  options.open_feed =
      [tape](const scene::VideoContent& content,
             const std::string& path) -> base::Result<std::unique_ptr<frame::VideoFeed>> {
    tape->opened.push_back(path);
    tape->contents.push_back(content);
    return std::unique_ptr<frame::VideoFeed>(std::make_unique<NumberedFeed>(tape));
  };
  return options;
}

// ---- Scenes ----

// One layer with a video. `layer` and `content` are more of their keys, each with a comma before.
std::string scene_of(std::string_view canvas, std::string_view layer = "",
                     std::string_view content = "") {
  return "version: 1\nscene: a\ncanvas: {" + std::string(canvas) +
         ", background: black}\nlayers:\n  - {id: a, type: overlay" + std::string(layer) +
         ", content: {type: video, source: a.mp4" + std::string(content) + "}}\n";
}

const std::string kFull = scene_of("width: 64, height: 32, fps: 60");

uint8_t luma_at(const Frame& frame, int x, int y) {
  return frame.plane(0)[y * frame.row_bytes(0) + x];
}

uint8_t luma_of_frame(Renderer& renderer, int64_t index) {
  const FramePtr frame = renderer.render(index);
  const uint8_t luma = luma_at(*frame, 0, 0);
  for (int y = 0; y < frame->size().height; ++y) {
    for (int x = 0; x < frame->size().width; ++x) EXPECT_EQ(luma_at(*frame, x, y), luma);
  }
  return luma;
}

// ---- Which picture ----

TEST(Video, AFrameShowsThePictureOfItsTime) {
  const auto tape = new_tape();
  const scene::SceneFile file = parsed(kFull);
  Renderer renderer = offline_renderer(file, playing(tape));
  EXPECT_THAT(renderer.prepare(0), IsEmpty());
  for (int64_t i = 0; i < 40; ++i) {
    ASSERT_EQ(luma_of_frame(renderer, i), luma_of(i / 2)) << i;
    ASSERT_EQ(tape->asked.back().numerator * 60, i * tape->asked.back().denominator) << i;
  }
  EXPECT_THAT(tape->opened, ElementsAre("/videos/a.mp4"));
}

TEST(Video, TimeIsThatOfTheFrameAtAnyRateAndInAnyOrder) {
  const auto tape = new_tape();
  const scene::SceneFile file = parsed(kFull);
  OfflineOptions options = playing(tape);
  options.rate = base::FrameRate{30000, 1001};
  Renderer renderer = offline_renderer(file, options);
  for (const int64_t i : {0, 1, 29, 30, 44, 3}) {
    // 1001/30000 s a frame: picture i begins a little before frame i.
    EXPECT_EQ(luma_of_frame(renderer, i), luma_of(i)) << i;
    EXPECT_EQ(tape->asked.back().numerator * 30000, i * 1001 * tape->asked.back().denominator);
  }
}

TEST(Video, TheFeedIsOpenedAsTheSceneSays) {
  const auto tape = new_tape();
  const scene::SceneFile file = parsed(
      scene_of("width: 64, height: 32", "", ", loop: true, start: 1500ms, end: 4s, fit: cover"));
  Renderer renderer = offline_renderer(file, playing(tape));
  static_cast<void>(renderer.prepare(0));
  static_cast<void>(renderer.render(0));
  ASSERT_EQ(tape->contents.size(), 1U);
  EXPECT_TRUE(tape->contents[0].loop);
  EXPECT_EQ(tape->contents[0].start, std::chrono::milliseconds(1500));
  EXPECT_EQ(tape->contents[0].end, std::chrono::seconds(4));
}

TEST(Video, ARepeatedPictureCostsNothing) {
  const auto tape = new_tape();
  const scene::SceneFile file = parsed(kFull);
  Renderer renderer = offline_renderer(file, playing(tape));
  FramePtr even;
  for (int64_t i = 0; i < 20; ++i) {
    FramePtr frame = renderer.render(i);
    EXPECT_EQ(frame == even, i % 2 == 1) << i;
    even = std::move(frame);
  }
  EXPECT_EQ(renderer.compose_stats().frames_repeated, 10);
  EXPECT_EQ(renderer.compose_stats().pixels_blended, 0);  // its planes were copied
  EXPECT_EQ(renderer.stats().cache_hits(), 10);
  EXPECT_EQ(renderer.stats().cache_misses(), 10);
  EXPECT_EQ(renderer.stats().decode_nanoseconds, 1234);
}

TEST(Video, AHiddenLayersFeedIsNotOpened) {
  const auto tape = new_tape();
  const scene::SceneFile file = parsed(scene_of("width: 64, height: 32", ", visible: false"));
  Renderer renderer = offline_renderer(file, playing(tape));
  EXPECT_THAT(renderer.prepare(0), IsEmpty());
  EXPECT_EQ(luma_of_frame(renderer, 3), kBlack);
  EXPECT_THAT(tape->opened, IsEmpty());
}

TEST(Video, ACaptionLiesOverEveryPicture) {
  const auto tape = new_tape();
  const std::string yaml = R"(version: 1
scene: a
canvas: {width: 64, height: 40, fps: 30, background: black}
layers:
  - {id: a, type: visual_feed, size: [64, 40], content: {type: video, source: a.mp4, fit: fill,
     metadata: {name: Boy}, caption: "{name}"}}
)";
  const scene::SceneFile file = parsed(yaml);
  Renderer renderer = offline_renderer(file, playing(tape));
  EXPECT_THAT(renderer.prepare(0), IsEmpty());
  for (const int64_t i : {30, 60}) {
    const FramePtr frame = renderer.render(i);
    EXPECT_EQ(luma_at(*frame, 60, 2), luma_of(i)) << i;
    EXPECT_LT(luma_at(*frame, 60, 37), luma_of(i) / 2 + 10) << i;
    EXPECT_GT(luma_at(*frame, 60, 37), 10) << i;
  }
  // On an overlay there is none.
  const scene::SceneFile plain =
      parsed(scene_of("width: 64, height: 32, fps: 30", "", ", metadata: {name: Boy}"));
  Renderer bare = offline_renderer(plain, playing(tape));
  EXPECT_EQ(luma_of_frame(bare, 30), luma_of(30));
}

// ---- Where it lies ----

constexpr std::string_view kCanvas = "width: 200, height: 150";

// A picture whose left half is white and whose right half is grey, shown once.
FramePtr shown(std::string_view layer, std::string_view content, SizeF display_size) {
  const auto tape = new_tape();
  tape->still = grey_picture({40, 20}, [](int x) { return x < 20 ? kWhite : kGrey; });
  tape->display_size = display_size;
  const scene::SceneFile file = parsed(scene_of(kCanvas, layer, content));
  Renderer renderer = offline_renderer(file, playing(tape, PixelFormat::kYuv444p));
  EXPECT_THAT(renderer.prepare(0), IsEmpty());
  return renderer.render(0);
}

// Around all that is not black.
RectI place_of(const Frame& frame) {
  RectI place{frame.size().width, frame.size().height, 0, 0};
  for (int y = 0; y < frame.size().height; ++y) {
    for (int x = 0; x < frame.size().width; ++x) {
      if (luma_at(frame, x, y) == kBlack) continue;
      place = {std::min(place.left, x), std::min(place.top, y), std::max(place.right, x + 1),
               std::max(place.bottom, y + 1)};
    }
  }
  return place;
}

// White to the left of `middle` in all of `place`, grey to the right; between them a little less
// clear.
void expect_halves(const Frame& frame, const RectI& place, int middle, int unclear) {
  EXPECT_EQ(place_of(frame), place);
  for (int y = place.top; y < place.bottom; ++y) {
    for (int x = place.left; x < place.right; ++x) {
      if (x >= middle - unclear && x < middle + unclear) continue;
      ASSERT_EQ(luma_at(frame, x, y), x < middle ? kWhite : kGrey) << x << ", " << y;
    }
  }
}

constexpr std::string_view kBox = ", size: [100, 100], transform: {position: [50, 20]}";

TEST(VideoFit, ContainShowsAllOfItCentred) {
  const FramePtr frame = shown(kBox, "", {40, 20});
  expect_halves(*frame, {50, 45, 150, 95}, 100, 2);
  EXPECT_EQ(luma_at(*shown(kBox, ", fit: contain", {40, 20}), 50, 45), kWhite);
}

TEST(VideoFit, CoverFillsTheBoxWithItsMiddle) {
  expect_halves(*shown(kBox, ", fit: cover", {40, 20}), {50, 20, 150, 120}, 100, 3);
}

TEST(VideoFit, FillStretchesIt) {
  expect_halves(*shown(kBox, ", fit: fill", {40, 20}), {50, 20, 150, 120}, 100, 2);
}

TEST(VideoFit, NoneKeepsItsSize) {
  expect_halves(*shown(kBox, ", fit: none", {40, 20}), {80, 60, 120, 80}, 100, 0);
}

TEST(VideoFit, NoneIsCroppedToASmallerBox) {
  const FramePtr frame =
      shown(", size: [20, 10], transform: {position: [50, 20]}", ", fit: none", {40, 20});
  expect_halves(*frame, {50, 20, 70, 30}, 60, 0);
}

TEST(VideoFit, SamplesThatAreNotSquareAreStretched) {
  constexpr std::string_view kWideBox = ", size: [96, 96], transform: {position: [50, 20]}";
  expect_halves(*shown(kWideBox, "", {80, 20}), {50, 56, 146, 80}, 98, 2);
  expect_halves(*shown(kWideBox, ", fit: none", {80, 20}), {58, 58, 138, 78}, 98, 1);
  expect_halves(*shown(kWideBox, ", fit: cover", {20, 20}), {50, 20, 146, 116}, 98, 3);
}

TEST(VideoFit, WithoutABoxItHasItsDisplaySize) {
  expect_halves(*shown("", "", {40, 20}), {0, 0, 40, 20}, 20, 0);
  expect_halves(*shown("", "", {80, 20}), {0, 0, 80, 20}, 40, 1);
}

TEST(VideoFit, AClipRoundsWhatCoverShows) {
  const FramePtr frame =
      shown(std::string(kBox) + ", clip: {radius: 40}", ", fit: cover", {40, 20});
  EXPECT_EQ(place_of(*frame), (RectI{50, 20, 150, 120}));
  for (const auto& [x, y] : {std::pair{51, 21}, {148, 21}, {51, 118}, {148, 118}}) {
    EXPECT_EQ(luma_at(*frame, x, y), kBlack) << x << ", " << y;
  }
  EXPECT_EQ(luma_at(*frame, 50, 70), kWhite);
  EXPECT_EQ(luma_at(*frame, 149, 70), kGrey);
}

TEST(VideoFit, TheBoxMovesAndFadesWithItsLayer) {
  const FramePtr frame =
      shown(", size: [40, 20], opacity: 0.5, transform: {position: [60, 30], scale: [2, 2]}", "",
            {40, 20});
  EXPECT_EQ(place_of(*frame), (RectI{60, 30, 140, 70}));
  EXPECT_NEAR(luma_at(*frame, 70, 40), (kBlack + kWhite) / 2, 1);
}

// ---- What fails ----

const std::string kBoxed = scene_of(kCanvas, kBox);

bool is_red(const Frame& rgba, int x, int y) {
  const frame::StraightRgba8 pixel = rgba.rgba().at(x, y);
  return pixel.red > pixel.green + 60;
}

// The error picture stands in the layer's box and nowhere else.
void expect_error_picture(const Frame& rgba) {
  EXPECT_TRUE(is_red(rgba, 53, 70));
  EXPECT_TRUE(is_red(rgba, 146, 70));
  EXPECT_TRUE(is_red(rgba, 100, 23));
  EXPECT_EQ(rgba.rgba().at(48, 70), (frame::StraightRgba8{0, 0, 0, 255}));
  EXPECT_EQ(rgba.rgba().at(100, 123), (frame::StraightRgba8{0, 0, 0, 255}));
}

TEST(VideoFailure, OfOpeningIsToldWithItsPlaceAndShown) {
  const scene::SceneFile file = parsed(kBoxed);
  OfflineOptions options;
  int tries = 0;
  options.open_feed =
      [&tries](const scene::VideoContent&,
               const std::string& path) -> base::Result<std::unique_ptr<frame::VideoFeed>> {
    ++tries;
    return base::Error{ErrorCode::kNotFound, "no such file", path, nullptr};
  };
  Renderer renderer = offline_renderer(file, options);
  const auto failures = renderer.prepare(0);
  ASSERT_EQ(failures.size(), 1U);
  EXPECT_EQ(failures[0].value_path, "layers[0].content.source");
  EXPECT_THAT(file.where(failures[0].value_path), StartsWith("test.yaml:5:"));
  EXPECT_EQ(failures[0].error.code, ErrorCode::kNotFound);
  EXPECT_THAT(failures[0].error.to_string(), HasSubstr("/videos/a.mp4"));
  for (int64_t i = 0; i < 3; ++i) expect_error_picture(*renderer.render(i));
  EXPECT_THAT(renderer.take_failures(), IsEmpty());  // prepare() has told
  EXPECT_EQ(tries, 1);
}

TEST(VideoFailure, WithoutAnybodyToOpenVideosItSaysSo) {
  const scene::SceneFile file = parsed(kBoxed);
  Renderer renderer = offline_renderer(file, {});
  const auto failures = renderer.prepare(0);
  ASSERT_EQ(failures.size(), 1U);
  EXPECT_EQ(failures[0].error.code, ErrorCode::kUnsupported);
  expect_error_picture(*renderer.render(0));
}

TEST(VideoFailure, InTheMiddleIsToldOnceAndShownFromThenOn) {
  const auto tape = new_tape();
  tape->fails_at = 3;
  const scene::SceneFile file = parsed(kBoxed);
  Renderer renderer = offline_renderer(file, playing(tape, PixelFormat::kRgba));
  EXPECT_THAT(renderer.prepare(0), IsEmpty());
  for (int64_t i = 0; i < 3; ++i) {
    EXPECT_FALSE(is_red(*renderer.render(i), 53, 70)) << i;
    EXPECT_THAT(renderer.take_failures(), IsEmpty()) << i;
  }
  expect_error_picture(*renderer.render(3));
  const auto failures = renderer.take_failures();
  ASSERT_EQ(failures.size(), 1U);
  EXPECT_EQ(failures[0].value_path, "layers[0].content.source");
  EXPECT_EQ(failures[0].error.code, ErrorCode::kIo);
  EXPECT_THAT(failures[0].error.to_string(), HasSubstr("the tape is torn"));
  const size_t asked = tape->asked.size();
  for (int64_t i = 4; i < 8; ++i) {
    expect_error_picture(*renderer.render(i));
    EXPECT_THAT(renderer.take_failures(), IsEmpty()) << i;
  }
  EXPECT_EQ(tape->asked.size(), asked);  // it is left alone
}

TEST(VideoFailure, InPrepareIsToldThereAlone) {
  const auto tape = new_tape();
  tape->fails_at = 0;
  const scene::SceneFile file = parsed(kBoxed);
  Renderer renderer = offline_renderer(file, playing(tape, PixelFormat::kRgba));
  EXPECT_EQ(renderer.prepare(0).size(), 1U);
  expect_error_picture(*renderer.render(0));
  EXPECT_THAT(renderer.take_failures(), IsEmpty());
}

TEST(VideoFailure, LeavesOtherLayersAsTheyAre) {
  const auto tape = new_tape();
  tape->fails_at = 2;
  const scene::SceneFile file =
      parsed(kBoxed +
             "  - {id: b, type: overlay, z_index: 1, size: [20, 10], content: {type: color, "
             "color: '#00ff00'}}\n");
  Renderer renderer = offline_renderer(file, playing(tape, PixelFormat::kRgba));
  static_cast<void>(renderer.prepare(0));
  for (int64_t i = 0; i < 4; ++i) {
    EXPECT_EQ(renderer.render(i)->rgba().at(5, 5), (frame::StraightRgba8{0, 255, 0, 255})) << i;
  }
}

// ---- What is away for a while ----

base::Error away(const std::string& message) {
  return {ErrorCode::kIo, message, "rtmp://h/live/***", nullptr};
}

TEST(VideoAbsence, ShowsTheErrorPictureUntilItIsBack) {
  const auto tape = new_tape();
  tape->display_size = {40, 20};
  const scene::SceneFile file =
      parsed(scene_of(kCanvas, std::string(kBox) + ", on_error: error-picture"));
  OfflineOptions options = playing(tape, PixelFormat::kRgba);
  options.patience = Patience::kNone;
  Renderer renderer = offline_renderer(file, options);
  EXPECT_THAT(renderer.prepare(0), IsEmpty());
  for (int64_t round = 0; round < 2; ++round) {
    EXPECT_FALSE(is_red(*renderer.render(10 * round), 53, 70));
    EXPECT_THAT(renderer.take_failures(), IsEmpty());
    tape->absence = away("connection refused");
    expect_error_picture(*renderer.render(10 * round + 1));
    const auto failures = renderer.take_failures();
    ASSERT_EQ(failures.size(), 1U);
    EXPECT_EQ(failures[0].layer, "a");
    EXPECT_THAT(failures[0].error.to_string(), HasSubstr("refused"));
    const FramePtr still = renderer.render(10 * round + 2);
    expect_error_picture(*still);
    EXPECT_EQ(renderer.render(10 * round + 3), still);  // it costs nothing
    EXPECT_THAT(renderer.take_failures(), IsEmpty());   // told once
    tape->absence = away("no route to host");
    EXPECT_NE(renderer.render(10 * round + 4), still);  // it says the other reason
    tape->absence.reset();
  }
  EXPECT_FALSE(is_red(*renderer.render(30), 53, 70));
}

TEST(VideoAbsence, LiveLayerKeepsItsLastPicture) {
  const auto tape = new_tape();
  tape->display_size = {40, 20};
  const scene::SceneFile file = parsed(kBoxed);
  OfflineOptions options = playing(tape, PixelFormat::kRgba);
  options.patience = Patience::kNone;
  Renderer renderer = offline_renderer(file, options);
  const FramePtr first = renderer.render(2);
  ASSERT_NE(first->rgba().at(60, 70), (frame::StraightRgba8{0, 0, 0, 255}));
  EXPECT_TRUE(renderer.take_failing_change());
  EXPECT_THAT(renderer.failing(), IsEmpty());
  EXPECT_FALSE(renderer.take_failing_change());
  tape->absence = away("connection refused");
  for (int64_t i = 3; i < 6; ++i) EXPECT_EQ(renderer.render(i), first) << i;
  EXPECT_TRUE(renderer.take_failing_change());
  ASSERT_EQ(renderer.failing().size(), 1U);
  EXPECT_EQ(renderer.failing()[0].layer, "a");
  EXPECT_TRUE(renderer.failing()[0].is_lost);
  EXPECT_EQ(renderer.failing()[0].error.message, "connection refused");
  EXPECT_FALSE(renderer.take_failing_change());
  tape->absence.reset();
  renderer.render(6);
  EXPECT_TRUE(renderer.take_failing_change());
  EXPECT_THAT(renderer.failing(), IsEmpty());
}

TEST(VideoAbsence, LayerThatHidesOnErrorsShowsNothing) {
  const auto tape = new_tape();
  tape->display_size = {40, 20};
  tape->absence = away("connection refused");
  const scene::SceneFile file = parsed(scene_of(kCanvas, std::string(kBox) + ", on_error: hide"));
  Renderer renderer = offline_renderer(file, playing(tape, PixelFormat::kRgba));
  EXPECT_EQ(renderer.prepare(0).size(), 1U);
  EXPECT_EQ(renderer.render(0)->rgba().at(60, 70), (frame::StraightRgba8{0, 0, 0, 255}));
}

TEST(VideoFailure, InTheMiddleFollowsOnError) {
  struct Case {
    std::string on_error;
    Patience patience;
    enum { kLast, kNothing, kRed } shows;
  };
  for (const Case& each :
       {Case{"", Patience::kWaits, Case::kRed}, Case{"", Patience::kNone, Case::kLast},
        Case{", on_error: keep", Patience::kWaits, Case::kLast},
        Case{", on_error: hide", Patience::kNone, Case::kNothing},
        Case{", on_error: error-picture", Patience::kNone, Case::kRed}}) {
    const auto tape = new_tape();
    tape->fails_at = 3;
    const scene::SceneFile file = parsed(scene_of(kCanvas, std::string(kBox) + each.on_error));
    OfflineOptions options = playing(tape, PixelFormat::kRgba);
    options.patience = each.patience;
    Renderer renderer = offline_renderer(file, options);
    const auto last = renderer.render(2)->rgba().at(60, 70);
    for (int64_t i = 3; i < 6; ++i) {
      const FramePtr frame = renderer.render(i);
      EXPECT_EQ(is_red(*frame, 53, 70), each.shows == Case::kRed) << each.on_error << i;
      if (each.shows == Case::kLast) {
        EXPECT_EQ(frame->rgba().at(60, 70), last) << i;
      }
      if (each.shows == Case::kNothing) {
        EXPECT_EQ(frame->rgba().at(60, 70), (frame::StraightRgba8{0, 0, 0, 255})) << i;
      }
    }
    ASSERT_EQ(renderer.failing().size(), 1U) << each.on_error;
    EXPECT_FALSE(renderer.failing()[0].is_lost);
  }
}

TEST(VideoAbsence, OfAnUnreachableSourceIsToldByPrepare) {
  const auto tape = new_tape();
  tape->absence = away("connection refused");
  const scene::SceneFile file = parsed(kBoxed);
  Renderer renderer = offline_renderer(file, playing(tape, PixelFormat::kRgba));
  EXPECT_EQ(renderer.prepare(0).size(), 1U);
  expect_error_picture(*renderer.render(0));
  EXPECT_THAT(renderer.take_failures(), IsEmpty());
}

class VideoFallback : public ::testing::Test {
 protected:
  void SetUp() override {
    path_ = std::filesystem::temp_directory_path() /
            ("layercast-fallback-" + std::to_string(::getpid()) + ".svg");
    std::ofstream(path_) << "<svg xmlns='http://www.w3.org/2000/svg' width='40' height='20'>"
                            "<rect width='40' height='20' fill='#00c000'/></svg>";
  }
  void TearDown() override { std::filesystem::remove(path_); }

  static bool is_green(const Frame& rgba, int x, int y) {
    return rgba.rgba().at(x, y) == frame::StraightRgba8{0, 0xc0, 0, 255};
  }
  std::filesystem::path path_;
};

TEST_F(VideoFallback, StandsInFittedAsTheVideoIs) {
  const auto tape = new_tape();
  tape->absence = away("connection refused");
  tape->display_size = {};
  const scene::SceneFile file =
      parsed(scene_of(kCanvas, kBox, ", fallback: '" + path_.string() + "'"));
  Renderer renderer = offline_renderer(file, playing(tape, PixelFormat::kRgba));
  EXPECT_THAT(renderer.prepare(0), IsEmpty());  // offline it is foreseen
  const FramePtr frame = renderer.render(0);
  EXPECT_TRUE(is_green(*frame, 52, 47) && is_green(*frame, 148, 93));
  EXPECT_FALSE(is_green(*frame, 100, 42) || is_green(*frame, 100, 98));
  tape->display_size = {64, 32};
  tape->absence.reset();
  EXPECT_FALSE(is_green(*renderer.render(1), 100, 70));
  tape->absence = away("it is gone");
  EXPECT_TRUE(is_green(*renderer.render(2), 100, 70));
}

TEST_F(VideoFallback, StandsInUntilTheFirstPictureArrives) {
  const auto tape = new_tape();
  tape->is_awaited = true;
  tape->display_size = {};
  const scene::SceneFile file =
      parsed(scene_of(kCanvas, kBox, ", fallback: '" + path_.string() + "'"));
  OfflineOptions options = playing(tape, PixelFormat::kRgba);
  options.patience = Patience::kNone;
  Renderer renderer = offline_renderer(file, options);
  EXPECT_THAT(renderer.prepare(0), IsEmpty());
  EXPECT_TRUE(is_green(*renderer.render(0), 100, 70));
  tape->display_size = {64, 32};
  tape->is_awaited = false;
  EXPECT_FALSE(is_green(*renderer.render(1), 100, 70));
}

TEST_F(VideoFallback, OnAirIsTold) {
  const auto tape = new_tape();
  tape->absence = away("connection refused");
  const scene::SceneFile file =
      parsed(scene_of(kCanvas, kBox, ", fallback: '" + path_.string() + "'"));
  OfflineOptions options = playing(tape, PixelFormat::kRgba);
  options.patience = Patience::kNone;
  Renderer renderer = offline_renderer(file, options);
  EXPECT_EQ(renderer.prepare(0).size(), 1U);
  EXPECT_TRUE(is_green(*renderer.render(0), 100, 70));
}

TEST_F(VideoFallback, WithoutABoxGivesItsOwn) {
  const auto tape = new_tape();
  tape->absence = away("connection refused");
  tape->display_size = {};
  const scene::SceneFile file =
      parsed(scene_of(kCanvas, "", ", fallback: '" + path_.string() + "'"));
  Renderer renderer = offline_renderer(file, playing(tape, PixelFormat::kRgba));
  EXPECT_THAT(renderer.prepare(0), IsEmpty());
  const FramePtr frame = renderer.render(0);
  EXPECT_TRUE(is_green(*frame, 1, 1) && is_green(*frame, 38, 18));
  EXPECT_FALSE(is_green(*frame, 41, 10));
}

}  // namespace
}  // namespace layercast::render
