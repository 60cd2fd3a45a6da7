#include "content/image/svg_support.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>

namespace layercast::content {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> of(const std::string& inside) {
  return unsupported_in_svg(
      "<svg xmlns='http://www.w3.org/2000/svg' xmlns:xlink='http://www.w3.org/1999/xlink' "
      "viewBox='0 0 9 9'>" +
      inside + "</svg>");
}

TEST(SvgSupport, TellsElementsThatAreLeftOut) {
  EXPECT_THAT(of("<foreignObject/><g><foreignObject/></g>"),
              ElementsAre("the SVG has <foreignObject>, which is not drawn"));
  EXPECT_THAT(of("<text><textPath href='#a'>x</textPath></text>"),
              ElementsAre("the SVG has <textPath>, which is not drawn"));
  EXPECT_THAT(of("<rect><animate attributeName='x'/></rect>"),
              ElementsAre("the SVG has <animate>, which does not move"));
}

TEST(SvgSupport, TellsReferencesToOtherFiles) {
  const char* const line =
      "the SVG refers to other files, which are not loaded; embed them as data: URIs";
  EXPECT_THAT(of("<image href='a.png'/><image xlink:href='http://h/b.png'/>"), ElementsAre(line));
  EXPECT_THAT(of("<use href='other.svg#a'/>"), ElementsAre(line));
}

TEST(SvgSupport, TellsCssThatIsIgnored) {
  EXPECT_THAT(of("<style>@import url(a.css); rect { fill: var(--a); }</style>"),
              ElementsAre("the CSS of the SVG has @import, which is not loaded",
                          "the CSS of the SVG has var(), whose value is not known"));
  EXPECT_THAT(of("<style><![CDATA[@media print { rect { fill: red } }]]></style>"),
              ElementsAre("the CSS of the SVG has @media, which is ignored"));
  EXPECT_THAT(of("<rect style='width: calc(1px + 2px)'/>"),
              ElementsAre("the CSS of the SVG has calc(), whose value is not known"));
}

TEST(SvgSupport, SaysNothingOfWhatIsDrawn) {
  EXPECT_THAT(of("<a href='http://h/'><rect fill='red'/></a><use href='#a'/>"
                 "<image href='data:image/png;base64,AAAA'/><text>@import var(--x)</text>"
                 "<style>rect { fill: red }</style>"),
              IsEmpty());
}

}  // namespace
}  // namespace layercast::content
