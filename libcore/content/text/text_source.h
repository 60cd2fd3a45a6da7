#pragma once

#include "base/error.h"
#include "content/text/text_pango.h"
#include "scene/model/scene.h"

#include <string>
#include <string_view>
#include <vector>

namespace layercast::content {

/// Parsed text and the requirements of its markup.
struct TextSource {
  std::string text;
  GlibPtr<PangoAttrList> attributes{pango_attr_list_new()};
  std::vector<std::string> families;  ///< named by the markup
  double font_size_max = 0;           ///< px
  double letter_spacing_max = 0;      ///< px, absolute
};

/// Parses `text`, the content's text with expanded placeholders. The result is well-formed UTF-8
/// whose only control characters are tabs and line feeds, without markup tags and without one
/// trailing line break. Errors: kInvalidInput for bad markup, kLimit for markup that exceeds the
/// limits.
base::Result<TextSource> read_text_source(const scene::TextContent& content, std::string_view text);

}  // namespace layercast::content
