#pragma once

#include "base/error.h"
#include "control/problem.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace layercast::control {

/// The request line and header fields, parsed strictly: ambiguous requests are refused. Source: RFC
/// 9112, sections 2.2, 3, 5 and 6.
struct RequestHead {
  std::string method;
  std::string target;  ///< path and query as received
  std::string path;    ///< as received, without the query
  std::string query;
  Fields fields;  ///< names in lower case
  int64_t content_length = 0;
  bool has_length = false;
  bool keeps_alive = true;

  /// The value of the first field `name` (in lower case); nullptr when there is none.
  const std::string* find(std::string_view name) const;
  /// The same; empty when there is none.
  std::string_view value_of(std::string_view name) const;
  /// Whether the comma-separated field `name` contains `token`, ignoring case.
  bool has_token(std::string_view name, std::string_view token) const;
  bool changes_something() const { return method != "GET" && method != "HEAD"; }
};

/// The length in bytes of the complete head at the start of `received`; nullopt when its end is
/// missing.
std::optional<size_t> head_length(std::string_view received);

/// Parses a complete head. Refused with 400, 411, 414, 415, 417, 431 or 505.
base::Result<RequestHead, Problem> parse_head(std::string_view head);

/// Decodes a query component: `%41` to `A`, `+` to a space; nullopt for an invalid escape.
std::optional<std::string> percent_decoded(std::string_view text);

/// The first value of `key` in a query, decoded; nullopt when there is none.
std::optional<std::string> query_value(std::string_view query, std::string_view key);

/// `text` without spaces and tabs at both ends.
std::string_view trimmed(std::string_view text);

}  // namespace layercast::control
