#include "base/ip_address.h"

#include "base/parse_number.h"

#include <algorithm>
#include <arpa/inet.h>
#include <cstring>
#include <memory>
#include <netdb.h>
#include <netinet/in.h>
#include <span>
#include <sys/socket.h>

namespace layercast::base {
namespace {

constexpr size_t kMappedBits = 96;
constexpr IpAddress kMappedPrefix{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}};

IpAddress mapped(const in_addr& address) {
  IpAddress made = kMappedPrefix;
  std::memcpy(made.bytes.data() + 12, &address, sizeof address);
  return made;
}

IpAddress of_bytes(const in6_addr& address) {
  IpAddress made;
  std::memcpy(made.bytes.data(), &address, sizeof address);
  return made;
}

// An address in its usual form.
std::optional<IpAddress> usual(const std::string& text) {
  in_addr four{};
  if (::inet_pton(AF_INET, text.c_str(), &four) == 1) return mapped(four);
  in6_addr six{};
  if (::inet_pton(AF_INET6, text.c_str(), &six) == 1) return of_bytes(six);
  return std::nullopt;
}

bool is_in(const IpAddress& address, const char* range) {
  return ip_range(range)->contains(address);
}

// The IPv4 address within an IPv6 address of a translation or a tunnel.
std::optional<IpAddress> embedded(const IpAddress& address) {
  const auto four_at = [&](size_t place) {
    in_addr four{};
    std::memcpy(&four, address.bytes.data() + place, sizeof four);
    return mapped(four);
  };
  if (is_in(address, "::/96") || is_in(address, "64:ff9b::/96")) return four_at(12);
  if (is_in(address, "2002::/16")) return four_at(2);
  return std::nullopt;
}

constexpr std::array kSpecial = {
    "0.0.0.0/8",     "10.0.0.0/8",     "100.64.0.0/10",  "127.0.0.0/8",   "169.254.0.0/16",
    "172.16.0.0/12", "192.0.0.0/24",   "192.168.0.0/16", "198.18.0.0/15", "224.0.0.0/4",
    "240.0.0.0/4",   "64:ff9b:1::/48", "100::/64",       "2001::/32",     "fc00::/7",
    "fe80::/10",     "fec0::/10",      "ff00::/8"};

}  // namespace

std::optional<IpAddress> ip_address(std::string_view text) {
  const std::string plain(text.substr(0, text.find('%')));
  if (plain.find_first_of(" \t\n\v\f\r") != std::string::npos) return std::nullopt;
  if (const auto address = usual(plain)) return address;
  in_addr four{};
  if (::inet_aton(plain.c_str(), &four) != 0) return mapped(four);
  return std::nullopt;
}

std::string to_string(const IpAddress& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const bool is_four = IpRange{kMappedPrefix, kMappedBits}.contains(address);
  const uint8_t* bytes = address.bytes.data() + (is_four ? 12 : 0);
  ::inet_ntop(is_four ? AF_INET : AF_INET6, bytes, text.data(), text.size());
  return text.data();
}

bool is_public(const IpAddress& address) {
  if (const auto four = embedded(address)) return is_public(*four);
  return std::ranges::none_of(kSpecial, [&](const char* range) { return is_in(address, range); });
}

bool IpRange::contains(const IpAddress& address) const {
  for (size_t bit = 0; bit < bits; bit += 8) {
    const size_t rest = std::min<size_t>(8, bits - bit);
    const auto mask = static_cast<uint8_t>(0xffU << (8 - rest));
    if (((address.bytes[bit / 8] ^ first.bytes[bit / 8]) & mask) != 0) return false;
  }
  return true;
}

std::optional<IpRange> ip_range(std::string_view text) {
  const size_t slash = text.find('/');
  const std::string head(text.substr(0, slash));
  const auto first = usual(head);
  if (!first) return std::nullopt;
  if (slash == std::string_view::npos) return IpRange{*first};
  const bool is_four = head.find(':') == std::string::npos;
  const auto bits = parse_number<int>(text.substr(slash + 1));
  if (!bits || *bits < 0 || *bits > (is_four ? 32 : 128)) return std::nullopt;
  return IpRange{*first, static_cast<size_t>(*bits) + (is_four ? kMappedBits : 0)};
}

std::vector<IpAddress> addresses_of(const std::string& name) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (::getaddrinfo(name.c_str(), nullptr, &hints, &found) != 0) return {};
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> all(found, ::freeaddrinfo);
  std::vector<IpAddress> addresses;
  for (const addrinfo* each = found; each != nullptr; each = each->ai_next) {
    if (each->ai_family == AF_INET) {
      sockaddr_in four{};
      std::memcpy(&four, each->ai_addr, sizeof four);
      addresses.push_back(mapped(four.sin_addr));
    } else if (each->ai_family == AF_INET6) {
      sockaddr_in6 six{};
      std::memcpy(&six, each->ai_addr, sizeof six);
      addresses.push_back(of_bytes(six.sin6_addr));
    }
  }
  return addresses;
}

}  // namespace layercast::base
