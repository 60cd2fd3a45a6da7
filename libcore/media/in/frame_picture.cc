#include "media/in/frame_picture.h"

#include "base/check.h"
#include "media/av/libav.h"

#include <algorithm>
#include <array>
#include <utility>

extern "C" {
#include <libavutil/pixfmt.h>
#include <libswscale/swscale.h>
}

namespace layercast::media {
namespace {

AVPixelFormat libav_format(frame::PixelFormat format) {
  switch (format) {
    case frame::PixelFormat::kRgba:
      return AV_PIX_FMT_RGBA;
    case frame::PixelFormat::kYuv420p:
      return AV_PIX_FMT_YUV420P;
    case frame::PixelFormat::kYuv422p:
      return AV_PIX_FMT_YUV422P;
    case frame::PixelFormat::kYuv444p:
      return AV_PIX_FMT_YUV444P;
    case frame::PixelFormat::kNv12:
      return AV_PIX_FMT_NV12;
  }
  return AV_PIX_FMT_NONE;
}

base::SizeI shrunk(base::SizeI size, std::optional<int> width) {
  if (!width || *width >= size.width) return size;
  const int64_t height = (int64_t{size.height} * *width + size.width / 2) / size.width;
  return {std::max(1, *width), static_cast<int>(std::max<int64_t>(1, height))};
}

ScalerPtr scaler_for(const frame::Frame& frame, base::SizeI size) {
  const int method = size == frame.size() ? SWS_BICUBIC | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INT
                                          : SWS_AREA | SWS_ACCURATE_RND;
  ScalerPtr scaler(sws_getContext(frame.size().width, frame.size().height,
                                  libav_format(frame.format()), size.width, size.height,
                                  AV_PIX_FMT_RGBA, method, nullptr, nullptr, nullptr));
  if (scaler == nullptr) return scaler;
  constexpr int kOne = 1 << 16;
  const int* matrix = sws_getCoefficients(SWS_CS_ITU709);
  const int source_is_full = frame.format() == frame::PixelFormat::kRgba ? 1 : 0;
  sws_setColorspaceDetails(scaler.get(), matrix, source_is_full, matrix, 1, 0, kOne, kOne);
  return scaler;
}

}  // namespace

base::Result<frame::Image<frame::StraightRgba8>> picture_of(const frame::Frame& frame,
                                                            std::optional<int> width) {
  const base::SizeI size = shrunk(frame.size(), width);
  const ScalerPtr scaler = scaler_for(frame, size);
  if (scaler == nullptr) {
    return base::unsupported("cannot convert frames of this format to RGB");
  }
  std::array<const uint8_t*, 4> planes{};
  std::array<int, 4> row_bytes{};
  for (int plane = 0; plane < frame.planes(); ++plane) {
    planes.at(static_cast<size_t>(plane)) = frame.plane(plane);
    row_bytes.at(static_cast<size_t>(plane)) = static_cast<int>(frame.row_bytes(plane));
  }
  frame::Image<frame::StraightRgba8> picture(size);
  const std::array<uint8_t*, 4> target{&picture.view().row(0)->red, nullptr, nullptr, nullptr};
  const std::array<int, 4> target_bytes{static_cast<int>(picture.view().row_bytes()), 0, 0, 0};
  const int rows = sws_scale(scaler.get(), planes.data(), row_bytes.data(), 0, frame.size().height,
                             target.data(), target_bytes.data());
  if (rows == size.height) return picture;
  return base::internal_error("cannot convert the frame to RGB");
}

}  // namespace layercast::media
