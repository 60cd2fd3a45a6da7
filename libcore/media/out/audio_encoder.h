#pragma once

#include "base/error.h"
#include "base/time.h"
#include "media/av/libav.h"
#include "media/out/container.h"
#include "media/out/packets.h"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace layercast::media {

/// The number of samples that last as long as `frames` frames, rounded to nearest.
int64_t samples_until(int64_t frames, base::FrameRate rate);

/// The libavcodec encoder for a user's `name`: `aac`, `opus`, `flac`, `pcm`, or the name of an
/// encoder. Errors: kInvalidInput listing the known names.
base::Result<std::string> audio_encoder_named(const std::string& name);

/// Succeeds when `container` can hold the output of the encoder. Errors: kInvalidInput.
base::Result<void> check_can_hold_sound(const Container& container, const std::string& encoder_name,
                                        const std::string& output);

/// Encodes stereo sound at kAudioRate into packets. Packet times count samples.
/// Thread: one at a time.
class AudioEncoder {
 public:
  /// Opens the encoder `name`. Errors: kUnsupported when this build of libavcodec lacks it.
  static base::Result<std::unique_ptr<AudioEncoder>> open(std::string_view name);

  /// Takes the samples (left, right, left …; 1 is full scale) that follow the previous ones, and
  /// encodes all whole packets. Errors: kInternal.
  base::Result<void> encode(std::span<const float> samples, const PacketSink& sink);
  /// Encodes the remaining samples and drains the encoder, which takes no samples afterwards.
  base::Result<void> flush(const PacketSink& sink);

  const AVCodecContext& context() const { return *context_; }

 private:
  explicit AudioEncoder(CodecContextPtr context)
      : context_(std::move(context)), packet_(new_packet()) {}
  size_t packet_samples() const;
  base::Result<void> encode_packet(std::span<const float> samples, const PacketSink& sink);

  CodecContextPtr context_;
  PacketPtr packet_;
  std::vector<float> waiting_;  ///< Samples of an incomplete packet.
  int64_t samples_sent_ = 0;
};

}  // namespace layercast::media
