#pragma once

#include "base/error.h"
#include "base/geometry.h"

#include <optional>
#include <string>

struct AVCodec;
struct AVCodecContext;

namespace layercast::media {

/// The AVPixelFormat that `encoder` is fed: the one named, or what is nearest to yuv420p of those
/// that it takes.
/// Errors: kInvalidInput naming the formats that it takes.
base::Result<int> pixel_format_for(const AVCodec& encoder, const std::optional<std::string>& name);

/// Succeeds when whole chroma samples fill `size`.
/// Errors: kInvalidInput with the sizes and formats that would do.
base::Result<void> check_size(base::SizeI size, int pixel_format);

/// What the numbers of a pixel format mean.
enum class ColorCoding {
  kVideo,  ///< BT.709 YUV, limited range, chroma sited left.
  kJpeg,   ///< BT.601 YUV, full range, chroma centred: the `yuvj` formats, as JFIF has them.
  kGrey,   ///< BT.709 luma, full range.
  kRgb,    ///< sRGB, full range.
};
ColorCoding color_coding_of(int pixel_format);

/// Says in `context`, and so in the stream, what its pixel format's colours mean.
void tag_colors(AVCodecContext& context);

}  // namespace layercast::media
