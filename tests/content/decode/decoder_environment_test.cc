// With LAYERCAST_TEST_DECODER=helper, all tests of this program decode images in the helper
// process.

#include "content/decode/helper_decoder.h"
#include "content/image/decoder.h"
#include "content/text/font_check.h"

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
    auto decoder = std::make_unique<HelperDecoder>(HelperDecoder::Options{std::move(helper)});
    set_font_check(
        [raw = decoder.get()](const std::string& path) { return raw->check_font(path); });
    set_decoder(std::move(decoder));
  }
  void TearDown() override {
    set_font_check({});
    set_decoder(std::make_unique<InProcessDecoder>());
  }
};

[[maybe_unused]] const auto* const kEnvironment =
    ::testing::AddGlobalTestEnvironment(new DecoderEnvironment);

}  // namespace
}  // namespace layercast::content
