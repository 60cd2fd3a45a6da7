#include "tools/layerctl/daemon_client.h"

#include "base/redaction.h"
#include "scene/wire/json_codec.h"
#include "tools/common/interruption.h"
#include "tools/layerctl/unix_connection.h"

#include <array>
#include <charconv>
#include <chrono>
#include <csignal>
#include <httplib.h>
#include <unistd.h>
#include <utility>

namespace layercast::tools {
namespace {

using base::Error;
using base::ErrorCode;
using scene::CommandDocument;
using scene::Value;

constexpr std::chrono::seconds kPatience{5};
// Includes the daemon's own wait for a frame and the encoding of a picture.
constexpr std::chrono::seconds kFramePatience{15};
// Includes the time until a scheduled command is due.
constexpr std::chrono::seconds kLaterPatience{75};
constexpr std::chrono::milliseconds kHurry{700};

/// The HTTP request of a command. `{id}` is replaced by the id of the layer, sound or output, and
/// `{index}` by the index of an animation or the number of a scheduled command.
struct Way {
  std::string_view command;
  std::string_view method;
  std::string_view path;
  std::string_view body;  ///< the param in the body; empty: none; `*`: all that the path lacks
};
constexpr std::array kWays = {
    Way{"layers.create", "POST", "/api/v1/layers", "layer"},
    Way{"layers.update", "PATCH", "/api/v1/layers/{id}", "patch"},
    Way{"layers.restart", "POST", "/api/v1/layers/{id}/restart", ""},
    Way{"layers.release", "POST", "/api/v1/layers/{id}/release", ""},
    Way{"layers.stopwatch", "POST", "/api/v1/layers/{id}/stopwatch", "*"},
    Way{"layers.delete", "DELETE", "/api/v1/layers/{id}", ""},
    Way{"layers.activate", "PUT", "/api/v1/active", "*"},
    Way{"layers.animate", "POST", "/api/v1/layers/{id}/animations", "animation"},
    Way{"layers.animations.remove", "DELETE", "/api/v1/layers/{id}/animations/{index}", ""},
    Way{"scheduled.cancel", "DELETE", "/api/v1/scheduled/{index}", ""},
    Way{"chat.say", "POST", "/api/v1/layers/{id}/messages", "message"},
    Way{"stream.start", "POST", "/api/v1/stream/start", ""},
    Way{"stream.stop", "POST", "/api/v1/stream/stop", ""},
    Way{"stream.pause", "POST", "/api/v1/stream/pause", ""},
    Way{"stream.configure", "PATCH", "/api/v1/stream/config", "patch"},
    Way{"audio.add", "POST", "/api/v1/audio", "audio"},
    Way{"audio.update", "PATCH", "/api/v1/audio/{id}", "patch"},
    Way{"audio.restart", "POST", "/api/v1/audio/{id}/restart", ""},
    Way{"audio.remove", "DELETE", "/api/v1/audio/{id}", ""},
    Way{"outputs.add", "POST", "/api/v1/outputs", "output"},
    Way{"outputs.remove", "DELETE", "/api/v1/outputs/{id}", ""},
    Way{"batch", "POST", "/api/v1/batch", "*"}};

std::string percent_encoded(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                          (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
    if (is_plain) {
      out += c;
    } else {
      out += '%';
      out += kDigits[byte >> 4];
      out += kDigits[byte & 15];
    }
  }
  return out;
}

ErrorCode code_of(int status) {
  switch (status) {
    case 400:
    case 415:
    case 422:
      return ErrorCode::kInvalidInput;
    case 401:
    case 403:
    case 421:
    case 429:
      return ErrorCode::kForbidden;
    case 404:
      return ErrorCode::kNotFound;
    case 409:
      return ErrorCode::kConflict;
    case 412:
      return ErrorCode::kStale;
    case 413:
      return ErrorCode::kLimit;
    default:
      return ErrorCode::kIo;
  }
}

void end_at_once(int) { _exit(base::meaning_of(ErrorCode::kInterrupted).exit_status); }

/// While it exists, SIGINT and SIGTERM end the process immediately, even in a blocking call.
class EndsAtOnce {
 public:
  EndsAtOnce() {
    struct sigaction action {};
    action.sa_handler = end_at_once;
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, &interrupt_);
    sigaction(SIGTERM, &action, &terminate_);
    if (interrupted()) end_at_once(0);
  }
  ~EndsAtOnce() {
    sigaction(SIGINT, &interrupt_, nullptr);
    sigaction(SIGTERM, &terminate_, nullptr);
  }
  EndsAtOnce(const EndsAtOnce&) = delete;
  EndsAtOnce& operator=(const EndsAtOnce&) = delete;

