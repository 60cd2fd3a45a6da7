#pragma once

#include "base/time.h"
#include "media/libav.h"
#include "media/output.h"

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>

namespace layercast::media {

/// What one live encoder makes, from when it was opened until it is replaced.
struct LiveStream {
  CodecContextPtr video;  ///< Describes it; opened by nobody.
  base::FrameRate rate;
};

/// A packet on its way to any number of outputs. Nobody changes it.
struct LivePacket {
  PacketPtr packet;
  Output::Track track = Output::Track::kVideo;
  bool is_keyframe = false;  ///< Of the video.
  std::shared_ptr<const LiveStream> stream;
  std::chrono::steady_clock::time_point made_at;
};
using LivePacketPtr = std::shared_ptr<const LivePacket>;

/// Packets between the encoder and one output. It begins with a keyframe, whenever it begins, and
/// never makes the encoder wait: when there are too many, everything up to a keyframe goes.
/// Thread: any (locked).
class LiveQueue {
 public:
  struct Limits {
    int64_t bytes = 0;
    base::Duration time{};  ///< From the oldest packet made to the newest.
  };
  enum class Offered : uint8_t {
    kTaken,
    kKeyframeWanted,  ///< There were too many: nothing goes on without a keyframe.
  };
  struct Counts {
    int64_t packets = 0;
    int64_t bytes = 0;
    int64_t frames_dropped = 0;  ///< Since the first one that was taken.
  };

  explicit LiveQueue(Limits limits) : limits_(limits) {}

  Offered offer(LivePacketPtr packet);

  /// Packets are taken again, from the next keyframe on.
  void open();
  /// Nothing is taken, and what is in is dropped.
  void shut();
  /// Drops everything when the first packet is older than `age_max`. False when there is nothing
  /// to go on with but a new keyframe.
  bool begin(base::Duration age_max);
  /// Nothing goes in any more; what is in still comes out.
  void close();
  /// Counts `frames` dropped that were taken out before.
  void note_dropped(int64_t frames);

  /// Waits for a packet until `deadline`; null when it passes, or when the queue is closed and
  /// empty.
  LivePacketPtr pop(std::chrono::steady_clock::time_point deadline);
  /// Waits until `deadline`, or until the queue is closed.
  void wait_for_close(std::chrono::steady_clock::time_point deadline);

  bool is_closed() const;
  bool is_empty() const;
  Counts counts() const;

 private:
  bool is_too_much() const;
  void drop_front();
  void drop_all();

  const Limits limits_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<LivePacketPtr> packets_;
  int64_t bytes_ = 0;
  int64_t frames_dropped_ = 0;
  bool is_open_ = false;
  bool is_closed_ = false;
  bool waits_for_keyframe_ = true;
  bool has_begun_ = false;  ///< What passed before the first packet is not missed.
};

}  // namespace layercast::media
