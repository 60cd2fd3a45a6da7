#pragma once

#include "base/error.h"
#include "base/time.h"
#include "media/input_guard.h"
#include "media/libav.h"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace layercast::media {

/// What sets the pace of a source.
enum class Pace : uint8_t {
  kSender,  ///< It comes when it is due.
  kStamps,  ///< It comes as fast as it is read: each picture is due at its own time.
};

/// One connection to a live source, with its tracks found.
/// Thread: one at a time.
class LiveInput {
 public:
  /// Connects, and reads until the tracks are known; `deadline` ends that too.
  /// Errors: kIo, kInvalidInput, kUnsupported, kLimit; without a place, and not redacted.
  static base::Result<std::unique_ptr<LiveInput>> open(const std::string& source,
                                                       Deadline& deadline);
  ~LiveInput();

  AVFormatContext& demuxer() { return *demuxer_; }
  std::optional<int> video_track() const { return video_track_; }
  std::optional<int> sound_track() const { return sound_track_; }
  Pace pace() const { return pace_; }
  /// Whether it is known how long it is: then it ends, and is not lost.
  bool has_end() const;

  /// Reads one packet. False at the end. Waits for the sender as long as that may take.
  /// Errors: as open().
  base::Result<bool> read(AVPacket& packet);

 private:
  class Pipe;
  struct Way;
  LiveInput(std::string source, Deadline& deadline);
  Way way_to_url();
  base::Result<Way> way_to_pipe();
  base::Result<Way> way_to_camera() const;
  base::Result<Way> way();
  int open_demuxer(const Way& way);
  void find_tracks();
  base::Error error_of(int result, const char* late) const;

  const std::string source_;
  Deadline& deadline_;
  Pace pace_ = Pace::kSender;
  bool may_be_silent_ = false;
  std::unique_ptr<Pipe> pipe_;
  DemuxerPtr demuxer_;
  std::optional<int> video_track_;
  std::optional<int> sound_track_;
};

/// How long a source of this pace may send nothing before it counts as away.
base::Duration silence_max(Pace pace);

/// What kind of source this is; nullopt for a file.
enum class LiveKind : uint8_t { kUrl, kPipe, kCamera };
std::optional<LiveKind> live_kind_of(const std::string& source);

/// Errors: kUnsupported for a URL whose scheme nothing connects to.
base::Result<void> check_live_source(const std::string& source);

}  // namespace layercast::media
