#include "media/helper/live_job.h"

#include "base/client_limits.h"
#include "base/source_hosts.h"
#include "media/av/certificate_check.h"
#include "media/av/input_guard.h"
#include "media/av/libav.h"
#include "media/av/tls_trust.h"
#include "media/helper/live_messages.h"
#include "media/helper/shared_buffer.h"
#include "media/in/live_connection.h"
#include "media/sound/audio_source.h"
#include "sandbox/known_files.h"

extern "C" {
#include <libavformat/avformat.h>
}

#include <algorithm>
#include <csignal>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace layercast::media {
namespace {

/// One connection.
class Work {
 public:
  std::string answer(sandbox::Message& message) {
    const auto request = live_request_of(message.bytes);
    if (!request) return error_answer(unexpected_request());
    return std::visit([&](const auto& each) { return done(each, message.descriptors); }, *request);
  }

 private:
  using Descriptors = std::vector<sandbox::Descriptor>;
  using Ready = std::variant<LivePicture, LiveSoundAnswer>;

  std::string done(const ConnectMessage& request, Descriptors& descriptors) {
    if (connection_ != nullptr || request.files.size() != descriptors.size()) {
      return error_answer(unexpected_request());
    }
    for (size_t i = 0; i < descriptors.size(); ++i) {
      sandbox::known_files::add(request.files[i], std::move(descriptors[i]));
    }
    set_tls_trust({request.ca_file, request.insecure_hosts});
    if (request.is_limited) {
      auto hosts = base::SourceHosts::parse(request.allowed_hosts);
      if (!hosts) return error_answer(hosts.error());
      base::ClientLimits limits;
      limits.hosts = std::move(hosts).value();
      base::set_client_limits(std::make_shared<const base::ClientLimits>(std::move(limits)));
    }
    auto connection = connect_in_process(request.source, deadline_);
    if (!connection) return error_answer(connection.error());
    connection_ = std::move(connection).value();
    return live_header_answer({connection_->pace(), connection_->has_video()});
  }

  std::string done(const ReadPacketMessage& /*request*/, Descriptors& /*descriptors*/) {
    if (connection_ == nullptr) return error_answer(unexpected_request());
    ready_.clear();
    waits_ = LiveConnection::Track::kOther;
    const auto packet = connection_->read();
    if (!packet) return error_answer(packet.error());
    if (packet.value()) waits_ = packet.value()->track;
    return live_packet_answer(packet.value());
  }

  std::string done(const DecodePacketMessage& request, Descriptors& descriptors) {
    if (connection_ == nullptr) return error_answer(unexpected_request());
    if (!descriptors.empty() && request.buffer) {
      auto opened = SharedBuffer::open(std::move(descriptors.front()), *request.buffer);
      if (!opened) return error_answer(opened.error());
      take(std::move(opened).value());
    }
    const auto decoded = decode(request.lag);
    if (!decoded) return error_answer(decoded.error());
    return live_part_answer(next_part(request.buffer));
  }

  // The other end does not use smaller buffers any more.
  void take(std::unique_ptr<SharedBuffer> buffer) {
    std::erase_if(buffers_, [&](const auto& entry) {
      return entry.second->bytes().size() < buffer->bytes().size();
    });
    const int64_t number = buffer->number();
    buffers_[number] = std::move(buffer);
  }

  base::Result<void> decode(std::optional<int64_t> lag) {
    using Track = LiveConnection::Track;
    const Track track = std::exchange(waits_, Track::kOther);
    if (track == Track::kVideo) {
      const auto late = lag ? std::optional<std::chrono::nanoseconds>(*lag)
                            : std::optional<std::chrono::nanoseconds>();
      return connection_->decode_video(
          late, [this](LivePicture picture) { ready_.emplace_back(std::move(picture)); });
    }
    if (track == Track::kSound) {
      return connection_->decode_sound(
          [this](std::span<const float> samples, int64_t stamp) { put(samples, stamp); });
    }
    return {};
  }

  // Appends samples in parts that fit into an answer.
  void put(std::span<const float> samples, int64_t stamp) {
    constexpr size_t kFrames = kSamplesMax / kAudioChannels;
    for (int64_t part = 0; !samples.empty(); ++part) {
      const auto some = samples.first(std::min(samples.size(), kSamplesMax));
      samples = samples.subspan(some.size());
      const int64_t after = part * int64_t{kFrames} * 1'000'000'000 / kAudioRate;
      ready_.emplace_back(LiveSoundAnswer{stamp + after, {some.begin(), some.end()}});
    }
  }

  LivePart next_part(std::optional<int64_t> buffer) {
    LivePart part;
    if (ready_.empty()) return part;
    if (auto* sound = std::get_if<LiveSoundAnswer>(&ready_.front())) {
      part.content = std::move(*sound);
      ready_.pop_front();
    } else {
      const auto& picture = std::get<LivePicture>(ready_.front());
      LivePictureAnswer answer{picture.stamp, picture.display_size, plan_of(picture.picture)};
      const auto found = buffer ? buffers_.find(*buffer) : buffers_.end();
      answer.is_written =
          found != buffers_.end() &&
          answer.plan.bytes() <= static_cast<int64_t>(found->second->bytes().size());
      if (answer.is_written) {
        write_picture(picture.picture, found->second->bytes());
        ready_.pop_front();
      }
      part.content = answer;
    }
    part.is_last = ready_.empty();
    return part;
  }

  Deadline deadline_;
  std::unique_ptr<LiveConnection> connection_;
  LiveConnection::Track waits_ = LiveConnection::Track::kOther;  ///< of the packet to decode
  std::deque<Ready> ready_;
  std::map<int64_t, std::unique_ptr<SharedBuffer>> buffers_;
};

}  // namespace

void prepare_live_jobs() {
  const LibraryLog log;
  avformat_network_init();
  self_contained_formats();
  prepare_certificate_checks();
}

void run_live_job(sandbox::Channel channel) {
  // A library that writes to a closed connection gets an error.
  std::signal(SIGPIPE, SIG_IGN);
  Work work;
  answer_requests(std::move(channel), work);
}

}  // namespace layercast::media
