#include "media/helper/helper_media.h"

#include "base/client_limits.h"
#include "base/regular_file.h"
#include "media/av/input_limits.h"
#include "media/helper/media_messages.h"
#include "media/helper/shared_buffer.h"
#include "media/helper/shared_frames.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <deque>
#include <filesystem>
#include <limits>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace layercast::media {
namespace {

using sandbox::Descriptor;

// As VideoReader::open() and AudioReader::open() report it.
base::Error missing_video(const std::string& path, int error_number) {
  const auto checked = base::check_regular_file(path, "this is a folder; expected a video file");
  return checked ? base::io_error(error_number, "cannot open", path) : checked.error();
}

base::Error missing_sound(const std::string& path, int error_number) {
  return base::invalid_input("cannot read sound: " + std::generic_category().message(error_number),
                             path);
}

/// A file, and the process that decodes it.
class Session {
 public:
  /// The error for a file that cannot be opened.
  using Missing = base::Error (*)(const std::string& path, int error_number);

  Session(HelperMedia media, std::string path, Missing missing)
      : media_(std::move(media)), path_(std::move(path)), missing_(missing) {}

  /// Of the name of the file, such as `.mp4`; empty if it is no usual one.
  std::string suffix() const {
    constexpr size_t kLongest = 16;
    std::string suffix = std::filesystem::path(path_).extension().string();
    return suffix.size() <= kLongest ? suffix : std::string();
  }
  bool is_lost() const { return !job_.has_value(); }
  int64_t nanoseconds() const { return nanoseconds_; }

  /// Starts a process and gives it the file. nullopt: the process was lost.
  base::Result<std::optional<MediaAnswer>> open(const MediaRequest& request) {
    const Descriptor regular = sandbox::open_regular_file(path_);
    if (!regular.is_open()) return missing_(path_, errno);
    // Within the limits of clients, if one has named the file.
    TRY(const base::OpenFile file, base::open_file(path_));
    TRY(auto job, media_.helper->start_job(kJobLimits));
    earlier_nanoseconds_ = nanoseconds_;
    job_.emplace(std::move(job));
    const std::array files{file.descriptor()};
    return ask(request, files);
  }

  /// nullopt: the process was lost by no fault of the file. Errors: those of the answer and of
  /// sandbox::decoding_error(), with the path.
  base::Result<std::optional<MediaAnswer>> ask(const MediaRequest& request,
                                               std::span<const int> files = {}) {
    if (!job_) return std::optional<MediaAnswer>();
    auto message = job_->ask(request_message(request), files, input_limits::kDecodePatience);
    if (!message) {
      job_.reset();
      if (media_.on_failure) media_.on_failure(message.error());
      if (message.error().end != sandbox::JobEnd::kLost)
        return sandbox::decoding_error(message.error(), path_);
      return std::optional<MediaAnswer>();
    }
    auto answer = MediaAnswer::read(message.value());
    if (!answer) return placed(std::move(answer).error());
    nanoseconds_ = earlier_nanoseconds_ + answer.value().nanoseconds();
    return std::optional(std::move(answer).value());
  }

  base::Error placed(base::Error error) const {
    error.where = path_;
    return error;
  }
  base::Error loss() const {
    return base::io_error("cannot be decoded: its decoder was ended again and again", path_);
  }

 private:
  HelperMedia media_;
  std::string path_;
  Missing missing_;
  std::optional<sandbox::Job> job_;
  std::atomic<int64_t> nanoseconds_{0};
  int64_t earlier_nanoseconds_ = 0;  ///< of the processes before this one
};

// How often one request may lose its process.
constexpr int kLossesMax = 3;

// ---- Video --------------------------------------------------------------------------------------

base::Error unknown_buffer() {
  return base::internal_error("the decoder process named a frame buffer that does not exist");
}

/// The buffers into which one process decodes frames. Thread: one at a time; a Held may end on any.
class FrameBuffers : public std::enable_shared_from_this<FrameBuffers> {
 public:
  /// Keeps a buffer and the hold of a picture in it, which its destructor releases.
  class Held {
   public:
    Held(std::shared_ptr<FrameBuffers> buffers, std::span<const std::byte> bytes, int64_t hold)
        : buffers_(std::move(buffers)), bytes_(bytes), hold_(hold) {}
    ~Held() { buffers_->release(hold_); }
    Held(const Held&) = delete;
    Held& operator=(const Held&) = delete;

