#include "control/role.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace layercast::control {
namespace {

constexpr std::array kNames = {
    std::pair{Role::kNone, std::string_view("none")},
    std::pair{Role::kRead, std::string_view("read")},
    std::pair{Role::kOperate, std::string_view("operate")},
    std::pair{Role::kAdmin, std::string_view("admin")},
};

}  // namespace

std::string_view name_of(Role role) { return kNames.at(static_cast<size_t>(role)).second; }

std::optional<Role> role_from(std::string_view name) {
  const auto* found = std::ranges::find(kNames, name, &std::pair<Role, std::string_view>::second);
  if (found == kNames.end() || found->first == Role::kNone) return std::nullopt;
  return found->first;
}

Problem role_too_small(Role needed, Role given, std::string_view token_name) {
  std::string token = "the token";
  if (!token_name.empty()) token += " " + std::string(token_name);
  Problem refused = problem(403, "this needs the role " + std::string(name_of(needed)) + "; " +
                                     token + " has the role " + std::string(name_of(given)));
  // RFC 6750, section 3.1
  refused.headers.emplace_back("WWW-Authenticate", "Bearer error=\"insufficient_scope\", scope=\"" +
                                                       std::string(name_of(needed)) + "\"");
  return refused;
}

}  // namespace layercast::control
