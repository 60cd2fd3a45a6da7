#pragma once

#include "base/error.h"
#include "content/text_pango.h"
#include "scene/scene.h"

#include <string>
#include <string_view>
#include <vector>

namespace layercast::content {

/// Text as it is to be read, and what its markup asks for.
struct TextSource {
  std::string text;
  GlibPtr<PangoAttrList> attributes{pango_attr_list_new()};
  std::vector<std::string> families;  ///< that the markup names
  double font_size_max = 0;           ///< px
  double letter_spacing_max = 0;      ///< px, absolute
};

/// What `content` says when its text, placeholders expanded, is `text`: well-formed UTF-8 whose
/// only control characters are tabs and line feeds, without the markup's tags and one line break at
/// the end. Errors: kInvalidInput for bad markup, kLimit for markup that asks for more than the
/// limits allow.
base::Result<TextSource> read_text_source(const scene::TextContent& content, std::string_view text);

}  // namespace layercast::content
