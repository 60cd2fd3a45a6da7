#pragma once

namespace layercast::base {

/// Ends the program after writing the failed condition and its place to stderr: a bug, never bad
/// input.
[[noreturn]] void check_failed(const char* condition, const char* file, int line);

}  // namespace layercast::base

/// Aborts when `condition` is false. For what only a bug can break; bad input gets an Error.
#define LAYERCAST_CHECK(condition)    \
  ((condition) ? static_cast<void>(0) \
               : ::layercast::base::check_failed(#condition, __FILE__, __LINE__))
