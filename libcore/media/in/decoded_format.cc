#include "media/in/decoded_format.h"

#include "base/check.h"

#include <algorithm>
#include <cstdint>
#include <string_view>

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavutil/frame.h>
}

namespace layercast::media {
namespace {

using frame::ChromaSiting;
using frame::YuvMatrix;

constexpr int kHighDefinitionLines = 720;

// 256 entries, alpha in the highest byte.
bool is_opaque_palette(const AVFrame& decoded) {
  const auto* palette = reinterpret_cast<const uint32_t*>(decoded.data[1]);
  return palette == nullptr ||
         std::all_of(palette, palette + 256, [](uint32_t entry) { return entry >> 24 == 255; });
}

}  // namespace

void complete_colors(AVFrame& decoded, const AVCodecParameters& track) {
  if (decoded.color_range == AVCOL_RANGE_UNSPECIFIED) decoded.color_range = track.color_range;
  if (decoded.color_primaries == AVCOL_PRI_UNSPECIFIED) {
    decoded.color_primaries = track.color_primaries;
  }
  if (decoded.color_trc == AVCOL_TRC_UNSPECIFIED) decoded.color_trc = track.color_trc;
  if (decoded.colorspace == AVCOL_SPC_UNSPECIFIED) decoded.colorspace = track.color_space;
  if (decoded.chroma_location == AVCHROMA_LOC_UNSPECIFIED) {
    decoded.chroma_location = track.chroma_location;
  }
}

AVPixelFormat format_of(const AVFrame& decoded) {
  return static_cast<AVPixelFormat>(decoded.format);
}

const AVPixFmtDescriptor& descriptor_of(AVPixelFormat format) {
  const AVPixFmtDescriptor* descriptor = av_pix_fmt_desc_get(format);
  LAYERCAST_CHECK(descriptor != nullptr);
  return *descriptor;
}

bool is_gray(const AVPixFmtDescriptor& format) {
  return format.nb_components <= 2 && (format.flags & AV_PIX_FMT_FLAG_PAL) == 0;
}

bool is_yuv(AVPixelFormat format) {
  constexpr uint64_t kOthers = AV_PIX_FMT_FLAG_RGB | AV_PIX_FMT_FLAG_PAL | AV_PIX_FMT_FLAG_BAYER;
  const AVPixFmtDescriptor& descriptor = descriptor_of(format);
  const bool is_xyz = format == AV_PIX_FMT_XYZ12LE || format == AV_PIX_FMT_XYZ12BE;
  return (descriptor.flags & kOthers) == 0 && !is_gray(descriptor) && !is_xyz;
}

bool is_full_range(const AVFrame& decoded) {
  if (decoded.color_range != AVCOL_RANGE_UNSPECIFIED)
    return decoded.color_range == AVCOL_RANGE_JPEG;
  const AVPixFmtDescriptor& format = descriptor_of(format_of(decoded));
  return is_gray(format) || std::string_view(format.name).starts_with("yuvj");
}

bool has_alpha(const AVFrame& decoded) {
  const AVPixFmtDescriptor& format = descriptor_of(format_of(decoded));
  if ((format.flags & AV_PIX_FMT_FLAG_ALPHA) == 0) return false;
  return (format.flags & AV_PIX_FMT_FLAG_PAL) == 0 || !is_opaque_palette(decoded);
}

std::optional<YuvMatrix> matrix_of(const AVFrame& decoded) {
  switch (decoded.colorspace) {
    case AVCOL_SPC_BT709:
      return YuvMatrix::kBt709;
    case AVCOL_SPC_BT470BG:
    case AVCOL_SPC_SMPTE170M:
      return YuvMatrix::kBt601;
    case AVCOL_SPC_UNSPECIFIED:
    case AVCOL_SPC_RESERVED:
      return decoded.height >= kHighDefinitionLines ? YuvMatrix::kBt709 : YuvMatrix::kBt601;
    default:
      return std::nullopt;
  }
}

std::optional<ChromaSiting> siting_of(const AVFrame& decoded) {
  switch (decoded.chroma_location) {
    case AVCHROMA_LOC_UNSPECIFIED:
    case AVCHROMA_LOC_LEFT:
      return ChromaSiting::kLeft;
    case AVCHROMA_LOC_CENTER:
      return ChromaSiting::kCenter;
    case AVCHROMA_LOC_TOPLEFT:
      return ChromaSiting::kTopLeft;
    default:
      return std::nullopt;
  }
}

}  // namespace layercast::media
