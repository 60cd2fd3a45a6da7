#include "content/animation/animated.h"

#include "base/cpu_clock.h"
#include "base/file_identity.h"
#include "base/time_limit.h"
#include "content/animation/frame_files.h"
#include "content/animation/streamed_pictures.h"
#include "content/animation/streamed_share.h"
#include "content/image/file_bytes.h"
#include "content/picture/fit.h"
#include "frame/image.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace layercast::content {
namespace {

Part part_of(const frame::PicturePtr& picture) {
  const base::PointF origin = picture->origin();
  return {picture, base::translation(origin.x, origin.y), 1, false};
}

class KeptAnimation final : public MovingContent {
 public:
  KeptAnimation(std::shared_ptr<const KeptPictures> kept, const scene::Playback& playback,
                int64_t decode_nanoseconds)
      : kept_(std::move(kept)),
        decode_nanoseconds_(decode_nanoseconds),
        timeline_(static_cast<int>(kept_->pictures.size()), kept_->playback, playback) {}

  base::SizeF box() const override { return kept_->box; }
  base::Result<void> show(const base::SceneTime& time, frame::Patience /*patience*/,
                          std::vector<Part>& parts) override {
    const int number = timeline_.picture_of(timeline_.step_at(time));
    parts.push_back(part_of(kept_->pictures[static_cast<size_t>(number)]));
    return {};
  }
  int64_t decode_nanoseconds() const override { return decode_nanoseconds_; }

 private:
  std::shared_ptr<const KeptPictures> kept_;
  int64_t decode_nanoseconds_;
  Timeline timeline_;
};

class StreamedAnimation final : public MovingContent {
 public:
  StreamedAnimation(std::unique_ptr<StreamedShare> share, StreamedPictures::Request request)
      : share_(std::move(share)),
        box_(*request.fitting.box),
        timeline_(request.timeline),
        pictures_(std::move(request)) {}

  base::SizeF box() const override { return box_; }
  base::Result<void> show(const base::SceneTime& time, frame::Patience patience,
                          std::vector<Part>& parts) override {
    TRY(frame::PicturePtr found, pictures_.picture_at(timeline_.step_at(time), patience));
    if (found != nullptr) shown_ = std::move(found);
    if (shown_ != nullptr) parts.push_back(part_of(shown_));
    return {};
  }
  bool may_be_behind() const override { return true; }
  void prepare(const base::SceneTime& time) override {
    [[maybe_unused]] const auto found =
        pictures_.picture_at(timeline_.step_at(time), frame::Patience::kWaits);
  }
  int64_t decode_nanoseconds() const override { return pictures_.decode_nanoseconds(); }

