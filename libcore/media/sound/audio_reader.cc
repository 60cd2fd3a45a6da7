#include "media/sound/audio_reader.h"

#include "base/check.h"
#include "media/av/input_guard.h"
#include "media/av/time_origin.h"
#include "media/sound/audio_source.h"
#include "media/sound/sound_resampler.h"

#include <algorithm>
#include <utility>

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libswresample/swresample.h>
}

namespace layercast::media {
namespace {

using base::ErrorCode;

constexpr const char* kFileProtocols = "file";

// Containers round times, some to 1 ms and some to a packet: smaller gaps than this are ignored.
constexpr int64_t kTolerance = kAudioRate / 20;
// A larger gap than this is a jump of the file's clock, not a pause.
constexpr int64_t kPauseMax = int64_t{600} * kAudioRate;
constexpr int64_t kSilenceAtOnce = 4096;
// After this many samples, a decoder or resampler with memory gives the same samples as always.
constexpr int64_t kLeadIn = kAudioRate / 2;

// The video track; cover art does not count.
const AVStream* video_of(AVFormatContext& demuxer) {
  const int track = av_find_best_stream(&demuxer, AVMEDIA_TYPE_VIDEO, -1, -1, nullptr, 0);
  if (track < 0) return nullptr;
  const AVStream* video = demuxer.streams[track];
  return (video->disposition & AV_DISPOSITION_ATTACHED_PIC) == 0 ? video : nullptr;
}

void keep_only(AVFormatContext& demuxer, int track) {
  for (unsigned i = 0; i < demuxer.nb_streams; ++i) {
    if (static_cast<int>(i) != track) demuxer.streams[i]->discard = AVDISCARD_ALL;
  }
}

int open_file(const std::string& path, FileInput& file, DemuxerPtr& demuxer) {
  AVDictionary* options = nullptr;
  set_input_limits(&options);
  av_dict_set(&options, "protocol_whitelist", kFileProtocols, 0);
  av_dict_set(&options, "format_whitelist", self_contained_formats().c_str(), 0);
  AVFormatContext* context = nullptr;
  int result = file.open(&context, path, &options);
  av_dict_free(&options);
  demuxer.reset(context);
  if (result < 0) return result;
  result = find_streams(context);
  return std::min(result, 0);
}

size_t floats(int64_t samples) { return static_cast<size_t>(samples) * kAudioChannels; }

}  // namespace

AudioReader::AudioReader(AudioOrigin origin)
    : origin_kind_(origin), packet_(new_packet()), frame_(new_frame()) {}
AudioReader::~AudioReader() = default;

// ---- Opening ------------------------------------------------------------------------------------

int AudioReader::open_decoder() {
  const AVCodec* codec = nullptr;
  track_ = av_find_best_stream(demuxer_.get(), AVMEDIA_TYPE_AUDIO, -1, -1, &codec, 0);
  if (track_ < 0) return track_;
  if (codec == nullptr || !is_allowed_decoder(codec->name)) return AVERROR_DECODER_NOT_FOUND;
  const AVStream& stream = *demuxer_->streams[track_];
  decoder_.reset(avcodec_alloc_context3(codec));
  LAYERCAST_CHECK(decoder_ != nullptr);
  const int result = avcodec_parameters_to_context(decoder_.get(), stream.codecpar);
  if (result < 0) return result;
  decoder_->pkt_timebase = stream.time_base;  // for the exact removal of the encoder delay
  return avcodec_open2(decoder_.get(), codec, nullptr);
}

void AudioReader::find_origin() {
  const AVStream* video = origin_kind_ == AudioOrigin::kVideo ? video_of(*demuxer_) : nullptr;
  has_origin_ = video != nullptr;
  const AVStream& track = has_origin_ ? *video : *demuxer_->streams[track_];
  if (track.start_time != AV_NOPTS_VALUE) {
    const int64_t origin = time_origin(*demuxer_, track, track.start_time);
    // Without a video, the first sample counts, which may be after the start of the track.
    has_origin_ = has_origin_ || origin != track.start_time;
    if (has_origin_) origin_ = av_rescale_q(origin, track.time_base, {1, kAudioRate});
  }
  keep_only(*demuxer_, track_);
}

base::Result<std::unique_ptr<AudioReader>> AudioReader::open(const std::string& path,
                                                             AudioOrigin origin) {
  const LibraryLog log;
  std::unique_ptr<AudioReader> reader(new AudioReader(origin));
  int result = open_file(path, reader->file_, reader->demuxer_);
  if (reader->file_.refusal()) return *reader->file_.refusal();
  if (result >= 0) result = reader->open_decoder();
  if (result == AVERROR_STREAM_NOT_FOUND) return std::unique_ptr<AudioReader>();
  if (result < 0 && is_unlisted_format()) return unlisted_format(path);
  if (result < 0) return refusal(result, "cannot read sound", path, ErrorCode::kInvalidInput);
  reader->find_origin();
  reader->decode_more();
  if (reader->ready_.empty()) {
    return base::invalid_input("the file contains no sound that can be decoded", path);
  }
  return reader;
}

// ---- Seeking ------------------------------------------------------------------------------------

// Seeks to the packets before `place` and resets the state, as if they were the first ones.
bool AudioReader::leap(int64_t place) {
  const int64_t wanted = place + origin_ + stamps_are_ahead_;
  const auto goes_by = [&](const AVStream& way) {
    const int64_t stamp = av_rescale_q(wanted, {1, kAudioRate}, way.time_base);
    return av_seek_frame(demuxer_.get(), way.index, stamp, AVSEEK_FLAG_BACKWARD) >= 0;
  };
  // Some files have an index of their video only.
  const AVStream* video = video_of(*demuxer_);
  if (!goes_by(*demuxer_->streams[track_]) && (video == nullptr || !goes_by(*video))) return false;
  avcodec_flush_buffers(decoder_.get());
  av_frame_unref(frame_.get());
  resampler_.reset();
  rate_ = 0;
  taken_ = made_ = silence_due_ = to_drop_ = 0;
  frame_waits_ = input_ended_ = ended_ = was_given_ = false;
  return true;
}

bool AudioReader::seek(int64_t place) {
  const LibraryLog log;
  if (!leap(place - kLeadIn)) return false;
  // The first packet may be damaged: the first frame that can be decoded counts.
  while (avcodec_receive_frame(decoder_.get(), frame_.get()) < 0) {
    if (input_ended_) return false;
    read_packet();
  }
  if (frame_->pts == AV_NOPTS_VALUE) return false;
  first_sample_ = resampled_from_ = place_of(*frame_);
  if (first_sample_ > place) return false;
  frame_waits_ = true;
  decode_more();
  return !ready_.empty();
}

// ---- Reading ------------------------------------------------------------------------------------

std::span<const float> AudioReader::next() {
  if (was_given_) decode_more();
  was_given_ = true;
  return ready_;
}

void AudioReader::read_packet() {
  const int result = av_read_frame(demuxer_.get(), packet_.get());
  if (result < 0) {
    input_ended_ = true;
    avcodec_send_packet(decoder_.get(), nullptr);
    return;
  }
  // Skips a damaged packet: the next one may be intact.
  if (packet_->stream_index == track_) avcodec_send_packet(decoder_.get(), packet_.get());
  av_packet_unref(packet_.get());
}

// Replaces `ready_` by the next samples; it is empty at the end.
void AudioReader::decode_more() {
  ready_.clear();
  while (ready_.empty() && !ended_) {
    if (frame_waits_) {
      resample_frame();
      continue;
    }
    const int result = avcodec_receive_frame(decoder_.get(), frame_.get());
    if (result >= 0) {
      keep_time(*frame_);
      frame_waits_ = true;
    } else if (!input_ended_) {
      read_packet();  // the decoder needs more, or its last packet was damaged
    } else {
      ended_ = true;
      if (resampler_ != nullptr) resample(nullptr);
      drop_repeated();
    }
  }
  made_ += static_cast<int64_t>(ready_.size()) / kAudioChannels;
}

// ---- Time ---------------------------------------------------------------------------------------

int64_t AudioReader::place_of(const AVFrame& decoded) const {
  const AVRational base = demuxer_->streams[track_]->time_base;
  return av_rescale_q(decoded.pts, base, {1, kAudioRate}) - origin_ - stamps_are_ahead_;
}

// Determines how much silence to insert or how many samples to drop before `decoded`.
void AudioReader::keep_time(const AVFrame& decoded) {
  const bool has_time = decoded.pts != AV_NOPTS_VALUE;
  if (!std::exchange(knows_first_, true)) {
    // Without a video as the origin, the first sample is the origin.
    if (has_time && !has_origin_) stamps_are_ahead_ = place_of(decoded);
    first_sample_ = has_time ? place_of(decoded) : 0;
    if (std::abs(first_sample_) > kPauseMax) first_sample_ = 0;
    resampled_from_ = first_sample_;
    return;
  }
  if (!has_time) return;
  const int64_t expected =
      resampled_from_ + (rate_ > 0 ? av_rescale(taken_, kAudioRate, rate_) : taken_);
  const int64_t gap = place_of(decoded) - expected;
  if (std::abs(gap) <= kTolerance) return;
  if (std::abs(gap) > kPauseMax) {
    stamps_are_ahead_ += gap;
    return;
  }
  if (resampler_ != nullptr) resample(nullptr);
  resampler_.reset();
  const int64_t end =
      first_sample_ + made_ + static_cast<int64_t>(ready_.size()) / kAudioChannels - to_drop_;
  resampled_from_ = place_of(decoded);
  taken_ = 0;
  silence_due_ = std::max<int64_t>(0, resampled_from_ - end);
  to_drop_ += std::max<int64_t>(0, end - resampled_from_);
}

void AudioReader::drop_repeated() {
  const int64_t there = static_cast<int64_t>(ready_.size()) / kAudioChannels;
  const int64_t dropped = std::min(there, to_drop_);
  ready_.erase(ready_.begin(), ready_.begin() + static_cast<ptrdiff_t>(floats(dropped)));
  to_drop_ -= dropped;
}

// Appends the silence before the waiting frame to `ready_`, or else that frame.
void AudioReader::resample_frame() {
  if (silence_due_ > 0) {
    const int64_t count = std::min(silence_due_, kSilenceAtOnce);
    ready_.resize(ready_.size() + floats(count), 0.0F);
    silence_due_ -= count;
    return;
  }
  frame_waits_ = false;
  if (follows(*frame_)) {
    resample(frame_.get());
    drop_repeated();
  }
  taken_ += frame_->nb_samples;
  av_frame_unref(frame_.get());
}

// ---- Resampling ---------------------------------------------------------------------------------

// Makes a resampler for the format of `decoded` unless it has one; returns false if there is none.
bool AudioReader::follows(const AVFrame& decoded) {
  const int channels = decoded.ch_layout.nb_channels;
  if (resampler_ != nullptr && decoded.sample_rate == rate_ && decoded.format == format_ &&
      channels == channels_) {
    return true;
  }
  if (resampler_ != nullptr) resample(nullptr);
  if (rate_ > 0) resampled_from_ += av_rescale(std::exchange(taken_, 0), kAudioRate, rate_);
  resampler_ = sound_resampler_for(decoded);
  rate_ = decoded.sample_rate;
  format_ = decoded.format;
  channels_ = channels;
  return resampler_ != nullptr;
}

// Appends the resampled frame to `ready_`; without a frame, drains the resampler.
void AudioReader::resample(const AVFrame* decoded) {
  const int given = decoded != nullptr ? decoded->nb_samples : 0;
  const int room = swr_get_out_samples(resampler_.get(), given);
  if (room <= 0) return;
  const size_t before = ready_.size();
  ready_.resize(before + floats(room));
  auto* out = reinterpret_cast<uint8_t*>(ready_.data() + before);
  const auto** in =
      decoded != nullptr ? const_cast<const uint8_t**>(decoded->extended_data) : nullptr;
  const int made = std::max(0, swr_convert(resampler_.get(), &out, room, in, given));
  ready_.resize(before + floats(made));
}

// ---- The length of the video --------------------------------------------------------------------

base::Result<std::optional<base::SceneTime>> video_length(const std::string& path) {
  const LibraryLog log;
  FileInput file;
  DemuxerPtr demuxer;
  const int opened = open_file(path, file, demuxer);
  if (file.refusal()) return *file.refusal();
  if (opened < 0) return refusal(opened, "cannot read video", path, ErrorCode::kInvalidInput);
  const AVStream* video = video_of(*demuxer);
  if (video == nullptr) return std::optional<base::SceneTime>();
  keep_only(*demuxer, video->index);
  const int64_t origin =
      video->start_time != AV_NOPTS_VALUE ? time_origin(*demuxer, *video, video->start_time) : 0;
  const AVRational rate =
      av_guess_frame_rate(demuxer.get(), demuxer->streams[video->index], nullptr);
  const bool has_rate = rate.num > 0 && rate.den > 0;
  const int64_t usual =
      has_rate ? std::max<int64_t>(1, av_rescale_q(1, av_inv_q(rate), video->time_base)) : 1;
  const PacketPtr packet = new_packet();
  int64_t end = 0;
  while (av_read_frame(demuxer.get(), packet.get()) >= 0) {
    const int64_t stamp = packet->pts != AV_NOPTS_VALUE ? packet->pts : packet->dts;
    if (packet->stream_index == video->index && stamp != AV_NOPTS_VALUE) {
      end = std::max(end, stamp - origin + (packet->duration > 0 ? packet->duration : usual));
    }
    av_packet_unref(packet.get());
  }
  if (end <= 0) return std::optional<base::SceneTime>();
  return std::optional(base::SceneTime{end * video->time_base.num, video->time_base.den});
}

}  // namespace layercast::media
