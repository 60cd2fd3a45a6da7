#pragma once

#include "base/time.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// What is wrong with a daemon now. The status, /readyz, events, metrics, the log and the page use
/// these words.
namespace layercast::base {

/// kFailed: no output gets frames, or no change can be stored. kDegraded: anything else that is
/// wrong.
enum class HealthState : uint8_t { kOk, kDegraded, kFailed };

/// The parts of a daemon that have a health.
enum class HealthPart : uint8_t {
  kRendering,
  kEncoder,
  kOutputs,
  kStore,
  kLayers,
  kSounds,  ///< of `audio`
  kFeeds,   ///< live sources
  kLeader,  ///< the daemon that a follower mirrors
};
inline constexpr std::array kHealthParts = {
    HealthPart::kRendering, HealthPart::kEncoder, HealthPart::kOutputs, HealthPart::kStore,
    HealthPart::kLayers,    HealthPart::kSounds,  HealthPart::kFeeds,   HealthPart::kLeader};

/// The names for users: `degraded`, `outputs`.
std::string_view name_of(HealthState state);
std::string_view name_of(HealthPart part);

/// One thing that is wrong. At most one problem has the same part and subject.
struct HealthProblem {
  HealthPart part = HealthPart::kRendering;
  std::string subject;  ///< the id of the output, layer or sound; empty: the part as a whole
  HealthState severity = HealthState::kDegraded;
  std::string message;  ///< for operators: what is wrong, without secrets
  /// Whether an operator asked for it: the stream starts or was stopped. It is not worth a warning.
  bool is_expected = false;
  /// Whether its subject reports it itself, so that the log needs no other line.
  bool has_own_report = false;
  bool operator==(const HealthProblem&) const = default;
};

/// A problem, and when it began.
struct HealthReason {
  HealthProblem problem;
  WallTime since;
  bool operator==(const HealthReason&) const = default;
};

/// The health of a daemon: all present problems, the worst first.
struct Health {
  std::vector<HealthReason> reasons;
  bool operator==(const Health&) const = default;

  /// The worst severity; kOk without reasons.
  HealthState state() const;
  HealthState state_of(HealthPart part) const;
};

/// `output main: the server refused the connection`: the subject of the problem and its message.
std::string sentence_of(const HealthProblem& problem);

}  // namespace layercast::base
