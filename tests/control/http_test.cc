#include "control/server.h"
#include "tests/control/client.h"
#include "tests/control/fakes.h"

#include <future>

namespace layercast::control {
namespace {

constexpr const char* kNewLayer =
    R"({"id": "logo", "type": "overlay", "content": {"type": "color", "color": "#ff0000"}})";

TEST(HttpApi, TheSceneIsReadWithItsRevision) {
  const ServerFixture fixture;
  const Reply reply = ask(fixture.port(), "GET /api/v1/scene");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.at("scene"), "auction");
  EXPECT_EQ(reply.at("revision"), "1");
  EXPECT_EQ(reply.field("ETag"), "\"1\"");
  EXPECT_EQ(reply.field("Content-Type"), "application/json");
  EXPECT_EQ(reply.field("X-Content-Type-Options"), "nosniff");
  EXPECT_EQ(reply.field("Access-Control-Allow-Origin"), std::nullopt);
}

TEST(HttpApi, StreamKeysAreNotShown) {
  const ServerFixture fixture;
  const std::string output = R"({"id": "two", "url": "rtmp://127.0.0.1/live/other-secret"})";
  const Reply added = ask(fixture.port(), "POST /api/v1/outputs", output);
  EXPECT_EQ(added.status, 201) << added.body;
  for (const char* path : {"scene", "outputs", "status"}) {
    const Reply reply = ask(fixture.port(), "GET /api/v1/" + std::string(path));
    EXPECT_EQ(reply.body.find("secret"), std::string::npos) << reply.body;
  }
  EXPECT_EQ(added.body.find("secret"), std::string::npos) << added.body;
}

TEST(HttpApi, AReadSceneCanBePutBack) {
  const ServerFixture fixture;
  // The first time it is stamped with when its layers began.
  EXPECT_EQ(ask(fixture.port(), "PUT /api/v1/scene", ask(fixture.port(), "GET /api/v1/scene").body)
                .status,
            200);
  const Reply scene = ask(fixture.port(), "GET /api/v1/scene");
  const Reply same = ask(fixture.port(), "PUT /api/v1/scene", scene.body);
  EXPECT_EQ(same.status, 200) << same.body;
  EXPECT_EQ(same.at("revision"), scene.at("revision"));
  EXPECT_EQ(fixture.layers->current()->scene.outputs.front().url,
            "rtmp://127.0.0.1/live/secret-key");
}

TEST(HttpApi, TheSceneIsPatched) {
  const ServerFixture fixture;
  const Reply reply =
      ask(fixture.port(), "PATCH /api/v1/scene", R"({"canvas": {"background": "#ffffff"}})");
  EXPECT_EQ(reply.status, 200) << reply.body;
  EXPECT_EQ(reply.at("revision"), "2");
  EXPECT_EQ(fixture.layers->current()->scene.canvas.background.red, 255);
}

TEST(HttpApi, LayersAreMadeReadChangedAndTakenAway) {
  const ServerFixture fixture;
  const Reply made = ask(fixture.port(), "POST /api/v1/layers", kNewLayer);
  EXPECT_EQ(made.status, 201) << made.body;
  EXPECT_EQ(made.field("Location"), "/api/v1/layers/logo");
  EXPECT_EQ(made.at("revision"), "2");
  EXPECT_EQ(made.at("result.id"), "logo");

  const Reply patched = ask(fixture.port(), "PATCH /api/v1/layers/logo",
                            Said{.body = R"({"opacity": 0.5})",
                                 .fields = "Content-Type: application/merge-patch+json\r\n"});
  EXPECT_EQ(patched.status, 200) << patched.body;
  EXPECT_EQ(patched.at("result.opacity"), "0.5");
  EXPECT_EQ(patched.field("ETag"), "\"3\"");

  const Reply read = ask(fixture.port(), "GET /api/v1/layers/logo");
  EXPECT_EQ(read.at("opacity"), "0.5");
  EXPECT_EQ(read.field("ETag"), "\"3\"");
  const Reply put = ask(fixture.port(), "PUT /api/v1/layers/logo", kNewLayer);
  EXPECT_EQ(put.status, 200) << put.body;
  EXPECT_EQ(put.at("result.opacity"), "(nothing)");

  const Reply list = ask(fixture.port(), "GET /api/v1/layers");
  EXPECT_EQ(list.at("layers.2.id"), "logo");
  EXPECT_EQ(list.at("revision"), "4");
  EXPECT_EQ(ask(fixture.port(), "DELETE /api/v1/layers/logo").status, 200);
  EXPECT_EQ(ask(fixture.port(), "GET /api/v1/layers/logo").status, 404);
}

TEST(HttpApi, ALayerThatIsThereAlreadyIsNotMadeAgain) {
  const ServerFixture fixture;
  const std::string nameless =
      R"({"type": "overlay", "content": {"type": "color", "color": "#00ff00"}})";
  const Reply first = ask(fixture.port(), "POST /api/v1/layers", nameless);
  const Reply second = ask(fixture.port(), "POST /api/v1/layers", nameless);
  EXPECT_EQ(first.status, 201);
  EXPECT_EQ(second.status, 200);
  EXPECT_EQ(second.at("result.id"), first.at("result.id"));
  EXPECT_EQ(ask(fixture.port(), "POST /api/v1/layers", kNewLayer).status, 201);
  EXPECT_EQ(ask(fixture.port(), "POST /api/v1/layers", kNewLayer).status, 409);
}

TEST(HttpApi, AnimationsAreAddedAndReplaced) {
  const ServerFixture fixture;
  const std::string fade = R"({"effect": "fade", "from": 0, "to": 1, "duration": "1s"})";
  const Reply added = ask(fixture.port(), "POST /api/v1/layers/title/animations", fade);
  EXPECT_EQ(added.status, 200) << added.body;
  EXPECT_EQ(added.at("result.animations.0.effect"), "fade");
  const Reply none = ask(fixture.port(), "PUT /api/v1/layers/title/animations", "[]");
  EXPECT_EQ(none.status, 200) << none.body;
  EXPECT_TRUE(fixture.layers->current()->scene.layers[1]->animations.empty());
}

TEST(HttpApi, MessagesOfALayerThatIsNotThereAreRefused) {
  const ServerFixture fixture;
  const Reply reply =
      ask(fixture.port(), "POST /api/v1/layers/nobody/messages", R"({"author": "A", "text": "b"})");
  EXPECT_EQ(reply.status, 404);
}

TEST(HttpApi, ALayerIsMadeActive) {
  const ServerFixture fixture;
  EXPECT_EQ(ask(fixture.port(), "PUT /api/v1/active", R"({"id": "title"})").status, 200);
  EXPECT_EQ(fixture.layers->current()->active, "title");
  EXPECT_EQ(ask(fixture.port(), "PUT /api/v1/active", R"({"id": null})").status, 200);
  EXPECT_EQ(fixture.layers->current()->active, std::nullopt);
  EXPECT_EQ(ask(fixture.port(), "PUT /api/v1/active", R"({"id": "nobody"})").status, 404);
  EXPECT_EQ(ask(fixture.port(), "PUT /api/v1/active", "[]").status, 422);
}

TEST(HttpApi, TheStreamIsStartedStoppedPausedAndConfigured) {
  const ServerFixture fixture;
  using scene::Transmission;
  const auto transmission = [&] { return fixture.layers->current()->transmission; };
  EXPECT_EQ(ask(fixture.port(), "POST /api/v1/stream/pause").status, 200);
  EXPECT_EQ(transmission(), Transmission::kPaused);
  EXPECT_EQ(ask(fixture.port(), "POST /api/v1/stream/stop", "{}").status, 200);
  EXPECT_EQ(transmission(), Transmission::kStopped);
  EXPECT_EQ(ask(fixture.port(), "POST /api/v1/stream/pause").status, 409);
  EXPECT_EQ(ask(fixture.port(), "POST /api/v1/stream/start").status, 200);
  EXPECT_EQ(transmission(), Transmission::kOnAir);

  const Reply set = ask(fixture.port(), "PATCH /api/v1/stream/config", R"({"bitrate": "4M"})");
  EXPECT_EQ(set.status, 200) << set.body;
  EXPECT_EQ(fixture.layers->current()->stream.bitrate, 4'000'000);
  EXPECT_EQ(ask(fixture.port(), "GET /api/v1/stream/config").at("width"), "640");
  const Reply wrong = ask(fixture.port(), "PATCH /api/v1/stream/config", R"({"width": 3})");
  EXPECT_EQ(wrong.status, 422);
  EXPECT_EQ(wrong.at("errors.0.pointer"), "/width");
}

TEST(HttpApi, OutputsAreListedAddedAndRemoved) {
  const ServerFixture fixture;
  EXPECT_EQ(ask(fixture.port(), "GET /api/v1/outputs").at("outputs.0.state"), "live");
  EXPECT_EQ(ask(fixture.port(), "GET /api/v1/outputs/main").at("id"), "main");
  EXPECT_EQ(ask(fixture.port(), "GET /api/v1/outputs/none").status, 404);
  const Reply added = ask(fixture.port(), "POST /api/v1/outputs", R"({"url": "file.mp4"})");
  EXPECT_EQ(added.status, 201) << added.body;
  const std::string id = added.at("result.id");
  EXPECT_EQ(added.field("Location"), "/api/v1/outputs/" + id);
  EXPECT_EQ(ask(fixture.port(), "DELETE /api/v1/outputs/" + id).status, 200);
  EXPECT_EQ(ask(fixture.port(), "DELETE /api/v1/outputs/" + id).status, 404);
}

TEST(HttpApi, AChatHearsWhatIsSaid) {
  const ServerFixture fixture;
  const Reply made = ask(fixture.port(), "POST /api/v1/layers", R"({"id": "talk", "type": "chat",
      "content": {"type": "chat"}})");
  EXPECT_EQ(made.status, 201) << made.body;
  const Reply said = ask(fixture.port(), "POST /api/v1/layers/talk/messages",
                         R"({"author": "Ana", "text": "hello"})");
  EXPECT_EQ(said.status, 200) << said.body;
  EXPECT_NE(said.body.find("\"m-3\""), std::string::npos) << said.body;
  EXPECT_NE(ask(fixture.port(), "GET /api/v1/layers/talk").body.find("hello"), std::string::npos);
  const Reply nobody = ask(fixture.port(), "POST /api/v1/layers/talk/messages", R"({"text": "x"})");
  EXPECT_EQ(nobody.status, 422) << nobody.body;
  EXPECT_EQ(ask(fixture.port(), "POST /api/v1/layers/title/messages",
                R"({"author": "Ana", "text": "hello"})")
                .status,
            422);
}

TEST(HttpApi, ABatchIsObeyedWholeOrNotAtAll) {
  const ServerFixture fixture;
  const Reply both = ask(fixture.port(), "POST /api/v1/batch",
                         R"({"commands": [{"method": "layers.update",
                        "params": {"id": "title", "patch": {"opacity": 0.5}}},
                       {"method": "layers.activate", "params": {"id": "title"}}]})");
  EXPECT_EQ(both.status, 200) << both.body;
  EXPECT_EQ(both.at("revision"), "2");
  const Reply neither = ask(fixture.port(), "POST /api/v1/batch",
                            R"({"commands": [{"method": "layers.update",
                        "params": {"id": "title", "patch": {"opacity": 0.1}}},
                       {"method": "layers.delete", "params": {"id": "nobody"}}]})");
  EXPECT_EQ(neither.status, 404) << neither.body;
  EXPECT_EQ(fixture.revision(), 2);
}

