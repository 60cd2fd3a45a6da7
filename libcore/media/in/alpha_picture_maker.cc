#include "media/in/alpha_picture_maker.h"

#include "frame/image.h"
#include "frame/yuv_color.h"
#include "frame/yuv_picture.h"
#include "media/in/decoded_format.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

extern "C" {
#include <libavutil/frame.h>
}

namespace layercast::media {
namespace {

using frame::Image;
using frame::ImageView;
using frame::PremulRgba8;
using frame::StraightRgba8;
using frame::YuvLayout;

using Plane = ImageView<const uint8_t>;

// The 8-bit planar format to which a frame with a known matrix is converted; it keeps subsampled
// chroma only if the siting is known.
AVPixelFormat plain_format(const AVFrame& decoded) {
  const AVPixFmtDescriptor& format = descriptor_of(format_of(decoded));
  const int divisors = 10 * (1 << format.log2_chroma_w) + (1 << format.log2_chroma_h);
  if (!siting_of(decoded)) return AV_PIX_FMT_YUVA444P;
  if (divisors == 22) return AV_PIX_FMT_YUVA420P;
  if (divisors == 21) return AV_PIX_FMT_YUVA422P;
  return AV_PIX_FMT_YUVA444P;
}

bool stays_yuv(const AVFrame& decoded) { return is_yuv(format_of(decoded)) && matrix_of(decoded); }

ScaledFormat target_for(const AVFrame& decoded) {
  if (stays_yuv(decoded)) return {plain_format(decoded), is_full_range(decoded), false};
  return {AV_PIX_FMT_RGBA, true, true};
}

YuvLayout layout_of(const AVFrame& plain) {
  const AVPixFmtDescriptor& format = descriptor_of(format_of(plain));
  YuvLayout layout;
  layout.size = {plain.width, plain.height};
  layout.chroma_divisor_x = 1 << format.log2_chroma_w;
  layout.chroma_divisor_y = 1 << format.log2_chroma_h;
  return layout;
}

// The position of a luma column or row between two chroma columns or rows.
struct Between {
  int before;
  int after;
  uint32_t weight;  // of `after`, out of 256
};

std::vector<Between> places_of(int count, int chroma_count, double scale, double offset) {
  std::vector<Between> places;
  places.reserve(static_cast<size_t>(count));
  for (int i = 0; i < count; ++i) {
    // A multiple of an eighth, so exact.
    const double at = scale * (i + 0.5) + offset - 0.5;
    const double whole = std::floor(at);
    const int index = static_cast<int>(whole);
    places.push_back({std::clamp(index, 0, chroma_count - 1),
                      std::clamp(index + 1, 0, chroma_count - 1),
                      static_cast<uint32_t>((at - whole) * 256)});
  }
  return places;
}

// Interpolates a chroma plane at the luma samples of a row.
class ChromaRow {
 public:
  ChromaRow(const Plane& plane, const std::vector<Between>& columns)
      : plane_(plane), columns_(columns), blended_(static_cast<size_t>(plane.width())) {}

  void read(const Between& rows, std::vector<uint8_t>& out) {
    const uint8_t* upper = plane_.row(rows.before);
    const uint8_t* lower = plane_.row(rows.after);
    for (size_t i = 0; i < blended_.size(); ++i) {
      blended_[i] = upper[i] * (256 - rows.weight) + lower[i] * rows.weight;
    }
    for (size_t x = 0; x < out.size(); ++x) {
      const Between& at = columns_[x];
      const uint32_t sum = blended_[static_cast<size_t>(at.before)] * (256 - at.weight) +
                           blended_[static_cast<size_t>(at.after)] * at.weight;
      out[x] = static_cast<uint8_t>((sum + 32768) >> 16);
    }
  }