 private:
  struct sigaction interrupt_ {};
  struct sigaction terminate_ {};
};

std::string_view reason_of(httplib::Error error) {
  switch (error) {
    case httplib::Error::Connection:
      return "the connection was refused";
    case httplib::Error::ConnectionTimeout:
    case httplib::Error::Read:
      return "no response in time";
    default:
      return "the connection failed";
  }
}

/// An HTTP client over TCP or a Unix socket.
class HttpClient final : public httplib::ClientImpl {
 public:
  explicit HttpClient(const DaemonAddress& address)
      : ClientImpl(address.host, address.port), socket_path_(address.socket_path) {}

 private:
  bool create_and_connect_socket(Socket& socket, httplib::Error& error) override {
    if (socket_path_.empty()) return ClientImpl::create_and_connect_socket(socket, error);
    const auto made = connected_unix_socket(socket_path_);
    if (made) {
      socket.sock = made.value();
    } else {
      error = httplib::Error::Connection;
    }
    return made.ok();
  }

  std::string socket_path_;
};

void set_timeout(HttpClient& client, std::chrono::microseconds connecting,
                 std::chrono::microseconds reading) {
  const auto parts = [](std::chrono::microseconds time) {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(time);
    return std::pair<time_t, time_t>(seconds.count(), (time - seconds).count());
  };
  client.set_connection_timeout(parts(connecting).first, parts(connecting).second);
  client.set_read_timeout(parts(reading).first, parts(reading).second);
  client.set_write_timeout(parts(connecting).first, parts(connecting).second);
}

}  // namespace

struct DaemonClient::Request {
  std::string method = "GET";
  std::string path;
  std::string body{};
  std::optional<int64_t> if_revision{};
  const CommandDocument* command = nullptr;  ///< the command that it executes, if any
  std::chrono::microseconds patience = kPatience;
};

struct DaemonClient::Response {
  std::string type;
  std::string body;
};

base::Result<DaemonAddress> daemon_address(const std::string& url) {
  const auto wrong = [&](std::string_view what) {
    return base::invalid_input("\"" + base::redacted_url(url) + "\" " + std::string(what), "--url");
  };
  constexpr std::string_view kExpected =
      "is not understood, expected http://HOST:PORT such as http://127.0.0.1:8080, or unix:PATH";
  std::string_view rest = url;
  constexpr std::string_view kUnix = "unix:";
  if (rest.starts_with(kUnix)) {
    if (rest.size() == kUnix.size()) return wrong(kExpected);
    constexpr int kUsualPort = 80;
    return DaemonAddress{"localhost", kUsualPort, url, std::string(rest.substr(kUnix.size()))};
  }
  if (rest.starts_with("https://")) {
    return wrong("asks for TLS, which layerctl leaves to a local proxy; expected http://HOST:PORT");
  }
  if (rest.starts_with("http://")) rest.remove_prefix(7);
  if (rest.ends_with('/')) rest.remove_suffix(1);
  DaemonAddress address{"", 80, url};
  const size_t bracket = rest.starts_with('[') ? rest.find(']') : 0;
  const size_t colon = bracket == std::string_view::npos ? bracket : rest.find(':', bracket);
  const std::string_view port =
      colon == std::string_view::npos ? std::string_view{} : rest.substr(colon + 1);
  std::string_view host = rest.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  if (host.empty() || host.find_first_of("/?#@ ") != std::string_view::npos) {
    return wrong(kExpected);
  }
  address.host = host;
  if (colon != std::string_view::npos) {
    const char* const end = port.data() + port.size();
    const auto [stopped, error] = std::from_chars(port.data(), end, address.port);
    constexpr int kPortMax = 65535;
    if (error != std::errc{} || stopped != end || address.port < 1 || address.port > kPortMax) {
      return wrong(kExpected);
    }
  }
  return address;
}

DaemonClient::DaemonClient(DaemonAddress address, std::string token, Sending sending)
    : address_(std::move(address)), token_(std::move(token)), sending_(std::move(sending)) {}

