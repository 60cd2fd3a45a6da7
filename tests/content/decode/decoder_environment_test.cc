// With LAYERCAST_TEST_DECODER=helper, all tests of this program decode images in the helper
// process.

#include "content/decode/helper_decoder.h"
#include "content/image/decoder.h"

#include <cstdlib>
#include <gtest/gtest.h>
#include <memory>
#include <string_view>

namespace layercast::content {
namespace {

class DecoderEnvironment : public ::testing::Environment {
 public:
  void SetUp() override {
    const char* wanted = std::getenv("LAYERCAST_TEST_DECODER");
    if (wanted == nullptr || std::string_view(wanted) != "helper") return;
    auto helper = std::make_shared<sandbox::Helper>(sandbox::HelperOptions{DECODE_PROGRAM});
    set_decoder(std::make_unique<HelperDecoder>(HelperDecoder::Options{std::move(helper)}));
  }
  void TearDown() override { set_decoder(std::make_unique<InProcessDecoder>()); }
};

[[maybe_unused]] const auto* const kEnvironment =
    ::testing::AddGlobalTestEnvironment(new DecoderEnvironment);

}  // namespace
}  // namespace layercast::content