    std::span<const std::byte> bytes() const { return bytes_; }

   private:
    std::shared_ptr<FrameBuffers> buffers_;
    std::span<const std::byte> bytes_;
    int64_t hold_;
  };

  /// Creates the buffers that the process lacks, within the limits. A buffer that cannot be created
  /// is left out: the process then copies pictures.
  std::vector<SharedBuffer*> created(const SharedFrames::Lack& lack) {
    std::vector<SharedBuffer*> created;
    for (int64_t i = 0; i < lack.buffers && buffers_.size() < kCountMax; ++i) {
      if (bytes_ + lack.bytes > kBytesMax) break;
      const auto number = static_cast<int64_t>(buffers_.size());
      auto buffer = SharedBuffer::create(lack.bytes, number, SharedBuffer::Access::kRead);
      if (!buffer) break;
      bytes_ += lack.bytes;
      created.push_back(buffer.value().get());
      buffers_.push_back(std::move(buffer).value());
    }
    return created;
  }

  /// Null: there is no such buffer.
  std::shared_ptr<const Held> held(const SharedPlanes& shared) {
    if (shared.buffer < 0 || shared.buffer >= static_cast<int64_t>(buffers_.size())) return nullptr;
    const SharedBuffer& buffer = *buffers_[static_cast<size_t>(shared.buffer)];
    return std::make_shared<const Held>(shared_from_this(), buffer.bytes(), shared.hold);
  }

  /// The holds that were released since the last call, at most as many as fit into one request.
  std::vector<int64_t> taken_releases() {
    const std::lock_guard lock(mutex_);
    const auto end =
        released_.begin() + std::min(static_cast<int64_t>(released_.size()), kHoldsMax);
    std::vector<int64_t> taken(released_.begin(), end);
    released_.erase(released_.begin(), end);
    return taken;
  }

 private:
  void release(int64_t hold) {
    const std::lock_guard lock(mutex_);
    released_.push_back(hold);
  }

  // Of all buffers of a process; decoders keep up to 16 reference frames, and as many threads.
  static constexpr int64_t kBytesMax = input_limits::kDecoderMemory / 4;
  static constexpr size_t kCountMax = 64;

  std::vector<std::unique_ptr<SharedBuffer>> buffers_;
  int64_t bytes_ = 0;
  std::mutex mutex_;
  std::vector<int64_t> released_;  ///< with the lock
};

class HelperVideo final : public VideoSource {
 public:
  HelperVideo(const HelperMedia& media, const VideoSourceRequest& request)
      : session_(media, request.path, missing_video), threads_(request.threads) {}

  base::Result<void> open() {
    for (int losses = 0; losses < kLossesMax; ++losses) {
      TRY(const bool is_open, opened());
      if (is_open) return {};
    }
    return session_.loss();
  }

  TimeBase time_base() const override { return header_.time_base; }
  base::SizeF display_size() const override { return header_.display_size; }
  int64_t other_nanoseconds() const override { return session_.nanoseconds(); }

  base::Result<std::optional<VideoFrame>> next() override {
    if (put_back_.empty()) {
      return recovering<std::optional<VideoFrame>>([this] { return read(); }, last_tick_);
    }
    std::optional<VideoFrame> frame(std::move(put_back_.front()));
    put_back_.pop_front();
    return frame;
  }

  void put_back(VideoFrame frame) override { put_back_.push_back(std::move(frame)); }

