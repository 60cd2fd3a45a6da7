#pragma once

#include "frame/convert.h"
#include "frame/frame.h"
#include "gtest/gtest.h"
#include "media/av/libav.h"
#include "media/out/encoding.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <vector>

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/pixdesc.h>
}

namespace layercast::media::test {

/// A folder that is gone, with everything in it, after the test.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "layercast-media-XXXXXX").string();
    EXPECT_NE(::mkdtemp(name.data()), nullptr);
    path_ = name;
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }
  std::string operator/(const std::string& name) const { return (path_ / name).string(); }
  /// Everything in it, hidden files too, in order.
  std::vector<std::string> names() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(path_)) {
      names.push_back(entry.path().filename().string());
    }
    std::sort(names.begin(), names.end());
    return names;
  }

 private:
  std::filesystem::path path_;
};

/// A saturated, asymmetric picture that moves with `index`: a different ramp in each channel, and
/// three flat patches.
inline frame::Image<frame::PremulRgba8> picture(base::SizeI size, int index) {
  frame::Image<frame::PremulRgba8> image(size);
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      const auto ramp = [](int value, int length) {
        return static_cast<uint8_t>(255 * (value % length) / length);
      };
      frame::PremulRgba8 pixel{ramp(x + 2 * index, size.width), ramp(y, size.height),
                               ramp(size.width - x, 2 * size.width), 255};
      if (y < size.height / 4) {
        constexpr std::array kPatches = {frame::PremulRgba8{230, 20, 10, 255},
                                         frame::PremulRgba8{10, 200, 40, 255},
                                         frame::PremulRgba8{20, 30, 240, 255}};
        pixel = kPatches[static_cast<size_t>(3 * x / size.width)];
      }
      image.view().at(x, y) = pixel;
    }
  }
  return image;
}

inline frame::FramePtr frame_of(frame::ImageView<const frame::PremulRgba8> image,
                                frame::PixelFormat format) {
  auto frame = std::make_shared<frame::Frame>(format, image.size());
  frame::convert_rows(image, {0, image.height()}, *frame);
  return frame;
}

inline frame::FramePtr moving_frame(frame::PixelFormat format, base::SizeI size, int index) {
  const auto image = picture(size, index);
  return frame_of(image.view(), format);
}

/// What a player finds in a file.
struct ReadBack {
  bool opened = false;
  std::string container;
  std::string video_codec;
  std::string audio_codec;
  std::string pixel_format;
  base::SizeI size;
  AVRational average_rate{};
  AVRational real_rate{};
  AVColorRange range{};
  AVColorSpace matrix{};
  AVColorPrimaries primaries{};
  AVColorTransferCharacteristic transfer{};
  AVChromaLocation chroma_location{};
  int has_b_frames = 0;
  double video_seconds = 0;  ///< As the container says; 0 when it does not.
  double audio_seconds = 0;
  std::vector<double> frame_seconds;  ///< When each decoded frame is shown.
  std::vector<char> frame_types;      ///< I, P, B
  std::vector<LibavFramePtr> frames;
  int sample_rate = 0;
  int channels = 0;
  double first_sample_seconds = -1;  ///< When the first decoded sample is heard.
  std::vector<float> left;
  std::vector<float> right;
  std::vector<int> packet_streams;  ///< Which stream each packet in the file is of.
};

inline void keep_samples(const AVFrame& frame, ReadBack& found) {
  for (int i = 0; i < frame.nb_samples; ++i) {
    const auto sample = [&](int channel) {
      if (frame.format == AV_SAMPLE_FMT_FLTP) {
        return reinterpret_cast<const float*>(frame.data[channel])[i];
      }
      EXPECT_EQ(frame.format, AV_SAMPLE_FMT_FLT);
      return reinterpret_cast<const float*>(frame.data[0])[2 * i + channel];
    };
    found.left.push_back(sample(0));
    found.right.push_back(sample(1));
  }
}

