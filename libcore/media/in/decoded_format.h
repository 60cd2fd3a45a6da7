#pragma once

#include "frame/yuv_picture.h"

#include <optional>

extern "C" {
#include <libavutil/pixdesc.h>
}

struct AVCodecParameters;
struct AVFrame;

namespace layercast::media {

// The colour properties of a decoded frame. Unspecified ones get the customary values: BT.709 from
// 720 lines up, else BT.601; limited range; chroma on the left column. Thread: any.

/// Sets the colour properties that the stream itself does not specify to those of its track, which
/// may come from the container.
void complete_colors(AVFrame& decoded, const AVCodecParameters& track);

AVPixelFormat format_of(const AVFrame& decoded);
const AVPixFmtDescriptor& descriptor_of(AVPixelFormat format);

bool is_gray(const AVPixFmtDescriptor& format);
/// Whether the format is neither grey, nor R'G'B' in any form, nor XYZ.
bool is_yuv(AVPixelFormat format);
bool is_full_range(const AVFrame& decoded);
/// Whether the frame may be transparent somewhere: inspects a palette, otherwise only the format.
bool has_alpha(const AVFrame& decoded);
/// nullopt for a matrix that YuvLayout does not represent.
std::optional<frame::YuvMatrix> matrix_of(const AVFrame& decoded);
/// nullopt for a siting that YuvLayout does not represent.
std::optional<frame::ChromaSiting> siting_of(const AVFrame& decoded);

}  // namespace layercast::media
