#include "media/out/frame_converter.h"

#include "base/check.h"
#include "media/av/frame_format.h"
#include "media/out/pixel_format.h"

#include <string>

extern "C" {
#include <libavutil/frame.h>
#include <libavutil/opt.h>
#include <libavutil/pixdesc.h>
#include <libswscale/swscale.h>
}

namespace layercast::media {
namespace {

using base::ErrorCode;
using frame::PixelFormat;

// The area filter at these positions is 1-2-1 across the co-sited column and the mean of two rows,
// as in frame::convert_rows().
constexpr int kScalerFlags =
    SWS_AREA | SWS_FULL_CHR_H_INP | SWS_FULL_CHR_H_INT | SWS_ACCURATE_RND | SWS_BITEXACT;
constexpr int64_t kCositedLeft = 0;
constexpr int64_t kBetweenRows = 128;

AVPixelFormat av_format(int pixel_format) { return static_cast<AVPixelFormat>(pixel_format); }

const AVPixFmtDescriptor& descriptor_of(int pixel_format) {
  const AVPixFmtDescriptor* descriptor = av_pix_fmt_desc_get(av_format(pixel_format));
  LAYERCAST_CHECK(descriptor != nullptr);
  return *descriptor;
}

bool is_untouched(int pixel_format) {
  return pixel_format == AV_PIX_FMT_RGBA || frame_format_of(pixel_format) != PixelFormat::kRgba;
}

void release_frame(void* opaque, uint8_t* /*data*/) {
  delete static_cast<frame::FramePtr*>(opaque);
}

// A libav frame that refers to the memory of `source` and keeps a reference to it.
LibavFramePtr wrapped(const frame::FramePtr& source) {
  LibavFramePtr target = new_frame();
  for (int plane = 0; plane < source->planes(); ++plane) {
    target->data[plane] = const_cast<uint8_t*>(source->plane(plane));
    target->linesize[plane] = static_cast<int>(source->row_bytes(plane));
  }
  target->buf[0] = av_buffer_create(target->data[0], source->bytes(), release_frame,
                                    new frame::FramePtr(source), AV_BUFFER_FLAG_READONLY);
  LAYERCAST_CHECK(target->buf[0] != nullptr);
  return target;
}

}  // namespace

base::Result<FrameConverter> FrameConverter::open(int pixel_format, base::SizeI size) {
  FrameConverter converter(pixel_format, size, frame_format_of(pixel_format));
  if (!is_untouched(pixel_format)) TRY_DO(converter.open_scaler());
  return converter;
}

base::Result<void> FrameConverter::open_scaler() {
  const AVPixFmtDescriptor& target = descriptor_of(pixel_format_);
  const base::Error failure{ErrorCode::kInvalidInput,
                            std::string("pixel format ") + target.name + " is not supported",
                            {},
                            nullptr};
  if (sws_isSupportedOutput(av_format(pixel_format_)) == 0) return failure;
  const bool has_alpha = (target.flags & AV_PIX_FMT_FLAG_ALPHA) != 0;
  if (!has_alpha) flat_.emplace(size_);

  scaler_.reset(sws_alloc_context());
  LAYERCAST_CHECK(scaler_ != nullptr);
  const auto set = [this](const char* option, int64_t value) {
    LAYERCAST_CHECK(av_opt_set_int(scaler_.get(), option, value, 0) >= 0);
  };
  set("srcw", size_.width);
  set("srch", size_.height);
  set("dstw", size_.width);
  set("dsth", size_.height);
  set("src_format", has_alpha ? AV_PIX_FMT_RGBA : AV_PIX_FMT_RGB0);
  set("dst_format", pixel_format_);
  set("sws_flags", kScalerFlags);
  const ColorCoding coding = color_coding_of(pixel_format_);
  if (coding == ColorCoding::kVideo && target.log2_chroma_w == 1)
    set("dst_h_chr_pos", kCositedLeft);
  if (target.log2_chroma_h == 1) set("dst_v_chr_pos", kBetweenRows);
  if (sws_init_context(scaler_.get(), nullptr, nullptr) < 0) return failure;
  const int* matrix =
      sws_getCoefficients(coding == ColorCoding::kJpeg ? SWS_CS_ITU601 : SWS_CS_ITU709);
  const int full_range = coding == ColorCoding::kVideo ? 0 : 1;
  constexpr int kOne = 1 << 16;
  sws_setColorspaceDetails(scaler_.get(), matrix, 1, matrix, full_range, 0, kOne, kOne);
  return {};
}

base::Result<LibavFramePtr> FrameConverter::scaled(const frame::Frame& source) {
  LibavFramePtr target = new_frame();
  target->format = pixel_format_;
  target->width = size_.width;
  target->height = size_.height;
  LAYERCAST_CHECK(av_frame_get_buffer(target.get(), 0) >= 0);
  const uint8_t* pixels = source.plane(0);
  ptrdiff_t row_bytes = source.row_bytes(0);
  if (flat_) {
    frame::premultiply(source.rgba(), flat_->view());
    pixels = &flat_->view().row(0)->red;
    row_bytes = flat_->view().row_bytes();
  }
  const uint8_t* const planes[] = {pixels, nullptr, nullptr, nullptr};
  const int strides[] = {static_cast<int>(row_bytes), 0, 0, 0};
  const int rows =
      sws_scale(scaler_.get(), planes, strides, 0, size_.height, target->data, target->linesize);
  if (rows == size_.height) return target;
  return base::internal_error(std::string("cannot convert to ") +
                              descriptor_of(pixel_format_).name);
}

base::Result<LibavFramePtr> FrameConverter::convert(const frame::FramePtr& source, int64_t index) {
  LAYERCAST_CHECK(source->format() == input_format_ && source->size() == size_);
  LibavFramePtr target;
  if (scaler_ == nullptr) {
    target = wrapped(source);
  } else {
    TRY(target, scaled(*source));
  }
  target->format = pixel_format_;
  target->width = size_.width;
  target->height = size_.height;
  tag_colors(*target);
  target->pts = index;
  target->sample_aspect_ratio = AVRational{1, 1};
  return target;
}

}  // namespace layercast::media
