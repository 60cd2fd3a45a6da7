#pragma once

#include "base/error.h"
#include "base/geometry.h"

#include <optional>
#include <string>

struct AVCodec;
struct AVCodecContext;
struct AVFrame;

namespace layercast::media {

/// The AVPixelFormat for `encoder`: the one named, or the supported one nearest to yuv420p.
/// Errors: kInvalidInput with the supported formats.
base::Result<int> pixel_format_for(const AVCodec& encoder, const std::optional<std::string>& name);

/// Succeeds when whole chroma samples fill `size`.
/// Errors: kInvalidInput with suitable sizes and formats.
base::Result<void> check_size(base::SizeI size, int pixel_format);

/// The colour space of a pixel format.
enum class ColorCoding {
  kVideo,  ///< BT.709 YUV, limited range, chroma sited left.
  kJpeg,   ///< BT.601 YUV, full range, chroma centred: the `yuvj` formats, as in JFIF.
  kGrey,   ///< BT.709 luma, full range.
  kRgb,    ///< sRGB, full range.
};
ColorCoding color_coding_of(int pixel_format);

/// Sets the colour properties of the pixel format in `context`, and so in the stream.
void tag_colors(AVCodecContext& context);
/// The same in `frame`: some encoders, such as prores_ks, write those of each frame into the stream
/// and ignore those of the context.
void tag_colors(AVFrame& frame);

}  // namespace layercast::media
