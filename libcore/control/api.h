#pragma once

#include "base/metrics.h"
#include "control/command_request.h"
#include "control/command_service.h"
#include "control/documents.h"
#include "control/routes.h"
#include "control/server_limits.h"
#include "control/stream_status_provider.h"
#include "layers/layer_manager.h"

#include <memory>
#include <string>

namespace layercast::control {

/// The handlers of the HTTP routes. Thread: any.
class Api {
 public:
  /// Everything here must outlive the Api.
  struct Parts {
    layers::LayerManager& layers;
    StreamStatusProvider& status_provider;
    base::Metrics& metrics;
    Documents& documents;
    CommandService& commands;
    const Limits& limits;
  };
  explicit Api(const Parts& parts);

  /// Runs the route's handler and counts the response. `request` has passed the Gate. Blocks while
  /// a route waits for the store or for a frame.
  Answer answer(const Request& request, const Found& found) const;
  /// Counts a response that was sent without answer(). `route`: a path of the table, or `none`.
  void count(std::string_view route, int status) const;

  // Handlers, referenced by the route table.
  Answer page(const Request& request, const Route& route) const;
  Answer health(const Request& request, const Route& route) const;
  Answer readiness(const Request& request, const Route& route) const;
  Answer metrics(const Request& request, const Route& route) const;
  Answer openapi(const Request& request, const Route& route) const;
  Answer ws(const Request& request, const Route& route) const;
  Answer scene(const Request& request, const Route& route) const;
  Answer layers(const Request& request, const Route& route) const;
  Answer layer(const Request& request, const Route& route) const;
  Answer layer_run(const Request& request, const Route& route) const;
  Answer release_layer(const Request& request, const Route& route) const;
  Answer animations(const Request& request, const Route& route) const;
  Answer scheduled(const Request& request, const Route& route) const;
  Answer cancel_scheduled(const Request& request, const Route& route) const;
  Answer tracks(const Request& request, const Route& route) const;
  Answer track(const Request& request, const Route& route) const;
  Answer track_run(const Request& request, const Route& route) const;
  Answer status(const Request& request, const Route& route) const;
  Answer stream_config(const Request& request, const Route& route) const;
  Answer outputs(const Request& request, const Route& route) const;
  Answer output(const Request& request, const Route& route) const;
  Answer snapshot(const Request& request, const Route& route) const;
  Answer preview(const Request& request, const Route& route) const;
  /// Executes the route's command; the response holds the revision and the result.
  Answer execute(const Request& request, const Route& route) const;

 private:
  Answer routed(const Request& request, const Found& found) const;
  base::Result<CommandRequest, Problem> command_request_from(const Request& request,
                                                             const Route& route) const;
  base::Result<scene::Value, Problem> params_from(const Request& request, const Route& route) const;
  CommandAnswer execute_and_wait(const CommandRequest& request,
                                 const std::string& body_pointer) const;

  Parts parts_;
};

/// The problem as a response with the media type kProblemType.
Answer answer_of(const Problem& problem);

/// `{revision, active, layers}`: the layer list of HTTP and WebSocket.
scene::Value layers_document(const scene::LiveState& state);

/// `{revision, animations}`: the animations of a layer at the time of the next frame, for HTTP and
/// WebSocket.
scene::Value layer_animations_document(const scene::LiveState& state, const scene::Layer& layer,
                                       base::Duration now);

/// `{revision, result: {id, released}}`: the answer to the release of a layer, for HTTP and
/// WebSocket.
scene::Value released_document(const scene::LiveState& state, const std::string& id, bool released);

/// `{revision, scheduled}`: the commands that wait for their time, for HTTP and WebSocket.
scene::Value scheduled_document(const layers::LayerManager& layers);

/// `{revision, audio}`: the sound list of HTTP and WebSocket.
scene::Value tracks_document(const scene::LiveState& state);

/// The media type of the preview: a sequence of JPEG pictures.
inline constexpr const char* kPreviewType = "multipart/x-mixed-replace; boundary=frame";

/// `"12"`: the ETag of a revision.
std::string etag_of(int64_t revision);

}  // namespace layercast::control
