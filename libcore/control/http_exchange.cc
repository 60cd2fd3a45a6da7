#include "control/http_exchange.h"

#include "base/check.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <httplib.h>
#include <string_view>

namespace layercast::control {
namespace {

/// Header fields that the API reads. httplib sees no others: no ranges, encodings, expectations or
/// form bodies, and no names that it uses internally.
constexpr std::array<std::string_view, 7> kPassedFields = {
    "host", "content-type", "if-match", "if-none-match", "accept", "origin", "user-agent"};
/// Carries the trust level to the handler; it is not a passed field, so no client can set it.
constexpr const char* kTrustField = "x-layercast-trust";
/// Carries the Content-Type under another name, because httplib would parse form bodies.
constexpr const char* kTypeField = "x-layercast-type";

/// A connection made of two strings: the received bytes and the sent bytes.
class TextStream final : public httplib::Stream {
 public:
  TextStream(std::string received, const Visitor& visitor)
      : received_(std::move(received)), visitor_(visitor) {}

  std::string take_sent() { return std::move(sent_); }

  bool is_readable() const override { return at_ < received_.size(); }
  bool is_writable() const override { return true; }
  ssize_t read(char* into, size_t size) override {
    const size_t count = std::min(size, received_.size() - at_);
    std::memcpy(into, received_.data() + at_, count);
    at_ += count;
    return static_cast<ssize_t>(count);
  }
  ssize_t write(const char* from, size_t size) override {
    sent_.append(from, size);
    return static_cast<ssize_t>(size);
  }
  void get_remote_ip_and_port(std::string& ip, int& port) const override {
    ip = visitor_.address;
    port = 0;
  }
  void get_local_ip_and_port(std::string& ip, int& port) const override {
    ip = visitor_.local_address;
    port = 0;
  }
  socket_t socket() const override { return INVALID_SOCKET; }

 private:
  std::string received_;
  const Visitor& visitor_;
  size_t at_ = 0;
  std::string sent_;
};

std::string text_of(const RequestHead& head, Request::Trust trust, std::string_view body) {
  std::string text = head.method + " " + head.target + " HTTP/1.1\r\n";
  for (const auto& [name, value] : head.fields) {
    if (std::ranges::find(kPassedFields, name) == kPassedFields.end()) continue;
    text += (name == "content-type" ? std::string(kTypeField) : name) + ": " + value + "\r\n";
  }
  text += std::string(kTrustField) + (trust == Request::Trust::kToken ? ": token" : ": none");
  text += "\r\ncontent-length: " + std::to_string(body.size()) + "\r\n\r\n";
  return text.append(body);
}

Request request_from(const httplib::Request& given) {
  Request request;
  request.method = given.method;
  request.path = given.path;
  request.query.assign(given.params.begin(), given.params.end());
  for (const auto& [name, value] : given.headers) {
    request.headers.emplace_back(name == kTypeField ? "content-type" : in_lower_case(name), value);
  }
  request.body = given.body;
  if (given.get_header_value(kTrustField) == "token") request.trust = Request::Trust::kToken;
  return request;
}

void write_answer(Answer answer, httplib::Response& response) {
  response.status = answer.status;
  for (const auto& [name, value] : answer.headers) response.set_header(name, value);
  if (answer.status != 204 && answer.status != 304) {
    response.set_header("Content-Type", answer.type);
    response.body = std::move(answer.body);
  }
}

}  // namespace

/// httplib's server without its sockets and threads.
class HttpExchange::Engine final : public httplib::Server {
 public:
  explicit Engine(HttpExchange::Handler handler) : handler_(std::move(handler)) {
    const auto handle = [this](const httplib::Request& request, httplib::Response& response) {
      write_answer(handler_(request_from(request)), response);
    };
    constexpr const char* kAnything = ".*";
    Get(kAnything, handle);
    Post(kAnything, handle);
    Put(kAnything, handle);
    Patch(kAnything, handle);
    Delete(kAnything, handle);
    Options(kAnything, handle);
    set_keep_alive_max_count(1'000'000);
    set_keep_alive_timeout(60);
  }

  std::string run(std::string received, const Visitor& visitor, bool keeps_alive) {
    TextStream stream(std::move(received), visitor);
    bool is_closed = false;
    try {
      process_request(stream, !keeps_alive, is_closed, nullptr);
    } catch (const std::exception&) {
      return refusal_text(problem(500, "internal error while building the response"), nullptr);
    }
    return stream.take_sent();
  }

 private:
  HttpExchange::Handler handler_;
};

HttpExchange::HttpExchange(Handler handler)
    : engine_(std::make_unique<Engine>(std::move(handler))) {}

HttpExchange::~HttpExchange() = default;

std::string HttpExchange::answer(const RequestHead& head, Request::Trust trust,
                                 const Visitor& visitor, std::string_view body) const {
  return engine_->run(text_of(head, trust, body), visitor, head.keeps_alive);
}

std::string refusal_text(const Problem& problem, const RequestHead* head) {
  const std::string body = problem_text(problem);
  std::string text = "HTTP/1.1 " + std::to_string(problem.status) + " " +
                     std::string(title_of(problem.status)) + "\r\n";
  for (const auto& [name, value] : problem.headers) text += name + ": " + value + "\r\n";
  text += "Content-Type: " + std::string(kProblemType) + "\r\n";
  text += "X-Content-Type-Options: nosniff\r\nCache-Control: no-store\r\nConnection: close\r\n";
  text += "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n";
  const bool has_body = head == nullptr || head->method != "HEAD";
  return has_body ? text + body : text;
}

}  // namespace layercast::control
