#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace layercast::tools {

/// A line on stderr with frames, frames per second and time left, when stderr is a terminal.
/// Thread: one at a time.
class Progress {
 public:
  enum class Show { kNever, kOnTerminal };
  /// `total`: frames in all, where that is known.
  Progress(Show show, std::optional<int64_t> total);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void update(int64_t done);
  /// Wipes the line, before other messages.
  void clear();

 private:
  bool shown_;
  std::optional<int64_t> total_;
  bool line_is_open_ = false;
  std::chrono::steady_clock::time_point start_;
  std::chrono::steady_clock::time_point last_;
};

}  // namespace layercast::tools
