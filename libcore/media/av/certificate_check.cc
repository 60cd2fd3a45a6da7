#include "media/av/certificate_check.h"

#include <cerrno>
#include <chrono>
#include <memory>
#include <netdb.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <optional>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace layercast::media {
namespace {

constexpr std::chrono::seconds kPatience{3};
constexpr int kPollMilliseconds = 100;

/// The limits of one check. The clock is the machine's, as for all waits for a socket.
class Limit {
 public:
  explicit Limit(const std::function<bool()>& is_given_up) : is_given_up_(is_given_up) {}

  /// Waits for `events` of the socket; false when there is no time left.
  bool await(int socket, short events) const {
    pollfd poll{socket, events, 0};
    while (!is_over()) {
      if (::poll(&poll, 1, kPollMilliseconds) > 0) return true;
    }
    return false;
  }

 private:
  bool is_over() const {
    return std::chrono::steady_clock::now() > end_ || (is_given_up_ && is_given_up_());
  }

  const std::function<bool()>& is_given_up_;
  const std::chrono::steady_clock::time_point end_ = std::chrono::steady_clock::now() + kPatience;
};

class Socket {
 public:
  explicit Socket(int number) : number_(number) {}
  ~Socket() {
    if (number_ >= 0) ::close(number_);
  }
  Socket(Socket&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Socket& operator=(Socket&&) = delete;
  int number() const { return number_; }

 private:
  int number_;
};

std::optional<Socket> connected_socket(const addrinfo& address, const Limit& limit) {
  Socket socket(::socket(address.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (socket.number() < 0) return std::nullopt;
  if (::connect(socket.number(), address.ai_addr, address.ai_addrlen) == 0) return socket;
  if (errno != EINPROGRESS || !limit.await(socket.number(), POLLOUT)) return std::nullopt;
  int error = 0;
  socklen_t size = sizeof error;
  ::getsockopt(socket.number(), SOL_SOCKET, SO_ERROR, &error, &size);
  if (error != 0) return std::nullopt;
  return socket;
}

std::optional<Socket> connection_to(const TlsPeer& peer, const Limit& limit) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (::getaddrinfo(peer.host.c_str(), std::to_string(peer.port).c_str(), &hints, &found) != 0) {
    return std::nullopt;
  }
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> addresses(found, ::freeaddrinfo);
  for (const addrinfo* each = found; each != nullptr; each = each->ai_next) {
    if (auto socket = connected_socket(*each, limit)) return socket;
  }
  return std::nullopt;
}

bool shake_hands(SSL& session, int socket, const Limit& limit) {
  for (;;) {
    const int result = SSL_connect(&session);
    if (result == 1) return true;
    const int error = SSL_get_error(&session, result);
    if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE) return false;
    if (!limit.await(socket, error == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT)) return false;
  }
}

bool is_address(const std::string& host) {
  const std::unique_ptr<ASN1_OCTET_STRING, decltype(&ASN1_OCTET_STRING_free)> address(
      a2i_IPADDRESS(host.c_str()), ASN1_OCTET_STRING_free);
  return address != nullptr;
}

bool is_for(X509& certificate, const std::string& host) {
  return X509_check_ip_asc(&certificate, host.c_str(), 0) == 1 ||
         X509_check_host(&certificate, host.c_str(), host.size(), 0, nullptr) == 1;
}

std::string fault_of(long result, X509& certificate, const std::string& host) {
  switch (result) {
    case X509_V_OK:
      return is_for(certificate, host) ? "failed the verification"
                                       : "is for another name; expected one for " + host;
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return "has expired";
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return "is not valid yet";
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
      return "is self-signed";
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
      return "is signed by an unknown authority; expected one of the system's or of --tls-ca";
    default:
      return std::string("is not valid: ") + X509_verify_cert_error_string(result);
  }
}

std::optional<std::string> fault_of_peer(const TlsPeer& peer, const Limit& limit) {
  const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context(SSL_CTX_new(TLS_client_method()),
                                                                  SSL_CTX_free);
  if (context == nullptr) return std::nullopt;
  // The handshake continues, so that the caller can read the reason afterwards.
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_NONE, nullptr);
  const std::string ca_file = tls_trust().ca_file;
  if (ca_file.empty()) {
    SSL_CTX_set_default_verify_paths(context.get());
  } else {
    SSL_CTX_load_verify_file(context.get(), ca_file.c_str());
  }
  const auto socket = connection_to(peer, limit);
  if (!socket) return std::nullopt;
  const std::unique_ptr<SSL, decltype(&SSL_free)> session(SSL_new(context.get()), SSL_free);
  if (session == nullptr || SSL_set_fd(session.get(), socket->number()) != 1) return std::nullopt;
  if (!is_address(peer.host)) SSL_set_tlsext_host_name(session.get(), peer.host.c_str());
  if (!shake_hands(*session, socket->number(), limit)) return std::nullopt;
  const std::unique_ptr<X509, decltype(&X509_free)> certificate(
      SSL_get1_peer_certificate(session.get()), X509_free);
  if (certificate == nullptr) return std::nullopt;
  return fault_of(SSL_get_verify_result(session.get()), *certificate, peer.host);
}

}  // namespace

std::string certificate_fault(const TlsPeer& peer, const std::function<bool()>& is_given_up) {
  const auto fault = fault_of_peer(peer, Limit(is_given_up));
  return "the certificate of " + peer.host + " " + fault.value_or("failed the verification");
}

void prepare_certificate_checks() { OPENSSL_init_ssl(0, nullptr); }

std::string certificate_check_store() { return X509_get_default_cert_file(); }

}  // namespace layercast::media
