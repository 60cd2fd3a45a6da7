#include "control/rpc_command.h"

#include "control/routes.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string_view>
#include <utility>

namespace layercast::control {
namespace {

using scene::Value;

// Removes a member from an object and returns its value.
std::optional<Value> taken(Value& object, std::string_view key) {
  const auto member = std::ranges::find(object.members, key, &Value::Member::key);
  if (member == object.members.end()) return std::nullopt;
  Value value = std::move(member->value);
  object.members.erase(member);
  return value;
}

// Whether the params have the body of the route as the member that command.h names. The scene is an
// object there; in the body of the route, `scene` is its name.
bool is_wrapped(const Route& route, const Value& params) {
  const Value* body = params.find(route.body_member);
  return body != nullptr && !body->is(Value::Kind::kString);
}

// Moves the members of an unwrapped body, which stand beside `id`, into the member that command.h
// names. The place of the client's document in the params.
std::string wrap_body(const std::string& method, Value& params) {
  const Route* wanted = nullptr;
  for (const Route& route : routes()) {
    if (route.command != method || route.body_member.empty()) continue;
    if (is_wrapped(route, params)) return {};
    if (wanted == nullptr) wanted = &route;
  }
  const bool has_body = std::ranges::any_of(
      params.members, [&](const Value::Member& each) { return each.key != "id"; });
  // A patch of a layer has its own member in JSON-RPC.
  if (wanted == nullptr || method == "layers.update") return {};
  if (!has_body && wanted->takes_id()) return {};
  std::optional<Value> id;
  if (wanted->takes_id()) id = taken(params, "id");
  Value body = std::exchange(params, Value::object());
  if (id) params.add("id", *std::move(id));
  params.add(wanted->body_member, std::move(body));
  return "/" + std::string(wanted->body_member);
}

}  // namespace

Problem wrong_param(std::string_view key, std::string detail) {
  Problem refused = problem(422, detail);
  refused.errors.push_back({"/" + std::string(key), std::move(detail)});
  return refused;
}

base::Result<RpcCommand, Problem> rpc_command_from(const std::string& method, Value params) {
  RpcCommand command;
  CommandRequest& request = command.request;
  if (const auto wait = taken(params, "wait")) {
    auto level = ack_level_from(wait->text);
    if (!level) return wrong_param("wait", level.error().message);
    request.level = level.value();
  }
  if (const auto given = taken(params, "at")) {
    auto at = at_from(given->text);
    if (!at) return wrong_param("at", at.error().message);
    request.at = at.value();
  }
  if (const auto given = taken(params, "if_revision")) {
    const bool is_whole = given->is(Value::Kind::kNumber) &&
                          given->number == std::floor(given->number) &&
                          std::abs(given->number) < 9e15;
    if (!is_whole) return wrong_param("if_revision", "if_revision: expected a whole number");
    request.if_revision = static_cast<int64_t>(given->number);
  }
  command.body_pointer = wrap_body(method, params);
  request.command = {method, std::move(params)};
  return command;
}

}  // namespace layercast::control
