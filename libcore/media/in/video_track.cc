#include "media/in/video_track.h"

#include "base/check.h"
#include "media/av/input_guard.h"
#include "media/av/input_limits.h"

#include <algorithm>
#include <cstdlib>
#include <string_view>

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
}

namespace layercast::media {
namespace {

constexpr int64_t kHeavyPixels = 1920 * 1088;  // larger pictures get more than one thread
constexpr int kHeavyThreads = 3;

// VP8 and VP9 carry alpha as a second picture, which libavcodec's own decoders ignore.
// Source: WebM, "VP8 Alpha".
const AVCodec* codec_for(const AVStream& track) {
  const AVCodecID id = track.codecpar->codec_id;
  const AVDictionaryEntry* mode = av_dict_get(track.metadata, "alpha_mode", nullptr, 0);
  const AVCodec* codec = nullptr;
  if (mode != nullptr && std::string_view(mode->value) == "1") {
    if (id == AV_CODEC_ID_VP8) codec = avcodec_find_decoder_by_name("libvpx");
    if (id == AV_CODEC_ID_VP9) codec = avcodec_find_decoder_by_name("libvpx-vp9");
  }
  if (codec == nullptr) codec = avcodec_find_decoder(id);
  return codec != nullptr && is_allowed_decoder(codec->name) ? codec : nullptr;
}

int threads_for(const AVCodecParameters& track, int wanted) {
  const bool is_heavy = int64_t{track.width} * track.height > kHeavyPixels;
  const int threads = wanted > 0 ? wanted : is_heavy ? kHeavyThreads : 1;
  return std::min(threads, input_limits::kThreadsMax);
}

}  // namespace

Orientation orientation_of(const AVStream& track) {
  size_t bytes = 0;
  const uint8_t* side = av_stream_get_side_data(&track, AV_PKT_DATA_DISPLAYMATRIX, &bytes);
  if (side == nullptr || bytes < 9 * sizeof(int32_t)) return {};
  const auto* matrix = reinterpret_cast<const int32_t*>(side);
  const auto sign = [](int32_t value) { return value == 0 ? 0 : value > 0 ? 1 : -1; };
  // The rows of the matrix are the factors of x, y and 1.
  const Orientation found{sign(matrix[0]), sign(matrix[3]), sign(matrix[1]), sign(matrix[4])};
  const int straight = std::abs(found.xx * found.yy);
  const int turned = std::abs(found.xy * found.yx);
  const bool is_upright_rectangle =
      straight + turned == 1 && std::abs(found.xx) == straight && std::abs(found.xy) == turned;
  return is_upright_rectangle ? found : Orientation{};
}

CodecContextPtr video_decoder_for(const AVStream& track, int threads, Decoding decoding) {
  const AVCodec* codec = codec_for(track);
  if (codec == nullptr) return nullptr;
  CodecContextPtr decoder(avcodec_alloc_context3(codec));
  LAYERCAST_CHECK(decoder != nullptr);
  LAYERCAST_CHECK(avcodec_parameters_to_context(decoder.get(), track.codecpar) >= 0);
  decoder->pkt_timebase = track.time_base;
  decoder->thread_count = threads_for(*track.codecpar, threads);
  decoder->thread_type =
      decoding == Decoding::kAtOnce ? FF_THREAD_SLICE : FF_THREAD_FRAME | FF_THREAD_SLICE;
  decoder->max_pixels = input_limits::kPixelsMax;
  decoder->flags |= AV_CODEC_FLAG_UNALIGNED;  // so that cropping is exact, not to 32 px
  return decoder;
}

bool is_image_decoder(const AVCodecContext& decoder) {
  return decoder.codec_id == AV_CODEC_ID_PNG || decoder.codec_id == AV_CODEC_ID_APNG;
}

}  // namespace layercast::media
