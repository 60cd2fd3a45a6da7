#pragma once

#include "base/health.h"
#include "scene/wire/value.h"

namespace layercast::control {

/// `{state, parts: {part: state}, reasons: [{part, subject, state, message, since}]}`, the worst
/// reason first; `subject` is null for the part as a whole.
scene::Value health_document(const base::Health& health);
/// A reason of that document.
scene::Value reason_document(const base::HealthReason& reason);

}  // namespace layercast::control
