#include "media/audio_encoder.h"

#include "base/check.h"
#include "media/audio_source.h"

#include <algorithm>
#include <string>

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavutil/channel_layout.h>
}

namespace layercast::media {
namespace {

using base::ErrorCode;

constexpr int64_t kBitrate = 160'000;
constexpr size_t kPacketSamplesAny = 1024;  // for encoders that take any number

// Deinterleaved for planar formats.
void fill(AVFrame& frame, std::span<const float> samples) {
  if (frame.format == AV_SAMPLE_FMT_FLT) {
    std::copy(samples.begin(), samples.end(), reinterpret_cast<float*>(frame.data[0]));
    return;
  }
  for (int channel = 0; channel < kAudioChannels; ++channel) {
    auto* out = reinterpret_cast<float*>(frame.data[channel]);
    const float* in = samples.data() + channel;
    for (int i = 0; i < frame.nb_samples; ++i) {
      out[i] = in[ptrdiff_t{i} * kAudioChannels];
    }
  }
}

AVSampleFormat sample_format_of(const AVCodec& encoder) {
  for (const AVSampleFormat* format = encoder.sample_fmts;
       format != nullptr && *format != AV_SAMPLE_FMT_NONE; ++format) {
    if (*format == AV_SAMPLE_FMT_FLT || *format == AV_SAMPLE_FMT_FLTP) return *format;
  }
  return AV_SAMPLE_FMT_NONE;
}

}  // namespace

int64_t samples_until(int64_t frames, base::FrameRate rate) {
  const base::SceneTime end = rate.time_of(frames);
  return (2 * kAudioRate * end.numerator + end.denominator) / (2 * end.denominator);
}

base::Result<std::unique_ptr<AudioEncoder>> AudioEncoder::open(std::string_view name) {
  const LibraryLog log;
  const std::string action = "cannot make " + std::string(name) + " sound";
  const AVCodec* encoder = avcodec_find_encoder_by_name(std::string(name).c_str());
  if (encoder == nullptr) {
    return refusal(AVERROR_ENCODER_NOT_FOUND, action, {}, ErrorCode::kUnsupported);
  }
  CodecContextPtr context(avcodec_alloc_context3(encoder));
  LAYERCAST_CHECK(context != nullptr);
  context->sample_fmt = sample_format_of(*encoder);
  context->sample_rate = kAudioRate;
  context->time_base = {1, kAudioRate};
  context->bit_rate = kBitrate;
  context->ch_layout = AV_CHANNEL_LAYOUT_STEREO;
  context->flags |= AV_CODEC_FLAG_BITEXACT | AV_CODEC_FLAG_GLOBAL_HEADER;
  const int opened = avcodec_open2(context.get(), encoder, nullptr);
  if (opened < 0) return refusal(opened, action, {}, ErrorCode::kUnsupported);
  return std::unique_ptr<AudioEncoder>(new AudioEncoder(std::move(context)));
}

size_t AudioEncoder::packet_samples() const {
  if (context_->frame_size <= 0) return kPacketSamplesAny;
  return static_cast<size_t>(context_->frame_size);
}

base::Result<void> AudioEncoder::encode(std::span<const float> samples, const PacketSink& sink) {
  const size_t packet_floats = packet_samples() * kAudioChannels;
  waiting_.insert(waiting_.end(), samples.begin(), samples.end());
  size_t done = 0;
  for (; waiting_.size() - done >= packet_floats; done += packet_floats) {
    TRY_DO(encode_packet(std::span(waiting_).subspan(done, packet_floats), sink));
  }
  waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<ptrdiff_t>(done));
  return {};
}

base::Result<void> AudioEncoder::flush(const PacketSink& sink) {
  if (!waiting_.empty()) TRY_DO(encode_packet(waiting_, sink));
  waiting_.clear();
  return encode_frame(*context_, nullptr, *packet_, sink);
}

base::Result<void> AudioEncoder::encode_packet(std::span<const float> samples,
                                               const PacketSink& sink) {
  const LibavFramePtr frame = new_frame();
  frame->format = context_->sample_fmt;
  frame->sample_rate = kAudioRate;
  frame->nb_samples = static_cast<int>(samples.size()) / kAudioChannels;
  frame->pts = samples_sent_;
  frame->ch_layout = AV_CHANNEL_LAYOUT_STEREO;
  LAYERCAST_CHECK(av_frame_get_buffer(frame.get(), 0) >= 0);
  fill(*frame, samples);
  samples_sent_ += frame->nb_samples;
  return encode_frame(*context_, frame.get(), *packet_, sink);
}

}  // namespace layercast::media
