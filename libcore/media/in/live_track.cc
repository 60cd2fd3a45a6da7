#include "media/in/live_track.h"

#include "base/check.h"
#include "media/av/input_guard.h"
#include "media/in/decoded_format.h"
#include "media/in/deinterlacer.h"
#include "media/in/video_track.h"
#include "media/sound/audio_source.h"
#include "media/sound/sound_resampler.h"

#include <algorithm>
#include <string>
#include <utility>

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libswresample/swresample.h>
}

namespace layercast::media {
namespace {

using base::ErrorCode;

constexpr AVRational kNanoseconds{1, 1'000'000'000};
constexpr std::chrono::milliseconds kLagMost{700};
constexpr std::chrono::milliseconds kLagLeast{200};
// Some senders refresh their pictures gradually, without keyframes.
constexpr int kSkippedMax = 600;

// A stamp of `track` in nanoseconds; nullopt beyond 100 years, so that differences cannot overflow.
std::optional<int64_t> nanoseconds_of(int64_t stamp, const AVStream& track) {
  constexpr int64_t kMost = int64_t{100} * 366 * 24 * 3600 * kNanoseconds.den;
  if (stamp == AV_NOPTS_VALUE) return std::nullopt;
  const int64_t nanoseconds = av_rescale_q(stamp, track.time_base, kNanoseconds);
  const bool is_sane = nanoseconds >= -kMost && nanoseconds <= kMost;
  return is_sane ? std::optional(nanoseconds) : std::nullopt;
}

base::SizeF display_size_of(AVFormatContext& demuxer, AVStream& track, AVFrame& frame) {
  const AVRational aspect = av_guess_sample_aspect_ratio(&demuxer, &track, &frame);
  const double stretch = aspect.num > 0 && aspect.den > 0 ? av_q2d(aspect) : 1;
  base::SizeF size{frame.width * stretch, static_cast<double>(frame.height)};
  if (orientation_of(track).swaps_sides()) std::swap(size.width, size.height);
  return size;
}

}  // namespace

std::optional<int64_t> stamp_of(const AVPacket& packet, const AVStream& track) {
  const int64_t stamp = packet.dts != AV_NOPTS_VALUE ? packet.dts : packet.pts;
  return nanoseconds_of(stamp, track);
}

// ---- Pictures -----------------------------------------------------------------------------------

LiveVideoTrack::LiveVideoTrack(AVFormatContext& demuxer, int track)
    : demuxer_(demuxer), track_(*demuxer.streams[track]), maker_(orientation_of(track_)) {}

base::Result<std::unique_ptr<LiveVideoTrack>> LiveVideoTrack::open(AVFormatContext& demuxer,
                                                                   int track) {
  std::unique_ptr<LiveVideoTrack> opened(new LiveVideoTrack(demuxer, track));
  opened->decoder_ = video_decoder_for(opened->track_, 0, Decoding::kAtOnce);
  if (opened->decoder_ == nullptr) {
    const AVCodecID id = opened->track_.codecpar->codec_id;
    return base::unsupported(std::string("no decoder for ") + avcodec_get_name(id));
  }
  const int result = avcodec_open2(opened->decoder_.get(), nullptr, nullptr);
  if (result < 0) return refusal(result, "cannot decode", {}, ErrorCode::kInvalidInput);
  return opened;
}

base::Result<void> LiveVideoTrack::decode(const AVPacket& packet, const Sink& sink) {
  const bool is_keyframe = (packet.flags & AV_PKT_FLAG_KEY) != 0;
  if (awaits_keyframe_ && !is_keyframe && ++skipped_ < kSkippedMax) return {};
  skipped_ = 0;
  if (std::exchange(awaits_keyframe_, false)) avcodec_flush_buffers(decoder_.get());
  avcodec_send_packet(decoder_.get(), &packet);
  for (;;) {
    LibavFramePtr frame = new_frame();
    if (avcodec_receive_frame(decoder_.get(), frame.get()) < 0) return {};
    if (is_image_decoder(*decoder_)) frame->interlaced_frame = 0;
    complete_colors(*frame, *track_.codecpar);
    TRY_DO(take(std::move(frame), sink));
  }
}

void LiveVideoTrack::note_lag(std::chrono::nanoseconds lag) {
  if (lag > kLagMost) decoder_->skip_frame = AVDISCARD_NONREF;
  if (lag < kLagLeast) decoder_->skip_frame = AVDISCARD_DEFAULT;
}

base::Result<void> LiveVideoTrack::take(LibavFramePtr frame, const Sink& sink) {
  if (waiting_ != nullptr) {
    LibavFramePtr whole = deinterlaced(before_.get(), *waiting_, frame.get());
    before_ = std::exchange(waiting_, nullptr);
    TRY_DO(show(std::move(whole), sink));
  }
  if (is_interlaced(*frame)) {
    waiting_ = std::move(frame);
    return {};
  }
  before_ = new_frame();
  LAYERCAST_CHECK(av_frame_ref(before_.get(), frame.get()) >= 0);
  return show(std::move(frame), sink);
}

base::Result<void> LiveVideoTrack::show(LibavFramePtr frame, const Sink& sink) {
  LivePicture shown;
  shown.display_size = display_size_of(demuxer_, track_, *frame);
  last_stamp_ = nanoseconds_of(frame->best_effort_timestamp, track_).value_or(last_stamp_);
  shown.stamp = last_stamp_;
  TRY(shown.picture, maker_.picture_of(std::move(frame)));
  sink(std::move(shown));
  return {};
}

// ---- Sound --------------------------------------------------------------------------------------

LiveSoundTrack::LiveSoundTrack(const AVStream& track) : track_(track), frame_(new_frame()) {}

std::unique_ptr<LiveSoundTrack> LiveSoundTrack::open(const AVStream& track) {
  const AVCodec* codec = avcodec_find_decoder(track.codecpar->codec_id);
  if (codec != nullptr && !is_allowed_decoder(codec->name)) codec = nullptr;
  if (codec == nullptr) return nullptr;
  std::unique_ptr<LiveSoundTrack> opened(new LiveSoundTrack(track));
  opened->decoder_.reset(avcodec_alloc_context3(codec));
  LAYERCAST_CHECK(opened->decoder_ != nullptr);
  AVCodecContext* decoder = opened->decoder_.get();
  if (avcodec_parameters_to_context(decoder, track.codecpar) < 0) return nullptr;
  decoder->pkt_timebase = track.time_base;
  return avcodec_open2(decoder, codec, nullptr) < 0 ? nullptr : std::move(opened);
}

// Makes a resampler for the format of `decoded` unless it has one; returns false if there is none.
bool LiveSoundTrack::follows(const AVFrame& decoded) {
  const int channels = decoded.ch_layout.nb_channels;
  if (resampler_ != nullptr && decoded.sample_rate == rate_ && decoded.format == format_ &&
      channels == channels_) {
    return true;
  }
  resampler_ = sound_resampler_for(decoded);
  rate_ = decoded.sample_rate;
  format_ = decoded.format;
  channels_ = channels;
  return resampler_ != nullptr;
}

void LiveSoundTrack::decode(const AVPacket& packet, const Sink& sink) {
  avcodec_send_packet(decoder_.get(), &packet);
  while (avcodec_receive_frame(decoder_.get(), frame_.get()) >= 0) {
    if (!follows(*frame_)) continue;
    if (const auto stamp = nanoseconds_of(frame_->best_effort_timestamp, track_)) {
      // The samples that the resampler still buffers come first.
      next_stamp_ = *stamp - swr_get_delay(resampler_.get(), kNanoseconds.den);
    }
    const int room = swr_get_out_samples(resampler_.get(), frame_->nb_samples);
    samples_.resize(static_cast<size_t>(std::max(0, room)) * kAudioChannels);
    auto* out = reinterpret_cast<uint8_t*>(samples_.data());
    const int made =
        swr_convert(resampler_.get(), &out, room,
                    const_cast<const uint8_t**>(frame_->extended_data), frame_->nb_samples);
    if (made <= 0) continue;
    sink({samples_.data(), static_cast<size_t>(made) * kAudioChannels}, next_stamp_);
    next_stamp_ += int64_t{made} * kNanoseconds.den / kAudioRate;
  }
}

}  // namespace layercast::media
