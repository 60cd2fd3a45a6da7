#include "control/gate.h"

#include "base/ascii.h"
#include "base/shortened.h"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cstdint>
#include <utility>

namespace layercast::control {
namespace {

constexpr double kForgivenPerSecond = 1;
constexpr size_t kClientsMax = 4096;

/// Compares in constant time, so that a client cannot guess a token byte by byte.
bool are_equal(std::string_view given, std::string_view wanted) {
  size_t difference = given.size() ^ wanted.size();
  for (size_t i = 0; i < wanted.size(); ++i) {
    const char c = given.empty() ? '\0' : given[i % given.size()];
    difference |= static_cast<size_t>(static_cast<unsigned char>(c ^ wanted[i]));
  }
  // Keeps the compiler from leaving the loop early.
  const volatile size_t seen = difference;
  return seen == 0;
}

std::shared_ptr<GrantedToken> granted(AccessToken token) {
  auto made = std::make_shared<GrantedToken>();
  made->token = std::move(token);
  return made;
}

/// The authority without the default ports of http and https, in lower case.
std::string without_usual_port(std::string_view authority) {
  for (const std::string_view port : {":80", ":443"}) {
    if (authority.ends_with(port)) authority.remove_suffix(port.size());
  }
  return base::lower_case(authority);
}

std::string authority_of(std::string_view origin) {
  const size_t colon = origin.find("://");
  return colon == std::string_view::npos ? std::string{}
                                         : without_usual_port(origin.substr(colon + 3));
}

std::optional<std::string> bearer_of(const RequestHead& head) {
  constexpr std::string_view kScheme = "bearer ";
  const std::string_view field = head.value_of("authorization");
  if (base::lower_case(field.substr(0, kScheme.size())) != kScheme) return std::nullopt;
  return std::string(trimmed(field.substr(kScheme.size())));
}

}  // namespace

bool is_loopback(std::string_view address) {
  if (address.starts_with("::ffff:")) address.remove_prefix(7);
  // Parses it: the name 127.0.0.1.example.org begins like an address but may belong to anyone.
  in_addr parsed{};
  const bool is_v4 = ::inet_pton(AF_INET, std::string(address).c_str(), &parsed) == 1;
  return address == "::1" || (is_v4 && address.starts_with("127."));
}

std::string client_of(const std::string& address) {
  std::array<uint8_t, 16> bytes{};
  const std::string unscoped = address.substr(0, address.find('%'));  // as fe80::1%eth0
  if (::inet_pton(AF_INET6, unscoped.c_str(), bytes.data()) != 1) return address;
  std::fill(bytes.begin() + 8, bytes.end(), uint8_t{0});
  std::array<char, INET6_ADDRSTRLEN> text{};
  ::inet_ntop(AF_INET6, bytes.data(), text.data(), text.size());
  return std::string(text.data()) + "/64";
}

std::optional<std::string> host_name_of(std::string_view host_and_port) {
  std::string_view name = host_and_port;
  std::string_view port;
  if (name.starts_with('[')) {
    const size_t end = name.find(']');
    if (end == std::string_view::npos) return std::nullopt;
    port = name.substr(end + 1);
    name = name.substr(1, end - 1);
  } else {
    const size_t colon = std::min(name.find(':'), name.size());
    port = name.substr(colon);
    name = name.substr(0, colon);
  }
  const bool has_port = port.starts_with(':') && port.size() > 1 && port.size() <= 6 &&
                        std::ranges::all_of(port.substr(1), base::is_digit);
  if (name.empty() || !(port.empty() || has_port)) return std::nullopt;
  // Only characters of names and addresses: the page's policy contains the host.
  const auto belongs = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '-' || c == '_' || c == ':';
  };
  if (!std::ranges::all_of(name, belongs)) return std::nullopt;
  return base::lower_case(name);
}

Problem token_revoked() {
  Problem refused = problem(401, "the token was revoked");
  refused.headers.emplace_back("WWW-Authenticate", "Bearer error=\"invalid_token\"");
  return refused;
}

Gate::Gate(Options options, base::Metrics& metrics)
    : options_(std::move(options)),
      needs_token_(!options_.tokens.empty()),
      failures_total_(metrics.counter(
          {"auth_failures_total", "Requests refused for a wrong or missing token."})) {
  for (AccessToken& token : std::exchange(options_.tokens, {})) {
    tokens_.push_back(granted(std::move(token)));
  }
}

bool Gate::is_own_host(std::string_view host, const Peer& peer) const {
  const auto name = host_name_of(host);
  if (!name) return false;
  if (*name == "localhost" || is_loopback(*name) || *name == peer.local_address) return true;
  const bool is_any = options_.host == "0.0.0.0" || options_.host == "::";
  if (!is_any && *name == base::lower_case(options_.host)) return true;
  return std::ranges::any_of(options_.allowed_hosts, [&](const std::string& allowed) {
    return host_name_of(allowed) == name;
  });
}

