#include "stream/stream_manager.h"

#include "tests/stream/live_scene.h"

#include <chrono>
#include <filesystem>
#include <functional>
#include <future>
#include <gtest/gtest.h>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <unistd.h>
#include <utility>

namespace layercast::stream {
namespace {

using scene::Value;
using namespace std::chrono_literals;

constexpr const char* kScene = R"(
version: 1
scene: live
canvas: {width: 64, height: 36, fps: 50, background: "#000000"}
layers:
  - {id: box, type: overlay, content: {type: color, color: "#000000"}}
)";

struct Running {
  using OnError = std::function<void(const std::string&, const base::Error&)>;
  explicit Running(
      const std::string& yaml = kScene,
      OnError on_error = [](const std::string&, const base::Error&) {})
      : live(yaml) {
    StreamOptions options;
    options.layers = live.layers.get();
    options.clock = &live.clock;
    options.metrics = &live.metrics;
    options.folder = LAYERCAST_SOURCE_DIR "/scenes";
    options.on_output = [](const media::LiveOutputReport&) {};
    options.on_error = std::move(on_error);
    stream = std::make_unique<StreamManager>(std::move(options));
  }

  // The luma of the middle of the first frame after `index`.
  FrameTap::Seen next(int64_t index) {
    auto seen = stream->tap().next(index, 20s);
    if (!seen) {
      ADD_FAILURE() << "no frame after " << index;
      std::abort();
    }
    return *std::move(seen);
  }
  static int luma_of(const FrameTap::Seen& seen) {
    const frame::Frame& frame = *seen.frame;
    return frame.plane(0)[frame.size().height / 2 * frame.row_bytes(0) + frame.size().width / 2];
  }
  static Value white() {
    return Value::object().add("content", Value::object().add("color", Value::of("#ffffff")));
  }

