#include "control/routes.h"
#include "control/rpc.h"
#include "control/server.h"
#include "tests/control/client.h"
#include "tests/control/fakes.h"

#include <atomic>
#include <future>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace layercast::control {
namespace {

using scene::Value;

std::string at(const Value& document, std::string_view path) {
  return Reply::text_at(document, path);
}

TEST(WebSocket, CallsAreAnswered) {
  const ServerFixture fixture;
  Socket socket(fixture.port());
  ASSERT_TRUE(socket.is_open());
  const Value scene = socket.call("scene.get");
  EXPECT_EQ(at(scene, "jsonrpc"), "2.0");
  EXPECT_EQ(at(scene, "id"), "7");
  EXPECT_EQ(at(scene, "result.scene"), "auction");
  EXPECT_EQ(at(scene, "result.outputs.0.url"), "rtmp://127.0.0.1/live/***");
  EXPECT_EQ(at(socket.call("layers.list"), "result.layers.1.id"), "title");
  EXPECT_EQ(at(socket.call("layers.get", R"({"id": "title"})"), "result.layer.z_index"), "5");
  EXPECT_EQ(at(socket.call("status.get"), "result.state"), "on-air");
  EXPECT_EQ(at(socket.call("outputs.list"), "result.outputs.0.state"), "live");
}

TEST(WebSocket, CommandsAreObeyed) {
  const ServerFixture fixture;
  Socket socket(fixture.port());
  const auto is_revision = [&](const Value& answer, const char* revision) {
    EXPECT_EQ(at(answer, "result.revision"), revision) << scene::write_json(answer, 0);
  };
  is_revision(socket.call("layers.create",
                          R"({"layer": {"id": "logo", "type": "overlay",
                              "content": {"type": "color", "color": "#ff0000"}}})"),
              "2");
  is_revision(socket.call("layers.update", R"({"id": "logo", "patch": {"opacity": 0.5}})"), "3");
  is_revision(socket.call("layers.replace",
                          R"({"id": "logo", "layer": {"type": "overlay",
                              "content": {"type": "color", "color": "#00ff00"}}})"),
              "4");
  is_revision(socket.call("layers.animate", R"({"id": "logo", "animation": {"effect": "fade",
                              "from": 0, "to": 1, "duration": "1s"}})"),
              "5");
  is_revision(socket.call("layers.activate", R"({"id": "logo"})"), "6");
  is_revision(socket.call("layers.delete", R"({"id": "logo"})"), "7");
  is_revision(socket.call("scene.patch", R"({"patch": {"canvas": {"background": "#ffffff"}}})"),
              "8");
  is_revision(socket.call("stream.pause"), "9");
  is_revision(socket.call("stream.start"), "10");
  is_revision(socket.call("stream.configure", R"({"patch": {"bitrate": "3M"}})"), "11");
  is_revision(socket.call("outputs.add", R"({"output": {"id": "two", "url": "x.mp4"}})"), "12");
  is_revision(socket.call("outputs.remove", R"({"id": "two"})"), "13");
  is_revision(socket.call("stream.stop"), "14");
  is_revision(socket.call("batch", R"({"commands": [{"method": "stream.start"}]})"), "15");
}

TEST(WebSocket, CommandsTakeTheBodiesOfTheirHttpRoutes) {
  const ServerFixture fixture;
  Socket socket(fixture.port());
  const auto is_revision = [&](const Value& answer, const char* revision) {
    EXPECT_EQ(at(answer, "result.revision"), revision) << scene::write_json(answer, 0);
  };
  is_revision(socket.call("layers.create", R"({"id": "logo", "type": "overlay",
                              "content": {"type": "color", "color": "#ff0000"}})"),
              "2");
  is_revision(socket.call("layers.animate", R"({"id": "logo", "effect": "fade", "from": 0,
                              "to": 1, "duration": "1s", "if_revision": 2})"),
              "3");
  is_revision(socket.call("layers.replace", R"({"id": "logo", "type": "overlay",
                              "content": {"type": "color", "color": "#00ff00"}})"),
              "4");
  is_revision(socket.call("stream.configure", R"({"bitrate": "3M"})"), "5");
  is_revision(socket.call("outputs.add", R"({"id": "two", "url": "x.mp4"})"), "6");
  is_revision(socket.call("scene.patch", R"({"canvas": {"background": "#ffffff"}})"), "7");
  const Value scene = *socket.call("scene.get").find("result");
  EXPECT_EQ(at(socket.call("scene.replace", scene::write_json(scene, 0)), "result.revision"), "7");
  // A refusal names the place of each fault in the document of the client.
  const Value wrong = socket.call("layers.create", R"({"type": "overlay", "opacity": 2,
                              "content": {"type": "color", "color": "#ff0000"}})");
  EXPECT_EQ(at(wrong, "error.data.errors.0.pointer"), "/opacity") << scene::write_json(wrong, 0);
  // A patch of a layer has a member of its own.
  EXPECT_EQ(at(socket.call("layers.update", R"({"id": "logo", "opacity": 1})"), "error.code"),
            "-32602");
}