base::Result<void, Problem> Gate::check_host_and_origin(const RequestHead& head, const Peer& peer,
                                                        const Route* route) const {
  const std::string* host = head.find("host");
  if (host == nullptr) return problem(400, "the request has no Host header");
  if (!is_own_host(*host, peer)) {
    return problem(421, "the host \"" + base::shortened(*host) + "\" is not allowed");
  }
  const std::string* origin = head.find("origin");
  if (origin != nullptr && authority_of(*origin) != without_usual_port(*host)) {
    return problem(403, "requests from pages of " + base::shortened(*origin) + " are not allowed");
  }
  // Other sites may link to the page, but not use the API.
  const bool is_page = route != nullptr && route->path == "/";
  if (!is_page && head.value_of("sec-fetch-site") == "cross-site") {
    return problem(403, "requests from pages of other sites are not allowed");
  }
  return {};
}

double Gate::Failures::at(Clock::time_point now) const {
  const std::chrono::duration<double> passed = now - counted;
  return std::max(0.0, count - passed.count() * kForgivenPerSecond);
}

Gate::Failures& Gate::failures_of(const std::string& client, Clock::time_point now) {
  if (const auto found = failures_.find(client); found != failures_.end()) return found->second;
  // At most once a second, because it looks at every entry.
  if (failures_.size() >= kClientsMax && now - cleaned_ >= std::chrono::seconds(1)) {
    cleaned_ = now;
    std::erase_if(failures_, [now](const auto& entry) { return entry.second.at(now) == 0; });
  }
  // Entries stay: with very many addresses, a client could otherwise have its own ones forgotten.
  if (failures_.size() >= kClientsMax) return others_;
  return failures_[client];
}

bool Gate::is_tired_of(const std::string& client) {
  const std::lock_guard lock(mutex_);
  const auto found = failures_.find(client);
  const bool is_other = found == failures_.end() && failures_.size() >= kClientsMax;
  if (found == failures_.end() && !is_other) return false;
  const Failures& failures = is_other ? others_ : found->second;
  return failures.at(Clock::now()) > options_.auth_failures_max - 1;
}

void Gate::note_failure(const std::string& client) {
  const std::lock_guard lock(mutex_);
  const Clock::time_point now = Clock::now();
  Failures& failures = failures_of(client, now);
  failures = {failures.at(now) + 1, now};
}

void Gate::set_tokens(const std::vector<AccessToken>& tokens) {
  // Without any, every client would have the role admin.
  LAYERCAST_CHECK(!tokens.empty() && needs_token_);
  const std::lock_guard lock(mutex_);
  std::vector<std::shared_ptr<GrantedToken>> next;
  for (const AccessToken& token : tokens) {
    const auto kept = std::ranges::find(
        tokens_, token, [](const auto& known) -> const AccessToken& { return known->token; });
    next.push_back(kept == tokens_.end() ? granted(token) : *kept);
  }
  for (const auto& known : tokens_) {
    if (std::ranges::find(next, known) == next.end()) known->is_revoked = true;
  }
  tokens_ = std::move(next);
}

/// The token that is equal to `given`; null when none is. The time does not tell which one it is,
/// nor how much of it a wrong one has.
std::shared_ptr<const GrantedToken> Gate::find_token(std::string_view given) {
  const std::lock_guard lock(mutex_);
  size_t found = tokens_.size();
  for (size_t i = 0; i < tokens_.size(); ++i) {
    const auto is_it = static_cast<size_t>(are_equal(given, tokens_[i]->token.text));
    found += (i - found) * is_it;
  }
  return found == tokens_.size() ? nullptr : tokens_[found];
}

base::Result<Admission, Problem> Gate::admit_token(const RequestHead& head, const Peer& peer,
                                                   Access access) {
  if (!needs_token_ || peer.is_local_user) return Admission{Role::kAdmin, nullptr};
  std::optional<std::string> given = bearer_of(head);
  if (!given && access == Access::kTokenInQuery) given = query_value(head.query, "token");
  if (!given && access == Access::kOpen) return Admission{};
  // First, so that a client that shares its address with another that guesses is not locked out.
  if (auto token = given ? find_token(*given) : nullptr) {
    const Role role = token->token.role;
    return Admission{role, std::move(token)};
  }
  const std::string client = client_of(peer.address);
  if (given && is_tired_of(client)) {
    if (access == Access::kOpen) return Admission{};
    Problem refused = problem(429, "too many wrong tokens from " + peer.address);
    refused.headers.emplace_back("Retry-After", "1");
    return refused;
  }
  failures_total_->add();
  if (given) note_failure(client);
  if (access == Access::kOpen) return Admission{};
  Problem refused = problem(401, given ? "the token is wrong" : "a token is required");
  refused.headers.emplace_back("WWW-Authenticate",
                               given ? "Bearer error=\"invalid_token\"" : "Bearer");
  return refused;
}

base::Result<Admission, Problem> Gate::admit(const RequestHead& head, const Peer& peer,
                                             const Route* route) {
  TRY_DO(check_host_and_origin(head, peer, route));
  TRY(Admission admission,
      admit_token(head, peer, route == nullptr ? Access::kToken : route->access));
  const Role needed = route == nullptr ? Role::kNone : route->role;
  if (admission.role >= needed) return admission;
  return role_too_small(needed, admission.role, admission.token_name());
}

}  // namespace layercast::control
