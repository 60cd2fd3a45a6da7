#pragma once

#include "content/text/text_marks.h"

#include <vector>

namespace layercast::content {

/// The letters in `marks` that no font has and that are shown as boxes, each once. Thread: any.
std::vector<char32_t> missing_letters(const std::vector<Mark>& marks);

}  // namespace layercast::content
