#pragma once

namespace layercast::base {

/// Writes the failed condition and its source location to stderr and aborts. For bugs, never for
/// bad input. Thread: any.
[[noreturn]] void check_failed(const char* condition, const char* file, int line);

}  // namespace layercast::base

/// Aborts when `condition` is false. For conditions that only a bug can break; bad input gets an
/// Error.
#define LAYERCAST_CHECK(condition)    \
  ((condition) ? static_cast<void>(0) \
               : ::layercast::base::check_failed(#condition, __FILE__, __LINE__))