TEST(HttpApi, WhatIsKnownIsNotSentAgain) {
  const ServerFixture fixture;
  for (const char* path : {"scene", "layers", "layers/title", "stream/config"}) {
    const std::string line = "GET /api/v1/" + std::string(path);
    const Reply same = ask(fixture.port(), line, Said{.fields = "If-None-Match: W/\"1\"\r\n"});
    EXPECT_EQ(same.status, 304) << path;
    EXPECT_EQ(same.body, "");
    EXPECT_EQ(same.field("ETag"), "\"1\"");
    const Reply other = ask(fixture.port(), line, Said{.fields = "If-None-Match: \"7\"\r\n"});
    EXPECT_EQ(other.status, 200) << path;
  }
}

TEST(HttpApi, TheRunStateOfALayerIsAlwaysSent) {
  const ServerFixture fixture;
  const Reply reply = ask(fixture.port(), "GET /api/v1/layers/title/run",
                          Said{.fields = "If-None-Match: \"1\"\r\n"});
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.field("ETag"), std::nullopt);
  EXPECT_NE(reply.json().find("failure"), nullptr);
  EXPECT_EQ(ask(fixture.port(), "GET /api/v1/layers/none/run").status, 404);
}

TEST(HttpApi, AStaleWriteIsRefused) {
  const ServerFixture fixture;
  const auto write = [&](const std::string& tag) {
    return ask(fixture.port(), "PATCH /api/v1/layers/title",
               Said{.body = R"({"opacity": 0.5})",
                    .fields = "Content-Type: application/json\r\nIf-Match: " + tag + "\r\n"});
  };
  const Reply stale = write("\"0\"");
  EXPECT_EQ(stale.status, 412);
  EXPECT_EQ(stale.at("revision"), "1");
  EXPECT_EQ(write("W/\"1\"").status, 412);  // a weak tag does not tell that nothing changed
  EXPECT_EQ(write("nonsense").status, 412);
  EXPECT_EQ(fixture.revision(), 1);
  EXPECT_EQ(write("\"5\", \"1\"").status, 200);
  EXPECT_EQ(write("*").status, 200);
}