 private:
  Plane plane_;
  const std::vector<Between>& columns_;
  std::vector<uint32_t> blended_;
};

PremulRgba8 with_alpha(const PremulRgba8& opaque, uint8_t alpha) {
  return frame::premultiplied({opaque.red, opaque.green, opaque.blue, alpha});
}

// `plain` has the samples; `decoded` has the colour properties.
Image<PremulRgba8> pixels_from_yuva(const AVFrame& plain, const AVFrame& decoded) {
  YuvLayout layout = layout_of(plain);
  layout.siting = siting_of(decoded).value_or(frame::ChromaSiting::kLeft);
  const frame::YuvCoefficients coefficients = frame::yuv_coefficients(
      *matrix_of(decoded),
      is_full_range(decoded) ? frame::YuvRange::kFull : frame::YuvRange::kLimited);
  const base::SizeI chroma = layout.chroma_size();
  const base::Affine map = frame::chroma_from_luma(layout);
  const auto columns = places_of(plain.width, chroma.width, map.xx, map.x0);
  const auto rows = places_of(plain.height, chroma.height, map.yy, map.y0);
  const auto plane = [&plain](int i, base::SizeI size) {
    return Plane(plain.data[i], size, plain.linesize[i]);
  };
  const Plane luma = plane(0, layout.size);
  const Plane alpha = plane(3, layout.size);
  ChromaRow u_plane(plane(1, chroma), columns);
  ChromaRow v_plane(plane(2, chroma), columns);
  std::vector<uint8_t> u(static_cast<size_t>(plain.width));
  std::vector<uint8_t> v(u.size());
  Image<PremulRgba8> pixels(layout.size);
  for (int y = 0; y < plain.height; ++y) {
    u_plane.read(rows[static_cast<size_t>(y)], u);
    v_plane.read(rows[static_cast<size_t>(y)], v);
    PremulRgba8* out = pixels.view().row(y);
    for (size_t x = 0; x < u.size(); ++x) {
      out[x] = with_alpha(frame::rgb_from_yuv(coefficients, luma.row(y)[x], u[x], v[x]),
                          alpha.row(y)[x]);
    }
  }
  return pixels;
}

Image<PremulRgba8> pixels_from_rgba(const AVFrame& rgba) {
  const base::SizeI size{rgba.width, rgba.height};
  Image<PremulRgba8> pixels(size);
  frame::premultiply({reinterpret_cast<const StraightRgba8*>(rgba.data[0]), size, rgba.linesize[0]},
                     pixels.view());
  return pixels;
}

Image<PremulRgba8> turned(const Image<PremulRgba8>& source, const Orientation& o) {
  base::SizeI size = source.size();
  if (o.swaps_sides()) std::swap(size.width, size.height);
  // The inverse of a rotation is its transpose; a coordinate that decreases starts at the far end.
  const int first_x = o.xx + o.yx < 0 ? source.size().width - 1 : 0;
  const int first_y = o.xy + o.yy < 0 ? source.size().height - 1 : 0;
  Image<PremulRgba8> pixels(size);
  const auto to = pixels.view();
  const auto from = source.view();
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      to.at(x, y) = from.at(first_x + o.xx * x + o.yx * y, first_y + o.xy * x + o.yy * y);
    }
  }
  return pixels;
}

}  // namespace

base::Result<void> AlphaPictureMaker::check(const AVFrame& decoded) {
  const ScaledFormat target = target_for(decoded);
  return decoded.format == target.pixel_format ? base::Result<void>()
                                               : scaler_.open(decoded, target);
}

base::Result<frame::PicturePtr> AlphaPictureMaker::picture_of(const AVFrame& decoded) {
  const ScaledFormat target = target_for(decoded);
  LibavFramePtr scaled;
  if (decoded.format != target.pixel_format) {
    TRY(scaled, scaler_.scaled(decoded, target));
  }
  const AVFrame& plain = scaled ? *scaled : decoded;
  Image<PremulRgba8> pixels =
      stays_yuv(decoded) ? pixels_from_yuva(plain, decoded) : pixels_from_rgba(plain);
  if (orientation_ != Orientation{}) pixels = turned(pixels, orientation_);
  return frame::PicturePtr(std::make_shared<frame::Picture>(std::move(pixels)));
}

}  // namespace layercast::media
