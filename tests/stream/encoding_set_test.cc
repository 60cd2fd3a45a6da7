#include "stream/encoding_set.h"

#include "base/metrics.h"
#include "frame/frame.h"
#include "tests/scene/live_scene.h"

#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace layercast::stream {
namespace {

using frame::PixelFormat;
using Offered = EncodingSet::Offered;

// A small stream with these outputs, each a codec.
scene::LiveState state_with(const std::vector<std::string>& codecs, base::SizeI size = {64, 36}) {
  scene::LiveState state;
  state.scene.name = "set";
  state.scene.canvas = {size, {25, 1}, {}};
  for (size_t i = 0; i < codecs.size(); ++i) {
    scene::Output output;
    output.id = "output-" + std::to_string(i + 1);
    output.url = output.id + ".mkv";
    output.codec = codecs[i];
    state.scene.outputs.push_back(output);
  }
  return state;
}

class EncodingSets : public ::testing::Test {
 protected:
  EncodingSets() {
    std::string name = (std::filesystem::temp_directory_path() / "encodings.XXXXXX").string();
    folder_ = mkdtemp(name.data());
    set_ = std::make_unique<EncodingSet>(
        metrics_, folder_.string(),
        EncodingSet::Listeners{
            [this](const media::LiveOutputReport& report) {
              if (!report.error.empty()) errors_.push_back(report.error);
            },
            [this](const base::Error& error) { errors_.push_back(error.to_string()); }});
  }
  ~EncodingSets() override {
    set_.reset();
    std::filesystem::remove_all(folder_);
  }

  static frame::FramePtr frame_of(PixelFormat format, base::SizeI size) {
    return frame::FramePool(format, size).take();
  }

  base::Metrics metrics_;
  std::filesystem::path folder_;
  std::vector<std::string> errors_;
  std::unique_ptr<EncodingSet> set_;
};

TEST_F(EncodingSets, TakeTheFormatThatTheirEncodersTake) {
  EXPECT_EQ(set_->format(), PixelFormat::kYuv420p);
  set_->follow(state_with({"h264"}));
  EXPECT_EQ(set_->format(), PixelFormat::kYuv420p);
  set_->follow(state_with({"libx264rgb"}));
  EXPECT_EQ(set_->format(), PixelFormat::kRgba);
  EXPECT_EQ(set_->offer(frame_of(PixelFormat::kRgba, {64, 36}), 0), Offered::kTaken);
  EXPECT_EQ(set_->offer(frame_of(PixelFormat::kYuv420p, {64, 36}), 1), Offered::kReopening);
}

TEST_F(EncodingSets, EveryCodecGetsFramesOrIsRefused) {
  for (const std::string codec : {"mjpeg", "prores_ks", "libx264rgb", "ffv1", "h264", "vp8"}) {
    EncodingSet set(metrics_, folder_.string(), {[](const auto&) {}, [](const auto&) {}});
    const scene::LiveState state = state_with({codec});
    const auto objection = EncodingSet::objection_to(state);
    ASSERT_FALSE(objection) << codec << ": " << objection->to_string();
    set.follow(state);
    ASSERT_EQ(set.encodings(), 1U) << codec;
    EXPECT_EQ(set.offer(frame_of(set.format(), {64, 36}), 0), Offered::kTaken) << codec;
    set.finish(std::chrono::seconds(5));
  }
}

TEST_F(EncodingSets, CodecsOfDifferentFormatsAreRefusedTogether) {
  const scene::LiveState mixed = state_with({"h264", "libx264rgb"});
  const auto objection = EncodingSet::objection_to(mixed);
  ASSERT_TRUE(objection);
  EXPECT_EQ(objection->code, base::ErrorCode::kUnsupported);
  EXPECT_NE(objection->message.find("h264 and libx264rgb"), std::string::npos);
  // As a stored state may have it: the first one is served, the other one reported.
  set_->follow(mixed);
  EXPECT_EQ(set_->encodings(), 1U);
  EXPECT_EQ(errors_.size(), 1U);
  EXPECT_EQ(set_->format(), PixelFormat::kYuv420p);
  EXPECT_FALSE(EncodingSet::objection_to(state_with({"h264", "vp8"})));
}

TEST_F(EncodingSets, FramesOfAnotherShapeWaitForTheirEncoder) {
  set_->follow(state_with({"h264"}));
  const auto small = frame_of(PixelFormat::kYuv420p, {64, 36});
  const auto large = frame_of(PixelFormat::kYuv420p, {128, 72});
  EXPECT_EQ(set_->offer(small, 0), Offered::kTaken);
  set_->reshape({{128, 72}, {25, 1}});
  EXPECT_EQ(set_->offer(large, 1), Offered::kReopening);
  set_->follow(state_with({"h264"}, {128, 72}));
  EXPECT_EQ(set_->offer(large, 2), Offered::kTaken);
  EXPECT_TRUE(errors_.empty());
}

TEST_F(EncodingSets, OutputsOfAllEncodersEndAtTheSameTime) {
  std::mutex mutex;
  std::condition_variable changed;
  int ending = 0;
  int met = 0;
  // Each output ends only once the other one ends, too.
  const auto on_output = [&](const media::LiveOutputReport& report) {
    if (report.state != media::OutputState::kStopped) return;
    std::unique_lock lock(mutex);
    ++ending;
    changed.notify_all();
    met += static_cast<int>(
        changed.wait_for(lock, std::chrono::seconds(20), [&] { return ending == 2; }));
  };
  EncodingSet set(metrics_, folder_.string(), {on_output, [](const auto&) {}});
  set.follow(state_with({"h264", "vp8"}));
  ASSERT_EQ(set.encodings(), 2U);
  set.finish(std::chrono::seconds(60));
  EXPECT_EQ(set.encodings(), 0U);
  const std::lock_guard lock(mutex);
  EXPECT_EQ(met, 2);
}

TEST_F(EncodingSets, APlaylistEndsWithItsOutputButNotAtAChangeOfItsSettings) {
  scene::LiveState state = state_with({"h264", "h264"});
  state.scene.outputs[0].url = "x.m3u8";
  const auto text = [&] {
    std::ifstream file(folder_ / "x.m3u8");
    return std::string(std::istreambuf_iterator<char>(file), {});
  };
  const auto frames_of = [&](const std::string& id) {
    for (const media::LiveOutputReport& report : set_->outputs()) {
      if (report.id == id) return report.frames;
    }
    return int64_t{0};
  };
  int64_t index = 0;
  const auto offer_frames = [&] {
    const auto frame = frame_of(PixelFormat::kYuv420p, {64, 36});
    // One of the encoders may refuse a frame that the other one takes.
    for (int i = 0; i < 60; ++i) {
      if (set_->offer(frame, index++) != Offered::kTaken) {
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
      }
    }
    // The output has begun; what is still queued is sent at its end.
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (frames_of("output-1") < 10 && std::chrono::steady_clock::now() < deadline) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  };
  set_->follow(state);
  offer_frames();
  // The output moves to an encoder of its own.
  state.scene.outputs[0].bitrate = 300'000;
  set_->follow(state);
  EXPECT_NE(text().find("x-00000.ts"), std::string::npos);
  EXPECT_EQ(text().find("ENDLIST"), std::string::npos);
  offer_frames();
  state.scene.outputs.erase(state.scene.outputs.begin());
  set_->follow(state);
  EXPECT_NE(text().find("#EXT-X-DISCONTINUITY\n"), std::string::npos);
  EXPECT_NE(text().find("#EXT-X-ENDLIST"), std::string::npos);
}

}  // namespace
}  // namespace layercast::stream
