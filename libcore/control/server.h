#pragma once

#include "base/error.h"
#include "base/metrics.h"
#include "control/limits.h"
#include "control/station.h"
#include "layers/layer_manager.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace layercast::control {

struct ServerOptions {
  std::string host = "127.0.0.1";
  int port = 8080;                         ///< 0: any free one
  std::optional<std::string> token;        ///< absent: loopback only, no authentication
  std::vector<std::string> allowed_hosts;  ///< besides loopback names and the address listened on
  layers::LayerManager* layers = nullptr;  ///< outlives the server
  Station* station = nullptr;              ///< outlives the server
  base::Metrics* metrics = nullptr;        ///< outlives the server
  /// A line for the log: refused requests, clients cut off. Called on any thread; must not wait.
  std::function<void(std::string_view line)> log;
  Limits limits{};
};

/// One address for the HTTP API, the WebSocket API, the metrics, health and the page.
/// Thread: any.
class Server {
 public:
  /// Listening. Errors: kInvalidInput: an address that is none, or not loopback without a token;
  /// kIo: the port is taken.
  static base::Result<std::unique_ptr<Server>> open(const ServerOptions& options);
  /// Clients are told that it goes away; waits for requests under way, at most a second.
  ~Server();

  int port() const;
  /// `http://127.0.0.1:8080/`
  std::string address() const;

 private:
  class Work;
  explicit Server(std::unique_ptr<Work> work);

  std::unique_ptr<Work> work_;
};

}  // namespace layercast::control