TEST(WebSocket, ScheduledCommandsAreListedAndCancelled) {
  const ServerFixture fixture;
  Socket socket(fixture.port());
  const Value scheduled = socket.call(
      "outputs.add", R"({"output": {"id": "two", "url": "rtmp://host/live/secret"}, "at": "1h"})");
  EXPECT_EQ(at(scheduled, "result.result.scheduled"), "1");
  socket.call("stream.stop", R"({"at": "2098-01-01T00:00:00+01:00"})");
  const Value list = socket.call("scheduled.list");
  EXPECT_EQ(at(list, "result.scheduled.0.number"), "1");
  EXPECT_EQ(at(list, "result.scheduled.0.at"), "3600s");
  EXPECT_EQ(at(list, "result.scheduled.0.method"), "outputs.add");
  EXPECT_EQ(at(list, "result.scheduled.0.params.output.url"), "rtmp://host/live/***");
  EXPECT_EQ(at(list, "result.scheduled.1.method"), "stream.stop");
  EXPECT_TRUE(at(list, "result.scheduled.1.time").starts_with("2097-12-31T23:00:00"));
  EXPECT_EQ(at(socket.call("scheduled.cancel", R"({"number": 1})"), "result.result.cancelled"),
            "1");
  EXPECT_EQ(at(socket.call("scheduled.cancel", R"({"number": 1})"), "error.code"), "404");
  EXPECT_EQ(at(socket.call("scheduled.cancel", R"({"id": 1})"), "error.code"), "-32602");
  EXPECT_EQ(at(socket.call("scheduled.list"), "result.scheduled.0.number"), "2");
  EXPECT_EQ(at(socket.call("stream.pause", R"({"at": "2098-01-01T00:00:00"})"), "error.code"),
            "-32602");  // no zone
}

TEST(WebSocket, AHeldLayerIsReleasedOnce) {
  const ServerFixture fixture;
  Socket socket(fixture.port());
  const auto released = [&](const std::string& id) {
    return at(socket.call("layers.release", R"({"id": ")" + id + "\"}"), "result.result.released");
  };
  EXPECT_EQ(released("back"), "false");
  EXPECT_EQ(released("title"), "true");
  EXPECT_EQ(released("title"), "false");
  EXPECT_EQ(at(socket.call("layers.release", R"({"id": "none"})"), "error.code"), "404");
  EXPECT_EQ(at(socket.call("layers.release"), "error.code"), "-32602");
  EXPECT_EQ(fixture.revision(), 1);
}

TEST(WebSocket, ReleasesTakeNoConditions) {
  const ServerFixture fixture;
  Socket socket(fixture.port());
  for (const std::string condition :
       {R"("at": "1h")", R"("wait": "on-air")", R"("if_revision": 1)"}) {
    const Value refused = socket.call("layers.release", R"({"id": "title", )" + condition + "}");
    EXPECT_EQ(at(refused, "error.code"), "-32602") << scene::write_json(refused, 0);
  }
  EXPECT_EQ(fixture.status_provider.was_released, 0);
}

