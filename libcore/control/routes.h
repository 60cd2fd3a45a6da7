#pragma once

#include "control/byte_budget.h"
#include "control/problem.h"
#include "control/role.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace layercast::control {

class Api;

/// A request that has passed the Gate.
struct Request {
  std::string method;
  std::string path;  ///< decoded
  Fields query;      ///< decoded, in order
  Fields headers;    ///< names in lower case
  std::string body;
  Role role = Role::kNone;  ///< of the client
  std::string id;           ///< replaces `{id}` in the route's path
  std::string index;        ///< replaces `{index}`

  /// The first value of the parameter or header field; nullopt when there is none.
  std::optional<std::string> query_value(std::string_view key) const;
  std::optional<std::string> header(std::string_view name) const;
};

/// An HTTP response.
struct Answer {
  int status = 200;
  std::string type = "application/json";
  std::string body;
  Text shared_body{};  ///< precedes `body` without being copied; null: nothing does
  Fields headers;
};

/// Which credentials a route requires.
enum class Access : uint8_t {
  kOpen,          ///< none
  kToken,         ///< `Authorization: Bearer`
  kTokenInQuery,  ///< also `?token=`, for requests of a browser that cannot set headers
};

/// What a handler may wait for; selects the thread pool that runs it.
enum class Lane : uint8_t { kQuick, kStore, kFrame, kLater };

/// How the connection continues after the request.
enum class Serving : uint8_t { kAnswer, kWebSocket, kPreview };

/// An HTTP operation. The router and the OpenAPI document both read the table of routes.
struct Route {
  std::string_view method;
  std::string_view path;
  std::string_view operation;
  std::string_view summary;
  Answer (Api::*answer)(const Request& request, const Route& route) const;
  Role role = Role::kNone;  ///< the smallest that is admitted; kNone exactly with Access::kOpen
  std::string_view answer_schema{};  ///< of the response; of a command, its `result`
  std::string_view answer_type = "application/json";
  Lane lane = Lane::kQuick;
  Access access = Access::kToken;
  Serving serving = Serving::kAnswer;
  bool has_etag = false;

  std::string_view command{};      ///< the method of command.h that it executes
  std::string_view body_schema{};  ///< empty: no body
  std::string_view body_member{};  ///< the param that holds the body; empty: the body is the params
  int status = 200;

  bool takes_body() const { return !body_schema.empty(); }
  bool takes_id() const { return path.find("{id}") != std::string_view::npos; }
  bool takes_index() const { return path.find("{index}") != std::string_view::npos; }
};

/// The table of all routes.
std::span<const Route> routes();

/// The routes of a path.
struct Found {
  const Route* route = nullptr;  ///< for this method; HEAD uses the route of GET
  std::string id;
  std::string index;
  std::vector<std::string_view> methods;  ///< of the path; empty: there is no such path
};

/// Looks up `path`, which has no query.
Found find_route(std::string_view method, std::string_view path);

/// The smallest role that may execute the command: that of its routes; kAdmin without a route.
Role role_for_command(std::string_view command);

/// `GET, HEAD, OPTIONS`: the value of the Allow header.
std::string allowed(const std::vector<std::string_view>& methods);

}  // namespace layercast::control
