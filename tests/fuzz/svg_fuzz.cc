// An SVG document that the bytes compose: elements, attributes, filters, gradients, references and
// nesting, with honest and absurd values. The helper process checks and draws it, as the tools draw
// it: there is a picture of the demanded size, or a reason. Whatever becomes of the process, an
// honest document is drawn afterwards.

#include "base/check.h"
#include "content/decode/helper_decoder.h"
#include "sandbox/helper.h"
#include "tests/fuzz/choices.h"
#include "tests/fuzz/helper_watch.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace base = layercast::base;
namespace content = layercast::content;
namespace fuzz = layercast::fuzz;

namespace {

constexpr std::array<std::string_view, 26> kElements = {
    "g",        "rect",   "circle",         "ellipse",        "line",         "polyline", "polygon",
    "path",     "text",   "tspan",          "textPath",       "use",          "symbol",   "svg",
    "clipPath", "mask",   "linearGradient", "radialGradient", "stop",         "pattern",  "filter",
    "marker",   "switch", "style",          "image",          "foreignObject"};
constexpr std::array<std::string_view, 20> kFilters = {"feBlend",
                                                       "feColorMatrix",
                                                       "feComponentTransfer",
                                                       "feComposite",
                                                       "feConvolveMatrix",
                                                       "feDiffuseLighting",
                                                       "feDisplacementMap",
                                                       "feFlood",
                                                       "feFuncA",
                                                       "feGaussianBlur",
                                                       "feImage",
                                                       "feMerge",
                                                       "feMergeNode",
                                                       "feMorphology",
                                                       "feOffset",
                                                       "fePointLight",
                                                       "feSpecularLighting",
                                                       "feSpotLight",
                                                       "feTile",
                                                       "feTurbulence"};
constexpr std::array<std::string_view, 56> kAttributes = {"x",
                                                          "y",
                                                          "width",
                                                          "height",
                                                          "cx",
                                                          "cy",
                                                          "r",
                                                          "rx",
                                                          "ry",
                                                          "x1",
                                                          "y1",
                                                          "x2",
                                                          "y2",
                                                          "fx",
                                                          "fy",
                                                          "d",
                                                          "points",
                                                          "transform",
                                                          "viewBox",
                                                          "preserveAspectRatio",
                                                          "fill",
                                                          "stroke",
                                                          "stroke-width",
                                                          "stroke-dasharray",
                                                          "stroke-miterlimit",
                                                          "opacity",
                                                          "filter",
                                                          "mask",
                                                          "clip-path",
                                                          "marker-mid",
                                                          "href",
                                                          "xlink:href",
                                                          "font-size",
                                                          "font-family",
                                                          "letter-spacing",
                                                          "textLength",
                                                          "dx",
                                                          "rotate",
                                                          "startOffset",
                                                          "gradientUnits",
                                                          "gradientTransform",
                                                          "spreadMethod",
                                                          "offset",
                                                          "patternUnits",
                                                          "filterUnits",
                                                          "in",
                                                          "result",
                                                          "order",
                                                          "kernelMatrix",
                                                          "stdDeviation",
                                                          "radius",
                                                          "numOctaves",
                                                          "baseFrequency",
                                                          "values",
                                                          "type",
                                                          "style"};
constexpr std::array<std::string_view, 40> kValues = {"0",
                                                      "1",
                                                      "-1",
                                                      "0.5",
                                                      "10",
                                                      "100",
                                                      "50%",
                                                      "-50%",
                                                      "1e9",
                                                      "-1e9",
                                                      "1e-9",
                                                      "1e38",
                                                      "NaN",
                                                      "3em",
                                                      "2,3",
                                                      "0 0 9 9",
                                                      "0 0 0 0",
                                                      "-9 -9 1e6 1e-6",
                                                      "red",
                                                      "none",
                                                      "currentColor",
                                                      "inherit",
                                                      "url(#a)",
                                                      "url(#b)",
                                                      "#a",
                                                      "#b",
                                                      "#c",
                                                      "M0 0L9 9A1 2 30 0 1 5 5C1 2 3 4 5 6Z",
                                                      "1 2 3 4 5 6 7 8 9",
                                                      "scale(1e9) rotate(45) skewX(89.999)",
                                                      "matrix(0 0 0 0 1e30 1)",
                                                      "translate(5 5)",
                                                      "userSpaceOnUse",
                                                      "objectBoundingBox",
                                                      "reflect",
                                                      "SourceGraphic",
                                                      "xMidYMid slice",
                                                      "turbulence",
                                                      "fill:url(#c);font-size:-5%;stroke:teal",
                                                      "data:image/png;base64,iVBORw0KGgo="};
constexpr std::array<std::string_view, 8> kTexts = {
    "Lot 17",     "\u00c4hre \u0e01\u0e33",        "\u202e\u05d0\u05d1", "\U0001f389",
    "&lt;&#x41;", "g{fill:red} *{filter:url(#b)}", "<![CDATA[a]]>",      "<!-- -->"};

/// Composes a document from decisions.
class Composer {
 public:
  explicit Composer(fuzz::Choices& choices) : choices_(choices) {}

