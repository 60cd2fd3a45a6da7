#pragma once

#include "base/clock.h"
#include "base/time.h"
#include "media/av/libav.h"
#include "media/out/output.h"

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

namespace layercast::media {

/// The stream of one live encoder, from its opening until its replacement.
struct LiveStream {
  CodecContextPtr video;  ///< A description; not an open encoder.
  base::FrameRate rate;
};

/// An immutable packet that any number of outputs share.
struct LivePacket {
  PacketPtr packet;
  Output::Track track = Output::Track::kVideo;
  bool is_keyframe = false;  ///< A keyframe of the video.
  std::shared_ptr<const LiveStream> stream;
  base::Clock::time_point made_at;
};
using LivePacketPtr = std::shared_ptr<const LivePacket>;

/// A bounded queue of packets between the encoder and one output. Whenever it begins, it begins
/// with a keyframe. It never blocks the encoder: a full queue drops all packets up to a keyframe.
/// It keeps the packets since the last keyframe, also those that were popped, so that an output
/// that reconnects needs no keyframe of its own. Thread: any (locked).
class LiveQueue {
 public:
  struct Limits {
    int64_t bytes = 0;
    base::Duration time{};  ///< Between the creation of the oldest and the newest packet.
  };
  enum class Offered : uint8_t {
    kTaken,           ///< Also when a closed or waiting queue has dropped the packet.
    kKeyframeWanted,  ///< The queue was full: it takes nothing before the next keyframe.
  };
  struct Counts {
    int64_t packets = 0;
    int64_t bytes = 0;
    /// Since the first packet that it took. A frame that begin() may still take is not dropped yet.
    int64_t frames_dropped = 0;
    int64_t bytes_dropped = 0;  ///< Likewise, of video and sound.
  };

  /// `clock`: measures the age of packets and the waits. Ownership: outlives the queue.
  explicit LiveQueue(Limits limits, base::Clock* clock = &base::Clock::steady())
      : limits_(limits), clock_(clock) {}

  /// Appends a packet, or drops it. Does not block.
  Offered offer(LivePacketPtr packet);

  /// Takes packets from the next keyframe on.
  void open();
  /// Returns no packets, and takes none until open().
  void disable();
  /// Drops the packets that are older than `age_max`, up to a keyframe. A queue that is then empty
  /// takes all packets since the last keyframe, unless that one is too old. Returns false when the
  /// queue can only continue with a new keyframe.
  bool begin(base::Duration age_max);
  /// Takes no more packets; pop() still returns the queued ones.
  void close();
  /// Counts `frames` as dropped that pop() has returned.
  void note_dropped(int64_t frames);

  /// Waits for a packet until `deadline`; returns null when it passes, or when the queue is closed
  /// and empty.
  LivePacketPtr pop(base::Clock::time_point deadline);
  /// Waits until `deadline`, or until the queue is closed.
  void wait_for_close(base::Clock::time_point deadline);

  bool is_closed() const;
  bool is_empty() const;
  Counts counts() const;

 private:
  bool is_too_much() const;
  void count_dropped(const LivePacket& packet);
  bool is_older(const LivePacket& packet, base::Duration age) const;
  void drop_front();
  void keep(const LivePacketPtr& packet, bool is_taken);
  void forget_kept();

  const Limits limits_;
  base::Clock* const clock_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<LivePacketPtr> packets_;
  int64_t bytes_ = 0;
  std::vector<LivePacketPtr> kept_;  ///< From the last keyframe on.
  int64_t kept_bytes_ = 0;
  int64_t frames_unsent_ = 0;  ///< Of `kept_`, those that were not taken.
  int64_t bytes_unsent_ = 0;   ///< Of `kept_`, in the packets that were not taken.
  int64_t frames_dropped_ = 0;
  int64_t bytes_dropped_ = 0;
  bool is_open_ = false;
  bool is_closed_ = false;
  bool waits_for_keyframe_ = true;
  bool has_begun_ = false;  ///< Packets before the first one taken do not count as dropped.
};

}  // namespace layercast::media