TEST(HttpApi, WrongFieldsAreNamedByPointersIntoTheBody) {
  const ServerFixture fixture;
  const Reply reply = ask(fixture.port(), "PATCH /api/v1/layers/title",
                          R"({"opacity": 7, "transform": {"scale": "big"}})");
  EXPECT_EQ(reply.status, 422);
  EXPECT_EQ(reply.field("Content-Type"), "application/problem+json");
  EXPECT_EQ(reply.at("status"), "422");
  EXPECT_EQ(reply.at("type"), "urn:problem-type:layercast:invalid_input");
  EXPECT_EQ(reply.at("title"), "Unprocessable Content");
  EXPECT_EQ(reply.at("errors.0.pointer"), "/opacity");
  EXPECT_EQ(reply.at("errors.1.pointer"), "/transform/scale");
}

TEST(HttpApi, BodiesThatAreNoJsonAreRefused) {
  const ServerFixture fixture;
  const std::string line = "PATCH /api/v1/layers/title";
  EXPECT_EQ(ask(fixture.port(), line, "{\"a\": }").status, 400);
  EXPECT_EQ(ask(fixture.port(), line, "{\"a\": 1, \"a\": 2}").status, 400);
  EXPECT_EQ(ask(fixture.port(), line).status, 400);
  for (const char* type :
       {"", "Content-Type: text/plain\r\n", "Content-Type: application/x-www-form-urlencoded\r\n",
        "Content-Type: multipart/form-data; boundary=x\r\n",
        "Content-Type: application/jsonx\r\n"}) {
    const Reply reply = ask(fixture.port(), line, Said{.body = "{}", .fields = type});
    EXPECT_EQ(reply.status, 415) << type;
  }
  const Said with_charset{.body = "{}",
                          .fields = "Content-Type: Application/JSON; charset=utf-8\r\n"};
  EXPECT_EQ(ask(fixture.port(), line, with_charset).status, 200);
  const Said patch{.body = kNewLayer, .fields = "Content-Type: application/merge-patch+json\r\n"};
  EXPECT_EQ(ask(fixture.port(), "POST /api/v1/layers", patch).status, 415);
}

