#pragma once

#include "base/error.h"
#include "base/metrics.h"
#include "control/request_head.h"
#include "control/routes.h"
#include "control/server_limits.h"

#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace layercast::control {

/// The addresses of a connection, without ports: the client's, and the local one that received it.
struct Peer {
  std::string address;
  std::string local_address;
  /// Whether the client came through the Unix socket, where the kernel has told who it is; both
  /// addresses are then its path.
  bool is_local_user = false;
};

/// Admits requests by Host, Origin and token. Wrong tokens never keep out the right one: against
/// guesses, the token itself must be long; the limit of wrong ones bounds their cost. Thread: any
/// (locked).
class Gate {
 public:
  /// `metrics` outlives the gate.
  struct Options {
    std::string host;  ///< the listen address
    std::vector<std::string> allowed_hosts;
    std::optional<std::string> token;
    int auth_failures_max = 20;
  };
  Gate(Options options, base::Metrics& metrics);

  /// The trust level of an admitted request, or why it is refused: 400, 401, 403, 421 or 429.
  /// `route`: nullptr when the path has no route.
  base::Result<Request::Trust, Problem> admit(const RequestHead& head, const Peer& peer,
                                              const Route* route);

 private:
  using Clock = std::chrono::steady_clock;
  /// Wrong tokens of one client; the count falls by one a second.
  struct Failures {
    double count = 0;
    Clock::time_point counted;

    double at(Clock::time_point now) const;
  };

  bool is_own_host(std::string_view host, const Peer& peer) const;
  base::Result<void, Problem> check_host_and_origin(const RequestHead& head, const Peer& peer,
                                                    const Route* route) const;
  base::Result<Request::Trust, Problem> trust(const RequestHead& head, const Peer& peer,
                                              Access access);
  bool is_tired_of(const std::string& client);
  void note_failure(const std::string& client);
  Failures& failures_of(const std::string& client, Clock::time_point now);

  Options options_;
  std::shared_ptr<base::Counter> failures_total_;
  std::mutex mutex_;
  std::map<std::string, Failures> failures_;  // by client_of()
  Failures others_;  // of all clients for which the table has no room, together
  Clock::time_point cleaned_;
};

/// What counts as one client in limits: an IPv4 address, or the /64 network of an IPv6 address,
/// which usually belongs to one machine. Other texts are themselves.
std::string client_of(const std::string& address);

/// Whether `address` is a loopback address: 127.0.0.0/8, ::1, or an IPv4 loopback mapped to IPv6.
bool is_loopback(std::string_view address);

/// The host without its port, in lower case: `[::1]:8080` gives `::1`, `example.org:80` gives
/// `example.org`; nullopt when it is not a host name or address.
std::optional<std::string> host_name_of(std::string_view host_and_port);

}  // namespace layercast::control
