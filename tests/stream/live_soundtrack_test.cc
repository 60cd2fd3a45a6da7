#include "stream/live_soundtrack.h"

#include "media/sound/audio_feed.h"
#include "media/sound/audio_source.h"
#include "scene/wire/json_codec.h"
#include "stream/offline_sound.h"
#include "tests/media/made_sound.h"
#include "tests/stream/live_scene.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
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
  explicit Sounding(const std::string& scene = kScene) : live(scene) {
    std::string name = (std::filesystem::temp_directory_path() / "layercast-XXXXXX").string();
    EXPECT_NE(::mkdtemp(name.data()), nullptr);
    folder = name;
    media::test::write_wav(folder + "/a.wav", media::kAudioRate, media::kAudioRate,
                           [](int64_t) { return kLevel; });
    media::test::write_wav(folder + "/saw.wav", media::kAudioRate, 10 * int64_t{media::kAudioRate},
                           [](int64_t i) { return static_cast<int>(i % 9973) * 3; });
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

// The newest step that the mixer has reached, and its levels, once they are `amplitude`.
void expect_level_soon(Sounding& sounding, content::SoundProbe& probe, float amplitude) {
  for (int block = 0; block < 4000; ++block) {
    sounding.next(240);
    const content::SoundLevels levels = probe.levels(probe.newest(INT64_MAX / 1000));
    if (std::fabs(levels.left - amplitude) < 1e-3F) return;
  }
  FAIL() << "the level never came to " << amplitude;
}

TEST(LiveSoundtrack, ProbesMeasureTheirSound) {
  Sounding sounding;
  const auto program = sounding.soundtrack->open_probe("program");
  const auto first = sounding.soundtrack->open_probe("a");
  const auto other = sounding.soundtrack->open_probe("b");
  EXPECT_EQ(sounding.soundtrack->open_probe("none"), nullptr);
  sounding.next(2400);
  EXPECT_EQ(first->levels(first->newest(INT64_MAX / 1000)).left, 0);
  sounding.live.apply("audio.add",
                      Sounding::track(R"({"id": "a", "source": "a.wav", "loop": true})"));
  sounding.live.apply("audio.add", Sounding::track(R"({"id": "b", "source": "a.wav",
                                                       "loop": true, "volume": 0.5})"));
  expect_level_soon(sounding, *first, 0.5F);
  expect_level_soon(sounding, *other, 0.25F);
  expect_level_soon(sounding, *program, 0.75F);
  sounding.live.apply("audio.update", Sounding::patch(R"({"mute": true})"));
  expect_level_soon(sounding, *first, 0);
  expect_level_soon(sounding, *program, 0.25F);
  // A probe that is opened later hears what is mixed from then on.
  const auto late = sounding.soundtrack->open_probe("b");
  expect_level_soon(sounding, *late, 0.25F);
}

TEST(LiveSoundtrack, ProbesMeasureTheSameAsOffline) {
  const std::string scene =
      std::string(kScene) +
      "audio: [{id: a, source: saw.wav, volume: 2}, {id: b, source: a.wav, loop: true}]\n";
  Sounding sounding(scene);
  scene::SceneFile file = scene::parsed_scene(scene);
  file.folder = sounding.folder;
  const auto offline = OfflineSound(file).opener();
  const auto level = sounding.soundtrack->open_probe("b");
  expect_level_soon(sounding, *level, 0.5F);
  const auto saw = sounding.soundtrack->open_probe("a");
  const auto program = sounding.soundtrack->open_probe("program");
  while (saw->levels(saw->newest(INT64_MAX / 1000)).left == 0) sounding.next(240);
  // The limiter remembers 270 ms.
  const int64_t first = saw->newest(INT64_MAX / 1000) + 40;
  while (saw->newest(first + 50) < first + 50) sounding.next(240);
  const auto exact_saw = offline("a");
  const auto exact_program = offline("program");
  for (int64_t step = first; step < first + 50; ++step) {
    EXPECT_EQ(saw->levels(step).left, exact_saw->levels(step).left) << step;
    EXPECT_EQ(saw->levels(step).rms, exact_saw->levels(step).rms) << step;
    EXPECT_EQ(program->levels(step).left, exact_program->levels(step).left) << step;
    EXPECT_EQ(program->levels(step).rms, exact_program->levels(step).rms) << step;
  }
}

// A frame is rendered when it is due: all of its windows have been mixed by then.
TEST(LiveSoundtrack, ProbesAreAheadOfTheFrames) {
  Sounding sounding;
  const auto probe = sounding.soundtrack->open_probe("program");
  sounding.next(24'000);
  int late = 0;
  for (int i = 0; i < 200; ++i) {
    sounding.next(240);
    const int64_t step = sounding.live.clock.now() / content::SoundProbe::kStep;
    if (probe->newest(step) < step) ++late;
  }
  EXPECT_LT(late, 100);  // on a busy machine, some are
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
