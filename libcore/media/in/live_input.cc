#include "media/in/live_input.h"

#include "base/check.h"
#include "base/redaction.h"
#include "media/av/connection_error.h"
#include "media/av/input_limits.h"
#include "media/av/tls_trust.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <dlfcn.h>
#include <poll.h>
#include <string_view>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
}

namespace layercast::media {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr seconds kConnectPatience{8};
constexpr seconds kSenderSilenceMax{3};
constexpr seconds kStampsSilenceMax{10};  // a segment of a playlist lasts several seconds
constexpr seconds kClosePatience{1};
// Long enough to find both tracks; more would only delay the first picture.
constexpr milliseconds kSenderAnalysed{700};
constexpr milliseconds kStampsAnalysed{3000};
constexpr const char* kSilence = "no data has arrived for a while";
constexpr int kPipeBytes = 32 << 10;
constexpr int kPollMilliseconds = 100;
constexpr int kRetryMilliseconds = 5;

struct Scheme {
  std::string_view name;
  const char* protocols;  ///< Those that its connections may use; never files.
  const char* formats;    ///< In addition to self_contained_formats().
  Pace pace = Pace::kSender;
};

constexpr const char* kWeb = "http,https,tls,tcp,crypto,httpproxy";
constexpr const char* kRtsp = "rtsp,rtsps,rtp,srtp,udp,tcp,tls";

// None of these reads files, concatenates inputs or runs a program.
constexpr std::array<Scheme, 9> kSchemes = {{{"rtmp", "rtmp,tcp", ""},
                                             {"rtmps", "rtmps,tls,tcp", ""},
                                             {"http", kWeb, ",hls", Pace::kStamps},
                                             {"https", kWeb, ",hls", Pace::kStamps},
                                             {"rtsp", kRtsp, ",rtsp,rtp,sdp"},
                                             {"rtsps", kRtsp, ",rtsp,rtp,sdp"},
                                             {"srt", "srt,udp", ""},
                                             {"udp", "udp", ""},
                                             {"rtp", "rtp,udp", ",rtp,sdp"}}};

std::string scheme_name_of(std::string_view url) {
  std::string name(url.substr(0, url.find(':')));
  std::ranges::transform(name, name.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  });
  return name;
}

const Scheme* scheme_of(std::string_view url) {
  const auto found = std::ranges::find(kSchemes, scheme_name_of(url), &Scheme::name);
  return found == kSchemes.end() ? nullptr : &*found;
}

// libavdevice depends on about a hundred other libraries, so it is loaded only to read a camera.
const AVInputFormat* camera_format() {
  static const bool is_loaded = [] {
    const std::string name = "libavdevice.so." + std::to_string(LIBAVFORMAT_VERSION_MAJOR);
    void* library = ::dlopen(name.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) return false;
    auto* enlist = reinterpret_cast<void (*)()>(::dlsym(library, "avdevice_register_all"));
    if (enlist != nullptr) enlist();
    return enlist != nullptr;
  }();
  return is_loaded ? av_find_input_format("video4linux2") : nullptr;
}

}  // namespace

