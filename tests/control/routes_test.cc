#include "control/routes.h"

#include "control/rpc.h"
#include "scene/live/command_codec.h"

#include <functional>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <map>
#include <set>
#include <string>

namespace layercast::control {
namespace {

using testing::UnorderedElementsAre;

// What a client with the role admin alone may do: whatever reaches beyond the present picture.
const std::set<std::string_view> kAdminCommands = {
    "scene.replace", "scene.patch", "stream.configure", "outputs.add", "outputs.remove"};

// The role that each route, and each method of JSON-RPC, needs. Who adds one decides on its role.
const std::map<std::string, Role, std::less<>> kRolesOfRoutes = {
    {"GET /", Role::kNone},
    {"GET /healthz", Role::kNone},
    {"GET /readyz", Role::kNone},
    {"GET /metrics", Role::kRead},
    {"GET /api/v1/openapi.json", Role::kNone},
    {"GET /api/v1/ws", Role::kRead},
    {"GET /api/v1/scene", Role::kRead},
    {"PUT /api/v1/scene", Role::kAdmin},
    {"PATCH /api/v1/scene", Role::kAdmin},
    {"GET /api/v1/layers", Role::kRead},
    {"POST /api/v1/layers", Role::kOperate},
    {"GET /api/v1/layers/{id}", Role::kRead},
    {"PATCH /api/v1/layers/{id}", Role::kOperate},
    {"PUT /api/v1/layers/{id}", Role::kOperate},
    {"GET /api/v1/layers/{id}/run", Role::kRead},
    {"POST /api/v1/layers/{id}/restart", Role::kOperate},
    {"POST /api/v1/layers/{id}/release", Role::kOperate},
    {"POST /api/v1/layers/{id}/stopwatch", Role::kOperate},
    {"DELETE /api/v1/layers/{id}", Role::kOperate},
    {"POST /api/v1/layers/{id}/messages", Role::kOperate},
    {"GET /api/v1/layers/{id}/animations", Role::kRead},
    {"POST /api/v1/layers/{id}/animations", Role::kOperate},
    {"PUT /api/v1/layers/{id}/animations", Role::kOperate},
    {"DELETE /api/v1/layers/{id}/animations/{index}", Role::kOperate},
    {"GET /api/v1/scheduled", Role::kRead},
    {"DELETE /api/v1/scheduled/{index}", Role::kOperate},
    {"PUT /api/v1/active", Role::kOperate},
    {"POST /api/v1/batch", Role::kOperate},
    {"GET /api/v1/audio", Role::kRead},
    {"POST /api/v1/audio", Role::kOperate},
    {"GET /api/v1/audio/{id}", Role::kRead},
    {"PATCH /api/v1/audio/{id}", Role::kOperate},
    {"GET /api/v1/audio/{id}/run", Role::kRead},
    {"POST /api/v1/audio/{id}/restart", Role::kOperate},
    {"DELETE /api/v1/audio/{id}", Role::kOperate},
    {"GET /api/v1/status", Role::kRead},
    {"POST /api/v1/stream/start", Role::kOperate},
    {"POST /api/v1/stream/stop", Role::kOperate},
    {"POST /api/v1/stream/pause", Role::kOperate},
    {"GET /api/v1/stream/config", Role::kRead},
    {"PATCH /api/v1/stream/config", Role::kAdmin},
    {"GET /api/v1/outputs", Role::kRead},
    {"POST /api/v1/outputs", Role::kAdmin},
    {"GET /api/v1/outputs/{id}", Role::kRead},
    {"DELETE /api/v1/outputs/{id}", Role::kAdmin},
    {"GET /api/v1/snapshot.png", Role::kRead},
    {"GET /api/v1/snapshot.jpg", Role::kRead},
    {"GET /api/v1/preview.mjpeg", Role::kRead},
};
const std::map<std::string, Role, std::less<>> kRolesOfMethods = {
    {"scene.get", Role::kRead},          {"layers.list", Role::kRead},
    {"layers.get", Role::kRead},         {"layers.animations.list", Role::kRead},
    {"audio.list", Role::kRead},         {"audio.get", Role::kRead},
    {"status.get", Role::kRead},         {"outputs.list", Role::kRead},
    {"subscribe", Role::kRead},          {"unsubscribe", Role::kRead},
    {"scheduled.list", Role::kRead},     {"scheduled.cancel", Role::kOperate},
    {"layers.release", Role::kOperate},  {"scene.replace", Role::kAdmin},
    {"scene.patch", Role::kAdmin},       {"layers.create", Role::kOperate},
    {"layers.update", Role::kOperate},   {"layers.replace", Role::kOperate},
    {"layers.restart", Role::kOperate},  {"layers.stopwatch", Role::kOperate},
    {"layers.delete", Role::kOperate},   {"chat.say", Role::kOperate},
    {"layers.animate", Role::kOperate},  {"layers.animations.remove", Role::kOperate},
    {"layers.activate", Role::kOperate}, {"batch", Role::kOperate},
    {"audio.add", Role::kOperate},       {"audio.update", Role::kOperate},
    {"audio.restart", Role::kOperate},   {"audio.remove", Role::kOperate},
    {"stream.start", Role::kOperate},    {"stream.stop", Role::kOperate},
    {"stream.pause", Role::kOperate},    {"stream.configure", Role::kAdmin},
    {"outputs.add", Role::kAdmin},       {"outputs.remove", Role::kAdmin},
};

TEST(Routes, EachNeedsTheRoleOfTheTable) {
  std::map<std::string, Role, std::less<>> found;
  for (const Route& route : routes()) {
    found.emplace(std::string(route.method) + " " + std::string(route.path), route.role);
  }
  EXPECT_EQ(found.size(), routes().size());
  EXPECT_THAT(found, testing::ContainerEq(kRolesOfRoutes));
}

TEST(Routes, EachMethodOfJsonRpcNeedsTheRoleOfTheTable) {
  std::map<std::string, Role, std::less<>> found;
  for (const RpcMethod& method : rpc_methods()) found.emplace(method.name, method.role);
  for (const Route& route : routes()) {
    if (route.command.empty()) continue;
    const Role role = role_for_command(route.command);
    const auto [entry, is_new] = found.emplace(route.command, role);
    EXPECT_EQ(entry->second, role) << route.command;
  }
  EXPECT_THAT(found, testing::ContainerEq(kRolesOfMethods));
}

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
