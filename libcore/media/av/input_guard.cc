#include "media/av/input_guard.h"

#include "base/check.h"
#include "media/av/input_limits.h"
#include "media/av/libav.h"

#include <algorithm>
#include <array>
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

// Formats that refer to other inputs, and scripts.
constexpr std::array<std::string_view, 15> kNamingOthers = {
    "hls",       "applehttp", "dash",   "concat", "sdp",      "rtp",         "rtsp",
    "sap",       "imf",       "image2", "lavfi",  "avisynth", "vapoursynth", "webm_dash_manifest",
    "ffmetadata"};

std::string make_formats() {
  std::string names;
  void* state = nullptr;
  while (const AVInputFormat* format = av_demuxer_iterate(&state)) {
    const std::string_view name = format->name;
    const bool names_others = std::ranges::find(kNamingOthers, name) != kNamingOthers.end();
    // Demuxers without a file of their own open arbitrary inputs.
    if (names_others || (format->flags & AVFMT_NOFILE) != 0) continue;
    if (!names.empty()) names += ',';
    names += name;
  }
  return names;
}

int is_interrupted(void* opaque) {
  const auto& deadline = *static_cast<const Deadline*>(opaque);
  return deadline.is_over() || deadline.has_too_many_connections() ? 1 : 0;
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
    return {ErrorCode::kForbidden, "this is a list of other files; expected a video file", where,
            nullptr};
  }
  return transfer_error(result, "cannot read video", where, ErrorCode::kInvalidInput);
}

bool Deadline::has_too_many_connections() const {
  return LibraryLog::connections() > connections_max_;
}

void Deadline::watch(AVFormatContext* context) {
  context->interrupt_callback = {is_interrupted, this};
}

}  // namespace layercast::media