int DaemonClient::exit_status(const Error& error) const {
  return is_away_ ? kNoDaemonStatus : Target::exit_status(error);
}

base::Result<DaemonClient::Response> DaemonClient::ask(const Request& request) {
  const EndsAtOnce ends_at_once;
  HttpClient client(address_);
  set_timeout(client, is_hurried_ ? kHurry : std::chrono::microseconds(kPatience),
              is_hurried_ ? kHurry : request.patience);
  httplib::Request sent;
  sent.method = request.method;
  sent.path = request.path;
  if (!token_.empty()) sent.headers.emplace("Authorization", "Bearer " + token_);
  if (!request.body.empty()) {
    sent.body = request.body;
    sent.headers.emplace("Content-Type", "application/json");
  }
  if (request.if_revision) {
    sent.headers.emplace("If-Match", "\"" + std::to_string(*request.if_revision) + "\"");
  }
  const httplib::Result got = client.send(sent);
  if (!got) {
    is_away_ = true;
    return Error{ErrorCode::kIo, "no daemon answers: " + std::string(reason_of(got.error())),
                 address_.shown, nullptr};
  }
  const std::string type = got->get_header_value("Content-Type");
  constexpr int kFirstError = 400;
  if (got->status < kFirstError) return Response{type, got->body};
  const scene::JsonDocument problem = scene::read_json(got->body);
  const Value* detail = problem.value.find("detail");
  if (!type.starts_with("application/problem+json") || detail == nullptr) {
    is_away_ = true;
    return Error{ErrorCode::kIo,
                 "the server is not a layercast daemon (HTTP " + std::to_string(got->status) + ")",
                 address_.shown, nullptr};
  }
  std::vector<ToldFault> faults;
  if (const Value* errors = problem.value.find("errors")) {
    for (const Value& each : errors->items) {
      const Value* pointer = each.find("pointer");
      const Value* text = each.find("detail");
      if (pointer == nullptr || text == nullptr) continue;
      faults.push_back({pointer->text, text->text});
    }
  }
  return Error{code_of(got->status),
               request.command == nullptr ? detail->text
                                          : refusal_lines(*request.command, faults, detail->text),
               "", nullptr};
}

base::Result<Value> DaemonClient::get(const std::string& path) {
  TRY(const Response response, ask({.path = path}));
  scene::JsonDocument read = scene::read_json(response.body);
  if (read.faults.empty()) return std::move(read.value);
  is_away_ = true;
  return Error{ErrorCode::kIo, "the server is not a layercast daemon", address_.shown, nullptr};
}

base::Result<std::string> DaemonClient::get_bytes(const std::string& path) {
  TRY(Response response, ask({.path = path, .patience = kFramePatience}));
  return std::move(response.body);
}

base::Result<Value> DaemonClient::scene() { return get("/api/v1/scene"); }

base::Result<Reply> DaemonClient::execute(const CommandDocument& command,
                                          std::optional<int64_t> if_revision) {
  const auto* way = std::ranges::find(kWays, command.method, &Way::command);
  LAYERCAST_CHECK(way != kWays.end());
  Request request;
  request.method = way->method;
  request.path = way->path;
  request.command = &command;
  request.if_revision = sending_.if_revision ? sending_.if_revision : if_revision;
  Value params = command.params;
  if (const size_t at = request.path.find("{id}"); at != std::string::npos) {
    request.path.replace(at, 4, percent_encoded(command.params.find("id")->text));
    params.erase("id");
  }
  if (const size_t at = request.path.find("{index}"); at != std::string::npos) {
    request.path.replace(at, 7, percent_encoded(command.params.find("index")->text));
  }
  if (way->body == "*") {
    request.body = scene::write_json(params, 0);
  } else if (!way->body.empty()) {
    request.body = scene::write_json(*command.params.find(way->body), 0);
  }
  std::string query;
  if (sending_.waits) query += "&wait=on-air";
  if (sending_.at) query += "&at=" + percent_encoded(*sending_.at);
  if (!query.empty()) request.path += "?" + query.substr(1);
  if (sending_.waits) request.patience = sending_.at ? kLaterPatience : kFramePatience;
  TRY(const Response response, ask(request));
  scene::JsonDocument read = scene::read_json(response.body);
  const Value* result = read.value.find("result");
  Reply reply;
  if (result != nullptr) reply.result = *result;
  reply.document = std::move(read.value);
  return reply;
}

}  // namespace layercast::tools
