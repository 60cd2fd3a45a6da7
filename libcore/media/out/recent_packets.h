#pragma once

#include "base/clock.h"
#include "media/out/live_queue.h"

#include <string_view>
#include <vector>

namespace layercast::media {

class LiveOutput;

/// The packets of an encoder since the last keyframe, with which a new output begins, so that it
/// costs the other outputs no keyframe. Thread: one at a time.
class RecentPackets {
 public:
  /// `audio_name`: the encoder of an audio packet; empty for the video.
  void note(const LivePacketPtr& packet, std::string_view audio_name);
  /// Offers the packets to `output`. False when it has to wait for a keyframe, because there is
  /// none or because it is too old.
  bool give_to(LiveOutput& output, base::Clock::time_point now) const;

 private:
  struct Recent {
    LivePacketPtr packet;
    std::string_view audio_name;
  };
  std::vector<Recent> packets_;
};

}  // namespace layercast::media
