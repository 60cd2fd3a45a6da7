#include "stream/frame_ledger.h"

#include <algorithm>

namespace layercast::stream {
namespace {

// In the order of DropReason: the stage that dropped the frame, and the reason.
struct ReasonName {
  std::string_view stage;
  std::string_view reason;
};
constexpr std::array kReasonNames = {
    ReasonName{"clock", "late"}, ReasonName{"encode", "queue_full"},
    ReasonName{"encode", "reconfigure"}, ReasonName{"render", "abandoned"}};

double quantile(std::vector<double>& values, double share) {
  if (values.empty()) return 0;
  const auto rank = static_cast<size_t>(share * static_cast<double>(values.size() - 1));
  const auto place = values.begin() + static_cast<ptrdiff_t>(rank);
  std::ranges::nth_element(values, place);
  return *place;
}

}  // namespace

FrameLedger::FrameLedger(base::Metrics& metrics)
    : rendered_(metrics.counter({"frames_rendered_total", "Frames passed to the encoders."})),
      repeated_(metrics.counter(
          {"frames_repeated_total", "Frames that repeated the last one: unchanged, or paused."})),
      failed_(metrics.counter(
          {"frames_failed_total", "Frames that failed to render; the last one was sent."})),
      lateness_(metrics.histogram(
          {"frame_lateness_seconds", "Delay of a frame's handover to the encoders."},
          base::seconds_bounds())),
      render_(metrics.histogram({"render_seconds", "Wall time to render a frame."},
                                base::seconds_bounds())) {
  for (size_t i = 0; i < kReasons; ++i) {
    const auto& [stage, reason] = kReasonNames.at(i);
    dropped_.at(i) =
        metrics.counter({"frames_dropped_total", "Frames that were not sent, by stage and reason."},
                        {{"stage", std::string(stage)}, {"reason", std::string(reason)}});
  }
}

void FrameLedger::count(const Entry& entry, Kind kind) {
  if (kind == Kind::kRepeated) repeated_->add();
  lateness_->observe(entry.lateness);
  render_->observe(entry.render_seconds);
  const std::lock_guard lock(mutex_);
  entries_.at(next_) = entry;
  next_ = (next_ + 1) % kEntries;
  filled_ = std::min(filled_ + 1, kEntries);
  // summary() reads it with the lock, so it sees all values of a frame that it sees counted.
  rendered_->add();
}

void FrameLedger::count_dropped(DropReason reason, int64_t frames) {
  dropped_.at(static_cast<size_t>(reason))->add(static_cast<double>(frames));
}

void FrameLedger::count_failed() { failed_->add(); }

FrameLedger::Summary FrameLedger::summary(base::Clock::time_point now) const {
  Summary summary;
  const std::lock_guard lock(mutex_);
  summary.rendered = static_cast<int64_t>(rendered_->value());
  summary.repeated = static_cast<int64_t>(repeated_->value());
  for (size_t i = 0; i < kReasons; ++i) {
    summary.dropped.emplace_back(kReasonNames.at(i).reason,
                                 static_cast<int64_t>(dropped_.at(i)->value()));
  }
  const base::Clock::time_point second_ago = now - std::chrono::seconds(1);
  std::vector<double> lateness;
  lateness.reserve(filled_);
  for (size_t i = 0; i < filled_; ++i) {
    const Entry& entry = entries_.at(i);
    if (entry.done > second_ago) ++summary.fps;
    lateness.push_back(entry.lateness);
    summary.render_seconds += entry.render_seconds / static_cast<double>(filled_);
  }
  summary.lateness_median = quantile(lateness, 0.5);
  summary.lateness_p99 = quantile(lateness, 0.99);
  summary.lateness_max = quantile(lateness, 1);
  return summary;
}

}  // namespace layercast::stream
