#pragma once

#include "base/metrics.h"
#include "control/byte_budget.h"
#include "control/command_service.h"
#include "control/documents.h"
#include "control/gate.h"
#include "control/role.h"
#include "control/serial_executor.h"
#include "control/server_limits.h"
#include "control/socket_hub.h"
#include "control/stream_status_provider.h"
#include "layers/layer_manager.h"

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace layercast::control {

/// A method of JSON-RPC that executes no command of a route.
struct RpcMethod {
  std::string_view name;
  Role role = Role::kNone;  ///< the smallest that may call it; never kNone
};

/// All of them. The other methods are the commands of routes().
std::span<const RpcMethod> rpc_methods();

/// JSON-RPC 2.0 for WebSocket clients: answers their requests and sends them notifications.
/// Commands have the names and params of command.h, or beside `id` the members of the body that
/// their HTTP route takes, plus `if_revision`, `at` and `wait`.
/// Thread: any; the work runs on its own serial executor.
class Rpc {
 public:
  /// Everything here must outlive the Rpc.
  struct Parts {
    layers::LayerManager& layers;
    StreamStatusProvider& status_provider;
    Documents& documents;
    CommandService& commands;
    const Limits& limits;
    SocketHub& hub;
    std::shared_ptr<ByteBudget> budget;
  };
  explicit Rpc(const Parts& parts);
  ~Rpc();
  Rpc(const Rpc&) = delete;
  Rpc& operator=(const Rpc&) = delete;

  /// The callbacks of SocketHub::Options.
  void on_message(SocketHub::Client client, const Admission& admission, std::string message);
  void on_gone(SocketHub::Client client);

 private:
  /// One message and the collected answers to its requests; a batch has several.
  struct Exchange;
  /// One request of a message.
  struct Call;
  using Done = std::shared_ptr<Exchange>;

  void read(SocketHub::Client client, const Admission& admission, const std::string& message);
  void take(const Done& exchange, size_t place, const scene::Value& request);
  void run(const Call& call, const scene::Value& params);
  void execute(const Call& call, const scene::Value& params);
  void cancel_scheduled(const Call& call, const scene::Value& params);
  CommandService::Done answer_to(const Call& call);
  void send_track(const Call& call, const scene::Value& params, const scene::LiveState& state);
  void subscribe(const Call& call, const scene::Value& params);
  void send_answer(const Exchange& exchange);
  void send(const Call& call, const std::string& member, const std::string& json);
  void send_result(const Call& call, const scene::Value& result);
  void send_result_text(const Call& call, const std::string& json);
  void send_problem(const Call& call, const Problem& problem);
  void send_error(const Call& call, int code, const std::string& message);

  void publish(const layers::Change& change);
  void publish(const std::string& name, const scene::Value& params);
  void publish_stats();
  bool anybody_wants(uint32_t kinds) const;
  /// The newest scene as a notification, which all subscribers share.
  Text scene_notice();

  Parts parts_;
  // Shared with callbacks that may run after destruction.
  std::shared_ptr<SerialExecutor> executor_ = std::make_shared<SerialExecutor>();

  // Used only on the executor's thread.
  scene::LiveStatePtr latest_;
  Text scene_notice_;
  int64_t noticed_revision_ = -1;  // of scene_notice_
  std::set<SocketHub::Client> present_;
  std::map<SocketHub::Client, uint32_t> subscribers_;

  std::unique_ptr<layers::Subscription> subscription_;
  std::shared_ptr<void> listening_;
};

}  // namespace layercast::control
