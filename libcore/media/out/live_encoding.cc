#include "media/out/live_encoding.h"

#include "base/check.h"
#include "base/redaction.h"
#include "base/thread_name.h"
#include "media/out/audio_encoder.h"
#include "media/out/container.h"
#include "media/out/frame_converter.h"
#include "media/out/live_codecs.h"
#include "media/out/live_output.h"
#include "media/out/live_queue.h"
#include "media/out/recent_packets.h"
#include "media/out/video_codec.h"
#include "media/out/video_encoder.h"
#include "media/sound/audio_ring.h"
#include "media/sound/audio_source.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>
#include <variant>

extern "C" {
#include <libavcodec/avcodec.h>
}

namespace layercast::media {
namespace {

using TimePoint = base::Clock::time_point;
using std::chrono::milliseconds;

// The queue bridges moments in which the encoder gets too little processor time.
constexpr size_t kQueueFramesMin = 4;
constexpr size_t kQueueFramesMax = 16;
constexpr size_t kQueueBytesMax = size_t{64} << 20;
// Across a longer gap, sound is not encoded: its time stamps jump like those of the video.
constexpr int64_t kSilenceSamplesMax = int64_t{5} * kAudioRate;
// The least distance of keyframes for outputs, which is the usual one: reconnecting outputs must
// not cost the others their quality. They begin with the packets since the last keyframe instead.
constexpr std::chrono::seconds kKeyframeDistance{2};
// The time for which the encoder waits for late sound, while frames wait in the queue.
constexpr milliseconds kSoundPatience{60};
// If the sound of a frame is nearer than this to the end of the previous one, it continues there.
constexpr int64_t kSoundLeap = kAudioRate / 100;
// A removed output has a second; an interruption takes a tenth of it.
constexpr milliseconds kRemoveSending{700};
constexpr milliseconds kRemoveWaiting{950};
constexpr milliseconds kAbandonWaiting{400};
constexpr milliseconds kInterruptWaiting{200};

// Keyframe requests. Outputs share it, because they may outlive the encoder.
struct KeyframeWish {
  std::atomic<bool> is_by_user = false;
  std::atomic<bool> is_by_output = false;
};

base::Error redacted(base::Error error, const std::string& url) {
  error.where = base::redacted_url(url, base::UrlUse::kOutput);
  return error;
}

size_t queue_frames_for(const frame::Frame& frame) {
  return std::clamp(kQueueBytesMax / frame.bytes(), kQueueFramesMin, kQueueFramesMax);
}

}  // namespace

class LiveEncoding::Work {
 public:
  Work(LiveEncoder encoder, base::Metrics& metrics, OutputListener listener,
       std::shared_ptr<const AudioRing> sound, base::Clock* clock);
  ~Work();

  frame::PixelFormat input_format() const;
  bool offer(const frame::FramePtr& frame, int64_t index, int64_t sample);
  base::Result<void> add_output(const LiveOutputRequest& request);
  base::Result<void> remove_output(const std::string& id, StreamEnd end);
  std::vector<LiveOutputReport> outputs() const;
  base::Result<void> set_bitrate(int64_t bits_per_second);
  void request_keyframe() { wish_->is_by_user = true; }
  base::Result<void> reopen(const VideoSettings& settings);
  void finish(base::Duration patience, StreamEnd end);
  std::optional<base::Error> failure() const;

 private:
  struct Offered {
    frame::FramePtr frame;
    int64_t index = 0;
    int64_t sample = 0;  ///< the sample of its sound
  };
  struct Bitrate {
    int64_t bits_per_second = 0;
  };
  // The work for the encoder thread, in order.
  using Item = std::variant<Offered, Bitrate, LiveEncoder>;

