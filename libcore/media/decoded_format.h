#pragma once

#include "frame/yuv_picture.h"

#include <optional>

extern "C" {
#include <libavutil/pixdesc.h>
}

struct AVFrame;

namespace layercast::media {

/// What the samples of a decoded frame mean. What it does not tell is taken as is customary:
/// BT.709 from 720 lines up, else BT.601; limited range; chroma on the left column.

AVPixelFormat format_of(const AVFrame& decoded);
const AVPixFmtDescriptor& descriptor_of(AVPixelFormat format);

bool is_gray(const AVPixFmtDescriptor& format);
/// Neither grey, nor R'G'B' in any form, nor XYZ.
bool is_yuv(AVPixelFormat format);
bool is_full_range(const AVFrame& decoded);
/// Whether it may be transparent somewhere. A palette is looked at; other formats are believed.
bool has_alpha(const AVFrame& decoded);
/// nullopt: one that a YuvLayout does not know.
std::optional<frame::YuvMatrix> matrix_of(const AVFrame& decoded);
std::optional<frame::ChromaSiting> siting_of(const AVFrame& decoded);

}  // namespace layercast::media
