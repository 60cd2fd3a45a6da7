#pragma once

#include "frame/yuv_picture.h"
#include "media/av/libav.h"

#include <cstdint>
#include <functional>
#include <gtest/gtest.h>
#include <map>
#include <string>
#include <vector>

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/display.h>
#include <libavutil/opt.h>
}

namespace layercast::media::test {

/// Video files for feeds to read. Each picture carries its number.

constexpr int kNumberBits = 8;
constexpr int kBlock = 8;  ///< Side of the block of luma that carries one bit.

/// How a file is made; its container is told by its name.
struct Source {
  std::string codec = "libx264";
  AVPixelFormat format = AV_PIX_FMT_YUV420P;
  base::SizeI size{kNumberBits * kBlock, 32};
  AVRational time_base{1, 30};
  std::vector<int64_t> stamps;  ///< When each picture is shown, in ticks of `time_base`.
  int64_t duration = 1;         ///< Ticks of the last one.
  int gop = 12;
  int b_frames = 0;
  AVColorSpace matrix = AVCOL_SPC_UNSPECIFIED;
  AVColorRange range = AVCOL_RANGE_UNSPECIFIED;
  AVChromaLocation siting = AVCHROMA_LOC_UNSPECIFIED;
  AVRational aspect{0, 1};
  int clockwise_degrees = 0;
  std::map<std::string, std::string> muxer_options{};
  std::map<std::string, std::string> encoder_options{};
  std::map<std::string, std::string> tags{};  ///< of the track
  enum class Fields : uint8_t { kNone, kTopFirst, kBottomFirst };
  std::function<Fields(int)> fields{};  ///< of each picture; absent: none has any
  /// Fills a frame; absent: its number in blocks of luma, grey.
  std::function<void(AVFrame&, int)> paint{};
};

/// `count` pictures that follow each other tick by tick.
inline Source counting(int count) {
  Source source;
  for (int i = 0; i < count; ++i) source.stamps.push_back(i);
  return source;
}

inline void paint_number(AVFrame& frame, int number) {
  for (int plane = 0; plane < 3 && frame.data[plane] != nullptr; ++plane) {
    const int rows = plane == 0 ? frame.height : AV_CEIL_RSHIFT(frame.height, 1);
    for (int y = 0; y < rows; ++y) {
      uint8_t* row = frame.data[plane] + y * frame.linesize[plane];
      for (int x = 0; x < frame.width; ++x) {
        const bool is_set = (number >> (x / kBlock % kNumberBits) & 1) != 0;
        if (plane == 0) row[x] = is_set ? 220 : 30;
        if (plane > 0 && x < AV_CEIL_RSHIFT(frame.width, 1)) row[x] = 128;
      }
    }
  }
}

/// The number that the picture carries.
inline int number_of(const frame::YuvPicture& picture) {
  int number = 0;
  for (int bit = 0; bit < kNumberBits; ++bit) {
    const uint8_t luma = picture.plane(0).at(bit * kBlock + kBlock / 2, picture.size().height / 2);
    EXPECT_TRUE(luma < 60 || luma > 190) << "no bit: " << int{luma};
    number |= (luma > 128 ? 1 : 0) << bit;
  }
  return number;
}

class SourceWriter {
 public:
  SourceWriter(const std::string& path, const Source& source) : source_(source) {
    EXPECT_GE(avformat_alloc_output_context2(&muxer_, nullptr, nullptr, path.c_str()), 0) << path;
    open_encoder();
    open_muxer(path);
  }
  ~SourceWriter() {
    EXPECT_GE(av_write_trailer(muxer_), 0);
    if ((muxer_->oformat->flags & AVFMT_NOFILE) == 0) avio_closep(&muxer_->pb);
    avformat_free_context(muxer_);
  }
  SourceWriter(const SourceWriter&) = delete;
  SourceWriter& operator=(const SourceWriter&) = delete;

  void write_all() {
    for (size_t i = 0; i < source_.stamps.size(); ++i) {
      const LibavFramePtr frame = new_frame();
      frame->format = source_.format;
      frame->width = source_.size.width;
      frame->height = source_.size.height;
      frame->colorspace = source_.matrix;
      frame->color_range = source_.range;
      frame->chroma_location = source_.siting;
      frame->sample_aspect_ratio = source_.aspect;
      frame->pts = source_.stamps[i];
      ASSERT_GE(av_frame_get_buffer(frame.get(), 0), 0);
      if (source_.fields) {
        const Source::Fields fields = source_.fields(static_cast<int>(i));
        frame->interlaced_frame = fields != Source::Fields::kNone ? 1 : 0;
        frame->top_field_first = fields == Source::Fields::kTopFirst ? 1 : 0;
      }
      source_.paint ? source_.paint(*frame, static_cast<int>(i))
                    : paint_number(*frame, static_cast<int>(i));
      ASSERT_GE(avcodec_send_frame(encoder_.get(), frame.get()), 0);
      write_packets();
    }
    ASSERT_GE(avcodec_send_frame(encoder_.get(), nullptr), 0);
    write_packets();
  }