  void run();
  std::optional<Item> next_item();
  void handle(Offered& offered);
  void handle(Bitrate& bitrate);
  void handle(LiveEncoder& encoder);
  bool is_keyframe_due(int64_t frame);
  base::Result<void> encode(const Offered& offered, int64_t frame);
  void encode_audio_until(int64_t sample);
  base::Result<void> encode_sound(LiveAudioTrack& track, int64_t sample);
  void keep_place_of_sound(const Offered& offered, int64_t frame);
  void restart_audio();
  void flush();
  void fan_out(const AVPacket& packet, Output::Track track, std::string_view audio_name,
               int64_t shift);
  void fail(base::Error error);
  void stop_encoder(bool at_once);
  base::Result<void> check_new_output(const LiveOutputRequest& request,
                                      const Container& container) const;
  base::Result<std::shared_ptr<const AVCodecContext>> audio_for(std::string_view encoder_name);
  void forget_unused_audio();

  base::Metrics& metrics_;
  const OutputListener listener_;
  const std::shared_ptr<const AudioRing> sound_;
  base::Clock* const clock_;
  const std::shared_ptr<KeyframeWish> wish_ = std::make_shared<KeyframeWish>();
  std::shared_ptr<base::Histogram> encode_seconds_;
  std::shared_ptr<base::Gauge> queue_frames_;
  std::shared_ptr<base::Counter> missing_sound_;

  mutable std::mutex mutex_;  // guards the members below; held for moments only
  std::condition_variable changed_;
  std::deque<Item> items_;
  size_t frames_waiting_ = 0;
  int64_t last_index_ = -1;
  bool is_stopping_ = false;
  bool is_stopped_at_once_ = false;
  std::optional<base::Error> failure_;
  // Properties of the newest encoder, which may still wait in items_.
  frame::PixelFormat input_format_;
  base::SizeI size_;
  const AVCodec* codec_;
  std::shared_ptr<const LiveStream> stream_;
  base::Result<void> bitrate_can_change_;

  // Order of locks: change_mutex_, tracks_mutex_, outputs_mutex_.
  mutable std::mutex outputs_mutex_;  // guards outputs_; held for instants only
  std::vector<std::shared_ptr<LiveOutput>> outputs_;
  RecentPackets recent_;     // with outputs_mutex_
  std::mutex tracks_mutex_;  // guards tracks_; held while sound is encoded, and waited for
  std::vector<LiveAudioTrack> tracks_;
  std::mutex change_mutex_;  // serialises changes of encoder and outputs

  // Members of the encoder thread.
  LiveEncoder encoder_;
  std::optional<int64_t> first_index_;  ///< The frame at time 0 of the stream.
  int64_t last_keyframe_ = 0;
  int64_t sound_shift_ = 0;     ///< From the samples of the stream to those of `sound_`.
  bool sound_is_late_ = false;  ///< Then the encoder does not wait until it is in time again.
  std::vector<float> samples_;

