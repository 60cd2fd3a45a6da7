#pragma once

#include "base/error.h"
#include "frame/video_feed.h"
#include "media/live_sound.h"

#include <memory>
#include <string>

namespace layercast::media {

/// Whether `source` plays by itself, so that its newest picture is what shows: a URL, a named pipe,
/// or a camera (`/dev/video0`). Anything else is a file. Looks at the file system, opens nothing.
bool is_live_source(const std::string& source);

/// Whether pictures are waited for until the source is connected.
enum class FirstPicture : uint8_t {
  kIsWaitedFor,  ///< picture_at() waits a few seconds for it: offline
  kComes,        ///< picture_at() never waits
};

struct LiveFeedRequest {
  std::string source;
  FirstPicture first_picture = FirstPicture::kIsWaitedFor;
  /// Of a source that has an end, such as a file behind a web address: begin anew there. Else its
  /// last picture stays.
  bool loop = false;
};

/// The pictures of a live source, the newest at each moment. Everything happens on a thread of the
/// connection, which is shared with other feeds of, and listeners to, the same source: it connects,
/// reads, decodes, and when the source is lost connects again for ever, after a random wait that
/// grows to two seconds. A source that has been away for two seconds has an absence().
/// What comes at its own pace shows at once. Where the other side sends as fast as one reads (HTTP
/// and HLS), the pictures' own times set the pace.
/// Not deterministic: what it shows depends on when it is asked, offline too.
/// Errors: kUnsupported when nothing of this build connects to `source`, with its redacted form as
/// their place. Whatever else is wrong is an absence().
base::Result<std::unique_ptr<frame::VideoFeed>> open_live_feed(const LiveFeedRequest& request);

}  // namespace layercast::media
