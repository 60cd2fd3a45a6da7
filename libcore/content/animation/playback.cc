#include "content/animation/playback.h"

#include "base/check.h"

#include <algorithm>
#include <chrono>

namespace layercast::content {
namespace {

constexpr base::Duration kUsualDelay = std::chrono::milliseconds(100);
constexpr base::Duration kTooShort = std::chrono::milliseconds(10);

base::Duration delay_of(size_t picture, const FilePlayback& file, const scene::Playback& playback) {
  if (playback.frame_delay) return *playback.frame_delay;
  if (picture >= file.delays.size() || file.delays[picture] <= kTooShort) return kUsualDelay;
  return file.delays[picture];
}

int64_t rounds_of(const FilePlayback& file, const scene::Playback& playback) {
  if (playback.loop) return *playback.loop ? 0 : 1;
  return file.rounds;
}

}  // namespace

Timeline::Timeline(int count, const FilePlayback& file, const scene::Playback& playback)
    : count_(count), play_(playback.play), rounds_(rounds_of(file, playback)) {
  LAYERCAST_CHECK(count >= 1);
  const bool returns = play_ == scene::Play::kPingPong && count > 2;
  ends_.resize(static_cast<size_t>(returns ? 2 * count - 2 : count));
  base::Duration end{};
  for (size_t step = 0; step < ends_.size(); ++step) {
    const int picture = picture_of(static_cast<int64_t>(step));
    end += delay_of(static_cast<size_t>(picture), file, playback);
    ends_[step] = end;
  }
}

int64_t Timeline::step_at(const base::SceneTime& time) const {
  // Steps begin at whole nanoseconds.
  const base::Duration passed = std::max(base::Duration{}, time.floor());
  const int64_t round = passed / ends_.back();
  if (rounds_ > 0 && round >= rounds_) {
    const int64_t after = rounds_ * steps();
    return play_ == scene::Play::kPingPong ? after : after - 1;
  }
  const auto step = std::ranges::upper_bound(ends_, passed % ends_.back());
  return round * steps() + (step - ends_.begin());
}

int Timeline::picture_of(int64_t step) const {
  const auto place = static_cast<int>(step % steps());
  switch (play_) {
    case scene::Play::kForwards:
      return place;
    case scene::Play::kBackwards:
      return count_ - 1 - place;
    case scene::Play::kPingPong:
      return place < count_ ? place : 2 * count_ - 2 - place;
  }
  return place;
}

}  // namespace layercast::content
