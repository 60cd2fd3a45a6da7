#pragma once

#include "base/error.h"
#include "base/geometry.h"
#include "content/moving.h"
#include "frame/video_feed.h"
#include "scene/scene.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace layercast::content {

/// Opens the video of a content; `path` is its resolved source. Whoever decodes provides it.
using FeedOpener = std::function<base::Result<std::unique_ptr<frame::VideoFeed>>(
    const scene::VideoContent& content, const std::string& path)>;

/// The files that a video is shown with.
struct VideoFiles {
  std::string source;                   ///< resolved; or a URL
  std::optional<std::string> fallback;  ///< resolved
};

/// A video, fitted into the box as CSS object-fit does it, centred and cropped to the box; in its
/// display size where there is no box. While a live source is away the fallback stands in for it,
/// fitted in the same way; without one there is an absence(). `opener`: absent where no video can
/// be shown.
/// Errors: the opener's; kUnsupported without one; those of the fallback image.
base::Result<std::unique_ptr<MovingContent>> open_video(const scene::VideoContent& content,
                                                        std::optional<base::SizeF> box,
                                                        const VideoFiles& files,
                                                        const FeedOpener& opener);

}  // namespace layercast::content
