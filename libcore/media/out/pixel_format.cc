#include "media/out/pixel_format.h"

#include "media/out/names.h"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavutil/frame.h>
#include <libavutil/pixdesc.h>
}

namespace layercast::media {
namespace {

bool is_hardware_format(AVPixelFormat format) {
  const AVPixFmtDescriptor* descriptor = av_pix_fmt_desc_get(format);
  return descriptor == nullptr || (descriptor->flags & AV_PIX_FMT_FLAG_HWACCEL) != 0;
}

std::vector<AVPixelFormat> formats_of(const AVCodec& encoder) {
  std::vector<AVPixelFormat> formats;
  for (const AVPixelFormat* format = encoder.pix_fmts;
       format != nullptr && *format != AV_PIX_FMT_NONE; ++format) {
    if (!is_hardware_format(*format)) formats.push_back(*format);
  }
  return formats;
}

std::string listed_formats(const std::vector<AVPixelFormat>& formats) {
  std::vector<std::string_view> names;
  names.reserve(formats.size());
  for (const AVPixelFormat format : formats) names.emplace_back(av_get_pix_fmt_name(format));
  return names.empty() ? "no format from memory" : listed(names);
}

base::Result<AVPixelFormat> pixel_format_named(const std::string& name,
                                               const std::vector<AVPixelFormat>& formats) {
  const AVPixelFormat format = av_get_pix_fmt(name.c_str());
  if (format != AV_PIX_FMT_NONE) return format;
  std::vector<std::string_view> names;
  names.reserve(formats.size());
  for (const AVPixelFormat known : formats) names.emplace_back(av_get_pix_fmt_name(known));
  return base::invalid_input("unknown pixel format " + name + suggestion(name, names));
}

AVPixelFormat default_pixel_format(const std::vector<AVPixelFormat>& formats) {
  // The full-range variant first means an encoder of stills, which accepts limited range only in a
  // non-standard mode.
  if (!formats.empty() && formats.front() == AV_PIX_FMT_YUVJ420P) return formats.front();
  AVPixelFormat best = AV_PIX_FMT_NONE;
  for (const AVPixelFormat format : formats) {
    if (format == AV_PIX_FMT_YUV420P) return format;
    best = av_find_best_pix_fmt_of_2(best, format, AV_PIX_FMT_YUV444P, 0, nullptr);
  }
  return best;
}

/// The colour properties of a pixel format, as libavcodec names them; the primaries are BT.709.
struct ColorTags {
  AVColorRange range;
  AVColorTransferCharacteristic transfer;
  AVColorSpace matrix;
  AVChromaLocation siting;
};

ColorTags tags_of(int pixel_format) {
  const ColorCoding coding = color_coding_of(pixel_format);
  const bool is_video = coding == ColorCoding::kVideo;
  ColorTags tags{is_video ? AVCOL_RANGE_MPEG : AVCOL_RANGE_JPEG, AVCOL_TRC_BT709, AVCOL_SPC_BT709,
                 AVCHROMA_LOC_UNSPECIFIED};
  if (coding == ColorCoding::kRgb) {
    tags.transfer = AVCOL_TRC_IEC61966_2_1;
    tags.matrix = AVCOL_SPC_RGB;
  }
  if (coding == ColorCoding::kJpeg) tags.matrix = AVCOL_SPC_BT470BG;  // BT.601's numbers
  if (av_pix_fmt_desc_get(static_cast<AVPixelFormat>(pixel_format))->log2_chroma_w == 1) {
    tags.siting = is_video ? AVCHROMA_LOC_LEFT : AVCHROMA_LOC_CENTER;
  }
  return tags;
}

// Sets the properties that a codec context and a frame name alike; returns the siting of the
// chroma.
template <class Target>
AVChromaLocation set_color_tags(Target& target, int pixel_format) {
  const ColorTags tags = tags_of(pixel_format);
  target.color_range = tags.range;
  target.color_primaries = AVCOL_PRI_BT709;
  target.color_trc = tags.transfer;
  target.colorspace = tags.matrix;
  return tags.siting;
}

}  // namespace

base::Result<int> pixel_format_for(const AVCodec& encoder, const std::optional<std::string>& name) {
  const std::vector<AVPixelFormat> formats = formats_of(encoder);
  const bool takes_any = encoder.pix_fmts == nullptr;
  if (!name) {
    const AVPixelFormat format = takes_any ? AV_PIX_FMT_YUV420P : default_pixel_format(formats);
    if (format != AV_PIX_FMT_NONE) return static_cast<int>(format);
    return base::invalid_input(std::string(encoder.name) +
                               " takes only frames from a graphics card");
  }
  TRY(const AVPixelFormat format, pixel_format_named(*name, formats));
  const bool taken = takes_any ? !is_hardware_format(format)
                               : std::find(formats.begin(), formats.end(), format) != formats.end();
  if (taken) return static_cast<int>(format);
  return base::invalid_input(std::string(encoder.name) + " does not support " + *name +
                             "; expected " + listed_formats(formats));
}

base::Result<void> check_size(base::SizeI size, int pixel_format) {
  const std::string text = std::to_string(size.width) + "x" + std::to_string(size.height);
  if (size.empty()) return base::invalid_input("size " + text + " contains no pixel");
  const AVPixFmtDescriptor* format = av_pix_fmt_desc_get(static_cast<AVPixelFormat>(pixel_format));
  const int width_step = 1 << format->log2_chroma_w;
  const int height_step = 1 << format->log2_chroma_h;
  if (size.width % width_step == 0 && size.height % height_step == 0) return {};
  std::string message = "size " + text + " does not suit " + format->name +
                        ", whose width must be a multiple of " + std::to_string(width_step);
  if (height_step > 1) message += " and height a multiple of " + std::to_string(height_step);
  return base::invalid_input(message + "; choose another size or a pixel format such as yuv444p");
}

ColorCoding color_coding_of(int pixel_format) {
  const AVPixFmtDescriptor& format = *av_pix_fmt_desc_get(static_cast<AVPixelFormat>(pixel_format));
  if ((format.flags & AV_PIX_FMT_FLAG_RGB) != 0) return ColorCoding::kRgb;
  if (format.nb_components < 3) return ColorCoding::kGrey;
  return std::string_view(format.name).starts_with("yuvj") ? ColorCoding::kJpeg
                                                           : ColorCoding::kVideo;
}

void tag_colors(AVCodecContext& context) {
  context.chroma_sample_location = set_color_tags(context, context.pix_fmt);
}

void tag_colors(AVFrame& frame) { frame.chroma_location = set_color_tags(frame, frame.format); }

}  // namespace layercast::media