  std::thread thread_;
};

LiveEncoding::Work::Work(LiveEncoder encoder, base::Metrics& metrics, OutputListener listener,
                         std::shared_ptr<const AudioRing> sound, base::Clock* clock)
    : metrics_(metrics),
      listener_(std::move(listener)),
      sound_(std::move(sound)),
      clock_(clock),
      encode_seconds_(metrics.histogram({"encode_seconds", "Time to convert and encode a frame."},
                                        base::seconds_bounds())),
      queue_frames_(metrics.gauge({"encoder_queue_frames", "Frames queued for the encoder."})),
      missing_sound_(metrics.counter({"audio_underrun_samples_total",
                                      "Samples that were not mixed in time, and that silence "
                                      "replaced."})),
      input_format_(encoder.converter.input_format()),
      size_(encoder.size),
      codec_(encoder.codec),
      stream_(encoder.stream),
      bitrate_can_change_(check_bitrate_can_change(encoder.video->context())),
      encoder_(std::move(encoder)) {
  thread_ = base::named_thread("encoder", [this] { run(); });
}

LiveEncoding::Work::~Work() {
  stop_encoder(true);
  const std::lock_guard lock(outputs_mutex_);
  for (const auto& output : outputs_) output->finish_by(clock_->now(), StreamEnd::kToBeContinued);
  const TimePoint deadline = clock_->now() + kAbandonWaiting;
  for (const auto& output : outputs_) {
    output->detach(deadline);
    metrics_.remove("output", output->id());
  }
}

// ---- Frames in ----------------------------------------------------------------------------------

frame::PixelFormat LiveEncoding::Work::input_format() const {
  const std::lock_guard lock(mutex_);
  return input_format_;
}

bool LiveEncoding::Work::offer(const frame::FramePtr& frame, int64_t index, int64_t sample) {
  const std::lock_guard lock(mutex_);
  if (failure_ || is_stopping_ || frames_waiting_ >= queue_frames_for(*frame)) return false;
  if (frame->format() != input_format_ || frame->size() != size_) return false;
  LAYERCAST_CHECK(index > last_index_);
  last_index_ = index;
  items_.emplace_back(Offered{frame, index, sample});
  queue_frames_->set(static_cast<double>(++frames_waiting_));
  changed_.notify_all();
  return true;
}

base::Result<void> LiveEncoding::Work::set_bitrate(int64_t bits_per_second) {
  TRY_DO(check_bitrate(bits_per_second));
  const std::lock_guard lock(mutex_);
  TRY_DO(bitrate_can_change_);
  items_.emplace_back(Bitrate{bits_per_second});
  changed_.notify_all();
  return {};
}

base::Result<void> LiveEncoding::Work::reopen(const VideoSettings& settings) {
  const std::lock_guard change(change_mutex_);
  TRY(LiveEncoder encoder, open_encoder(settings));
  {
    const std::lock_guard lock(outputs_mutex_);
    for (const auto& output : outputs_) {
      TRY_DO(check_can_hold(output->container(), *encoder.codec, output->report().url));
    }
  }
  const std::lock_guard lock(mutex_);
  input_format_ = encoder.converter.input_format();
  size_ = encoder.size;
  codec_ = encoder.codec;
  stream_ = encoder.stream;
  bitrate_can_change_ = check_bitrate_can_change(encoder.video->context());
  items_.emplace_back(std::move(encoder));
  changed_.notify_all();
  return {};
}

// ---- The encoder thread -------------------------------------------------------------------------

std::optional<LiveEncoding::Work::Item> LiveEncoding::Work::next_item() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return is_stopping_ || !items_.empty(); });
  if (items_.empty() || is_stopped_at_once_) return std::nullopt;
  std::optional<Item> item(std::move(items_.front()));
  items_.pop_front();
  if (std::holds_alternative<Offered>(*item)) {
    queue_frames_->set(static_cast<double>(--frames_waiting_));
  }
  return item;
}

void LiveEncoding::Work::run() {
  while (std::optional<Item> item = next_item()) {
    std::visit([this](auto& told) { handle(told); }, *item);
  }
  const bool is_at_once = [this] {
    const std::lock_guard lock(mutex_);
    return is_stopped_at_once_;
  }();
  if (!is_at_once && first_index_) flush();
}

void LiveEncoding::Work::handle(Bitrate& bitrate) {
  encoder_.video->change_bitrate(bitrate.bits_per_second);
}

void LiveEncoding::Work::handle(LiveEncoder& encoder) {
  if (first_index_) flush();
  encoder_ = std::move(encoder);
  first_index_ = std::nullopt;
  restart_audio();
}

void LiveEncoding::Work::handle(Offered& offered) {
  if (failure()) return;
  if (!first_index_) {
    first_index_ = offered.index;
    last_keyframe_ = 0;
  }
  const int64_t frame = offered.index - *first_index_;
  const auto encoded = encode(offered, frame);
  if (!encoded.ok()) return fail(encoded.error());
  keep_place_of_sound(offered, frame);
  encode_audio_until(samples_until(frame + 1, encoder_.stream->rate));
}

// The encoder counts the frames that it gets; the stream time counts missing frames too.
bool LiveEncoding::Work::is_keyframe_due(int64_t frame) {
  const int64_t distance = frame - last_keyframe_;
  const bool is_far_enough =
      frame == 0 || !encoder_.stream->rate.time_of(distance).before(kKeyframeDistance);
  const bool is_due = frame == 0 || distance >= encoder_.video->context().gop_size;
  const bool is_wished = is_far_enough && wish_->is_by_output.exchange(false);
  return wish_->is_by_user.exchange(false) || is_due || is_wished;
}

