#pragma once

#include "media/sound/audio_feed.h"
#include "media/sound/audio_source.h"

#include <cstdint>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

namespace layercast::media::test {

/// A WAV file of `samples` at `rate` that are `value` of their index, in parts of 32768; the right
/// channel is the left one's negative.
inline void write_wav(const std::string& path, int rate, int64_t samples,
                      const std::function<int(int64_t)>& value) {
  std::ofstream file(path, std::ios::binary);
  const auto number = [&](uint32_t n, int bytes) {
    for (int i = 0; i < bytes; ++i) file.put(static_cast<char>(n >> (8 * i)));
  };
  const auto bytes = static_cast<uint32_t>(samples * 4);
  file << "RIFF";
  number(36 + bytes, 4);
  file << "WAVEfmt ";
  number(16, 4);
  number(1, 2);
  number(2, 2);
  number(static_cast<uint32_t>(rate), 4);
  number(static_cast<uint32_t>(rate) * 4, 4);
  number(4, 2);
  number(16, 2);
  file << "data";
  number(bytes, 4);
  for (int64_t i = 0; i < samples; ++i) {
    const int left = value(i);
    number(static_cast<uint16_t>(static_cast<int16_t>(left)), 2);
    number(static_cast<uint16_t>(static_cast<int16_t>(-left)), 2);
  }
}

/// A number that tells a sample from others; never 0.
inline int mark_of(int64_t sample) { return static_cast<int>(sample * 7919 % 30011) + 1; }

/// The left channel of what the feed gives, in parts of 32768.
inline std::vector<float> left_of(AudioFeed& feed, int64_t first, int64_t count) {
  std::vector<float> samples(static_cast<size_t>(count) * kAudioChannels, 9);
  feed.read(first, samples);
  std::vector<float> left;
  for (size_t i = 0; i < samples.size(); i += 2) left.push_back(samples[i] * 32768);
  return left;
}

}  // namespace layercast::media::test
