#include "media/av/connection_error.h"

#include "base/redaction.h"
#include "media/av/certificate_check.h"
#include "media/av/tls_trust.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>
#include <utility>

extern "C" {
#include <libavutil/error.h>
}

namespace layercast::media {
namespace {

using base::ErrorCode;
using Lines = std::vector<LibraryLog::Line>;

constexpr std::string_view kClosed = "the server closed the connection";

struct Words {
  ErrorCode code;
  std::string text;
};

std::optional<std::string_view> after(std::string_view text, std::string_view beginning) {
  if (!text.starts_with(beginning)) return std::nullopt;
  return text.substr(beginning.size());
}

// `bad name` of `NetStream.Publish.BadName`; any other text unchanged.
std::string words_of_status(std::string_view status) {
  const bool is_code = (status.starts_with("NetStream.") || status.starts_with("NetConnection.")) &&
                       status.find(' ') == std::string_view::npos;
  if (!is_code) return std::string(status);
  std::string words;
  for (const char letter : status.substr(status.rfind('.') + 1)) {
    const bool is_upper = letter >= 'A' && letter <= 'Z';
    if (is_upper && !words.empty()) words += ' ';
    words += is_upper ? static_cast<char>(letter - 'A' + 'a') : letter;
  }
  return words;
}

std::optional<Words> refused_by_server(const Lines& said, Connection::Direction direction) {
  for (const auto& line : said) {
    const auto status = after(line.text, "Server error: ");
    if (!status) continue;
    const std::string refusal = direction == Connection::Direction::kPublish
                                    ? "the server refused the publish: "
                                    : "the server refused the stream: ";
    return Words{ErrorCode::kForbidden, refusal + words_of_status(*status)};
  }
  return std::nullopt;
}

std::optional<Words> unresolved_name(const Lines& said) {
  for (const auto& line : said) {
    const auto name = after(line.text, "Failed to resolve hostname ");
    if (name) return Words{ErrorCode::kIo, "the name does not resolve: " + std::string(*name)};
  }
  return std::nullopt;
}

std::optional<Words> refused_certificate(const Lines& said, const Connection& connection) {
  for (const auto& line : said) {
    const bool is_refused = line.text.starts_with("Peer certificate failed") ||
                            line.text.starts_with("Unable to verify peer") ||
                            line.text.starts_with("The certificate's owner") ||
                            line.text.starts_with("Unsupported certificate type");
    if (!is_refused) continue;
    const TlsPeer known = tls_peer_of(connection.url);
    TlsPeer peer{line.host.empty() ? known.host : line.host, known.port};
    if (peer.host != known.host) peer.port = kHttpsPort;  // after a redirection
    return Words{ErrorCode::kForbidden, certificate_fault(peer, connection.is_given_up) +
                                            "; --insecure-tls " + peer.host +
                                            " connects without verification"};
  }
  return std::nullopt;
}

std::optional<Words> unverified_login(int result, const Connection& connection) {
  const bool is_refused = result == AVERROR_EXIT && connection.attempts > 1 &&
                          !connection.accepts_any_certificate &&
                          is_only_first_verified(connection.url);
  if (!is_refused) return std::nullopt;
  return Words{ErrorCode::kForbidden,
               "the server asks for the login on a second connection, whose certificate cannot be "
               "verified; --insecure-tls " +
                   tls_peer_of(connection.url).host + " connects without verification"};
}

std::optional<Words> failed_tls(const Lines& said) {
  for (const auto& line : said) {
    if (line.text.starts_with("Cannot open connection tls://")) {
      return Words{ErrorCode::kIo, "the TLS handshake failed: " + std::string(kClosed)};
    }
    if (line.origin != "tls") continue;
    constexpr std::array<std::string_view, 4> kLost = {
        "Error in the push function", "Error in the pull function",
        "The TLS connection was non-properly terminated", "The session has been invalidated"};
    const bool is_lost = std::ranges::any_of(
        kLost, [&](std::string_view lost) { return line.text.starts_with(lost); });
    if (is_lost) return Words{ErrorCode::kIo, std::string(kClosed)};
    return Words{ErrorCode::kIo, "the TLS handshake failed: " + line.text};
  }
  return std::nullopt;
}

// A single segment of a playlist may be missing without a failure of the whole source.
bool is_of_http(int result) {
  constexpr std::array kResults = {AVERROR_HTTP_BAD_REQUEST,
                                   AVERROR_HTTP_UNAUTHORIZED,
                                   AVERROR_HTTP_FORBIDDEN,
                                   AVERROR_HTTP_NOT_FOUND,
                                   AVERROR_HTTP_OTHER_4XX,
                                   AVERROR_HTTP_SERVER_ERROR,
                                   AVERROR(EIO),
                                   AVERROR_EOF};
  return std::ranges::find(kResults, result) != kResults.end();
}

std::optional<Words> http_answer(int result, const Lines& said) {
  if (!is_of_http(result)) return std::nullopt;
  for (const auto& line : said) {
    const auto status = after(line.text, "HTTP error ");
    if (!status) continue;
    const bool is_refused = status->starts_with("401") || status->starts_with("403");
    return Words{is_refused ? ErrorCode::kForbidden : ErrorCode::kIo,
                 "the server answered " + std::string(*status)};
  }
  return std::nullopt;
}

std::optional<Words> failed_handshake(int result, const Lines& said) {
  const bool is_closed = result == AVERROR_EOF || result == AVERROR(ECONNRESET) ||
                         result == AVERROR(EPIPE) || result == AVERROR(EIO);
  if (!is_closed) return std::nullopt;
  const bool is_rtmp = std::ranges::any_of(
      said, [](const auto& line) { return line.text.find("RTMP handshake") != std::string::npos; });
  if (!is_rtmp) return std::nullopt;
  return Words{ErrorCode::kIo, std::string(kClosed) + " during the RTMP handshake"};
}

// libsrt does not tell the library more.
std::optional<Words> failed_srt(const Lines& said) {
  for (const auto& line : said) {
    if (line.origin != "srt" || !line.text.starts_with("Connection to ")) continue;
    return Words{ErrorCode::kIo,
                 "no SRT connection: the server does not answer, or it refuses the stream"};
  }
  return std::nullopt;
}

std::optional<Words> words_of_number(int result) {
  switch (result) {
    case AVERROR(ECONNREFUSED):
      return Words{ErrorCode::kIo, "connection refused"};
    case AVERROR(ETIMEDOUT):
      return Words{ErrorCode::kIo, "timed out: the server does not answer"};
    case AVERROR(EPIPE):
      return Words{ErrorCode::kBrokenPipe, std::string(kClosed)};
    case AVERROR(ECONNRESET):
    case AVERROR(ECONNABORTED):
    case AVERROR_EOF:
      return Words{ErrorCode::kIo, std::string(kClosed)};
    case AVERROR(EHOSTUNREACH):
      return Words{ErrorCode::kIo, "no route to the server"};
    case AVERROR(ENETUNREACH):
      return Words{ErrorCode::kIo, "the network is unreachable"};
    default:
      return std::nullopt;
  }
}

std::optional<Words> words_for(int result, const Lines& said, const Connection& connection) {
  if (auto words = refused_by_server(said, connection.direction)) return words;
  if (auto words = unresolved_name(said)) return words;
  if (auto words = refused_certificate(said, connection)) return words;
  if (auto words = unverified_login(result, connection)) return words;
  if (auto words = http_answer(result, said)) return words;
  if (auto words = failed_srt(said)) return words;
  if (auto words = failed_handshake(result, said)) return words;
  if (auto words = words_of_number(result)) return words;
  if (result == AVERROR_EXIT) return std::nullopt;  // the caller knows for what it has waited
  if (auto words = failed_tls(said)) return words;
  // What remains is the library's own message, in place of "Input/output error".
  if (result == AVERROR(EIO) && !said.empty()) return Words{ErrorCode::kIo, said.front().text};
  if (result == AVERROR(EIO)) return Words{ErrorCode::kIo, std::string(kClosed)};
  return std::nullopt;
}

}  // namespace

std::optional<base::Error> connection_error(int result, const Lines& said,
                                            const Connection& connection) {
  auto words = words_for(result, said, connection);
  if (!words) return std::nullopt;
  return base::Error{words->code,
                     base::redacted_urls(base::redacted_text(words->text, connection.url)),
                     {},
                     nullptr};
}

}  // namespace layercast::media
