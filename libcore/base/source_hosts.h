#pragma once

#include "base/error.h"
#include "base/ip_address.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace layercast::base {

/// The host of a URL as libavformat sees it, in lower case, without brackets and final dots; empty
/// if there is none.
std::string host_of_url(std::string_view url);

/// The hosts that URLs of network clients may name in addition to public ones. Thread: any, const.
class SourceHosts {
 public:
  /// Public hosts only.
  SourceHosts() = default;
  /// Each of `allowed` is a name, an address, a range such as `192.168.0.0/16`, `*.example.com` for
  /// all names below it, or `*` for all hosts. Errors: kInvalidInput for another text.
  static Result<SourceHosts> parse(const std::vector<std::string>& allowed);
  /// What parse() was given.
  const std::vector<std::string>& allowed() const { return allowed_; }

  /// Why a client must not name `url`, judged by its text: it makes this machine listen for
  /// packets or connections, or its host is a private address or a name of this machine, and the
  /// host is not allowed. nullopt: it may, unless the host turns out to have a private address.
  std::optional<std::string> objection_to(std::string_view url) const;
  /// Why a client must not send an output to `url`: it makes this machine listen for connections.
  std::optional<std::string> objection_to_output(std::string_view url) const;

  /// Whether a connection for the URL of a client may go to `address`: it is public or allowed, or
  /// an allowed name has it. `host` is that of the URL. May ask the resolver, and block.
  bool permits(const IpAddress& address, const std::string& host) const;

 private:
  bool has(std::string_view host) const;
  bool has_name(std::string_view host) const;
  bool has_address(const IpAddress& address) const;

  std::vector<std::string> allowed_;
  bool has_all_ = false;
  std::vector<std::string> names_;
  std::vector<std::string> endings_;  ///< `.example.com`
  std::vector<IpRange> ranges_;
};

/// The message about a private address, with the option that allows it.
std::string private_address_message(const std::string& host);

}  // namespace layercast::base
