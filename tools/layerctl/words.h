#pragma once

#include "base/error.h"
#include "scene/wire/value.h"

#include <string>
#include <vector>

namespace layercast::tools {

/// Parses a word of the command line: YAML in braces, brackets or quotes around the whole word;
/// null, a boolean or a number; otherwise a string, also when it begins with `{{`. Errors:
/// kInvalidInput.
base::Result<scene::Value> value_from(const std::string& word);

/// Combines assignments such as `transform.rotation=45` into one merge patch. Errors:
/// kInvalidInput.
base::Result<scene::Value> patch_from(const std::vector<std::string>& assignments);

}  // namespace layercast::tools