TEST(HttpApi, UnknownPathsAndMethodsAreRefused) {
  const ServerFixture fixture;
  EXPECT_EQ(ask(fixture.port(), "GET /api/v1/nothing").status, 404);
  EXPECT_EQ(ask(fixture.port(), "GET /api/v1/layers/").status, 404);
  EXPECT_EQ(ask(fixture.port(), "GET /api/v1/layers/a/b").status, 404);
  EXPECT_EQ(ask(fixture.port(), "GET /../etc/passwd").status, 404);
  EXPECT_EQ(ask(fixture.port(), "GET /%zz").status, 400);
  const Reply wrong = ask(fixture.port(), "DELETE /api/v1/layers");
  EXPECT_EQ(wrong.status, 405);
  EXPECT_EQ(wrong.field("Allow"), "GET, HEAD, POST, OPTIONS");
  EXPECT_EQ(ask(fixture.port(), "TRACE /").status, 501);
  EXPECT_EQ(ask(fixture.port(), "GET /api/v1/ws").status, 426);
}

TEST(HttpApi, OptionsTellsTheMethodsAndHeadTheHead) {
  const ServerFixture fixture;
  const Reply options = ask(fixture.port(), "OPTIONS /api/v1/layers/title");
  EXPECT_EQ(options.status, 204);
  EXPECT_EQ(options.field("Allow"), "GET, HEAD, PATCH, PUT, DELETE, OPTIONS");
  const Reply get = ask(fixture.port(), "GET /api/v1/scene");
  const Reply head = ask(fixture.port(), "HEAD /api/v1/scene");
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.field("Content-Length"), get.field("Content-Length"));
}

