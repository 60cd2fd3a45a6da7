#include "media/in/live_connection.h"

#include "media/av/libav.h"

#include <utility>

extern "C" {
#include <libavcodec/packet.h>
#include <libavformat/avformat.h>
}

namespace layercast::media {
namespace {

class OwnConnection final : public LiveConnection {
 public:
  explicit OwnConnection(std::unique_ptr<LiveInput> input) : input_(std::move(input)) {}

  base::Result<void> open_tracks() {
    if (const auto track = input_->video_track()) {
      TRY(video_, LiveVideoTrack::open(input_->demuxer(), *track));
    }
    if (const auto track = input_->sound_track()) {
      sound_ = LiveSoundTrack::open(*input_->demuxer().streams[*track]);
    }
    if (video_ != nullptr || sound_ != nullptr) return {};
    return base::invalid_input("the source contains no track that can be decoded");
  }

  Pace pace() const override { return input_->pace(); }
  bool has_video() const override { return video_ != nullptr; }
  int64_t other_nanoseconds() const override { return 0; }

  base::Result<std::optional<Packet>> read() override {
    av_packet_unref(packet_.get());
    if (std::exchange(waits_, Track::kOther) == Track::kVideo) video_->skip_to_keyframe();
    TRY(const bool is_read, input_->read(*packet_));
    if (!is_read) return std::optional<Packet>();
    const auto index = std::optional(packet_->stream_index);
    if (video_ != nullptr && index == input_->video_track()) waits_ = Track::kVideo;
    if (sound_ != nullptr && index == input_->sound_track()) waits_ = Track::kSound;
    return std::optional(
        Packet{waits_, stamp_of(*packet_, *input_->demuxer().streams[packet_->stream_index])});
  }

  base::Result<void> decode_video(std::optional<std::chrono::nanoseconds> lag,
                                  const LiveVideoTrack::Sink& sink) override {
    if (std::exchange(waits_, Track::kOther) != Track::kVideo) return {};
    if (lag) video_->note_lag(*lag);
    return video_->decode(*packet_, sink);
  }

  base::Result<void> decode_sound(const LiveSoundTrack::Sink& sink) override {
    if (std::exchange(waits_, Track::kOther) == Track::kSound) sound_->decode(*packet_, sink);
    return {};
  }

 private:
  const std::unique_ptr<LiveInput> input_;
  std::unique_ptr<LiveVideoTrack> video_;
  std::unique_ptr<LiveSoundTrack> sound_;
  const PacketPtr packet_ = new_packet();
  Track waits_ = Track::kOther;  ///< of the packet, until it is decoded
};

// Never destroyed, because detached threads may outlive static objects.
LiveConnector& current_connector() {
  static auto* const connector = new LiveConnector(connect_in_process);
  return *connector;
}

}  // namespace

base::Result<std::unique_ptr<LiveConnection>> connect_in_process(const std::string& source,
                                                                 Deadline& deadline) {
  TRY(auto input, LiveInput::open(source, deadline));
  auto connection = std::make_unique<OwnConnection>(std::move(input));
  TRY_DO(connection->open_tracks());
  return std::unique_ptr<LiveConnection>(std::move(connection));
}

const LiveConnector& live_connector() { return current_connector(); }

void set_live_connector(LiveConnector connector) { current_connector() = std::move(connector); }

}  // namespace layercast::media
