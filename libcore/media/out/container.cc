#include "media/out/container.h"

#include "base/ascii.h"
#include "base/check.h"
#include "base/redaction.h"
#include "media/out/names.h"

#include <algorithm>
#include <array>

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
}

namespace layercast::media {
namespace {

constexpr std::array kContainers = {
    Container{"mp4", "mp4", "h264", "aac"},      Container{"mov", "mov", "h264", "aac"},
    Container{"mkv", "matroska", "h264", "aac"}, Container{"webm", "webm", "vp9", "libopus"},
    Container{"flv", "flv", "h264", "aac"},      Container{"ts", "mpegts", "h264", "aac"},
    Container{"m3u8", "hls", "h264", "aac"},
};

struct Scheme {
  std::string_view name;
  std::string_view container;
};
constexpr std::array kSchemes = {Scheme{"rtmp", "flv"}, Scheme{"rtmps", "flv"}, Scheme{"srt", "ts"},
                                 Scheme{"udp", "ts"}};

// The codecs that MPEG-TS players know; the muxer accepts any, and writes it as private data.
constexpr std::array kTransportStreamCodecs = {AV_CODEC_ID_H264, AV_CODEC_ID_HEVC,
                                               AV_CODEC_ID_MPEG2VIDEO, AV_CODEC_ID_MPEG4};

// The codecs that error messages suggest.
constexpr std::array kNamedCodecs = {AV_CODEC_ID_H264, AV_CODEC_ID_HEVC, AV_CODEC_ID_VP8,
                                     AV_CODEC_ID_VP9,  AV_CODEC_ID_AV1,  AV_CODEC_ID_FFV1};

const Container* container_named(std::string_view name) {
  const std::string wanted = base::lower_case(name);
  for (const Container& container : kContainers) {
    if (wanted == container.name || wanted == container.muxer) return &container;
  }
  return nullptr;
}

// `rtmp` of `rtmp://host/app`; nullopt for a path.
std::optional<std::string> scheme_of(std::string_view output) {
  const size_t end = output.find("://");
  if (end == std::string_view::npos || end == 0) return std::nullopt;
  const std::string scheme = base::lower_case(output.substr(0, end));
  constexpr std::string_view kAllowed = "abcdefghijklmnopqrstuvwxyz0123456789+-.";
  if (scheme.find_first_not_of(kAllowed) != std::string::npos) return std::nullopt;
  return scheme;
}

std::string extension_of(std::string_view path) {
  const std::string_view name = path.substr(path.rfind('/') + 1);
  const size_t dot = name.rfind('.');
  return dot == std::string_view::npos ? "" : std::string(name.substr(dot + 1));
}

// The name of an output in messages.
std::string shown(std::string_view output) {
  return base::redacted_url(output, base::UrlUse::kOutput);
}

base::Error unknown_output(std::string_view output) {
  std::string message = "unknown kind of video output, expected a name that ends in ";
  message += listed(known_containers());
  message += ", or a URL that begins with ";
  std::vector<std::string_view> schemes;
  schemes.reserve(kSchemes.size());
  for (const Scheme& scheme : kSchemes) schemes.push_back(scheme.name);
  message += listed(schemes);
  return base::invalid_input(std::move(message), shown(output));
}

bool can_hold(const Container& container, AVCodecID codec) {
  if (container.muxer == "mpegts" || container.muxer == "hls") {
    return std::find(kTransportStreamCodecs.begin(), kTransportStreamCodecs.end(), codec) !=
           kTransportStreamCodecs.end();
  }
  if (container.muxer == "mov" && codec == AV_CODEC_ID_VP8) return false;  // it claims otherwise
  const AVOutputFormat* muxer =
      av_guess_format(std::string(container.muxer).c_str(), nullptr, nullptr);
  // Unofficial, so that Matroska accepts codecs that have only a FourCC.
  return muxer != nullptr && avformat_query_codec(muxer, codec, FF_COMPLIANCE_UNOFFICIAL) == 1;
}

}  // namespace

std::vector<std::string_view> known_containers() {
  std::vector<std::string_view> names;
  names.reserve(kContainers.size());
  for (const Container& container : kContainers) names.emplace_back(container.name);
  return names;
}

bool is_known_output(std::string_view output) { return container_of(output, std::nullopt).ok(); }

Delivery delivery_of(std::string_view output) {
  return scheme_of(output) ? Delivery::kLive : Delivery::kFile;
}

base::Result<const Container*> container_of(std::string_view output,
                                            const std::optional<std::string>& forced) {
  const auto scheme = scheme_of(output);
  const auto known = std::find_if(kSchemes.begin(), kSchemes.end(), [&](const Scheme& candidate) {
    return scheme == candidate.name;
  });
  if (scheme && known == kSchemes.end()) return unknown_output(output);
  if (forced) {
    if (const Container* container = container_named(*forced)) return container;
    return base::invalid_input(
        "unknown container " + *forced + ", expected " + listed(known_containers()), shown(output));
  }
  if (scheme) return container_named(known->container);
  const std::string extension = extension_of(output);
  for (const Container& container : kContainers) {
    if (base::lower_case(extension) == container.name) return &container;
  }
  return unknown_output(output);
}

base::Result<void> check_can_hold(const Container& container, const AVCodec& encoder,
                                  const std::string& output) {
  if (can_hold(container, encoder.id)) return {};
  std::vector<std::string_view> codecs;
  for (const AVCodecID codec : kNamedCodecs) {
    if (can_hold(container, codec)) codecs.emplace_back(avcodec_get_name(codec));
  }
  std::vector<std::string_view> others;
  for (const Container& other : kContainers) {
    if (can_hold(other, encoder.id)) others.emplace_back(other.name);
  }
  std::string message = std::string(container.name) + " cannot hold " +
                        avcodec_get_name(encoder.id) + "; choose the codec " + listed(codecs);
  if (!others.empty()) message += ", or the container " + listed(others);
  return base::invalid_input(std::move(message), shown(output));
}

}  // namespace layercast::media
