#pragma once

#include "control/problem.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace layercast::control {

class Api;

/// A request whose head has been let in.
struct Request {
  std::string method;
  std::string path;  ///< decoded
  Fields query;      ///< decoded, in order
  Fields headers;    ///< names in lower case
  std::string body;
  enum class Trust : uint8_t { kNone, kToken };
  Trust trust = Trust::kNone;
  std::string id;  ///< what stands for `{id}` in the route's path

  std::optional<std::string> query_value(std::string_view key) const;
  std::optional<std::string> header(std::string_view name) const;
};

struct Answer {
  int status = 200;
  std::string type = "application/json";
  std::string body;
  Fields headers;
};

/// Who may ask.
enum class Access : uint8_t {
  kOpen,          ///< everybody who reaches the address
  kToken,         ///< `Authorization: Bearer`
  kTokenInQuery,  ///< also `?token=`, for what a browser fetches without a header
};

/// What an answer may have to wait for, and so whose threads make it.
enum class Lane : uint8_t { kQuick, kStore, kFrame };

/// What becomes of the connection.
enum class Serving : uint8_t { kAnswer, kWebSocket, kPreview };

/// One thing that can be asked for. The router and the OpenAPI document both read these.
struct Route {
  std::string_view method;
  std::string_view path;
  std::string_view operation;
  std::string_view summary;
  Answer (Api::*answer)(const Request& request, const Route& route) const;
  std::string_view answer_schema{};  ///< of the answer; of a command, of its `result`
  std::string_view answer_type = "application/json";
  Lane lane = Lane::kQuick;
  Access access = Access::kToken;
  Serving serving = Serving::kAnswer;
  bool has_etag = false;

  std::string_view command{};      ///< the method of command.h that it is
  std::string_view body_schema{};  ///< empty: it takes no body
  std::string_view
      body_member{};  ///< what the body is called in the params; empty: it is the params
  int status = 200;

  bool takes_body() const { return !body_schema.empty(); }
  bool takes_id() const { return path.find("{id}") != std::string_view::npos; }
};

std::span<const Route> routes();

/// Where a path leads.
struct Found {
  const Route* route = nullptr;  ///< for this method; of HEAD, that of GET
  std::string id;
  std::vector<std::string_view> methods;  ///< that the path knows; empty: there is no such path
};

/// `path`: without the query.
Found find_route(std::string_view method, std::string_view path);

/// `GET, HEAD, OPTIONS`: what Allow says.
std::string allowed(const std::vector<std::string_view>& methods);

}  // namespace layercast::control
