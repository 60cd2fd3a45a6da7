// Requests to the HTTP API, made from the bytes: each chooses a route of the table, its path, query
// and conditions, and a body that follows the schema of the OpenAPI document, or breaks it, or is
// raw text. Each answer has a status of the document and the type that it states. Afterwards a
// client can write the scene that it reads, and the state is stored and read back the same.

#include "base/check.h"
#include "control/api.h"
#include "control/openapi.h"
#include "control/routes.h"
#include "scene/live/live_codec.h"
#include "scene/wire/json_codec.h"
#include "tests/fuzz/choices.h"
#include "tests/fuzz/fake_daemon.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace control = layercast::control;
namespace fuzz = layercast::fuzz;
namespace scene = layercast::scene;

using fuzz::Choices;
using scene::Value;

namespace {

constexpr std::array<std::string_view, 8> kIds = {"box",   "text", "chat", "host",
                                                  "music", "main", "new",  ""};
constexpr std::array<std::string_view, 40> kTexts = {"box",
                                                     "text",
                                                     "chat",
                                                     "host",
                                                     "music",
                                                     "main",
                                                     "new",
                                                     "idle",
                                                     "",
                                                     "red",
                                                     "#10203040",
                                                     "rgb(255 99 71 / 50%)",
                                                     "linear-gradient(90deg, #f80, #f08 60%)",
                                                     "radial-gradient(circle, gold, teal)",
                                                     "500ms",
                                                     "2s",
                                                     "1h",
                                                     "876000h",
                                                     "50%",
                                                     "calc(50% - 20px)",
                                                     "center",
                                                     "ease-in-out",
                                                     "cubic-bezier(.2, 0, 0, 1)",
                                                     "steps(4)",
                                                     "infinite",
                                                     "{{elapsed}} {{clock:%H:%M}}",
                                                     "{{count:0,1500,2s}}",
                                                     "M0 0L9 9C1 2 3 4 5 6Z",
                                                     "<svg xmlns='http://www.w3.org/2000/svg'/>",
                                                     "a.png",
                                                     "walk-%03d.png",
                                                     "l*.png",
                                                     "../../etc/passwd",
                                                     "a.mp4",
                                                     "http://example.com/a.m3u8",
                                                     "srt://0.0.0.0:9000?mode=listener",
                                                     "rtmp://example.com/live/key",
                                                     "live.m3u8",
                                                     "30000/1001",
                                                     "6M"};
constexpr std::array<double, 14> kNumbers = {0,  1, 2,   -1,   0.5,  16,    0.001,
                                             90, 4, 255, 1080, 7680, 1e300, 1e9};
constexpr std::array<std::string_view, 12> kTimes = {"0s",
                                                     "10s",
                                                     "1.5",
                                                     "frame:1234",
                                                     "2026-01-01T18:00:00Z",
                                                     "2100-01-01T00:00Z",
                                                     "frame:0",
                                                     "frame:-1",
                                                     "0000000000",
                                                     "on-air",
                                                     "876000h",
                                                     "x"};

/// Makes JSON values that follow a schema, except where the bytes say otherwise.
class BodyMaker {
 public:
  BodyMaker(Choices& choices, const Value& schemas) : choices_(choices), schemas_(schemas) {}

  Value body(std::string_view schema) { return value(*schemas_.find(schema), 0); }

 private:
  static constexpr int kDepthMax = 12;
  static constexpr int kValuesMax = 400;

  Value value(const Value& schema, int depth) {
    if (++values_ > kValuesMax) return Value::null();
    if (choices_.one_in(48)) return anything();
    if (const Value* reference = schema.find("$ref")) {
      const size_t slash = reference->text.rfind('/');
      const Value* named = schemas_.find(reference->text.substr(slash + 1));
      return named == nullptr || depth > kDepthMax ? anything() : value(*named, depth + 1);
    }
    if (const Value* constant = schema.find("const")) return *constant;
    if (const Value* values = schema.find("enum")) return choices_.one_of(values->items);
    for (const char* forms : {"oneOf", "anyOf"}) {
      const Value* either = schema.find(forms);
      // Beside `type`, it only says which members go together.
      if (either == nullptr || schema.find("type") != nullptr) continue;
      return value(choices_.one_of(either->items), depth);
    }
    return of_type(schema, depth);
  }

