#include "content/image/svg_letters.h"

#include "content/image/image_content.h"
#include "content/image/svg.h"
#include "content/picture/remarks.h"
#include "content/text/fonts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <memory>
#include <string>
#include <vector>

namespace layercast::content {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::string svg(const std::string& inside) {
  return "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 90 90'>" + inside + "</svg>";
}

class SvgLetters : public ::testing::Test {
 protected:
  // The fonts of texts in SVGs are those of a library.
  std::unique_ptr<FontLibrary> library_ = FontLibrary::create().value();
};

TEST_F(SvgLetters, ThatNoFontHasAreFoundOnce) {
  EXPECT_THAT(missing_letters_in_svg(svg("<text y='9'>Lot 日<tspan>本 日</tspan></text>")),
              ElementsAre(U'日', U'本'));
  EXPECT_THAT(missing_letters_in_svg(svg("<text>&#x0e17;<![CDATA[語]]></text>")),
              ElementsAre(U'ท', U'語'));
}

TEST_F(SvgLetters, OfTheFontsAndOfOtherElementsAreNotMissing) {
  for (const std::string inside :
       {"<text>Sold – Ä ß Ω Ж 12 🎉 &#x200d;&#xfe0f;&#xad;\n</text>", "<title>日本</title>",
        "<text><title>日本</title>Lot</text>", "<style>text { font-family: 日本 }</style>"}) {
    EXPECT_THAT(missing_letters_in_svg(svg(inside)), IsEmpty()) << inside;
  }
}

TEST_F(SvgLetters, ThatAreMissingAreListedUpToALimit) {
  std::string letters;
  for (int number = 0x4e00; number < 0x4e00 + 400; ++number) {
    letters += "&#" + std::to_string(number) + ";";
  }
  const auto missing = missing_letters_in_svg(svg("<text>" + letters + letters + "</text>"));
  ASSERT_EQ(missing.size(), 300U);
  EXPECT_EQ(missing.front(), char32_t{0x4e00});
  EXPECT_EQ(missing.back(), char32_t{0x4e00 + 299});
}

TEST_F(SvgLetters, ThatAreMissingAreToldWithTheirScript) {
  initialise_images();
  Remarks remarks;
  ASSERT_TRUE(SvgDocument::parse(svg("<text y='9'>日本</text>")));
  EXPECT_THAT(remarks.take(),
              ElementsAre("no font has the letters \"日本\" (Han), shown as boxes; add a font file "
                          "that has them to the scene's fonts"));
}

}  // namespace
}  // namespace layercast::content