TEST(WebSocket, WhatIsWrongIsToldByItsCode) {
  const ServerFixture fixture;
  Socket socket(fixture.port());
  const auto code = [&](const std::string& text) {
    socket.send(text);
    return at(socket.receive_json(), "error.code");
  };
  EXPECT_EQ(code("{"), "-32700");
  EXPECT_EQ(code(R"({"a": 1, "a": 2})"), "-32700");
  EXPECT_EQ(code("[]"), "-32600");
  EXPECT_EQ(code("7"), "-32600");
  EXPECT_EQ(code(R"({"jsonrpc": "1.0", "method": "scene.get", "id": 1})"), "-32600");
  EXPECT_EQ(code(R"({"jsonrpc": "2.0", "method": 5, "id": 1})"), "-32600");
  EXPECT_EQ(code(R"({"jsonrpc": "2.0", "method": "scene.get", "id": {}})"), "-32600");
  EXPECT_EQ(at(socket.call("scene.git"), "error.code"), "-32601");
  EXPECT_EQ(at(socket.call("layers.get", "[1]"), "error.code"), "-32602");
  EXPECT_EQ(at(socket.call("layers.get"), "error.code"), "-32602");
  EXPECT_EQ(at(socket.call("layers.update", R"({"id": "title", "patch": {}, "wait": "x"})"),
               "error.code"),
            "-32602");
  const Value wrong =
      socket.call("layers.update", R"({"id": "title", "patch": {"transform": {"scale": "big"}}})");
  EXPECT_EQ(at(wrong, "error.code"), "-32602");
  EXPECT_EQ(at(wrong, "error.data.status"), "422");
  EXPECT_EQ(at(wrong, "error.data.errors.0.pointer"), "/patch/transform/scale");
  EXPECT_EQ(at(socket.call("layers.delete", R"({"id": "nobody"})"), "error.code"), "404");
  const Value stale = socket.call(
      "layers.update", R"({"id": "title", "patch": {"opacity": 0.5}, "if_revision": 0})");
  EXPECT_EQ(at(stale, "error.code"), "412");
  EXPECT_EQ(at(stale, "error.data.revision"), "1");
  EXPECT_EQ(fixture.revision(), 1);
}

TEST(WebSocket, WhatIsSaidIsTold) {
  const ServerFixture fixture;
  Socket viewer(fixture.port());
  Socket watcher(fixture.port());
  EXPECT_EQ(at(viewer.call("layers.create", R"({"layer": {"id": "talk", "type": "chat",
                           "content": {"type": "chat"}}})"),
               "result.revision"),
            "2");
  EXPECT_EQ(at(watcher.call("subscribe", R"({"events": ["chat.said"]})"), "result.revision"), "2");
  EXPECT_EQ(at(watcher.receive_json(), "method"), "scene");
  const Value said = viewer.call("chat.say", R"({"id": "talk", "message":
                                 {"author": "Ana", "text": "hello", "highlighted": true}})");
  EXPECT_EQ(at(said, "result.result.id"), "m-3") << scene::write_json(said, 0);
  const Value told = watcher.receive_json();
  EXPECT_EQ(at(told, "method"), "chat.said");
  EXPECT_EQ(at(told, "params.revision"), "3");
  EXPECT_EQ(at(told, "params.id"), "talk");
  EXPECT_EQ(at(told, "params.message.text"), "hello");
  EXPECT_EQ(at(told, "params.message.id"), "m-3");
  EXPECT_EQ(
      at(viewer.call("chat.say", R"({"id": "talk", "message": {"text": "x"}})"), "error.code"),
      "-32602");
}

TEST(WebSocket, BatchesAreAnsweredTogetherAndNotificationsNotAtAll) {
  const ServerFixture fixture;
  Socket socket(fixture.port());
  socket.send(
      R"([{"jsonrpc": "2.0", "id": "a", "method": "layers.update",
           "params": {"id": "title", "patch": {"opacity": 0.5}}},
          {"jsonrpc": "2.0", "method": "layers.activate", "params": {"id": "title"}},
          8,
          {"jsonrpc": "2.0", "id": null, "method": "status.get"}])");
  const Value answers = socket.receive_json();
  ASSERT_EQ(answers.items.size(), 3U) << scene::write_json(answers, 0);
  EXPECT_EQ(at(answers, "0.id"), "a");
  EXPECT_EQ(at(answers, "1.error.code"), "-32600");
  EXPECT_EQ(at(answers, "2.result.state"), "on-air");
  socket.send(R"([{"jsonrpc": "2.0", "method": "status.get"}])");
  socket.send(R"({"jsonrpc": "2.0", "method": "status.get"})");
  EXPECT_EQ(at(socket.call("layers.list"), "result.active"), "title");
}

