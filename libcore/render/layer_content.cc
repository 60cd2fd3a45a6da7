#include "render/layer_content.h"

#include <utility>
#include <variant>

namespace layercast::render {

ContentMaker::ContentMaker(std::shared_ptr<const scene::SceneFile> file, FeedOpener open_feed)
    : file_(std::move(file)), open_feed_(std::move(open_feed)), rasterizer_(*file_) {}

base::Result<std::unique_ptr<frame::VideoFeed>> ContentMaker::open_feed(
    const scene::VideoContent& content) const {
  const std::string path = file_->resolved(content.source);
  if (open_feed_) return open_feed_(content, path);
  return base::Error{base::ErrorCode::kUnsupported, "videos cannot be shown here", path, nullptr};
}

LayerContentPtr ContentMaker::make(const scene::Layer& layer,
                                   const scene::PlaceholderClock& clock) {
  auto made = std::make_shared<LayerContent>();
  const auto fail = [&](base::Error error) {
    made->raster = rasterizer_.error_raster(layer, error);
    made->error = std::move(error);
  };
  if (const auto* video = std::get_if<scene::VideoContent>(&layer.content)) {
    auto feed = open_feed(*video);
    if (!feed) {
      fail(std::move(feed).error());
    } else {
      made->feed = std::move(feed).value();
    }
    return made;
  }
  if (const auto* text = std::get_if<scene::TextContent>(&layer.content)) {
    made->parts = scene::parse_placeholders(text->text).parts;
    made->changes = scene::changes_with_time(made->parts);
    made->text = scene::expanded(made->parts, clock);
  }
  auto raster = rasterizer_.rasterise(layer, made->text);
  if (!raster) {
    fail(std::move(raster).error());
  } else {
    made->raster = std::move(raster).value();
  }
  return made;
}

}  // namespace layercast::render
