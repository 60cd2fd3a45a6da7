#pragma once

#include "base/error.h"
#include "scene/command.h"
#include "scene/value.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace layercast::control {

using Fields = std::vector<std::pair<std::string, std::string>>;

/// Why a request was refused. Source: RFC 9457.
struct Problem {
  int status = 500;
  std::string name;  ///< of its type, such as `stale`
  std::string detail;
  std::vector<scene::FieldFault> errors;
  std::optional<int64_t> revision;  ///< the present one, where that helps
  Fields headers;                   ///< such as Allow
};

/// The media type of problem_text().
inline constexpr const char* kProblemType = "application/problem+json";

/// `Not Found`; empty for a status that nobody here uses.
std::string_view title_of(int status);

/// One whose type is named after its status.
Problem problem(int status, std::string detail);
Problem problem_of(const base::Error& error);
/// `prefix`: the pointer of what the client has sent within the params, and taken off again.
Problem problem_of(const scene::Refusal& refusal, std::string_view prefix = {});

scene::Value document_of(const Problem& problem);
std::string problem_text(const Problem& problem);

}  // namespace layercast::control
