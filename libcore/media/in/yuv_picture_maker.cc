#include "media/in/yuv_picture_maker.h"

#include "media/in/decoded_format.h"

#include <utility>

extern "C" {
#include <libavutil/frame.h>
}

namespace layercast::media {
namespace {

using frame::ChromaSiting;
using frame::YuvLayout;
using frame::YuvMatrix;
using frame::YuvRange;

/// Whether YuvLayout can describe the format: three 8-bit planes, and possibly one of alpha.
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

void give_back(const void* decoded) {
  LibavDelete()(const_cast<AVFrame*>(static_cast<const AVFrame*>(decoded)));
}

}  // namespace

/// The conversion of a frame.
struct YuvPictureMaker::Plan {
  bool converts = false;
  AVPixelFormat target = AV_PIX_FMT_NONE;
  bool changes_matrix = false;
  YuvLayout layout;  ///< of the result, before rotation

  ScaledFormat scaled() const {
    return {target, layout.range == YuvRange::kFull && !changes_matrix, changes_matrix};
  }
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

base::Result<void> YuvPictureMaker::check(const AVFrame& decoded) {
  const Plan plan = plan_for(decoded);
  return plan.converts ? scaler_.open(decoded, plan.scaled()) : base::Result<void>();
}

base::Result<frame::YuvPicturePtr> YuvPictureMaker::picture_of(LibavFramePtr decoded) {
  const Plan plan = plan_for(*decoded);
  if (plan.converts) {
    TRY(decoded, scaler_.scaled(*decoded, plan.scaled()));
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
  // The inverse of a rotation is its transpose; a coordinate that decreases starts at the far end.
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
