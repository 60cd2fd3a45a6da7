#pragma once

#include "base/error.h"
#include "frame/video_feed.h"
#include "media/sound/live_sound.h"

#include <memory>
#include <string>

namespace layercast::media {

/// Whether `source` plays in real time, so that a feed shows its newest picture: a URL, a named
/// pipe, or a camera (`/dev/video0`). Anything else is a file. Inspects the file system, but opens
/// nothing.
bool is_live_source(const std::string& source);

/// Whether a feed waits for its first picture.
enum class FirstPicture : uint8_t {
  kIsWaitedFor,  ///< the first picture_at() waits up to 10 seconds: for offline rendering
  kComes,        ///< picture_at() never waits
};

/// A live source, and how a feed plays it.
struct LiveFeedRequest {
  std::string source;
  FirstPicture first_picture = FirstPicture::kIsWaitedFor;
  /// Restarts a source that ends, such as a file at a web address; otherwise its last picture
  /// remains.
  bool loop = false;
};

/// Opens a feed that shows the newest picture of a live source. All feeds of a source and listeners
/// to it share one connection, whose thread connects, reads and decodes. After a loss it reconnects
/// indefinitely, with a random back-off that grows to two seconds. A source that has been lost for
/// two seconds has an absence().
/// A feed shows pictures of a sender with its own pace at once. When the sender is as fast as the
/// reader (HTTP and HLS), the time stamps of the pictures set the pace.
/// Not deterministic, even offline: the picture depends on the time of the call.
/// Errors: kUnsupported when this build cannot connect to `source`; `where` is its redacted form.
/// All other problems become an absence().
base::Result<std::unique_ptr<frame::VideoFeed>> open_live_feed(const LiveFeedRequest& request);

}  // namespace layercast::media
