#include "content/animation/video.h"

#include "content/image/image_content.h"
#include "content/picture/fit.h"
#include "content/picture/raster.h"

#include <utility>

namespace layercast::content {
namespace {

constexpr base::SizeF kErrorBox{480, 120};  // as error_picture() uses

class Video final : public MovingContent {
 public:
  Video(std::unique_ptr<frame::VideoFeed> feed, scene::Fit fit, std::optional<base::SizeF> box,
        std::optional<Raster> fallback)
      : feed_(std::move(feed)), fit_(fit), box_(box), fallback_(std::move(fallback)) {}

  base::SizeF box() const override {
    if (box_) return *box_;
    const base::SizeF natural = feed_->display_size();
    if (natural.width > 0 && natural.height > 0) return natural;
    return fallback_ ? fallback_->box : kErrorBox;
  }

  base::Result<void> show(const base::SceneTime& time, frame::Patience patience,
                          std::vector<Part>& parts) override {
    auto found =
        patience == frame::Patience::kWaits ? feed_->picture_at(time) : feed_->newest_at(time);
    if (!found) return std::move(found).error();
    note_absence(patience);
    if (absence_) {
      shown_ = {};
      if (fallback_) parts.push_back(fallback_part());
      return {};
    }
    if (!frame::is_null(found.value())) shown_ = std::move(found).value();
    if (!frame::is_null(shown_)) {
      parts.push_back(part());
    } else if (fallback_) {
      parts.push_back(fallback_part());  // until the first picture of a live source arrives
    }
    return {};
  }

  bool may_be_behind() const override { return feed_->may_be_behind(); }
  void prepare(const base::SceneTime& time) override { feed_->prepare(time); }

  std::optional<base::Error> absence() const override {
    return fallback_ ? std::nullopt : absence_;
  }
  std::optional<base::Error> loss() const override { return absence_; }
  std::optional<base::Error> take_failure() override {
    return std::exchange(failure_, std::nullopt);
  }
  int64_t decode_nanoseconds() const override { return feed_->decode_nanoseconds(); }

 private:
  void note_absence(frame::Patience patience) {
    const bool was_away = absence_.has_value();
    absence_ = feed_->absence();
    // Offline rendering with a fallback expects this: it is not a failure.
    const bool is_foreseen = fallback_ && patience == frame::Patience::kWaits;
    if (absence_ && !was_away && !is_foreseen) failure_ = absence_;
  }

  Part fallback_part() const {
    const base::PointF origin = fallback_->picture->origin();
    const base::SizeF box = this->box();
    // The fallback was fitted into the box of that time.
    const base::Affine map =
        base::scaling(box.width / fallback_->box.width, box.height / fallback_->box.height) *
        base::translation(origin.x, origin.y);
    return {fallback_->picture, map, 1, true};
  }

  Part part() const {
    const base::SizeF natural = feed_->display_size();
    const base::SizeF box = this->box();
    const base::SizeF scale = fitted_scale(natural, fit_, box);
    const base::SizeF fitted{natural.width * scale.width, natural.height * scale.height};
    const base::SizeI samples = frame::size_of(shown_);
    const base::Affine map =
        base::translation((box.width - fitted.width) / 2, (box.height - fitted.height) / 2) *
        base::scaling(fitted.width / samples.width, fitted.height / samples.height);
    const bool overflows = fitted.width > box.width || fitted.height > box.height;
    return {shown_, map, 1, overflows};
  }

  std::unique_ptr<frame::VideoFeed> feed_;
  scene::Fit fit_;
  std::optional<base::SizeF> box_;
  std::optional<Raster> fallback_;
  frame::AnyPicture shown_;
  std::optional<base::Error> absence_;
  std::optional<base::Error> failure_;
};

}  // namespace

base::Result<std::unique_ptr<MovingContent>> open_video(const scene::VideoContent& content,
                                                        std::optional<base::SizeF> box,
                                                        const VideoFiles& files,
                                                        const FeedOpener& opener) {
  if (!opener) {
    return base::unsupported("videos are not supported here", files.source);
  }
  std::optional<Raster> fallback;
  if (files.fallback) {
    TRY(fallback, rasterise_image({*files.fallback, content.fit, box}));
  }
  TRY(auto feed, opener(content, files.source));
  return std::unique_ptr<MovingContent>(
      std::make_unique<Video>(std::move(feed), content.fit, box, std::move(fallback)));
}

}  // namespace layercast::content
