#pragma once

#include "base/error.h"

#include <atomic>
#include <chrono>
#include <limits>
#include <string>
#include <string_view>

struct AVDictionary;
struct AVFormatContext;

namespace layercast::media {

/// The names of the demuxers for files from outside, comma-separated: an allow-list of customary
/// formats that read nothing but the file itself. Playlists, session descriptions, scripts and the
/// formats of old games are not in it.
const std::string& self_contained_formats();

/// Whether a decoder of this name is in the allow-list for files and sources from outside.
bool is_allowed_decoder(std::string_view name);

/// Adds the limits of input_limits.h to the options of a demuxer. Ownership: the caller frees
/// `options`.
void set_input_limits(AVDictionary** options);

/// Calls avformat_find_stream_info() so that it decodes nothing above the limits, and keeps the
/// colour properties of the container where the stream has none of its own.
int find_streams(AVFormatContext* context);

/// The Error for a negative result of a demuxer or decoder: a plain message for an expired
/// deadline, too many tracks and playlists; otherwise as transfer_error().
base::Error input_error(int result, const std::string& where);

/// Whether the library has just refused a format because it is not in self_contained_formats().
bool is_unlisted_format();

/// The Error for a file whose format is not in the list: kForbidden for a list of other files,
/// otherwise kInvalidInput. `where` is the path.
base::Error unlisted_format(const std::string& path);

/// Interrupts blocking calls of the library, after a time limit or by stop().
/// Thread: the reading thread; stop() and is_stopped() any.
class Deadline {
 public:
  using Clock = std::chrono::steady_clock;

  /// Makes blocking calls on `context` fail once is_over(). Ownership: `context` refers to this
  /// deadline, which must outlive it.
  void watch(AVFormatContext* context);
  void expire_after(Clock::duration patience) { at_ = Clock::now() + patience; }
  void never_expire() { at_ = Clock::time_point::max(); }
  /// Interrupts the current call and all later ones.
  void stop() { stops_ = true; }
  bool is_stopped() const { return stops_; }
  /// A second TCP connection, counted as by LibraryLog, counts as late.
  void allow_one_connection() { connections_max_ = 1; }
  bool has_too_many_connections() const;
  bool is_over() const { return stops_ || Clock::now() > at_; }

 private:
  Clock::time_point at_ = Clock::time_point::max();
  std::atomic<bool> stops_ = false;
  int connections_max_ = std::numeric_limits<int>::max();
};

}  // namespace layercast::media
