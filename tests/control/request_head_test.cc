#include "control/request_head.h"

#include <gtest/gtest.h>

namespace layercast::control {
namespace {

RequestHead head_of(const std::string& text) {
  const auto parsed = parse_head(text);
  EXPECT_TRUE(parsed.ok()) << text;
  return parsed.ok() ? parsed.value() : RequestHead{};
}

int refusal_of(const std::string& text) {
  const auto parsed = parse_head(text);
  return parsed.ok() ? 0 : parsed.error().status;
}

std::string with(const std::string& fields) {
  return "POST /a HTTP/1.1\r\nHost: x\r\n" + fields + "\r\n";
}

TEST(RequestHead, IsReadWhole) {
  const RequestHead head = head_of(
      "PATCH /api/v1/layers/a%20b?wait=on-air HTTP/1.1\r\nHost: x:80\r\nIf-Match:  \"3\" \r\n"
      "Content-Length: 12\r\n\r\n");
  EXPECT_EQ(head.method, "PATCH");
  EXPECT_EQ(head.path, "/api/v1/layers/a%20b");
  EXPECT_EQ(head.query, "wait=on-air");
  EXPECT_EQ(head.value_of("if-match"), "\"3\"");
  EXPECT_EQ(head.content_length, 12);
  EXPECT_TRUE(head.keeps_alive);
}

TEST(RequestHead, EndsAtAnEmptyLine) {
  EXPECT_EQ(head_length("GET / HTTP/1.1\r\nHost: x\r\n"), std::nullopt);
  EXPECT_EQ(head_length("GET / HTTP/1.1\r\n\r\nrest"), 18U);
}

TEST(RequestHead, ConnectionsEndWhenAsked) {
  EXPECT_FALSE(head_of(with("Connection: foo, CLOSE\r\n")).keeps_alive);
  EXPECT_FALSE(head_of("GET / HTTP/1.0\r\nHost: x\r\n\r\n").keeps_alive);
}

TEST(RequestHead, WhatTwoReadersCouldReadInTwoWaysIsRefused) {
  EXPECT_EQ(refusal_of(with("Content-Length: 3\r\nContent-Length: 4\r\n")), 400);
  EXPECT_EQ(refusal_of(with("Content-Length: +3\r\n")), 400);
  EXPECT_EQ(refusal_of(with("Content-Length: 3, 3\r\n")), 400);
  EXPECT_EQ(refusal_of(with("Content-Length: 99999999999999999999\r\n")), 400);
  EXPECT_EQ(refusal_of(with("Host: y\r\n")), 400);
  EXPECT_EQ(refusal_of(with("A : b\r\n")), 400);
  EXPECT_EQ(refusal_of(with("A: b\r\n folded\r\n")), 400);
  EXPECT_EQ(refusal_of(with("A: b\nC: d\r\n")), 400);
  EXPECT_EQ(refusal_of(with(std::string("A: b\0c\r\n", 8))), 400);
  EXPECT_EQ(refusal_of("GET /a b HTTP/1.1\r\n\r\n"), 400);
  EXPECT_EQ(refusal_of("GET http://x/ HTTP/1.1\r\n\r\n"), 400);
  EXPECT_EQ(refusal_of("G{T / HTTP/1.1\r\n\r\n"), 400);
  EXPECT_EQ(refusal_of("GET /\r\n\r\n"), 400);
}

TEST(RequestHead, BodiesOfUnknownLengthAndCompressedOnesAreRefused) {
  EXPECT_EQ(refusal_of(with("Transfer-Encoding: chunked\r\n")), 411);
  EXPECT_EQ(refusal_of(with("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n")), 411);
  EXPECT_EQ(refusal_of(with("Content-Encoding: gzip\r\nContent-Length: 3\r\n")), 415);
  EXPECT_EQ(refusal_of(with("Content-Encoding: identity\r\nContent-Length: 3\r\n")), 0);
}

TEST(RequestHead, OtherExpectationsVersionsAndLengthsAreRefused) {
  EXPECT_EQ(refusal_of(with("Expect: tea\r\n")), 417);
  EXPECT_EQ(refusal_of("GET / HTTP/2.0\r\n\r\n"), 505);
  EXPECT_EQ(refusal_of("GET /" + std::string(5000, 'a') + " HTTP/1.1\r\n\r\n"), 414);
  std::string many;
  for (int i = 0; i < 100; ++i) many += "A: b\r\n";
  EXPECT_EQ(refusal_of(with(many)), 431);
}

TEST(RequestHead, QueriesAreDecoded) {
  EXPECT_EQ(query_value("a=1&b=x%2By+z&b=2", "b"), "x+y z");
  EXPECT_EQ(query_value("a&b=2", "a"), "");
  EXPECT_EQ(query_value("a=1", "c"), std::nullopt);
  EXPECT_EQ(query_value("a=%zz", "a"), std::nullopt);
  EXPECT_EQ(percent_decoded("%4"), std::nullopt);
}

}  // namespace
}  // namespace layercast::control
