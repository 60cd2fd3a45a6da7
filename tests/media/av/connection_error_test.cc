#include "media/av/connection_error.h"

#include <cerrno>
#include <gtest/gtest.h>
#include <string>

extern "C" {
#include <libavutil/error.h>
}

namespace layercast::media {
namespace {

using base::ErrorCode;
using Direction = Connection::Direction;

struct Case {
  int result;
  std::vector<LibraryLog::Line> said;
  ErrorCode code;
  std::string words;
};

LibraryLog::Line rtmp(std::string text) { return {"rtmp", std::move(text), {}}; }
LibraryLog::Line tls(std::string text) { return {"tls", std::move(text), {}}; }

TEST(ConnectionError, NamesWhatFailedInWords) {
  const std::vector<Case> cases = {
      {AVERROR(ECONNREFUSED), {}, ErrorCode::kIo, "connection refused"},
      {AVERROR(ETIMEDOUT), {}, ErrorCode::kIo, "timed out: the server does not answer"},
      {AVERROR(EPIPE), {}, ErrorCode::kBrokenPipe, "the server closed the connection"},
      {AVERROR(ECONNRESET), {}, ErrorCode::kIo, "the server closed the connection"},
      {AVERROR_EOF, {}, ErrorCode::kIo, "the server closed the connection"},
      {AVERROR(EIO), {}, ErrorCode::kIo, "the server closed the connection"},
      {AVERROR(EHOSTUNREACH), {}, ErrorCode::kIo, "no route to the server"},
      {AVERROR(EPERM),
       {rtmp("Server error: NetStream.Publish.BadName")},
       ErrorCode::kForbidden,
       "the server refused the publish: bad name"},
      {AVERROR(EPERM),
       {rtmp("Server error: Already publishing")},
       ErrorCode::kForbidden,
       "the server refused the publish: Already publishing"},
      // The reason comes after lines that tell less.
      {AVERROR(EIO),
       {rtmp("Unable to read packet"), rtmp("Server error: NetConnection.Connect.InvalidApp")},
       ErrorCode::kForbidden,
       "the server refused the publish: invalid app"},
      {AVERROR(EIO),
       {{"tcp", "Failed to resolve hostname h.example: Name or service not known", {}}},
       ErrorCode::kIo,
       "the name does not resolve: h.example: Name or service not known"},
      {AVERROR(EIO),
       {{"srt", "Connection to srt://h:1?passphrase=abcdef failed: Input/output error", {}}},
       ErrorCode::kIo,
       "no SRT connection: the server does not answer, or it refuses the stream"},
      {AVERROR_EOF,
       {rtmp("Cannot read RTMP handshake response")},
       ErrorCode::kIo,
       "the server closed the connection during the RTMP handshake"},
      {AVERROR(EIO),
       {tls("An unexpected TLS packet was received")},
       ErrorCode::kIo,
       "the TLS handshake failed: An unexpected TLS packet was received"},
      {AVERROR(EIO),
       {{"rtmps", "Cannot open connection tls://h:443", {}}},
       ErrorCode::kIo,
       "the TLS handshake failed: the server closed the connection"},
      {AVERROR(EIO),
       {tls("Error in the push function")},
       ErrorCode::kIo,
       "the server closed the connection"},
      {AVERROR_HTTP_FORBIDDEN,
       {{"https", "HTTP error 403 Forbidden", {}}},
       ErrorCode::kForbidden,
       "the server answered 403 Forbidden"},
      {AVERROR_HTTP_NOT_FOUND,
       {{"https", "HTTP error 404 Not Found", {}}},
       ErrorCode::kIo,
       "the server answered 404 Not Found"},
  };
  for (const Case& expected : cases) {
    const auto error =
        connection_error(expected.result, expected.said, {"rtmp://h/live/k", Direction::kPublish});
    ASSERT_TRUE(error) << expected.words;
    EXPECT_EQ(error->message, expected.words);
    EXPECT_EQ(error->code, expected.code) << expected.words;
  }
}

TEST(ConnectionError, OfASourceDoesNotSpeakOfPublishing) {
  const auto error = connection_error(AVERROR(EPERM), {rtmp("Server error: Stream not found")},
                                      {"rtmp://h/live/k", Direction::kPlay});
  ASSERT_TRUE(error);
  EXPECT_EQ(error->message, "the server refused the stream: Stream not found");
}

TEST(ConnectionError, ContainsNoSecret) {
  const auto error = connection_error(
      AVERROR(EPERM),
      {rtmp("Server error: live/abcd-efgh?sign=t0k3n is in use, see https://h/a?key=t0k4n")},
      {"rtmp://me:pass99@h/live/abcd-efgh?sign=t0k3n", Direction::kPublish});
  ASSERT_TRUE(error);
  EXPECT_EQ(error->message,
            "the server refused the publish: live/***?sign=*** is in use, see https://h/a?key=***");
}

TEST(ConnectionError, LeavesOtherResultsToTheCaller) {
  EXPECT_FALSE(connection_error(AVERROR_EXIT, {}, {"rtmp://h/live/k", Direction::kPublish}));
  EXPECT_FALSE(connection_error(AVERROR_INVALIDDATA, {{"hls", "HTTP error 404 Not Found", {}}},
                                {"https://h/a.m3u8", Direction::kPlay}));
}

TEST(ConnectionError, OfAnUnverifiedLoginNamesTheWayOut) {
  const Connection connection{"rtmps://me:pass99@h.example/live/k", Direction::kPublish, 2, {}};
  const auto error = connection_error(AVERROR_EXIT, {}, connection);
  ASSERT_TRUE(error);
  EXPECT_EQ(error->code, ErrorCode::kForbidden);
  EXPECT_EQ(error->message,
            "the server asks for the login on a second connection, whose certificate cannot be "
            "verified; --insecure-tls h.example connects without verification");
}

}  // namespace
}  // namespace layercast::media
