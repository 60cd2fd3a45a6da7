#pragma once

#include "control/problem.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace layercast::control {

/// The first lines of a request, read strictly: what two readers could understand in two ways is
/// refused. Source: RFC 9112, sections 2.2, 3, 5 and 6.
struct RequestHead {
  std::string method;
  std::string target;  ///< path and query, as they were sent
  std::string path;    ///< as it was sent, without the query
  std::string query;
  Fields fields;  ///< names in lower case
  int64_t content_length = 0;
  bool has_length = false;
  bool keeps_alive = true;

  /// The value of the first field called `name`, in lower case; nullptr when there is none.
  const std::string* find(std::string_view name) const;
  /// The value of the field, or nothing.
  std::string_view value_of(std::string_view name) const;
  /// Whether the list in field `name` has `token`, in any case.
  bool has_token(std::string_view name, std::string_view token) const;
  bool changes_something() const { return method != "GET" && method != "HEAD"; }
};

/// How many bytes at the start of `received` are a whole head; nullopt when its end is not there
/// yet.
std::optional<size_t> head_length(std::string_view received);

/// Reads a whole head. Refused with 400, 411, 414, 415, 417, 501 or 505.
std::variant<RequestHead, Problem> parse_head(std::string_view head);

/// `%41` as `A`, `+` as a space; nullopt for an escape that is none.
std::optional<std::string> percent_decoded(std::string_view text);

/// The first value of `key` in a query, decoded.
std::optional<std::string> query_value(std::string_view query, std::string_view key);

/// ASCII letters in lower case.
std::string in_lower_case(std::string_view text);
/// Without spaces and tabs at both ends.
std::string_view trimmed(std::string_view text);

}  // namespace layercast::control
