#include "media/out/audio_encoder.h"

#include "base/check.h"
#include "media/sound/audio_source.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <string>
#include <type_traits>

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/channel_layout.h>
#include <libavutil/samplefmt.h>
}

namespace layercast::media {
namespace {

using base::ErrorCode;

constexpr int64_t kBitrate = 160'000;
constexpr size_t kPacketSamplesAny = 1024;  // for encoders that take any number

struct Alias {
  std::string_view name;
  const char* encoder;
};
constexpr std::array kAliases = {Alias{"aac", "aac"}, Alias{"opus", "libopus"},
                                 Alias{"flac", "flac"}, Alias{"pcm", "pcm_s16le"}};

// In the order of preference.
constexpr std::array kFormats = {AV_SAMPLE_FMT_FLT,  AV_SAMPLE_FMT_FLTP, AV_SAMPLE_FMT_S16,
                                 AV_SAMPLE_FMT_S16P, AV_SAMPLE_FMT_S32,  AV_SAMPLE_FMT_S32P};

template <class Sample>
Sample converted(float sample) {
  if constexpr (std::is_same_v<Sample, float>) {
    return sample;
  } else {
    // Exact for a source with as many bits; full scale is one above the largest integer.
    constexpr double kScale = 1.0 + std::numeric_limits<Sample>::max();
    const double scaled = std::floor(double{sample} * kScale + 0.5);
    return static_cast<Sample>(std::clamp(scaled, -kScale, kScale - 1));
  }
}

template <class Sample>
void fill_with(AVFrame& frame, std::span<const float> samples) {
  const bool is_planar = av_sample_fmt_is_planar(static_cast<AVSampleFormat>(frame.format)) != 0;
  for (size_t i = 0; i < samples.size(); ++i) {
    const size_t channel = is_planar ? i % kAudioChannels : 0;
    const size_t place = is_planar ? i / kAudioChannels : i;
    reinterpret_cast<Sample*>(frame.data[channel])[place] = converted<Sample>(samples[i]);
  }
}

// Deinterleaved for planar formats.
void fill(AVFrame& frame, std::span<const float> samples) {
  switch (av_get_packed_sample_fmt(static_cast<AVSampleFormat>(frame.format))) {
    case AV_SAMPLE_FMT_S16:
      return fill_with<int16_t>(frame, samples);
    case AV_SAMPLE_FMT_S32:
      return fill_with<int32_t>(frame, samples);
    default:
      return fill_with<float>(frame, samples);
  }
}

AVSampleFormat sample_format_of(const AVCodec& encoder) {
  for (const AVSampleFormat wanted : kFormats) {
    for (const AVSampleFormat* format = encoder.sample_fmts;
         format != nullptr && *format != AV_SAMPLE_FMT_NONE; ++format) {
      if (*format == wanted) return wanted;
    }
  }
  return AV_SAMPLE_FMT_NONE;
}

}  // namespace

base::Result<std::string> audio_encoder_named(const std::string& name) {
  const auto alias = std::ranges::find(kAliases, name, &Alias::name);
  const std::string encoder_name = alias != kAliases.end() ? alias->encoder : name;
  const AVCodec* encoder = avcodec_find_encoder_by_name(encoder_name.c_str());
  if (encoder != nullptr && encoder->type == AVMEDIA_TYPE_AUDIO) return encoder_name;
  return base::invalid_input(
      "unknown audio codec " + name +
      ", expected aac, opus, flac, pcm, or the name of a libavcodec encoder");
}

base::Result<void> check_can_hold_sound(const Container& container, const std::string& encoder_name,
                                        const std::string& output) {
  const AVCodec* encoder = avcodec_find_encoder_by_name(encoder_name.c_str());
  const AVOutputFormat* muxer =
      av_guess_format(std::string(container.muxer).c_str(), nullptr, nullptr);
  bool holds = encoder != nullptr && muxer != nullptr &&
               avformat_query_codec(muxer, encoder->id, FF_COMPLIANCE_NORMAL) == 1;
  // The MPEG-TS muxer accepts any codec, and writes unknown ones as private data.
  if (container.muxer == "mpegts" || container.muxer == "hls") {
    holds =
        encoder != nullptr && (encoder->id == AV_CODEC_ID_AAC || encoder->id == AV_CODEC_ID_MP3 ||
                               encoder->id == AV_CODEC_ID_MP2 || encoder->id == AV_CODEC_ID_AC3);
  }
  if (holds) return {};
  return base::invalid_input(std::string(container.name) + " cannot hold " + encoder_name +
                                 " sound; choose another audio codec, or the container mkv",
                             output);
}

int64_t samples_until(int64_t frames, base::FrameRate rate) {
  const base::SceneTime end = rate.time_of(frames);
  return (2 * kAudioRate * end.numerator + end.denominator) / (2 * end.denominator);
}

base::Result<std::unique_ptr<AudioEncoder>> AudioEncoder::open(std::string_view name) {
  const LibraryLog log;
  const std::string action = "cannot encode " + std::string(name) + " sound";
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
