#include "stream/stream_health.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <string_view>
#include <utility>

namespace layercast::stream {
namespace {

using base::HealthPart;
using base::HealthState;
using media::OutputState;
using scene::Transmission;
using std::chrono::milliseconds;
using std::chrono::seconds;

// The period over which rates are measured, and the part of it that must have passed.
constexpr base::Duration kWindow = seconds(10);
constexpr base::Duration kWindowLeast = seconds(2);
// Channels are off air when no output has got a frame for this long.
constexpr base::Duration kNoFramesMax = seconds(10);
// A longer gap between rendered frames is a problem; the first one waits for its contents.
constexpr base::Duration kBehindMax = seconds(1);
constexpr base::Duration kBehindMaxAtStart = seconds(6);
// How long an output may take to connect for the first time, or again, before that is a problem.
constexpr base::Duration kConnectPatience = seconds(5);
constexpr base::Duration kReconnectPatience = seconds(1);
// The share of frames that may be dropped.
constexpr double kDropShareMax = 0.01;

int64_t dropped_for(const StreamStatus& status, std::string_view reason) {
  const auto found =
      std::ranges::find(status.dropped, reason, &std::pair<std::string, int64_t>::first);
  return found == status.dropped.end() ? 0 : found->second;
}

// Bits per second as text, such as `2.5 Mbit/s`.
std::string bit_rate(int64_t bytes, base::Duration time) {
  const double rate =
      static_cast<double>(bytes) * 8 / std::chrono::duration<double>(time).count() / 1e6;
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.*f Mbit/s", rate < 10 ? 2 : 0, rate);
  return text.data();
}

std::string count_of(int64_t dropped, int64_t all) {
  return std::to_string(dropped) + " of the last " + std::to_string(all) + " frames";
}

HealthPart part_of(LayerFailure::Kind kind) {
  switch (kind) {
    case LayerFailure::Kind::kContent:
      return HealthPart::kLayers;
    case LayerFailure::Kind::kFeed:
      return HealthPart::kFeeds;
    case LayerFailure::Kind::kSound:
      return HealthPart::kSounds;
  }
  return HealthPart::kLayers;
}

// The state of an output that is not live, and the reason.
std::string absence_of(const media::LiveOutputReport& report) {
  std::string text(media::name_of(report.state));
  if (!report.error.empty()) text += ": " + report.error;
  return text;
}

}  // namespace

void StreamHealth::Window::add(const Counters& counters) {
  counters_.push_back(counters);
  // Keeps the oldest one that is not newer than the window, to measure its full length.
  while (counters_.size() > 2 && counters.time - counters_[1].time >= kWindow) {
    counters_.pop_front();
  }
}

base::Duration StreamHealth::Window::length() const {
  return counters_.empty() ? base::Duration::zero()
                           : counters_.back().time - counters_.front().time;
}

std::optional<StreamHealth::Counters> StreamHealth::Window::difference() const {
  if (length() < kWindowLeast) return std::nullopt;
  const Counters& first = counters_.front();
  const Counters& last = counters_.back();
  return Counters{last.time, last.taken - first.taken, last.dropped - first.dropped,
                  last.bytes - first.bytes, last.bytes_dropped - first.bytes_dropped};
}

std::vector<base::HealthProblem> StreamHealth::check(const HealthSample& sample) {
  Problems problems;
  if (sample.not_writable) {
    problems.push_back({HealthPart::kStore, "", HealthState::kFailed,
                        "changes cannot be stored: " + *sample.not_writable});
  } else if (sample.not_reachable) {
    problems.push_back({HealthPart::kStore, "", HealthState::kDegraded, *sample.not_reachable});
  }
  if (sample.leaderless) {
    problems.push_back({HealthPart::kLeader, "", HealthState::kDegraded, *sample.leaderless});
  }
  check_rendering(sample, problems);
  check_drops(sample, problems);
  check_outputs(sample, problems);
  for (const LayerFailure& failure : sample.failures) {
    const HealthPart part = part_of(failure.kind);
    const bool is_known = std::ranges::any_of(problems, [&](const base::HealthProblem& known) {
      return known.part == part && known.subject == failure.id;
    });
    if (is_known) continue;
    problems.push_back({part, failure.id, HealthState::kDegraded, failure.error.to_string()});
  }
  return problems;
}

void StreamHealth::check_rendering(const HealthSample& sample, Problems& problems) {
  const StreamStatus& stream = sample.stream;
  const base::Duration behind_max = stream.frame < 0 ? kBehindMaxAtStart : kBehindMax;
  if (stream.transmission == Transmission::kStopped) {
    problems.push_back(
        {HealthPart::kRendering, "", HealthState::kFailed, "the stream is stopped", true});
  } else if (stream.behind && *stream.behind > behind_max) {
    const bool is_long = *stream.behind >= kNoFramesMax;
    problems.push_back({HealthPart::kRendering, "",
                        is_long ? HealthState::kFailed : HealthState::kDegraded,
                        is_long ? "no frame was rendered for 10 seconds"
                                : "no frame was rendered for more than a second"});
  }
  if (stream.encoder_failure) {
    problems.push_back(
        {HealthPart::kEncoder, "", HealthState::kDegraded, stream.encoder_failure->to_string()});
  }
}

// Frames that were not rendered in time, or that the encoder did not take.
void StreamHealth::check_drops(const HealthSample& sample, Problems& problems) {
  const StreamStatus& stream = sample.stream;
  // The first frame may wait for its contents: the window begins with it.
  if (stream.transmission == Transmission::kStopped || stream.rendered == 0) {
    late_.clear();
    refused_.clear();
    return;
  }
  const int64_t full = dropped_for(stream, "queue_full");
  late_.add({sample.time, stream.rendered, dropped_for(stream, "late"), 0, 0});
  refused_.add({sample.time, stream.rendered - full, full, 0, 0});
  const auto check = [&problems](const Window& window, HealthPart part, const char* reason) {
    const auto frames = window.difference();
    if (!frames) return;
    const int64_t all = frames->taken + frames->dropped;
    if (static_cast<double>(frames->dropped) <= kDropShareMax * static_cast<double>(all)) return;
    const bool is_known = std::ranges::any_of(
        problems, [part](const base::HealthProblem& known) { return known.part == part; });
    if (is_known) return;
    problems.push_back({part, "", HealthState::kDegraded, count_of(frames->dropped, all) + reason});
  };
  check(late_, HealthPart::kRendering, " were not rendered: this machine is too slow or too busy");
  check(refused_, HealthPart::kEncoder,
        " were not encoded: the encoder is too slow; choose a faster preset, a smaller canvas or a "
        "lower frame rate");
}

void StreamHealth::check_outputs(const HealthSample& sample, Problems& problems) {
  for (auto& [id, watch] : outputs_) watch.is_present = false;
  for (const media::LiveOutputReport& report : sample.stream.outputs) {
    check_output(report, sample.time, problems);
  }
  std::erase_if(outputs_, [](const auto& entry) { return !entry.second.is_present; });
  check_delivery(sample, problems);
}

void StreamHealth::check_output(const media::LiveOutputReport& report, TimePoint now,
                                Problems& problems) {
  if (report.state == OutputState::kStopped) return;
  OutputWatch& watch = outputs_[report.id];
  watch.is_present = true;
  const bool is_live = report.state == OutputState::kLive;
  if (report.frames > watch.frames && is_live) {
    was_live_ = true;
    frames_came_ = now;
  }
  watch.frames = report.frames;
  if (!is_live) {
    watch.window.clear();
    if (!watch.away_since) watch.away_since = now;
    const base::Duration patience =
        report.state == OutputState::kConnecting ? kConnectPatience : kReconnectPatience;
    const bool is_known =
        report.state == OutputState::kFailed || now - *watch.away_since >= patience;
    if (!is_known) return;
    problems.push_back(
        {HealthPart::kOutputs, report.id, HealthState::kDegraded, absence_of(report), false, true});
    return;
  }
  watch.away_since.reset();
  watch.window.add({now, report.frames, report.frames_dropped, report.bytes, report.bytes_dropped});
  const auto sent = watch.window.difference();
  if (!sent || sent->dropped == 0) return;
  const base::Duration time = watch.window.length();
  problems.push_back({HealthPart::kOutputs, report.id, HealthState::kDegraded,
                      "takes " + bit_rate(sent->bytes, time) + " of the " +
                          bit_rate(sent->bytes + sent->bytes_dropped, time) + " that it needs; " +
                          count_of(sent->dropped, sent->taken + sent->dropped) +
                          " were dropped; lower its bitrate, or check the network"});
}

// Whether any output gets frames.
void StreamHealth::check_delivery(const HealthSample& sample, Problems& problems) {
  if (sample.stream.transmission == Transmission::kStopped || outputs_.empty()) {
    was_live_ = false;
    frames_came_.reset();
    return;
  }
  if (!frames_came_) frames_came_ = sample.time;
  const bool is_recent = sample.time - *frames_came_ < kNoFramesMax;
  if (was_live_ && is_recent) return;
  std::string message =
      is_recent ? "no output has got a frame yet" : "no output has got a frame for 10 seconds";
  const char* separator = ": ";
  for (const media::LiveOutputReport& report : sample.stream.outputs) {
    if (!outputs_.contains(report.id)) continue;
    message += separator + report.id + " is " + absence_of(report);
    separator = "; ";
  }
  problems.push_back(
      {HealthPart::kOutputs, "", HealthState::kFailed, std::move(message), is_recent});
}

}  // namespace layercast::stream
