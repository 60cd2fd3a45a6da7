#include "control/problem.h"

#include "base/shortened.h"
#include "scene/wire/json_codec.h"

#include <algorithm>
#include <array>

namespace layercast::control {
namespace {

struct StatusName {
  int status;
  std::string_view name;
  std::string_view title;
};

// Messages shorten each foreign text by itself; these bound what they missed.
constexpr size_t kDetailBytesMax = 1000;
constexpr size_t kErrorsBytesMax = 48 << 10;

constexpr std::array kStatusNames = {
    StatusName{100, "", "Continue"},
    StatusName{200, "", "OK"},
    StatusName{201, "", "Created"},
    StatusName{202, "", "Accepted"},
    StatusName{204, "", "No Content"},
    StatusName{304, "", "Not Modified"},
    StatusName{400, "bad_request", "Bad Request"},
    StatusName{401, "unauthorized", "Unauthorized"},
    StatusName{403, "forbidden", "Forbidden"},
    StatusName{404, "not_found", "Not Found"},
    StatusName{405, "method_not_allowed", "Method Not Allowed"},
    StatusName{408, "request_timeout", "Request Timeout"},
    StatusName{409, "conflict", "Conflict"},
    StatusName{411, "length_required", "Length Required"},
    StatusName{412, "stale", "Precondition Failed"},
    StatusName{413, "limit", "Content Too Large"},
    StatusName{414, "uri_too_long", "URI Too Long"},
    StatusName{415, "unsupported_media_type", "Unsupported Media Type"},
    StatusName{417, "expectation_failed", "Expectation Failed"},
    StatusName{421, "misdirected_request", "Misdirected Request"},
    StatusName{422, "invalid_input", "Unprocessable Content"},
    StatusName{426, "upgrade_required", "Upgrade Required"},
    StatusName{429, "too_many_requests", "Too Many Requests"},
    StatusName{431, "head_too_large", "Request Header Fields Too Large"},
    StatusName{500, "internal", "Internal Server Error"},
    StatusName{501, "not_implemented", "Not Implemented"},
    StatusName{503, "unavailable", "Service Unavailable"},
    StatusName{505, "http_version_not_supported", "HTTP Version Not Supported"},
};

const StatusName* entry_of(int status) {
  const auto* entry = std::ranges::find(kStatusNames, status, &StatusName::status);
  return entry == kStatusNames.end() ? nullptr : entry;
}

/// A JSON pointer into the params, as one into the request body.
std::string without_prefix(const std::string& pointer, std::string_view prefix) {
  if (prefix.empty() || !pointer.starts_with(prefix)) return pointer;
  const std::string rest = pointer.substr(prefix.size());
  return rest.empty() || rest.starts_with('/') ? rest : pointer;
}

scene::Value errors_document(const Problem& problem) {
  using scene::Value;
  // Of the line breaks and the indentation of one error.
  constexpr size_t kLayoutBytes = 64;
  Value errors = Value::array();
  const auto add = [&](const std::string& pointer, const std::string& detail) {
    errors.items.push_back(Value::object()
                               .add("pointer", Value::of(base::shortened(pointer, kDetailBytesMax)))
                               .add("detail", Value::of(base::shortened(detail, kDetailBytesMax))));
  };
  size_t bytes = 0;
  size_t more = problem.errors.size() + problem.more_errors;
  for (const auto& fault : problem.errors) {
    add(fault.pointer, fault.detail);
    bytes += scene::write_json(errors.items.back(), 0).size() + kLayoutBytes;
    if (bytes > kErrorsBytesMax) {
      errors.items.pop_back();
      break;
    }
    --more;
  }
  if (more > 0) add({}, std::to_string(more) + (more == 1 ? " more fault" : " more faults"));
  return errors;
}

}  // namespace

std::string_view title_of(int status) {
  const StatusName* entry = entry_of(status);
  return entry == nullptr ? std::string_view{} : entry->title;
}

Problem problem(int status, std::string_view detail) {
  Problem made;
  made.status = status;
  if (const StatusName* entry = entry_of(status)) made.name = entry->name;
  made.detail = base::shortened(detail, kDetailBytesMax);
  return made;
}

Problem problem_of(const base::Error& error) {
  const base::ErrorMeaning& meaning = base::meaning_of(error.code);
  Problem made;
  // Well-formed but invalid content is 422, not 400.
  made.status = error.code == base::ErrorCode::kInvalidInput ? 422 : meaning.http_status;
  made.name = meaning.name;
  made.detail = base::shortened(error.to_string(), kDetailBytesMax);
  if (meaning.retryable && made.status == 503) made.headers.emplace_back("Retry-After", "1");
  return made;
}

Problem problem_of(const scene::Refusal& refusal, std::string_view prefix) {
  Problem made = problem_of(refusal.error);
  for (const auto& fault : refusal.faults) {
    made.errors.push_back({without_prefix(fault.pointer, prefix), fault.detail});
  }
  made.more_errors = refusal.more_faults;
  return made;
}

scene::Value document_of(const Problem& problem) {
  using scene::Value;
  Value document = Value::object();
  document.add("type", Value::of("urn:problem-type:layercast:" + problem.name))
      .add("title", Value::of(title_of(problem.status)))
      .add("status", Value::of(problem.status))
      .add("detail", Value::of(problem.detail));
  if (!problem.errors.empty()) document.add("errors", errors_document(problem));
  if (problem.revision) {
    document.add("revision", Value::of(static_cast<double>(*problem.revision)));
  }
  return document;
}

std::string problem_text(const Problem& problem) {
  return scene::write_json(document_of(problem)) + "\n";
}

}  // namespace layercast::control
