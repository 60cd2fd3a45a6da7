#include "media/out/live_output.h"

#include "base/check.h"
#include "base/client_limits.h"
#include "base/redaction.h"
#include "base/thread_name.h"
#include "base/trace.h"
#include "media/out/audio_encoder.h"
#include "media/out/container.h"
#include "media/out/partial_file.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>
#include <utility>

extern "C" {
#include <libavcodec/avcodec.h>
}

namespace layercast::media {
namespace {

using base::ErrorCode;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr LiveQueue::Limits kQueueLimits{32 << 20, seconds(2)};
constexpr seconds kOpenPatience{4};
// A server that was lost a moment ago receives an attempt every 1.2 s at least: it often returns
// soon, and it may still see the lost connection as the publisher. Otherwise the attempts become
// rare: each one costs a server, and a refusal rarely changes by itself.
constexpr base::BackOff::Limits kUrlBackOff{.first = milliseconds(100),
                                            .refused_first = seconds(1),
                                            .recent_most = milliseconds(1200),
                                            .most = seconds(60),
                                            .refused_most = seconds(60),
                                            .recent_for = seconds(60)};
// An attempt to write a file costs little, and a recording should begin soon after there is room.
constexpr base::BackOff::Limits kFileBackOff{.first = milliseconds(100),
                                             .refused_first = milliseconds(100),
                                             .recent_most = milliseconds(1200),
                                             .most = seconds(5),
                                             .refused_most = seconds(5),
                                             .recent_for = seconds(60)};
constexpr milliseconds kBackOffLeast{50};  // after an attempt that took a long time itself
constexpr const char* kOtherStream = "the stream continues with other settings";
// With the 100 ms between two polls of the interruption, about a second.
constexpr milliseconds kWritePatience{850};
// After this time, a connection counts as successful and resets the back-off.
constexpr seconds kWellAfter{5};
// The maximum age of the first packet of a connection: at the usual distance of keyframes, there is
// always one that is younger.
constexpr milliseconds kUrlAgeMax{2500};
constexpr milliseconds kPopPatience{250};
constexpr seconds kRatePeriod{1};
constexpr int kFileNumbersTried = 1'000'000;
constexpr int kPlaylistNumbersTried = 1000;

constexpr std::array<std::string_view, 5> kStateNames = {"connecting", "live", "reconnecting",
                                                         "failed", "stopped"};

// `rec.mkv`, `rec-1.mkv` …
std::string numbered(const std::string& path, int number) {
  if (number == 0) return path;
  std::filesystem::path file = path;
  const std::string extension = file.extension().string();
  file.replace_extension();
  return file.string() + "-" + std::to_string(number) + extension;
}

}  // namespace

std::string_view name_of(OutputState state) { return kStateNames[static_cast<size_t>(state)]; }

LiveOutput::LiveOutput(Plan plan, base::Metrics& metrics)
    : plan_(std::move(plan)),
      is_url_(delivery_of(plan_.request.url) == Delivery::kLive),
      queue_(kQueueLimits, plan_.clock),
      latest_stream_(plan_.stream),
      listener_(plan_.listener),
      syncer_(plan_.clock),
      back_off_(is_url_ ? kUrlBackOff : kFileBackOff),
      shifted_(new_packet()),
      rates_noted_at_(now()) {
  report_.id = plan_.request.id;
  playlist_owner_.id = plan_.request.id;
  report_.url = base::redacted_url(plan_.request.url, base::UrlUse::kOutput);
  const base::MetricLabels labels = {{"output", plan_.request.id}};
  meters_.frames = metrics.counter({"output_frames_total", "Frames sent to an output."}, labels);
  meters_.bytes = metrics.counter({"output_bytes_total", "Bytes sent to an output."}, labels);
  meters_.dropped = metrics.counter(
      {"output_frames_dropped_total", "Frames dropped by a slow or disconnected output."}, labels);
  meters_.reconnects = metrics.counter(
      {"output_reconnects_total", "Times an output became live again after a loss."}, labels);
  meters_.queued_packets =
      metrics.gauge({"output_queued_packets", "Packets queued for an output."}, labels);
  meters_.queued_bytes =
      metrics.gauge({"output_queued_bytes", "Bytes queued for an output."}, labels);
  meters_.fps = metrics.gauge(
      {"output_fps", "Frames per second sent to an output, over the last second."}, labels);
  meters_.byte_rate = metrics.gauge(
      {"output_bytes_per_second", "Bytes per second sent to an output, over the last second."},
      labels);
  meters_.last_live = metrics.gauge({"output_last_live_timestamp_seconds",
                                     "Unix time at which an output was last live; 0: never."},
                                    labels);
  for (size_t i = 0; i < kStateNames.size(); ++i) {
    base::MetricLabels with_state = labels;
    with_state.emplace_back("state", kStateNames[i]);
    meters_.states[i] =
        metrics.gauge({"output_state", "1 for the present state of an output."}, with_state);
    meters_.states[i]->set(i == 0 ? 1 : 0);
  }
}

std::shared_ptr<LiveOutput> LiveOutput::start(Plan plan, base::Metrics& metrics) {
  std::shared_ptr<LiveOutput> output(new LiveOutput(std::move(plan), metrics));
  output->queue_.open();  // takes frames from the first one on, even while the output opens
  output->thread_ = base::named_thread("output", [self = output] { self->run(); });
  return output;
}

// ---- Any thread ---------------------------------------------------------------------------------

void LiveOutput::offer(const LivePacketPtr& packet) {
  {
    const std::lock_guard lock(mutex_);
    latest_stream_ = packet->stream;
  }
  if (queue_.offer(packet) == LiveQueue::Offered::kKeyframeWanted) plan_.request_keyframe();
  note_queue();
}

void LiveOutput::finish_by(TimePoint deadline, StreamEnd end) {
  end_ = end;
  give_up_at_ = deadline;
  queue_.close();
}

bool LiveOutput::wait(TimePoint deadline) {
  std::unique_lock lock(mutex_);
  return plan_.clock->wait_until(lock, ended_, deadline, [this] { return has_ended_; });
}

void LiveOutput::detach(TimePoint deadline) {
  if (wait(deadline)) return thread_.join();
  const std::lock_guard lock(listener_mutex_);
  listener_ = nullptr;
  thread_.detach();
}

LiveOutputReport LiveOutput::report() const {
  const LiveQueue::Counts queued = queue_.counts();
  const std::lock_guard lock(mutex_);
  LiveOutputReport report = report_;
  report.frames_dropped = queued.frames_dropped;
  report.bytes_dropped = queued.bytes_dropped;
  report.queued_packets = queued.packets;
  report.queued_bytes = queued.bytes;
  return report;
}

std::shared_ptr<const LiveStream> LiveOutput::latest_stream() const {
  const std::lock_guard lock(mutex_);
  return latest_stream_;
}

// ---- The thread ---------------------------------------------------------------------------------

void LiveOutput::run() {
  while (!is_over()) {
    const TimePoint began = now();
    queue_.open();
    if (plan_.container->muxer == "hls") hold_first_packet();
    if (is_over()) break;
    auto session = open_session();
    const base::Result<void> served =
        session.ok() ? serve(session.value()) : base::Result<void>(session.error());
    if (session.ok()) remove_if_empty(session.value());
    syncer_.end();
    if (served.ok()) continue;  // with the next file or stream
    on_disconnect(served.error());
    back_off(served.error(), began);
  }
  syncer_.stop();
  if (const auto error = syncer_.take_error()) last_error_ = error->message;
  set_file({});
  note_rates(false);
  set_condition(last_error_.empty() ? OutputCondition::stopped()
                                    : OutputCondition::stopped_incomplete(last_error_));
  const std::lock_guard lock(mutex_);
  has_ended_ = true;
  ended_.notify_all();
}

bool LiveOutput::is_given_up() const { return now() >= give_up_at_.load(); }

bool LiveOutput::is_over() const {
  return queue_.is_closed() && (is_given_up() || (held_ == nullptr && queue_.is_empty()));
}

bool LiveOutput::is_interrupted() const { return is_given_up() || (is_opening_ && is_over()); }

base::Result<std::string> LiveOutput::new_file() {
  const std::string& path = plan_.request.url;
  TRY_DO(base::check_place(path));
  if (plan_.container->muxer == "hls") return new_playlist();
  if (is_special_file(path)) return path;  // a device has no other name
  for (; next_file_ < kFileNumbersTried; ++next_file_) {
    std::string name = numbered(path, next_file_);
    std::FILE* file = std::fopen(name.c_str(), "wbx");
    if (file != nullptr) {
      std::fclose(file);
      return name;
    }
    if (errno != EEXIST) return base::io_error(errno, "cannot create", path);
  }
  return base::io_error("cannot create: too many files of this name", path);
}

// A playlist is continued. An output of a network client keeps the files of others.
base::Result<std::string> LiveOutput::new_playlist() {
  const std::string& path = plan_.request.url;
  if (base::limits_of(path) == nullptr) return path;
  playlist_owner_.others = PlaylistOwner::Others::kKept;
  for (; next_file_ < kPlaylistNumbersTried; ++next_file_) {
    std::string name = numbered(path, next_file_);
    if (LivePlaylist::may_write(name, playlist_owner_.id)) return name;
  }
  return base::io_error("cannot create: too many playlists of this name belong to others", path);
}

// Opens a playlist only with its first packet, because it would list an empty segment.
void LiveOutput::hold_first_packet() {
  while (held_ == nullptr && !is_over()) held_ = queue_.pop(now() + kPopPatience);
}

base::Result<LiveOutput::Session> LiveOutput::open_session() {
  Session session;
  session.began_at = now();
  base::trace("output", [&] {
    return plan_.request.id + ": opens " +
           base::redacted_url(plan_.request.url, base::UrlUse::kOutput);
  });
  session.stream = latest_stream();
  if (held_ != nullptr) session.stream = held_->stream;
  if (!is_url_) {
    TRY(session.file, new_file());
    set_file(session.file);
  }
  const Output::Feed feed{session.stream->video.get(), plan_.audio.get(), session.stream->rate};
  is_opening_ = true;
  auto output =
      Output::open_live(is_url_ ? plan_.request.url : session.file, *plan_.container, feed,
                        {kOpenPatience, kWritePatience, [this] { return is_interrupted(); },
                         plan_.clock, plan_.request.insecure_tls, playlist_owner_});
  is_opening_ = false;
  if (!output.ok()) {
    remove_if_empty(session);
    return output.error();
  }
  session.output = std::move(output).value();
  session.header_bytes = session.output->report().bytes;
  if (is_synced(session)) syncer_.begin(session.file);
  return session;
}

// Does not sync playlists: players read only their newest segments.
bool LiveOutput::is_synced(const Session& session) const {
  return !session.file.empty() && plan_.container->muxer != "hls" && !is_special_file(session.file);
}

// Whether a packet that is new enough, or a coming keyframe of the queue, can begin the session.
bool LiveOutput::has_beginning() {
  const base::Duration age_max = is_url_ ? base::Duration(kUrlAgeMax) : base::Duration::max();
  if (held_ == nullptr) return queue_.begin(age_max);
  if (now() - held_->made_at <= age_max) return true;
  held_ = nullptr;
  queue_.note_dropped(1);
  return queue_.begin(base::Duration(-1));  // the queued packets depend on the one dropped
}

base::Result<void> LiveOutput::serve(Session& session) {
  if (!has_beginning()) plan_.request_keyframe();
  while (!is_given_up()) {
    LivePacketPtr packet = std::exchange(held_, nullptr);
    if (packet == nullptr) packet = queue_.pop(now() + kPopPatience);
    note_rates(true);
    if (packet == nullptr) {
      if (is_over()) break;
      continue;
    }
    const bool is_next_stream = packet->stream != session.stream;
    if (is_next_stream || is_rotation_due(session, *packet)) {
      held_ = std::move(packet);
      if (is_next_stream && is_url_ && session.is_live) {
        set_condition(OutputCondition::reconnecting(kOtherStream));
      }
      return finish(session, StreamEnd::kToBeContinued);
    }
    TRY_DO(write(session, *packet));
  }
  return finish(session, end_);
}

base::Result<void> LiveOutput::write(Session& session, const LivePacket& packet) {
  const bool is_video = packet.track == Output::Track::kVideo;
  if (!session.first_frame) {
    if (!packet.is_keyframe) return {};
    session.first_frame = packet.packet->dts;
  }
  const int64_t passed =
      is_video ? *session.first_frame : samples_until(*session.first_frame, session.stream->rate);
  LAYERCAST_CHECK(av_packet_ref(shifted_.get(), packet.packet.get()) >= 0);
  shifted_->pts -= passed;
  shifted_->dts -= passed;
  if (is_video || shifted_->pts >= 0) session.output->write(*shifted_, packet.track);
  av_packet_unref(shifted_.get());
  count(session, packet);
  if (auto error = syncer_.take_error()) {
    if (error->where == session.file) return *std::move(error);
    last_error_ = error->message;  // of a file that was finished before
  }
  if (!session.output->failed()) return {};
  if (is_video) queue_.note_dropped(1);
  return *session.output->report().error;
}

bool LiveOutput::is_rotation_due(const Session& session, const LivePacket& packet) const {
  const LiveOutputRequest& request = plan_.request;
  if (!packet.is_keyframe || !session.first_frame) return false;
  if (request.rotate_bytes && session.output->report().bytes >= *request.rotate_bytes) return true;
  if (!request.rotate_after) return false;
  const base::SceneTime passed =
      session.stream->rate.time_of(packet.packet->dts - *session.first_frame);
  return !passed.before(*request.rotate_after);
}

// The second frame proves that the peer has not closed the connection at the first one.
bool LiveOutput::is_accepted(const Session& session) const {
  const OutputReport report = session.output->report();
  if (report.error) return false;
  return is_url_ ? report.frames >= 2 && report.bytes > session.header_bytes : report.frames >= 1;
}

void LiveOutput::count(Session& session, const LivePacket& packet) {
  const bool is_frame = packet.track == Output::Track::kVideo && !session.output->failed();
  const int64_t bytes = session.output->report().bytes;
  const int64_t new_bytes = std::max<int64_t>(0, bytes - std::exchange(session.bytes, bytes));
  {
    const std::lock_guard lock(mutex_);
    report_.frames += is_frame ? 1 : 0;
    report_.bytes += new_bytes;
  }
  if (is_frame) meters_.frames->add();
  meters_.bytes->add(static_cast<double>(new_bytes));
  note_queue();
  if (now() - session.began_at >= kWellAfter) {
    back_off_.note_success(now());
    has_failed_ = false;
  }
  if (session.is_live || !is_accepted(session)) return;
  session.is_live = true;
  if (was_live_ && has_failed_) {
    meters_.reconnects->add();
    const std::lock_guard lock(mutex_);
    ++report_.reconnects;
  }
  was_live_ = true;
  told_refusal_.clear();
  set_condition(OutputCondition::live());
}

base::Result<void> LiveOutput::finish(Session& session, StreamEnd end) {
  session.output->finish(end);
  const OutputReport report = session.output->report();
  {
    const std::lock_guard lock(mutex_);
    report_.bytes +=
        std::max<int64_t>(0, report.bytes - std::exchange(session.bytes, report.bytes));
  }
  if (report.error) return *report.error;
  return {};
}

// Otherwise each failing attempt to write would leave another empty file.
void LiveOutput::remove_if_empty(Session& session) {
  if (session.file.empty() || plan_.container->muxer == "hls" || is_special_file(session.file)) {
    return;
  }
  session.output.reset();
  std::error_code error;
  const auto bytes = std::filesystem::file_size(session.file, error);
  if (error) return;
  const bool is_empty = static_cast<int64_t>(bytes) <= session.header_bytes;
  if (is_empty || !session.first_frame) std::filesystem::remove(session.file, error);
}

// ---- Loss and reconnection ----------------------------------------------------------------------

void LiveOutput::on_disconnect(const base::Error& error) {
  if (held_ != nullptr) queue_.note_dropped(1);
  held_ = nullptr;
  if (!queue_.is_closed()) queue_.disable();
  note_queue();
  note_rates(false);
  set_file({});
  const std::string reason =
      base::redacted_text(error.message, plan_.request.url, base::UrlUse::kOutput);
  const bool is_hopeless =
      error.code == ErrorCode::kInvalidInput || error.code == ErrorCode::kUnsupported;
  if (queue_.is_closed()) {
    if (!is_url_) last_error_ = reason;
    return;
  }
  if (is_hopeless) {
    set_condition(OutputCondition::failed(reason));
    return wait_for_another_stream();
  }
  // A refusal is reported also when the output has been reconnecting for another reason: only the
  // operator can do something about it.
  const bool is_new_refusal = error.code == ErrorCode::kForbidden && reason != told_refusal_;
  if (is_new_refusal) told_refusal_ = reason;
  set_condition(OutputCondition::reconnecting(reason),
                is_new_refusal ? Telling::kAlways : Telling::kOnlyAChange);
}

void LiveOutput::wait_for_another_stream() {
  const auto refused = latest_stream();
  while (!queue_.is_closed() && latest_stream() == refused) {
    queue_.wait_for_close(now() + kPopPatience);
  }
  if (!queue_.is_closed()) set_condition(OutputCondition::reconnecting(kOtherStream));
}

void LiveOutput::back_off(const base::Error& error, TimePoint attempt_began) {
  using Failure = base::BackOff::Failure;
  const TimePoint failed_at = now();
  const base::Duration delay = back_off_.next(
      error.code == ErrorCode::kForbidden ? Failure::kRefused : Failure::kAbsent, failed_at);
  const TimePoint next = std::max<TimePoint>(attempt_began + delay, failed_at + kBackOffLeast);
  has_failed_ = true;
  base::trace("output", [&] {
    return plan_.request.id + ": waits " + base::duration_text(next - failed_at) +
           " before the next attempt";
  });
  queue_.wait_for_close(next);
}

// ---- Reports and metrics ------------------------------------------------------------------------

void LiveOutput::set_condition(const OutputCondition& condition, Telling telling) {
  {
    const std::lock_guard lock(mutex_);
    const bool is_change = report_.state != condition.state();
    if (is_change &&
        (report_.state == OutputState::kLive || condition.state() == OutputState::kLive)) {
      note_live();
    }
    report_.set(condition);
    if (!is_change && telling == Telling::kOnlyAChange) return;
  }
  for (size_t i = 0; i < meters_.states.size(); ++i) {
    meters_.states[i]->set(i == static_cast<size_t>(condition.state()) ? 1 : 0);
  }
  const LiveOutputReport changed = report();
  const std::lock_guard lock(listener_mutex_);
  if (listener_) listener_(changed);
}

void LiveOutput::set_file(const std::string& file) {
  const std::lock_guard lock(mutex_);
  report_.file = file;
}

void LiveOutput::note_queue() {
  const LiveQueue::Counts queued = queue_.counts();
  meters_.queued_packets->set(static_cast<double>(queued.packets));
  meters_.queued_bytes->set(static_cast<double>(queued.bytes));
  const std::lock_guard lock(mutex_);
  const int64_t more = queued.frames_dropped - dropped_noted_;
  if (more <= 0) return;
  dropped_noted_ = queued.frames_dropped;
  meters_.dropped->add(static_cast<double>(more));
}

void LiveOutput::note_live() {
  const auto since_epoch = plan_.clock->wall_now().time_since_epoch();
  meters_.last_live->set(std::chrono::duration<double>(since_epoch).count());
}

void LiveOutput::note_rates(bool is_connected) {
  const TimePoint noted_at = now();
  const double passed = std::chrono::duration<double>(noted_at - rates_noted_at_).count();
  if (is_connected && noted_at - rates_noted_at_ < kRatePeriod) return;
  const LiveOutputReport report = this->report();
  const auto frames =
      static_cast<double>(report.frames - std::exchange(frames_noted_, report.frames));
  const auto bytes = static_cast<double>(report.bytes - std::exchange(bytes_noted_, report.bytes));
  rates_noted_at_ = noted_at;
  if (report.state == OutputState::kLive) note_live();
  meters_.fps->set(is_connected ? frames / passed : 0);
  meters_.byte_rate->set(is_connected ? bytes / passed : 0);
}

}  // namespace layercast::media
