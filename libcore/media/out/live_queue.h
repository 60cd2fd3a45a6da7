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
/// Thread: any (locked).
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
    int64_t frames_dropped = 0;  ///< Since the first packet that it took.
    int64_t bytes_dropped = 0;   ///< Likewise, of video and sound.
  };

  /// `clock`: measures the age of packets and the waits. Ownership: outlives the queue.
  explicit LiveQueue(Limits limits, base::Clock* clock = &base::Clock::steady())
      : limits_(limits), clock_(clock) {}

  /// Appends a packet, or drops it. Does not block.
  Offered offer(LivePacketPtr packet);

  /// Takes packets from the next keyframe on.
  void open();
  /// Drops all packets, and those offered until open().
  void disable();
  /// Drops all packets when the first one is older than `age_max`. Returns false when the queue can
  /// only continue with a new keyframe.
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
  void drop_front();
  void drop_all();

  const Limits limits_;
  base::Clock* const clock_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<LivePacketPtr> packets_;
  int64_t bytes_ = 0;
  int64_t frames_dropped_ = 0;
  int64_t bytes_dropped_ = 0;
  bool is_open_ = false;
  bool is_closed_ = false;
  bool waits_for_keyframe_ = true;
  bool has_begun_ = false;  ///< Packets before the first one taken do not count as dropped.
};

}  // namespace layercast::media
