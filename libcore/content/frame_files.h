#pragma once

#include "base/error.h"

#include <string>
#include <string_view>
#include <vector>

namespace layercast::content {

/// The files that go by `pattern`: one whose last name holds a printf number (`walk-%d.png`,
/// `walk-%03d.png`; `%%` is a per cent sign) or the wildcards `*`, `?` and `[a-z]` of a shell; the
/// folder is taken as it is written. In natural order: numbers count as such, so that 2 comes
/// before 10. Numbers may begin anywhere, and some may be missing.
/// Errors: `where` is the pattern: kNotFound where nothing goes by it, kInvalidInput for no
/// pattern, kLimit for too many files, kIo.
base::Result<std::vector<std::string>> files_of_pattern(const std::string& pattern);

/// Whether `a` comes before `b` in natural order.
bool naturally_before(std::string_view a, std::string_view b);

}  // namespace layercast::content
