#pragma once

#include "base/error.h"
#include "base/metrics.h"
#include "control/access_tokens.h"
#include "control/server_limits.h"
#include "control/stream_status_provider.h"
#include "layers/layer_manager.h"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace layercast::control {

/// The settings of a server.
struct ServerOptions {
  std::string host = "127.0.0.1";          ///< empty: no TCP
  int port = 8080;                         ///< 0: any free port
  std::string socket_path;                 ///< of a Unix socket, which needs no token; empty: none
  std::vector<AccessToken> tokens;         ///< empty: loopback only, no authentication
  std::vector<std::string> allowed_hosts;  ///< besides loopback names and the listen address
  layers::LayerManager* layers = nullptr;  ///< outlives the server
  StreamStatusProvider* status_provider = nullptr;  ///< outlives the server
  base::Metrics* metrics = nullptr;                 ///< outlives the server
  /// Receives log lines about refused requests and disconnected clients. Called on any thread; must
  /// not block.
  std::function<void(std::string_view line)> log;
  Limits limits{};
};

/// Serves the HTTP API, the WebSocket API, the metrics, the health checks and the page on a TCP
/// address, a Unix socket, or both. Thread: any.
class Server {
 public:
  /// Starts listening. Errors: kInvalidInput for an invalid address, or one that is not loopback
  /// when there is no token; kIo when the port or the socket is in use.
  static base::Result<std::unique_ptr<Server>> open(const ServerOptions& options);
  /// Closes all WebSockets with `going away` and waits at most a second for requests in progress.
  ~Server();

  /// Replaces the tokens of a server that has some by others, of which there is at least one. The
  /// WebSockets and previews of tokens that are gone, or have another name or role, end.
  void set_tokens(const std::vector<AccessToken>& tokens);

  int port() const;
  /// `http://127.0.0.1:8080/`; `unix:PATH` without TCP.
  std::string address() const;

 private:
  class Work;
  explicit Server(std::unique_ptr<Work> work);

  std::unique_ptr<Work> work_;
};

}  // namespace layercast::control
