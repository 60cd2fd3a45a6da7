#include "stream/ready_contents.h"

#include <chrono>
#include <gtest/gtest.h>
#include <string>
#include <utility>

namespace layercast::stream {
namespace {

using base::ErrorCode;
using std::chrono::minutes;

// Whether an image at `source` whose load failed with `code` is loaded again by itself.
bool is_tried_again(const std::string& source, ErrorCode code) {
  scene::ImageContent image;
  image.source = source;
  scene::Layer layer;
  layer.id = "logo";
  layer.content = image;
  const SharedLayer shared{base::Shared<scene::Layer>(std::move(layer)),
                           base::Shared<scene::LayerRun>(scene::LayerRun{})};
  MadeContent made;
  made.failure = base::Error{code, "it failed", {}, nullptr};
  made.has_sources = true;
  ReadyContents contents;
  const ReadyContents::TimePoint now{};
  contents.land("logo", shared, std::move(made), nullptr, now, {});
  contents.mark_due(now + minutes(1), {});
  return contents.has_stale();
}

TEST(ReadyContents, AFileIsLoadedAgainIfItWasNotReadable) {
  EXPECT_TRUE(is_tried_again("a.png", ErrorCode::kNotFound));
  EXPECT_TRUE(is_tried_again("a.png", ErrorCode::kIo));
  EXPECT_FALSE(is_tried_again("a.png", ErrorCode::kInvalidInput));
  EXPECT_FALSE(is_tried_again("a.png", ErrorCode::kLimit));
}

TEST(ReadyContents, AnImageOfAWebServerIsLoadedAgainAfterEachFailure) {
  // 404, a time-out, 403, and a page in place of the image.
  for (const ErrorCode code : {ErrorCode::kIo, ErrorCode::kLimit, ErrorCode::kForbidden,
                               ErrorCode::kInvalidInput, ErrorCode::kUnsupported}) {
    EXPECT_TRUE(is_tried_again("https://h/a.png", code));
    EXPECT_TRUE(is_tried_again("HTTP://h/a.png", code));
  }
  EXPECT_FALSE(is_tried_again("rtmp://h/a", ErrorCode::kUnsupported));
}

}  // namespace
}  // namespace layercast::stream
