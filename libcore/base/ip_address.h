#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace layercast::base {

/// An IPv6 address, or an IPv4 address as an IPv4-mapped one.
struct IpAddress {
  std::array<uint8_t, 16> bytes{};
  bool operator==(const IpAddress&) const = default;
};

/// The address that `text` states in any form that getaddrinfo() accepts: IPv6 with or without a
/// zone, or IPv4 with one to four parts that are decimal, octal or hexadecimal (`127.1`,
/// `0x7f000001`). nullopt for a name.
std::optional<IpAddress> ip_address(std::string_view text);

/// `192.168.0.1` or `fe80::1`.
std::string to_string(const IpAddress& address);

/// Whether the address is one of the public internet: not private, shared, loopback, link-local,
/// multicast, reserved or unspecified, nor an IPv6 form of such an IPv4 address. Documentation
/// addresses count as public, because no network uses them. Source: the special-purpose registries
/// of IANA (RFC 6890).
bool is_public(const IpAddress& address);

/// The addresses that begin with the same bits.
struct IpRange {
  IpAddress first;
  size_t bits = 128;  ///< of an IPv4 range: 96 more than in its text
  bool contains(const IpAddress& address) const;
};
/// The range of `192.168.0.0/16`, `fd00::/8` or a single address in its usual form.
std::optional<IpRange> ip_range(std::string_view text);

/// The addresses of the host `name`; empty if it has none. Blocks for as long as the resolver of
/// the system takes. Thread: any.
std::vector<IpAddress> addresses_of(const std::string& name);

}  // namespace layercast::base