  Value of_type(const Value& schema, int depth) {
    const Value* type = schema.find("type");
    if (type == nullptr) return anything();
    const std::string& name =
        type->is(Value::Kind::kArray) ? choices_.one_of(type->items).text : type->text;
    if (name == "object") return object(schema, depth);
    if (name == "array") return array(schema, depth);
    if (name == "string") return text();
    if (name == "number") return number(schema);
    if (name == "integer") return Value::of(std::floor(number(schema).number));
    if (name == "boolean") return Value::of(choices_.one_in(2));
    return Value::null();
  }

  Value object(const Value& schema, int depth) {
    Value made = Value::object();
    const Value* properties = schema.find("properties");
    if (properties == nullptr) return made;
    const Value* required = schema.find("required");
    for (const auto& member : properties->members) {
      const bool is_required =
          required != nullptr && std::ranges::any_of(required->items, [&](const Value& key) {
            return key.text == member.key;
          });
      const bool is_wanted = is_required ? !choices_.one_in(64) : choices_.one_in(6);
      if (is_wanted) made.add(member.key, value(member.value, depth + 1));
    }
    if (choices_.one_in(64)) made.add(choices_.text(8), anything());
    return made;
  }

  Value array(const Value& schema, int depth) {
    Value made = Value::array();
    const Value* items = schema.find("items");
    const Value* least = schema.find("minItems");
    const size_t count =
        choices_.below(3) + (least == nullptr ? 0 : static_cast<size_t>(least->number));
    for (size_t i = 0; i < count && i < 8; ++i) {
      made.items.push_back(items == nullptr ? anything() : value(*items, depth + 1));
    }
    return made;
  }

  Value text() {
    if (choices_.one_in(16)) return Value::of(choices_.text(choices_.below(64)));
    return Value::of(choices_.one_of(kTexts));
  }

  Value number(const Value& schema) {
    const Value* minimum = schema.find("minimum");
    const Value* maximum = schema.find("maximum");
    const size_t choice = choices_.below(8);
    if (choice == 0 && minimum != nullptr) return *minimum;
    if (choice == 1 && maximum != nullptr) return *maximum;
    if (choice == 2 && maximum != nullptr) return Value::of(maximum->number + 1);
    if (choice > 4 && minimum != nullptr && maximum != nullptr) {
      const double place = static_cast<double>(choices_.byte()) / 255;
      return Value::of(minimum->number + place * (maximum->number - minimum->number));
    }
    return Value::of(choices_.one_of(kNumbers));
  }

  Value anything() {
    switch (choices_.below(7)) {
      case 0:
        return Value::null();
      case 1:
        return Value::of(true);
      case 2:
        return Value::of(choices_.one_of(kNumbers));
      case 3:
        return Value::object();
      case 4:
        return Value::array({Value::of(1), Value::null()});
      case 5:
        return Value::object().add("id", text());
      default:
        return text();
    }
  }