 private:
  std::unique_ptr<StreamedShare> share_;
  base::SizeF box_;
  Timeline timeline_;
  frame::PicturePtr shown_;
  StreamedPictures pictures_;
};

// The size of a fitted picture in bytes.
base::Result<int64_t> bytes_of_picture(const PictureSequence& sequence, const Fitting& fitting) {
  TRY(const Placement placement, place(sequence.size(), fitting.fit, fitting.box));
  const base::SizeI size{placement.visible.width(), placement.visible.height()};
  return size.area() * int64_t{sizeof(frame::PremulRgba8)};
}

// All pictures of the sequence; null if decoding them takes longer than `patience`.
base::Result<std::shared_ptr<const KeptPictures>> all_pictures(PictureSequence& sequence,
                                                               const Fitting& fitting,
                                                               std::optional<Texture>& texture,
                                                               std::chrono::nanoseconds patience) {
  const base::TimeLimit limit(std::chrono::steady_clock::now() + patience);
  auto kept = std::make_shared<KeptPictures>();
  kept->box = *fitting.box;
  kept->playback = sequence.playback();
  kept->pictures.reserve(static_cast<size_t>(sequence.count()));
  for (int number = 0; number < sequence.count(); ++number) {
    TRY(Raster raster, sequence.picture(number, fitting));
    if (texture) {
      TRY(raster, texture->over(raster));
    }
    kept->pictures.push_back(std::move(raster.picture));
    const bool is_last = number + 1 == sequence.count();
    if (!is_last && limit.is_over()) {
      return std::shared_ptr<const KeptPictures>();
    }
  }
  return std::shared_ptr<const KeptPictures>(std::move(kept));
}

// An opened source: the pictures in memory, or the sequence if they are too large or take too long.
struct Opened {
  std::shared_ptr<const KeptPictures> kept;
  std::unique_ptr<PictureSequence> sequence;
  Fitting fitting;
  std::optional<Texture> texture;
  int64_t bytes_of_picture = 0;
  int64_t decode_nanoseconds = 0;
};

// The identities of the files that the pictures are made of.
std::string identity_text(const AnimatedRequest& request) {
  std::vector<std::string> files = {path_of(request.source)};
  if (std::holds_alternative<scene::FramesContent>(request.source)) {
    auto numbered = files_of_pattern(files.front());
    if (numbered) files = std::move(numbered).value();
  }
  if (request.texture) files.push_back(*request.texture);
  std::string text;
  for (const std::string& file : files) text += base::identity_of_file(file).to_string() + " ";
  return text;
}

base::Result<Opened> open(const AnimatedRequest& request, PicturePool& pool) {
  base::CpuStopwatch watch;
  Opened opened;
  const PicturePool::Key key{request.source, request.box, request.texture, identity_text(request)};
  opened.kept = pool.find(key);
  if (opened.kept != nullptr) return opened;
  TRY(opened.sequence, open_sequence(request.source));
  opened.fitting = {fit_of(request.source), request.box.value_or(opened.sequence->size())};
  if (request.texture) opened.texture.emplace(*request.texture);
  auto bytes = bytes_of_picture(*opened.sequence, opened.fitting);
  if (!bytes) {
    base::Error error = std::move(bytes).error();
    error.where = path_of(request.source);
    return error;
  }
  opened.bytes_of_picture = bytes.value();
  const int64_t bytes_in_all = opened.bytes_of_picture * opened.sequence->count();
  if (bytes_in_all <= request.bytes_max && !pool.is_slow(key)) {
    TRY_DO(check_picture_memory(bytes_in_all / int64_t{sizeof(frame::PremulRgba8)}));
    TRY(auto kept,
        all_pictures(*opened.sequence, opened.fitting, opened.texture, request.patience));
    if (kept != nullptr) {
      opened.kept = pool.add(key, std::move(kept));
    } else {
      pool.note_slow(key);
    }
    opened.decode_nanoseconds = watch.lap();
  }
  return opened;
}

}  // namespace

base::Result<std::shared_ptr<const KeptPictures>> keep_pictures(const AnimatedRequest& request,
                                                                PicturePool& pool) {
  TRY(Opened opened, open(request, pool));
  return std::move(opened.kept);
}

base::Result<std::unique_ptr<MovingContent>> open_animated(const AnimatedRequest& request,
                                                           PicturePool& pool) {
  const scene::Playback& playback = playback_of(request.source);
  TRY(Opened opened, open(request, pool));
  if (opened.kept != nullptr) {
    return std::unique_ptr<MovingContent>(std::make_unique<KeptAnimation>(
        std::move(opened.kept), playback, opened.decode_nanoseconds));
  }
  const int64_t bytes_max =
      std::min(scene::limits::kStreamedBytesMax, frame::image_bytes_max() / 2);
  auto share =
      StreamedShare::take({opened.sequence->held_bytes(), opened.bytes_of_picture}, bytes_max);
  if (!share) return at_path(std::move(share).error(), path_of(request.source));
  const int ahead = share.value()->ahead();
  const Timeline timeline(opened.sequence->count(), opened.sequence->playback(), playback);
  return std::unique_ptr<MovingContent>(std::make_unique<StreamedAnimation>(
      std::move(share).value(),
      StreamedPictures::Request{std::move(opened.sequence), timeline, opened.fitting,
                                std::move(opened.texture), ahead}));
}

}  // namespace layercast::content
