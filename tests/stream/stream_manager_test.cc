#include "stream/stream_manager.h"

#include "frame/video_feed.h"
#include "media/sound/audio_source.h"
#include "tests/base/manual_clock.h"
#include "tests/media/made_sound.h"
#include "tests/stream/live_scene.h"

#include <algorithm>
#include <atomic>
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

// What a stream is made with besides its scene.
struct Parts {
  std::function<void(const std::string&, const base::Error&)> on_error = [](const std::string&,
                                                                            const base::Error&) {};
  render::FeedOpener open_feed{};
  base::Clock* host = &base::Clock::steady();
  base::Duration frame_limit = 1s;
};

struct Running {
  explicit Running(const std::string& yaml = kScene, Parts parts = {}) : live(yaml, parts.host) {
    StreamOptions options;
    options.layers = live.layers.get();
    options.clock = &live.clock;
    options.metrics = &live.metrics;
    options.folder = LAYERCAST_SOURCE_DIR "/scenes";
    options.open_feed = std::move(parts.open_feed);
    options.on_output = [](const media::LiveOutputReport&) {};
    options.on_error = std::move(parts.on_error);
    options.frame_limit = parts.frame_limit;
    stream = std::make_unique<StreamManager>(std::move(options));
  }

  // The first frame after `index`.
  FrameTap::Seen next(int64_t index) {
    FrameTap::Seen seen;
    do {
      seen = next_after(seen);
    } while (seen.index <= index);
    return seen;
  }
  // The next frame after `before`, whatever its index.
  FrameTap::Seen next_after(const FrameTap::Seen& before) {
    auto seen = stream->tap().next(before.number, 20s);
    if (!seen) {
      ADD_FAILURE() << "no frame after " << before.index;
      std::abort();
    }
    return *std::move(seen);
  }
  // The luma of the middle of the frame, or in its middle row.
  static int luma_of(const FrameTap::Seen& seen) {
    return luma_of(seen, seen.frame->size().width / 2);
  }
  static int luma_of(const FrameTap::Seen& seen, int x) {
    const frame::Frame& frame = *seen.frame;
    return frame.plane(0)[frame.size().height / 2 * frame.row_bytes(0) + x];
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
      {[&](const std::string&, const base::Error&) {
        if (std::exchange(has_told, true)) return;
        is_stuck.set_value();
        released.wait();
      }});
  ASSERT_EQ(is_stuck.get_future().wait_for(20s), std::future_status::ready);
  FrameTap::Seen seen = running.next(-1);
  for (int i = 0; i < 10; ++i) seen = running.next(seen.index);
  release.set_value();
}

TEST(StreamManager, ALayerThatTakesTooLongIsReportedOnceAndTheFramesGoOn) {
  std::atomic<int> reports = 0;
  Parts parts;
  parts.on_error = [&](const std::string& layer, const base::Error& error) {
    EXPECT_EQ(layer, "slow");
    EXPECT_EQ(error.code, base::ErrorCode::kLimit);
    ++reports;
  };
  parts.frame_limit = 40ms;  // the blurs of a frame take several times as long
  Running running(std::string(kScene) + R"(
  - id: slow
    type: overlay
    content: {type: text, text: "{{frame}}", style: {font_size: 20}}
    filters: [{blur: 100}, {blur: 100}, {blur: 100}, {blur: 100},
              {blur: 100}, {blur: 100}, {blur: 100}, {blur: 100}]
)",
                  std::move(parts));
  const auto is_failing = [&] {
    const auto failures = running.stream->failures();
    return !failures.empty() && failures.front().id == "slow";
  };
  FrameTap::Seen seen = running.next(-1);
  for (int i = 0; i < 500 && !is_failing(); ++i) seen = running.next(seen.index);
  ASSERT_TRUE(is_failing());
  const auto dropped = running.stream->status().dropped;
  const auto abandoned =
      std::ranges::find(dropped, "abandoned", [](const auto& each) { return each.first; });
  ASSERT_NE(abandoned, dropped.end());
  EXPECT_GE(abandoned->second, 2);
  for (int i = 0; i < 500 && (i < 20 || reports == 0); ++i) seen = running.next(seen.index);
  EXPECT_TRUE(is_failing());
  EXPECT_EQ(reports, 1);
  // It is tried again once it has changed.
  running.live.update("slow", Value::object().add("filters", Value::array()));
  for (int i = 0; i < 500 && is_failing(); ++i) seen = running.next(seen.index);
  EXPECT_FALSE(is_failing());
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

