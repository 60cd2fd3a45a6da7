// Any bytes as the head of an HTTP request, as the HTTP listener reads it: a request without
// ambiguities, or a refusal with its status.

#include "base/ascii.h"
#include "base/check.h"
#include "control/http_response.h"
#include "control/request_head.h"
#include "control/routes.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace control = layercast::control;

namespace {

void check_head(const control::RequestHead& head) {
  LAYERCAST_CHECK(!head.method.empty() && head.content_length >= 0);
  for (const auto& [name, value] : head.fields) {
    LAYERCAST_CHECK(!name.empty() && name == layercast::base::lower_case(name));
    // Neither may end its own line in a response that repeats it.
    LAYERCAST_CHECK(value.find_first_of("\r\n") == std::string::npos);
  }
  const auto is_length = [](const auto& field) { return field.first == "content-length"; };
  const auto lengths = std::ranges::count_if(head.fields, is_length);
  LAYERCAST_CHECK(lengths <= 1 || !head.has_length);
  LAYERCAST_CHECK(head.find("transfer-encoding") == nullptr);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  const std::string_view received(reinterpret_cast<const char*>(bytes), size);
  const auto length = control::head_length(received);
  if (!length) return 0;
  LAYERCAST_CHECK(*length <= size);
  const auto parsed = control::parse_head(received.substr(0, *length));
  if (!parsed.ok()) {
    const control::Problem& refused = parsed.error();
    LAYERCAST_CHECK(refused.status >= 400 && refused.status < 600 && !refused.detail.empty());
    LAYERCAST_CHECK(control::refusal_text(refused, nullptr).starts_with("HTTP/1.1 "));
    return 0;
  }
  const control::RequestHead& head = parsed.value();
  check_head(head);
  const auto path = control::percent_decoded(head.path);
  if (!path) return 0;
  const control::Found found = control::find_route(head.method, *path);
  const auto request = control::request_of(head, *path, control::Role::kNone, {}, found);
  if (!request.ok()) LAYERCAST_CHECK(request.error().status == 400);
  return 0;
}
