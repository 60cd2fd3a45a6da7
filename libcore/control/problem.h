#pragma once

#include "base/error.h"
#include "scene/live/command.h"
#include "scene/wire/value.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace layercast::control {

/// Names and values in order: header fields, or the parameters of a query.
using Fields = std::vector<std::pair<std::string, std::string>>;

/// Why a request was refused. Source: RFC 9457.
struct Problem {
  int status = 500;
  std::string name;  ///< the end of its type URN, such as `stale`
  std::string detail;
  std::vector<scene::FieldFault> errors;
  size_t more_errors = 0;           ///< further ones, which have no description
  std::optional<int64_t> revision;  ///< the current one, where that helps
  Fields headers;                   ///< such as Allow
};

/// The media type of problem_text().
inline constexpr const char* kProblemType = "application/problem+json";

/// `Not Found`; empty for a status that the API does not use.
std::string_view title_of(int status);

/// A problem with the type that belongs to `status`. A long `detail` is shortened.
Problem problem(int status, std::string_view detail);
/// The problem for an error: status and type come from base::meaning_of(), except that
/// kInvalidInput is 422.
Problem problem_of(const base::Error& error);
/// The same for a refused command. `prefix`: JSON pointer of the request body within the command's
/// params; removed from the pointers, so that they refer to the body.
Problem problem_of(const scene::Refusal& refusal, std::string_view prefix = {});

/// The problem document, and the same as JSON text: less than 64 KiB. A last error says how many
/// others have no room.
scene::Value document_of(const Problem& problem);
std::string problem_text(const Problem& problem);

}  // namespace layercast::control
