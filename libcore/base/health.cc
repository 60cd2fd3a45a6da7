#include "base/health.h"

#include <algorithm>

namespace layercast::base {
namespace {

constexpr std::array<std::string_view, 3> kStateNames = {"ok", "degraded", "failed"};
constexpr std::array<std::string_view, kHealthParts.size()> kPartNames = {
    "rendering", "encoder", "outputs", "store", "layers", "sounds", "feeds", "leader"};
// What the subject of a problem is; empty: the message needs no subject.
constexpr std::array<std::string_view, kHealthParts.size()> kSubjectNames = {
    "rendering", "encoder", "output", "store", "layer", "sound", "feed of layer", "leader"};

}  // namespace

std::string_view name_of(HealthState state) { return kStateNames.at(static_cast<size_t>(state)); }
std::string_view name_of(HealthPart part) { return kPartNames.at(static_cast<size_t>(part)); }

HealthState Health::state() const {
  HealthState worst = HealthState::kOk;
  for (const HealthReason& reason : reasons) worst = std::max(worst, reason.problem.severity);
  return worst;
}

HealthState Health::state_of(HealthPart part) const {
  HealthState worst = HealthState::kOk;
  for (const HealthReason& reason : reasons) {
    if (reason.problem.part == part) worst = std::max(worst, reason.problem.severity);
  }
  return worst;
}

std::string sentence_of(const HealthProblem& problem) {
  const auto part = static_cast<size_t>(problem.part);
  std::string subject(problem.subject.empty() ? kPartNames.at(part) : kSubjectNames.at(part));
  if (!problem.subject.empty()) subject += " " + problem.subject;
  return subject + ": " + problem.message;
}

}  // namespace layercast::base
