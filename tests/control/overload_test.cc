// What clients can take from the others: memory, time and descriptors.

#include "tests/control/client.h"
#include "tests/control/fakes.h"

#include <algorithm>
#include <limits>
#include <memory>
#include <sys/resource.h>
#include <vector>

namespace layercast::control {
namespace {

using Milliseconds = std::chrono::milliseconds;

constexpr int kSmallWindow = 4096;
constexpr std::chrono::hours kNever{1};

/// Small buffers of the system, so that an answer waits in the server.
void with_small_buffers(ServerOptions& options) {
  options.limits.send_buffer_bytes = 16 << 10;
  options.limits.progress_patience = kNever;
  options.limits.slow_after = kNever;
}

/// A client that asks and reads nothing.
Wire mute(const ServerFixture& fixture, const std::string& line) {
  Wire wire(fixture.port(), kSmallWindow);
  wire.send(request_text(line));
  return wire;
}

TEST(Overload, AClientThatReadsNothingIsDisconnected) {
  const ServerFixture fixture([](ServerOptions& options) {
    with_small_buffers(options);
    options.limits.progress_patience = Milliseconds(200);
  });
  fixture.add_long_texts(100);
  Wire wire = mute(fixture, "GET /api/v1/layers");
  EXPECT_TRUE(becomes_true([&] { return fixture.metric("slow_clients_total") == 1; }));
  wire.take_all();
  EXPECT_TRUE(wire.has_ended());
}

TEST(Overload, AClientThatReadsSlowlyGetsAll) {
  const ServerFixture fixture([](ServerOptions& options) {
    options.limits.send_buffer_bytes = 64 << 10;
    options.limits.progress_patience = Milliseconds(500);
  });
  fixture.add_long_texts(100);
  Wire wire(fixture.port(), 64 << 10);
  wire.send(request_text("GET /api/v1/layers"));
  const std::string head = wire.take_until("\r\n\r\n");
  const Reply reply{200, head, {}};
  const size_t length = std::stoul(reply.field("Content-Length").value_or("0"));
  ASSERT_GT(length, 1'000'000);
  const auto begun = std::chrono::steady_clock::now();
  for (size_t taken = 0; taken < length; taken += 16'384) {
    const size_t count = std::min<size_t>(16'384, length - taken);
    ASSERT_EQ(wire.take(count).size(), count);
    std::this_thread::sleep_for(Milliseconds(15));  // its pace
  }
  EXPECT_GT(std::chrono::steady_clock::now() - begun, Milliseconds(800));
  EXPECT_EQ(fixture.metric("slow_clients_total"), 0);
}

TEST(Overload, AnswersOfAllClientsAreLimitedTogether) {
  const ServerFixture fixture([](ServerOptions& options) {
    with_small_buffers(options);
    options.limits.all_bytes_max = 1'800'000;
  });
  fixture.add_long_texts(100);
  auto mute_client = std::make_unique<Wire>(mute(fixture, "GET /api/v1/layers"));
  mute_client->take_until("\r\n\r\n");  // its answer waits in the server
  Reply refused;
  ASSERT_TRUE(becomes_true([&] {
    refused = ask(fixture.port(), "GET /api/v1/layers");
    return refused.status == 503;
  }));
  EXPECT_EQ(refused.field("Retry-After"), "1");
  EXPECT_EQ(refused.field("Content-Type"), "application/problem+json");
  EXPECT_EQ(ask(fixture.port(), "GET /healthz").status, 200);
  // What fits is answered.
  EXPECT_EQ(ask(fixture.port(), "GET /api/v1/layers/title").status, 200);
  mute_client.reset();
  EXPECT_TRUE(
      becomes_true([&] { return ask(fixture.port(), "GET /api/v1/layers").status == 200; }));
}

TEST(Overload, RequestsAreNotExecutedWhileTheBudgetIsFull) {
  const ServerFixture fixture([](ServerOptions& options) {
    with_small_buffers(options);
    options.limits.all_bytes_max = 1000;
  });
  fixture.add_long_texts(100);
  // The document that is kept for all readers is beyond the budget by itself.
  const Wire wire = mute(fixture, "GET /api/v1/scene");
  ASSERT_TRUE(
      becomes_true([&] { return ask(fixture.port(), "GET /api/v1/status").status == 503; }));
  const int64_t revision = fixture.revision();
  EXPECT_EQ(ask(fixture.port(), "PATCH /api/v1/layers/title", "{\"opacity\": 0.5}").status, 503);
  EXPECT_EQ(fixture.revision(), revision);
  EXPECT_EQ(ask(fixture.port(), "GET /healthz").status, 200);
  EXPECT_EQ(ask(fixture.port(), "GET /readyz").status, 200);
}

TEST(Overload, ABodyTakesFromTheSameBudget) {
  const ServerFixture fixture([](ServerOptions& options) {
    with_small_buffers(options);
    options.limits.all_bytes_max = 100'000;
  });
  const std::string start = "PATCH /api/v1/layers/title HTTP/1.1\r\nHost: localhost\r\n";
  auto slow = std::make_unique<Wire>(fixture.port());
  slow->send(start + "Content-Type: application/json\r\nContent-Length: 90000\r\n\r\n{");
  const std::string body = "{\"opacity\": 0.5}" + std::string(20'000, ' ');
  ASSERT_TRUE(becomes_true(
      [&] { return ask(fixture.port(), "PATCH /api/v1/layers/title", body).status == 503; }));
  slow.reset();
  EXPECT_TRUE(becomes_true(
      [&] { return ask(fixture.port(), "PATCH /api/v1/layers/title", body).status == 200; }));
}

TEST(Overload, TheLargestSlowClientMakesRoom) {
  const ServerFixture fixture([](ServerOptions& options) {
    with_small_buffers(options);
    options.limits.all_bytes_max = 1'800'000;
    options.limits.slow_after = Milliseconds(50);
  });
  fixture.add_long_texts(100);
  Wire wire = mute(fixture, "GET /api/v1/layers");
  wire.take_until("\r\n\r\n");  // its answer waits in the server
  ASSERT_TRUE(becomes_true([&] {
    ask(fixture.port(), "GET /api/v1/layers");
    return fixture.metric("slow_clients_total") >= 1;
  }));
  EXPECT_TRUE(
      becomes_true([&] { return ask(fixture.port(), "GET /api/v1/layers").status == 200; }));
}

TEST(Overload, AnswersOfOneRevisionShareTheirBytes) {
  const ServerFixture fixture([](ServerOptions& options) {
    with_small_buffers(options);
    options.limits.all_bytes_max = 1'800'000;
  });
  fixture.add_long_texts(100);
  std::vector<Wire> wires;
  for (int i = 0; i < 8; ++i) {
    wires.push_back(mute(fixture, "GET /api/v1/scene"));
    EXPECT_TRUE(wires.back().take_until("\r\n").ends_with("200 OK\r\n"));
  }
  const Reply reply = ask(fixture.port(), "GET /api/v1/scene");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.at("scene"), "auction");
  EXPECT_TRUE(reply.body.ends_with("}\n"));
}

TEST(Overload, AnUnfinishedMessageEndsInTimeWhateverPingsCome) {
  const ServerFixture fixture(
      [](ServerOptions& options) { options.limits.message_patience = Milliseconds(200); });
  Socket socket(fixture.port());
  ASSERT_TRUE(socket.is_open());
  constexpr uint8_t kTextWithoutEnd = 1;
  socket.send_frame("{\"jsonrpc\":", kTextWithoutEnd);
  const auto unfinished = [&] {
    return fixture.metric("websocket_dropped_clients_total", {{"reason", "unfinished"}});
  };
  EXPECT_TRUE(becomes_true([&] {
    socket.send("", 9);
    return unfinished() == 1;
  }));
  EXPECT_EQ(socket.receive(), std::nullopt);
  EXPECT_EQ(socket.close_code(), 1008);
}

TEST(Overload, AMessageInFragmentsIsUnderstood) {
  const ServerFixture fixture;
  Socket socket(fixture.port());
  socket.send_frame(R"({"jsonrpc":"2.0","id":1,)", 1);
  socket.send("ping", 9);
  socket.send_frame(R"("method":)", 0);
  socket.send_frame(std::string(200'000, ' '), 0);
  socket.send_frame(R"("status.get"})", 0x80);
  EXPECT_EQ(Reply::text_at(socket.receive_json(), "result.state"), "on-air");
  EXPECT_EQ(Reply::text_at(socket.call("status.get"), "result.state"), "on-air");
}

TEST(Overload, UnfinishedMessagesTakeFromTheBudget) {
  const ServerFixture fixture([](ServerOptions& options) {
    options.limits.all_bytes_max = 1'000'000;
    options.limits.slow_after = Milliseconds(50);
    options.limits.message_patience = kNever;
  });
  std::vector<std::unique_ptr<Socket>> sockets;
  for (int i = 0; i < 4; ++i) {
    sockets.push_back(std::make_unique<Socket>(fixture.port()));
    sockets.back()->send_frame(std::string(600'000, ' '), 1);
  }
  EXPECT_TRUE(becomes_true([&] {
    return fixture.metric("websocket_dropped_clients_total", {{"reason", "budget"}}) >= 1;
  }));
  EXPECT_TRUE(
      becomes_true([&] { return ask(fixture.port(), "GET /api/v1/status").status == 200; }));
}

TEST(Overload, ASubscriberThatReadsNothingIsDisconnected) {
  const ServerFixture fixture([](ServerOptions& options) {
    with_small_buffers(options);
    options.limits.progress_patience = Milliseconds(200);
  });
  fixture.add_long_texts(100);
  Socket socket(fixture.port(), {}, {}, kSmallWindow);
  socket.send(R"({"jsonrpc":"2.0","method":"subscribe"})");
  EXPECT_TRUE(becomes_true([&] {
    return fixture.metric("websocket_dropped_clients_total", {{"reason", "slow"}}) == 1;
  }));
  EXPECT_TRUE(becomes_true([&] { return fixture.metric("websocket_clients") == 0; }));
}

TEST(Overload, ViewersThatReadNothingLeaveTheirPlaces) {
  ServerFixture fixture([](ServerOptions& options) {
    options.limits.viewers_max = 2;
    options.limits.viewer_patience = Milliseconds(500);
  });
  fixture.status_provider.picture_bytes = 300'000;
  std::vector<Wire> viewers;
  for (int i = 0; i < 2; ++i) viewers.push_back(mute(fixture, "GET /api/v1/preview.mjpeg"));
  const auto begun = std::chrono::steady_clock::now();
  EXPECT_TRUE(becomes_true([&] {
    Wire honest(fixture.port());
    honest.send(request_text("GET /api/v1/preview.mjpeg"));
    if (!honest.take_until("\r\n").ends_with("200 OK\r\n")) return false;
    for (int i = 0; i < 3; ++i) EXPECT_NE(honest.take_until("picture "), "");
    return true;
  }));
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(5));
}

TEST(Overload, ConnectionsLeaveDescriptorsForTheStream) {
  const ServerFixture fixture;
  Wire first(fixture.port());
  first.send(request_text("GET /healthz"));
  ASSERT_EQ(take_reply(first).status, 200);
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  // Both ends of each connection are in this process.
  const rlimit small{256, before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &small), 0);
  std::vector<Wire> idle;
  for (int i = 0; i < 80 && fixture.metric("connections_refused_total") == 0; ++i) {
    idle.emplace_back(fixture.port());
    idle.back().send(request_text("GET /healthz"));
    take_reply(idle.back());
  }
  EXPECT_EQ(fixture.metric("connections_refused_total"), 1);
  first.send(request_text("GET /healthz"));
  EXPECT_EQ(take_reply(first).status, 200);
  std::vector<int> files;
  for (int i = 0; i < 100; ++i) files.push_back(::dup(1));
  EXPECT_EQ(std::ranges::count(files, -1), 0);
  for (const int file : files) ::close(file);
  EXPECT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
}

std::chrono::steady_clock::duration time_to_refuse(const ServerFixture& fixture, int members,
                                                   Reply& reply) {
  std::string body = "{\"id\":null";
  for (int i = 0; i < members; ++i) body += ",\"k" + std::to_string(i) + "\":0";
  body += "}";
  auto shortest = std::chrono::steady_clock::duration::max();
  for (int i = 0; i < 3; ++i) {
    const auto begun = std::chrono::steady_clock::now();
    reply = ask(fixture.port(), "PUT /api/v1/active", body);
    shortest = std::min(shortest, std::chrono::steady_clock::now() - begun);
  }
  return shortest;
}

TEST(Overload, UnknownMembersAreRefusedInLinearTime) {
  const ServerFixture fixture;
  Reply reply;
  const auto few = time_to_refuse(fixture, 18'750, reply);
  const auto many = time_to_refuse(fixture, 150'000, reply);
  EXPECT_LT(many, 24 * few);  // 8 times as many; the square would be 64 times
  EXPECT_EQ(reply.status, 422);
  EXPECT_LT(reply.body.size(), 64 << 10);
  EXPECT_NE(reply.body.find(" more faults\""), std::string::npos);
}

TEST(Overload, ARepeatedKeyIsRefusedWithAShortAnswer) {
  const ServerFixture fixture;
  std::string body = "{\"k\\u0001\":0";
  for (int i = 0; i < 150'000; ++i) body += ",\"k\\u0001\":0";
  const Reply reply = ask(fixture.port(), "PUT /api/v1/active", body + "}");
  EXPECT_EQ(reply.status, 400);
  EXPECT_LT(reply.body.size(), 64 << 10);
  EXPECT_NE(reply.body.find(" more faults\""), std::string::npos);
}

TEST(Overload, AnswersShowLongTextsInPart) {
  const ServerFixture fixture;
  const std::string text(900'000, 'w');
  Socket socket(fixture.port());
  const std::vector<std::pair<std::string, std::string>> calls = {
      {text, "{}"},
      {"subscribe", R"({"events":[")" + text + "\"]}"},
      {"layers.get", R"({"id":")" + text + "\"}"},
      {"layers.animations.list", R"({"id":")" + text + "\"}"},
      {"audio.get", R"({"id":")" + text + "\"}"},
      {"layers.restart", R"({"id":")" + text + "\"}"},
      {"layers.update", R"({"id":"title","patch":{"opacity":")" + text + "\"}}"},
      {"layers.update", R"({"id":"title","patch":{")" + text + "\":1}}"},
      {"layers.update", R"({"id":"title","patch":{"blend":")" + text + "\"}}"},
      {"layers.update", R"({"id":"title","patch":{},"wait":")" + text + "\"}"},
      {"layers.update", R"({"id":"title","patch":{},"at":")" + text + "\"}"},
      {"outputs.add", R"({"output":{"id":"o","url":")" + text + "\"}}"}};
  for (const auto& [method, params] : calls) {
    socket.send(R"({"jsonrpc":"2.0","id":7,"method":")" + method + R"(","params":)" + params + "}");
    const auto answer = socket.receive();
    ASSERT_TRUE(answer.has_value()) << method.substr(0, 40);
    EXPECT_NE(answer->find("\"error\""), std::string::npos) << answer->substr(0, 200);
    EXPECT_LT(answer->size(), 4000) << answer->substr(0, 200);
  }
  // An id that an answer would have to repeat.
  socket.send(R"({"jsonrpc":"2.0","id":")" + text + R"(","method":"status.get"})");
  EXPECT_EQ(Reply::text_at(socket.receive_json(), "error.code"), "-32600");
  const std::string path = "/api/v1/layers/" + std::string(3000, 'w');
  for (const Reply& reply :
       {ask(fixture.port(), "GET " + path), ask(fixture.port(), "POST " + path),
        ask(fixture.port(), "GET /" + std::string(3000, 'w')),
        ask(fixture.port(), "GET /api/v1/layers", Said{.host = std::string(3000, 'w')}),
        ask(fixture.port(), "GET /api/v1/layers",
            Said{.fields = "Origin: http://" + std::string(3000, 'w') + "\r\n"}),
        ask(fixture.port(), std::string(3000, 'W') + " /healthz"),
        ask(fixture.port(), "PATCH /api/v1/layers/title?at=" + std::string(3000, 'w'), "{}")}) {
    EXPECT_GE(reply.status, 400);
    EXPECT_LT(reply.body.size(), 2500) << reply.body.substr(0, 300);
    EXPECT_NE(reply.body.find("…"), std::string::npos) << reply.body.substr(0, 300);
  }
  const Reply unknown = ask(fixture.port(), "PATCH /api/v1/layers/title", "{\"" + text + "\":0}");
  EXPECT_EQ(unknown.status, 422);
  EXPECT_LT(unknown.body.size(), 4000);
}