TEST(StreamManager, AMeterShowsTheSoundThatIsMixed) {
  const std::string sound =
      (std::filesystem::temp_directory_path() / ("meter-" + std::to_string(getpid()) + ".wav"))
          .string();
  media::test::write_wav(sound, media::kAudioRate, media::kAudioRate,
                         [](int64_t) { return 16'384; });
  // -6.02 dBFS is three quarters of the scale.
  Running running(std::string(kScene) +
                  "  - {id: level, type: overlay, size: [64, 36], content: {type: meter, "
                  "of: program, range: [-24.08, 0], gap: 0, smoothing: 0s}}\n");
  const auto await = [&](int left, int right) {
    FrameTap::Seen seen = running.next(-1);
    for (int i = 0; i < 1000; ++i) {
      const bool is_right = Running::luma_of(seen, 62) == right;
      if (Running::luma_of(seen, 4) == left && Running::luma_of(seen, 46) == left) {
        EXPECT_TRUE(is_right);
        return;
      }
      seen = running.next_after(seen);
    }
    FAIL() << "the meter never showed it";
  };
  await(kBlack, kBlack);
  running.live.apply("audio.add", Value::object().add("audio", Value::object()
                                                                   .add("id", Value::of("tone"))
                                                                   .add("source", Value::of(sound))
                                                                   .add("loop", Value::of(true))));
  await(kWhite, kBlack);
  running.live.apply("audio.remove", Value::object().add("id", Value::of("tone")));
  await(kBlack, kBlack);
  std::filesystem::remove(sound);
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

// The preview and snapshots wait for frames by their numbers.
TEST(StreamManager, FramesAreNumberedOnWhenTheRateIsLowered) {
  Running running;
  FrameTap::Seen seen = running.next(-1);
  const Value patch = Value::object().add("fps", Value::of(5));
  running.live.apply("stream.configure", Value::object().add("patch", patch));
  const auto is_lowered = [&] { return running.live.clock.rate() == base::FrameRate{5, 1}; };
  while (!is_lowered()) seen = running.next_after(seen);
  for (int i = 0; i < 3; ++i) {
    const FrameTap::Seen next = running.next_after(seen);
    EXPECT_GT(next.number, seen.number);
    seen = next;
  }
}

TEST(StreamManager, TheShowFillsFramesOfAnotherSize) {
  Running running(R"(
version: 1
scene: live
canvas: {width: 64, height: 36, fps: 50, background: "#000000"}
layers:
  - {id: box, type: overlay, size: [32, 36], transform: {position: [32, 0]},
     content: {type: color, color: "#ffffff"}}
)");
  FrameTap::Seen seen = running.next(-1);
  const auto luma_at = [&](int x, int y) {
    return int{seen.frame->plane(0)[y * seen.frame->row_bytes(0) + x]};
  };
  const auto show = [&](int width, int height) {
    const Value patch =
        Value::object().add("width", Value::of(width)).add("height", Value::of(height));
    running.live.apply("stream.configure", Value::object().add("patch", patch));
    while (seen.frame->size() != base::SizeI{width, height}) seen = running.next_after(seen);
  };
  for (const base::SizeI& size : {base::SizeI{128, 72}, {32, 18}, {640, 360}}) {
    show(size.width, size.height);
    EXPECT_EQ(luma_at(size.width / 4, size.height / 2), kBlack) << size.width;
    EXPECT_EQ(luma_at(size.width * 5 / 8, size.height - 1), kWhite) << size.width;
    EXPECT_EQ(luma_at(size.width - 1, 0), kWhite) << size.width;
  }
  // A frame of another shape has bars.
  show(128, 128);
  EXPECT_EQ(luma_at(120, 10), kBlack);
  EXPECT_EQ(luma_at(120, 64), kWhite);
  EXPECT_EQ(luma_at(8, 64), kBlack);
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

// ---- Frame by frame -----------------------------------------------------------------------------

// A stream on a manual clock: the stream renders a frame when the test moves the time.
// Contents load in real time, so only changes of the transmission are exact to the frame.
class Stepped : public ::testing::Test {
 protected:
  Stepped() : running_(kScene, {.host = &host_}) {}

  base::Clock::time_point due(int64_t index) const { return running_.live.clock.due(index); }

  // Waits until the render thread waits for frame `index`. The encoding follower waits for a second
  // from a frame on, so this may return too early: see is_counted().
  [[nodiscard]] bool awaits_frame(int64_t index) { return host_.await_waiter(due(index)); }

  // Waits until `rendered` frames are counted.
  [[nodiscard]] bool is_counted(int64_t rendered) const {
    const auto limit = std::chrono::steady_clock::now() + 20s;
    while (status().rendered < rendered) {
      if (std::chrono::steady_clock::now() > limit) return false;
      std::this_thread::yield();
    }
    return true;
  }

  // Moves the clock to `time`, at which a frame is rendered. Returns that frame once it is counted.
  FrameTap::Seen frame_at(base::Clock::time_point time) {
    const int64_t rendered = status().rendered;
    auto seen = std::async(std::launch::async,
                           [this] { return running_.stream->tap().next(0, kTapPatience); });
    EXPECT_TRUE(host_.await_waiter(host_.now() + kTapPatience));
    host_.advance_to(time);
    if (seen.wait_for(20s) != std::future_status::ready) {
      ADD_FAILURE() << "no frame";
      std::abort();
    }
    FrameTap::Seen frame = seen.get().value();
    EXPECT_TRUE(awaits_frame(frame.index + 1));
    EXPECT_TRUE(is_counted(rendered + 1));
    return frame;
  }

  StreamStatus status() const { return running_.stream->status(); }
  static int64_t dropped(const StreamStatus& status) {
    int64_t frames = 0;
    for (const auto& [reason, count] : status.dropped) frames += count;
    return frames;
  }

  // On the manual clock. No other thread waits as long.
  static constexpr base::Duration kTapPatience = 24h;

  base::ManualClock host_;
  Running running_;
};

TEST_F(Stepped, AFrameIsRenderedWhenItIsDueAndNotBefore) {
  ASSERT_TRUE(awaits_frame(1));  // frame 0 is due at once
  EXPECT_EQ(status().rendered, 1);
  EXPECT_EQ(status().frame, 0);
  host_.advance_to(due(1) - base::Duration(1));
  ASSERT_TRUE(awaits_frame(1));
  EXPECT_EQ(status().rendered, 1);
  EXPECT_EQ(frame_at(due(1)).index, 1);
  for (int64_t index = 2; index < 60; ++index) {
    const FrameTap::Seen seen = frame_at(due(index));
    EXPECT_EQ(seen.index, index);
    EXPECT_EQ(Running::luma_of(seen), kBlack);
  }
  host_.advance(7ms);
  const StreamStatus now = status();
  EXPECT_EQ(now.rendered, 60);
  EXPECT_EQ(dropped(now), 0);
  EXPECT_EQ(now.lateness_max, 0);
  EXPECT_EQ(now.fps, 50);
  EXPECT_EQ(now.behind, base::Duration(7ms));
  EXPECT_EQ(now.stream_time, 59 * 20ms + 7ms);
}

TEST_F(Stepped, FramesWhoseIntervalHasPassedAreDroppedAndCounted) {
  ASSERT_TRUE(awaits_frame(1));
  // Frames 1 to 4 are over; 5 is late.
  EXPECT_EQ(frame_at(due(5) + 7ms).index, 5);
  EXPECT_EQ(dropped(status()), 4);
  EXPECT_EQ(status().dropped.at(0), (std::pair<std::string, int64_t>("late", 4)));
  EXPECT_DOUBLE_EQ(status().lateness_max, 0.007);
  // To the last nanosecond of its interval.
  EXPECT_EQ(frame_at(due(7) - base::Duration(1)).index, 6);
  EXPECT_EQ(dropped(status()), 4);
  // The interval of frame 8 has passed when that of 9 begins.
  EXPECT_EQ(frame_at(due(9)).index, 9);
  EXPECT_EQ(dropped(status()), 6);
  EXPECT_EQ(status().rendered, 4);
}

TEST_F(Stepped, AFrameInWhichNothingChangedIsRepeated) {
  ASSERT_TRUE(awaits_frame(1));
  const FrameTap::Seen first = frame_at(due(1));
  const int64_t repeated = status().repeated;
  for (int64_t index = 2; index <= 6; ++index) {
    EXPECT_EQ(frame_at(due(index)).frame, first.frame) << index;
  }
  EXPECT_EQ(status().repeated, repeated + 5);
  EXPECT_EQ(status().rendered, 7);
}

TEST_F(Stepped, FramesArePausedAndGoOnWithTheSceneAsItIsThen) {
  ASSERT_TRUE(awaits_frame(1));
  const FrameTap::Seen first = frame_at(due(1));
  running_.live.apply("stream.pause", Value::object());
  running_.live.update("box", Running::white());
  const int64_t repeated = status().repeated;
  for (int64_t index = 2; index <= 51; ++index) {
    const FrameTap::Seen seen = frame_at(due(index));
    EXPECT_EQ(seen.index, index);
    EXPECT_EQ(seen.frame, first.frame);
  }
  EXPECT_EQ(status().repeated, repeated + 50);
  EXPECT_EQ(status().transmission, scene::Transmission::kPaused);
  running_.live.apply("stream.start", Value::object());
  int64_t index = 52;
  while (Running::luma_of(frame_at(due(index))) != kWhite) ASSERT_LT(++index, 50'000);
  EXPECT_EQ(dropped(status()), 0);
}

TEST_F(Stepped, NoFrameIsMadeWhileTheStreamIsStopped) {
  ASSERT_TRUE(awaits_frame(1));
  frame_at(due(1));
  const StreamStatus before = status();
  running_.live.apply("stream.stop", Value::object());
  ASSERT_TRUE(host_.await_no_waiter(due(2)));
  host_.advance_to(due(500) + 7ms);
  EXPECT_EQ(status().transmission, scene::Transmission::kStopped);
  EXPECT_EQ(status().behind, std::nullopt);
  running_.live.apply("stream.start", Value::object());
  // The first frame is the next one that begins; those before it are not late.
  ASSERT_TRUE(awaits_frame(501));
  EXPECT_EQ(status().rendered, before.rendered);
  EXPECT_EQ(dropped(status()), dropped(before));
  const FrameTap::Seen seen = frame_at(due(501));
  EXPECT_EQ(seen.index, 501);
  EXPECT_EQ(Running::luma_of(seen), kBlack);
  EXPECT_EQ(status().rendered, before.rendered + 1);
}

TEST(StreamManager, WaitsFiveSecondsForContentsAndNotLonger) {
  base::ManualClock host;
  std::promise<void> release;
  const std::shared_future<void> released = release.get_future().share();
  {
    Running running(
        std::string(kScene) +
            "  - {id: film, type: visual_feed, content: {type: video, source: a.mp4}}\n",
        {.open_feed = [&](const scene::VideoContent& content,
                          const std::string&) -> base::Result<std::unique_ptr<frame::VideoFeed>> {
           released.wait();
           return base::not_found("no such film", content.source);
         },
         .host = &host});
    EXPECT_TRUE(host.await_waiter(host.now() + 5s));
    host.advance(5s - base::Duration(1));
    EXPECT_TRUE(host.await_waiter(base::ManualClock::kStart + 5s));
    EXPECT_EQ(running.stream->status().rendered, 0);
    host.advance(base::Duration(1));
    EXPECT_TRUE(host.await_waiter(running.live.clock.due(251)));
    release.set_value();  // the thread that opens the video waits for it
  }
}

}  // namespace
}  // namespace layercast::stream
