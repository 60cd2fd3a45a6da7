#include "media/audio_source.h"

#include "base/check.h"
#include "media/libav.h"

#include <algorithm>
#include <array>
#include <vector>

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/channel_layout.h>
#include <libswresample/swresample.h>
}

namespace layercast::media {
namespace {

using base::ErrorCode;

constexpr const char* kTracksMax = "64";
constexpr const char* kInputProtocols = "file";

class SilentSource : public AudioSource {
 public:
  void read(std::span<float> samples) override { std::fill(samples.begin(), samples.end(), 0.0F); }
};

class FileSource : public AudioSource {
 public:
  static base::Result<std::unique_ptr<AudioSource>> open(const std::string& path);
  void read(std::span<float> samples) override;

 private:
  FileSource() : packet_(new_packet()), frame_(new_frame()) {}
  int open_demuxer(const std::string& path);
  int open_decoder();
  bool decode_more();
  void send_packet();
  void resample(const AVFrame* decoded);
  bool follows(const AVFrame& decoded);

  DemuxerPtr demuxer_;
  CodecContextPtr decoder_;
  ResamplerPtr resampler_;
  PacketPtr packet_;
  LibavFramePtr frame_;
  int track_ = -1;
  bool input_ended_ = false;  ///< The file was read to its end,
  bool ended_ = false;        ///< and so was the decoder.
  // What the resampler was made for: a file may change its format half way.
  int rate_ = 0;
  int format_ = -1;
  int channels_ = 0;
  std::vector<float> ready_;
  size_t read_so_far_ = 0;
};

int FileSource::open_demuxer(const std::string& path) {
  AVDictionary* options = nullptr;
  av_dict_set(&options, "protocol_whitelist", kInputProtocols, 0);
  av_dict_set(&options, "max_streams", kTracksMax, 0);
  AVFormatContext* context = nullptr;
  // The prefix keeps a path such as `concat:a` from being taken for a protocol.
  int result = avformat_open_input(&context, ("file:" + path).c_str(), nullptr, &options);
  av_dict_free(&options);
  demuxer_.reset(context);
  if (result < 0) return result;
  result = avformat_find_stream_info(context, nullptr);
  return std::min(result, 0);
}

int FileSource::open_decoder() {
  const AVCodec* codec = nullptr;
  track_ = av_find_best_stream(demuxer_.get(), AVMEDIA_TYPE_AUDIO, -1, -1, &codec, 0);
  if (track_ < 0) return track_;
  for (unsigned i = 0; i < demuxer_->nb_streams; ++i) {
    if (static_cast<int>(i) != track_) demuxer_->streams[i]->discard = AVDISCARD_ALL;
  }
  const AVStream& stream = *demuxer_->streams[track_];
  decoder_.reset(avcodec_alloc_context3(codec));
  LAYERCAST_CHECK(decoder_ != nullptr);
  const int result = avcodec_parameters_to_context(decoder_.get(), stream.codecpar);
  if (result < 0) return result;
  decoder_->pkt_timebase = stream.time_base;  // so that encoder delay is cut exactly
  return avcodec_open2(decoder_.get(), codec, nullptr);
}

base::Result<std::unique_ptr<AudioSource>> FileSource::open(const std::string& path) {
  const LibraryLog log;
  std::unique_ptr<FileSource> source(new FileSource);
  int result = source->open_demuxer(path);
  if (result >= 0) result = source->open_decoder();
  if (result == AVERROR_STREAM_NOT_FOUND) {
    return base::Error{ErrorCode::kInvalidInput, "holds no sound", path, nullptr};
  }
  if (result < 0) return refusal(result, "cannot read sound", path, ErrorCode::kInvalidInput);
  if (!source->decode_more()) {
    return base::Error{ErrorCode::kInvalidInput, "holds no sound that can be decoded", path,
                       nullptr};
  }
  return std::unique_ptr<AudioSource>(std::move(source));
}

// Whether `decoded` comes in the form that the resampler was made for, which it now was.
bool FileSource::follows(const AVFrame& decoded) {
  const int channels = decoded.ch_layout.nb_channels;
  if (resampler_ != nullptr && decoded.sample_rate == rate_ && decoded.format == format_ &&
      channels == channels_) {
    return true;
  }
  if (resampler_ != nullptr) resample(nullptr);
  AVChannelLayout in{};
  av_channel_layout_copy(&in, &decoded.ch_layout);
  if (in.order == AV_CHANNEL_ORDER_UNSPEC) av_channel_layout_default(&in, channels);
  AVChannelLayout out = AV_CHANNEL_LAYOUT_STEREO;
  SwrContext* context = nullptr;
  int result = swr_alloc_set_opts2(&context, &out, AV_SAMPLE_FMT_FLT, kAudioRate, &in,
                                   static_cast<AVSampleFormat>(decoded.format), decoded.sample_rate,
                                   0, nullptr);
  av_channel_layout_uninit(&in);
  resampler_.reset(context);
  // One channel goes to both sides as it is; the library's own mix is 3 dB quieter.
  constexpr std::array<double, 2> kBothSides = {1, 1};
  if (result >= 0 && decoded.ch_layout.nb_channels == 1) {
    result = swr_set_matrix(context, kBothSides.data(), 1);
  }
  if (result >= 0) result = swr_init(context);
  if (result < 0) resampler_.reset();
  rate_ = decoded.sample_rate;
  format_ = decoded.format;
  channels_ = channels;
  return resampler_ != nullptr;
}

// Without a frame: what the resampler still holds.
void FileSource::resample(const AVFrame* decoded) {
  const int given = decoded != nullptr ? decoded->nb_samples : 0;
  const int room = swr_get_out_samples(resampler_.get(), given);
  if (room <= 0) return;
  const size_t before = ready_.size();
  ready_.resize(before + static_cast<size_t>(room) * kAudioChannels);
  auto* out = reinterpret_cast<uint8_t*>(ready_.data() + before);
  const auto** in =
      decoded != nullptr ? const_cast<const uint8_t**>(decoded->extended_data) : nullptr;
  const int made = std::max(0, swr_convert(resampler_.get(), &out, room, in, given));
  ready_.resize(before + static_cast<size_t>(made) * kAudioChannels);
}

void FileSource::send_packet() {
  const int result = av_read_frame(demuxer_.get(), packet_.get());
  if (result < 0) {
    input_ended_ = true;
    avcodec_send_packet(decoder_.get(), nullptr);
    return;
  }
  // A damaged packet is left out: the next one may be whole.
  if (packet_->stream_index == track_) avcodec_send_packet(decoder_.get(), packet_.get());
  av_packet_unref(packet_.get());
}

// Whether there is anything in `ready_` afterwards; false at the end of the file.
bool FileSource::decode_more() {
  ready_.erase(ready_.begin(), ready_.begin() + static_cast<ptrdiff_t>(read_so_far_));
  read_so_far_ = 0;
  while (ready_.empty() && !ended_) {
    const int result = avcodec_receive_frame(decoder_.get(), frame_.get());
    if (result >= 0) {
      if (follows(*frame_)) resample(frame_.get());
      av_frame_unref(frame_.get());
    } else if (!input_ended_) {
      send_packet();  // the decoder wants more, or found its last packet damaged
    } else {
      ended_ = true;
      if (resampler_ != nullptr) resample(nullptr);
    }
  }
  return !ready_.empty();
}

void FileSource::read(std::span<float> samples) {
  while (!samples.empty()) {
    if (read_so_far_ == ready_.size() && !decode_more()) break;
    const size_t count = std::min(samples.size(), ready_.size() - read_so_far_);
    std::copy_n(ready_.begin() + static_cast<ptrdiff_t>(read_so_far_), count, samples.begin());
    read_so_far_ += count;
    samples = samples.subspan(count);
  }
  std::fill(samples.begin(), samples.end(), 0.0F);
}

}  // namespace

std::unique_ptr<AudioSource> silent_source() { return std::make_unique<SilentSource>(); }

base::Result<std::unique_ptr<AudioSource>> open_audio_file(const std::string& path) {
  return FileSource::open(path);
}

}  // namespace layercast::media
