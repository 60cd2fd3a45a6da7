#include "media/in/color_converter.h"

#include "base/check.h"
#include "media/in/decoded_format.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>
#include <vector>

extern "C" {
#include <libavutil/csp.h>
#include <libavutil/frame.h>
}

namespace layercast::media {
namespace {

using frame::Primaries;
using frame::Transfer;
using frame::VideoColors;
using frame::YuvRange;

// ---- The properties of a frame ------------------------------------------------------------------

Transfer transfer_of(const AVFrame& decoded) {
  switch (decoded.color_trc) {
    case AVCOL_TRC_GAMMA22:
      return Transfer::kGamma22;
    case AVCOL_TRC_SMPTE428:
      return Transfer::kGamma26;
    case AVCOL_TRC_GAMMA28:
      return Transfer::kGamma28;
    case AVCOL_TRC_LINEAR:
      return Transfer::kLinear;
    case AVCOL_TRC_SMPTE2084:
      return Transfer::kPq;
    case AVCOL_TRC_ARIB_STD_B67:
      return Transfer::kHlg;
    default:
      return Transfer::kSrgb;
  }
}

bool is_wide(const AVFrame& decoded) {
  const Transfer transfer = transfer_of(decoded);
  return decoded.colorspace == AVCOL_SPC_BT2020_NCL || decoded.colorspace == AVCOL_SPC_BT2020_CL ||
         decoded.colorspace == AVCOL_SPC_ICTCP || decoded.color_trc == AVCOL_TRC_BT2020_10 ||
         decoded.color_trc == AVCOL_TRC_BT2020_12 || transfer == Transfer::kPq ||
         transfer == Transfer::kHlg;
}

base::PointF point(const AVCIExy& at) { return {av_q2d(at.x), av_q2d(at.y)}; }

Primaries primaries_of(const AVFrame& decoded) {
  AVColorPrimaries id = decoded.color_primaries;
  if (id == AVCOL_PRI_UNSPECIFIED || id == AVCOL_PRI_RESERVED || id == AVCOL_PRI_RESERVED0) {
    id = is_wide(decoded) ? AVCOL_PRI_BT2020 : AVCOL_PRI_BT709;
  }
  const AVColorPrimariesDesc* found = av_csp_primaries_desc_from_id(id);
  if (found == nullptr || id == AVCOL_PRI_BT709) return frame::kBt709Primaries;
  return {point(found->prim.r), point(found->prim.g), point(found->prim.b), point(found->wp)};
}

VideoColors yuv_colors_of(const AVFrame& decoded, int bits) {
  AVColorSpace matrix = decoded.colorspace;
  if (matrix == AVCOL_SPC_UNSPECIFIED || matrix == AVCOL_SPC_RESERVED) {
    const auto usual = matrix_of(decoded);
    matrix = usual == frame::YuvMatrix::kBt601 ? AVCOL_SPC_SMPTE170M : AVCOL_SPC_BT709;
    if (is_wide(decoded)) matrix = AVCOL_SPC_BT2020_NCL;
  }
  const AVLumaCoefficients* weights = av_csp_luma_coeffs_from_avcsp(matrix);
  if (weights == nullptr) weights = av_csp_luma_coeffs_from_avcsp(AVCOL_SPC_BT2020_NCL);
  return frame::yuv_colors(av_q2d(weights->cr), av_q2d(weights->cb),
                           is_full_range(decoded) ? YuvRange::kFull : YuvRange::kLimited, bits);
}

bool has_yuv_samples(AVPixelFormat format) {
  return is_yuv(format) || is_gray(descriptor_of(format));
}

// ---- The planar format --------------------------------------------------------------------------

constexpr int kBitsMax = 16;

// The bits of the planar samples of a frame: at least those that it has.
int bits_of(const AVPixFmtDescriptor& format) {
  if ((format.flags & AV_PIX_FMT_FLAG_FLOAT) != 0) return kBitsMax;
  for (const int bits : {8, 10, 12}) {
    if (format.comp[0].depth <= bits) return bits;
  }
  return kBitsMax;
}

// Three full planes, and one of alpha.
AVPixelFormat planar_format(const AVFrame& decoded, int bits) {
  const size_t depth = bits == 8 ? 0 : bits == 10 ? 1 : bits == 12 ? 2 : 3;
  constexpr std::array kYuv = {AV_PIX_FMT_YUV444P, AV_PIX_FMT_YUV444P10LE, AV_PIX_FMT_YUV444P12LE,
                               AV_PIX_FMT_YUV444P16LE};
  constexpr std::array kYuva = {AV_PIX_FMT_YUVA444P, AV_PIX_FMT_YUVA444P10LE,
                                AV_PIX_FMT_YUVA444P12LE, AV_PIX_FMT_YUVA444P16LE};
  constexpr std::array kRgb = {AV_PIX_FMT_GBRP, AV_PIX_FMT_GBRP10LE, AV_PIX_FMT_GBRP12LE,
                               AV_PIX_FMT_GBRP16LE};
  constexpr std::array kRgba = {AV_PIX_FMT_GBRAP, AV_PIX_FMT_GBRAP10LE, AV_PIX_FMT_GBRAP12LE,
                                AV_PIX_FMT_GBRAP16LE};
  const bool is_yuv_kind = has_yuv_samples(format_of(decoded));
  if (has_alpha(decoded)) return (is_yuv_kind ? kYuva : kRgba)[depth];
  return (is_yuv_kind ? kYuv : kRgb)[depth];
}

ScaledFormat planar_target(const AVFrame& decoded, int bits) {
  return {planar_format(decoded, bits), is_full_range(decoded), false};
}

// ---- Rows ---------------------------------------------------------------------------------------

// The alpha of a row, in 8 bits.
uint8_t alpha_at(const AVFrame& planar, int bits, int x, int y) {
  const uint8_t* row = planar.data[3] + ptrdiff_t{y} * planar.linesize[3];
  if (bits == 8) return row[x];
  const uint32_t most = (1U << bits) - 1;
  const uint32_t alpha = reinterpret_cast<const uint16_t*>(row)[x];
  return static_cast<uint8_t>((alpha * 255 + most / 2) / most);
}

base::Result<LibavFramePtr> result_frame(const AVFrame& decoded) {
  LibavFramePtr frame = new_frame();
  const bool is_rgba = has_alpha(decoded);
  frame->format = is_rgba ? AV_PIX_FMT_RGBA : AV_PIX_FMT_YUV444P;
  frame->width = decoded.width;
  frame->height = decoded.height;
  frame->color_range = is_rgba ? AVCOL_RANGE_JPEG : AVCOL_RANGE_MPEG;
  frame->colorspace = is_rgba ? AVCOL_SPC_RGB : AVCOL_SPC_BT709;
  frame->color_primaries = AVCOL_PRI_BT709;
  frame->color_trc = is_rgba ? AVCOL_TRC_IEC61966_2_1 : AVCOL_TRC_BT709;
  if (av_frame_get_buffer(frame.get(), 0) < 0) {
    return base::over_limit("out of memory for a picture");
  }
  return frame;
}

}  // namespace

/// Reads the rows of three planes as 16-bit samples.
class ColorConverter::SampleReader {
 public:
  SampleReader(const AVFrame& planar, int bits) : planar_(planar), is_wide_(bits > 8) {
    for (auto& row : rows_) row.resize(is_wide_ ? 0 : static_cast<size_t>(planar.width));
  }

