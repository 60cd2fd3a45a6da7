#pragma once

#include "content/text/text_marks.h"

#include <optional>
#include <string>
#include <vector>

namespace layercast::content {

/// A remark about the letters in `marks` that no font has and that are shown as boxes: the first of
/// them, and their scripts; nullopt when every letter has a glyph. Thread: any.
std::optional<std::string> missing_letters_remark(const std::vector<Mark>& marks);

}  // namespace layercast::content
