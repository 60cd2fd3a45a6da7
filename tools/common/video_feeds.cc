#include "tools/common/video_feeds.h"

#include "media/video_feed.h"

namespace layercast::tools {

render::FeedOpener feed_opener() {
  return [](const scene::VideoContent& content, const std::string& path) {
    media::VideoFeedRequest request;
    request.path = path;
    request.loop = content.loop;
    request.start = content.start;
    request.end = content.end;
    return media::open_video_feed(request);
  };
}

}  // namespace layercast::tools
