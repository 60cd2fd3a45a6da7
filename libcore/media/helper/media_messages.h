#pragma once

#include "base/error.h"
#include "base/geometry.h"
#include "base/time.h"
#include "frame/any_picture.h"
#include "media/helper/shared_frames.h"
#include "media/in/video_source.h"
#include "media/sound/audio_track.h"
#include "sandbox/channel.h"
#include "sandbox/message.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

/// The requests to a job that decodes a video or sound file, and its answers. The job may be
/// hostile: the functions that read its answers check every field.
namespace layercast::media {

// ---- Requests -----------------------------------------------------------------------------------

/// Open the video of a file. Descriptors: the file.
struct OpenVideoMessage {
  int threads = 1;
  std::string suffix{};  ///< of the file's name, such as `.mp4`, from which its kind is guessed
};
/// Read the next frame. Descriptors: buffers for frames, one a number.
struct NextFrameMessage {
  std::vector<int64_t> buffers{};   ///< the numbers of new buffers
  std::vector<int64_t> released{};  ///< the holds of pictures that are not shown any more
};
/// As VideoSource::seek().
struct SeekVideoMessage {
  int64_t tick = 0;
};
/// Check that the frame at `tick`, one of the last four, can be converted.
struct CheckFrameMessage {
  int64_t tick = 0;
};
/// Give the picture of the frame at `tick`, one of the last four: where it lies, or else copied
/// into a buffer. Descriptors: the buffer, if the job does not have it yet.
struct PictureMessage {
  int64_t tick = 0;
  int64_t buffer = kNoBuffer;  ///< its number

  static constexpr int64_t kNoBuffer = -1;
};
/// Open the sound of a file. Descriptors: the file.
struct OpenAudioMessage {
  AudioOrigin origin = AudioOrigin::kSound;
  std::string suffix{};  ///< as OpenVideoMessage
};
/// The next samples.
struct NextSamplesMessage {};
/// As AudioTrack::seek().
struct SeekAudioMessage {
  int64_t place = 0;
};
/// As AudioFiles::video_length(). Descriptors: the file.
struct VideoLengthMessage {
  std::string suffix{};  ///< as OpenVideoMessage
};

using MediaRequest = std::variant<OpenVideoMessage, NextFrameMessage, SeekVideoMessage,
                                  CheckFrameMessage, PictureMessage, OpenAudioMessage,
                                  NextSamplesMessage, SeekAudioMessage, VideoLengthMessage>;

std::string request_message(const MediaRequest& request);
/// nullopt: it is no request.
std::optional<MediaRequest> request_of(std::string_view bytes);

// ---- Answers ------------------------------------------------------------------------------------

/// What a job says of each answer: the processor time of its process so far.
/// Answers begin with it, and with the error, if there is one.
std::string error_answer(const base::Error& error);
std::string done_answer();
/// The beginning of an answer without an error.
sandbox::MessageWriter answer_writer();

struct VideoHeader {
  TimeBase time_base;
  base::SizeF display_size;
};
std::string video_answer(const VideoHeader& header);
/// `lack`: the buffers for frames that the decoder did not have.
std::string frame_answer(const std::optional<VideoFrame>& frame, const SharedFrames::Lack& lack);
/// `samples`: at most kSamplesMax.
std::string samples_answer(std::span<const float> samples, int64_t first_sample);
std::string seek_answer(bool is_there, int64_t first_sample);
/// Whether the file has a sound, and its first sample.
std::string audio_answer(bool has_sound, int64_t first_sample);
std::string length_answer(const std::optional<base::SceneTime>& length);

/// The buffers for frames that one request may bring, and the holds that it may release.
inline constexpr int64_t kBuffersMax = 16;
inline constexpr int64_t kHoldsMax = 1000;
/// Samples of both channels in one answer.
inline constexpr size_t kSamplesMax = 12'000;

/// How the pixels of a picture lie in a buffer: the planes one after another, their rows aligned.
struct PicturePlan {
  bool has_alpha = false;   ///< premultiplied pixels; otherwise planes
  frame::YuvLayout layout;  ///< its size is that of the pixels, too
  int64_t bytes() const;
};
PicturePlan plan_of(const frame::AnyPicture& picture);
/// Copies the pixels. Range: `buffer` has plan_of(picture).bytes() bytes.
void write_picture(const frame::AnyPicture& picture, std::span<std::byte> buffer);
/// Where the planes of a picture lie in a buffer for frames.
struct SharedPlanes {
  int64_t hold = 0;    ///< the job keeps the picture until this hold is released
  int64_t buffer = 0;  ///< the number of the buffer
  struct Plane {
    int64_t offset = 0;
    int64_t row_bytes = 0;
  };
  std::array<Plane, 3> planes{};
};
/// Where the pixels of a picture are: `kNowhere` when the job has no buffer that is large enough.
enum class PicturePlace : uint8_t { kNowhere, kCopied, kShared };
/// `shared`: for kShared.
std::string picture_answer(const PicturePlan& plan, PicturePlace place,
                           const SharedPlanes& shared = {});

/// A plan as fields of a message; nullopt when a field breaks the rules.
void put_plan(sandbox::MessageWriter& writer, const PicturePlan& plan);
std::optional<PicturePlan> take_plan(sandbox::MessageReader& reader);
/// Samples as a field: pairs of finite numbers; nullopt when they are no pairs.
void put_samples(sandbox::MessageWriter& writer, std::span<const float> samples);
std::optional<std::vector<float>> take_samples(sandbox::MessageReader& reader);

/// The error for an answer that breaks the rules.
base::Error broken_answer();

/// The error of a request that the state of the job, or its own fields, do not allow.
base::Error unexpected_request();

/// Receives requests and sends what `work.answer(request)` returns, until the other end is gone.
template <class Work>
void answer_requests(sandbox::Channel channel, Work& work) {
  for (;;) {
    auto request = channel.receive();
    if (!request || !request.value()) return;
    if (!channel.send(work.answer(*request.value()))) return;
  }
}

/// An answer, while it is read. Its functions fail with kInternal when a field breaks the rules.
class MediaAnswer {
 public:
  /// Errors: that of the answer.
  static base::Result<MediaAnswer> read(const sandbox::Message& message);

