#include "media/sound/time_stretch.h"

#include "base/check.h"
#include "media/sound/audio_source.h"

#include <algorithm>
#include <cmath>

namespace layercast::media {
namespace {

constexpr int64_t kHop = kAudioRate / 50;  // the distance of pieces, and their overlap
constexpr int64_t kReach = 15 * kAudioRate / 1000;
// The search is coarse at first: it tests every 8th place with every 4th sample.
constexpr int kCoarse = 8;
constexpr int kCoarseStep = 4;

size_t floats(int64_t samples) { return static_cast<size_t>(samples) * kAudioChannels; }

}  // namespace

TimeStretch::TimeStretch(double rate, Pull pull) : rate_(rate), pull_(std::move(pull)) {
  LAYERCAST_CHECK(rate > 0);
}

const float* TimeStretch::at(int64_t place) const {
  return source_.data() + floats(place - source_first_);
}

void TimeStretch::need_until(int64_t place) {
  const auto there = static_cast<int64_t>(source_.size()) / kAudioChannels;
  const int64_t missing = place - source_first_ - there;
  if (missing <= 0) return;
  source_.resize(source_.size() + floats(missing));
  pull_(std::span(source_).last(floats(missing)));
}

// How well the sound at `place` continues the last piece: the normalised correlation of the sums of
// both channels. The same on every machine: plain sums in order.
double TimeStretch::likeness(int64_t place, int step) const {
  const float* wanted = at(continuation_);
  const float* found = at(place);
  double product = 0;
  double energy = 1e-9;
  for (int64_t i = 0; i < kHop; i += step) {
    const double a = double{wanted[2 * i]} + double{wanted[2 * i + 1]};
    const double b = double{found[2 * i]} + double{found[2 * i + 1]};
    product += a * b;
    energy += b * b;
  }
  return product / std::sqrt(energy);
}

int64_t TimeStretch::best_place(int64_t ideal) const {
  const int64_t first = std::max(ideal - kReach, source_first_);
  int64_t best = ideal;
  double best_likeness = likeness(ideal, kCoarseStep);
  for (int64_t place = first; place <= ideal + kReach; place += kCoarse) {
    const double found = likeness(place, kCoarseStep);
    if (found > best_likeness) {
      best = place;
      best_likeness = found;
    }
  }
  const int64_t middle = best;
  best_likeness = likeness(best, 1);
  for (int64_t place = std::max(middle - kCoarse + 1, first); place < middle + kCoarse; ++place) {
    const double found = likeness(place, 1);
    if (found > best_likeness) {
      best = place;
      best_likeness = found;
    }
  }
  return best;
}

// Produces kHop samples: a cross-fade from the continuation of the last piece to a new piece.
void TimeStretch::add_piece() {
  const auto ideal =
      static_cast<int64_t>(std::floor(static_cast<double>(piece_++ * kHop) * rate_ + 0.5));
  need_until(std::max(ideal + kReach + kCoarse, continuation_) + 2 * kHop);
  int64_t place = ideal;
  ready_.resize(floats(kHop));
  given_ = 0;
  if (piece_ == 1) {
    std::copy_n(at(place), floats(kHop), ready_.begin());
  } else {
    place = best_place(ideal);
    const float* before = at(continuation_);
    const float* after = at(place);
    for (int64_t i = 0; i < kHop; ++i) {
      const float share = (static_cast<float>(i) + 0.5F) / static_cast<float>(kHop);
      for (int64_t side = 0; side < kAudioChannels; ++side) {
        const int64_t j = i * kAudioChannels + side;
        ready_[static_cast<size_t>(j)] = before[j] + (after[j] - before[j]) * share;
      }
    }
  }
  continuation_ = place + kHop;
  const auto next_ideal =
      static_cast<int64_t>(std::floor(static_cast<double>(piece_ * kHop) * rate_ + 0.5));
  const int64_t unneeded = std::min(continuation_, next_ideal - kReach) - source_first_;
  if (unneeded > kHop) {
    source_.erase(source_.begin(), source_.begin() + static_cast<ptrdiff_t>(floats(unneeded)));
    source_first_ += unneeded;
  }
}

void TimeStretch::read(std::span<float> samples) {
  while (!samples.empty()) {
    if (given_ == ready_.size()) add_piece();
    const size_t count = std::min(samples.size(), ready_.size() - given_);
    std::copy_n(ready_.begin() + static_cast<ptrdiff_t>(given_), count, samples.begin());
    given_ += count;
    samples = samples.subspan(count);
  }
}

}  // namespace layercast::media