base::Result<void> LiveEncoding::Work::encode(const Offered& offered, int64_t frame) {
  const auto began = std::chrono::steady_clock::now();
  TRY(const LibavFramePtr converted, encoder_.converter.convert(offered.frame, frame));
  if (is_keyframe_due(frame)) {
    converted->pict_type = AV_PICTURE_TYPE_I;
    last_keyframe_ = frame;
  }
  auto encoded = encoder_.video->encode(*converted, [this](const AVPacket& packet) {
    const bool is_keyframe = (packet.flags & AV_PKT_FLAG_KEY) != 0;
    if (is_keyframe) last_keyframe_ = std::max(last_keyframe_, packet.pts);
    fan_out(packet, Output::Track::kVideo, {}, 0);
  });
  encode_seconds_->observe(
      std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count());
  return encoded;
}

void LiveEncoding::Work::fan_out(const AVPacket& packet, Output::Track track,
                                 std::string_view audio_name, int64_t shift) {
  auto shared = std::make_shared<LivePacket>();
  shared->packet = new_packet();
  LAYERCAST_CHECK(av_packet_ref(shared->packet.get(), &packet) >= 0);
  shared->packet->pts += shift;
  shared->packet->dts += shift;
  shared->track = track;
  shared->is_keyframe = track == Output::Track::kVideo && (packet.flags & AV_PKT_FLAG_KEY) != 0;
  shared->stream = encoder_.stream;
  shared->made_at = clock_->now();
  const std::lock_guard lock(outputs_mutex_);
  // The keyframe serves all outputs that have requested one while it was encoded.
  if (shared->is_keyframe) wish_->is_by_output = false;
  recent_.note(shared, audio_name);
  for (const auto& output : outputs_) {
    const bool is_wanted =
        track == Output::Track::kVideo || output->container().audio_encoder_name == audio_name;
    if (is_wanted) output->offer(shared);
  }
}

void LiveEncoding::Work::encode_audio_until(int64_t sample) {
  std::optional<base::Error> error;
  {
    const std::lock_guard lock(tracks_mutex_);
    for (LiveAudioTrack& track : tracks_) {
      const auto encoded = encode_sound(track, sample);
      if (!encoded.ok()) error = encoded.error();
    }
  }
  if (error) fail(*std::move(error));
}

// Ignores the rounding difference between samples and frames; follows a jump of the stream time.
void LiveEncoding::Work::keep_place_of_sound(const Offered& offered, int64_t frame) {
  const int64_t shift = offered.sample - samples_until(frame, encoder_.stream->rate);
  if (frame == 0 || std::abs(shift - sound_shift_) > kSoundLeap) sound_shift_ = shift;
}

base::Result<void> LiveEncoding::Work::encode_sound(LiveAudioTrack& track, int64_t sample) {
  // The first packet of a new track begins at this frame.
  if (!track.first_sample) {
    const int64_t frame_samples = samples_until(1, encoder_.stream->rate);
    track.first_sample = std::max<int64_t>(0, sample - frame_samples);
  }
  int64_t missing = sample - *track.first_sample - track.samples;
  if (missing > kSilenceSamplesMax) {
    *track.first_sample += missing - kSilenceSamplesMax / 10;
    missing = kSilenceSamplesMax / 10;
  }
  if (missing <= 0) return {};
  samples_.assign(static_cast<size_t>(missing) * kAudioChannels, 0.0F);
  if (sound_ != nullptr) {
    const int64_t first = *track.first_sample + track.samples + sound_shift_;
    const base::Duration patience = sound_is_late_ ? milliseconds(0) : kSoundPatience;
    const int64_t silent = sound_->read(first, samples_, patience);
    sound_is_late_ = silent > 0;
    missing_sound_->add(static_cast<double>(silent));
  }
  track.samples += missing;
  return track.encoder->encode(samples_, [&](const AVPacket& packet) {
    fan_out(packet, Output::Track::kAudio, track.encoder_name, *track.first_sample);
  });
}

