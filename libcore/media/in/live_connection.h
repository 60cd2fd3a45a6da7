#pragma once

#include "base/error.h"
#include "media/av/input_guard.h"
#include "media/in/live_input.h"
#include "media/in/live_track.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace layercast::media {

/// One connection to a live source, which reads and decodes its packets. Thread: one at a time.
class LiveConnection {
 public:
  enum class Track : uint8_t { kOther, kVideo, kSound };
  struct Packet {
    Track track = Track::kOther;
    std::optional<int64_t> stamp{};  ///< nanoseconds by the sender's clock
  };

  LiveConnection() = default;
  virtual ~LiveConnection() = default;
  LiveConnection(const LiveConnection&) = delete;
  LiveConnection& operator=(const LiveConnection&) = delete;

  virtual Pace pace() const = 0;
  /// Whether there is a track that can be decoded.
  virtual bool has_video() const = 0;
  /// Nanoseconds of processor time used so far outside the calling thread.
  virtual int64_t other_nanoseconds() const = 0;

  /// Reads the next packet; nullopt at the end of a source that has an end. Blocks as
  /// LiveInput::read(). When the last packet was one of the video and was not decoded, all packets
  /// up to the next keyframe are ignored. Errors: as LiveInput.
  virtual base::Result<std::optional<Packet>> read() = 0;

  /// Decodes the last packet of read(), of the video or the sound, and passes the pictures or
  /// samples that are then ready to `sink`. `lag`: how late the pictures are, if it is known, as
  /// LiveVideoTrack::note_lag(). Errors: kUnsupported for a pixel format that cannot be converted.
  virtual base::Result<void> decode_video(std::optional<std::chrono::nanoseconds> lag,
                                          const LiveVideoTrack::Sink& sink) = 0;
  virtual base::Result<void> decode_sound(const LiveSoundTrack::Sink& sink) = 0;
};

/// Connects in this process, as LiveInput::open(). Ownership: refers to `deadline`, which must
/// outlive the connection, and whose stop() interrupts it. Errors: as LiveInput; kUnsupported,
/// kInvalidInput when no track can be decoded; `where` may be empty.
base::Result<std::unique_ptr<LiveConnection>> connect_in_process(const std::string& source,
                                                                 Deadline& deadline);

/// Connects to a source as connect_in_process() does.
using LiveConnector = std::function<base::Result<std::unique_ptr<LiveConnection>>(
    const std::string& source, Deadline& deadline)>;

/// How this process connects to live sources; initially connect_in_process().
/// Thread: set_live_connector() before sources are opened, live_connector() any.
const LiveConnector& live_connector();
void set_live_connector(LiveConnector connector);

}  // namespace layercast::media
