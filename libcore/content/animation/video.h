#pragma once

#include "base/error.h"
#include "base/geometry.h"
#include "content/picture/moving.h"
#include "frame/video_feed.h"
#include "scene/model/scene.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace layercast::content {

/// Opens the video of a content from its resolved `path`. Provided by the caller, because this
/// module does not decode video.
using FeedOpener = std::function<base::Result<std::unique_ptr<frame::VideoFeed>>(
    const scene::VideoContent& content, const std::string& path)>;

/// The files of a video content.
struct VideoFiles {
  std::string source;                   ///< resolved; or a URL
  std::optional<std::string> fallback;  ///< resolved
};

/// A video fitted into the box as CSS object-fit does it, centred and cropped; without a box, at
/// its display size. While a live source is unavailable, the fallback image replaces it, fitted in
/// the same way; without one, absence() says why. `opener`: empty when videos are not supported.
/// Errors: the opener's; kUnsupported without one; those of the fallback image.
base::Result<std::unique_ptr<MovingContent>> open_video(const scene::VideoContent& content,
                                                        std::optional<base::SizeF> box,
                                                        const VideoFiles& files,
                                                        const FeedOpener& opener);

}  // namespace layercast::content