TEST(WebSocket, ACommandIsAnsweredOnceItIsOnAirOrPutOff) {
  const ServerFixture fixture;
  Socket socket(fixture.port());
  socket.send(R"({"jsonrpc": "2.0", "id": 1, "method": "layers.update",
                  "params": {"id": "title", "patch": {"opacity": 0.5}, "wait": "on-air"}})");
  EXPECT_TRUE(becomes_true([&] { return fixture.revision() == 2; }));
  // Others are answered meanwhile.
  EXPECT_EQ(at(socket.call("layers.list"), "result.revision"), "2");
  fixture.layers->note_on_air(2, 99);
  EXPECT_EQ(at(socket.receive_json(), "result.frame"), "99");
  const Value later = socket.call(
      "layers.update", R"({"id": "title", "patch": {"opacity": 0.1}, "at": "frame:999999"})");
  EXPECT_NE(at(later, "result.result.scheduled"), "(nothing)") << scene::write_json(later, 0);
}

TEST(WebSocket, ASubscriberGetsTheSceneAndThenEveryChange) {
  ServerFixture fixture;
  Socket socket(fixture.port());
  EXPECT_EQ(at(socket.call("subscribe"), "result.revision"), "1");
  const Value scene = socket.receive_json();
  EXPECT_EQ(at(scene, "method"), "scene");
  EXPECT_EQ(at(scene, "params.revision"), "1");
  EXPECT_EQ(at(scene, "params.outputs.0.url"), "rtmp://127.0.0.1/live/***");

  fixture.retitle("Lot 2");
  const Value updated = socket.receive_notification("layer.updated");
  EXPECT_EQ(at(updated, "params.revision"), "2");
  EXPECT_EQ(at(updated, "params.layer.content.text"), "Lot 2");
  fixture.status_provider.publish("output.state", Value::object().add("id", Value::of("main")));
  const Value state = socket.receive_notification("output.state");
  EXPECT_EQ(at(state, "params.id"), "main");
  EXPECT_EQ(at(state, "params.revision"), "2");
  EXPECT_EQ(at(socket.receive_notification("stats"), "params.fps"), "60");
}

TEST(WebSocket, ASubscriberOfSomeEventsGetsThoseOnly) {
  const ServerFixture fixture;
  Socket socket(fixture.port());
  const Value answer = socket.call("subscribe", R"({"events": ["layer.activated"]})");
  EXPECT_EQ(at(answer, "result.events.1"), "layer.activated");
  EXPECT_EQ(at(socket.receive_json(), "method"), "scene");
  fixture.retitle("Lot 2");
  fixture.apply("layers.activate", Value::object().add("id", Value::of("title")));
  EXPECT_EQ(at(socket.receive_json(), "method"), "layer.activated");
  EXPECT_EQ(at(socket.call("unsubscribe"), "id"), "7");
  fixture.apply("layers.activate", Value::object().add("id", Value::of("back")));
  EXPECT_EQ(at(socket.call("layers.list"), "result.active"), "back");
  const Value wrong = socket.call("subscribe", R"({"events": ["layer.update"]})");
  EXPECT_EQ(at(wrong, "error.data.errors.0.pointer"), "/events/0");
}