 private:
  void open_encoder() {
    const AVCodec* codec = avcodec_find_encoder_by_name(source_.codec.c_str());
    ASSERT_NE(codec, nullptr) << source_.codec;
    encoder_.reset(avcodec_alloc_context3(codec));
    encoder_->width = source_.size.width;
    encoder_->height = source_.size.height;
    encoder_->pix_fmt = source_.format;
    encoder_->time_base = source_.time_base;
    encoder_->framerate = av_inv_q(source_.time_base);
    encoder_->gop_size = source_.gop;
    encoder_->max_b_frames = source_.b_frames;
    encoder_->colorspace = source_.matrix;
    encoder_->color_range = source_.range;
    encoder_->chroma_sample_location = source_.siting;
    encoder_->sample_aspect_ratio = source_.aspect;
    encoder_->thread_count = 1;
    encoder_->strict_std_compliance = FF_COMPLIANCE_UNOFFICIAL;
    if ((muxer_->oformat->flags & AVFMT_GLOBALHEADER) != 0) {
      encoder_->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
    }
    if (source_.codec == "libx264") {
      av_opt_set(encoder_->priv_data, "preset", "ultrafast", 0);
      av_opt_set(encoder_->priv_data, "crf", "12", 0);
      // No scene cuts: keyframes where `gop` says.
      const std::string more = "scenecut=0:b-adapt=0:bframes=" + std::to_string(source_.b_frames);
      av_opt_set(encoder_->priv_data, "x264-params", more.c_str(), 0);
    }
    if (source_.fields) {
      encoder_->flags |= AV_CODEC_FLAG_INTERLACED_DCT | AV_CODEC_FLAG_INTERLACED_ME;
    }
    AVDictionary* options = nullptr;
    for (const auto& [key, value] : source_.encoder_options) {
      av_dict_set(&options, key.c_str(), value.c_str(), 0);
    }
    ASSERT_GE(avcodec_open2(encoder_.get(), codec, &options), 0);
    EXPECT_EQ(av_dict_count(options), 0);
    av_dict_free(&options);
  }

  void open_muxer(const std::string& path) {
    stream_ = avformat_new_stream(muxer_, nullptr);
    stream_->time_base = source_.time_base;
    stream_->avg_frame_rate = av_inv_q(source_.time_base);
    stream_->sample_aspect_ratio = source_.aspect;
    ASSERT_GE(avcodec_parameters_from_context(stream_->codecpar, encoder_.get()), 0);
    for (const auto& [key, value] : source_.tags) {
      av_dict_set(&stream_->metadata, key.c_str(), value.c_str(), 0);
    }
    if (source_.clockwise_degrees != 0) {
      auto* matrix = reinterpret_cast<int32_t*>(
          av_stream_new_side_data(stream_, AV_PKT_DATA_DISPLAYMATRIX, 9 * sizeof(int32_t)));
      av_display_rotation_set(matrix, source_.clockwise_degrees);
    }
    if ((muxer_->oformat->flags & AVFMT_NOFILE) == 0) {
      ASSERT_GE(avio_open(&muxer_->pb, path.c_str(), AVIO_FLAG_WRITE), 0) << path;
    }
    AVDictionary* options = nullptr;
    for (const auto& [key, value] : source_.muxer_options) {
      av_dict_set(&options, key.c_str(), value.c_str(), 0);
    }
    EXPECT_GE(avformat_write_header(muxer_, &options), 0) << path;
    EXPECT_EQ(av_dict_count(options), 0);
    av_dict_free(&options);
  }

  void write_packets() {
    for (PacketPtr packet = new_packet();
         avcodec_receive_packet(encoder_.get(), packet.get()) >= 0;) {
      packet->duration = source_.duration;
      av_packet_rescale_ts(packet.get(), source_.time_base, stream_->time_base);
      ASSERT_GE(av_interleaved_write_frame(muxer_, packet.get()), 0);
    }
  }

  const Source& source_;
  CodecContextPtr encoder_;
  AVFormatContext* muxer_ = nullptr;
  AVStream* stream_ = nullptr;
};

inline void write_source(const std::string& path, const Source& source) {
  const LibraryLog log;
  SourceWriter(path, source).write_all();
}

}  // namespace layercast::media::test
