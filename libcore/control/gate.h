#pragma once

#include "base/metrics.h"
#include "control/limits.h"
#include "control/request_head.h"
#include "control/routes.h"

#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace layercast::control {

/// Where a connection comes from, and where it was received: addresses without ports.
struct Visitor {
  std::string address;
  std::string local_address;
};

/// Lets requests in, by Host, Origin and token. Thread: any (locked).
class Gate {
 public:
  /// `metrics` outlives the gate.
  struct Options {
    std::string host;  ///< listened on
    std::vector<std::string> allowed_hosts;
    std::optional<std::string> token;
    int auth_failures_max = 20;
  };
  Gate(Options options, base::Metrics& metrics);

  /// How far the visitor is trusted, or why it is refused: 400, 401, 403, 421 or 429.
  /// `route`: where the path leads; nullptr: nowhere.
  std::variant<Request::Trust, Problem> admit(const RequestHead& head, const Visitor& visitor,
                                              const Route* route);

 private:
  using Clock = std::chrono::steady_clock;
  /// Failures that one more second each forgives.
  struct Failures {
    double count = 0;
    Clock::time_point counted;
  };

  bool is_own_host(std::string_view host, const Visitor& visitor) const;
  std::optional<Problem> foreign(const RequestHead& head, const Visitor& visitor,
                                 const Route* route) const;
  std::variant<Request::Trust, Problem> trust(const RequestHead& head, const Visitor& visitor,
                                              Access access);
  bool is_tired_of(const std::string& address);
  void note_failure(const std::string& address);

  Options options_;
  std::shared_ptr<base::Counter> failures_total_;
  std::mutex mutex_;
  std::map<std::string, Failures> failures_;
};

/// Whether an address is this machine's own: 127.0.0.0/8, ::1, or the first mapped into IPv6.
bool is_loopback(std::string_view address);

/// `[::1]:8080` as `::1`, `example.org:80` as `example.org`, in lower case; nullopt for what is no
/// host.
std::optional<std::string> host_name_of(std::string_view host_and_port);

}  // namespace layercast::control
