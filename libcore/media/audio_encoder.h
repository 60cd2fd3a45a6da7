#pragma once

#include "base/error.h"
#include "base/time.h"
#include "media/container.h"
#include "media/libav.h"
#include "media/packets.h"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace layercast::media {

/// How many samples have passed when `frames` frames have, to the nearest one.
int64_t samples_until(int64_t frames, base::FrameRate rate);

/// The encoder that users call `name`: `aac`, `opus`, `flac`, `pcm`, or libavcodec's own name.
/// Errors: kInvalidInput listing what is known.
base::Result<std::string> audio_encoder_named(const std::string& name);

/// Succeeds when `container` can hold what the encoder makes. Errors: kInvalidInput.
base::Result<void> check_can_hold_sound(const Container& container, const std::string& encoder_name,
                                        const std::string& output);

/// Stereo sound at kAudioRate in, packets out. Packet times count samples.
/// Thread: one at a time.
class AudioEncoder {
 public:
  /// Errors: kUnsupported when this build of libavcodec has no encoder `name`.
  static base::Result<std::unique_ptr<AudioEncoder>> open(std::string_view name);

  /// Takes the samples (left, right, left …; 1 is full scale) that follow the last ones, and
  /// encodes as many whole packets as there are.
  base::Result<void> encode(std::span<const float> samples, const PacketSink& sink);
  /// Encodes what is left and empties the encoder; nothing can be encoded afterwards.
  base::Result<void> flush(const PacketSink& sink);

  const AVCodecContext& context() const { return *context_; }

 private:
  explicit AudioEncoder(CodecContextPtr context)
      : context_(std::move(context)), packet_(new_packet()) {}
  size_t packet_samples() const;
  base::Result<void> encode_packet(std::span<const float> samples, const PacketSink& sink);

  CodecContextPtr context_;
  PacketPtr packet_;
  std::vector<float> waiting_;  ///< Less than a packet.
  int64_t samples_sent_ = 0;
};

}  // namespace layercast::media