void LiveEncoding::Work::restart_audio() {
  const std::lock_guard lock(tracks_mutex_);
  for (LiveAudioTrack& track : tracks_) {
    auto encoder = AudioEncoder::open(track.encoder_name);
    if (!encoder.ok()) continue;  // it has been opened before, so this is unexpected
    track.encoder = std::move(encoder).value();
    track.first_sample = std::nullopt;
    track.samples = 0;
  }
}

// Drains the encoders, which encode nothing afterwards.
void LiveEncoding::Work::flush() {
  (void)encoder_.video
      ->flush([this](const AVPacket& packet) { fan_out(packet, Output::Track::kVideo, {}, 0); })
      .ok();
  const std::lock_guard lock(tracks_mutex_);
  for (LiveAudioTrack& track : tracks_) {
    if (!track.first_sample) continue;
    (void)track.encoder
        ->flush([&](const AVPacket& packet) {
          fan_out(packet, Output::Track::kAudio, track.encoder_name, *track.first_sample);
        })
        .ok();
  }
}

void LiveEncoding::Work::fail(base::Error error) {
  const std::lock_guard lock(mutex_);
  if (!failure_) failure_ = std::move(error);
}

std::optional<base::Error> LiveEncoding::Work::failure() const {
  const std::lock_guard lock(mutex_);
  return failure_;
}

void LiveEncoding::Work::stop_encoder(bool at_once) {
  {
    const std::lock_guard lock(mutex_);
    is_stopping_ = true;
    is_stopped_at_once_ = is_stopped_at_once_ || at_once;
    changed_.notify_all();
  }
  if (thread_.joinable()) thread_.join();
}

// ---- Outputs ------------------------------------------------------------------------------------

base::Result<void> LiveEncoding::Work::check_new_output(const LiveOutputRequest& request,
                                                        const Container& container) const {
  TRY_DO(check_request(request, container));
  {
    const std::lock_guard lock(mutex_);
    TRY_DO(
        check_can_hold(container, *codec_, base::redacted_url(request.url, base::UrlUse::kOutput)));
    if (is_stopping_) {
      return base::invalid_input("the encoder has finished", request.id);
    }
  }
  const std::lock_guard lock(outputs_mutex_);
  for (const auto& output : outputs_) {
    if (output->id() == request.id) {
      return base::invalid_input("an output with this name exists already", request.id);
    }
  }
  return {};
}

base::Result<std::shared_ptr<const AVCodecContext>> LiveEncoding::Work::audio_for(
    std::string_view encoder_name) {
  {
    const std::lock_guard lock(tracks_mutex_);
    for (const LiveAudioTrack& track : tracks_) {
      if (track.encoder_name == encoder_name) return track.description;
    }
  }
  TRY(LiveAudioTrack track, open_audio(encoder_name));
  const std::lock_guard lock(tracks_mutex_);
  tracks_.push_back(std::move(track));
  return tracks_.back().description;
}

base::Result<void> LiveEncoding::Work::add_output(const LiveOutputRequest& request) {
  const std::lock_guard change(change_mutex_);
  const auto container = container_of(request.url, std::nullopt);
  if (!container.ok()) return redacted(container.error(), request.url);
  TRY_DO(check_new_output(request, *container.value()));
  TRY(auto audio, audio_for(container.value()->audio_encoder_name));
  LiveOutput::Plan plan{request, container.value(), std::move(audio), {}, {}, listener_, clock_};
  plan.request_keyframe = [wish = wish_] { wish->is_by_output = true; };
  {
    const std::lock_guard lock(mutex_);
    plan.stream = stream_;
  }
  auto output = LiveOutput::start(std::move(plan), metrics_);
  const std::lock_guard lock(outputs_mutex_);
  if (!recent_.give_to(*output, clock_->now())) wish_->is_by_output = true;
  outputs_.push_back(std::move(output));
  return {};
}

void LiveEncoding::Work::forget_unused_audio() {
  const std::lock_guard tracks_lock(tracks_mutex_);
  const std::lock_guard lock(outputs_mutex_);
  std::erase_if(tracks_, [this](const LiveAudioTrack& track) {
    return std::ranges::none_of(outputs_, [&](const auto& output) {
      return output->container().audio_encoder_name == track.encoder_name;
    });
  });
}