  Choices& choices_;
  const Value& schemas_;
  int values_ = 0;
};

const Value& openapi() {
  static const Value kDocument = control::openapi_document();
  return kDocument;
}

const Value& schemas() {
  static const Value& all_schemas = *openapi().find("components")->find("schemas");
  return all_schemas;
}

std::string path_of(const control::Route& route, Choices& choices) {
  std::string path(route.path);
  const auto fill = [&](std::string_view hole, std::string_view text) {
    const size_t place = path.find(hole);
    if (place != std::string::npos) path.replace(place, hole.size(), text);
  };
  fill("{id}", choices.one_in(16) ? choices.text(8) : choices.one_of(kIds));
  fill("{index}", choices.one_in(16) ? choices.text(8) : std::to_string(choices.below(3)));
  return path;
}

std::string body_of(const control::Route& route, Choices& choices) {
  // `layers.replace` takes what `layers.get` gives, and patches come with other routes' bodies.
  if (choices.one_in(32)) return std::string(choices.text(choices.below(512)));
  std::string_view schema = route.body_schema;
  if (choices.one_in(64)) schema = choices.one_of(schemas().members).key;
  return scene::write_json(BodyMaker(choices, schemas()).body(schema), 0);
}

control::Request request_of(const control::Route& route, Choices& choices) {
  control::Request request;
  request.method = choices.one_in(64) ? "OPTIONS" : std::string(route.method);
  request.path = path_of(route, choices);
  request.role = control::Role::kAdmin;
  if (choices.one_in(8)) {
    request.query.emplace_back("at", choices.one_of(kTimes));
  }
  if (choices.one_in(8)) request.query.emplace_back("wait", "on-air");
  if (choices.one_in(16)) request.query.emplace_back("width", choices.text(5));
  if (choices.one_in(8)) request.headers.emplace_back("if-match", choices.text(6));
  if (choices.one_in(8)) request.headers.emplace_back("if-none-match", "W/\"1\", \"2\"");
  if (!route.takes_body()) return request;
  const bool is_patch = request.method == "PATCH" && choices.one_in(2);
  request.headers.emplace_back("content-type",
                               is_patch ? "application/merge-patch+json" : "application/json");
  request.body = body_of(route, choices);
  return request;
}

void check_answer(const control::Answer& answer, const control::Route& route) {
  std::string method(route.method);
  for (char& c : method) c = static_cast<char>(c - 'A' + 'a');
  const Value& operation = *openapi().find("paths")->find(route.path)->find(method);
  const Value& responses = *operation.find("responses");
  LAYERCAST_CHECK(responses.find(std::to_string(answer.status)) != nullptr);
  // The store and the stream are well, so that nothing is the server's fault.
  LAYERCAST_CHECK(answer.status < 500);
  const bool is_problem = answer.status >= 400;
  LAYERCAST_CHECK(is_problem == (answer.type == control::kProblemType));
  for (const auto& [name, value] : answer.headers) {
    LAYERCAST_CHECK(value.find_first_of("\r\n") == std::string::npos);
  }
  if (!is_problem && answer.type != "application/json") return;
  std::string text = answer.shared_body == nullptr ? "" : *answer.shared_body;
  text += answer.body;
  // Faults and echoes are bounded, whatever the request was.
  constexpr size_t kProblemBytesMax = 64 << 10;
  LAYERCAST_CHECK(!is_problem || text.size() <= kProblemBytesMax);
  // An echo may have a NUL, which the reader of this program refuses.
  constexpr std::string_view kNul = "\\u0000";
  for (size_t at = text.find(kNul); at != text.npos; at = text.find(kNul, at)) {
    text.erase(at, kNul.size());
  }
  if (answer.status != 304) LAYERCAST_CHECK(scene::read_json(text).faults.empty());
}

/// The API on a live scene.
class Daemon {
 public:
  control::Answer answer(const control::Request& request) const {
    const control::Found found = control::find_route(request.method, request.path);
    control::Request routed = request;
    routed.id = found.id;
    routed.index = found.index;
    control::Answer answered = api_.answer(routed, found);
    if (found.route != nullptr && request.method != "OPTIONS") check_answer(answered, *found.route);
    return answered;
  }

  void check_scene_is_writable() const {
    control::Request read;
    read.method = "GET";
    read.path = "/api/v1/scene";
    read.role = control::Role::kAdmin;
    const control::Answer scene = answer(read);
    const scene::LiveStatePtr before = daemon_.layers->current();
    control::Request write = read;
    write.method = "PUT";
    write.headers.emplace_back("content-type", "application/json");
    write.body = (scene.shared_body == nullptr ? "" : *scene.shared_body) + scene.body;
    LAYERCAST_CHECK(answer(write).status == 200);
    LAYERCAST_CHECK(daemon_.layers->current()->scene == before->scene);
  }

  void check_state_is_stored() const {
    const scene::LiveStatePtr state = daemon_.layers->current();
    scene::LiveStateTexts texts{scene::header_text(*state), {}};
    for (size_t i = 0; i < state->scene.layers.size(); ++i) {
      const scene::RunningLayer layer = scene::running_layer(*state, i);
      texts.layers.emplace_back(layer.layer.id, scene::layer_text(layer));
    }
    const auto again = scene::live_state_from(texts, state->revision);
    LAYERCAST_CHECK(again.ok());
    LAYERCAST_CHECK(again.value() == *state);
  }

 private:
  fuzz::FakeDaemon daemon_;
  control::Api api_{{*daemon_.layers, daemon_.status_provider, daemon_.metrics, daemon_.documents,
                     *daemon_.commands, daemon_.limits}};
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  constexpr int kRequestsMax = 16;
  Choices choices(bytes, size);
  const Daemon daemon;
  for (int count = 0; count < kRequestsMax && !choices.is_empty(); ++count) {
    const control::Route& route = choices.one_of(control::routes());
    if (route.serving != control::Serving::kAnswer) continue;
    static_cast<void>(daemon.answer(request_of(route, choices)));
  }
  daemon.check_state_is_stored();
  daemon.check_scene_is_writable();
  return 0;
}