TEST(HttpApi, AChangeIsAnsweredOnceItIsOnAir) {
  const ServerFixture fixture;
  auto answer = std::async(std::launch::async, [&] {
    return ask(fixture.port(), "PATCH /api/v1/layers/title?wait=on-air", R"({"opacity": 0.5})");
  });
  EXPECT_TRUE(becomes_true([&] { return fixture.revision() == 2; }));
  EXPECT_EQ(answer.wait_for(std::chrono::milliseconds(50)), std::future_status::timeout);
  fixture.layers->note_on_air(2, 123);
  const Reply reply = answer.get();
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.at("frame"), "123");
  EXPECT_EQ(ask(fixture.port(), "PATCH /api/v1/layers/title?wait=forever", "{}").status, 400);
}

TEST(HttpApi, AChangeThatIsNotSeenInTimeIsAcceptedAllTheSame) {
  const ServerFixture fixture([](ServerOptions& options) {
    options.limits.on_air_patience = std::chrono::milliseconds(50);
  });
  const Reply reply =
      ask(fixture.port(), "PATCH /api/v1/layers/title?wait=on-air", R"({"opacity": 0.5})");
  EXPECT_EQ(reply.status, 202);
  EXPECT_EQ(reply.at("frame"), "null");
  EXPECT_EQ(reply.at("revision"), "2");
}

TEST(HttpApi, ThoseThatWaitForAFrameHoldNobodyUp) {
  const ServerFixture fixture([](ServerOptions& options) { options.limits.frame_threads = 1; });
  std::vector<Wire> waiting;
  for (int i = 0; i < 20; ++i) {
    waiting.emplace_back(fixture.port());
    waiting.back().send(request_text("PATCH /api/v1/layers/title?wait=on-air",
                                     {.body = "{\"opacity\": 0." + std::to_string(i + 1) + "}"}));
  }
  EXPECT_TRUE(becomes_true([&] { return fixture.revision() > 1; }));
  const auto begun = std::chrono::steady_clock::now();
  EXPECT_EQ(ask(fixture.port(), "GET /api/v1/scene").status, 200);
  EXPECT_EQ(ask(fixture.port(), "POST /api/v1/stream/pause").status, 200);
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(1));
}

TEST(HttpApi, ACommandIsPutOff) {
  const ServerFixture fixture;
  const Reply later =
      ask(fixture.port(), "PATCH /api/v1/layers/title?at=1h&wait=on-air", R"({"opacity": 0.5})");
  EXPECT_EQ(later.status, 202) << later.body;
  EXPECT_NE(later.at("result.scheduled"), "(nothing)");
  EXPECT_EQ(fixture.layers->current()->scene.layers[1]->opacity, 1);
  const std::string line = "PATCH /api/v1/layers/title?at=";
  EXPECT_EQ(ask(fixture.port(), line + "frame:999999", "{\"opacity\": 0.1}").status, 202);
  EXPECT_EQ(ask(fixture.port(), line + "frame:x", "{}").status, 400);
  EXPECT_EQ(ask(fixture.port(), line + "soon", "{}").status, 400);
}

TEST(HttpApi, AChangeThatCannotBeMadeDurableIsNotAcknowledged) {
  ServerFixture fixture;
  fixture.store.is_broken = true;
  const Reply reply = ask(fixture.port(), "PATCH /api/v1/layers/title", R"({"opacity": 0.5})");
  EXPECT_EQ(reply.status, 503) << reply.body;
  EXPECT_EQ(reply.field("Retry-After"), "1");
  EXPECT_EQ(fixture.revision(), 1);
}

TEST(HttpApi, PicturesAreServedAndShrunk) {
  ServerFixture fixture;
  const Reply png = ask(fixture.port(), "GET /api/v1/snapshot.png");
  EXPECT_EQ(png.field("Content-Type"), "image/png");
  EXPECT_EQ(png.body, "png 0");
  EXPECT_EQ(png.field("Layercast-Frame"), "77");
  const Reply jpeg = ask(fixture.port(), "GET /api/v1/snapshot.jpg?width=320");
  EXPECT_EQ(jpeg.field("Content-Type"), "image/jpeg");
  EXPECT_EQ(jpeg.body, "jpeg 320");
  for (const char* width : {"0", "-5", "big", "1e3", "99999", ""}) {
    EXPECT_EQ(ask(fixture.port(), "GET /api/v1/snapshot.jpg?width=" + std::string(width)).status,
              400)
        << width;
  }
  fixture.status_provider.is_off_air = true;
  EXPECT_EQ(ask(fixture.port(), "GET /api/v1/snapshot.png").status, 503);
}

