#pragma once

#include "base/error.h"
#include "control/byte_budget.h"
#include "control/problem.h"
#include "control/request_head.h"
#include "control/routes.h"

#include <string>
#include <string_view>

namespace layercast::control {

/// The request whose head was admitted with `role`, for the route that `found` has. `path`:
/// decoded. Refused with 400 for a query that contains an invalid percent escape.
base::Result<Request, Problem> request_of(const RequestHead& head, std::string_view path, Role role,
                                          std::string body, const Found& found);

/// The bytes of a response: `start`, `shared` and `end` in this order.
struct ResponseBytes {
  std::string start;
  Text shared{};  ///< null: nothing
  std::string end{};

  size_t size() const {
    return start.size() + (shared == nullptr ? 0 : shared->size()) + end.size();
  }
};

/// The response to the request with `head`. Every response has the header fields that keep browsers
/// from reading it as something else. Source: RFC 9110, sections 6.4.1 and 8.6; RFC 9112,
/// section 9.
ResponseBytes response_bytes(Answer answer, const RequestHead& head);

/// The bytes of a response that ends the connection, for a request that no handler sees.
/// `head`: nullptr when the head could not be parsed.
std::string refusal_text(const Problem& problem, const RequestHead* head);

}  // namespace layercast::control
