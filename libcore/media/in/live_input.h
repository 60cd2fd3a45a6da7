#pragma once

#include "base/error.h"
#include "base/time.h"
#include "media/av/connection_limits.h"
#include "media/av/input_guard.h"
#include "media/av/libav.h"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

struct AVDictionary;
struct AVIOContext;

namespace layercast::media {

/// What determines when the data of a source is due.
enum class Pace : uint8_t {
  kSender,  ///< The sender: data is due when it arrives.
  kStamps,  ///< The time stamps, because data arrives as fast as it is read.
};

/// One connection to a live source whose tracks are known.
/// Thread: one at a time.
class LiveInput {
 public:
  /// Connects, and reads until the tracks are known. Blocks; `deadline` interrupts it, and read().
  /// A source of a client is opened within its ConnectionLimits, or by base::open_file().
  /// Ownership: refers to `deadline`, which must outlive it.
  /// Errors: kIo, kNotFound, kInvalidInput, kForbidden, kUnsupported, kLimit; `where` may be empty.
  static base::Result<std::unique_ptr<LiveInput>> open(const std::string& source,
                                                       Deadline& deadline);
  ~LiveInput();

  AVFormatContext& demuxer() { return *demuxer_; }
  std::optional<int> video_track() const { return video_track_; }
  std::optional<int> sound_track() const { return sound_track_; }
  Pace pace() const { return pace_; }
  /// Whether the source has a known length, so that it ends instead of being lost.
  bool has_end() const;

  /// Reads one packet; returns false at the end. Blocks at most silence_max(), or without a limit
  /// for a pipe. Errors: as open().
  base::Result<bool> read(AVPacket& packet);

 private:
  class Pipe;
  struct Way;
  LiveInput(const std::string& source, Deadline& deadline);
  Way way_to_url();
  base::Result<Way> way_to_pipe();
  base::Result<Way> way_to_camera() const;
  base::Result<Way> way();
  static int open_io(AVFormatContext* context, AVIOContext** io, const char* url, int flags,
                     AVDictionary** options);
  int open_demuxer(const Way& way);
  void find_tracks();
  base::Error error_of(int result, const char* late) const;
  std::optional<base::Error> connection_failure(int result) const;

  const std::string source_;
  const ConnectionLimits limits_;
  Deadline& deadline_;
  Pace pace_ = Pace::kSender;
  bool may_be_silent_ = false;
  std::unique_ptr<Pipe> pipe_;
  int (*library_open_io_)(AVFormatContext* context, AVIOContext** io, const char* url, int flags,
                          AVDictionary** options) = nullptr;
  DemuxerPtr demuxer_;
  std::optional<int> video_track_;
  std::optional<int> sound_track_;
};

/// How long a source of this pace may send nothing before it counts as lost.
base::Duration silence_max(Pace pace);

/// The kinds of live sources.
enum class LiveKind : uint8_t { kUrl, kPipe, kCamera };
/// The kind of `source`; nullopt for a file.
std::optional<LiveKind> live_kind_of(const std::string& source);

/// Succeeds unless `source` is a URL with a scheme that is not supported. Errors: kUnsupported.
base::Result<void> check_live_source(const std::string& source);

}  // namespace layercast::media