base::Result<void> LiveEncoding::Work::remove_output(const std::string& id, StreamEnd end) {
  const std::lock_guard change(change_mutex_);
  std::shared_ptr<LiveOutput> removed;
  {
    const std::lock_guard lock(outputs_mutex_);
    const auto found =
        std::ranges::find_if(outputs_, [&](const auto& output) { return output->id() == id; });
    if (found == outputs_.end()) {
      return base::not_found("no output has this name", id);
    }
    removed = std::move(*found);
    outputs_.erase(found);
  }
  const TimePoint now = clock_->now();
  removed->finish_by(now + kRemoveSending, end);
  removed->detach(now + kRemoveWaiting);
  metrics_.remove("output", id);
  forget_unused_audio();
  return {};
}

std::vector<LiveOutputReport> LiveEncoding::Work::outputs() const {
  const std::lock_guard lock(outputs_mutex_);
  std::vector<LiveOutputReport> reports;
  reports.reserve(outputs_.size());
  for (const auto& output : outputs_) reports.push_back(output->report());
  return reports;
}

void LiveEncoding::Work::finish(base::Duration patience, StreamEnd end) {
  const TimePoint deadline = clock_->now() + patience;
  const std::lock_guard change(change_mutex_);
  stop_encoder(false);
  std::vector<std::shared_ptr<LiveOutput>> outputs;
  {
    const std::lock_guard lock(outputs_mutex_);
    outputs = outputs_;
  }
  for (const auto& output : outputs) output->finish_by(deadline, end);
  for (const auto& output : outputs) output->wait(deadline + kInterruptWaiting);
}

// ---- The public class ---------------------------------------------------------------------------

LiveEncoding::LiveEncoding(std::unique_ptr<Work> work) : work_(std::move(work)) {}
LiveEncoding::~LiveEncoding() = default;

base::Result<std::unique_ptr<LiveEncoding>> LiveEncoding::open(
    const VideoSettings& settings, base::Metrics& metrics, OutputListener listener,
    std::shared_ptr<const AudioRing> sound, base::Clock* clock) {
  TRY(LiveEncoder encoder, open_encoder(settings));
  auto work = std::make_unique<Work>(std::move(encoder), metrics, std::move(listener),
                                     std::move(sound), clock);
  return std::unique_ptr<LiveEncoding>(new LiveEncoding(std::move(work)));
}

base::Result<frame::PixelFormat> LiveEncoding::check(
    const VideoSettings& settings, const std::vector<LiveOutputRequest>& outputs) {
  TRY(const LiveEncoder encoder, open_encoder(settings));
  for (const LiveOutputRequest& request : outputs) {
    const auto container = container_of(request.url, std::nullopt);
    if (!container) return redacted(container.error(), request.url);
    TRY_DO(check_request(request, *container.value()));
    TRY_DO(check_can_hold(*container.value(), *encoder.codec,
                          base::redacted_url(request.url, base::UrlUse::kOutput)));
  }
  return encoder.converter.input_format();
}

frame::PixelFormat LiveEncoding::input_format() const { return work_->input_format(); }
bool LiveEncoding::offer(const frame::FramePtr& frame, int64_t index, int64_t sample) {
  return work_->offer(frame, index, sample);
}
base::Result<void> LiveEncoding::add_output(const LiveOutputRequest& request) {
  return work_->add_output(request);
}
base::Result<void> LiveEncoding::remove_output(const std::string& id, StreamEnd end) {
  return work_->remove_output(id, end);
}
std::vector<LiveOutputReport> LiveEncoding::outputs() const { return work_->outputs(); }
base::Result<void> LiveEncoding::set_bitrate(int64_t bits_per_second) {
  return work_->set_bitrate(bits_per_second);
}
void LiveEncoding::request_keyframe() { work_->request_keyframe(); }
base::Result<void> LiveEncoding::reopen(const VideoSettings& settings) {
  return work_->reopen(settings);
}
void LiveEncoding::finish(base::Duration patience, StreamEnd end) { work_->finish(patience, end); }
std::optional<base::Error> LiveEncoding::failure() const { return work_->failure(); }

}  // namespace layercast::media
