#include "control/http_listener.h"

#include "tests/control/client.h"
#include "tests/control/fakes.h"

#include <vector>

namespace layercast::control {
namespace {

using Milliseconds = std::chrono::milliseconds;

std::chrono::steady_clock::duration time_of(const std::function<void()>& act) {
  const auto begun = std::chrono::steady_clock::now();
  act();
  return std::chrono::steady_clock::now() - begun;
}

TEST(HttpListener, ConnectionsAreKeptForSeveralRequests) {
  const ServerFixture fixture;
  Wire wire(fixture.port());
  for (int i = 0; i < 50; ++i) {
    ASSERT_TRUE(wire.send(request_text("GET /healthz")));
    ASSERT_EQ(take_reply(wire).status, 200);
  }
}

TEST(HttpListener, RequestsInOnePieceAreAnsweredInOrder) {
  const ServerFixture fixture;
  Wire wire(fixture.port());
  wire.send(request_text("GET /healthz") + request_text("GET /nowhere") +
            request_text("PATCH /api/v1/layers/title", {.body = "{\"opacity\": 0.5}"}) +
            request_text("GET /api/v1/layers/title"));
  EXPECT_EQ(take_reply(wire).status, 200);
  EXPECT_EQ(take_reply(wire).status, 404);
  EXPECT_EQ(take_reply(wire).status, 200);
  EXPECT_EQ(take_reply(wire).at("opacity"), "0.5");
}

TEST(HttpListener, RequestsInManyPiecesAreUnderstood) {
  const ServerFixture fixture;
  Wire wire(fixture.port());
  const std::string text =
      request_text("PATCH /api/v1/layers/title", {.body = "{\"opacity\": 0.25}"});
  for (const char c : text) ASSERT_TRUE(wire.send(std::string(1, c)));
  EXPECT_EQ(take_reply(wire).at("result.opacity"), "0.25");
}

TEST(HttpListener, ConnectionsEndWhenAskedTo) {
  const ServerFixture fixture;
  Wire wire(fixture.port());
  wire.send(request_text("GET /healthz", {.fields = "Connection: close\r\n"}));
  EXPECT_EQ(take_reply(wire).field("Connection"), "close");
  EXPECT_EQ(wire.take_all(), "");
  EXPECT_TRUE(wire.has_ended());
}

TEST(HttpListener, IdleClientsHoldNobodyUp) {
  const ServerFixture fixture;
  std::vector<Wire> idle;
  for (int i = 0; i < 64; ++i) {
    idle.emplace_back(fixture.port());
    idle.back().send(request_text("GET /healthz"));
    ASSERT_EQ(take_reply(idle.back()).status, 200);
  }
  std::vector<Wire> slow;
  for (int i = 0; i < 64; ++i) {
    slow.emplace_back(fixture.port());
    slow.back().send("GET /healthz HTTP/1.1\r\nHo");
  }
  const auto taken = time_of([&] { EXPECT_EQ(ask(fixture.port(), "GET /healthz").status, 200); });
  EXPECT_LT(taken, Milliseconds(500));
  for (Wire& wire : idle) {
    ASSERT_TRUE(wire.send(request_text("GET /healthz")));
    EXPECT_EQ(take_reply(wire).status, 200);
  }
}

TEST(HttpListener, SlowHeadsBodiesAndIdleConnectionsAreEnded) {
  const ServerFixture fixture([](ServerOptions& options) {
    options.limits.head_patience = Milliseconds(100);
    options.limits.body_patience = Milliseconds(100);
    options.limits.idle_patience = Milliseconds(100);
  });
  Wire silent(fixture.port());
  EXPECT_EQ(silent.take_all(), "");
  EXPECT_TRUE(silent.has_ended());

  Wire head(fixture.port());
  head.send("GET /healthz HTTP/1.1\r\n");
  EXPECT_EQ(take_reply(head).status, 408);

  Wire body(fixture.port());
  body.send(
      "PATCH /api/v1/layers/title HTTP/1.1\r\nHost: localhost\r\n"
      "Content-Type: application/json\r\nContent-Length: 10\r\n\r\n{");
  EXPECT_EQ(take_reply(body).status, 408);

  Wire idle(fixture.port());
  idle.send(request_text("GET /healthz"));
  EXPECT_EQ(take_reply(idle).status, 200);
  EXPECT_EQ(idle.take_all(), "");
  EXPECT_TRUE(idle.has_ended());
}

TEST(HttpListener, AHeadThatTricklesInIsEndedAllTheSame) {
  const ServerFixture fixture(
      [](ServerOptions& options) { options.limits.head_patience = Milliseconds(200); });
  Wire wire(fixture.port());
  wire.send("GET /healthz HTTP/1.1\r\nX: ");
  const auto taken = time_of([&] {
    while (wire.send("a") && !wire.receive(Milliseconds(10)) && !wire.has_ended()) {
    }
  });
  EXPECT_LT(taken, std::chrono::seconds(3));
  EXPECT_EQ(take_reply(wire).status, 408);
}

TEST(HttpListener, LongHeadsAreRefused) {
  const ServerFixture fixture;
  Wire wire(fixture.port());
  wire.send("GET /healthz HTTP/1.1\r\nHost: localhost\r\nX: " + std::string(20'000, 'a'));
  EXPECT_EQ(take_reply(wire).status, 431);
  Wire whole(fixture.port());
  whole.send("GET /healthz HTTP/1.1\r\nHost: localhost\r\nX: " + std::string(17'000, 'a') +
             "\r\n\r\n");
  EXPECT_EQ(take_reply(whole).status, 431);
  const std::string fits(15'000, 'a');
  EXPECT_EQ(ask(fixture.port(), "GET /healthz", Said{.fields = "X: " + fits + "\r\n"}).status, 200);
}

TEST(HttpListener, LongBodiesAreRefusedBeforeTheyAreRead) {
  const ServerFixture fixture;
  Wire wire(fixture.port());
  wire.send(
      "PUT /api/v1/scene HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
      "Content-Length: 5000000\r\n\r\n");
  const Reply reply = take_reply(wire);
  EXPECT_EQ(reply.status, 413);
  EXPECT_EQ(reply.field("Connection"), "close");
  // A whole one that is let in is read to its end.
  const std::string spaces(3 << 20, ' ');
  EXPECT_EQ(ask(fixture.port(), "PATCH /api/v1/layers/title", spaces + "{}").status, 200);
}

TEST(HttpListener, TheAnswerReachesAClientThatIsStillSending) {
  const ServerFixture fixture;
  Wire wire(fixture.port());
  wire.send(
      "PUT /api/v1/scene HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
      "Content-Length: 5000000\r\n\r\n" +
      std::string(1 << 20, ' '));
  EXPECT_EQ(take_reply(wire).status, 413);
}

TEST(HttpListener, ChunkedAndCompressedBodiesAreRefused) {
  const ServerFixture fixture;
  const std::string start =
      "PATCH /api/v1/layers/title HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
      "application/json\r\n";
  Wire chunked(fixture.port());
  chunked.send(start + "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n");
  EXPECT_EQ(take_reply(chunked).status, 411);
  Wire compressed(fixture.port());
  compressed.send(start + "Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}");
  EXPECT_EQ(take_reply(compressed).status, 415);
  EXPECT_EQ(fixture.revision(), 1);
}

TEST(HttpListener, ABodyIsAskedForWhereThatIsExpected) {
  const ServerFixture fixture;
  Wire wire(fixture.port());
  wire.send(
      "PATCH /api/v1/layers/title HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
      "Expect: 100-continue\r\nContent-Length: 16\r\n\r\n");
  EXPECT_EQ(wire.take_until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  wire.send("{\"opacity\": 0.5}");
  EXPECT_EQ(take_reply(wire).status, 200);
  Wire refused(fixture.port());
  refused.send(
      "PATCH /api/v1/layers/title HTTP/1.1\r\nHost: evil.example\r\nExpect: 100-continue\r\n"
      "Content-Length: 16\r\n\r\n");
  EXPECT_EQ(take_reply(refused).status, 421);
}

TEST(HttpListener, HostileBytesEndOnlyTheirOwnConnection) {
  const ServerFixture fixture(
      [](ServerOptions& options) { options.limits.head_patience = Milliseconds(300); });
  uint32_t state = 12345;
  for (int i = 0; i < 200; ++i) {
    std::string bytes = i % 2 == 0 ? "GET /healthz HTTP/1.1\r\nHost: localhost\r\n" : "";
    for (int j = 0; j < 300; ++j) {
      state = state * 1664525 + 1013904223;
      bytes += static_cast<char>(state >> 24);
    }
    Wire wire(fixture.port());
    wire.send(bytes + "\r\n\r\n");
  }
  EXPECT_EQ(ask(fixture.port(), "GET /healthz").status, 200);
}

TEST(HttpListener, MoreConnectionsThanThereAreSeatsAreTurnedAway) {
  const ServerFixture fixture([](ServerOptions& options) { options.limits.connections_max = 5; });
  {
    std::vector<Wire> wires;
    for (int i = 0; i < 5; ++i) {
      wires.emplace_back(fixture.port());
      wires.back().send(request_text("GET /healthz"));
      ASSERT_EQ(take_reply(wires.back()).status, 200);
    }
    Wire late(fixture.port());
    late.send(request_text("GET /healthz"));
    EXPECT_EQ(take_reply(late).status, 0);
    EXPECT_EQ(fixture.metric("connections_refused_total"), 1);
  }
  EXPECT_TRUE(becomes_true([&] {
    Wire wire(fixture.port());
    wire.send(request_text("GET /healthz"));
    return take_reply(wire).status == 200;
  }));
}

TEST(HttpListener, ASocketAndAPreviewKeepTheirSeats) {
  const ServerFixture fixture([](ServerOptions& options) { options.limits.connections_max = 2; });
  const Socket socket(fixture.port());
  ASSERT_TRUE(socket.is_open());
  Wire viewer(fixture.port());
  viewer.send(request_text("GET /api/v1/preview.mjpeg"));
  ASSERT_NE(viewer.take_until("\r\n\r\n"), "");
  Wire late(fixture.port());
  late.send(request_text("GET /healthz"));
  EXPECT_EQ(take_reply(late).status, 0);
}

TEST(HttpListener, EndsSoonWhileClientsWaitAndIdle) {
  auto fixture = std::make_unique<ServerFixture>();
  Wire idle(fixture->port());
  idle.send(request_text("GET /healthz"));
  EXPECT_EQ(take_reply(idle).status, 200);
  Wire half(fixture->port());
  half.send("GET /hea");
  Wire waiting(fixture->port());
  waiting.send(
      request_text("PATCH /api/v1/layers/title?wait=on-air", {.body = "{\"opacity\": 0.5}"}));
  Socket socket(fixture->port());
  EXPECT_TRUE(becomes_true([&] { return fixture->revision() == 2; }));
  EXPECT_LT(time_of([&] { fixture->server.reset(); }), std::chrono::seconds(4));
  EXPECT_EQ(take_reply(waiting).status, 202);
  EXPECT_EQ(socket.receive(), std::nullopt);
}

TEST(Preview, ShowsOnePictureAfterAnother) {
  const ServerFixture fixture;
  Wire wire(fixture.port());
  wire.send(request_text("GET /api/v1/preview.mjpeg"));
  const std::string head = wire.take_until("\r\n\r\n");
  EXPECT_NE(head.find("Content-Type: multipart/x-mixed-replace; boundary=frame\r\n"),
            std::string::npos)
      << head;
  for (int i = 0; i < 3; ++i) {
    const std::string part = wire.take_until("\r\n\r\n");
    EXPECT_TRUE(part.starts_with("--frame\r\nContent-Type: image/jpeg\r\nContent-Length: "))
        << part;
    EXPECT_TRUE(wire.take_until("\r\n").starts_with("picture "));
  }
  EXPECT_EQ(ask(fixture.port(), "HEAD /api/v1/preview.mjpeg").status, 200);
  EXPECT_EQ(ask(fixture.port(), "POST /api/v1/preview.mjpeg").status, 405);
}

TEST(Preview, IsMadeOnceForAllAndNotAtAllForNobody) {
  const ServerFixture fixture;
  EXPECT_EQ(fixture.status_provider.pictures_made, 0);
  {
    std::vector<Wire> viewers;
    for (int i = 0; i < 8; ++i) {
      viewers.emplace_back(fixture.port());
      viewers.back().send(request_text("GET /api/v1/preview.mjpeg"));
    }
    for (Wire& viewer : viewers) EXPECT_NE(viewer.take_until("picture "), "");
    // Requests are answered meanwhile: viewers take no threads.
    EXPECT_EQ(ask(fixture.port(), "GET /healthz").status, 200);
    const int before = fixture.status_provider.pictures_made;
    const auto taken = time_of([&] {
      for (int i = 0; i < 10; ++i) EXPECT_NE(viewers[0].take_until("--frame"), "");
    });
    // One in five milliseconds, however many look.
    const auto most = taken / Milliseconds(5) + 3;
    EXPECT_LE(fixture.status_provider.pictures_made - before, most);
  }
  EXPECT_TRUE(becomes_true([&] { return fixture.metric("preview_viewers") == 0; }));
  int last = -1;
  EXPECT_TRUE(becomes_true([&] {
    const bool is_still = fixture.status_provider.pictures_made == last;
    last = fixture.status_provider.pictures_made;
    std::this_thread::sleep_for(Milliseconds(30));
    return is_still;
  }));
}

TEST(Preview, HasRoomForSoMany) {
  const ServerFixture fixture([](ServerOptions& options) { options.limits.viewers_max = 2; });
  std::vector<Wire> viewers;
  for (int i = 0; i < 2; ++i) {
    viewers.emplace_back(fixture.port());
    viewers.back().send(request_text("GET /api/v1/preview.mjpeg"));
    ASSERT_NE(viewers.back().take_until("picture "), "");
  }
  EXPECT_EQ(ask(fixture.port(), "GET /api/v1/preview.mjpeg").status, 503);
}

}  // namespace
}  // namespace layercast::control
