#pragma once

#include "control/gate.h"
#include "control/request_head.h"
#include "control/routes.h"

#include <functional>
#include <memory>
#include <string>

namespace layercast::control {

/// Turns the bytes of one whole request into the bytes of its answer. Thread: any.
class HttpExchange {
 public:
  using Handler = std::function<Answer(Request)>;
  explicit HttpExchange(Handler handler);
  ~HttpExchange();

  /// `head`: let in, with `trust`; `body`: all of it. Of the head's fields only those pass that
  /// the API knows.
  std::string answer(const RequestHead& head, Request::Trust trust, const Visitor& visitor,
                     std::string_view body) const;

 private:
  class Engine;
  std::unique_ptr<Engine> engine_;
};

/// An answer written without a request that could be read: the connection ends with it.
std::string refusal_text(const Problem& problem, const RequestHead* head);

}  // namespace layercast::control
