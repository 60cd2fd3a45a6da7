#pragma once

#include "base/error.h"
#include "scene/value.h"

#include <string>
#include <vector>

namespace layercast::tools {

/// What a word of the command line means: YAML in braces, brackets or quotes; null, a boolean or a
/// number; else the word itself. Errors: kInvalidInput.
base::Result<scene::Value> value_from(const std::string& word);

/// `transform.rotation=45` and its like as one merge patch. Errors: kInvalidInput.
base::Result<scene::Value> patch_from(const std::vector<std::string>& assignments);

}  // namespace layercast::tools
