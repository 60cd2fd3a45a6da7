#pragma once

#include <cstdint>

namespace layercast::base {

/// A count that goes up evenly while a thread runs, for telling how a length of time divides: its
/// unit is the machine's own. Costs a few nanoseconds.
int64_t ticks();

}  // namespace layercast::base
