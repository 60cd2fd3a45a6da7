#pragma once

#include "media/av/input_limits.h"
#include "media/in/video_source.h"
#include "media/sound/audio_track.h"
#include "sandbox/helper.h"

#include <functional>
#include <memory>

namespace layercast::media {

/// The limits of a job that decodes a file or a live source. A live source has no end, and the time
/// of a file is limited for each request.
inline constexpr sandbox::ResourceLimits kJobLimits{input_limits::kDecoderMemory, 1'000'000'000};

/// Decodes the videos and sounds of files in confined processes, one for each open file, which a
/// helper process forks. Pictures and samples are the same as in this process. When a process is
/// lost by no fault of its file, another one continues where it was.
/// Errors, beyond those of VideoSource and AudioTrack: kInvalidInput when the decoder crashed;
/// kLimit when a request took longer than the limits allow; kIo when a process was lost again and
/// again. The sound of a file whose process ends becomes silent.
/// Thread: any.
struct HelperMedia {
  std::shared_ptr<sandbox::Helper> helper;
  /// Called for each process that ended without an answer. May be empty. Thread: that of the call.
  std::function<void(const sandbox::JobFailure& failure)> on_failure{};
};

/// For set_video_opener().
VideoOpener video_opener_of(const HelperMedia& media);
/// For set_audio_files().
AudioFiles audio_files_of(const HelperMedia& media);

}  // namespace layercast::media
