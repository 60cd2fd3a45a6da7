#include "media/sound/audio_mixer.h"

#include "base/check.h"
#include "media/sound/audio_source.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace layercast::media {
namespace {

constexpr float kSoundingPeak = 0.0056F;  // −45 dBFS
// In steps of the grid.
constexpr int kAttack = 20;
constexpr int kHold = 60;
constexpr int kRelease = 120;
constexpr int kLongSilent = kHold + kRelease;
// After this many samples, the output no longer depends on where the mix began.
constexpr int64_t kMemory =
    (kLongSilent + kAttack + 1) * AudioMixer::kGrid + Limiter::kMemory + Limiter::kDelay;

constexpr size_t kStepFloats = size_t{AudioMixer::kGrid} * kAudioChannels;

// How strongly a group still attenuates others after `silent_steps`. Range: 0 to kRelease.
int held_down(int silent_steps) { return std::clamp(kLongSilent - silent_steps, 0, kRelease); }

}  // namespace

// The grid begins kMemory earlier, so that the output does not depend on its beginning.
AudioMixer::AudioMixer(int64_t first)
    : grid_(std::max<int64_t>(0, first - kMemory) / kGrid * kGrid),
      place_(first),
      heard_(kStepFloats),
      sum_(kStepFloats) {
  LAYERCAST_CHECK(first >= 0);
}

void AudioMixer::set_voices(std::vector<Voice> voices) {
  for (Playing& playing : playing_) playing.leaves = true;
  for (Voice& voice : voices) {
    const auto known = std::ranges::find_if(
        playing_, [&](const Playing& playing) { return playing.voice.key == voice.key; });
    if (known == playing_.end()) {
      playing_.push_back({std::move(voice)});
      continue;
    }
    known->leaves = false;
    voice.feed = std::move(known->voice.feed);
    known->voice = std::move(voice);
  }
  std::map<std::string, Group> groups;
  for (const Playing& playing : playing_) {
    const std::string& name = playing.voice.ducks_under;
    if (name.empty() || groups.contains(name)) continue;
    const auto known = groups_.find(name);
    if (known != groups_.end()) {
      groups.emplace(name, std::move(known->second));
    } else {
      groups.emplace(name, Group{kLongSilent, std::vector<int>(kAttack, 0)});
    }
  }
  groups_ = std::move(groups);
}

void AudioMixer::set_taps(const std::vector<MixTap>& taps) {
  std::vector<Tap> next;
  for (const MixTap& tap : taps) {
    const bool is_known =
        std::ranges::any_of(taps_, [&](const Tap& known) { return known.to.ring == tap.ring; });
    if (!is_known) tap.ring->begin_at(grid_);
    next.push_back({tap, std::vector<float>(kStepFloats)});
  }
  taps_ = std::move(next);
}

void AudioMixer::fill_taps() {
  for (Tap& tap : taps_) {
    tap.to.ring->put(tap.sum);
    std::ranges::fill(tap.sum, 0.0F);
  }
}

void AudioMixer::begin_groups() {
  for (auto& [name, group] : groups_) group.sounds = false;
}

void AudioMixer::note_level(Group& group, std::span<const float> samples) {
  group.sounds = group.sounds || std::ranges::any_of(samples, [](float sample) {
                   return std::fabs(sample) >= kSoundingPeak;
                 });
}

void AudioMixer::end_group(Group& group) {
  group.silent_steps = group.sounds ? 0 : std::min(group.silent_steps + 1, kLongSilent);
  const int held = held_down(group.silent_steps);
  group.sum += held - std::exchange(group.recent[group.at], held);
  group.at = (group.at + 1) % group.recent.size();
  group.gain_before = group.gain;
  group.gain = 1 - (1 - kDuckedGain) * group.sum / (kAttack * kRelease);
}

// Adds the next step of the voice to `sum_`.
void AudioMixer::add(Playing& playing, bool ducks) {
  const Voice& voice = playing.voice;
  const int64_t end = grid_ + kGrid;
  if (voice.begins >= end) return;
  if (std::exchange(playing.is_new, false)) {
    const bool is_at_its_place = !has_begun_ || voice.begins >= grid_;
    playing.gain = is_at_its_place ? voice.volume(std::max(grid_, voice.begins)) : 0;
  }
  const double from = playing.gain;
  const double to = playing.leaves ? 0 : voice.volume(end);
  playing.gain = to;
  if (from == 0 && to == 0) return;
  voice.feed->read(grid_ - voice.begins, heard_);
  double from_ducked = from;
  double to_ducked = to;
  if (ducks) {
    const Group& group = groups_.at(voice.ducks_under);
    from_ducked *= group.gain_before;
    to_ducked *= group.gain;
  }
  for (int64_t i = 0; i < kGrid; ++i) {
    const double share = static_cast<double>(i) / kGrid;
    const auto gain = static_cast<float>(from_ducked + (to_ducked - from_ducked) * share);
    const auto at = static_cast<size_t>(2 * i);
    heard_[at] *= gain;
    heard_[at + 1] *= gain;
  }
  const auto group = groups_.find(voice.group);
  if (group != groups_.end() && !voice.group.empty()) note_level(group->second, heard_);
  const auto add_to = [this](std::vector<float>& sum) {
    for (size_t i = 0; i < kStepFloats; ++i) sum[i] += heard_[i];
  };
  add_to(sum_);
  for (Tap& tap : taps_) {
    if (tap.to.owner == voice.owner) add_to(tap.sum);
  }
  ++levels_.voices;
}

void AudioMixer::mix_step() {
  std::ranges::fill(sum_, 0.0F);
  levels_.voices = 0;
  begin_groups();
  // Voices that do not duck come first: only their levels count for the groups.
  for (Playing& playing : playing_) {
    if (playing.voice.ducks_under.empty()) add(playing, false);
  }
  for (auto& [name, group] : groups_) end_group(group);
  for (Playing& playing : playing_) {
    if (!playing.voice.ducks_under.empty()) add(playing, true);
  }
  std::erase_if(playing_, [](const Playing& playing) { return playing.leaves; });
  has_begun_ = true;
  fill_taps();
  limiter_.process(sum_);
  grid_ += kGrid;
  ready_ = sum_;
  given_ = 0;
}

void AudioMixer::read(std::span<float> samples) {
  while (!samples.empty()) {
    if (given_ == ready_.size()) mix_step();
    // The sample that leaves the limiter next.
    const int64_t next =
        grid_ - Limiter::kDelay - static_cast<int64_t>(ready_.size() - given_) / kAudioChannels;
    if (next < place_) {
      const auto unheard = static_cast<size_t>(place_ - next) * kAudioChannels;
      given_ += std::min(unheard, ready_.size() - given_);
      continue;
    }
    const size_t count = std::min(samples.size(), ready_.size() - given_);
    std::copy_n(ready_.begin() + static_cast<ptrdiff_t>(given_), count, samples.begin());
    for (const float sample : samples.first(count)) {
      levels_.peak = std::max(levels_.peak, std::fabs(sample));
    }
    given_ += count;
    place_ += static_cast<int64_t>(count) / kAudioChannels;
    samples = samples.subspan(count);
  }
}

AudioLevels AudioMixer::take_levels() {
  AudioLevels levels = levels_;
  levels.limited = limiter_.limited() - std::exchange(limited_before_, limiter_.limited());
  levels_.peak = 0;
  return levels;
}

}  // namespace layercast::media
