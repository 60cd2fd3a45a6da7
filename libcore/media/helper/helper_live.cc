#include "media/helper/helper_live.h"

#include "base/client_limits.h"
#include "base/redaction.h"
#include "media/av/certificate_check.h"
#include "media/av/input_limits.h"
#include "media/av/tls_trust.h"
#include "media/helper/live_messages.h"
#include "media/helper/shared_buffer.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <memory>
#include <optional>
#include <poll.h>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace layercast::media {
namespace {

using sandbox::Descriptor;
using std::chrono::milliseconds;
using std::chrono::seconds;
using Clock = std::chrono::steady_clock;

// The process gives up a connection before this time, except while the resolver waits.
constexpr seconds kConnectPatience{30};
constexpr seconds kPacketPatience{10};
constexpr seconds kSlack{5};          // beyond the time in which it gives up reading
constexpr seconds kPipePatience{10};  // for data that is in a pipe
constexpr std::chrono::hours kNoEnd{24 * 365};
constexpr int kPartsMax = 10'000;  // of a packet
constexpr const char* kPipeName = "/pipe";

// The files that the resolver and the TLS library open by name; the last three are the certificate
// stores of several distributions.
constexpr std::array kSystemFiles = {"/etc/resolv.conf",
                                     "/etc/hosts",
                                     "/etc/nsswitch.conf",
                                     "/etc/host.conf",
                                     "/etc/gai.conf",
                                     "/etc/ssl/certs/ca-certificates.crt",
                                     "/etc/pki/tls/certs/ca-bundle.crt",
                                     "/etc/ssl/cert.pem"};

/// The files that the process gets, and their names there.
struct Files {
  std::vector<std::string> names;
  std::vector<Descriptor> open;

  // Skips a file that cannot be read: the process does not get it.
  void add(const std::string& name) {
    Descriptor file = sandbox::open_regular_file(name);
    if (!file.is_open() || std::ranges::find(names, name) != names.end()) return;
    names.push_back(name);
    open.push_back(std::move(file));
  }
  std::vector<int> numbers() const {
    std::vector<int> all;
    for (const Descriptor& file : open) all.push_back(file.number());
    return all;
  }
};

Files files_for_url(const std::string& ca_file) {
  Files files;
  for (const char* name : kSystemFiles) files.add(name);
  files.add(certificate_check_store());
  if (!ca_file.empty()) files.add(ca_file);
  return files;
}

class HelperConnection final : public LiveConnection {
 public:
  HelperConnection(HelperMedia media, Deadline& deadline)
      : media_(std::move(media)), deadline_(deadline) {}

  base::Result<void> connect_to_url(const std::string& source) {
    const TlsTrust trust = tls_trust();
    ConnectMessage request{source};
    if (const auto limits = base::limits_of(source)) {
      request.is_limited = true;
      request.allowed_hosts = limits->hosts.allowed();
    }
    request.ca_file = trust.ca_file;
    request.insecure_hosts = trust.insecure_hosts;
    const Files files = files_for_url(trust.ca_file);
    request.files = files.names;
    return connect(request, files.numbers(), kConnectPatience);
  }

  base::Result<void> connect_to_pipe(const std::string& path) {
    TRY(base::OpenFile file, base::open_file(path));
    pipe_ = Descriptor(file.release());
    ConnectMessage request{kPipeName};
    request.files = {kPipeName};
    const std::array files{pipe_.number()};
    return connect(request, files, kNoEnd);
  }

  Pace pace() const override { return header_.pace; }
  bool has_video() const override { return header_.has_video; }
  int64_t other_nanoseconds() const override { return nanoseconds_; }

  base::Result<std::optional<Packet>> read() override {
    const auto patience =
        pipe_.is_open() ? milliseconds(kNoEnd)
                        : std::chrono::duration_cast<milliseconds>(silence_max(pace()) + kSlack);
    TRY(const MediaAnswer answer, ask(ReadPacketMessage{}, {}, patience));
    return live_packet_of(answer);
  }

  base::Result<void> decode_video(std::optional<std::chrono::nanoseconds> lag,
                                  const LiveVideoTrack::Sink& sink) override {
    DecodePacketMessage request;
    if (lag) request.lag = lag->count();
    int refusals = 0;
    for (int parts = 0; parts < kPartsMax; ++parts) {
      std::shared_ptr<const SharedBuffer> buffer;
      TRY(const LivePart part, part_in(request, buffer));
      const auto* picture = std::get_if<LivePictureAnswer>(&part.content);
      if (picture == nullptr && part.is_last) return {};
      if (picture == nullptr) break;
      const int64_t bytes = picture->plan.bytes();
      const bool fits = buffer != nullptr && bytes <= static_cast<int64_t>(buffer->bytes().size());
      if (picture->is_written && fits) {
        refusals = 0;
        sink({picture_in(picture->plan, buffer->bytes(), buffer), picture->display_size,
              picture->stamp});
        if (part.is_last) return {};
      } else if (picture->is_written || ++refusals > 1) {
        break;
      }
      picture_bytes_ = std::max(picture_bytes_, bytes);
    }
    return broken_answer();
  }