TEST(HttpApi, HealthReadinessAndMetricsAreTold) {
  ServerFixture fixture;
  EXPECT_EQ(ask(fixture.port(), "GET /healthz").at("status"), "ok");
  EXPECT_EQ(ask(fixture.port(), "GET /readyz").status, 200);
  fixture.status_provider.is_off_air = true;
  const Reply unfit = ask(fixture.port(), "GET /readyz");
  EXPECT_EQ(unfit.status, 503);
  EXPECT_EQ(unfit.at("health.reasons.0.message"), "refused");
  EXPECT_EQ(unfit.at("health.parts.outputs"), "failed");
  EXPECT_EQ(unfit.at("health.parts.store"), "ok");
  const Reply metrics = ask(fixture.port(), "GET /metrics");
  EXPECT_EQ(metrics.body, "layercast_frames_total 1\n");
  EXPECT_EQ(metrics.field("Content-Type"), "text/plain; version=0.0.4; charset=utf-8");
}

TEST(HttpApi, ThePageRunsItsOwnScriptsOnly) {
  const ServerFixture fixture;
  const Reply page = ask(fixture.port(), "GET /");
  const std::string policy = page.field("Content-Security-Policy").value_or("");
  EXPECT_EQ(policy.find("unsafe"), std::string::npos) << policy;
  const size_t at = policy.find("script-src 'nonce-");
  ASSERT_NE(at, std::string::npos) << policy;
  const std::string nonce = policy.substr(at + 18, 32);
  EXPECT_NE(page.body.find("<script nonce=\"" + nonce + "\">"), std::string::npos);
  EXPECT_NE(page.body.find("<style nonce=\"" + nonce + "\">"), std::string::npos);
  EXPECT_EQ(page.body.find("<script>"), std::string::npos);
  EXPECT_NE(ask(fixture.port(), "GET /").field("Content-Security-Policy"), policy);
}

TEST(HttpApi, RequestsAreCountedByRoute) {
  const ServerFixture fixture;
  ask(fixture.port(), "GET /api/v1/layers/title");
  ask(fixture.port(), "GET /api/v1/layers/nobody");
  ask(fixture.port(), "GET /random-" + std::string(40, 'x'));
  const auto count = [&](const std::string& route, const std::string& status) {
    return fixture.metric("http_requests_total", {{"route", route}, {"status", status}});
  };
  EXPECT_EQ(count("/api/v1/layers/{id}", "200"), 1);
  EXPECT_EQ(count("/api/v1/layers/{id}", "404"), 1);
  EXPECT_EQ(count("none", "404"), 1);
}

TEST(HttpApi, WithoutTheTokenReasonsAreNotTold) {
  const ServerFixture fixture([](ServerOptions& options) {
    options.tokens = {{"", Role::kAdmin, "secret"}};
  });
  EXPECT_EQ(ask(fixture.port(), "GET /readyz").at("checks"), "(nothing)");
  const Reply refused = ask(fixture.port(), "GET /api/v1/scene");
  EXPECT_EQ(refused.status, 401);
  EXPECT_EQ(refused.field("WWW-Authenticate"), "Bearer");
  const Said good{.fields = "Authorization: Bearer secret\r\n"};
  EXPECT_EQ(ask(fixture.port(), "GET /api/v1/scene", good).status, 200);
  EXPECT_EQ(ask(fixture.port(), "GET /api/v1/snapshot.png?token=secret").status, 200);
  EXPECT_EQ(fixture.metric("auth_failures_total"), 1);
}

TEST(HttpApi, AFieldOfAClientGivesNoTrust) {
  const ServerFixture fixture([](ServerOptions& options) {
    options.tokens = {{"", Role::kAdmin, "secret"}};
  });
  const Said sly{.fields = "x-layercast-trust: token\r\nREMOTE_ADDR: 127.0.0.1\r\n"};
  EXPECT_EQ(ask(fixture.port(), "GET /readyz", sly).at("checks"), "(nothing)");
}

Said said_with(const std::string& token, std::string body = {}) {
  return {.body = std::move(body),
          .fields = "Authorization: Bearer " + token + "\r\nContent-Type: application/json\r\n"};
}

