#pragma once

#include "base/error.h"
#include "control/role.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace layercast::control {

/// A token that clients may present.
struct AccessToken {
  std::string name;  ///< for log lines; empty: the file has only the token
  Role role = Role::kAdmin;
  std::string text;
  bool operator==(const AccessToken&) const = default;
};

/// The shortest token that is accepted, and the shortest that cannot be guessed, in bytes.
inline constexpr size_t kTokenBytesMin = 8;
inline constexpr size_t kTokenBytesSafe = 16;
inline constexpr size_t kTokensMax = 256;

/// The tokens of a file with the content `text`: lines of `ROLE NAME TOKEN`, empty lines, and
/// comments, which begin with `#`. A file whose only line does not begin with a role is a token of
/// the role admin, without a name. There is at least one token; names and tokens differ from each
/// other. Errors: kInvalidInput, with the line in `where`; the message contains no part of the
/// file.
base::Result<std::vector<AccessToken>> access_tokens_from(std::string_view text,
                                                          const std::string& path);

}  // namespace layercast::control
