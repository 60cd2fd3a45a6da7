#include "control/request_head.h"

#include "base/ascii.h"
#include "base/parse_number.h"

#include <algorithm>

namespace layercast::control {
namespace {

constexpr size_t kTargetBytesMax = 4096;
constexpr size_t kFieldsMax = 64;

bool is_token_character(char c) {
  constexpr std::string_view kOthers = "!#$%&'*+-.^_`|~";
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         kOthers.find(c) != std::string_view::npos;
}

bool is_token(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, is_token_character);
}

/// Fields may hold bytes above 127, but no control characters other than a tab.
bool is_field_value(std::string_view text) {
  return std::ranges::none_of(text, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\t') || byte == 0x7f;
  });
}

bool is_target(std::string_view text) {
  return text.starts_with('/') &&
         std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7f; });
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

base::Result<void, Problem> read_request_line(std::string_view line, RequestHead& head) {
  const size_t first = line.find(' ');
  const size_t last = line.rfind(' ');
  if (first == std::string_view::npos || first == last) {
    return problem(400, "the request line is not METHOD TARGET VERSION");
  }
  const std::string_view version = line.substr(last + 1);
  head.method = line.substr(0, first);
  head.target = line.substr(first + 1, last - first - 1);
  if (!is_token(head.method)) return problem(400, "the method is not a token");
  if (version != "HTTP/1.1" && version != "HTTP/1.0") {
    return version.starts_with("HTTP/") ? problem(505, "unsupported version; expected HTTP/1.1")
                                        : problem(400, "the request line has no HTTP version");
  }
  head.keeps_alive = version == "HTTP/1.1";
  if (head.target.size() > kTargetBytesMax) {
    return problem(414, "the request target exceeds " + std::to_string(kTargetBytesMax) + " bytes");
  }
  if (!is_target(head.target)) return problem(400, "the request target is not an absolute path");
  const size_t question = std::min(head.target.find('?'), head.target.size());
  head.path = head.target.substr(0, question);
  if (question < head.target.size()) head.query = head.target.substr(question + 1);
  return {};
}

base::Result<void, Problem> read_field(std::string_view line, RequestHead& head) {
  const size_t colon = line.find(':');
  if (colon == std::string_view::npos || !is_token(line.substr(0, colon))) {
    return problem(400, "a header field has an invalid name");
  }
  const std::string_view value = trimmed(line.substr(colon + 1));
  if (!is_field_value(value)) return problem(400, "a header field contains control characters");
  if (head.fields.size() == kFieldsMax) {
    return problem(431, "more than " + std::to_string(kFieldsMax) + " header fields");
  }
  head.fields.emplace_back(base::lower_case(line.substr(0, colon)), value);
  return {};
}

/// Refuses duplicates of fields whose meaning would then be ambiguous.
base::Result<void, Problem> check_fields_once(const RequestHead& head) {
  for (const std::string_view name : {"host", "content-length", "content-type", "authorization",
                                      "origin", "if-match", "expect", "transfer-encoding"}) {
    const auto count = std::ranges::count(head.fields, name, [](const auto& f) { return f.first; });
    if (count > 1) return problem(400, "the header field " + std::string(name) + " is duplicated");
  }
  return {};
}

base::Result<void, Problem> read_framing(RequestHead& head) {
  if (head.find("transfer-encoding") != nullptr) {
    return problem(411, "Transfer-Encoding is not supported; expected Content-Length");
  }
  if (const std::string* encoding = head.find("content-encoding");
      encoding != nullptr && base::lower_case(*encoding) != "identity") {
    Problem refused = problem(415, "Content-Encoding is not supported; expected identity");
    refused.headers.emplace_back("Accept-Encoding", "identity");
    return refused;
  }
  if (const std::string* length = head.find("content-length")) {
    const auto bytes = base::parse_number<int64_t>(*length);
    if (!bytes || length->starts_with('-')) return problem(400, "Content-Length is not a number");
    head.content_length = *bytes;
    head.has_length = true;
  }
  if (const std::string* expect = head.find("expect");
      expect != nullptr && base::lower_case(*expect) != "100-continue") {
    return problem(417, "unsupported Expect header; expected 100-continue");
  }
  if (head.has_token("connection", "close")) head.keeps_alive = false;
  return {};
}

}  // namespace

std::string_view trimmed(std::string_view text) { return base::trimmed(text, " \t"); }

const std::string* RequestHead::find(std::string_view name) const {
  const auto field = std::ranges::find(fields, name, [](const auto& f) { return f.first; });
  return field == fields.end() ? nullptr : &field->second;
}

std::string_view RequestHead::value_of(std::string_view name) const {
  const std::string* value = find(name);
  return value == nullptr ? std::string_view{} : std::string_view(*value);
}

bool RequestHead::has_token(std::string_view name, std::string_view token) const {
  for (const auto& [key, value] : fields) {
    if (key != name) continue;
    std::string_view rest = value;
    while (!rest.empty()) {
      const size_t comma = std::min(rest.find(','), rest.size());
      if (base::lower_case(trimmed(rest.substr(0, comma))) == token) return true;
      rest.remove_prefix(std::min(comma + 1, rest.size()));
    }
  }
  return false;
}

std::optional<size_t> head_length(std::string_view received) {
  const size_t end = received.find("\r\n\r\n");
  if (end == std::string_view::npos) return std::nullopt;
  return end + 4;
}

base::Result<RequestHead, Problem> parse_head(std::string_view head) {
  RequestHead read;
  head.remove_suffix(std::min<size_t>(2, head.size()));  // the empty line at its end
  bool is_first = true;
  while (!head.empty()) {
    const size_t end = head.find("\r\n");
    if (end == std::string_view::npos) return problem(400, "a header line does not end with CRLF");
    const std::string_view line = head.substr(0, end);
    TRY_DO(is_first ? read_request_line(line, read) : read_field(line, read));
    is_first = false;
    head.remove_prefix(end + 2);
  }
  if (is_first) return problem(400, "the request line is missing");
  TRY_DO(check_fields_once(read));
  TRY_DO(read_framing(read));
  return read;
}

std::optional<std::string> percent_decoded(std::string_view text) {
  std::string decoded;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded += text[i] == '+' ? ' ' : text[i];
      continue;
    }
    if (i + 2 >= text.size()) return std::nullopt;
    const int high = hex_digit(text[i + 1]);
    const int low = hex_digit(text[i + 2]);
    if (high < 0 || low < 0) return std::nullopt;
    decoded += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return decoded;
}

std::optional<std::string> query_value(std::string_view query, std::string_view key) {
  while (!query.empty()) {
    const size_t end = std::min(query.find('&'), query.size());
    const std::string_view pair = query.substr(0, end);
    const size_t equals = std::min(pair.find('='), pair.size());
    if (percent_decoded(pair.substr(0, equals)) == key) {
      return percent_decoded(pair.substr(std::min(equals + 1, pair.size())));
    }
    query.remove_prefix(std::min(end + 1, query.size()));
  }
  return std::nullopt;
}

}  // namespace layercast::control
