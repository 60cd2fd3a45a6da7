#include "control/server.h"

#include "control/api.h"
#include "control/byte_budget.h"
#include "control/command_service.h"
#include "control/documents.h"
#include "control/gate.h"
#include "control/http_listener.h"
#include "control/preview.h"
#include "control/rpc.h"
#include "control/socket_hub.h"

#include <algorithm>
#include <memory>
#include <utility>

namespace layercast::control {
namespace {

/// The IP address of a host as users write it.
std::string address_of_host(const std::string& host) {
  if (host == "localhost") return "127.0.0.1";
  if (host.starts_with('[') && host.ends_with(']')) return host.substr(1, host.size() - 2);
  return host;
}

base::Result<void> check(const ServerOptions& options) {
  if (std::ranges::any_of(options.tokens, &std::string::empty, &AccessToken::text)) {
    return base::invalid_input("a token is empty");
  }
  if (options.host.empty() && options.socket_path.empty()) {
    return base::invalid_input("there is neither an address nor a socket to listen on");
  }
  const bool is_private = options.host.empty() || is_loopback(address_of_host(options.host));
  if (!options.tokens.empty() || is_private) return {};
  return base::invalid_input("\"" + options.host +
                             "\" is not a loopback address; listening there requires a token");
}

}  // namespace

class Server::Work {
 public:
  explicit Work(const ServerOptions& options)
      : limits_(options.limits),
        host_(address_of_host(options.host)),
        socket_path_(options.socket_path),
        budget_(std::make_shared<ByteBudget>(limits_.all_bytes_max)),
        documents_(budget_),
        gate_({host_, options.allowed_hosts, options.tokens, limits_.auth_failures_max},
              *options.metrics),
        commands_(*options.layers, *options.status_provider, limits_),
        api_({*options.layers, *options.status_provider, *options.metrics, documents_, commands_,
              limits_}),
        preview_(*options.status_provider, limits_, *options.metrics),
        hub_({&limits_, options.metrics, budget_,
              [this](SocketHub::Client client, const Admission& admission, std::string message) {
                rpc_->on_message(client, admission, std::move(message));
              },
              [this](SocketHub::Client client) { rpc_->on_gone(client); }, options.log}),
        rpc_(std::make_unique<Rpc>(Rpc::Parts{*options.layers, *options.status_provider, documents_,
                                              commands_, limits_, hub_, budget_})) {}

  base::Result<void> open(const ServerOptions& options) {
    HttpListener::Options listener;
    listener.address = host_;
    listener.port = options.port;
    listener.socket_path = socket_path_;
    listener.budget = budget_;
    listener.limits = &limits_;
    listener.gate = &gate_;
    listener.metrics = options.metrics;
    listener.answer = [this](const Request& request, const Found& found) {
      return api_.answer(request, found);
    };
    listener.to_web_socket = [this](UpgradedConnection connection) {
      hub_.admit(std::move(connection));
    };
    listener.to_preview = [this](UpgradedConnection connection) {
      preview_.admit(std::move(connection));
    };
    listener.count = [this](std::string_view route, int status) { api_.count(route, status); };
    listener.relieve = [this] { hub_.relieve(); };
    listener.log = options.log;
    TRY(listener_, HttpListener::open(std::move(listener)));
    return {};
  }

  ~Work() {
    commands_.stop();
    if (listener_ != nullptr) listener_->stop_accepting();
    hub_.stop();
    listener_.reset();
  }

  void set_tokens(const std::vector<AccessToken>& tokens) {
    gate_.set_tokens(tokens);
    hub_.disconnect_revoked();
    preview_.disconnect_revoked();
  }

  int port() const { return listener_->port(); }
  std::string address() const {
    if (host_.empty()) return "unix:" + socket_path_;
    const bool is_v6 = host_.find(':') != std::string::npos;
    return "http://" + (is_v6 ? "[" + host_ + "]" : host_) + ":" + std::to_string(port()) + "/";
  }

 private:
  Limits limits_;
  std::string host_;
  std::string socket_path_;
  std::shared_ptr<ByteBudget> budget_;
  Documents documents_;
  Gate gate_;
  CommandService commands_;
  Api api_;
  // Order of destruction: the hub calls Rpc until stop(), and Rpc calls the hub until its
  // destruction.
  Preview preview_;
  SocketHub hub_;
  std::unique_ptr<Rpc> rpc_;
  std::unique_ptr<HttpListener> listener_;
};

base::Result<std::unique_ptr<Server>> Server::open(const ServerOptions& options) {
  LAYERCAST_CHECK(options.layers != nullptr && options.status_provider != nullptr &&
                  options.metrics != nullptr);
  TRY_DO(check(options));
  auto work = std::make_unique<Work>(options);
  TRY_DO(work->open(options));
  return std::unique_ptr<Server>(new Server(std::move(work)));
}

Server::Server(std::unique_ptr<Work> work) : work_(std::move(work)) {}
Server::~Server() = default;

void Server::set_tokens(const std::vector<AccessToken>& tokens) { work_->set_tokens(tokens); }
int Server::port() const { return work_->port(); }
std::string Server::address() const { return work_->address(); }

}  // namespace layercast::control
