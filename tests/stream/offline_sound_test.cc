#include "stream/offline_sound.h"

#include "media/sound/audio_source.h"
#include "render/offline_scene.h"
#include "tests/media/made_sound.h"
#include "tests/scene/parsed_scene.h"

#include <array>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <gtest/gtest.h>
#include <memory>
#include <numbers>
#include <string>
#include <vector>

namespace layercast::stream {
namespace {

constexpr int64_t kSecond = media::kAudioRate;

// A sine wave of 1500 Hz: its period is 32 samples, with one on each crest.
int sine(int64_t sample, double amplitude) {
  const double turn = static_cast<double>(sample % 32) / 32;
  return static_cast<int>(std::lround(amplitude * 32768 * std::sin(2 * std::numbers::pi * turn)));
}

class OfflineSounds : public ::testing::Test {
 protected:
  OfflineSounds() {
    std::string name = (std::filesystem::temp_directory_path() / "offline-sound-XXXXXX").string();
    EXPECT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
    media::test::write_wav(folder_ + "/tone.wav", kSecond, 4 * kSecond,
                           [](int64_t i) { return sine(i, 0.1); });
    media::test::write_wav(folder_ + "/beats.wav", kSecond, 4 * kSecond, [](int64_t i) {
      return sine(i, 0.4 * static_cast<double>(i % 12'000) / 12'000);
    });
  }
  ~OfflineSounds() override { std::filesystem::remove_all(folder_); }

  scene::SceneFile scene_of(const std::string& audio, const std::string& layers = "[]") const {
    scene::SceneFile file = scene::parsed_scene(
        "version: 1\nscene: a\ncanvas: {width: 320, height: 100, fps: 30}\nlayers: " + layers +
        "\naudio: " + audio + "\n");
    file.folder = folder_;
    return file;
  }

  std::string folder_;
};

TEST_F(OfflineSounds, AreMeasuredAtTheirTime) {
  // From 1 s on, at half of its amplitude.
  const OfflineSound sound(scene_of("[{id: tone, source: tone.wav, volume: 0.5, delay: 1s}]"));
  const auto probe = sound.opener()("tone");
  const auto program = sound.opener()("program");
  EXPECT_EQ(probe->newest(123'456), 123'456);
  // The window ends 21 ms after the step, at 47 584 and at 48 064.
  for (const int64_t step : {97L, 0L, -3L}) EXPECT_EQ(probe->levels(step).left, 0) << step;
  EXPECT_NEAR(probe->levels(98).left, 0.05, 1e-4);
  for (const int64_t step : {103L, 200L, 150L}) {
    EXPECT_NEAR(probe->levels(step).left, 0.05, 1e-4) << step;
    EXPECT_NEAR(probe->levels(step).right, 0.05, 1e-4) << step;
    EXPECT_NEAR(probe->levels(step).rms, 0.05 / std::sqrt(2), 1e-4) << step;
    EXPECT_NEAR(program->levels(step).left, 0.05, 1e-4) << step;
  }
  std::array<float, 32> bands{};
  probe->spectrum(200, bands);
  const double place = std::log(1500.0 / 40) / std::log(16'000.0 / 40) * 32;
  EXPECT_NEAR(20 * std::log10(bands.at(static_cast<size_t>(place))), 20 * std::log10(0.05), 0.02);
}

TEST_F(OfflineSounds, AreThoseOfTheirNameOnly) {
  const OfflineSound sound(
      scene_of("[{id: tone, source: tone.wav}, {id: quiet, source: tone.wav, volume: 0.01}]"));
  EXPECT_NEAR(sound.opener()("tone")->levels(100).left, 0.1, 1e-4);
  EXPECT_NEAR(sound.opener()("quiet")->levels(100).left, 0.001, 1e-4);
  EXPECT_NEAR(sound.opener()("program")->levels(100).left, 0.101, 1e-4);
  EXPECT_EQ(sound.opener()("absent")->levels(100).left, 0);
  EXPECT_EQ(sound.opener()("none"), nullptr);
}

TEST_F(OfflineSounds, DoNotDependOnWhatWasMeasuredBefore) {
  const auto file = scene_of("[{id: beats, source: beats.wav, volume: 3, loop: true}]");
  const OfflineSound sound(file);
  const auto probe = sound.opener()("program");  // the limiter has a memory, too
  std::vector<content::SoundLevels> forward;
  for (int64_t step = 0; step < 900; ++step) forward.push_back(probe->levels(step));
  for (const int64_t step : {899L, 3L, 610L, 250L, 249L, 700L}) {
    const content::SoundLevels again = probe->levels(step);
    const OfflineSound fresh(file);
    const content::SoundLevels alone = fresh.opener()("program")->levels(step);
    const auto& first = forward[static_cast<size_t>(step)];
    EXPECT_EQ(again, first) << step;
    EXPECT_EQ(alone, first) << step;
  }
}

TEST_F(OfflineSounds, ATrackThatCannotBePlayedIsReportedOnce) {
  OfflineSound sound(scene_of("[{id: gone, source: none.wav}]"));
  const auto probe = sound.opener()("gone");
  EXPECT_EQ(probe->levels(500).left, 0);
  EXPECT_EQ(probe->levels(0).left, 0);
  const auto failures = sound.take_failures();
  ASSERT_EQ(failures.size(), 1U);
  EXPECT_EQ(failures[0].value_path, "audio[0].source");
  EXPECT_TRUE(sound.take_failures().empty());
}

bool same_pixels(const frame::Frame& a, const frame::Frame& b) {
  for (int y = 0; y < a.size().height; ++y) {
    const uint8_t* row = a.plane(0) + y * a.row_bytes(0);
    const uint8_t* other = b.plane(0) + y * b.row_bytes(0);
    if (std::memcmp(row, other, a.packed_row_bytes(0)) != 0) return false;
  }
  return true;
}

render::Renderer renderer_of(const scene::SceneFile& file, int threads) {
  render::OfflineOptions options;
  options.threads = threads;
  options.open_probe = OfflineSound(file).opener();
  return render::offline_renderer(file, options);
}

TEST_F(OfflineSounds, FramesAreTheSameWhereverTheyBegin) {
  const auto file = scene_of(
      "[{id: beats, source: beats.wav, loop: true}, {id: tone, source: tone.wav, delay: 700ms}]",
      "[{id: a, type: overlay, size: [80, 90], content: {type: meter, of: program, smoothing: "
      "500ms}},"
      "{id: b, type: overlay, size: [80, 90], transform: {position: [80, 0]},"
      " content: {type: meter, of: beats, style: spectrum, bands: 16}},"
      "{id: c, type: overlay, size: [80, 90], transform: {position: [160, 0]},"
      " content: {type: meter, of: tone, style: waveform}},"
      "{id: d, type: overlay, size: [80, 90], transform: {position: [240, 0]},"
      " content: {type: meter, of: beats, style: ring}}]");
  render::Renderer whole = renderer_of(file, 1);
  std::vector<frame::FramePtr> frames;
  int changes = 0;
  for (int64_t index = 0; index < 75; ++index) {
    frames.push_back(whole.render(index));
    if (index > 0 && frames[static_cast<size_t>(index) - 1] != frames.back()) ++changes;
  }
  EXPECT_GT(changes, 50);
  for (const int64_t first : {1L, 31L, 60L}) {
    render::Renderer part = renderer_of(file, 3);
    for (int64_t index = first; index < 75; ++index) {
      const frame::FramePtr frame = part.render(index);
      ASSERT_TRUE(same_pixels(*frame, *frames[static_cast<size_t>(index)]))
          << first << ": " << index;
    }
  }
}

}  // namespace
}  // namespace layercast::stream