  base::Result<void> seek(int64_t tick) override {
    // As VideoReader does it: reading on reaches the frame.
    if (!put_back_.empty() && put_back_.front().tick <= tick) return {};
    put_back_.clear();
    last_tick_.reset();
    reached_.reset();
    sought_ = tick;
    const auto sought = recovering<Done>([&] { return done(SeekVideoMessage{tick}); }, {});
    if (!sought) return sought.error();
    return {};
  }

  base::Result<void> check(const VideoFrame& frame) override {
    const auto checked =
        recovering<Done>([&] { return done(CheckFrameMessage{frame.tick}); }, frame.tick);
    if (!checked) return checked.error();
    return {};
  }

  base::Result<frame::AnyPicture> picture_of(VideoFrame frame) override {
    return recovering<frame::AnyPicture>([&] { return picture_at(frame); }, frame.tick);
  }

 private:
  struct Done {};
  // nullopt: the process was lost.
  template <class T>
  using Attempt = base::Result<std::optional<T>>;

  // Calls `attempt` until it has a result. A process that was started again first reads up to the
  // frame at `position`.
  template <class T, class Function>
  base::Result<T> recovering(const Function& attempt, std::optional<int64_t> position) {
    for (int losses = 0; losses <= kLossesMax; ++losses) {
      if (session_.is_lost()) {
        TRY(const bool is_there, reopened(position));
        if (!is_there) continue;
      } else if (position && reached_ < position) {
        TRY(const bool is_there, reads_up_to(*position));
        if (!is_there) continue;
      }
      TRY(std::optional<T> result, attempt());
      if (result) return *std::move(result);
    }
    return session_.loss();
  }

  // Whether there is a process now.
  base::Result<bool> opened() {
    sent_.clear();
    frames_ = std::make_shared<FrameBuffers>();
    lack_ = {};
    reached_.reset();
    TRY(const auto answer, session_.open(OpenVideoMessage{threads_, session_.suffix()}));
    if (!answer) return false;
    auto header = answer->video();
    if (!header) return session_.placed(std::move(header).error());
    header_ = header.value();
    return true;
  }

  base::Result<bool> reopened(std::optional<int64_t> position) {
    const bool reads_on = position.has_value();
    TRY(const bool is_open, opened());
    if (!position) position = sought_;
    if (!is_open || !position) return is_open;
    TRY(const auto is_sought, done(SeekVideoMessage{*position}));
    if (!is_sought) return false;
    return reads_on ? reads_up_to(*position) : base::Result<bool>(true);
  }

  // Whether the process has read the frame at `position`, or the end.
  base::Result<bool> reads_up_to(int64_t position) {
    for (;;) {
      TRY(const auto next, next_frame());
      if (!next) return false;
      const std::optional<VideoFrame>& frame = *next;
      reached_ = frame ? frame->tick : std::numeric_limits<int64_t>::max();
      if (reached_ >= position) return true;
    }
  }

  Attempt<Done> done(const MediaRequest& request) {
    TRY(const auto answer, session_.ask(request));
    if (!answer) return std::optional<Done>();
    auto is_done = answer->done();
    if (!is_done) return session_.placed(std::move(is_done).error());
    return std::optional(Done{});
  }

  Attempt<std::optional<VideoFrame>> next_frame() {
    NextFrameMessage request{{}, frames_->taken_releases()};
    std::vector<int> files;
    const auto created = frames_->created(std::exchange(lack_, {}));
    for (const auto* buffer : created) {
      request.buffers.push_back(buffer->number());
      files.push_back(buffer->file().number());
    }
    auto asked = session_.ask(request, files);
    for (auto* buffer : created) buffer->close_file();
    TRY(const auto answer, std::move(asked));
    if (!answer) return std::optional<std::optional<VideoFrame>>();
    auto next = answer->frame();
    if (!next) return session_.placed(std::move(next).error());
    lack_ = next.value().lack;
    return std::optional<std::optional<VideoFrame>>(std::in_place, std::move(next).value().frame);
  }