TEST(HttpApi, ARoleAllowsWhatItSays) {
  const ServerFixture fixture([](ServerOptions& options) { options.tokens = tokens_with_roles(); });
  const auto status = [&](const std::string& line, const std::string& token,
                          std::string body = {}) {
    return ask(fixture.port(), line, said_with(token, std::move(body))).status;
  };
  const std::string patch = R"({"opacity": 0.5})";
  EXPECT_EQ(status("GET /api/v1/scene", "reads"), 200);
  EXPECT_EQ(status("GET /metrics", "reads"), 200);
  EXPECT_EQ(ask(fixture.port(), "GET /api/v1/snapshot.png?token=reads").status, 200);
  EXPECT_EQ(status("PATCH /api/v1/layers/title", "reads", patch), 403);
  EXPECT_EQ(status("POST /api/v1/stream/pause", "reads"), 403);
  EXPECT_EQ(status("PATCH /api/v1/layers/title", "operates", patch), 200);
  EXPECT_EQ(status("POST /api/v1/stream/pause", "operates"), 200);
  const std::string output = R"({"id": "two", "url": "x.mp4"})";
  EXPECT_EQ(status("POST /api/v1/outputs", "operates", output), 403);
  EXPECT_EQ(status("DELETE /api/v1/outputs/main", "operates"), 403);
  EXPECT_EQ(status("POST /api/v1/outputs", "administers", output), 201);
  const Reply refused =
      ask(fixture.port(), "PATCH /api/v1/layers/title", said_with("reads", patch));
  EXPECT_EQ(refused.field("Content-Type"), "application/problem+json");
  EXPECT_EQ(refused.at("type"), "urn:problem-type:layercast:forbidden");
  EXPECT_EQ(refused.at("detail"),
            "this needs the role operate; the token grafana has the role read");
  EXPECT_EQ(ask(fixture.port(), "GET /readyz", said_with("reads")).at("health.state"), "ok");
}

TEST(HttpApi, ABatchNeedsTheRoleOfEachOfItsCommands) {
  const ServerFixture fixture([](ServerOptions& options) { options.tokens = tokens_with_roles(); });
  const std::string patch =
      R"({"method": "layers.update", "params": {"id": "title", "patch": {"opacity": 0.5}}})";
  const std::string output =
      R"({"method": "outputs.add", "params": {"output": {"id": "two", "url": "x.mp4"}}})";
  const std::string both = R"({"commands": [)" + patch + ", " + output + "]}";
  const Reply refused = ask(fixture.port(), "POST /api/v1/batch", said_with("operates", both));
  EXPECT_EQ(refused.status, 403) << refused.body;
  EXPECT_EQ(refused.at("errors.0.pointer"), "/commands/1/method");
  EXPECT_EQ(refused.at("errors.0.detail"), "outputs.add needs the role admin");
  EXPECT_EQ(fixture.revision(), 1);
  const std::string one = R"({"commands": [)" + patch + "]}";
  EXPECT_EQ(ask(fixture.port(), "POST /api/v1/batch", said_with("operates", one)).status, 200);
  EXPECT_EQ(ask(fixture.port(), "POST /api/v1/batch", said_with("administers", both)).status, 200);
}

TEST(HttpApi, AScheduledCommandIsCancelledByTheRoleThatMayExecuteIt) {
  const ServerFixture fixture([](ServerOptions& options) { options.tokens = tokens_with_roles(); });
  const auto status = [&](const std::string& line, const std::string& token,
                          std::string body = {}) {
    return ask(fixture.port(), line, said_with(token, std::move(body))).status;
  };
  const std::string output = R"({"id": "two", "url": "x.mp4"})";
  EXPECT_EQ(status("POST /api/v1/outputs?at=3600s", "administers", output), 202);
  EXPECT_EQ(status("POST /api/v1/stream/stop?at=3600s", "operates"), 202);
  EXPECT_EQ(status("DELETE /api/v1/scheduled/1", "reads"), 403);
  EXPECT_EQ(status("DELETE /api/v1/scheduled/1", "operates"), 403);
  EXPECT_EQ(status("DELETE /api/v1/scheduled/2", "operates"), 200);
  EXPECT_EQ(status("DELETE /api/v1/scheduled/2", "operates"), 404);
  EXPECT_EQ(status("DELETE /api/v1/scheduled/1", "administers"), 200);
}

