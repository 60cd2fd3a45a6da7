// With LAYERCAST_TEST_DECODER=helper, all tests of this program decode videos and sounds in the
// helper process.

#include "media/helper/helper_media.h"

#include <cstdlib>
#include <gtest/gtest.h>
#include <memory>
#include <string_view>
#include <utility>

namespace layercast::media {
namespace {

class DecoderEnvironment : public ::testing::Environment {
 public:
  void SetUp() override {
    const char* wanted = std::getenv("LAYERCAST_TEST_DECODER");
    if (wanted == nullptr || std::string_view(wanted) != "helper") return;
    const HelperMedia media{
        std::make_shared<sandbox::Helper>(sandbox::HelperOptions{DECODE_PROGRAM})};
    set_video_opener(video_opener_of(media));
    set_audio_files(audio_files_of(media));
  }
};

[[maybe_unused]] const auto* const kEnvironment =
    ::testing::AddGlobalTestEnvironment(new DecoderEnvironment);

}  // namespace
}  // namespace layercast::media
