#include "media/helper/media_job.h"

#include "media/av/libav.h"
#include "media/helper/media_messages.h"
#include "media/helper/shared_buffer.h"
#include "media/helper/shared_frames.h"
#include "media/in/video_source.h"
#include "media/sound/audio_track.h"
#include "sandbox/known_files.h"

extern "C" {
#include <libavutil/frame.h>
}

#include <algorithm>
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

// The name under which the library opens the file: the job knows no path.
std::string name_with(const std::string& suffix) { return "/media" + suffix; }
constexpr size_t kFramesKept = 4;

/// One file, and its decoder.
class Work {
 public:
  std::string answer(sandbox::Message& message) {
    const auto request = request_of(message.bytes);
    if (!request) return error_answer(unexpected_request());
    return std::visit([&](const auto& each) { return done(each, message.descriptors); }, *request);
  }

 private:
  using Descriptors = std::vector<sandbox::Descriptor>;

  // Returns the name of the file.
  static std::string taken_file(const std::string& suffix, Descriptors& descriptors) {
    std::string name = name_with(suffix);
    if (!descriptors.empty()) sandbox::known_files::add(name, std::move(descriptors.front()));
    return name;
  }

  // ---- Video ----

  std::string done(const OpenVideoMessage& request, Descriptors& descriptors) {
    auto opened = open_video_in_process({taken_file(request.suffix, descriptors), request.threads},
                                        &shared_frames_);
    if (!opened) return error_answer(opened.error());
    video_ = std::move(opened).value();
    return video_answer({video_->time_base(), video_->display_size()});
  }

  std::string done(const NextFrameMessage& request, Descriptors& descriptors) {
    if (video_ == nullptr) return error_answer(unexpected_request());
    for (const int64_t hold : request.released) held_.erase(hold);
    const size_t buffers = std::min(request.buffers.size(), descriptors.size());
    for (size_t i = 0; i < buffers; ++i) {
      auto opened = SharedBuffer::open(std::move(descriptors.at(i)), request.buffers.at(i));
      if (!opened) break;  // without memory for it, pictures are copied
      shared_frames_.add(std::move(opened).value());
    }
    auto frame = video_->next();
    if (!frame) return error_answer(frame.error());
    std::string answer = frame_answer(frame.value(), shared_frames_.take_lack());
    if (frame.value()) {
      frames_.push_back(*std::move(frame).value());
      if (frames_.size() > kFramesKept) frames_.pop_front();
    }
    return answer;
  }

  std::string done(const SeekVideoMessage& request, Descriptors& /*descriptors*/) {
    if (video_ == nullptr) return error_answer(unexpected_request());
    frames_.clear();
    const auto sought = video_->seek(request.tick);
    return sought ? done_answer() : error_answer(sought.error());
  }

  VideoFrame* frame_at(int64_t tick) {
    const auto found = std::ranges::find(frames_, tick, &VideoFrame::tick);
    return found == frames_.end() ? nullptr : &*found;
  }

  std::string done(const CheckFrameMessage& request, Descriptors& /*descriptors*/) {
    const VideoFrame* frame = frame_at(request.tick);
    if (frame == nullptr) return error_answer(unexpected_request());
    const auto checked = video_->check(*frame);
    return checked ? done_answer() : error_answer(checked.error());
  }

