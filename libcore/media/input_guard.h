#pragma once

#include "base/error.h"

#include <atomic>
#include <chrono>
#include <string>

struct AVDictionary;
struct AVFormatContext;

namespace layercast::media {

/// The kinds of file that are read from the file alone: all but playlists, descriptions of sessions
/// and patterns of names, which make the library open what they name. Comma-separated.
const std::string& self_contained_formats();

/// The limits of input_limits.h as options of a demuxer. Ownership: the caller frees `options`.
void set_input_limits(AVDictionary** options);

/// avformat_find_stream_info() that decodes nothing above the limits on the way.
int find_streams(AVFormatContext* context);

/// The Error for what a demuxer or decoder answered: an elapsed deadline and too many tracks in
/// plain words, anything else as transfer_error() has it.
base::Error input_error(int result, const std::string& where);

/// Ends what the library waits for. Thread: the one that reads; stop() any.
class Deadline {
 public:
  using Clock = std::chrono::steady_clock;

  /// `context` gives up when this does.
  void watch(AVFormatContext* context);
  void expire_after(Clock::duration patience) { at_ = Clock::now() + patience; }
  void never_expire() { at_ = Clock::time_point::max(); }
  void stop() { stops_ = true; }
  bool is_stopped() const { return stops_; }
  bool is_over() const { return stops_ || Clock::now() > at_; }

 private:
  Clock::time_point at_ = Clock::time_point::max();
  std::atomic<bool> stops_ = false;
};

}  // namespace layercast::media
