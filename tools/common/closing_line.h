#pragma once

#include "base/time.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace layercast::tools {

/// What a run has written.
struct FinishedRun {
  std::vector<std::string> outputs;  ///< the names of files and URLs
  int64_t frames = 0;
  base::FrameRate rate;
  std::optional<int64_t> bytes;  ///< of all outputs
  std::chrono::duration<double> took{};
};

/// The line that ends a run: `out.mp4: 250 frames (10s), 3.2 MB, in 4.1 s: 61 fps, 2.4 times real
/// time`. Keys in URLs are redacted.
std::string closing_line(const FinishedRun& run);

/// The bytes of a finished file; nullopt when it is none.
std::optional<int64_t> bytes_of_file(const std::string& path);

/// `3.2 MB`
std::string bytes_text(double bytes);

}  // namespace layercast::tools