  frame::SampleRows read(int y) {
    frame::SampleRows rows{};
    for (size_t i = 0; i < 3; ++i) {
      const uint8_t* from = planar_.data[i] + ptrdiff_t{y} * planar_.linesize[i];
      if (is_wide_) {
        rows.samples[i] = reinterpret_cast<const uint16_t*>(from);
        continue;
      }
      std::copy_n(from, rows_[i].size(), rows_[i].begin());
      rows.samples[i] = rows_[i].data();
    }
    return rows;
  }

 private:
  const AVFrame& planar_;
  bool is_wide_;
  std::array<std::vector<uint16_t>, 3> rows_;
};

bool ColorConverter::converts(const AVFrame& decoded) {
  const uint64_t flags = descriptor_of(format_of(decoded)).flags;
  const bool is_xyz =
      format_of(decoded) == AV_PIX_FMT_XYZ12LE || format_of(decoded) == AV_PIX_FMT_XYZ12BE;
  if (is_xyz || (flags & AV_PIX_FMT_FLAG_BAYER) != 0) return false;
  return transfer_of(decoded) != Transfer::kSrgb || primaries_of(decoded) != frame::kBt709Primaries;
}

void ColorConverter::prepare(const AVFrame& decoded, int bits) {
  constexpr std::array kGbr = {1, 2, 0};
  VideoColors colors = has_yuv_samples(format_of(decoded)) ? yuv_colors_of(decoded, bits)
                                                           : frame::rgb_colors(kGbr, bits);
  colors.transfer = transfer_of(decoded);
  colors.primaries = primaries_of(decoded);
  if (transform_ != nullptr && colors == colors_) return;
  transform_ = std::make_unique<const frame::ColorTransform>(colors);
  colors_ = colors;
}

base::Result<void> ColorConverter::check(const AVFrame& decoded) {
  const ScaledFormat target = planar_target(decoded, bits_of(descriptor_of(format_of(decoded))));
  return decoded.format == target.pixel_format ? base::Result<void>()
                                               : scaler_.open(decoded, target);
}

void ColorConverter::write_rgba(SampleReader& reader, const AVFrame& planar, int bits,
                                AVFrame& target) const {
  const auto width = static_cast<size_t>(target.width);
  std::vector<uint16_t> levels(3 * width);
  const frame::RgbRows rgb{{levels.data(), levels.data() + width, levels.data() + 2 * width}};
  for (int y = 0; y < target.height; ++y) {
    transform_->convert(reader.read(y), rgb, target.width);
    uint8_t* row = target.data[0] + ptrdiff_t{y} * target.linesize[0];
    for (int x = 0; x < target.width; ++x) {
      for (size_t i = 0; i < 3; ++i) {
        row[4 * x + static_cast<int>(i)] =
            static_cast<uint8_t>((rgb.levels[i][x] + frame::kLevelParts / 2) / frame::kLevelParts);
      }
      row[4 * x + 3] = alpha_at(planar, bits, x, y);
    }
  }
}

base::Result<LibavFramePtr> ColorConverter::converted(const AVFrame& decoded) {
  const int bits = bits_of(descriptor_of(format_of(decoded)));
  const ScaledFormat target = planar_target(decoded, bits);
  LibavFramePtr scaled;
  if (decoded.format != target.pixel_format) {
    TRY(scaled, scaler_.scaled(decoded, target));
  }
  const AVFrame& planar = scaled ? *scaled : decoded;
  prepare(decoded, bits);
  TRY(LibavFramePtr result, result_frame(decoded));
  SampleReader reader(planar, bits);
  if (result->format == AV_PIX_FMT_RGBA) {
    write_rgba(reader, planar, bits, *result);
    return result;
  }
  for (int y = 0; y < decoded.height; ++y) {
    const auto row = [&](int plane) {
      return result->data[plane] + ptrdiff_t{y} * result->linesize[plane];
    };
    transform_->convert(reader.read(y), frame::YuvRows{{row(0), row(1), row(2)}}, decoded.width);
  }
  return result;
}

}  // namespace layercast::media
