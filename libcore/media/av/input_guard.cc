#include "media/av/input_guard.h"

#include "base/check.h"
#include "media/av/input_limits.h"
#include "media/av/libav.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <string_view>
#include <utility>
#include <vector>

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
}

namespace layercast::media {
namespace {

using base::ErrorCode;

// The demuxers by their first names: those of files that people show, which read nothing but the
// file itself. The library has 350, among them formats of old games, scripts, and playlists.
constexpr std::array<std::string_view, 45> kDemuxers = {
    "aac",       "ac3",       "aiff",
    "amr",       "apng",      "asf",
    "au",        "avi",       "bmp_pipe",
    "caf",       "dts",       "dv",
    "eac3",      "flac",      "flv",
    "gif",       "h264",      "hevc",
    "ivf",       "jpeg_pipe", "live_flv",
    "loas",      "m4v",       "matroska,webm",
    "mjpeg",     "mlp",       "mov,mp4,m4a,3gp,3g2,mj2",
    "mp3",       "mpeg",      "mpegts",
    "mpegvideo", "mxf",       "nut",
    "obu",       "ogg",       "png_pipe",
    "tiff_pipe", "truehd",    "tta",
    "vc1",       "w64",       "wav",
    "webp_pipe", "wv",        "yuv4mpegpipe"};

// The demuxers whose files name other files or hosts.
constexpr std::array<std::string_view, 8> kNamingOthers = {
    "hls", "dash", "concat", "sdp", "rtsp", "imf", "webm_dash_manifest", "ffmetadata"};

// The decoders of what these files contain, and "pcm_…".
constexpr std::array kDecoders = std::to_array<std::string_view>(
    {// video
     "apng", "av1", "bmp", "cfhd", "cinepak", "dnxhd", "dvvideo", "ffv1", "ffvhuff", "flv", "gif",
     "h261", "h263", "h263p", "h264", "hap", "hevc", "huffyuv", "jpeg2000", "libaom-av1",
     "libdav1d", "libgav1", "libopenjpeg", "libvpx", "libvpx-vp9", "magicyuv", "mjpeg",
     "mpeg1video", "mpeg2video", "mpeg4", "mpegvideo", "msmpeg4", "msmpeg4v1", "msmpeg4v2", "png",
     "prores", "qtrle", "r10k", "r210", "rawvideo", "svq3", "targa", "theora", "tiff", "utvideo",
     "v210", "v308", "v408", "v410", "vc1", "vp3", "vp6", "vp6a", "vp6f", "vp8", "vp9", "webp",
     "wmv1", "wmv2", "wmv3",
     // sound
     "aac", "aac_fixed", "aac_latm", "ac3", "ac3_fixed", "adpcm_ima_qt", "adpcm_ima_wav",
     "adpcm_ms", "adpcm_swf", "alac", "amrnb", "amrwb", "dca", "eac3", "flac", "libopus",
     "libspeex", "libvorbis", "mlp", "mp1", "mp1float", "mp2", "mp2float", "mp3", "mp3float",
     "nellymoser", "opus", "speex", "truehd", "tta", "vorbis", "wavpack", "wmalossless", "wmapro",
     "wmav1", "wmav2"});

std::string make_formats() {
  std::string names;
  void* state = nullptr;
  while (const AVInputFormat* format = av_demuxer_iterate(&state)) {
    const std::string_view name = format->name;
    if (std::ranges::find(kDemuxers, name) == kDemuxers.end()) continue;
    if (!names.empty()) names += ',';
    names += name;
  }
  return names;
}

// The names of the decoders in the allow-list that this build has, comma-separated.
const std::string& allowed_decoders() {
  static const std::string names = [] {
    std::string list;
    void* state = nullptr;
    while (const AVCodec* codec = av_codec_iterate(&state)) {
      if (av_codec_is_decoder(codec) == 0 || !is_allowed_decoder(codec->name)) continue;
      list += (list.empty() ? "" : ",") + std::string(codec->name);
    }
    return list;
  }();
  return names;
}

int is_interrupted(void* opaque) {
  const auto& deadline = *static_cast<const Deadline*>(opaque);
  return deadline.is_over() || deadline.has_too_many_connections() ||
                 LibraryLog::refused_address().has_value()
             ? 1
             : 0;
}

// The colour properties that a container states.
struct ContainerTags {
  AVColorRange range;
  AVColorPrimaries primaries;
  AVColorTransferCharacteristic transfer;
  AVColorSpace matrix;
};

std::vector<ContainerTags> container_tags(const AVFormatContext& context) {
  std::vector<ContainerTags> tags;
  for (unsigned i = 0; i < context.nb_streams; ++i) {
    const AVCodecParameters& stream = *context.streams[i]->codecpar;
    tags.push_back(
        {stream.color_range, stream.color_primaries, stream.color_trc, stream.color_space});
  }
  return tags;
}

// Restores the properties of the container where the probed frame has none: the library replaces
// them by the "unspecified" of a ProRes frame, for example.
void complete(AVCodecParameters& stream, const ContainerTags& tags) {
  if (stream.color_range == AVCOL_RANGE_UNSPECIFIED) stream.color_range = tags.range;
  if (stream.color_primaries == AVCOL_PRI_UNSPECIFIED) stream.color_primaries = tags.primaries;
  if (stream.color_trc == AVCOL_TRC_UNSPECIFIED) stream.color_trc = tags.transfer;
  if (stream.color_space == AVCOL_SPC_UNSPECIFIED) stream.color_space = tags.matrix;
}

}  // namespace

const std::string& self_contained_formats() {
  static const std::string names = make_formats();
  return names;
}

bool is_allowed_decoder(std::string_view name) {
  return name.starts_with("pcm_") || std::ranges::find(kDecoders, name) != kDecoders.end();
}

void set_input_limits(AVDictionary** options) {
  using input_limits::kAnalysedMax;
  using input_limits::kProbeBytesMax;
  using input_limits::kTracksMax;
  const auto analysed = std::chrono::duration_cast<std::chrono::microseconds>(kAnalysedMax);
  av_dict_set_int(options, "max_streams", kTracksMax, 0);
  av_dict_set_int(options, "probesize", kProbeBytesMax, 0);
  av_dict_set_int(options, "analyzeduration", analysed.count(), 0);
}

int find_streams(AVFormatContext* context) {
  const auto tags = container_tags(*context);
  std::vector<AVDictionary*> options(context->nb_streams, nullptr);
  for (AVDictionary*& each : options) {
    av_dict_set_int(&each, "max_pixels", input_limits::kPixelsMax, 0);
    av_dict_set_int(&each, "threads", 1, 0);
    av_dict_set(&each, "codec_whitelist", allowed_decoders().c_str(), 0);
  }
  const int result = avformat_find_stream_info(context, options.empty() ? nullptr : options.data());
  for (AVDictionary*& each : options) av_dict_free(&each);
  for (size_t i = 0; i < tags.size(); ++i) complete(*context->streams[i]->codecpar, tags[i]);
  return result;
}

base::Error input_error(int result, const std::string& where) {
  if (result == AVERROR_EXIT) {
    return base::over_limit("the source took too long to read", where);
  }
  const std::string said = LibraryLog::first_line();
  if (result == AVERROR(ENOMEM) && said.find("max_streams") != std::string::npos) {
    return base::over_limit(
        "the source has more than " + std::to_string(input_limits::kTracksMax) + " tracks", where);
  }
  if (said.find("not on whitelist") != std::string::npos) {
    return {ErrorCode::kForbidden,
            "this is a list of other files, or of a rare format; expected a file such as MP4, MOV, "
            "MKV, WebM or TS",
            where, nullptr};
  }
  return transfer_error(result, "cannot read video", where, ErrorCode::kInvalidInput);
}

bool is_unlisted_format() {
  return LibraryLog::first_line().starts_with("Format not on whitelist");
}

base::Error unlisted_format(const std::string& path) {
  constexpr size_t kProbedBytes = 4096;
  std::vector<uint8_t> bytes(kProbedBytes + AVPROBE_PADDING_SIZE, 0);
  std::ifstream file(path, std::ios::binary);
  file.read(reinterpret_cast<char*>(bytes.data()), kProbedBytes);
  const AVProbeData data{path.c_str(), bytes.data(), static_cast<int>(file.gcount()), nullptr};
  int score = 0;
  const AVInputFormat* format = av_probe_input_format3(&data, 1, &score);
  const bool names_others =
      format != nullptr && std::ranges::find(kNamingOthers, format->name) != kNamingOthers.end();
  if (names_others) {
    return {ErrorCode::kForbidden, "this is a list of other files; expected a media file", path,
            nullptr};
  }
  return base::invalid_input(
      "this is no media file, or one of a rare format; expected a file such as MP4, MOV, MKV, WebM "
      "or TS",
      path);
}

bool Deadline::has_too_many_connections() const {
  return LibraryLog::connections() > connections_max_;
}

void Deadline::watch(AVFormatContext* context) {
  context->interrupt_callback = {is_interrupted, this};
}

}  // namespace layercast::media
