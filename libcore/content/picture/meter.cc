#include "content/picture/meter.h"

#include "content/picture/fit.h"
#include "content/picture/meter_painter.h"
#include "content/picture/meter_values.h"
#include "frame/picture.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

namespace layercast::content {
namespace {

constexpr base::SizeF kMeterBox{320, 120};
constexpr base::SizeF kRingBox{160, 160};

base::SizeI pixels_of(base::SizeF box) {
  return {std::max(1, static_cast<int>(std::lround(box.width))),
          std::max(1, static_cast<int>(std::lround(box.height)))};
}

class Meter final : public MovingContent {
 public:
  Meter(const scene::MeterContent& content, base::SizeF box, base::Duration start,
        std::unique_ptr<SoundProbe> probe)
      : box_(box),
        start_(start),
        values_(content, std::move(probe)),
        painter_(make_meter_painter(content, pixels_of(box))),
        pictures_(pixels_of(box)) {}

  base::SizeF box() const override { return box_; }

  base::Result<void> show(const base::SceneTime& time, frame::Patience /*patience*/,
                          std::vector<Part>& parts) override {
    painter_->mark(values_.at(step_at(time, start_)), marks_);
    if (picture_ == nullptr || marks_ != shown_) {
      shown_ = marks_;
      picture_ = pictures_.painted([this](auto pixels) { painter_->paint(shown_, pixels); });
    }
    parts.push_back({picture_, base::Affine{}});
    return {};
  }

 private:
  const base::SizeF box_;
  const base::Duration start_;
  MeterValues values_;
  std::unique_ptr<MeterPainter> painter_;
  frame::RepaintedPictures pictures_;
  std::vector<int32_t> marks_;
  std::vector<int32_t> shown_;  ///< in `picture_`
  frame::PicturePtr picture_;
};

}  // namespace

base::Result<std::unique_ptr<MovingContent>> open_meter(const scene::MeterContent& content,
                                                        std::optional<base::SizeF> box,
                                                        base::Duration start,
                                                        std::unique_ptr<SoundProbe> probe) {
  const bool is_ring = content.style == scene::MeterStyle::kRing;
  const base::SizeF size = box.value_or(is_ring ? kRingBox : kMeterBox);
  TRY_DO(check_picture_size(size));
  return std::unique_ptr<MovingContent>(
      std::make_unique<Meter>(content, size, start, std::move(probe)));
}

}  // namespace layercast::content
