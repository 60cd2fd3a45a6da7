#pragma once

#include "base/error.h"
#include "base/file_pattern.h"
#include "scene/model/limits.h"

#include <cstddef>
#include <string>
#include <vector>

namespace layercast::content {

using base::first_gap;
using base::naturally_before;

/// base::files_of_pattern() for the pictures of an animation.
inline base::Result<std::vector<std::string>> files_of_pattern(
    const std::string& pattern,
    size_t files_max = static_cast<size_t>(scene::limits::kAnimatedPicturesMax)) {
  return base::files_of_pattern(pattern, files_max);
}

}  // namespace layercast::content
