#include "media/av/tls_trust.h"

#include "base/ascii.h"

#include <algorithm>
#include <array>
#include <mutex>
#include <utility>

extern "C" {
#include <libavformat/avformat.h>
#include <libavutil/dict.h>
}

namespace layercast::media {
namespace {

struct Rules {
  std::mutex mutex;
  TlsTrust trust;
};

// Never destroyed, because detached threads may outlive static objects.
Rules& rules() {
  static auto* const all = new Rules;
  return *all;
}

// Without the prefixes for encrypted segments: `crypto+https://…`, `crypto:https://…`.
std::string_view without_wrapping(std::string_view url) {
  constexpr std::string_view kCrypto = "crypto";
  if (!url.starts_with(kCrypto) || url.size() == kCrypto.size()) return url;
  const char next = url[kCrypto.size()];
  return next == '+' || next == ':' ? url.substr(kCrypto.size() + 1) : url;
}

int default_port(std::string_view scheme) {
  if (scheme == "http") return 80;
  if (scheme == "rtmp") return 1935;
  return kHttpsPort;
}

}  // namespace

void set_tls_trust(TlsTrust trust) {
  for (std::string& host : trust.insecure_hosts) host = base::lower_case(host);
  Rules& all = rules();
  const std::lock_guard lock(all.mutex);
  all.trust = std::move(trust);
}

TlsTrust tls_trust() {
  Rules& all = rules();
  const std::lock_guard lock(all.mutex);
  return all.trust;
}

TlsPeer tls_peer_of(std::string_view url) {
  std::array<char, 32> scheme{};
  std::array<char, 1024> host{};
  int port = -1;
  // The library's own parser: another one could see another host in a malformed URL.
  av_url_split(scheme.data(), static_cast<int>(scheme.size()), nullptr, 0, host.data(),
               static_cast<int>(host.size()), &port, nullptr, 0,
               std::string(without_wrapping(url)).c_str());
  return {base::lower_case(host.data()),
          port > 0 ? port : default_port(base::lower_case(scheme.data()))};
}

bool is_insecure(std::string_view url) {
  const TlsTrust trust = tls_trust();
  const std::string host = tls_peer_of(url).host;
  return !host.empty() &&
         std::ranges::find(trust.insecure_hosts, host) != trust.insecure_hosts.end();
}

bool is_only_first_verified(std::string_view url) {
  std::array<char, 32> scheme{};
  std::array<char, 1024> login{};
  av_url_split(scheme.data(), static_cast<int>(scheme.size()), login.data(),
               static_cast<int>(login.size()), nullptr, 0, nullptr, nullptr, 0,
               std::string(url).c_str());
  return base::lower_case(scheme.data()) == "rtmps" && login.front() != '\0' && !is_insecure(url);
}

void add_tls_options(AVDictionary** options, std::string_view url) {
  av_dict_set(options, "tls_verify", is_insecure(url) ? "0" : "1", 0);
  const std::string ca_file = tls_trust().ca_file;
  if (!ca_file.empty()) av_dict_set(options, "ca_file", ca_file.c_str(), 0);
}

}  // namespace layercast::media