inline void decode(AVCodecContext& decoder, const AVPacket* packet, AVRational time_base,
                   ReadBack& found) {
  EXPECT_GE(avcodec_send_packet(&decoder, packet), 0);
  for (LibavFramePtr frame = new_frame(); avcodec_receive_frame(&decoder, frame.get()) >= 0;
       frame = new_frame()) {
    if (decoder.codec_type == AVMEDIA_TYPE_AUDIO) {
      if (found.left.empty()) {
        found.first_sample_seconds =
            static_cast<double>(frame->best_effort_timestamp) * av_q2d(time_base);
      }
      keep_samples(*frame, found);
      continue;
    }
    found.frame_seconds.push_back(static_cast<double>(frame->best_effort_timestamp) *
                                  av_q2d(time_base));
    found.frame_types.push_back(av_get_picture_type_char(frame->pict_type));
    found.frames.push_back(std::move(frame));
  }
}

inline void keep_parameters(const AVStream& stream, const AVCodecContext& decoder,
                            ReadBack& found) {
  const double seconds = stream.duration == AV_NOPTS_VALUE
                             ? 0
                             : static_cast<double>(stream.duration) * av_q2d(stream.time_base);
  if (decoder.codec_type == AVMEDIA_TYPE_AUDIO) {
    found.audio_codec = avcodec_get_name(decoder.codec_id);
    found.audio_seconds = seconds;
    found.sample_rate = decoder.sample_rate;
    found.channels = decoder.ch_layout.nb_channels;
    return;
  }
  found.video_codec = avcodec_get_name(decoder.codec_id);
  found.video_seconds = seconds;
  const AVCodecParameters& parameters = *stream.codecpar;
  found.size = {parameters.width, parameters.height};
  found.pixel_format = av_get_pix_fmt_name(static_cast<AVPixelFormat>(parameters.format));
  found.average_rate = stream.avg_frame_rate;
  found.real_rate = stream.r_frame_rate;
  found.range = parameters.color_range;
  found.matrix = parameters.color_space;
  found.primaries = parameters.color_primaries;
  found.transfer = parameters.color_trc;
  found.chroma_location = parameters.chroma_location;
  found.has_b_frames = parameters.video_delay;
}

/// Reads all of the file; `video_decoder` names one other than libavcodec's first.
inline ReadBack read_back(const std::string& path, const char* video_decoder = nullptr) {
  ReadBack found;
  AVFormatContext* opened = nullptr;
  if (avformat_open_input(&opened, path.c_str(), nullptr, nullptr) < 0) return found;
  const DemuxerPtr demuxer(opened);
  found.opened = avformat_find_stream_info(opened, nullptr) >= 0;
  found.container = opened->iformat->name;
  std::map<int, CodecContextPtr> decoders;
  for (unsigned i = 0; i < opened->nb_streams; ++i) {
    const AVStream& stream = *opened->streams[i];
    const bool is_video = stream.codecpar->codec_type == AVMEDIA_TYPE_VIDEO;
    const AVCodec* codec = is_video && video_decoder != nullptr
                               ? avcodec_find_decoder_by_name(video_decoder)
                               : avcodec_find_decoder(stream.codecpar->codec_id);
    CodecContextPtr decoder(avcodec_alloc_context3(codec));
    EXPECT_GE(avcodec_parameters_to_context(decoder.get(), stream.codecpar), 0);
    decoder->pkt_timebase = stream.time_base;
    EXPECT_GE(avcodec_open2(decoder.get(), codec, nullptr), 0);
    keep_parameters(stream, *decoder, found);
    decoders[static_cast<int>(i)] = std::move(decoder);
  }
  const PacketPtr packet = new_packet();
  while (av_read_frame(opened, packet.get()) >= 0) {
    const int index = packet->stream_index;
    found.packet_streams.push_back(index);
    decode(*decoders[index], packet.get(), opened->streams[index]->time_base, found);
    av_packet_unref(packet.get());
  }
  for (const auto& [index, decoder] : decoders) {
    decode(*decoder, nullptr, opened->streams[index]->time_base, found);
  }
  return found;
}

