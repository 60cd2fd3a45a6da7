#include "media/yuv_picture_maker.h"

#include "base/check.h"

#include <string>
#include <string_view>
#include <utility>

extern "C" {
#include <libavutil/frame.h>
#include <libavutil/opt.h>
#include <libavutil/pixdesc.h>
#include <libswscale/swscale.h>
}

namespace layercast::media {
namespace {

using base::ErrorCode;
using frame::ChromaSiting;
using frame::YuvLayout;
using frame::YuvMatrix;
using frame::YuvRange;

constexpr int kScalerFlags =
    SWS_BILINEAR | SWS_FULL_CHR_H_INP | SWS_FULL_CHR_H_INT | SWS_ACCURATE_RND | SWS_BITEXACT;
constexpr int kHighDefinitionLines = 720;

AVPixelFormat format_of(const AVFrame& decoded) {
  return static_cast<AVPixelFormat>(decoded.format);
}

const AVPixFmtDescriptor& descriptor_of(AVPixelFormat format) {
  const AVPixFmtDescriptor* descriptor = av_pix_fmt_desc_get(format);
  LAYERCAST_CHECK(descriptor != nullptr);
  return *descriptor;
}

bool is_gray(const AVPixFmtDescriptor& format) {
  return format.nb_components <= 2 && (format.flags & AV_PIX_FMT_FLAG_PAL) == 0;
}

bool is_yuv(AVPixelFormat format) {
  constexpr uint64_t kOthers = AV_PIX_FMT_FLAG_RGB | AV_PIX_FMT_FLAG_PAL | AV_PIX_FMT_FLAG_BAYER;
  const AVPixFmtDescriptor& descriptor = descriptor_of(format);
  const bool is_xyz = format == AV_PIX_FMT_XYZ12LE || format == AV_PIX_FMT_XYZ12BE;
  return (descriptor.flags & kOthers) == 0 && !is_gray(descriptor) && !is_xyz;
}

/// Three planes of 8 bits that a YuvLayout can describe. Planes of alpha behind them do not matter.
bool is_plain(AVPixelFormat format) {
  switch (format) {
    case AV_PIX_FMT_YUV420P:
    case AV_PIX_FMT_YUVJ420P:
    case AV_PIX_FMT_YUVA420P:
    case AV_PIX_FMT_YUV422P:
    case AV_PIX_FMT_YUVJ422P:
    case AV_PIX_FMT_YUVA422P:
    case AV_PIX_FMT_YUV444P:
    case AV_PIX_FMT_YUVJ444P:
    case AV_PIX_FMT_YUVA444P:
    case AV_PIX_FMT_YUV440P:
    case AV_PIX_FMT_YUVJ440P:
    case AV_PIX_FMT_YUV411P:
    case AV_PIX_FMT_YUVJ411P:
      return true;
    default:
      return false;
  }
}

bool is_full_range(const AVFrame& decoded) {
  if (decoded.color_range != AVCOL_RANGE_UNSPECIFIED)
    return decoded.color_range == AVCOL_RANGE_JPEG;
  const AVPixFmtDescriptor& format = descriptor_of(format_of(decoded));
  return is_gray(format) || std::string_view(format.name).starts_with("yuvj");
}

/// nullopt: one that a YuvLayout does not know.
std::optional<YuvMatrix> matrix_of(const AVFrame& decoded) {
  switch (decoded.colorspace) {
    case AVCOL_SPC_BT709:
      return YuvMatrix::kBt709;
    case AVCOL_SPC_BT470BG:
    case AVCOL_SPC_SMPTE170M:
      return YuvMatrix::kBt601;
    case AVCOL_SPC_UNSPECIFIED:
    case AVCOL_SPC_RESERVED:
      return decoded.height >= kHighDefinitionLines ? YuvMatrix::kBt709 : YuvMatrix::kBt601;
    default:
      return std::nullopt;
  }
}

std::optional<ChromaSiting> siting_of(const AVFrame& decoded) {
  switch (decoded.chroma_location) {
    case AVCHROMA_LOC_UNSPECIFIED:
    case AVCHROMA_LOC_LEFT:
      return ChromaSiting::kLeft;
    case AVCHROMA_LOC_CENTER:
      return ChromaSiting::kCenter;
    case AVCHROMA_LOC_TOPLEFT:
      return ChromaSiting::kTopLeft;
    default:
      return std::nullopt;
  }
}

/// Where the first chroma sample lies, in 256ths of a luma px.
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

void give_back(const void* decoded) {
  LibavDelete()(const_cast<AVFrame*>(static_cast<const AVFrame*>(decoded)));
}

}  // namespace

/// What becomes of a frame.
struct YuvPictureMaker::Plan {
  bool converts = false;
  AVPixelFormat target = AV_PIX_FMT_NONE;
  bool changes_matrix = false;
  YuvLayout layout;  ///< of the result, before it is turned
};

YuvPictureMaker::Plan YuvPictureMaker::plan_for(const AVFrame& decoded) const {
  const AVPixelFormat format = format_of(decoded);
  const AVPixFmtDescriptor& descriptor = descriptor_of(format);
  const auto matrix = is_gray(descriptor) ? YuvMatrix::kBt709 : matrix_of(decoded);
  const auto siting = siting_of(decoded);
  const bool is_turned = orientation_ != Orientation{};
  const bool has_chroma_between = descriptor.log2_chroma_w + descriptor.log2_chroma_h > 0;
  Plan plan;
  plan.changes_matrix = !is_gray(descriptor) && (!is_yuv(format) || !matrix);
  plan.converts =
      plan.changes_matrix || !is_plain(format) || (has_chroma_between && (is_turned || !siting));
  plan.target = format;
  if (plan.converts) {
    const bool keeps_chroma = !plan.changes_matrix && !is_turned && siting.has_value();
    const int divisors = 10 * (1 << descriptor.log2_chroma_w) + (1 << descriptor.log2_chroma_h);
    plan.target = AV_PIX_FMT_YUV444P;
    if (keeps_chroma && divisors == 21) plan.target = AV_PIX_FMT_YUV422P;
    if (keeps_chroma && divisors == 22) plan.target = AV_PIX_FMT_YUV420P;
    if (is_gray(descriptor) && !is_turned) plan.target = AV_PIX_FMT_YUV420P;
  }
  const AVPixFmtDescriptor& target = descriptor_of(plan.target);
  plan.layout.size = {decoded.width, decoded.height};
  plan.layout.chroma_divisor_x = 1 << target.log2_chroma_w;
  plan.layout.chroma_divisor_y = 1 << target.log2_chroma_h;
  plan.layout.siting = siting.value_or(ChromaSiting::kLeft);
  if (plan.changes_matrix) return plan;  // to BT.709, limited
  plan.layout.matrix = *matrix;
  plan.layout.range = is_full_range(decoded) ? YuvRange::kFull : YuvRange::kLimited;
  return plan;
}

base::Result<void> YuvPictureMaker::open_scaler(const AVFrame& decoded, const Plan& plan) {
  const std::array<int, 6> key = {decoded.width,       decoded.height,
                                  decoded.format,      static_cast<int>(decoded.colorspace),
                                  decoded.color_range, static_cast<int>(decoded.chroma_location)};
  if (scaler_ != nullptr && key == scaler_key_) return {};
  const AVPixelFormat format = format_of(decoded);
  const base::Error failure{
      ErrorCode::kUnsupported,
      std::string("pixel format ") + descriptor_of(format).name + " cannot be converted",
      {},
      nullptr};
  if (sws_isSupportedInput(format) == 0) return failure;
  scaler_.reset(sws_alloc_context());
  LAYERCAST_CHECK(scaler_ != nullptr);
  const auto set = [this](const char* option, int64_t value) {
    LAYERCAST_CHECK(av_opt_set_int(scaler_.get(), option, value, 0) >= 0);
  };
  const bool has_range = is_yuv(format) || is_gray(descriptor_of(format));
  const bool from_full = !has_range || is_full_range(decoded);
  const bool to_full = plan.layout.range == YuvRange::kFull;
  const ChromaPosition from = position_of(decoded.chroma_location);
  const AVPixFmtDescriptor& target = descriptor_of(plan.target);
  set("srcw", decoded.width);
  set("srch", decoded.height);
  set("dstw", decoded.width);
  set("dsth", decoded.height);
  set("src_format", format);
  set("dst_format", plan.target);
  set("sws_flags", kScalerFlags);
  set("src_range", from_full ? 1 : 0);
  set("dst_range", to_full ? 1 : 0);
  if (descriptor_of(format).log2_chroma_w > 0) set("src_h_chr_pos", from.x);
  if (descriptor_of(format).log2_chroma_h > 0) set("src_v_chr_pos", from.y);
  if (target.log2_chroma_w > 0) set("dst_h_chr_pos", from.x);
  if (target.log2_chroma_h > 0) set("dst_v_chr_pos", from.y);
  if (sws_init_context(scaler_.get(), nullptr, nullptr) < 0) {
    scaler_.reset();
    return failure;
  }
  if (plan.changes_matrix) {
    constexpr int kOne = 1 << 16;
    const int* bt709 = sws_getCoefficients(SWS_CS_ITU709);
    const int* own = is_yuv(format) ? sws_getCoefficients(decoded.colorspace) : bt709;
    sws_setColorspaceDetails(scaler_.get(), own, from_full ? 1 : 0, bt709, 0, 0, kOne, kOne);
  }
  scaler_key_ = key;
  return {};
}

base::Result<void> YuvPictureMaker::check(const AVFrame& decoded) {
  const Plan plan = plan_for(decoded);
  return plan.converts ? open_scaler(decoded, plan) : base::Result<void>();
}

base::Result<LibavFramePtr> YuvPictureMaker::converted(const AVFrame& decoded, const Plan& plan) {
  TRY_DO(open_scaler(decoded, plan));
  LibavFramePtr target = new_frame();
  target->format = plan.target;
  target->width = decoded.width;
  target->height = decoded.height;
  LAYERCAST_CHECK(av_frame_get_buffer(target.get(), 0) >= 0);
  const int rows = sws_scale(scaler_.get(), decoded.data, decoded.linesize, 0, decoded.height,
                             target->data, target->linesize);
  if (rows != decoded.height) {
    return base::Error{
        ErrorCode::kInternal, "the pixel format could not be converted", {}, nullptr};
  }
  return target;
}

base::Result<frame::YuvPicturePtr> YuvPictureMaker::picture_of(LibavFramePtr decoded) {
  const Plan plan = plan_for(*decoded);
  if (plan.converts) {
    TRY(decoded, converted(*decoded, plan));
  }
  std::array<frame::YuvPicture::Plane, 3> planes;
  for (size_t i = 0; i < planes.size(); ++i) {
    const base::SizeI size = i == 0 ? plan.layout.size : plan.layout.chroma_size();
    planes[i] = {decoded->data[i], size, decoded->linesize[i]};
  }
  const std::shared_ptr<const void> owner(decoded.release(), give_back);
  auto picture = std::make_shared<frame::YuvPicture>(plan.layout, planes, owner);
  if (orientation_ == Orientation{}) return frame::YuvPicturePtr(std::move(picture));
  return turned(*picture);
}

// Shape: `source` has chroma for every luma sample.
frame::YuvPicturePtr YuvPictureMaker::turned(const frame::YuvPicture& source) const {
  YuvLayout layout = source.layout();
  if (orientation_.swaps_sides()) std::swap(layout.size.width, layout.size.height);
  auto images = std::make_shared<std::array<frame::Image<uint8_t>, 3>>();
  std::array<frame::YuvPicture::Plane, 3> planes;
  // The inverse of a turn is its transpose; a coordinate that runs backwards starts at the far end.
  const Orientation& o = orientation_;
  const int first_x = o.xx + o.yx < 0 ? source.size().width - 1 : 0;
  const int first_y = o.xy + o.yy < 0 ? source.size().height - 1 : 0;
  for (size_t i = 0; i < planes.size(); ++i) {
    (*images)[i] = frame::Image<uint8_t>(layout.size);
    const frame::YuvPicture::Plane& from = source.plane(static_cast<int>(i));
    const auto to = (*images)[i].view();
    for (int y = 0; y < layout.size.height; ++y) {
      for (int x = 0; x < layout.size.width; ++x) {
        to.at(x, y) = from.at(first_x + o.xx * x + o.yx * y, first_y + o.xy * x + o.yy * y);
      }
    }
    planes[i] = to;
  }
  return std::make_shared<frame::YuvPicture>(layout, planes, images);
}

}  // namespace layercast::media
