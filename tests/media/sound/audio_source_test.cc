#include "media/sound/audio_source.h"

#include "tests/media/read_back.h"

#include <gmock/gmock.h>

namespace layercast::media::test {
namespace {

using base::ErrorCode;
using ::testing::HasSubstr;

std::vector<float> read_seconds(AudioSource& source, double seconds) {
  std::vector<float> samples(static_cast<size_t>(seconds * kAudioRate) * kAudioChannels, 9);
  // Odd lengths, so that chunks and packets do not fall together.
  for (size_t done = 0; done < samples.size();) {
    const size_t count = std::min<size_t>(1602, samples.size() - done);
    source.read(std::span(samples).subspan(done, count));
    done += count;
  }
  return samples;
}

std::vector<float> channel(const std::vector<float>& samples, size_t index) {
  std::vector<float> one;
  for (size_t i = index; i < samples.size(); i += kAudioChannels) one.push_back(samples[i]);
  return one;
}

TEST(AudioSource, SilenceIsSilent) {
  const auto source = silent_source();
  EXPECT_EQ(loudness(read_seconds(*source, 0.1), 0, 0.2), 0);
}

TEST(AudioSource, FileIsExactAtItsOwnRate) {
  const TemporaryFolder folder;
  write_sine(folder / "a.wav", 0.5, 48000, 1000);
  const auto source = open_audio_file(folder / "a.wav");
  ASSERT_TRUE(source.ok());
  const auto left = channel(read_seconds(*source.value(), 0.5), 0);
  constexpr double kPi = 3.14159265358979323846;
  for (size_t i = 0; i < left.size(); ++i) {
    const double expected =
        std::round(16000 * std::sin(2 * kPi * 1000 * static_cast<double>(i) / 48000)) / 32768.0;
    ASSERT_NEAR(double{left[i]}, expected, 1e-6) << i;
  }
}

TEST(AudioSource, FileIsResampledAndChannelsStayApart) {
  const TemporaryFolder folder;
  write_sine(folder / "a.wav", 0.5, 44100, 1000);
  const auto source = open_audio_file(folder / "a.wav");
  ASSERT_TRUE(source.ok());
  const auto samples = read_seconds(*source.value(), 1);
  const auto left = channel(samples, 0);
  EXPECT_NEAR(loudness(left, 0.05, 0.45), 16000 / 32768.0 / std::sqrt(2.0), 0.005);
  EXPECT_NEAR(double{left[12012]}, 16000 / 32768.0, 0.01);  // 250.25 ms: a quarter of a period on
  EXPECT_LT(loudness(channel(samples, 1), 0, 1), 1e-6);
}

TEST(AudioSource, FileIsFollowedBySilence) {
  const TemporaryFolder folder;
  write_sine(folder / "a.wav", 0.25, 48000, 1000);
  const auto source = open_audio_file(folder / "a.wav");
  const auto left = channel(read_seconds(*source.value(), 1), 0);
  EXPECT_GT(loudness(left, 0.24, 0.25), 0.3);
  EXPECT_EQ(loudness(left, 0.2501, 1), 0);
}

TEST(AudioSource, VideoFilesGiveTheirSound) {
  const TemporaryFolder folder;
  write_sine(folder / "a.wav", 0.5, 48000, 1000);
  EncodingRequest request = request_for({folder / "a.mp4"});
  request.audio = {AudioKind::kFile, folder / "a.wav"};
  ASSERT_TRUE(encode(request).ok());
  const auto source = open_audio_file(folder / "a.mp4");
  ASSERT_TRUE(source.ok()) << source.error().to_string();
  const auto left = channel(read_seconds(*source.value(), 0.6), 0);
  EXPECT_NEAR(loudness(left, 0.05, 0.45), 16000 / 32768.0 / std::sqrt(2.0), 0.01);
}

TEST(AudioSource, WhatCannotBeReadAsSoundIsInvalid) {
  const TemporaryFolder folder;
  std::ofstream(folder / "text.wav") << "no sound in here";
  std::ofstream(folder / "empty.wav") << "";
  EncodingRequest request = request_for({folder / "mute.mp4"});
  request.audio.kind = AudioKind::kNone;
  ASSERT_TRUE(encode(request).ok());
  for (const char* name : {"text.wav", "empty.wav", "none.wav", "mute.mp4", ""}) {
    const auto source = open_audio_file(folder / name);
    ASSERT_FALSE(source.ok()) << name;
    EXPECT_EQ(source.error().code, ErrorCode::kInvalidInput) << name;
    EXPECT_EQ(source.error().where, folder / name);
  }
  EXPECT_EQ(open_audio_file(folder / "mute.mp4").error().message, "the file contains no sound");
  EXPECT_THAT(open_audio_file(folder / "none.wav").error().message,
              HasSubstr("No such file or directory"));
}

TEST(AudioSource, TruncatedFileGivesWhatThereIs) {
  const TemporaryFolder folder;
  write_sine(folder / "a.wav", 0.5, 48000, 1000);
  std::filesystem::resize_file(folder / "a.wav", 44 + 4 * 12000);
  const auto source = open_audio_file(folder / "a.wav");
  ASSERT_TRUE(source.ok());
  const auto left = channel(read_seconds(*source.value(), 0.5), 0);
  EXPECT_GT(loudness(left, 0, 0.25), 0.3);
  EXPECT_EQ(loudness(left, 0.2501, 0.5), 0);
}

// A playlist opens what it names: nothing but local files.
TEST(AudioSource, PlaylistReachesNoNetwork) {
  const TemporaryFolder folder;
  std::ofstream(folder / "a.m3u8") << "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n"
                                      "http://127.0.0.1:9/a.ts\n#EXT-X-ENDLIST\n";
  const auto source = open_audio_file(folder / "a.m3u8");
  ASSERT_FALSE(source.ok());
  EXPECT_EQ(source.error().code, ErrorCode::kForbidden);
}

}  // namespace
}  // namespace layercast::media::test
