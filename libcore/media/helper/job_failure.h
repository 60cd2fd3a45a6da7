#pragma once

#include "base/error.h"
#include "media/av/input_limits.h"
#include "sandbox/helper.h"

#include <string>

namespace layercast::media {

/// The limits of a job that decodes a file or a live source. A live source has no end, and the time
/// of a file is limited for each request.
inline constexpr sandbox::ResourceLimits kJobLimits{input_limits::kDecoderMemory, 1'000'000'000};

/// The error of a source whose job has ended: kInvalidInput if the decoder crashed, kLimit beyond
/// the limits, else kIo. `where` is `place`. Thread: any.
base::Error error_of(const sandbox::JobFailure& failure, const std::string& place);

}  // namespace layercast::media