/// Reads a named pipe without blocking beyond the deadline.
class LiveInput::Pipe {
 public:
  explicit Pipe(Deadline& deadline) : deadline_(deadline) {}
  ~Pipe() {
    if (io_ != nullptr) av_freep(&io_->buffer);
    avio_context_free(&io_);
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

  base::Result<void> open(const std::string& path) {
    TRY(file_, base::open_file(path));
    auto* buffer = static_cast<unsigned char*>(av_malloc(kPipeBytes));
    LAYERCAST_CHECK(buffer != nullptr);
    io_ = avio_alloc_context(buffer, kPipeBytes, 0, this, read, nullptr, nullptr);
    LAYERCAST_CHECK(io_ != nullptr);
    return {};
  }
  AVIOContext* io() { return io_; }

 private:
  static int read(void* opaque, uint8_t* bytes, int size) {
    return static_cast<Pipe*>(opaque)->read_some(bytes, size);
  }
  int read_some(uint8_t* bytes, int size) {
    while (!deadline_.is_over()) {
      pollfd poll{file_.descriptor(), POLLIN, 0};
      if (::poll(&poll, 1, kPollMilliseconds) <= 0) continue;
      const ssize_t count = ::read(file_.descriptor(), bytes, static_cast<size_t>(size));
      if (count > 0) return static_cast<int>(count);
      if (count == 0) return AVERROR_EOF;  // the last writer has closed it
      if (errno != EAGAIN && errno != EINTR) return AVERROR(errno);
    }
    return AVERROR_EXIT;
  }

  Deadline& deadline_;
  base::OpenFile file_{-1};
  AVIOContext* io_ = nullptr;
};

base::Duration silence_max(Pace pace) {
  return pace == Pace::kSender ? kSenderSilenceMax : kStampsSilenceMax;
}

std::optional<LiveKind> live_kind_of(const std::string& source) {
  if (base::is_url(source)) return LiveKind::kUrl;
  struct stat found {};
  if (::stat(source.c_str(), &found) != 0) {
    // A camera that is not connected yet.
    return source.starts_with("/dev/video") ? std::optional(LiveKind::kCamera) : std::nullopt;
  }
  if (S_ISFIFO(found.st_mode)) return LiveKind::kPipe;
  if (S_ISCHR(found.st_mode) && source.starts_with("/dev/video")) return LiveKind::kCamera;
  return std::nullopt;
}

base::Result<void> check_live_source(const std::string& source) {
  if (live_kind_of(source) != LiveKind::kUrl) return {};
  if (scheme_name_of(source) == "rtsps" && !is_insecure(source)) {
    return base::unsupported(
        "the certificate of an RTSPS server cannot be verified with this libavformat; expected "
        "another kind of source, or --insecure-tls " +
            tls_peer_of(source).host,
        base::redacted_url(source));
  }
  if (scheme_of(source) != nullptr) return {};
  return base::unsupported(
      "cannot connect to the URL scheme \"" + scheme_name_of(source) +
          "\"; expected rtmp, rtmps, http, https, rtsp, rtsps, srt, udp or rtp",
      base::redacted_url(source));
}

LiveInput::LiveInput(const std::string& source, Deadline& deadline)
    : source_(base::with_lower_case_scheme(source)), limits_(source), deadline_(deadline) {}

LiveInput::~LiveInput() {
  deadline_.expire_after(kClosePatience);
  demuxer_.reset();
}

// The arguments with which the library opens the source.
struct LiveInput::Way {
  std::string name;  ///< empty when `io` is the source
  std::string formats = self_contained_formats();
  const char* protocols = "none";
  milliseconds analysed = kSenderAnalysed;
  const AVInputFormat* format = nullptr;
  AVIOContext* io = nullptr;
};

LiveInput::Way LiveInput::way_to_url() {
  const Scheme& scheme = *scheme_of(source_);
  pace_ = scheme.pace;
  Way way{source_};
  way.formats += scheme.formats;
  way.protocols = scheme.protocols;
  if (pace_ == Pace::kStamps) way.analysed = kStampsAnalysed;
  return way;
}

base::Result<LiveInput::Way> LiveInput::way_to_pipe() {
  // Closing a pipe after a time-out would kill a program that is about to write to it (SIGPIPE).
  may_be_silent_ = true;
  pipe_ = std::make_unique<Pipe>(deadline_);
  TRY_DO(pipe_->open(source_));
  Way way;
  way.io = pipe_->io();
  return way;
}

base::Result<LiveInput::Way> LiveInput::way_to_camera() const {
  Way way{source_};
  way.format = camera_format();
  way.formats = "video4linux2,v4l2";
  if (way.format != nullptr) return way;
  return base::unsupported("cameras need libavdevice; install that library");
}

base::Result<LiveInput::Way> LiveInput::way() {
  const auto kind = live_kind_of(source_);
  if (!kind) return base::not_found("the source no longer exists");
  if (*kind == LiveKind::kPipe) return way_to_pipe();
  if (*kind == LiveKind::kCamera) return way_to_camera();
  return way_to_url();
}

// Opens the source, and the playlists and segments that it names, which keep the rules for
// certificates only by this function.
int LiveInput::open_io(AVFormatContext* context, AVIOContext** io, const char* url, int flags,
                       AVDictionary** options) {
  AVDictionary* own = nullptr;
  AVDictionary** const all = options == nullptr ? &own : options;
  add_tls_options(all, url);
  const int result =
      static_cast<LiveInput*>(context->opaque)->library_open_io_(context, io, url, flags, all);
  av_dict_free(&own);
  return result;
}

int LiveInput::open_demuxer(const Way& way) {
  AVFormatContext* context = avformat_alloc_context();
  LAYERCAST_CHECK(context != nullptr);
  context->pb = way.io;
  context->opaque = this;
  library_open_io_ = std::exchange(context->io_open, open_io);
  deadline_.watch(context);
  if (is_only_first_verified(source_)) deadline_.allow_one_connection();
  deadline_.expire_after(kConnectPatience);
  if (may_be_silent_) deadline_.never_expire();
  AVDictionary* options = nullptr;
  set_input_limits(&options);
  av_dict_set_int(&options, "analyzeduration", microseconds(way.analysed).count(), 0);
  av_dict_set(&options, "protocol_whitelist", way.protocols, 0);
  av_dict_set(&options, "format_whitelist", way.formats.c_str(), 0);
  av_dict_set(&options, "rtsp_transport", "tcp", 0);  // firewalls often block UDP
  const int result = avformat_open_input(&context, way.name.c_str(), way.format, &options);
  av_dict_free(&options);
  demuxer_.reset(context);
  return result < 0 ? result : find_streams(context);
}

void LiveInput::find_tracks() {
  const auto best = [this](AVMediaType type) -> std::optional<int> {
    const int found = av_find_best_stream(demuxer_.get(), type, -1, -1, nullptr, 0);
    return found < 0 ? std::nullopt : std::optional(found);
  };
  video_track_ = best(AVMEDIA_TYPE_VIDEO);
  sound_track_ = best(AVMEDIA_TYPE_AUDIO);
  for (unsigned i = 0; i < demuxer_->nb_streams; ++i) {
    const auto index = std::optional(static_cast<int>(i));
    if (index != video_track_ && index != sound_track_) {
      demuxer_->streams[i]->discard = AVDISCARD_ALL;
    }
  }
}

std::optional<base::Error> LiveInput::connection_failure(int result) const {
  if (result == AVERROR_EOF || live_kind_of(source_) != LiveKind::kUrl) return std::nullopt;
  const Connection connection{source_, Connection::Direction::kPlay, LibraryLog::connections(),
                              [this] { return deadline_.is_stopped(); }};
  return connection_error(result, LibraryLog::lines(), connection);
}

base::Error LiveInput::error_of(int result, const char* late) const {
  if (auto error = ConnectionLimits::refusal()) return *std::move(error);
  if (auto error = connection_failure(result)) return *std::move(error);
  if (result == AVERROR_EXIT) return base::io_error(late);
  if (result == AVERROR_EOF) return base::io_error("the sender ended the stream");
  base::Error error = input_error(result, {});
  error.message = base::redacted_text(error.message, source_);
  return error;
}

base::Result<std::unique_ptr<LiveInput>> LiveInput::open(const std::string& source,
                                                         Deadline& deadline) {
  TRY_DO(check_live_source(source));
  std::unique_ptr<LiveInput> input(new LiveInput(source, deadline));
  TRY_DO(input->limits_.check());
  const LibraryLog log(input->limits_.judge());
  TRY(const Way way, input->way());
  const int result = input->open_demuxer(way);
  if (result < 0) return input->error_of(result, "the source does not answer");
  input->find_tracks();
  return input;
}

bool LiveInput::has_end() const {
  return pace_ == Pace::kStamps && demuxer_->duration != AV_NOPTS_VALUE && demuxer_->duration > 0;
}

base::Result<bool> LiveInput::read(AVPacket& packet) {
  for (;;) {
    const LibraryLog log(limits_.judge());
    if (!may_be_silent_) deadline_.expire_after(silence_max(pace_));
    const int result = av_read_frame(demuxer_.get(), &packet);
    if (result >= 0 && !deadline_.is_over()) return true;
    if (result >= 0) {
      // Once interrupted, some demuxers return old packets from their buffers.
      av_packet_unref(&packet);
      return error_of(AVERROR_EXIT, kSilence);
    }
    if (result == AVERROR_EOF && has_end()) return false;
    if (result != AVERROR(EAGAIN) || deadline_.is_over()) {
      return error_of(result, kSilence);
    }
    ::poll(nullptr, 0, kRetryMilliseconds);
  }
}

}  // namespace layercast::media