  base::Result<void> decode_sound(const LiveSoundTrack::Sink& sink) override {
    for (int parts = 0; parts < kPartsMax; ++parts) {
      TRY(const MediaAnswer answer, ask(DecodePacketMessage{}, {}, kPacketPatience));
      TRY(const LivePart part, live_part_of(answer));
      if (std::holds_alternative<LivePictureAnswer>(part.content)) break;
      if (const auto* sound = std::get_if<LiveSoundAnswer>(&part.content)) {
        sink(sound->samples, sound->stamp);
      }
      if (part.is_last) return {};
    }
    return broken_answer();
  }

 private:
  base::Result<void> connect(const ConnectMessage& request, std::span<const int> files,
                             milliseconds patience) {
    if (deadline_.is_stopped()) return ended();
    const sandbox::Cancellation cancellation([&] { return deadline_.is_stopped(); });
    TRY(auto job, media_.helper->start_job(kJobLimits));
    job_.emplace(std::move(job));
    TRY(const MediaAnswer answer, ask(request, files, patience));
    TRY(header_, live_header_of(answer));
    return {};
  }

  // The next part that the process has decoded; a picture is in `buffer`.
  base::Result<LivePart> part_in(const DecodePacketMessage& wanted,
                                 std::shared_ptr<const SharedBuffer>& buffer) {
    DecodePacketMessage request = wanted;
    std::vector<int> descriptors;
    if (picture_bytes_ > 0) {
      TRY(buffer, pool_->take(picture_bytes_));
      request.buffer = buffer->number();
      if (sent_.insert(buffer->number()).second) descriptors.push_back(buffer->file().number());
    }
    TRY(const MediaAnswer answer, ask(request, descriptors, kPacketPatience));
    return live_part_of(answer);
  }

  base::Result<MediaAnswer> ask(const LiveRequest& request, std::span<const int> files,
                                milliseconds patience) {
    const std::string message = live_request_message(request);
    if (message.size() > sandbox::Channel::kMessageBytesMax) {
      return base::over_limit("the URL and the lists of hosts of the command line are too long",
                              {});
    }
    if (!job_) return ended();
    taken_at_ = Clock::now();
    bool is_stuck = false;
    const sandbox::Cancellation cancellation(
        [&] { return deadline_.is_stopped() || (is_stuck = is_stuck || leaves_data()); });
    const auto answer = job_->ask(message, files, patience);
    if (!answer) {
      job_.reset();
      sandbox::JobFailure failure = answer.error();
      if (is_stuck)
        failure = {sandbox::JobEnd::kOverLimit, "it found no packet in its pipe for 10 s"};
      if (media_.on_failure && !deadline_.is_stopped()) media_.on_failure(failure);
      return sandbox::decoding_error(failure);
    }
    TRY(auto read, MediaAnswer::read(answer.value()));
    nanoseconds_ = read.nanoseconds();
    return read;
  }

  // Whether data has been waiting in the pipe for long, although the process should read it.
  bool leaves_data() {
    if (!pipe_.is_open()) return false;
    pollfd poll{pipe_.number(), POLLIN, 0};
    const bool has_data = ::poll(&poll, 1, 0) > 0 && (poll.revents & POLLIN) != 0;
    if (!has_data) taken_at_ = Clock::now();
    return Clock::now() - taken_at_ > kPipePatience;
  }

  static base::Error ended() { return base::io_error("the connection has ended"); }

  HelperMedia media_;
  Deadline& deadline_;
  Descriptor pipe_;  ///< open if it is the source
  std::optional<sandbox::Job> job_;
  Clock::time_point taken_at_;  ///< when the process last may have emptied the pipe
  LiveHeader header_;
  int64_t nanoseconds_ = 0;
  int64_t picture_bytes_ = 0;  ///< of the largest picture so far
  std::shared_ptr<BufferPool> pool_ = std::make_shared<BufferPool>();
  std::set<int64_t> sent_;  ///< the numbers of the buffers that the process has
};

base::Result<std::unique_ptr<LiveConnection>> connect_in_helper(const HelperMedia& media,
                                                                const std::string& source,
                                                                Deadline& deadline) {
  const auto kind = live_kind_of(source);
  if (!kind) return base::not_found("the source no longer exists");
  if (*kind == LiveKind::kCamera) return connect_in_process(source, deadline);
  auto connection = std::make_unique<HelperConnection>(media, deadline);
  TRY_DO(*kind == LiveKind::kPipe ? connection->connect_to_pipe(source)
                                  : connection->connect_to_url(source));
  return std::unique_ptr<LiveConnection>(std::move(connection));
}

}  // namespace

LiveConnector live_connector_of(const HelperMedia& media) {
  return [media](const std::string& source, Deadline& deadline) {
    return connect_in_helper(media, source, deadline);
  };
}

}  // namespace layercast::media
