#include "render/talking.h"

#include "base/floor_division.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

namespace layercast::render {
namespace {

using base::Duration;
using content::MovingContent;
using content::Part;
using content::SoundProbe;

constexpr Duration kStep = SoundProbe::kStep;

int64_t steps_in(Duration duration) { return (duration + kStep - Duration(1)) / kStep; }

int64_t step_of(Duration time) { return base::floor_divided(time.count(), kStep.count()).quotient; }

class TalkingContent final : public MovingContent {
 public:
  TalkingContent(base::SizeF box, Duration start, CharacterPlayer talking, CharacterPlayer silent,
                 VoiceActivity activity)
      : box_(box),
        start_(start),
        talking_(std::move(talking)),
        silent_(std::move(silent)),
        activity_(std::move(activity)),
        fade_(box) {}

  base::SizeF box() const override { return box_; }

  base::Result<void> show(const base::SceneTime& time, frame::Patience patience,
                          std::vector<Part>& parts) override {
    weight_ = activity_.weight_at(time.floor() + start_);
    return fade_.show({&silent_, time}, {&talking_, time}, weight_, patience, parts);
  }

  bool may_be_behind() const override {
    return talking_.may_be_behind() || silent_.may_be_behind();
  }
  void prepare(const base::SceneTime& time) override {
    talking_.prepare(time);
    silent_.prepare(time);
  }
  std::optional<base::Error> absence() const override { return shown().absence(); }
  std::optional<base::Error> loss() const override { return shown().loss(); }
  std::optional<base::Error> take_failure() override {
    auto failure = talking_.take_failure();
    return failure ? failure : silent_.take_failure();
  }
  int64_t decode_nanoseconds() const override {
    return talking_.decode_nanoseconds() + silent_.decode_nanoseconds();
  }

 private:
  // The more visible one.
  const CharacterPlayer& shown() const { return weight_ >= 128 ? talking_ : silent_; }

  const base::SizeF box_;
  const Duration start_;
  CharacterPlayer talking_;
  CharacterPlayer silent_;
  VoiceActivity activity_;
  CrossFade fade_;
  uint8_t weight_ = 0;  ///< of `talking_` in the last picture
};

}  // namespace

VoiceActivity::VoiceActivity(const scene::Talking& talking, Duration cross_fade,
                             std::unique_ptr<SoundProbe> probe)
    : threshold_(static_cast<float>(std::pow(10, talking.level_above / 20))),
      cross_fade_(cross_fade),
      probe_(std::move(probe)),
      hold_steps_(steps_in(talking.hold)),
      quiet_steps_(hold_steps_ + 1),
      talks_(static_cast<size_t>(steps_in(cross_fade) + 2)) {}

bool VoiceActivity::talks_at(int64_t step) const {
  const auto count = static_cast<int64_t>(talks_.size());
  return talks_[static_cast<size_t>(base::floor_divided(step, count).remainder)] != 0;
}

void VoiceActivity::advance_to(int64_t step) {
  const auto count = static_cast<int64_t>(talks_.size());
  const int64_t memory = count + hold_steps_;
  if (!has_any_ || step < step_ || step - step_ > memory) {
    std::ranges::fill(talks_, uint8_t{0});
    quiet_steps_ = hold_steps_ + 1;
    step_ = std::max(step - memory, std::min(step, probe_->oldest()) - 1);
    has_any_ = true;
  }
  while (step_ < step) {
    const bool is_loud = probe_->levels(++step_).rms > threshold_;
    quiet_steps_ = is_loud ? 0 : std::min(quiet_steps_ + 1, hold_steps_ + 1);
    const auto place = static_cast<size_t>(base::floor_divided(step_, count).remainder);
    talks_[place] = quiet_steps_ <= hold_steps_ ? 1 : 0;
  }
}

uint8_t VoiceActivity::weight_at(Duration time) {
  if (probe_ == nullptr) return 0;
  const int64_t wanted = step_of(time);
  const int64_t newest = probe_->newest(wanted);
  advance_to(newest);
  if (cross_fade_ <= Duration::zero()) return talks_at(newest) ? 255 : 0;
  // Live, the newest step stands for those that are missing.
  const Duration end = newest < wanted ? kStep * (newest + 1) : time;
  const Duration begin = end - cross_fade_;
  Duration talked{};
  for (int64_t step = step_of(begin); step <= newest; ++step) {
    if (!talks_at(step)) continue;
    talked += std::min(end, kStep * (step + 1)) - std::max(begin, kStep * step);
  }
  return fade_weight(talked, cross_fade_);
}

std::unique_ptr<MovingContent> make_talking(base::SizeF box, const scene::Talking& choice,
                                            const TalkingTimes& times, CharacterPlayer talking,
                                            CharacterPlayer silent,
                                            std::unique_ptr<SoundProbe> probe) {
  return std::make_unique<TalkingContent>(
      box, times.start, std::move(talking), std::move(silent),
      VoiceActivity(choice, times.cross_fade, std::move(probe)));
}

}  // namespace layercast::render