  std::string done(const PictureMessage& request, Descriptors& descriptors) {
    const VideoFrame* frame = frame_at(request.tick);
    if (frame == nullptr) return error_answer(unexpected_request());
    if (!descriptors.empty() && request.buffer != PictureMessage::kNoBuffer) {
      auto opened = SharedBuffer::open(std::move(descriptors.front()), request.buffer);
      if (!opened) return error_answer(opened.error());
      buffers_[request.buffer] = std::move(opened).value();
    }
    VideoFrame copy{frame->tick, frame->end_tick, frame->picture_bytes, new_frame()};
    if (av_frame_ref(copy.decoded.get(), frame->decoded.get()) < 0) {
      return error_answer(unexpected_request());
    }
    auto picture = video_->picture_of(std::move(copy));
    if (!picture) return error_answer(picture.error());
    const PicturePlan plan = plan_of(picture.value());
    if (const auto shared = shared_planes_of(picture.value())) {
      return picture_answer(plan, PicturePlace::kShared, *shared);
    }
    const auto buffer = buffers_.find(request.buffer);
    if (buffer == buffers_.end()) return picture_answer(plan, PicturePlace::kNowhere);
    if (plan.bytes() > static_cast<int64_t>(buffer->second->bytes().size())) {
      buffers_.erase(buffer);
      return picture_answer(plan, PicturePlace::kNowhere);
    }
    write_picture(picture.value(), buffer->second->bytes());
    return picture_answer(plan, PicturePlace::kCopied);
  }

  // Keeps a picture whose planes lie in one of the shared frames. nullopt: they do not.
  std::optional<SharedPlanes> shared_planes_of(const frame::AnyPicture& picture) {
    const auto* yuv = std::get_if<frame::YuvPicturePtr>(&picture);
    if (yuv == nullptr) return std::nullopt;
    SharedPlanes shared;
    for (size_t i = 0; i < shared.planes.size(); ++i) {
      const frame::YuvPicture::Plane& plane = (*yuv)->plane(static_cast<int>(i));
      const auto place = shared_frames_.place_of(plane.row(0));
      if (!place || (i > 0 && place->buffer != shared.buffer)) return std::nullopt;
      shared.buffer = place->buffer;
      shared.planes.at(i) = {place->offset, plane.row_bytes()};
    }
    shared.hold = next_hold_++;
    held_[shared.hold] = *yuv;
    return shared;
  }

  // ---- Sound ----

  std::string done(const OpenAudioMessage& request, Descriptors& descriptors) {
    auto opened = audio_files().open(taken_file(request.suffix, descriptors), request.origin);
    if (!opened) return error_answer(opened.error());
    audio_ = std::move(opened).value();
    return audio_answer(audio_ != nullptr, audio_ != nullptr ? audio_->first_sample() : 0);
  }

  std::string done(const NextSamplesMessage& /*request*/, Descriptors& /*descriptors*/) {
    if (audio_ == nullptr) return error_answer(unexpected_request());
    if (rest_.empty()) rest_ = audio_->next();
    const auto part = rest_.first(std::min(rest_.size(), kSamplesMax));
    rest_ = rest_.subspan(part.size());
    return samples_answer(part, audio_->first_sample());
  }

  std::string done(const SeekAudioMessage& request, Descriptors& /*descriptors*/) {
    if (audio_ == nullptr) return error_answer(unexpected_request());
    rest_ = {};
    const bool is_there = audio_->seek(request.place);
    return seek_answer(is_there, audio_->first_sample());
  }

  static std::string done(const VideoLengthMessage& request, Descriptors& descriptors) {
    const auto length = audio_files().video_length(taken_file(request.suffix, descriptors));
    return length ? length_answer(length.value()) : error_answer(length.error());
  }

  SharedFrames shared_frames_;  ///< outlives all frames
  std::unique_ptr<VideoSource> video_;
  std::deque<VideoFrame> frames_;                 ///< the last ones
  std::map<int64_t, frame::YuvPicturePtr> held_;  ///< that the other process shows
  int64_t next_hold_ = 0;
  std::map<int64_t, std::unique_ptr<SharedBuffer>> buffers_;
  std::unique_ptr<AudioTrack> audio_;
  std::span<const float> rest_;  ///< of the samples that audio_ has given
};

}  // namespace

// Without it, the library writes messages to stderr.
void prepare_media_jobs() { const LibraryLog log; }

void run_media_job(sandbox::Channel channel) {
  const LibraryLog log;
  Work work;
  answer_requests(std::move(channel), work);
}

}  // namespace layercast::media
