// With LAYERCAST_TEST_DECODER=helper, all tests of this program decode videos, sounds and live
// sources in the helper processes.

#include "media/helper/helper_live.h"
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
    sandbox::HelperOptions options{DECODE_PROGRAM};
    options.reach = sandbox::Reach::kNetwork;
    const HelperMedia live{std::make_shared<sandbox::Helper>(std::move(options))};
    // Before a test counts the descriptors of this process.
    ASSERT_TRUE(live.helper->start());
    set_live_connector(live_connector_of(live));
  }
};

[[maybe_unused]] const auto* const kEnvironment =
    ::testing::AddGlobalTestEnvironment(new DecoderEnvironment);

}  // namespace
}  // namespace layercast::media
