// Programs that users have: curl, the ws package of npm, and a JSON Schema validator.

#include "base/ascii.h"
#include "control/openapi.h"
#include "control/request_head.h"
#include "control/routes.h"
#include "tests/control/client.h"
#include "tests/control/fakes.h"

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sys/prctl.h>
#include <sys/wait.h>

namespace layercast::control {
namespace {

struct Ran {
  int status = -1;
  std::string output;
};

/// Runs a program to its end; it ends with this one at the latest.
Ran run(const std::vector<std::string>& words) {
  std::array<int, 2> pipe_ends{};
  EXPECT_EQ(::pipe(pipe_ends.data()), 0);
  std::vector<char*> arguments;
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  const pid_t child = ::fork();
  if (child == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::alarm(30);
    ::dup2(pipe_ends[1], 1);
    ::dup2(pipe_ends[1], 2);
    ::close(pipe_ends[0]);
    ::close(pipe_ends[1]);
    ::setenv("NODE_PATH", "/usr/share/nodejs", 1);
    ::execvp(arguments[0], arguments.data());
    ::_exit(127);
  }
  ::close(pipe_ends[1]);
  Ran ran;
  std::array<char, 4096> bytes{};
  for (ssize_t count = 0; (count = ::read(pipe_ends[0], bytes.data(), bytes.size())) > 0;) {
    ran.output.append(bytes.data(), static_cast<size_t>(count));
  }
  ::close(pipe_ends[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  ran.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return ran;
}

std::string url(const ServerFixture& fixture, const std::string& path) {
  return "http://127.0.0.1:" + std::to_string(fixture.port()) + path;
}

TEST(Curl, ChangesALayer) {
  const ServerFixture fixture;
  const Ran ran =
      run({"curl", "-sS", "-X", "PATCH", "-H", "Content-Type: application/json", "-d",
           "{\"opacity\": 0.5}", "-w", "%{http_code}", url(fixture, "/api/v1/layers/title")});
  EXPECT_EQ(ran.status, 0);
  EXPECT_TRUE(ran.output.ends_with("\n200")) << ran.output;
  EXPECT_EQ(fixture.layers->current()->scene.layers[1]->opacity, 0.5);
}

TEST(Curl, SendsALongBodyOnceItIsAskedTo) {
  const ServerFixture fixture;
  const auto file = std::filesystem::temp_directory_path() /
                    ("layercast-body-" + std::to_string(::getpid()) + ".json");
  std::ofstream(file) << std::string(2 << 20, ' ') << R"({"opacity": 0.25})";
  const Ran ran = run({"curl", "-sS", "-X", "PATCH", "-H", "Content-Type: application/json",
                       "--data-binary", "@" + file.string(), url(fixture, "/api/v1/layers/title")});
  std::filesystem::remove(file);
  EXPECT_EQ(ran.status, 0) << ran.output;
  EXPECT_EQ(fixture.layers->current()->scene.layers[1]->opacity, 0.25);
}

TEST(Curl, AWholeSessionNeedsOneConnection) {
  const ServerFixture fixture;
  const Ran ran = run({"curl", "-sS", "-o", "/dev/null", "-o", "/dev/null", "-o", "/dev/null", "-w",
                       "%{http_code} %{num_connects}\n", url(fixture, "/healthz"),
                       url(fixture, "/api/v1/scene"), url(fixture, "/api/v1/snapshot.png")});
  EXPECT_EQ(ran.output, "200 1\n200 0\n200 0\n");
}

TEST(Node, SubscribesAndSeesItsOwnChange) {
  const ServerFixture fixture([](ServerOptions& options) {
    options.tokens = {{"", Role::kAdmin, "secret word"}};
  });
  const Ran ran = run({"node", "-e", R"js(
    const WebSocket = require("ws");
    const socket = new WebSocket(process.argv[1] + "?token=secret%20word");
    const seen = [];
    socket.on("open", () => {
      socket.send(JSON.stringify({jsonrpc: "2.0", id: 1, method: "subscribe"}));
      socket.send(JSON.stringify({jsonrpc: "2.0", id: 2, method: "layers.update",
                                  params: {id: "title", patch: {content: {text: "Zoë 🎨"}}}}));
    });
    socket.on("message", text => {
      const message = JSON.parse(text);
      seen.push(message.method ?? "answer " + message.id);
      if (message.method === "layer.updated") {
        console.log(message.params.layer.content.text, message.params.revision);
      }
      if (seen.includes("answer 2") && seen.includes("layer.updated")) socket.close(1000);
    });
    socket.on("close", code => console.log(seen.slice(0, 2).join(", "), code));
  )js",
                       "ws" + url(fixture, "/api/v1/ws").substr(4)});
  EXPECT_EQ(ran.output, "Zoë 🎨 2\nanswer 1, scene 1000\n");
}

/// Structure of the document, and answers as they are held against it.
constexpr const char* kValidator = R"py(
import json, sys, urllib.request, urllib.error
from jsonschema import Draft202012Validator, RefResolver

base = sys.argv[1]

def ask(method, path, body=None, kind="application/json"):
    sent = urllib.request.Request(base + path, method=method,
                                  data=None if body is None else json.dumps(body).encode(),
                                  headers={"Content-Type": kind} if body is not None else {})
    try:
        answer = urllib.request.urlopen(sent)
    except urllib.error.HTTPError as refused:
        answer = refused
    return answer.status, answer.headers.get_content_type(), answer.read()

document = json.loads(ask("GET", "/api/v1/openapi.json")[2])
assert document["openapi"].startswith("3.1."), document["openapi"]

def resolve(reference):
    at = document
    assert reference.startswith("#/"), reference
    for part in reference[2:].split("/"):
        at = at[part.replace("~1", "/").replace("~0", "~")]
    return at

def walk(node):
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            resolve(node["$ref"])
        for value in node.values():
            walk(value)
    elif isinstance(node, list):
        for value in node:
            walk(value)

walk(document)
operations = set()
for path, item in document["paths"].items():
    for method, operation in item.items():
        assert method in ("get", "put", "post", "patch", "delete"), method
        assert operation["operationId"] not in operations, operation["operationId"]
        operations.add(operation["operationId"])
        assert operation["summary"] and operation["responses"], path
        declared = {p["name"] for p in operation["parameters"] if p["in"] == "path"}
        used = {part[1:-1] for part in path.split("/") if part.startswith("{")}
        assert declared == used, (path, declared, used)
        for status, response in operation["responses"].items():
            assert response["description"], (path, status)
            for kind, content in response.get("content", {}).items():
                if status[0] in "45" and path != "/readyz":
                    assert kind == "application/problem+json", (path, status, kind)
for name, schema in document["components"]["schemas"].items():
    Draft202012Validator.check_schema(schema)

checked = set()
def check(method, path, template=None, body=None, kind="application/json", wanted=None):
    """Asks, and holds request and answer against the schemas of the document."""
    template = template or path.split("?")[0]
    operation = document["paths"][template][method.lower()]
    resolver = RefResolver.from_schema(document)
    def hold(schema, value):
        Draft202012Validator(schema, resolver=resolver).validate(value)
    status, content_type, text = ask(method, path, body, kind)
    if body is not None and status < 300:
        hold(operation["requestBody"]["content"][kind]["schema"], body)
    assert str(status) in operation["responses"], (method, path, status, text)
    assert wanted is None or status == wanted, (method, path, status, text)
    content = operation["responses"][str(status)]["content"]
    assert content_type in content, (path, status, content_type)
    if "json" in content_type:
        hold(content[content_type]["schema"], json.loads(text))
    checked.add(operation["operationId"])

logo = {"id": "logo", "type": "overlay", "content": {"type": "color", "color": "#ff0000"}}
layer, layers = "/api/v1/layers/{id}", "/api/v1/layers"
for path in ("/", "/healthz", "/readyz", "/metrics", "/api/v1/openapi.json", "/api/v1/scene",
             "/api/v1/layers", "/api/v1/status", "/api/v1/stream/config", "/api/v1/outputs",
             "/api/v1/snapshot.png", "/api/v1/snapshot.jpg?width=64"):
    check("GET", path, wanted=200)
check("GET", "/api/v1/layers/title", layer, wanted=200)
check("GET", "/api/v1/layers/none", layer, wanted=404)
check("GET", "/api/v1/outputs/main", "/api/v1/outputs/{id}", wanted=200)
check("GET", "/api/v1/ws", wanted=426)
scene = json.loads(ask("GET", "/api/v1/scene")[2])
check("PUT", "/api/v1/scene", body=scene, wanted=200)
check("PUT", "/api/v1/scene", body={"version": 2}, wanted=422)
check("PATCH", "/api/v1/scene", body={"canvas": {"background": "#ffffff"}}, wanted=200,
      kind="application/merge-patch+json")
check("POST", layers, body=logo, wanted=201)
check("POST", layers, body=logo, wanted=409)
check("PATCH", layers + "/logo", layer, body={"opacity": 0.5}, wanted=200)
check("PATCH", layers + "/logo", layer, body={"opacity": 5}, wanted=422)
check("PATCH", layers + "/logo?at=1h", layer, body={"opacity": 0.2}, wanted=202)
check("PUT", layers + "/logo", layer, body=logo, wanted=200)
fade = {"effect": "fade", "from": 0, "to": 1, "duration": "1s"}
check("POST", layers + "/logo/animations", layer + "/animations", body=fade, wanted=200)
check("PUT", layers + "/logo/animations", layer + "/animations", body=[fade, fade], wanted=200)
check("GET", layers + "/logo/animations", layer + "/animations", wanted=200)
check("GET", layers + "/none/animations", layer + "/animations", wanted=404)
animation = layer + "/animations/{index}"
check("DELETE", layers + "/logo/animations/1", animation, wanted=200)
check("DELETE", layers + "/logo/animations/1", animation, wanted=404)
check("DELETE", layers + "/logo/animations/x", animation, wanted=404)
check("PATCH", layers + "/logo?at=2098-01-01T00:00:00%2B01:00", layer, body={"opacity": 0.3},
      wanted=202)
check("PATCH", layers + "/logo?at=noon", layer, body={"opacity": 0.3}, wanted=400)
check("GET", "/api/v1/scheduled", wanted=200)
check("DELETE", "/api/v1/scheduled/2", "/api/v1/scheduled/{index}", wanted=200)
check("DELETE", "/api/v1/scheduled/2", "/api/v1/scheduled/{index}", wanted=404)
check("POST", layers + "/logo/messages", layer + "/messages", body={"text": "hello"})
check("PUT", "/api/v1/active", body={"id": "logo"}, wanted=200)
check("POST", layers + "/logo/restart", layer + "/restart", wanted=200)
check("POST", layers + "/title/release", layer + "/release", wanted=200)
check("POST", layers + "/none/release", layer + "/release", wanted=404)
check("PATCH", layers + "/title", layer, body={"content": {"text": "{{elapsed}}"}}, wanted=200)
stopwatch = layer + "/stopwatch"
check("POST", layers + "/title/stopwatch", stopwatch, body={"action": "stop"}, wanted=200)
check("POST", layers + "/title/stopwatch", stopwatch, body={"action": "halt"}, wanted=422)
check("POST", layers + "/title/stopwatch", stopwatch, body={"action": "stop", "id": "logo"},
      wanted=422)
check("GET", layers + "/title/run", layer + "/run", wanted=200)
check("GET", layers + "/logo/run", layer + "/run", wanted=200)
check("GET", layers + "/none/run", layer + "/run", wanted=404)
check("DELETE", layers + "/logo", layer, wanted=200)
check("POST", "/api/v1/batch", wanted=200,
      body={"commands": [{"method": "layers.activate", "params": {"id": "title"}}]})
track, tracks = "/api/v1/audio/{id}", "/api/v1/audio"
music = {"id": "music", "source": "file.wav", "loop": True, "duck_under": "title"}
check("POST", tracks, body=music, wanted=201)
check("POST", tracks, body=music, wanted=409)
check("GET", tracks, wanted=200)
check("GET", tracks + "/music", track, wanted=200)
check("PATCH", tracks + "/music", track, body={"volume": 0.5, "mute": True}, wanted=200)
check("PATCH", tracks + "/music", track, body={"duck_under": "none"}, wanted=422)
check("POST", tracks + "/music/restart", track + "/restart", wanted=200)
check("GET", tracks + "/music/run", track + "/run", wanted=200)
check("DELETE", tracks + "/music", track, wanted=200)
check("DELETE", tracks + "/music", track, wanted=404)
for what in ("stop", "start", "pause"):
    check("POST", "/api/v1/stream/" + what, wanted=200)
check("PATCH", "/api/v1/stream/config", body={"bitrate": "3M", "quality": "low"}, wanted=200)
check("POST", "/api/v1/outputs", body={"url": "file.mp4"}, wanted=201)
check("DELETE", "/api/v1/outputs/main", "/api/v1/outputs/{id}", wanted=200)
print("not checked:", *(operations - checked))
)py";

TEST(OpenApi, IsSoundAndTrueOfTheAnswers) {
  const ServerFixture fixture;
  const Ran ran = run({"/usr/bin/python3", "-W", "ignore", "-c", kValidator,
                       "http://127.0.0.1:" + std::to_string(fixture.port())});
  EXPECT_EQ(ran.status, 0) << ran.output;
  EXPECT_EQ(ran.output, "not checked: preview\n");
}

TEST(OpenApi, HasEveryRouteOfTheTable) {
  const scene::Value document = openapi_document();
  for (const Route& route : routes()) {
    const scene::Value* path = document.find("paths")->find(route.path);
    ASSERT_NE(path, nullptr) << route.path;
    const scene::Value* operation = path->find(base::lower_case(route.method));
    ASSERT_NE(operation, nullptr) << route.path;
    EXPECT_EQ(operation->find("operationId")->text, route.operation);
  }
}

}  // namespace
}  // namespace layercast::control
