#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace layercast::tools {

/// A progress line on stderr if that is a terminal: frames, frames per second, remaining time.
/// Thread: one at a time.
class Progress {
 public:
  enum class Show { kNever, kOnTerminal };
  /// `total`: the number of frames, if known.
  Progress(Show show, std::optional<int64_t> total);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// Shows that `done` frames are complete; redraws at most five times a second.
  void update(int64_t done);
  /// Erases the line before other messages are written.
  void clear();

 private:
  bool shown_;
  std::optional<int64_t> total_;
  bool line_is_open_ = false;
  std::chrono::steady_clock::time_point start_;
  std::chrono::steady_clock::time_point last_;
};

}  // namespace layercast::tools
