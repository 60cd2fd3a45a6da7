#include "control/routes.h"

#include "control/api.h"

#include <algorithm>
#include <array>

namespace layercast::control {
namespace {

constexpr std::string_view kPageType = "text/html";
constexpr std::string_view kMetricsType = "text/plain";

constexpr std::array kRoutes = {
    Route{.method = "GET",
          .path = "/",
          .operation = "page",
          .summary = "The dashboard, a page that shows the stream and changes it.",
          .answer = &Api::page,
          .answer_type = kPageType,
          .access = Access::kOpen},
    Route{.method = "GET",
          .path = "/healthz",
          .operation = "health",
          .summary = "Liveness: 200 while the process answers.",
          .answer = &Api::health,
          .answer_schema = "liveness",
          .access = Access::kOpen},
    Route{.method = "GET",
          .path = "/readyz",
          .operation = "readiness",
          .summary = "Readiness: 503 while the health is failed: the stream is stopped, no output "
                     "gets frames, or no change can be stored; else 200, also while the health is "
                     "degraded. Only clients with the token see the health and its reasons.",
          .answer = &Api::readiness,
          .answer_schema = "readiness",
          .access = Access::kOpen},
    Route{.method = "GET",
          .path = "/metrics",
          .operation = "metrics",
          .summary = "Every metric, in the Prometheus text format.",
          .answer = &Api::metrics,
          .role = Role::kRead,
          .answer_type = kMetricsType},
    Route{.method = "GET",
          .path = "/api/v1/openapi.json",
          .operation = "openapi",
          .summary = "This document.",
          .answer = &Api::openapi,
          .answer_schema = "any",
          .access = Access::kOpen},
    Route{.method = "GET",
          .path = "/api/v1/ws",
          .operation = "ws",
          .summary = "The same API over WebSocket: JSON-RPC 2.0 with notifications.",
          .answer = &Api::ws,
          .role = Role::kRead,
          .access = Access::kTokenInQuery,
          .serving = Serving::kWebSocket},

    Route{.method = "GET",
          .path = "/api/v1/scene",
          .operation = "scene.get",
          .summary = "The whole live scene.",
          .answer = &Api::scene,
          .role = Role::kRead,
          .answer_schema = "live-scene",
          .has_etag = true},
    Route{.method = "PUT",
          .path = "/api/v1/scene",
          .operation = "scene.replace",
          .summary =
              "Makes the live scene equal to the body, which may be a document that GET returned.",
          .answer = &Api::execute,
          .role = Role::kAdmin,
          .answer_schema = "any",
          .lane = Lane::kStore,
          .command = "scene.replace",
          .body_schema = "live-scene",
          .body_member = "scene"},
    Route{.method = "PATCH",
          .path = "/api/v1/scene",
          .operation = "scene.patch",
          .summary =
              "Merges a patch into the scene. The patch cannot contain layers, sounds or outputs.",
          .answer = &Api::execute,
          .role = Role::kAdmin,
          .answer_schema = "any",
          .lane = Lane::kStore,
          .command = "scene.patch",
          .body_schema = "scene-patch",
          .body_member = "patch"},

    Route{.method = "GET",
          .path = "/api/v1/layers",
          .operation = "layers.list",
          .summary = "All layers, in the order of the scene.",
          .answer = &Api::layers,
          .role = Role::kRead,
          .answer_schema = "layers",
          .has_etag = true},
    Route{.method = "POST",
          .path = "/api/v1/layers",
          .operation = "layers.create",
          .summary = "Adds a layer. If the body has no id and a layer of the same type and content "
                     "exists, returns that layer with 200 instead of 201.",
          .answer = &Api::execute,
          .role = Role::kOperate,
          .answer_schema = "layer",
          .lane = Lane::kStore,
          .command = "layers.create",
          .body_schema = "new-layer",
          .body_member = "layer",
          .status = 201},
    Route{.method = "GET",
          .path = "/api/v1/layers/{id}",
          .operation = "layers.get",
          .summary = "One layer.",
          .answer = &Api::layer,
          .role = Role::kRead,
          .answer_schema = "layer",
          .has_etag = true},
    Route{.method = "PATCH",
          .path = "/api/v1/layers/{id}",
          .operation = "layers.update",
          .summary = "Merges a patch into a layer.",
          .answer = &Api::execute,
          .role = Role::kOperate,
          .answer_schema = "layer",
          .lane = Lane::kStore,
          .command = "layers.update",
          .body_schema = "layer-patch",
          .body_member = "patch"},
    Route{.method = "PUT",
          .path = "/api/v1/layers/{id}",
          .operation = "layers.replace",
          .summary = "Replaces an existing layer.",
          .answer = &Api::execute,
          .role = Role::kOperate,
          .answer_schema = "layer",
          .lane = Lane::kStore,
          .command = "layers.replace",
          .body_schema = "new-layer",
          .body_member = "layer"},
    Route{.method = "GET",
          .path = "/api/v1/layers/{id}/run",
          .operation = "layers.run",
          .summary = "The run state of a layer: when its parts began, in stream time, and why it "
                     "does not show "
                     "its content.",
          .answer = &Api::layer_run,
          .role = Role::kRead,
          .answer_schema = "layer-run"},
    Route{.method = "POST",
          .path = "/api/v1/layers/{id}/restart",
          .operation = "layers.restart",
          .summary = "Starts the content and the animations of a layer again.",
          .answer = &Api::execute,
          .role = Role::kOperate,
          .answer_schema = "layer",
          .lane = Lane::kStore,
          .command = "layers.restart"},
    Route{.method = "POST",
          .path = "/api/v1/layers/{id}/release",
          .operation = "layers.release",
          .summary = "Loads the content of a layer that is held because it was loading when a "
                     "former process died; no effect on a layer that is not held.",
          .answer = &Api::release_layer,
          .role = Role::kOperate,
          .answer_schema = "released",
          .lane = Lane::kStore},
    Route{.method = "POST",
          .path = "/api/v1/layers/{id}/stopwatch",
          .operation = "layers.stopwatch",
          .summary = "Starts, stops or resets the stopwatch of a text with {{elapsed}}; reset also "
                     "begins its countdowns again.",
          .answer = &Api::execute,
          .role = Role::kOperate,
          .answer_schema = "layer",
          .lane = Lane::kStore,
          .command = "layers.stopwatch",
          .body_schema = "stopwatch"},
    Route{.method = "DELETE",
          .path = "/api/v1/layers/{id}",
          .operation = "layers.delete",
          .summary = "Removes a layer.",
          .answer = &Api::execute,
          .role = Role::kOperate,
          .answer_schema = "named",
          .lane = Lane::kStore,
          .command = "layers.delete"},
    Route{.method = "POST",
          .path = "/api/v1/layers/{id}/messages",
          .operation = "chat.say",
          .summary = "Posts a message to a chat layer.",
          .answer = &Api::execute,
          .role = Role::kOperate,
          .answer_schema = "any",
          .lane = Lane::kStore,
          .command = "chat.say",
          .body_schema = "message",
          .body_member = "message"},
    Route{.method = "GET",
          .path = "/api/v1/layers/{id}/animations",
          .operation = "layers.animations.list",
          .summary = "The animations of a layer, and what each is doing now.",
          .answer = &Api::animations,
          .role = Role::kRead,
          .answer_schema = "animation-list"},
    Route{.method = "POST",
          .path = "/api/v1/layers/{id}/animations",
          .operation = "layers.animate",
          .summary = "Adds an animation, which starts at the first frame that shows it.",
          .answer = &Api::execute,
          .role = Role::kOperate,
          .answer_schema = "layer",
          .lane = Lane::kStore,
          .command = "layers.animate",
          .body_schema = "animation",
          .body_member = "animation"},
    Route{.method = "PUT",
          .path = "/api/v1/layers/{id}/animations",
          .operation = "layers.animations.replace",
          .summary = "Replaces all animations of a layer.",
          .answer = &Api::execute,
          .role = Role::kOperate,
          .answer_schema = "layer",
          .lane = Lane::kStore,
          .command = "layers.animate",
          .body_schema = "animations",
          .body_member = "animations"},
    Route{.method = "DELETE",
          .path = "/api/v1/layers/{id}/animations/{index}",
          .operation = "layers.animations.remove",
          .summary = "Removes an animation of a layer by its place in the list, from 0.",
          .answer = &Api::execute,
          .role = Role::kOperate,
          .answer_schema = "layer",
          .lane = Lane::kStore,
          .command = "layers.animations.remove"},
    Route{.method = "GET",
          .path = "/api/v1/scheduled",
          .operation = "scheduled.list",
          .summary = "The commands that wait for their time, in its order.",
          .answer = &Api::scheduled,
          .role = Role::kRead,
          .answer_schema = "scheduled"},
    Route{.method = "DELETE",
          .path = "/api/v1/scheduled/{index}",
          .operation = "scheduled.cancel",
          .summary = "Cancels a scheduled command by its number.",
          .answer = &Api::cancel_scheduled,
          .role = Role::kOperate,
          .answer_schema = "cancelled",
          .lane = Lane::kStore},
    Route{.method = "PUT",
          .path = "/api/v1/active",
          .operation = "layers.activate",
          .summary = "Makes a layer the active layer; null clears it.",
          .answer = &Api::execute,
          .role = Role::kOperate,
          .answer_schema = "named",
          .lane = Lane::kStore,
          .command = "layers.activate",
          .body_schema = "active"},
    Route{.method = "POST",
          .path = "/api/v1/batch",
          .operation = "batch",
          .summary = "Applies several commands atomically, in one revision and one frame.",
          .answer = &Api::execute,
          .role = Role::kOperate,
          .answer_schema = "results",
          .lane = Lane::kStore,
          .command = "batch",
          .body_schema = "batch"},

    Route{.method = "GET",
          .path = "/api/v1/audio",
          .operation = "audio.list",
          .summary = "All sounds, in the order of the scene.",
          .answer = &Api::tracks,
          .role = Role::kRead,
          .answer_schema = "sounds",
          .has_etag = true},
    Route{.method = "POST",
          .path = "/api/v1/audio",
          .operation = "audio.add",
          .summary = "Adds a sound, which starts at the first frame that shows the change.",
          .answer = &Api::execute,
          .role = Role::kOperate,
          .answer_schema = "audio",
          .lane = Lane::kStore,
          .command = "audio.add",
          .body_schema = "new-audio",
          .body_member = "audio",
          .status = 201},
    Route{.method = "GET",
          .path = "/api/v1/audio/{id}",
          .operation = "audio.get",
          .summary = "One sound.",
          .answer = &Api::track,
          .role = Role::kRead,
          .answer_schema = "audio",
          .has_etag = true},
    Route{.method = "PATCH",
          .path = "/api/v1/audio/{id}",
          .operation = "audio.update",
          .summary = "Merges a patch into a sound. Volume and mute change without a click.",
          .answer = &Api::execute,
          .role = Role::kOperate,
          .answer_schema = "audio",
          .lane = Lane::kStore,
          .command = "audio.update",
          .body_schema = "audio-patch",
          .body_member = "patch"},
    Route{.method = "GET",
          .path = "/api/v1/audio/{id}/run",
          .operation = "audio.run",
          .summary = "The run state of a sound: when it began, in stream time.",
          .answer = &Api::track_run,
          .role = Role::kRead,
          .answer_schema = "audio-run",
          .has_etag = true},
    Route{.method = "POST",
          .path = "/api/v1/audio/{id}/restart",
          .operation = "audio.restart",
          .summary = "Starts a sound again.",
          .answer = &Api::execute,
          .role = Role::kOperate,
          .answer_schema = "audio",
          .lane = Lane::kStore,
          .command = "audio.restart"},
    Route{.method = "DELETE",
          .path = "/api/v1/audio/{id}",
          .operation = "audio.remove",
          .summary = "Removes a sound.",
          .answer = &Api::execute,
          .role = Role::kOperate,
          .answer_schema = "named",
          .lane = Lane::kStore,
          .command = "audio.remove"},

    Route{.method = "GET",
          .path = "/api/v1/status",
          .operation = "status.get",
          .summary = "The status of the daemon and of the stream.",
          .answer = &Api::status,
          .role = Role::kRead,
          .answer_schema = "status"},
    Route{.method = "POST",
          .path = "/api/v1/stream/start",
          .operation = "stream.start",
          .summary = "Starts the stream.",
          .answer = &Api::execute,
          .role = Role::kOperate,
          .answer_schema = "stream-config",
          .lane = Lane::kStore,
          .command = "stream.start"},
    Route{.method = "POST",
          .path = "/api/v1/stream/stop",
          .operation = "stream.stop",
          .summary = "Stops the stream and finishes its outputs.",
          .answer = &Api::execute,
          .role = Role::kOperate,
          .answer_schema = "stream-config",
          .lane = Lane::kStore,
          .command = "stream.stop"},
    Route{.method = "POST",
          .path = "/api/v1/stream/pause",
          .operation = "stream.pause",
          .summary = "Freezes the picture; outputs stay live.",
          .answer = &Api::execute,
          .role = Role::kOperate,
          .answer_schema = "stream-config",
          .lane = Lane::kStore,
          .command = "stream.pause"},
    Route{.method = "GET",
          .path = "/api/v1/stream/config",
          .operation = "stream.config",
          .summary = "Size, frame rate and encoding of the stream.",
          .answer = &Api::stream_config,
          .role = Role::kRead,
          .answer_schema = "stream-config",
          .has_etag = true},
    Route{.method = "PATCH",
          .path = "/api/v1/stream/config",
          .operation = "stream.configure",
          .summary = "Changes size, frame rate or encoding of the stream.",
          .answer = &Api::execute,
          .role = Role::kAdmin,
          .answer_schema = "stream-config",
          .lane = Lane::kStore,
          .command = "stream.configure",
          .body_schema = "stream-patch",
          .body_member = "patch"},

    Route{.method = "GET",
          .path = "/api/v1/outputs",
          .operation = "outputs.list",
          .summary = "All outputs and their state.",
          .answer = &Api::outputs,
          .role = Role::kRead,
          .answer_schema = "outputs"},
    Route{.method = "POST",
          .path = "/api/v1/outputs",
          .operation = "outputs.add",
          .summary = "Adds an output.",
          .answer = &Api::execute,
          .role = Role::kAdmin,
          .answer_schema = "output",
          .lane = Lane::kStore,
          .command = "outputs.add",
          .body_schema = "new-output",
          .body_member = "output",
          .status = 201},
    Route{.method = "GET",
          .path = "/api/v1/outputs/{id}",
          .operation = "outputs.get",
          .summary = "One output and its state.",
          .answer = &Api::output,
          .role = Role::kRead,
          .answer_schema = "output-state"},
    Route{.method = "DELETE",
          .path = "/api/v1/outputs/{id}",
          .operation = "outputs.remove",
          .summary = "Finishes an output and removes it.",
          .answer = &Api::execute,
          .role = Role::kAdmin,
          .answer_schema = "named",
          .lane = Lane::kStore,
          .command = "outputs.remove"},

    Route{.method = "GET",
          .path = "/api/v1/snapshot.png",
          .operation = "snapshot.png",
          .summary = "The newest frame as PNG.",
          .answer = &Api::snapshot,
          .role = Role::kRead,
          .answer_type = "image/png",
          .lane = Lane::kFrame,
          .access = Access::kTokenInQuery},
    Route{.method = "GET",
          .path = "/api/v1/snapshot.jpg",
          .operation = "snapshot.jpg",
          .summary = "The newest frame as JPEG.",
          .answer = &Api::snapshot,
          .role = Role::kRead,
          .answer_type = "image/jpeg",
          .lane = Lane::kFrame,
          .access = Access::kTokenInQuery},
    Route{
        .method = "GET",
        .path = "/api/v1/preview.mjpeg",
        .operation = "preview",
        .summary =
            "A preview of the stream as motion JPEG, at most 640 px wide and 10 frames per second.",
        .answer = &Api::preview,
        .role = Role::kRead,
        .answer_type = "multipart/x-mixed-replace",
        .access = Access::kTokenInQuery,
        .serving = Serving::kPreview},
};

// A new route cannot be without a role.
static_assert(std::ranges::all_of(kRoutes, [](const Route& route) {
  return (route.role == Role::kNone) == (route.access == Access::kOpen);
}));

/// Removes the first segment of `path`, with its slash, and returns it.
std::string_view take_segment(std::string_view& path) {
  const size_t slash = std::min(path.find('/', 1), path.size());
  const std::string_view segment = path.substr(0, slash);
  path.remove_prefix(slash);
  return segment;
}

bool matches(std::string_view pattern, std::string_view path, Found& found) {
  while (!pattern.empty() && !path.empty()) {
    const std::string_view wanted = take_segment(pattern);
    const std::string_view given = take_segment(path);
    if (wanted == "/{id}" && given.size() > 1) {
      found.id = given.substr(1);
    } else if (wanted == "/{index}" && given.size() > 1) {
      found.index = given.substr(1);
    } else if (wanted != given) {
      return false;
    }
  }
  return pattern.empty() && path.empty();
}

std::optional<std::string> find_in(const Fields& fields, std::string_view key) {
  const auto field = std::ranges::find(fields, key, [](const auto& f) { return f.first; });
  if (field == fields.end()) return std::nullopt;
  return field->second;
}

}  // namespace

std::optional<std::string> Request::query_value(std::string_view key) const {
  return find_in(query, key);
}

std::optional<std::string> Request::header(std::string_view name) const {
  return find_in(headers, name);
}

std::span<const Route> routes() { return kRoutes; }

Found find_route(std::string_view method, std::string_view path) {
  Found found;
  const std::string_view wanted = method == "HEAD" ? "GET" : method;
  for (const Route& route : kRoutes) {
    Found matched;
    if (!matches(route.path, path, matched)) continue;
    found.methods.push_back(route.method);
    if (route.method != wanted) continue;
    found.route = &route;
    found.id = matched.id;
    found.index = matched.index;
  }
  return found;
}

Role role_for_command(std::string_view command) {
  Role needed = Role::kNone;
  for (const Route& route : kRoutes) {
    if (!command.empty() && route.command == command) needed = std::max(needed, route.role);
  }
  return needed == Role::kNone ? Role::kAdmin : needed;
}

std::string allowed(const std::vector<std::string_view>& methods) {
  std::string list;
  for (const std::string_view method : methods) {
    list += std::string(method) + ", ";
    if (method == "GET") list += "HEAD, ";
  }
  return list + "OPTIONS";
}

}  // namespace layercast::control
