#include "content/decode/helper_decoder.h"

#include "content/image/image_content.h"
#include "content/picture/remarks.h"
#include "content/text/fonts.h"
#include "scene/model/scene.h"

#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <memory>
#include <string>
#include <vector>

namespace layercast::content {
namespace {

using ::testing::HasSubstr;

std::string svg(const std::string& attributes, const std::string& inside) {
  return "<svg xmlns='http://www.w3.org/2000/svg' " + attributes + ">" + inside + "</svg>";
}

bool have_equal_pixels(const frame::Image<frame::PremulRgba8>& one,
                       const frame::Image<frame::PremulRgba8>& other) {
  if (one.size() != other.size()) return false;
  for (int y = 0; y < one.size().height; ++y) {
    for (int x = 0; x < one.size().width; ++x) {
      if (one.view().at(x, y) != other.view().at(x, y)) return false;
    }
  }
  return true;
}

class HelperDecoderTest : public ::testing::Test {
 protected:
  HelperDecoderTest() { initialise_images(); }

  base::Result<frame::Image<frame::PremulRgba8>> drawn(Decoder& decoder, const std::string& text) {
    TRY(const auto document, decoder.svg(text));
    const base::SizeI size{static_cast<int>(document->size().width),
                           static_cast<int>(document->size().height)};
    return document->draw(size, {0, 0, size.width, size.height});
  }

  std::shared_ptr<sandbox::Helper> helper_ =
      std::make_shared<sandbox::Helper>(sandbox::HelperOptions{DECODE_PROGRAM});
  std::vector<sandbox::JobFailure> failures_;
  HelperDecoder decoder_{
      {helper_, [this](const sandbox::JobFailure& failure) { failures_.push_back(failure); }}};
  InProcessDecoder in_process_;
};

TEST_F(HelperDecoderTest, DrawsTheSameTextsWithTheSameFonts) {
  const auto library = FontLibrary::create().value();
  const std::string text =
      svg("width='300' height='80'",
          "<rect width='300' height='80' fill='teal'/><text x='9' y='50' font-size='32' "
          "font-family='Inter' fill='gold'>Lot 17 – Ähre 🎉</text>");
  const auto here = drawn(in_process_, text);
  const auto there = drawn(decoder_, text);
  ASSERT_TRUE(here && there);
  EXPECT_TRUE(have_equal_pixels(here.value(), there.value()));
}

TEST_F(HelperDecoderTest, KnowsTheFontsOfTheScene) {
  // A copy of a font in a place that the process cannot open by itself.
  const std::string copy =
      (std::filesystem::temp_directory_path() / ("font_" + std::to_string(::getpid()) + ".ttf"))
          .string();
  std::filesystem::copy_file("/usr/share/fonts/truetype/dejavu/DejaVuSansMono-Bold.ttf", copy,
                             std::filesystem::copy_options::overwrite_existing);
  const auto library = FontLibrary::create({copy}).value();
  const std::string text = svg("width='200' height='40'",
                               "<text x='2' y='30' font-size='24' font-family='DejaVu Sans Mono' "
                               "font-weight='bold'>mono</text>");
  const auto here = drawn(in_process_, text);
  const auto there = drawn(decoder_, text);
  std::filesystem::remove(copy);
  ASSERT_TRUE(here && there);
  EXPECT_TRUE(have_equal_pixels(here.value(), there.value()));
}

TEST_F(HelperDecoderTest, PassesRemarksOn) {
  const auto library = FontLibrary::create().value();
  Remarks remarks;
  ASSERT_TRUE(decoder_.svg(svg("viewBox='0 0 9 9'", "<text>日本</text><foreignObject/>")));
  EXPECT_THAT(remarks.take(),
              ::testing::UnorderedElementsAre(HasSubstr("日本"), HasSubstr("foreignObject")));
}

TEST_F(HelperDecoderTest, PassesErrorsOn) {
  const auto here = in_process_.image("no image at all");
  const auto there = decoder_.image("no image at all");
  ASSERT_FALSE(here || there);
  EXPECT_EQ(here.error().to_string(), there.error().to_string());
  EXPECT_EQ(here.error().code, there.error().code);
  EXPECT_TRUE(failures_.empty());
}

TEST_F(HelperDecoderTest, ChecksFonts) {
  for (const char* font : {"/usr/share/fonts/truetype/dejavu/DejaVuSerif.ttf",
                           "/usr/share/fonts/truetype/noto/NotoColorEmoji.ttf"}) {
    const auto checked = decoder_.check_font(font);
    EXPECT_TRUE(checked) << checked.error().to_string();
  }
  const auto none = decoder_.check_font("/etc/passwd");
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().message, "the file is not a font");
  EXPECT_TRUE(decoder_.check_font("/nonexistent"));  // who reads it tells why
  EXPECT_TRUE(failures_.empty());
}

struct Hostile {
  const char* name;
  std::string text;
  base::ErrorCode code;
  const char* reason;
};

// Documents that end the process, or never end, where they are drawn.
TEST_F(HelperDecoderTest, HostileDrawingsCostOnlyTheirOwnPicture) {
  std::string ones;
  for (int i = 0; i < 21 * 21; ++i) ones += "1 ";
  const std::vector<Hostile> documents = {
      {"a large feConvolveMatrix",
       svg("width='64' height='64'", "<filter id='f'><feConvolveMatrix order='21' kernelMatrix='" +
                                         ones +
                                         "'/></filter><rect width='64' height='64' "
                                         "filter='url(#f)'/>"),
       base::ErrorCode::kInvalidInput, "crashed"},
      {"negative font sizes",
       svg("width='100' height='100'",
           "<text font-size='-1e9'>A<tspan font-size='-5%'>กé</tspan></text>"),
       base::ErrorCode::kInvalidInput, "crashed"},
      {"endless turbulence",
       svg("width='999' height='999'",
           "<filter id='f'><feTurbulence numOctaves='1000000' baseFrequency='0.1'/></filter>"
           "<rect width='999' height='999' filter='url(#f)'/>"),
       base::ErrorCode::kLimit, "it takes more than"},
  };
  for (const Hostile& document : documents) {
    const auto picture = drawn(decoder_, document.text);
    ASSERT_FALSE(picture) << document.name;
    EXPECT_EQ(picture.error().code, document.code)
        << document.name << ": " << picture.error().to_string();
    EXPECT_THAT(picture.error().message, HasSubstr(document.reason)) << document.name;
  }
  EXPECT_EQ(failures_.size(), documents.size());
  EXPECT_TRUE(drawn(decoder_, svg("width='9' height='9'", "<rect width='9' height='9'/>")));
}

TEST_F(HelperDecoderTest, AMissingProgramIsAnErrorOfTheImage) {
  HelperDecoder missing(
      {std::make_shared<sandbox::Helper>(sandbox::HelperOptions{"/nonexistent/program"})});
  const auto picture = missing.image("any");
  ASSERT_FALSE(picture);
  EXPECT_EQ(picture.error().code, base::ErrorCode::kIo);
}

}  // namespace
}  // namespace layercast::content