  Attempt<std::optional<VideoFrame>> read() {
    for (;;) {
      TRY(auto next, next_frame());
      if (!next) return next;
      const std::optional<VideoFrame>& frame = *next;
      // A process that was started again may be behind.
      if (frame) reached_ = frame->tick;
      const bool is_known = frame && last_tick_ && frame->tick <= *last_tick_;
      if (is_known) continue;
      if (frame) last_tick_ = frame->tick;
      return next;
    }
  }

  Attempt<frame::AnyPicture> picture_at(const VideoFrame& frame) {
    int64_t bytes = std::max<int64_t>(1, std::min(frame.picture_bytes, kBytesMax));
    for (int tries = 0; tries < 3; ++tries) {
      std::shared_ptr<const SharedBuffer> buffer;
      PictureMessage request{frame.tick};
      std::vector<int> files;
      if (copies_) {
        TRY(buffer, pool_->take(bytes));
        request.buffer = buffer->number();
        if (sent_.insert(request.buffer).second) files.push_back(buffer->file().number());
      }
      TRY(const auto answer, session_.ask(request, files));
      if (!answer) return std::optional<frame::AnyPicture>();
      auto picture = answer->picture();
      if (!picture) return session_.placed(std::move(picture).error());
      const auto& [plan, place, shared] = picture.value();
      copies_ = place != PicturePlace::kShared;
      if (!copies_) return shared_picture(plan, shared);
      if (place == PicturePlace::kNowhere) {
        sent_.erase(request.buffer);
        bytes = plan.bytes();
      } else if (buffer != nullptr &&
                 plan.bytes() <= static_cast<int64_t>(buffer->bytes().size())) {
        return std::optional(picture_in(plan, buffer->bytes(), buffer));
      }
    }
    return session_.placed(base::internal_error("the decoder process refuses its buffer"));
  }

  Attempt<frame::AnyPicture> shared_picture(const PicturePlan& plan, const SharedPlanes& shared) {
    const auto owner = frames_->held(shared);
    if (owner == nullptr) return session_.placed(unknown_buffer());
    auto picture = media::picture_at(plan, shared, owner->bytes(), owner);
    if (!picture) return session_.placed(std::move(picture).error());
    return std::optional(std::move(picture).value());
  }

  static constexpr int64_t kBytesMax = 4 * input_limits::kPixelsMax;

  Session session_;
  const int threads_;
  VideoHeader header_;
  std::deque<VideoFrame> put_back_;
  std::optional<int64_t> sought_;     ///< the place of the last seek
  std::optional<int64_t> reached_;    ///< the last frame that the process has read
  std::optional<int64_t> last_tick_;  ///< of the last frame that was read since the last seek
  std::shared_ptr<BufferPool> pool_ = std::make_shared<BufferPool>();
  std::set<int64_t> sent_;  ///< the numbers of the buffers that the process has
  std::shared_ptr<FrameBuffers> frames_ = std::make_shared<FrameBuffers>();
  SharedFrames::Lack lack_;  ///< of buffers for frames, as the process reported it
  bool copies_ = true;       ///< whether the last picture was copied
};

// ---- Sound --------------------------------------------------------------------------------------

class HelperAudio final : public AudioTrack {
 public:
  HelperAudio(const HelperMedia& media, const std::string& path, AudioOrigin origin)
      : session_(media, path, missing_sound), origin_(origin) {}

  /// Whether the file has a sound.
  base::Result<bool> open() {
    for (int losses = 0; losses < kLossesMax; ++losses) {
      TRY(const auto place, opened());
      if (!place) continue;
      first_sample_ = position_ = place->first_sample;
      return place->is_there;
    }
    return session_.loss();
  }

  std::span<const float> next() override {
    for (int losses = 0; losses <= kLossesMax && !has_failed_; ++losses) {
      if (session_.is_lost() && !is_back_at(position_)) continue;
      // A process that was started again may have read a little more.
      const auto samples = rest_.empty() ? read() : std::exchange(rest_, {});
      if (!samples) continue;
      position_ += static_cast<int64_t>(samples->size() / 2);
      return *samples;
    }
    return {};
  }