  /// Nanoseconds of processor time.
  int64_t nanoseconds() const { return nanoseconds_; }
  /// What follows the beginning.
  std::string_view fields() const { return fields_; }

  base::Result<void> done() const;
  base::Result<VideoHeader> video() const;
  struct NextFrame {
    std::optional<VideoFrame> frame;
    SharedFrames::Lack lack;  ///< at most kBuffersMax buffers
  };
  base::Result<NextFrame> frame() const;
  struct Samples {
    std::vector<float> samples;
    int64_t first_sample = 0;
  };
  base::Result<Samples> samples() const;
  struct Place {
    bool is_there = false;
    int64_t first_sample = 0;
  };
  base::Result<Place> place() const;
  base::Result<std::optional<base::SceneTime>> length() const;
  struct Picture {
    PicturePlan plan;
    PicturePlace place = PicturePlace::kNowhere;
    SharedPlanes shared;
  };
  base::Result<Picture> picture() const;

 private:
  std::string fields_;
  int64_t nanoseconds_ = 0;
};

/// The picture in a buffer. One of planes uses the memory of the buffer and keeps `owner`; the job
/// may change it at any time, which changes what is shown, and nothing else. One with alpha is
/// copied, so that no colour is above alpha.
/// Range: the buffer has plan.bytes() bytes.
frame::AnyPicture picture_in(const PicturePlan& plan, std::span<const std::byte> buffer,
                             std::shared_ptr<const void> owner);

/// The picture whose planes lie in a buffer for frames, as picture_in().
/// Errors: kInternal when a plane is not within the buffer.
base::Result<frame::AnyPicture> picture_at(const PicturePlan& plan, const SharedPlanes& shared,
                                           std::span<const std::byte> buffer,
                                           std::shared_ptr<const void> owner);

}  // namespace layercast::media
