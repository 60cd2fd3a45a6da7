#include "control/health_document.h"

#include "base/time.h"

#include <utility>

namespace layercast::control {

using scene::Value;

Value reason_document(const base::HealthReason& reason) {
  const base::HealthProblem& problem = reason.problem;
  return Value::object()
      .add("part", Value::of(base::name_of(problem.part)))
      .add("subject", problem.subject.empty() ? Value::null() : Value::of(problem.subject))
      .add("state", Value::of(base::name_of(problem.severity)))
      .add("message", Value::of(problem.message))
      .add("since", Value::of(base::utc_text(reason.since)));
}

Value health_document(const base::Health& health) {
  Value parts = Value::object();
  for (const base::HealthPart part : base::kHealthParts) {
    parts.add(base::name_of(part), Value::of(base::name_of(health.state_of(part))));
  }
  Value reasons = Value::array();
  for (const base::HealthReason& reason : health.reasons) {
    reasons.items.push_back(reason_document(reason));
  }
  return Value::object()
      .add("state", Value::of(base::name_of(health.state())))
      .add("parts", std::move(parts))
      .add("reasons", std::move(reasons));
}

}  // namespace layercast::control