TEST(Overload, EveryRefusalIsAProblem) {
  const ServerFixture fixture;
  const std::string host = "Host: localhost\r\n";
  const std::string browser = "User-Agent: " + std::string(10'000, 'a') + "\r\n";
  const std::vector<std::pair<std::string, int>> requests = {
      {"GET /%0a HTTP/1.1\r\n" + host, 404},
      {"GET /nowhere HTTP/1.1\r\n" + host + browser, 404},
      {"GET /%zz HTTP/1.1\r\n" + host, 400},
      {"GET /healthz?a=%zz HTTP/1.1\r\n" + host, 400},
      {"GET /healthz HTTP/2.0\r\n" + host, 505},
      {"GET healthz HTTP/1.1\r\n" + host, 400},
      {"NONSENSE\r\n", 400},
      {"BREW /healthz HTTP/1.1\r\n" + host, 501},
      {"DELETE /healthz HTTP/1.1\r\n" + host, 405},
      {"GET /healthz HTTP/1.1\r\n", 400},
      {"GET /healthz HTTP/1.1\r\nHost: evil.example\r\n", 421},
      {"GET /" + std::string(5000, 'a') + " HTTP/1.1\r\n" + host, 414},
      {"GET /healthz HTTP/1.1\r\n" + host + browser + "X: " + std::string(9000, 'a') + "\r\n", 431},
      {"POST /api/v1/layers HTTP/1.1\r\n" + host + "Content-Length: 99999999\r\n", 413},
      {"GET /api/v1/ws HTTP/1.1\r\n" + host, 426},
      {"GET /api/v1/ws HTTP/1.1\r\n" + host +
           "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n",
       426},
      {"GET /api/v1/ws HTTP/1.1\r\n" + host +
           "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 8\r\n"
           "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n",
       426}};
  for (const auto& [request, status] : requests) {
    Wire wire(fixture.port());
    wire.send(request + "\r\n");
    const Reply reply = take_reply(wire);
    EXPECT_EQ(reply.status, status) << request.substr(0, 60);
    EXPECT_EQ(reply.field("Content-Type"), "application/problem+json") << request.substr(0, 60);
    EXPECT_EQ(reply.field("X-Content-Type-Options"), "nosniff") << request.substr(0, 60);
    EXPECT_EQ(reply.field("Cache-Control"), "no-store") << request.substr(0, 60);
    EXPECT_EQ(reply.at("status"), std::to_string(status)) << request.substr(0, 60);
  }
  EXPECT_EQ(ask(fixture.port(), "GET /healthz", Said{.fields = browser}).status, 200);
  EXPECT_TRUE(Socket(fixture.port(), browser).is_open());
}

}  // namespace
}  // namespace layercast::control