/// The largest difference between a decoded frame's plane and what was encoded.
inline int largest_difference(const AVFrame& found, const frame::Frame& expected, int plane) {
  const base::SizeI size = frame::plane_size(expected.format(), expected.size(), plane);
  int largest = 0;
  for (int y = 0; y < size.height; ++y) {
    const uint8_t* a = found.data[plane] + y * found.linesize[plane];
    const uint8_t* b = expected.plane(plane) + y * expected.row_bytes(plane);
    for (size_t x = 0; x < expected.packed_row_bytes(plane); ++x) {
      largest = std::max(largest, std::abs(int{a[x]} - int{b[x]}));
    }
  }
  return largest;
}

/// Peak signal to noise over all planes, in dB.
inline double psnr(const AVFrame& found, const frame::Frame& expected) {
  double squares = 0;
  double count = 0;
  for (int plane = 0; plane < expected.planes(); ++plane) {
    const base::SizeI size = frame::plane_size(expected.format(), expected.size(), plane);
    for (int y = 0; y < size.height; ++y) {
      const uint8_t* a = found.data[plane] + y * found.linesize[plane];
      const uint8_t* b = expected.plane(plane) + y * expected.row_bytes(plane);
      for (size_t x = 0; x < expected.packed_row_bytes(plane); ++x) {
        const double difference = double{static_cast<double>(a[x])} - static_cast<double>(b[x]);
        squares += difference * difference;
        count += 1;
      }
    }
  }
  return squares == 0 ? 200 : 10 * std::log10(255.0 * 255.0 * count / squares);
}

inline constexpr base::SizeI kSize{320, 180};
inline constexpr int kFrames = 20;

inline EncodingRequest request_for(std::vector<std::string> outputs) {
  EncodingRequest request;
  request.outputs = std::move(outputs);
  request.video.size = kSize;
  request.video.rate = {30, 1};
  return request;
}

/// Encodes `frames` moving frames; the first failure.
inline base::Result<void> encode(const EncodingRequest& request, int frames = kFrames) {
  TRY(auto encoding, Encoding::open(request));
  for (int index = 0; index < frames; ++index) {
    TRY_DO(encoding->write(moving_frame(encoding->input_format(), request.video.size, index)));
  }
  return encoding->finish();
}

/// A WAV file of a sine in the left channel and silence in the right.
inline void write_sine(const std::string& path, double seconds, int sample_rate, double hertz) {
  constexpr double kPi = 3.14159265358979323846;
  const auto samples = static_cast<uint32_t>(seconds * sample_rate);
  std::ofstream file(path, std::ios::binary);
  const auto number = [&](uint32_t value, int bytes) {
    for (int i = 0; i < bytes; ++i) file.put(static_cast<char>(value >> (8 * i)));
  };
  file << "RIFF";
  number(36 + samples * 4, 4);
  file << "WAVEfmt ";
  number(16, 4);
  number(1, 2);
  number(2, 2);
  number(static_cast<uint32_t>(sample_rate), 4);
  number(static_cast<uint32_t>(sample_rate) * 4, 4);
  number(4, 2);
  number(16, 2);
  file << "data";
  number(samples * 4, 4);
  for (uint32_t i = 0; i < samples; ++i) {
    const double angle = 2 * kPi * hertz * i / sample_rate;
    number(static_cast<uint16_t>(static_cast<int16_t>(std::lround(16000 * std::sin(angle)))), 2);
    number(0, 2);
  }
}

/// Root mean square of the samples from `first` seconds to `last`.
inline double loudness(const std::vector<float>& samples, double first, double last) {
  double squares = 0;
  const auto begin = static_cast<size_t>(first * 48000);
  const auto end = std::min(samples.size(), static_cast<size_t>(last * 48000));
  for (size_t i = begin; i < end; ++i) squares += double{samples[i]} * double{samples[i]};
  return end > begin ? std::sqrt(squares / static_cast<double>(end - begin)) : 0;
}

}  // namespace layercast::media::test
