#include "media/in/frame_scaler.h"

#include "base/check.h"
#include "media/in/decoded_format.h"

#include <string>

extern "C" {
#include <libavutil/frame.h>
#include <libavutil/opt.h>
#include <libswscale/swscale.h>
}

namespace layercast::media {
namespace {

using base::ErrorCode;

constexpr int kScalerFlags =
    SWS_BILINEAR | SWS_FULL_CHR_H_INP | SWS_FULL_CHR_H_INT | SWS_ACCURATE_RND | SWS_BITEXACT;

/// The position of the first chroma sample, in 1/256 of a luma pixel.
struct ChromaPosition {
  int x;
  int y;
};

ChromaPosition position_of(AVChromaLocation location) {
  const bool is_middle = location == AVCHROMA_LOC_CENTER || location == AVCHROMA_LOC_TOP ||
                         location == AVCHROMA_LOC_BOTTOM;
  const bool is_top = location == AVCHROMA_LOC_TOPLEFT || location == AVCHROMA_LOC_TOP;
  const bool is_bottom = location == AVCHROMA_LOC_BOTTOMLEFT || location == AVCHROMA_LOC_BOTTOM;
  return {is_middle ? 128 : 0, is_top ? 0 : is_bottom ? 256 : 128};
}

void set_option(SwsContext* scaler, const char* option, int64_t value) {
  LAYERCAST_CHECK(av_opt_set_int(scaler, option, value, 0) >= 0);
}

void set_chroma(SwsContext* scaler, const AVFrame& decoded, const AVPixFmtDescriptor& target) {
  const ChromaPosition at = position_of(decoded.chroma_location);
  const AVPixFmtDescriptor& source = descriptor_of(format_of(decoded));
  if (source.log2_chroma_w > 0) set_option(scaler, "src_h_chr_pos", at.x);
  if (source.log2_chroma_h > 0) set_option(scaler, "src_v_chr_pos", at.y);
  if (target.log2_chroma_w > 0) set_option(scaler, "dst_h_chr_pos", at.x);
  if (target.log2_chroma_h > 0) set_option(scaler, "dst_v_chr_pos", at.y);
}

}  // namespace

base::Result<void> FrameScaler::open(const AVFrame& decoded, const ScaledFormat& target) {
  const std::array<int, 8> key = {decoded.width,       decoded.height,      decoded.format,
                                  decoded.colorspace,  decoded.color_range, decoded.chroma_location,
                                  target.pixel_format, target.is_full_range};
  if (scaler_ != nullptr && key == key_) return {};
  const AVPixelFormat format = format_of(decoded);
  const base::Error failure{
      ErrorCode::kUnsupported,
      std::string("pixel format ") + descriptor_of(format).name + " cannot be converted",
      {},
      nullptr};
  if (sws_isSupportedInput(format) == 0) return failure;
  scaler_.reset(sws_alloc_context());
  LAYERCAST_CHECK(scaler_ != nullptr);
  const bool has_range = is_yuv(format) || is_gray(descriptor_of(format));
  const bool from_full = !has_range || is_full_range(decoded);
  set_option(scaler_.get(), "srcw", decoded.width);
  set_option(scaler_.get(), "srch", decoded.height);
  set_option(scaler_.get(), "dstw", decoded.width);
  set_option(scaler_.get(), "dsth", decoded.height);
  set_option(scaler_.get(), "src_format", format);
  set_option(scaler_.get(), "dst_format", target.pixel_format);
  set_option(scaler_.get(), "sws_flags", kScalerFlags);
  set_option(scaler_.get(), "src_range", from_full ? 1 : 0);
  set_option(scaler_.get(), "dst_range", target.is_full_range ? 1 : 0);
  set_chroma(scaler_.get(), decoded,
             descriptor_of(static_cast<AVPixelFormat>(target.pixel_format)));
  if (sws_init_context(scaler_.get(), nullptr, nullptr) < 0) {
    scaler_.reset();
    return failure;
  }
  if (target.changes_matrix) {
    constexpr int kOne = 1 << 16;
    const int* bt709 = sws_getCoefficients(SWS_CS_ITU709);
    const int* own = is_yuv(format) ? sws_getCoefficients(decoded.colorspace) : bt709;
    sws_setColorspaceDetails(scaler_.get(), own, from_full ? 1 : 0, bt709,
                             target.is_full_range ? 1 : 0, 0, kOne, kOne);
  }
  key_ = key;
  return {};
}

base::Result<LibavFramePtr> FrameScaler::scaled(const AVFrame& decoded,
                                                const ScaledFormat& target) {
  TRY_DO(open(decoded, target));
  LibavFramePtr frame = new_frame();
  frame->format = target.pixel_format;
  frame->width = decoded.width;
  frame->height = decoded.height;
  if (av_frame_get_buffer(frame.get(), 0) < 0) {
    return base::over_limit("out of memory for a picture");
  }
  const int rows = sws_scale(scaler_.get(), decoded.data, decoded.linesize, 0, decoded.height,
                             frame->data, frame->linesize);
  if (rows != decoded.height) {
    return base::internal_error("cannot convert the pixel format");
  }
  return frame;
}

}  // namespace layercast::media