  bool seek(int64_t place) override {
    if (session_.is_lost()) return false;
    rest_ = {};
    const auto answer = session_.ask(SeekAudioMessage{place});
    if (!answer || !answer.value()) return false;
    const auto reached = answer.value()->place();
    if (!reached || !reached.value().is_there) return false;
    first_sample_ = position_ = reached.value().first_sample;
    return true;
  }

  int64_t first_sample() const override { return first_sample_; }

 private:
  base::Result<std::optional<MediaAnswer::Place>> opened() {
    TRY(const auto answer, session_.open(OpenAudioMessage{origin_, session_.suffix()}));
    if (!answer) return std::optional<MediaAnswer::Place>();
    auto place = answer->place();
    if (!place) return session_.placed(std::move(place).error());
    return std::optional(place.value());
  }

  // nullopt: the process was lost, or failed.
  std::optional<std::span<const float>> read() {
    const auto answer = session_.ask(NextSamplesMessage{});
    has_failed_ = !answer.ok();
    if (!answer || !answer.value()) return std::nullopt;
    auto samples = answer.value()->samples();
    has_failed_ = !samples.ok();
    if (!samples) return std::nullopt;
    samples_ = std::move(samples).value().samples;
    return samples_;
  }

  // Starts a process and reads on up to `position`.
  bool is_back_at(int64_t position) {
    const auto place = opened();
    has_failed_ = !place.ok();
    if (!place || !place.value()) return false;
    int64_t at = place.value()->first_sample;
    if (const auto answer = session_.ask(SeekAudioMessage{position}); answer && answer.value()) {
      const auto reached = answer.value()->place();
      if (reached && reached.value().is_there) at = reached.value().first_sample;
    }
    rest_ = {};
    while (at < position) {
      const auto samples = read();
      if (!samples) return false;
      if (samples->empty()) return true;
      at += static_cast<int64_t>(samples->size() / 2);
      if (at > position) rest_ = samples->last(static_cast<size_t>(at - position) * 2);
    }
    return true;
  }

  Session session_;
  const AudioOrigin origin_;
  int64_t first_sample_ = 0;
  int64_t position_ = 0;  ///< of the next sample
  bool has_failed_ = false;
  std::vector<float> samples_;   ///< the last ones
  std::span<const float> rest_;  ///< of them, those that next() has not returned yet
};

base::Result<std::unique_ptr<AudioTrack>> open_audio(const HelperMedia& media,
                                                     const std::string& path, AudioOrigin origin) {
  auto track = std::make_unique<HelperAudio>(media, path, origin);
  TRY(const bool has_sound, track->open());
  if (!has_sound) return std::unique_ptr<AudioTrack>();
  return std::unique_ptr<AudioTrack>(std::move(track));
}

base::Result<std::optional<base::SceneTime>> length_of(const HelperMedia& media,
                                                       const std::string& path) {
  Session session(media, path, missing_sound);
  for (int losses = 0; losses < kLossesMax; ++losses) {
    TRY(const auto answer, session.open(VideoLengthMessage{session.suffix()}));
    if (!answer) continue;
    auto length = answer->length();
    if (!length) return session.placed(std::move(length).error());
    return length;
  }
  return session.loss();
}

}  // namespace

VideoOpener video_opener_of(const HelperMedia& media) {
  return [media](const VideoSourceRequest& request) -> base::Result<std::unique_ptr<VideoSource>> {
    auto video = std::make_unique<HelperVideo>(media, request);
    TRY_DO(video->open());
    return std::unique_ptr<VideoSource>(std::move(video));
  };
}

AudioFiles audio_files_of(const HelperMedia& media) {
  return {[media](const std::string& path, AudioOrigin origin) {
            return open_audio(media, path, origin);
          },
          [media](const std::string& path) { return length_of(media, path); }};
}

}  // namespace layercast::media
