#include "tools/common/video_feeds.h"

#include "media/in/decoded_feed.h"
#include "media/in/live_feed.h"

#include <algorithm>
#include <memory>
#include <string>

namespace layercast::tools {

namespace {

// More decoder threads mostly wait for each other.
constexpr int kUsefulThreads = 4;

base::Result<std::unique_ptr<frame::VideoFeed>> open_live(const scene::VideoContent& content,
                                                          const std::string& source,
                                                          Showing showing) {
  media::LiveFeedRequest request;
  request.source = source;
  request.loop = content.loop;
  request.first_picture = showing == Showing::kOffline ? media::FirstPicture::kIsWaitedFor
                                                       : media::FirstPicture::kComes;
  return media::open_live_feed(request);
}

}  // namespace

render::FeedOpener feed_opener(Showing showing, int threads) {
  return [=](const scene::VideoContent& content, const std::string& path) {
    if (media::is_live_source(path)) return open_live(content, path, showing);
    media::VideoFeedRequest request;
    request.path = path;
    request.loop = content.loop;
    request.start = content.start;
    request.end = content.end;
    request.rate = content.rate;
    request.threads = showing == Showing::kOffline ? std::min(threads, kUsefulThreads) : 0;
    return media::open_video_feed(request);
  };
}

}  // namespace layercast::tools