TEST(WebSocket, SubscribersGetAllInOrderWhileOthersWriteAndCome) {
  const ServerFixture fixture;
#ifdef __SANITIZE_THREAD__
  constexpr int kSubscribers = 20;  // so slow that the last to be read would be silent for too long
#else
  constexpr int kSubscribers = 200;
#endif
  constexpr int kWriters = 4;
  constexpr int kWrites = 60;
  constexpr int64_t kLast = 1 + int64_t{kWriters} * kWrites;
  // Half of them come while the changes are made.
  std::vector<std::unique_ptr<Socket>> sockets;
  const auto come = [&](int count) {
    for (int i = 0; i < count; ++i) {
      sockets.push_back(std::make_unique<Socket>(fixture.port()));
      ASSERT_TRUE(sockets.back()->is_open());
      sockets.back()->send(
          R"({"jsonrpc":"2.0","method":"subscribe","params":{"events":["layer.updated"]}})");
    }
  };
  come(kSubscribers / 2);
  std::vector<std::thread> writers;
  for (int i = 0; i < kWriters; ++i) {
    writers.emplace_back([&fixture, i] {
      for (int j = 0; j < kWrites; ++j) {
        fixture.retitle("writer " + std::to_string(i) + ", write " + std::to_string(j));
      }
    });
  }
  come(kSubscribers / 2);
  for (std::thread& writer : writers) writer.join();
  ASSERT_EQ(fixture.revision(), kLast);
  for (auto& socket : sockets) {
    const Value scene = socket->receive_json();
    ASSERT_EQ(at(scene, "method"), "scene");
    int64_t revision = std::stoll(at(scene, "params.revision"));
    while (revision < kLast) {
      const Value change = socket->receive_json();
      ASSERT_EQ(at(change, "method"), "layer.updated");
      ASSERT_EQ(at(change, "params.revision"), std::to_string(revision + 1));
      ++revision;
    }
  }
  EXPECT_EQ(fixture.metric("websocket_clients"), kSubscribers);
}

TEST(WebSocket, ASlowClientIsCutOffAndOthersLoseNothing) {
  std::atomic<int> lines = 0;
  const ServerFixture fixture([&lines](ServerOptions& options) {
    options.limits.queue_bytes_max = 256 << 10;
    options.limits.send_buffer_bytes = 16 << 10;
    options.log = [&lines](std::string_view) { ++lines; };
  });
  Socket slow(fixture.port(), {}, {}, 4096);
  Socket quick(fixture.port());
  const std::string subscribe =
      R"({"jsonrpc":"2.0","method":"subscribe","params":{"events":["layer.updated"]}})";
  slow.send(subscribe);
  quick.send(subscribe);
  EXPECT_EQ(at(quick.receive_json(), "method"), "scene");
  const auto dropped = [&] {
    return fixture.metric("websocket_dropped_clients_total", {{"reason", "slow"}});
  };
  int written = 0;
  while (dropped() == 0 && written < 500) {
    ++written;
    fixture.retitle(std::to_string(written) + std::string(9000, 'x'));
    ASSERT_EQ(at(quick.receive_json(), "params.revision"), std::to_string(written + 1));
  }
  EXPECT_EQ(dropped(), 1);
  EXPECT_GT(lines, 0);
  fixture.retitle("after it");
  EXPECT_EQ(at(quick.receive_json(), "params.layer.content.text"), "after it");
  EXPECT_TRUE(becomes_true([&] { return fixture.metric("websocket_clients") == 1; }));
}

TEST(WebSocket, LongAndBinaryMessagesEndTheirConnection) {
  const ServerFixture fixture;
  Socket most(fixture.port());
  most.send(R"({"jsonrpc":"2.0","id":1,"method":"status.get","params":{}})" +
            std::string(1'000'000, ' '));
  EXPECT_EQ(at(most.receive_json(), "result.state"), "on-air");
  Socket longer(fixture.port());
  longer.send(std::string(1'100'000, ' '));
  EXPECT_EQ(longer.receive(), std::nullopt);
  EXPECT_EQ(longer.close_code(), 1009);
  Socket binary(fixture.port());
  binary.send("{}", 2);
  EXPECT_EQ(binary.receive(), std::nullopt);
  EXPECT_EQ(binary.close_code(), 1003);
}

TEST(WebSocket, AClientThatSaysTooMuchIsReadMoreSlowly) {
  const ServerFixture fixture(
      [](ServerOptions& options) { options.limits.messages_per_second_max = 100; });
  Socket socket(fixture.port());
  const auto begun = std::chrono::steady_clock::now();
  constexpr int kCalls = 150;
  const std::string call = R"({"jsonrpc":"2.0","id":1,"method":"status.get"})";
  for (int i = 0; i < kCalls; ++i) socket.send(call);
  for (int i = 0; i < kCalls; ++i) ASSERT_EQ(at(socket.receive_json(), "id"), "1");
  // A hundred at once, fifty more in half a second.
  EXPECT_GT(std::chrono::steady_clock::now() - begun, std::chrono::milliseconds(400));
}

