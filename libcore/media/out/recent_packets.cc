#include "media/out/recent_packets.h"

#include "media/out/live_output.h"

#include <chrono>
#include <cstddef>

namespace layercast::media {
namespace {

// At the usual distance of keyframes, the last one is younger.
constexpr std::chrono::seconds kAgeMax{3};
constexpr size_t kPacketsMax = 1000;

}  // namespace

void RecentPackets::note(const LivePacketPtr& packet, std::string_view audio_name) {
  const bool is_other_stream =
      !packets_.empty() && packets_.front().packet->stream != packet->stream;
  if (packet->is_keyframe || is_other_stream || packets_.size() >= kPacketsMax) packets_.clear();
  if (packet->is_keyframe || !packets_.empty()) packets_.push_back({packet, audio_name});
}

bool RecentPackets::give_to(LiveOutput& output, base::Clock::time_point now) const {
  if (packets_.empty() || now - packets_.front().packet->made_at > kAgeMax) return false;
  for (const Recent& recent : packets_) {
    const bool is_video = recent.packet->track == Output::Track::kVideo;
    const bool is_wanted = is_video || output.container().audio_encoder_name == recent.audio_name;
    if (is_wanted) output.offer(recent.packet);
  }
  return true;
}

}  // namespace layercast::media
