#pragma once

#include <string>
#include <string_view>
#include <vector>

struct AVDictionary;

namespace layercast::media {

/// The rules for the certificates of servers. By default each one must be valid for the name in the
/// URL and signed by an authority of the system's store.
struct TlsTrust {
  std::string ca_file;  ///< PEM file of authorities to trust instead of the system's; empty: none
  std::vector<std::string> insecure_hosts;  ///< names and addresses accepted without verification
};

/// Sets the rules of the process for all connections that are opened afterwards. Thread: any.
void set_tls_trust(TlsTrust trust);
TlsTrust tls_trust();

/// The server that a URL names.
struct TlsPeer {
  std::string host;  ///< in lower case, without brackets; empty when the URL names none
  int port = 0;      ///< the default one of the scheme when the URL names none
};
TlsPeer tls_peer_of(std::string_view url);
inline constexpr int kHttpsPort = 443;

/// Whether the rules accept the server of `url` without verification. Thread: any.
bool is_insecure(std::string_view url);

/// Whether only the first connection to `url` can be verified. For a login, libavformat closes an
/// RTMP connection and opens another one without the options of add_tls_options().
bool is_only_first_verified(std::string_view url);

/// Adds the rules for a connection to `url` to the options of a demuxer or protocol. A redirection
/// follows the rules of the first server. Ownership: the caller frees `options`. Thread: any.
void add_tls_options(AVDictionary** options, std::string_view url);

}  // namespace layercast::media