  LiveScene live;
  std::unique_ptr<StreamManager> stream;
};

constexpr int kBlack = 16;
constexpr int kWhite = 235;

TEST(StreamManager, RendersTheFramesThatTheEncodersTake) {
  const auto file =
      std::filesystem::temp_directory_path() / ("frames-" + std::to_string(getpid()) + ".mkv");
  {
    Running running(std::string(kScene) + "outputs: [{url: " + file.string() +
                    ", codec: libx264rgb, preset: ultrafast}]\n");
    int64_t index = -1;
    FrameTap::Seen seen = running.next(index);
    for (int i = 0; i < 500 && seen.frame->format() != frame::PixelFormat::kRgba; ++i) {
      index = seen.index;
      seen = running.next(index);
    }
    EXPECT_EQ(seen.frame->format(), frame::PixelFormat::kRgba);
    const auto is_sent = [&] {
      const auto outputs = running.stream->status().outputs;
      return !outputs.empty() && outputs.front().frames > 0;
    };
    for (int i = 0; i < 500 && !is_sent(); ++i) seen = running.next(seen.index);
    EXPECT_TRUE(is_sent());
  }
  std::filesystem::remove(file);
}

TEST(StreamManager, FramesComeWhileAListenerIsStuck) {
  std::promise<void> is_stuck;
  std::promise<void> release;
  const std::shared_future<void> released = release.get_future().share();
  bool has_told = false;
  Running running(
      std::string(kScene) +
          "  - {id: lost, type: visual_feed, content: {type: image, source: no-such.png}}\n",
      [&](const std::string&, const base::Error&) {
        if (std::exchange(has_told, true)) return;
        is_stuck.set_value();
        released.wait();
      });
  ASSERT_EQ(is_stuck.get_future().wait_for(20s), std::future_status::ready);
  FrameTap::Seen seen = running.next(-1);
  for (int i = 0; i < 10; ++i) seen = running.next(seen.index);
  release.set_value();
}

TEST(StreamManager, RendersTheSceneAsItIs) {
  Running running;
  EXPECT_EQ(Running::luma_of(running.next(-1)), kBlack);
  const int64_t revision = running.live.update("box", Running::white());
  std::promise<std::optional<int64_t>> on_air;
  running.live.layers->when_on_air(revision, 20s,
                                   [&](std::optional<int64_t> index) { on_air.set_value(index); });
  const auto index = on_air.get_future().get();
  ASSERT_TRUE(index);
  EXPECT_EQ(Running::luma_of(running.next(*index)), kWhite);
}

TEST(StreamManager, AScheduledCommandIsShownFromItsFrameOn) {
  Running running;
  const int64_t due = running.next(-1).index + 40;
  layers::Submission submission;
  submission.command = scene::UpdateLayer{"box", {Running::white()}};
  submission.at = due;
  submission.origin = layers::Origin::kLocal;
  ASSERT_TRUE(std::holds_alternative<layers::Accepted>(running.live.layers->apply(submission)));
  int64_t last_black = -1;
  int64_t first_white = -1;
  for (int64_t index = -1; index < due + 5;) {
    const FrameTap::Seen seen = running.next(index);
    index = seen.index;
    const int luma = Running::luma_of(seen);
    if (luma == kBlack) last_black = index;
    if (luma == kWhite && first_white < 0) first_white = index;
    // Whatever frames a busy machine lets go by unseen, none is on the wrong side.
    EXPECT_EQ(luma, index < due ? kBlack : kWhite) << index << ", due " << due;
  }
  EXPECT_LT(last_black, due);
  EXPECT_GE(first_white, due);
}

TEST(StreamManager, RepeatsAFrameInWhichNothingChanged) {
  Running running;
  const FrameTap::Seen first = running.next(-1);
  const FrameTap::Seen later = running.next(first.index + 3);
  EXPECT_EQ(first.frame, later.frame);
  EXPECT_GT(running.stream->status().repeated, 0);
}

TEST(StreamManager, StandsStillWhilePausedAndGoesOnAfterwards) {
  Running running;
  static_cast<void>(running.next(-1));
  running.live.apply("stream.pause", Value::object());
  running.live.update("box", Running::white());
  int64_t index = running.next(-1).index;
  EXPECT_EQ(Running::luma_of(running.next(index + 5)), kBlack);
  running.live.apply("stream.start", Value::object());
  while (Running::luma_of(running.next(index)) == kBlack) {
    ASSERT_LT(running.next(index).index, index + 5000);
    ++index;
  }
}

TEST(StreamManager, MakesNoFramesWhileItIsStopped) {
  Running running;
  static_cast<void>(running.next(-1));
  running.live.apply("stream.stop", Value::object());
  while (running.stream->tap().next(-1, 200ms)) continue;
  EXPECT_EQ(running.stream->status().transmission, scene::Transmission::kStopped);
  running.live.apply("stream.start", Value::object());
  EXPECT_EQ(Running::luma_of(running.next(-1)), kBlack);
}

TEST(StreamManager, TakesAnotherSizeAndRateWhileItRuns) {
  Running running;
  static_cast<void>(running.next(-1));
  const Value patch = Value::object()
                          .add("width", Value::of(128))
                          .add("height", Value::of(72))
                          .add("fps", Value::of(25));
  running.live.apply("stream.configure", Value::object().add("patch", patch));
  FrameTap::Seen seen = running.next(-1);
  while (seen.frame->size().width != 128) seen = running.next(-1);
  EXPECT_EQ(seen.frame->size().height, 72);
  EXPECT_EQ(running.live.clock.rate(), (base::FrameRate{25, 1}));
  const base::Duration now = running.live.clock.now();
  EXPECT_NEAR(static_cast<double>(seen.index), std::chrono::duration<double>(now).count() * 25, 10);
}

TEST(StreamManager, AnOutputThatIsOfNoUseIsReportedAndTheFramesGoOn) {
  Running running;
  const Value output =
      Value::object().add("id", Value::of("bad")).add("url", Value::of("/nonexistent/x.mkv"));
  running.live.apply("outputs.add", Value::object().add("output", output));
  const int64_t index = running.next(-1).index;
  static_cast<void>(running.next(index + 5));
  const auto status = running.stream->status();
  ASSERT_EQ(status.outputs.size(), 1U);
  EXPECT_NE(status.outputs[0].state, media::OutputState::kLive);
}

}  // namespace
}  // namespace layercast::stream
