#include "stream/live_soundtrack.h"

#include "media/sound/audio_feed.h"
#include "media/sound/audio_source.h"
#include "scene/wire/json_codec.h"
#include "tests/media/made_sound.h"
#include "tests/stream/live_scene.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <future>
#include <gtest/gtest.h>
#include <string>
#include <utility>
#include <vector>

namespace layercast::stream {
namespace {

using scene::Value;
using namespace std::chrono_literals;

constexpr const char* kScene = R"(
version: 1
scene: live
canvas: {width: 64, height: 36, fps: 50}
layers: []
)";

constexpr int kLevel = 16'384;

struct Sounding {
  Sounding() : live(kScene) {
    std::string name = (std::filesystem::temp_directory_path() / "layercast-XXXXXX").string();
    EXPECT_NE(::mkdtemp(name.data()), nullptr);
    folder = name;
    media::test::write_wav(folder + "/a.wav", media::kAudioRate, media::kAudioRate,
                           [](int64_t) { return kLevel; });
    LiveSoundtrackOptions options;
    options.layers = live.layers.get();
    options.clock = &live.clock;
    options.metrics = &live.metrics;
    options.folder = folder;
    options.on_error = [this](const std::string&, const base::Error& error) {
      if (!std::exchange(is_told, true)) told.set_value(error.to_string());
    };
    soundtrack = std::make_unique<LiveSoundtrack>(std::move(options));
    place = media::sample_at(live.clock.now());
  }
  ~Sounding() {
    soundtrack.reset();
    std::filesystem::remove_all(folder);
  }

  // The left channel of what comes next, as an encoder reads it.
  std::vector<float> next(int64_t count) {
    std::vector<float> samples(static_cast<size_t>(count) * 2);
    while (soundtrack->sound()->end() < place + count) {
      soundtrack->sound()->read(place, samples, 20ms);
    }
    EXPECT_EQ(soundtrack->sound()->read(place, samples, 1s), 0);
    place += count;
    std::vector<float> left;
    for (size_t i = 0; i < samples.size(); i += 2) left.push_back(samples[i]);
    return left;
  }

  // Reads on until a sample is `value`. All that was read; the level never leaps.
  void expect_smooth_until(float value) {
    for (int block = 0; block < 2000; ++block) {
      for (const float sample : next(240)) {
        ASSERT_LT(std::fabs(sample - last), 0.01F);
        last = sample;
      }
      if (std::fabs(last - value) < 1e-4F) return;
    }
    FAIL() << "it never came to " << value << ", but to " << last;
  }

  // Writes a file of one level, whole at once.
  void write(const std::string& name, int level) const {
    media::test::write_wav(folder + "/new.wav", media::kAudioRate, media::kAudioRate,
                           [level](int64_t) { return level; });
    std::filesystem::rename(folder + "/new.wav", folder + "/" + name);
  }
  // Reads on until a sample is `value`.
  void expect_soon(float value) {
    for (int block = 0; block < 4000; ++block) {
      last = next(240).back();
      if (std::fabs(last - value) < 1e-4F) return;
    }
    FAIL() << "it never came to " << value << ", but to " << last;
  }

  static Value track(const std::string& text) {
    return Value::object().add("audio", scene::read_json(text).value);
  }
  static Value patch(const std::string& text) {
    return Value::object().add("id", Value::of("a")).add("patch", scene::read_json(text).value);
  }

  LiveScene live;
  std::string folder;
  std::promise<std::string> told;
  bool is_told = false;
  std::unique_ptr<LiveSoundtrack> soundtrack;
  int64_t place = 0;
  float last = 0;
};

TEST(LiveSoundtrack, IsSilentWhereThereIsNothing) {
  Sounding sounding;
  const auto heard = sounding.next(24'000);
  EXPECT_EQ(std::ranges::count(heard, 0.0F), 24'000);
}

TEST(LiveSoundtrack, TracksComeChangeAndGoWithoutAClick) {
  Sounding sounding;
  sounding.next(2400);
  sounding.live.apply("audio.add",
                      Sounding::track(R"({"id": "a", "source": "a.wav", "loop": true})"));
  sounding.expect_smooth_until(0.5F);
  sounding.live.apply("audio.update", Sounding::patch(R"({"volume": 0.25})"));
  sounding.expect_smooth_until(0.125F);
  sounding.live.apply("audio.update", Sounding::patch(R"({"mute": true})"));
  sounding.expect_smooth_until(0);
  sounding.live.apply("audio.update", Sounding::patch(R"({"mute": false, "volume": 1})"));
  sounding.expect_smooth_until(0.5F);
  sounding.live.apply("stream.pause", Value::object());
  sounding.expect_smooth_until(0);
  sounding.live.apply("stream.start", Value::object());
  sounding.expect_smooth_until(0.5F);
  sounding.live.apply("audio.remove", Value::object().add("id", Value::of("a")));
  sounding.expect_smooth_until(0);
}

TEST(LiveSoundtrack, WhatCannotBeReadIsToldAndSilent) {
  Sounding sounding;
  sounding.live.apply("audio.add", Sounding::track(R"({"id": "a", "source": "none.wav"})"));
  auto told = sounding.told.get_future();
  ASSERT_EQ(told.wait_for(20s), std::future_status::ready);
  EXPECT_NE(told.get().find("none.wav"), std::string::npos);
  const auto heard = sounding.next(12'000);
  EXPECT_EQ(std::ranges::count(heard, 0.0F), 12'000);
}

TEST(LiveSoundtrack, AFileThatIsReplacedIsReadAgain) {
  Sounding sounding;
  sounding.next(2400);
  sounding.live.apply("audio.add",
                      Sounding::track(R"({"id": "a", "source": "a.wav", "loop": true})"));
  sounding.live.apply("audio.add",
                      Sounding::track(R"({"id": "b", "source": "b.wav", "loop": true})"));
  sounding.expect_soon(0.5F);
  sounding.write("a.wav", kLevel / 2);
  sounding.expect_soon(0.25F);
  sounding.write("b.wav", kLevel / 4);  // it was missing
  sounding.expect_soon(0.375F);
}

}  // namespace
}  // namespace layercast::stream