TEST(WebSocket, ManyUnansweredCallsAreAllAnswered) {
  const ServerFixture fixture([](ServerOptions& options) { options.limits.unanswered_max = 4; });
  Socket socket(fixture.port());
  for (int i = 0; i < 200; ++i) {
    socket.send(R"({"jsonrpc":"2.0","id":)" + std::to_string(i) + R"(,"method":"layers.update",
      "params":{"id":"title","patch":{"z_index":)" +
                std::to_string(i + 10) + "}}}");
  }
  for (int i = 0; i < 200; ++i) {
    const Value answer = socket.receive_json();
    ASSERT_EQ(at(answer, "id"), std::to_string(i));
    ASSERT_EQ(at(answer, "result.revision"), std::to_string(i + 2));
  }
}

TEST(WebSocket, ASilentClientIsLetGo) {
  const ServerFixture fixture(
      [](ServerOptions& options) { options.limits.silence_max = std::chrono::milliseconds(200); });
  const Socket silent(fixture.port());  // answers no ping
  ASSERT_TRUE(silent.is_open());
  EXPECT_TRUE(becomes_true([&] {
    return fixture.metric("websocket_dropped_clients_total", {{"reason", "silent"}}) == 1;
  }));
}

TEST(WebSocket, OnlyWhoMayIsLetIn) {
  const ServerFixture fixture([](ServerOptions& options) {
    options.tokens = {{"", Role::kAdmin, "secret"}};
  });
  EXPECT_EQ(Socket(fixture.port()).status(), 401);
  EXPECT_EQ(Socket(fixture.port(), {}, "?token=wrong").status(), 401);
  EXPECT_EQ(Socket(fixture.port(), {}, "?token=secret").status(), 101);
  EXPECT_EQ(Socket(fixture.port(), "Authorization: Bearer secret\r\n").status(), 101);
  EXPECT_EQ(Socket(fixture.port(), "Origin: http://evil.example\r\n", "?token=secret").status(),
            403);
  EXPECT_EQ(Socket(fixture.port(), "Origin: http://127.0.0.1\r\n", "?token=secret").status(), 101);
}

TEST(WebSocket, EachMethodNeedsItsRole) {
  const ServerFixture fixture([](ServerOptions& options) { options.tokens = tokens_with_roles(); });
  std::vector<std::pair<std::string, Role>> methods;
  for (const RpcMethod& method : rpc_methods()) methods.emplace_back(method.name, method.role);
  for (const Route& route : routes()) {
    if (!route.command.empty()) methods.emplace_back(route.command, route.role);
  }
  for (const AccessToken& token : tokens_with_roles()) {
    Socket socket(fixture.port(), {}, "?token=" + token.text);
    for (const auto& [method, role] : methods) {
      // Whoever may call it is told what is wrong with the params, or gets a result.
      if (token.role >= role && (method.starts_with("stream.") || method == "subscribe")) continue;
      const Value answer = socket.call(method, R"({"unknown": true})");
      const bool is_refused = at(answer, "error.code") == "403";
      EXPECT_EQ(is_refused, token.role < role) << method << " " << token.name;
      if (!is_refused) continue;
      EXPECT_EQ(at(answer, "error.message"), "this needs the role " + std::string(name_of(role)) +
                                                 "; the token has the role " +
                                                 std::string(name_of(token.role)));
    }
  }
}

TEST(WebSocket, ASubscriberIsToldItsRole) {
  const ServerFixture fixture([](ServerOptions& options) { options.tokens = tokens_with_roles(); });
  for (const AccessToken& token : tokens_with_roles()) {
    Socket socket(fixture.port(), {}, "?token=" + token.text);
    EXPECT_EQ(at(socket.call("subscribe"), "result.role"), name_of(token.role));
    socket.receive_notification("scene");
  }
  const ServerFixture open;
  Socket socket(open.port());
  EXPECT_EQ(at(socket.call("subscribe"), "result.role"), "admin");
}

TEST(WebSocket, ABatchNeedsTheRoleOfEachOfItsCommands) {
  const ServerFixture fixture([](ServerOptions& options) { options.tokens = tokens_with_roles(); });
  Socket socket(fixture.port(), {}, "?token=operates");
  const Value refused = socket.call("batch", R"({"commands": [{"method": "stream.pause"},
      {"method": "scene.patch", "params": {"patch": {"canvas": {"background": "#ffffff"}}}}]})");
  EXPECT_EQ(at(refused, "error.code"), "403") << scene::write_json(refused, 0);
  EXPECT_EQ(at(refused, "error.data.errors.0.pointer"), "/commands/1/method");
  EXPECT_EQ(fixture.revision(), 1);
  // Nor do several requests in one message.
  socket.send(R"([{"jsonrpc":"2.0","id":1,"method":"stream.pause"},
                  {"jsonrpc":"2.0","id":2,"method":"outputs.remove","params":{"id":"main"}}])");
  const Value both = socket.receive_json();
  ASSERT_EQ(both.items.size(), 2U);
  EXPECT_EQ(at(both.items[0], "result.revision"), "2");
  EXPECT_EQ(at(both.items[1], "error.code"), "403");
}

