#include "base/source_hosts.h"

#include "base/ascii.h"

#include <algorithm>
#include <array>

namespace layercast::base {
namespace {

std::string plain_host(std::string_view host) {
  while (host.ends_with('.')) host.remove_suffix(1);
  return lower_case(host);
}

bool is_local_name(std::string_view host) {
  constexpr std::array<std::string_view, 4> kNames = {"localhost", "localhost.localdomain",
                                                      "ip6-localhost", "ip6-loopback"};
  return host.empty() || host.ends_with(".localhost") ||
         std::ranges::find(kNames, host) != kNames.end();
}

bool is_name(std::string_view text) {
  constexpr size_t kLengthMax = 253;
  return !text.empty() && text.size() <= kLengthMax && text.front() != '.' &&
         text.find("..") == std::string_view::npos && std::ranges::all_of(text, [](char c) {
           return is_letter(c) || is_digit(c) || c == '-' || c == '.' || c == '_' ||
                  static_cast<unsigned char>(c) >= 0x80;
         });
}

std::string scheme_of(std::string_view url) { return lower_case(url.substr(0, url.find(':'))); }

std::string_view query_of(std::string_view url) {
  const size_t begin = url.find('?');
  return begin == std::string_view::npos ? std::string_view() : url.substr(begin + 1);
}

// Whether a parameter of the query satisfies `holds(name, value)`.
template <class Holds>
bool has_parameter(std::string_view url, const Holds& holds) {
  std::string_view rest = query_of(url);
  while (!rest.empty()) {
    const size_t end = std::min(rest.find_first_of("?&;"), rest.size());
    const std::string_view part = rest.substr(0, end);
    const size_t equals = std::min(part.find('='), part.size());
    if (holds(lower_case(part.substr(0, equals)),
              lower_case(part.substr(std::min(equals + 1, part.size()))))) {
      return true;
    }
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return false;
}

// Whether a parameter asks for a connection from outside.
bool awaits_peer(std::string_view url) {
  const bool is_srt = scheme_of(url) == "srt";
  return has_parameter(url, [&](const std::string& name, const std::string& value) {
    if (name == "listen") return value != "0";
    return is_srt && name == "mode" && value != "caller";
  });
}

// Whether reading from the URL opens a port: a source of packets takes them from any sender.
bool is_listener(std::string_view url) {
  const std::string scheme = scheme_of(url);
  return scheme == "udp" || scheme == "rtp" || awaits_peer(url);
}

std::string remedy(const std::string& host) {
  return "; streamd allows it with --allow-source " + (host.empty() ? "\"*\"" : host);
}

std::string listener_message(const std::string& host) {
  return "this URL makes the machine listen on a port, so that a network client must not name it" +
         remedy(host);
}

}  // namespace

std::string host_of_url(std::string_view url) {
  const size_t colon = url.find(':');
  if (colon == std::string_view::npos) return {};
  url.remove_prefix(colon + 1);
  for (int slashes = 0; slashes < 2 && url.starts_with('/'); ++slashes) url.remove_prefix(1);
  std::string_view host = url.substr(0, url.find_first_of("/?#"));
  const size_t at = host.rfind('@');
  if (at != std::string_view::npos) host.remove_prefix(at + 1);
  const size_t bracket = host.find(']');
  if (host.starts_with('[') && bracket != std::string_view::npos) {
    host = host.substr(1, bracket - 1);
  } else {
    host = host.substr(0, host.find(':'));
  }
  return plain_host(host);
}

std::string private_address_message(const std::string& host) {
  return (host.empty() ? "a URL without a host" : host) +
         " is not a public address, so that a network client must not name it" + remedy(host);
}

Result<SourceHosts> SourceHosts::parse(const std::vector<std::string>& allowed) {
  SourceHosts hosts;
  hosts.allowed_ = allowed;
  for (const std::string& given : allowed) {
    std::string text = plain_host(given);
    if (text.starts_with('[') && text.ends_with(']')) text = text.substr(1, text.size() - 2);
    if (given == "*") {
      hosts.has_all_ = true;
    } else if (const auto range = ip_range(text)) {
      hosts.ranges_.push_back(*range);
    } else if (text.starts_with("*.") && is_name(text.substr(2))) {
      hosts.endings_.push_back(text.substr(1));
    } else if (is_name(text) && !ip_address(text)) {
      hosts.names_.push_back(text);
    } else {
      return invalid_input("\"" + given +
                           "\" is not a host; expected a name, an address, a range such as "
                           "192.168.0.0/16, *.example.com or *");
    }
  }
  return hosts;
}

bool SourceHosts::has_name(std::string_view host) const {
  return std::ranges::find(names_, host) != names_.end() ||
         std::ranges::any_of(endings_,
                             [&](const std::string& ending) { return host.ends_with(ending); });
}

bool SourceHosts::has_address(const IpAddress& address) const {
  return std::ranges::any_of(ranges_,
                             [&](const IpRange& range) { return range.contains(address); });
}

bool SourceHosts::has(std::string_view host) const {
  if (has_all_ || has_name(host)) return true;
  const auto address = ip_address(host);
  return address && has_address(*address);
}

std::optional<std::string> SourceHosts::objection_to_output(std::string_view url) const {
  const std::string host = host_of_url(url);
  if (!awaits_peer(url) || has(host)) return std::nullopt;
  return listener_message(host);
}

std::optional<std::string> SourceHosts::objection_to(std::string_view url) const {
  const std::string host = host_of_url(url);
  if (has(host)) return std::nullopt;
  if (is_listener(url)) return listener_message(host);
  const auto address = ip_address(host);
  const bool is_private = address ? !is_public(*address) : is_local_name(host);
  return is_private ? std::optional(private_address_message(host)) : std::nullopt;
}

bool SourceHosts::permits(const IpAddress& address, const std::string& host) const {
  if (has_all_ || is_public(address) || has_address(address)) return true;
  std::vector<std::string> names = names_;
  if (has_name(host)) names.push_back(host);
  return std::ranges::any_of(names, [&](const std::string& name) {
    const auto addresses = addresses_of(name);
    return std::ranges::find(addresses, address) != addresses.end();
  });
}

}  // namespace layercast::base
