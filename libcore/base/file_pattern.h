#pragma once

#include "base/error.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace layercast::base {

/// Whether the last name of `path` holds what files_of_pattern() takes for a pattern.
bool is_pattern(const std::string& path);

/// The files that match `pattern`, in natural order (2 before 10). Its last name holds either a
/// printf number (`walk-%d.png`, `walk-%03d.png`; `%%` is a per cent sign) or the shell wildcards
/// `*`, `?` and `[a-z]`; the folder is used literally. Numbers may start anywhere and have gaps.
/// Errors: `where` is the pattern: kNotFound when no file matches, kInvalidInput when it is not a
/// pattern, kLimit for more than `files_max` files, kIo.
Result<std::vector<std::string>> files_of_pattern(const std::string& pattern, size_t files_max);

/// Two neighbouring numbers with others missing between them.
struct NumberGap {
  int64_t before;
  int64_t after;
};

/// The first gap in the numbers of `files`, which files_of_pattern(pattern) returned; nullopt when
/// there is none, or when the pattern has wildcards.
std::optional<NumberGap> first_gap(const std::string& pattern,
                                   const std::vector<std::string>& files);

/// Whether `a` precedes `b` in natural order: numbers compare by value.
bool naturally_before(std::string_view a, std::string_view b);

}  // namespace layercast::base
