#include "control/routes.h"

#include "control/rpc.h"
#include "scene/live/command_codec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <set>

namespace layercast::control {
namespace {

using testing::UnorderedElementsAre;

// What a client with the role admin alone may do: whatever reaches beyond the present picture.
const std::set<std::string_view> kAdminCommands = {
    "scene.replace", "scene.patch", "stream.configure", "outputs.add", "outputs.remove"};

TEST(Routes, EachNeedsARoleUnlessItIsOpen) {
  std::vector<std::string_view> open;
  for (const Route& route : routes()) {
    if (route.role == Role::kNone) open.push_back(route.path);
    EXPECT_EQ(route.role == Role::kNone, route.access == Access::kOpen) << route.operation;
  }
  EXPECT_THAT(open, UnorderedElementsAre("/", "/healthz", "/readyz", "/api/v1/openapi.json"));
}

TEST(Routes, TheRoleReadOnlyReads) {
  for (const Route& route : routes()) {
    const bool reads = route.method == "GET";
    EXPECT_EQ(route.role <= Role::kRead, reads) << route.operation;
    EXPECT_FALSE(reads && !route.command.empty()) << route.operation;
  }
}

TEST(Routes, WhatReachesBeyondThePictureNeedsTheRoleAdmin) {
  for (const Route& route : routes()) {
    if (route.command.empty()) continue;
    const bool is_for_admins = kAdminCommands.contains(route.command);
    EXPECT_EQ(route.role, is_for_admins ? Role::kAdmin : Role::kOperate) << route.operation;
    EXPECT_EQ(role_for_command(route.command), route.role) << route.operation;
  }
}

TEST(Routes, EachCommandNeedsARole) {
  for (const scene::Method& method : scene::methods()) {
    const Role wanted = kAdminCommands.contains(method.name) ? Role::kAdmin : Role::kOperate;
    EXPECT_EQ(role_for_command(method.name), wanted) << method.name;
  }
  EXPECT_EQ(role_for_command("batch"), Role::kOperate);
  EXPECT_EQ(role_for_command("unknown"), Role::kAdmin);
  EXPECT_EQ(role_for_command(""), Role::kAdmin);
}

TEST(Routes, EachMethodOfJsonRpcNeedsARole) {
  for (const RpcMethod& method : rpc_methods()) {
    const bool changes = method.name == "scheduled.cancel" || method.name == "layers.release";
    EXPECT_EQ(method.role, changes ? Role::kOperate : Role::kRead) << method.name;
    EXPECT_EQ(role_for_command(method.name), Role::kAdmin) << method.name << " is no command";
  }
}

TEST(Roles, HaveNames) {
  for (const Role role : {Role::kRead, Role::kOperate, Role::kAdmin}) {
    EXPECT_EQ(role_from(name_of(role)), role);
  }
  for (const char* name : {"none", "", "Admin", "root", "reads"}) {
    EXPECT_EQ(role_from(name), std::nullopt) << name;
  }
}

}  // namespace
}  // namespace layercast::control
