#include "content/animation/streamed_pictures.h"

#include "base/check.h"
#include "base/cpu_clock.h"
#include "base/thread_name.h"
#include "content/image/vips_glue.h"
#include "content/picture/fit.h"
#include "sandbox/helper.h"

#include <algorithm>
#include <new>
#include <utility>

namespace layercast::content {

StreamedPictures::StreamedPictures(Request request)
    : request_(std::move(request)),
      thread_(base::named_thread("picture-decoder", [this] { work(); })) {
  LAYERCAST_CHECK(request_.ahead >= 2);
}

StreamedPictures::~StreamedPictures() {
  {
    const std::lock_guard lock(mutex_);
    stops_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

base::Result<frame::PicturePtr> StreamedPictures::picture_at(int64_t step,
                                                             frame::Patience patience) {
  std::unique_lock lock(mutex_);
  if (wanted_ != step) {
    wanted_ = step;
    forget_others(step);
    changed_.notify_all();
  }
  if (patience == frame::Patience::kWaits) {
    changed_.wait(lock, [&] { return !is_missing(step); });
    return pictures_.at(step);
  }
  const auto after = pictures_.upper_bound(step);
  if (after == pictures_.begin()) return frame::PicturePtr();
  return std::prev(after)->second;
}

// Removes pictures that are too far ahead, and all past ones except the newest.
void StreamedPictures::forget_others(int64_t wanted) {
  const auto after = pictures_.upper_bound(wanted);
  if (after != pictures_.begin()) pictures_.erase(pictures_.begin(), std::prev(after));
  pictures_.erase(pictures_.lower_bound(wanted + request_.ahead), pictures_.end());
}

void StreamedPictures::work() {
  const sandbox::Cancellation cancellation([this] {
    const std::lock_guard lock(mutex_);
    return stops_;
  });
  std::unique_lock lock(mutex_);
  for (;;) {
    std::optional<int64_t> step;
    changed_.wait(lock, [&] { return stops_ || (step = next_step()); });
    if (stops_) break;
    const frame::PicturePtr known = known_picture(request_.timeline.picture_of(*step));
    lock.unlock();
    auto picture = known ? base::Result<frame::PicturePtr>(known) : decoded(*step);
    lock.lock();
    pictures_.insert_or_assign(*step, std::move(picture));
    forget_others(*wanted_);  // it may have changed meanwhile
    changed_.notify_all();
  }
  lock.unlock();
  leave_vips();
}

// After filling the queue, pauses until half of it is used.
std::optional<int64_t> StreamedPictures::next_step() {
  if (!wanted_) return std::nullopt;
  const int64_t end = *wanted_ + request_.ahead;
  std::optional<int64_t> first;
  int missing = 0;
  for (int64_t step = *wanted_; step < end; ++step) {
    if (!is_missing(step)) continue;
    ++missing;
    if (!first) first = step;
  }
  if (missing == 0) is_filling_ = false;
  if (missing * 2 >= request_.ahead || first == wanted_) is_filling_ = true;
  if (!is_filling_) return std::nullopt;
  return cheapest_before(*first);
}

// For backward playback of a source that is efficient only forwards: decodes the last missing
// picture first.
int64_t StreamedPictures::cheapest_before(int64_t step) const {
  if (request_.sequence->access() == Access::kAny) return step;
  const int64_t end = *wanted_ + request_.ahead;
  const Timeline& timeline = request_.timeline;
  while (step + 1 < end && is_missing(step + 1) &&
         timeline.picture_of(step + 1) == timeline.picture_of(step) - 1) {
    ++step;
  }
  return step;
}

// A picture that another step has already decoded.
frame::PicturePtr StreamedPictures::known_picture(int number) const {
  for (const auto& [step, picture] : pictures_) {
    if (picture && request_.timeline.picture_of(step) == number) return picture.value();
  }
  return nullptr;
}

base::Result<Raster> StreamedPictures::raster_of(int64_t step) {
  try {
    TRY(Raster raster,
        request_.sequence->picture(request_.timeline.picture_of(step), request_.fitting));
    if (!request_.texture) return raster;
    return request_.texture->over(raster);
  } catch (const std::bad_alloc&) {
    return lacks_memory("the next picture cannot be made");
  }
}

base::Result<frame::PicturePtr> StreamedPictures::decoded(int64_t step) {
  auto raster = raster_of(step);
  decode_nanoseconds_ = base::thread_cpu_nanoseconds();
  if (!raster) return std::move(raster).error();
  return raster.value().picture;
}

}  // namespace layercast::content