  std::string document() {
    text_ = "<svg xmlns='http://www.w3.org/2000/svg' xmlns:xlink='http://www.w3.org/1999/xlink'";
    if (choices_.one_in(8)) {
      attributes();
    } else {
      text_ += " width='64' height='48'";
    }
    text_ += '>';
    while (!choices_.is_empty() && count_ < kElementsMax) element(0);
    return text_ + "</svg>";
  }

 private:
  static constexpr int kElementsMax = 200;
  static constexpr int kDepthMax = 24;

  void element(int depth) {
    ++count_;
    const std::string_view name =
        choices_.one_in(3) ? choices_.one_of(kFilters) : choices_.one_of(kElements);
    text_ += '<';
    text_ += name;
    attributes();
    text_ += '>';
    const size_t children = choices_.below(4);
    for (size_t i = 0; i < children && depth < kDepthMax && count_ < kElementsMax; ++i) {
      element(depth + 1);
    }
    if (choices_.one_in(4)) text_ += choices_.one_of(kTexts);
    text_ += "</";
    text_ += name;
    text_ += '>';
  }

  void attributes() {
    // A second attribute of the same name would make the document ill-formed.
    uint64_t used = 0;
    if (choices_.one_in(3)) {
      text_ += " id='";
      text_ += static_cast<char>('a' + choices_.below(3));
      text_ += '\'';
    }
    for (size_t count = choices_.below(6); count > 0; --count) {
      const size_t place = choices_.below(kAttributes.size());
      if ((used >> place & 1) != 0) continue;
      used |= uint64_t{1} << place;
      text_ += ' ';
      text_ += kAttributes.at(place);
      text_ += "='";
      value();
      text_ += '\'';
    }
  }

  void value() {
    switch (choices_.below(4)) {
      case 0:
        text_ += std::to_string(static_cast<int8_t>(choices_.byte()));
        break;
      case 1:
        // A list, of up to the numbers of a convolution.
        for (size_t count = choices_.below(450); count > 0; --count) text_ += "1 ";
        break;
      default:
        text_ += choices_.one_of(kValues);
    }
  }

  fuzz::Choices& choices_;
  std::string text_;
  int count_ = 0;
};

base::Result<void> draw(content::Decoder& decoder, std::string text) {
  TRY(const auto svg, decoder.svg(std::move(text)));
  LAYERCAST_CHECK(svg->size().width > 0 && svg->size().height > 0);
  constexpr base::SizeI kSize{64, 48};
  TRY(const auto pixels, svg->draw(kSize, {0, 0, kSize.width, kSize.height}));
  LAYERCAST_CHECK(pixels.size() == kSize);
  TRY(const auto placed, svg->draw_at({0.5, 0.25, 30, 20}, {}, kSize));
  LAYERCAST_CHECK(placed.size() == kSize);
  return {};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  static fuzz::HelperWatch watch(DECODE_PROGRAM);
  static content::HelperDecoder decoder({watch.helper(), watch.listener()});
  fuzz::Choices choices(bytes, size);
  const std::string document = Composer(choices).document();
  watch.run([&] {
    const auto drawn = draw(decoder, document);
    LAYERCAST_CHECK(drawn.ok() || !drawn.error().message.empty());
  });
  if (watch.takes_stock()) {
    fuzz::expect_good(draw(decoder,
                           "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'><circle "
                           "cx='4' cy='4' r='3'/></svg>"));
  }
  return 0;
}
