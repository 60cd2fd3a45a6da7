#pragma once

#include "control/gate.h"
#include "control/request_head.h"
#include "control/routes.h"

#include <functional>
#include <memory>
#include <string>

namespace layercast::control {

/// Turns one complete request into the bytes of its response. Thread: any.
class HttpExchange {
 public:
  using Handler = std::function<Answer(Request)>;
  explicit HttpExchange(Handler handler);
  ~HttpExchange();

  /// Calls the handler. `head`: admitted with `trust`. `body`: complete. The handler sees only
  /// those header fields that the API uses. An exception from the handler becomes a 500.
  std::string answer(const RequestHead& head, Request::Trust trust, const Visitor& visitor,
                     std::string_view body) const;

 private:
  class Engine;
  std::unique_ptr<Engine> engine_;
};

/// The bytes of a response that ends the connection, for a request that the handler does not see.
/// `head`: nullptr when the head could not be parsed.
std::string refusal_text(const Problem& problem, const RequestHead* head);

}  // namespace layercast::control
