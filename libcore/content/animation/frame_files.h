#pragma once

#include "base/error.h"

#include <string>
#include <string_view>
#include <vector>

namespace layercast::content {

/// The files that match `pattern`, in natural order (2 before 10). Its last name holds either a
/// printf number (`walk-%d.png`, `walk-%03d.png`; `%%` is a per cent sign) or the shell wildcards
/// `*`, `?` and `[a-z]`; the folder is used literally. Numbers may start anywhere and have gaps.
/// Errors: `where` is the pattern: kNotFound when no file matches, kInvalidInput when it is not a
/// pattern, kLimit for too many files, kIo.
base::Result<std::vector<std::string>> files_of_pattern(const std::string& pattern);

/// Whether `a` precedes `b` in natural order: numbers compare by value.
bool naturally_before(std::string_view a, std::string_view b);

}  // namespace layercast::content