TEST(HttpApi, ARequestWhoseTokenIsRevokedMeanwhileIsNotExecuted) {
  const ServerFixture fixture([](ServerOptions& options) { options.tokens = tokens_with_roles(); });
  const std::string patch = R"({"opacity": 0.5})";
  Said said = said_with("operates", patch);
  said.fields += "Expect: 100-continue\r\n";
  Wire wire(fixture.port());
  const std::string text = request_text("PATCH /api/v1/layers/title", said);
  wire.send(text.substr(0, text.size() - patch.size()));
  // The head is admitted.
  EXPECT_EQ(wire.take_until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  fixture.server->set_tokens({tokens_with_roles().front()});
  wire.send(patch);
  EXPECT_EQ(take_reply(wire).status, 401);
  EXPECT_EQ(fixture.revision(), 1);
  EXPECT_EQ(ask(fixture.port(), "GET /api/v1/scene", said_with("operates")).status, 401);
  EXPECT_EQ(ask(fixture.port(), "GET /api/v1/scene", said_with("reads")).status, 200);
}

TEST(HttpApi, AQueuedRequestWhoseTokenIsRevokedIsNotExecuted) {
  BlockedStatus blocked;
  const ServerFixture fixture([&](ServerOptions& options) {
    options.tokens = tokens_with_roles();
    options.limits.quick_threads = 1;
    static_cast<FakeStatusProvider*>(options.status_provider)->before_status = blocked.hook();
  });
  Wire busy(fixture.port());
  busy.send(request_text("GET /api/v1/status", said_with("reads")));
  blocked.wait_until_entered();
  Wire queued(fixture.port());
  Said asks = said_with("operates");
  asks.fields += "Expect: 100-continue\r\nContent-Length: 2\r\n";
  queued.send(request_text("GET /api/v1/layers", asks));
  EXPECT_EQ(queued.take_until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  queued.send("{}");
  // The listener has one thread: when it refuses a later request, it has read this one.
  EXPECT_EQ(ask(fixture.port(), "GET /api/v1/scene", said_with("unknown")).status, 401);
  fixture.server->set_tokens({tokens_with_roles().front()});
  blocked.release();
  EXPECT_EQ(take_reply(busy).status, 200);
  EXPECT_EQ(take_reply(queued).status, 401);
}

TEST(HttpApi, ReleasesTakeNoConditions) {
  const ServerFixture fixture;
  const std::string line = "POST /api/v1/layers/title/release";
  for (const char* query : {"?at=1h", "?wait=on-air", "?at="}) {
    const Reply refused = ask(fixture.port(), line + query);
    EXPECT_EQ(refused.status, 400) << query << refused.body;
  }
  EXPECT_EQ(ask(fixture.port(), line, Said{.fields = "If-Match: \"1\"\r\n"}).status, 400);
  EXPECT_EQ(fixture.status_provider.was_released, 0);
  EXPECT_EQ(ask(fixture.port(), line).at("result.released"), "true");
}

TEST(HttpApi, ThePreviewOfARevokedTokenEnds) {
  const ServerFixture fixture([](ServerOptions& options) { options.tokens = tokens_with_roles(); });
  Wire gone(fixture.port());
  Wire kept(fixture.port());
  gone.send(request_text("GET /api/v1/preview.mjpeg?token=operates"));
  kept.send(request_text("GET /api/v1/preview.mjpeg?token=reads"));
  EXPECT_NE(gone.take_until("picture"), "");
  EXPECT_NE(kept.take_until("picture"), "");
  fixture.server->set_tokens({tokens_with_roles().front()});
  while (gone.receive()) {
  }
  EXPECT_TRUE(gone.has_ended());
  EXPECT_NE(kept.take_until("picture"), "");
  EXPECT_TRUE(becomes_true([&] { return fixture.metric("preview_viewers") == 1; }));
}

TEST(Server, NobodyElseIsLetInWithoutAToken) {
  FakeStore store;
  FakeStatusProvider status_provider;
  base::Metrics metrics;
  layers::LayerManagerOptions manager;
  manager.store = &store;
  manager.metrics = &metrics;
  manager.next_frame_time = [] { return base::Duration{}; };
  auto layers = std::move(layers::LayerManager::open(manager, first_state())).value();
  ServerOptions options;
  options.port = 0;
  options.layers = layers.get();
  options.status_provider = &status_provider;
  options.metrics = &metrics;
  for (const char* host : {"0.0.0.0", "::", "192.168.1.7", "example.org", ""}) {
    options.host = host;
    const auto server = Server::open(options);
    ASSERT_FALSE(server.ok()) << host;
    EXPECT_EQ(server.error().code, base::ErrorCode::kInvalidInput);
  }
  options.tokens = {{"", Role::kAdmin, "secret"}};
  options.host = "example.org";
  EXPECT_EQ(Server::open(options).error().code, base::ErrorCode::kInvalidInput);
  options.host = "0.0.0.0";
  const auto open = Server::open(options);
  ASSERT_TRUE(open.ok());
  options.port = open.value()->port();
  EXPECT_EQ(Server::open(options).error().code, base::ErrorCode::kIo);
}

}  // namespace
}  // namespace layercast::control