TEST(WebSocket, TheClientOfARevokedTokenIsDisconnected) {
  std::mutex mutex;
  std::string logged;
  const ServerFixture fixture([&](ServerOptions& options) {
    options.tokens = tokens_with_roles();
    options.log = [&](std::string_view line) {
      const std::lock_guard lock(mutex);
      logged += std::string(line) + "\n";
    };
  });
  Socket gone(fixture.port(), {}, "?token=operates");
  Socket kept(fixture.port(), {}, "?token=reads");
  EXPECT_EQ(at(gone.call("status.get"), "result.state"), "on-air");
  fixture.server->set_tokens({tokens_with_roles().front()});
  EXPECT_EQ(gone.receive(), std::nullopt);
  EXPECT_EQ(gone.close_code(), 1008);
  EXPECT_EQ(at(kept.call("status.get"), "result.state"), "on-air");
  EXPECT_EQ(Socket(fixture.port(), {}, "?token=operates").status(), 401);
  const std::lock_guard lock(mutex);
  EXPECT_NE(logged.find("disconnected WebSocket client 127.0.0.1 (token desk): the token was "
                        "revoked"),
            std::string::npos)
      << logged;
  EXPECT_EQ(logged.find("operates"), std::string::npos) << logged;
}

TEST(WebSocket, QueuedRequestsOfARevokedTokenAreNotExecuted) {
  BlockedStatus blocked;
  const ServerFixture fixture([&](ServerOptions& options) {
    options.tokens = tokens_with_roles();
    static_cast<FakeStatusProvider*>(options.status_provider)->before_status = blocked.hook();
  });
  Socket gone(fixture.port(), {}, "?token=operates");
  Socket kept(fixture.port(), {}, "?token=reads");
  // All requests wait for this one.
  kept.send(R"({"jsonrpc":"2.0","id":1,"method":"status.get"})");
  blocked.wait_until_entered();
  gone.send(R"({"jsonrpc":"2.0","id":1,"method":"layers.release","params":{"id":"title"}})");
  gone.send(R"([{"jsonrpc":"2.0","id":2,"method":"stream.pause"}])");
  EXPECT_TRUE(becomes_true([&] {
    return fixture.metric("websocket_messages_total", {{"direction", "received"}}) == 3;
  }));
  fixture.server->set_tokens({tokens_with_roles().front()});
  blocked.release();
  EXPECT_EQ(at(kept.receive_json(), "result.state"), "on-air");
  EXPECT_EQ(at(kept.call("layers.list"), "result.revision"), "1");
  EXPECT_EQ(fixture.status_provider.was_released, 0);
  EXPECT_EQ(fixture.revision(), 1);
}

TEST(WebSocket, ClientsAreToldThatTheServerGoes) {
  auto fixture = std::make_unique<ServerFixture>();
  Socket socket(fixture->port());
  EXPECT_EQ(at(socket.call("status.get"), "result.state"), "on-air");
  std::thread ending([&] { fixture->server.reset(); });
  EXPECT_EQ(socket.receive(), std::nullopt);
  EXPECT_EQ(socket.close_code(), 1001);
  ending.join();
}

}  // namespace
}  // namespace layercast::control
