#pragma once

#include "base/error.h"
#include "base/metrics.h"
#include "control/access_tokens.h"
#include "control/request_head.h"
#include "control/routes.h"
#include "control/server_limits.h"

#include <atomic>
#include <chrono>
#include <map>
#include <memory>
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

/// A token that clients may present until it is revoked. Thread: any.
struct GrantedToken {
  AccessToken token;
  std::atomic<bool> is_revoked = false;
};

/// What an admitted request may do, and the connection that it opens.
struct Admission {
  Role role = Role::kNone;
  std::shared_ptr<const GrantedToken> token;  ///< null: none was needed

  bool is_revoked() const { return token != nullptr && token->is_revoked; }
  /// For log lines: empty without a token, or when it has no name.
  std::string_view token_name() const {
    return token == nullptr ? std::string_view{} : token->token.name;
  }
};

/// The refusal (401) of a request whose token was revoked after it was admitted.
Problem token_revoked();

/// Admits requests by Host, Origin, token and role. Wrong tokens never keep out a right one:
/// against guesses, the tokens themselves must be long; the limit of wrong ones bounds their cost.
/// Thread: any (locked).
class Gate {
 public:
  /// `metrics` outlives the gate.
  struct Options {
    std::string host;  ///< the listen address
    std::vector<std::string> allowed_hosts;
    std::vector<AccessToken> tokens;  ///< empty: every client has the role admin
    int auth_failures_max = 20;
  };
  Gate(Options options, base::Metrics& metrics);

  /// What the request may do, or why it is refused: 400, 401, 403, 421 or 429.
  /// `route`: nullptr when the path has no route.
  base::Result<Admission, Problem> admit(const RequestHead& head, const Peer& peer,
                                         const Route* route);

  /// Replaces the tokens; there are some before and after. Those that are gone, or have another
  /// name or role, are revoked.
  void set_tokens(const std::vector<AccessToken>& tokens);

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
  base::Result<Admission, Problem> admit_token(const RequestHead& head, const Peer& peer,
                                               Access access);
  std::shared_ptr<const GrantedToken> find_token(std::string_view given);
  bool is_tired_of(const std::string& client);
  void note_failure(const std::string& client);
  Failures& failures_of(const std::string& client, Clock::time_point now);

  Options options_;  // without the tokens
  const bool needs_token_;
  std::shared_ptr<base::Counter> failures_total_;
  std::mutex mutex_;
  std::vector<std::shared_ptr<GrantedToken>> tokens_;
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
