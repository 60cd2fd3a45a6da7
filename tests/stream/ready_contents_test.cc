#include "stream/ready_contents.h"

#include "content/picture/fit.h"

#include <chrono>
#include <gtest/gtest.h>
#include <string>
#include <utility>
#include <variant>

namespace layercast::stream {
namespace {

using base::ErrorCode;
using std::chrono::minutes;

// Whether a content whose load failed with `error` is loaded again by itself.
bool is_tried_again(scene::Content content, base::Error error) {
  const bool has_sources = std::holds_alternative<scene::ImageContent>(content);
  scene::Layer layer;
  layer.id = "logo";
  layer.content = std::move(content);
  const SharedLayer shared{base::Shared<scene::Layer>(std::move(layer)),
                           base::Shared<scene::LayerRun>(scene::LayerRun{})};
  MadeContent made;
  made.failure = std::move(error);
  made.has_sources = has_sources;
  ReadyContents contents;
  const ReadyContents::TimePoint now{};
  contents.land("logo", shared, std::move(made), nullptr, now, {});
  contents.mark_due(now + minutes(1), {});
  return contents.has_stale();
}

// The same of an image at `source`.
bool is_tried_again(const std::string& source, ErrorCode code) {
  scene::ImageContent image;
  image.source = source;
  return is_tried_again(image, base::Error{code, "it failed", {}, nullptr});
}

TEST(ReadyContents, AContentWithoutMemoryIsMadeAgain) {
  const base::Error no_memory = content::lacks_memory("the picture needs 1 MiB");
  EXPECT_TRUE(is_tried_again(scene::ImageContent{}, no_memory));
  EXPECT_TRUE(is_tried_again(scene::ShapeContent{}, base::with_context(no_memory, "too large")));
  EXPECT_FALSE(is_tried_again(scene::ShapeContent{}, base::over_limit("the picture needs 1 MiB")));
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
