#include "control/http_response.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace layercast::control {
namespace {

std::string status_line(int status) {
  return "HTTP/1.1 " + std::to_string(status) + " " + std::string(title_of(status)) + "\r\n";
}

/// The fields that every response has, whatever its own `fields` are.
std::string fixed_fields(const Fields& fields) {
  std::string text =
      "X-Content-Type-Options: nosniff\r\nCross-Origin-Resource-Policy: same-origin\r\n"
      "Referrer-Policy: no-referrer\r\n";
  const auto has_caching = [](const auto& field) { return field.first == "Cache-Control"; };
  if (std::ranges::none_of(fields, has_caching)) text += "Cache-Control: no-store\r\n";
  return text;
}

// `a=1&b=two+words`, decoded; nullopt for an invalid percent escape.
std::optional<Fields> query_fields(std::string_view query) {
  Fields fields;
  while (!query.empty()) {
    const std::string_view pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), pair.size() + 1));
    if (pair.empty()) continue;
    const size_t equals = std::min(pair.find('='), pair.size());
    auto key = percent_decoded(pair.substr(0, equals));
    auto value = percent_decoded(pair.substr(std::min(pair.size(), equals + 1)));
    if (!key || !value) return std::nullopt;
    fields.emplace_back(*std::move(key), *std::move(value));
  }
  return fields;
}

}  // namespace

base::Result<Request, Problem> request_of(const RequestHead& head, std::string_view path, Role role,
                                          std::string body, const Found& found) {
  auto query = query_fields(head.query);
  if (!query) return problem(400, "the query contains an invalid percent escape");
  Request request;
  request.method = head.method;
  request.path = path;
  request.query = *std::move(query);
  request.headers = head.fields;
  request.body = std::move(body);
  request.role = role;
  request.id = found.id;
  request.index = found.index;
  return request;
}

ResponseBytes response_bytes(Answer answer, const RequestHead& head) {
  std::string start = status_line(answer.status);
  for (const auto& [name, value] : answer.headers) start += name + ": " + value + "\r\n";
  start += fixed_fields(answer.headers);
  // Neither response has content.
  const bool has_content = answer.status != 204 && answer.status != 304;
  if (has_content) {
    const size_t shared = answer.shared_body == nullptr ? 0 : answer.shared_body->size();
    start += "Content-Type: " + answer.type + "\r\n";
    start += "Content-Length: " + std::to_string(shared + answer.body.size()) + "\r\n";
  }
  if (!head.keeps_alive) start += "Connection: close\r\n";
  start += "\r\n";
  if (!has_content || head.method == "HEAD") return {std::move(start)};
  if (answer.shared_body == nullptr) return {start + answer.body};
  return {std::move(start), std::move(answer.shared_body), std::move(answer.body)};
}

std::string refusal_text(const Problem& problem, const RequestHead* head) {
  const std::string body = problem_text(problem);
  std::string text = status_line(problem.status);
  for (const auto& [name, value] : problem.headers) text += name + ": " + value + "\r\n";
  text += fixed_fields(problem.headers);
  text += "Content-Type: " + std::string(kProblemType) + "\r\nConnection: close\r\n";
  text += "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n";
  const bool has_body = head == nullptr || head->method != "HEAD";
  return has_body ? text + body : text;
}

}  // namespace layercast::control
