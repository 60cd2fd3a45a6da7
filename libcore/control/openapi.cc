#include "control/openapi.h"

#include "control/problem.h"
#include "control/routes.h"
#include "scene/live/run_tables.h"
#include "scene/live/stream_config.h"
#include "scene/wire/json_codec.h"
#include "scene/wire/scene_tables.h"

#include <algorithm>
#include <string_view>
#include <vector>

namespace layercast::control {
namespace {

using scene::Value;

constexpr std::string_view kDefinitions = "#/$defs/";
constexpr std::string_view kComponents = "#/components/schemas/";

Value reference(std::string_view schema) {
  return Value::object().add("$ref", Value::of(std::string(kComponents) + std::string(schema)));
}

/// A schema given as JSON text.
Value written(std::string_view json) {
  scene::JsonDocument read = scene::read_json(json);
  LAYERCAST_CHECK(read.faults.empty());
  return std::move(read.value);
}

/// `schema` with references into $defs changed to #/components/schemas.
Value with_component_references(Value schema) {
  for (Value& item : schema.items) item = with_component_references(std::move(item));
  for (auto& member : schema.members) {
    if (member.key == "$ref" && member.value.text.starts_with(kDefinitions)) {
      member.value =
          Value::of(std::string(kComponents) + member.value.text.substr(kDefinitions.size()));
    } else {
      member.value = with_component_references(std::move(member.value));
    }
  }
  return schema;
}

/// Removes `key` from the required keys.
void make_optional(Value& schema, std::string_view key) {
  if (Value* required = schema.find("required")) {
    std::erase_if(required->items, [&](const Value& item) { return item.text == key; });
  }
}

/// Adds the codec's schema as `name`, unless the codec has already defined it.
template <class T>
void add_schema(Value& schemas, scene::SchemaBuilder& builder, std::string_view name,
                const scene::Codec<T>& codec) {
  Value schema = codec.schema(builder);
  const Value* target = schema.find("$ref");
  if (target != nullptr && target->text == std::string(kDefinitions) + std::string(name)) return;
  schemas.add(name, std::move(schema));
}

/// A scene as GET returns it and PUT accepts it, including the fields of a live scene.
Value live_scene_schema(Value root) {
  Value* properties = root.find("properties");
  LAYERCAST_CHECK(properties != nullptr);
  properties->add("revision", written(R"({"type": "integer", "minimum": 0})"))
      .add("active", written(R"({"type": ["string", "null"],
                                 "description": "The id of the active layer."})"))
      .add("stream", reference("stream-config"));
  return root;
}

/// The stream configuration as GET returns it, including the transmission state.
Value stream_config_schema(scene::SchemaBuilder& builder) {
  Value schema = scene::stream_config_codec().schema(builder);
  schema.find("properties")->add("transmission", scene::transmission_codec().schema(builder));
  return schema;
}

/// A merge patch of the configuration: null resets a key to its default.
Value stream_patch_schema(scene::SchemaBuilder& builder) {
  Value schema = scene::stream_config_codec().schema(builder);
  Value* properties = schema.find("properties");
  LAYERCAST_CHECK(properties != nullptr);
  properties->add("quality", scene::quality_codec().schema(builder));
  for (auto& member : properties->members) {
    Value either = Value::object();
    either.add("anyOf", Value::array({member.value, written(R"({"type": "null"})")}));
    member.value = std::move(either);
  }
  schema.erase("required");
  return schema;
}

Value patch_schema(const Value& object);

/// A value in a merge patch: null removes it, and a part of an object changes that part.
Value patch_value_schema(const Value& schema) {
  Value forms = Value::array();
  const Value* type = schema.find("type");
  const bool is_object = type != nullptr && type->text == "object";
  if (is_object && schema.find("properties") != nullptr) {
    forms.items.push_back(patch_schema(schema));
  } else {
    forms.items.push_back(schema);
    if (type == nullptr || is_object) {
      forms.items.push_back(written(R"({"type": "object", "description": "A part of it."})"));
    }
  }
  forms.items.push_back(written(R"({"type": "null"})"));
  return Value::object().add("anyOf", std::move(forms));
}

/// A merge patch (RFC 7396) of an object with these properties.
Value patch_schema(const Value& object) {
  const Value* properties = object.find("properties");
  LAYERCAST_CHECK(properties != nullptr);
  Value patches = Value::object();
  for (const auto& member : properties->members) {
    patches.add(member.key, patch_value_schema(member.value));
  }
  return Value::object()
      .add("type", Value::of("object"))
      .add("description", Value::of("A JSON Merge Patch (RFC 7396)."))
      .add("properties", std::move(patches))
      .add("additionalProperties", Value::of(false));
}

constexpr std::string_view kMessageSchema = R"({
  "type": "object", "required": ["author", "text"], "additionalProperties": false,
  "properties": {"id": {"type": "string"}, "author": {"type": "string"},
                 "text": {"type": "string"}, "timestamp": {"type": ["string", "number"]},
                 "highlighted": {"type": "boolean"}, "author_color": {"type": "string"}}})";

constexpr std::string_view kProblemSchema = R"({
  "type": "object", "required": ["type", "title", "status", "detail"],
  "additionalProperties": false,
  "properties": {
    "type": {"type": "string", "format": "uri-reference"},
    "title": {"type": "string"}, "status": {"type": "integer"}, "detail": {"type": "string"},
    "errors": {"type": "array", "items": {
      "type": "object", "required": ["pointer", "detail"],
      "properties": {"pointer": {"type": "string", "format": "json-pointer"},
                     "detail": {"type": "string"}}}},
    "revision": {"type": "integer", "description": "The current revision of the scene."}}})";

constexpr std::string_view kLayersSchema = R"({
  "type": "object", "required": ["revision", "active", "layers"], "additionalProperties": false,
  "properties": {"revision": {"type": "integer"}, "active": {"type": ["string", "null"]},
    "layers": {"type": "array", "items": {"$ref": "#/components/schemas/layer"}}}})";

constexpr std::string_view kSoundsSchema = R"({
  "type": "object", "required": ["revision", "audio"], "additionalProperties": false,
  "properties": {"revision": {"type": "integer"},
    "audio": {"type": "array", "items": {"$ref": "#/components/schemas/audio"}}}})";

constexpr std::string_view kOutputsSchema = R"({
  "type": "object", "required": ["revision", "outputs"], "additionalProperties": false,
  "properties": {"revision": {"type": "integer"},
    "outputs": {"type": "array", "items": {"$ref": "#/components/schemas/output-state"}}}})";

constexpr std::string_view kReadinessSchema = R"({
  "type": "object", "required": ["ready"], "additionalProperties": false,
  "properties": {"ready": {"type": "boolean"},
                 "health": {"$ref": "#/components/schemas/health"}}})";

constexpr std::string_view kHealthSchema = R"({
  "type": "object", "required": ["state", "parts", "reasons"], "additionalProperties": false,
  "properties": {
    "state": {"enum": ["ok", "degraded", "failed"], "description": "The worst of the reasons."},
    "parts": {"type": "object", "description": "The state of each part.",
              "additionalProperties": {"enum": ["ok", "degraded", "failed"]}},
    "reasons": {"type": "array", "description": "What is wrong now, the worst first.", "items": {
      "type": "object", "required": ["part", "subject", "state", "message", "since"],
      "additionalProperties": false,
      "properties": {
        "part": {"enum": ["rendering", "encoder", "outputs", "store", "layers", "sounds", "feeds",
                          "leader"]},
        "subject": {"type": ["string", "null"],
                    "description": "The id of the output, layer or sound."},
        "state": {"enum": ["degraded", "failed"]}, "message": {"type": "string"},
        "since": {"type": "string", "format": "date-time"}}}}}})";

constexpr std::string_view kOutputStateSchema = R"({
  "type": "object", "additionalProperties": false,
  "required": ["id", "url", "state", "error", "frames", "frames_dropped", "bytes", "reconnects",
               "queued_packets", "queued_bytes"],
  "properties": {
    "id": {"type": "string"}, "url": {"type": "string", "description": "Without keys: ***."},
    "state": {"enum": ["connecting", "live", "reconnecting", "failed", "stopped"]},
    "error": {"type": ["string", "null"], "description": "Why it is not live; null while it is."},
    "file": {"type": "string", "description": "The file that is being written."},
    "frames": {"type": "integer", "minimum": 0}, "frames_dropped": {"type": "integer", "minimum": 0},
    "bytes": {"type": "integer", "minimum": 0}, "reconnects": {"type": "integer", "minimum": 0},
    "queued_packets": {"type": "integer", "minimum": 0},
    "queued_bytes": {"type": "integer", "minimum": 0}}})";

constexpr std::string_view kStatusSchema = R"({
  "type": "object", "additionalProperties": false,
  "required": ["state", "stream_time", "frame", "fps", "frames", "lateness", "render_seconds",
               "outputs", "cpu_seconds", "memory_bytes", "uptime", "scene", "layers", "revision",
               "store", "health", "version"],
  "properties": {
    "state": {"enum": ["on-air", "stopped", "paused"]},
    "stream_time": {"type": "number", "description": "Seconds."},
    "frame": {"type": "integer", "description": "Index of the newest frame; -1: none yet."},
    "fps": {"type": "number", "description": "Of the last second."},
    "frames": {"type": "object", "additionalProperties": false,
      "required": ["rendered", "repeated", "dropped"],
      "properties": {"rendered": {"type": "integer"}, "repeated": {"type": "integer"},
        "dropped": {"type": "object", "description": "By reason.",
                    "additionalProperties": {"type": "integer"}}}},
    "lateness": {"type": "object", "additionalProperties": false, "required": ["p50", "p99", "max"],
      "description": "Seconds from when a frame was due to when it was passed to the encoders.",
      "properties": {"p50": {"type": "number"}, "p99": {"type": "number"},
                     "max": {"type": "number"}}},
    "render_seconds": {"type": "number", "description": "Mean for a frame."},
    "outputs": {"type": "array", "items": {"$ref": "#/components/schemas/output-state"}},
    "cpu_seconds": {"type": "number"}, "memory_bytes": {"type": "number"},
    "uptime": {"type": "number", "description": "Seconds."},
    "scene": {"type": "string"}, "layers": {"type": "integer"}, "revision": {"type": "integer"},
    "store": {"type": "object", "additionalProperties": false,
      "required": ["reachable", "reason", "waiting"],
      "properties": {"reachable": {"type": "boolean"}, "reason": {"type": ["string", "null"]},
                     "waiting": {"type": "integer",
                                 "description": "Changes that the remote store lacks."}}},
    "health": {"$ref": "#/components/schemas/health"},
    "version": {"type": "string"}}})";

constexpr std::string_view kAnimationListSchema = R"({
  "type": "object", "required": ["revision", "animations"], "additionalProperties": false,
  "properties": {"revision": {"type": "integer"},
    "animations": {"type": "array", "items": {
      "type": "object", "additionalProperties": false,
      "required": ["index", "phase", "start", "end", "animation"],
      "properties": {
        "index": {"type": "integer", "minimum": 0},
        "phase": {"enum": ["waiting", "running", "holding", "over"],
                  "description": "holding: it is over and holds its final value."},
        "start": {"type": ["string", "null"],
                  "description": "Stream time; null: the layer was not shown yet."},
        "end": {"type": ["string", "null"], "description": "Stream time; null: never, or unknown."},
        "animation": {"$ref": "#/components/schemas/animation"}}}}}})";

constexpr std::string_view kScheduledSchema = R"({
  "type": "object", "required": ["revision", "scheduled"], "additionalProperties": false,
  "properties": {"revision": {"type": "integer"},
    "scheduled": {"type": "array", "items": {
      "type": "object", "additionalProperties": false,
      "required": ["number", "at", "time", "method", "params"],
      "properties": {
        "number": {"type": "integer", "minimum": 1},
        "at": {"type": "string", "description": "Stream time at which the command is applied."},
        "time": {"type": "string", "format": "date-time"},
        "method": {"type": "string"},
        "params": {"type": "object", "description": "Keys in URLs are redacted: ***."}}}}}})";

constexpr std::string_view kBatchSchema = R"({
  "type": "object", "required": ["commands"], "additionalProperties": false,
  "properties": {"commands": {"type": "array", "items": {
    "type": "object", "required": ["method"], "additionalProperties": false,
    "properties": {"method": {"type": "string"}, "params": {"type": "object"}}}}}})";

/// Schemas that routes() names and no other table describes.
void add_other_schemas(Value& schemas) {
  schemas.add("any", written(R"({"description": "Any JSON value."})"))
      .add("problem", written(kProblemSchema))
      .add("health", written(kHealthSchema))
      .add("liveness", written(R"({"type": "object", "required": ["status"],
                                 "properties": {"status": {"const": "ok"}}})"))
      .add("readiness", written(kReadinessSchema))
      .add("status", written(kStatusSchema))
      .add("named", written(R"({"type": "object", "required": ["id"],
                                "additionalProperties": false,
                                "properties": {"id": {"type": ["string", "null"]}}})"))
      .add("results",
           written(R"({"type": "array", "description": "One result for each command."})"))
      .add("layers", written(kLayersSchema))
      .add("sounds", written(kSoundsSchema))
      .add("outputs", written(kOutputsSchema))
      .add("output-state", written(kOutputStateSchema))
      .add("animations", written(R"({"type": "array",
                                     "items": {"$ref": "#/components/schemas/animation"}})"))
      .add("scheduled", written(kScheduledSchema))
      .add("cancelled", written(R"({"type": "object", "required": ["revision", "result"],
                                    "additionalProperties": false,
                                    "properties": {"revision": {"type": "integer"},
                                      "result": {"type": "object", "required": ["cancelled"],
                                        "properties": {"cancelled": {"type": "integer"}}}}})"))
      .add("released", written(R"({"type": "object", "required": ["revision", "result"],
                                   "additionalProperties": false,
                                   "properties": {"revision": {"type": "integer"},
                                     "result": {"type": "object",
                                       "required": ["id", "released"],
                                       "additionalProperties": false,
                                       "properties": {"id": {"type": "string"},
                                         "released": {"type": "boolean",
                                           "description": "Whether it was held."}}}}})"))
      .add("animation-list", written(kAnimationListSchema))
      .add("active", written(R"({"type": "object", "required": ["id"],
                                 "additionalProperties": false,
                                 "properties": {"id": {"type": ["string", "null"]}}})"))
      .add("stopwatch", written(R"({"type": "object", "required": ["action"],
                                    "additionalProperties": false,
                                    "properties": {"action": {"enum": ["start", "stop", "reset"]}}})"))
      .add("batch", written(kBatchSchema));
  if (schemas.find("message") == nullptr) schemas.add("message", written(kMessageSchema));
}

Value schemas() {
  scene::SchemaBuilder builder;
  Value made = Value::object();
  const Value scene = scene::scene_codec().schema(builder);
  add_schema(made, builder, "layer", scene::layer_codec());
  add_schema(made, builder, "animation", scene::animation_codec());
  add_schema(made, builder, "audio", scene::audio_codec());
  add_schema(made, builder, "output", scene::output_codec());
  add_schema(made, builder, "layer-run", scene::layer_run_codec());
  made.find("layer-run")->find("properties")->add("failure", written(R"({
    "type": ["string", "null"], "description": "Why the layer does not show its content now."})"));
  add_schema(made, builder, "audio-run", scene::track_run_codec());
  made.add("stream-config", stream_config_schema(builder));
  made.add("stream-patch", stream_patch_schema(builder));
  for (const auto& member : builder.definitions.members) made.set(member.key, member.value);
  for (const std::string_view name : {"layer", "audio", "output"}) {
    Value nameless = *made.find(name);
    make_optional(nameless, "id");
    made.add("new-" + std::string(name), std::move(nameless));
  }
  for (const std::string_view name : {"layer", "audio"}) {
    made.add(std::string(name) + "-patch", patch_schema(*made.find(name)));
  }
  made.add("live-scene", live_scene_schema(scene));
  made.add("scene-patch", patch_schema(*made.find("live-scene")));
  made = with_component_references(std::move(made));
  add_other_schemas(made);
  return made;
}

// ---- Operations ---------------------------------------------------------------------------------

Value parameter(std::string_view name, std::string_view place, std::string_view schema,
                std::string_view description) {
  Value made = Value::object();
  made.add("name", Value::of(name)).add("in", Value::of(place));
  if (place == "path") made.add("required", Value::of(true));
  made.add("schema", written(schema)).add("description", Value::of(description));
  return made;
}

Value parameters_of(const Route& route) {
  Value all = Value::array();
  const auto add = [&all](std::string_view name, std::string_view place, std::string_view schema,
                          std::string_view description) {
    all.items.push_back(parameter(name, place, schema, description));
  };
  if (route.takes_id())
    add("id", "path", R"({"type": "string"})", "Id of the layer, sound or output.");
  if (route.takes_index()) {
    add("index", "path", R"({"type": "integer", "minimum": 0})",
        "Place of the animation in its list, from 0; number of the scheduled command.");
  }
  if (!route.command.empty()) {
    add("at", "query", R"({"type": "string"})",
        "When to apply the change: at a stream time such as 90s, at a frame, as frame:N, or at a "
        "date and time with its offset from UTC, such as 2026-01-01T18:00:00+01:00.");
    add("wait", "query", R"({"const": "on-air"})",
        "Answers once the encoder has received a frame that shows the change; `frame` is its "
        "number.");
    add("If-Match", "header", R"({"type": "string"})",
        "The quoted revision that the change is based on; with any other, the answer is 412.");
  }
  if (route.has_etag) {
    add("If-None-Match", "header", R"({"type": "string"})",
        "A quoted revision that the client has; if it is current, the answer is 304.");
  }
  if (route.operation.starts_with("snapshot.")) {
    add("width", "query", R"({"type": "integer", "minimum": 16, "maximum": 7680})",
        "Maximum width in px; a wider picture is scaled down.");
  }
  return all;
}

Value content(std::string_view type, Value schema) {
  Value of_type = Value::object();
  of_type.add("schema", std::move(schema));
  Value made = Value::object();
  made.add(type, std::move(of_type));
  return made;
}

Value response(std::string_view description) {
  Value made = Value::object();
  made.add("description", Value::of(description));
  return made;
}

/// `{revision, frame, result}` around the command's result.
Value command_answer_schema(const Route& route) {
  Value schema = written(R"({"type": "object", "required": ["revision", "result"],
    "additionalProperties": false,
    "properties": {"revision": {"type": "integer"}, "frame": {"type": ["integer", "null"]},
      "failing": {"type": "array", "description": "Contents of the command that cannot be shown.",
        "items": {"type": "object", "required": ["id", "message"], "additionalProperties": false,
          "properties": {"id": {"type": "string"}, "message": {"type": "string"}}}}}})");
  schema.find("properties")->add("result", reference(route.answer_schema));
  return schema;
}

constexpr std::string_view kLaterSchema = R"({"type": "object", "required": ["revision", "result"],
  "properties": {"revision": {"type": "integer"}, "frame": {"type": "null"}, "result": {}}})";

void add_success(const Route& route, Value& responses) {
  if (route.serving == Serving::kWebSocket) {
    responses.add("101", response("The WebSocket is open."));
    return;
  }
  Value good = response("Success.");
  if (!route.command.empty()) {
    good.add("content", content("application/json", command_answer_schema(route)));
  } else if (route.answer_schema.empty()) {
    good.add("content", content(route.answer_type, written(R"({"type": "string"})")));
  } else {
    good.add("content", content(route.answer_type, reference(route.answer_schema)));
  }
  if (route.status == 201) responses.add("200", good);
  responses.add(std::to_string(route.status), std::move(good));
  if (route.has_etag) responses.add("304", response("The revision in If-None-Match is current."));
  if (!route.command.empty()) {
    Value later = response("The change is durable, but scheduled for later or not yet on air.");
    later.add("content", content("application/json", written(kLaterSchema)));
    responses.add("202", std::move(later));
  }
}

std::vector<int> refusals_of(const Route& route) {
  std::vector<int> refusals = {400, 403, 421};
  if (route.access != Access::kOpen) refusals.insert(refusals.end(), {401, 429});
  if (route.takes_id() || route.takes_index()) refusals.push_back(404);
  if (route.method == "DELETE") refusals.insert(refusals.end(), {409, 500});
  if (route.serving == Serving::kWebSocket) refusals.push_back(426);
  if (!route.command.empty()) {
    refusals.insert(refusals.end(), {404, 409, 411, 412, 413, 415, 422, 500});
  }
  refusals.push_back(503);
  std::ranges::sort(refusals);
  // clang 14 does not compile std::ranges::unique of this library.
  refusals.erase(std::unique(refusals.begin(), refusals.end()), refusals.end());
  return refusals;
}

Value responses_of(const Route& route) {
  Value responses = Value::object();
  add_success(route, responses);
  for (const int status : refusals_of(route)) {
    if (status == 503 && route.operation == "readiness") {
      Value unfit = response("Not ready.");
      unfit.add("content", content("application/json", reference("readiness")));
      responses.add("503", std::move(unfit));
      continue;
    }
    Value refusal = response(title_of(status));
    refusal.add("content", content(kProblemType, reference("problem")));
    responses.add(std::to_string(status), std::move(refusal));
  }
  return responses;
}

constexpr std::string_view kTokenText =
    "A token. An operation names the smallest role that it must have: read, operate or admin, each "
    "of which includes those before it. A batch needs the greatest role of its commands.";

Value security_of(const Route& route) {
  Value ways = Value::array();
  if (route.access == Access::kOpen) return ways;
  const Value role = Value::array({Value::of(name_of(route.role))});
  // A server on loopback may run without a token.
  ways.items.push_back(Value::object());
  ways.items.push_back(Value::object().add("bearer", role));
  if (route.access == Access::kTokenInQuery) {
    ways.items.push_back(Value::object().add("query", role));
  }
  return ways;
}

Value operation_of(const Route& route) {
  Value operation = Value::object();
  operation.add("operationId", Value::of(route.operation))
      .add("summary", Value::of(route.summary))
      .add("parameters", parameters_of(route));
  if (route.takes_body()) {
    Value body = Value::object();
    Value types = content("application/json", reference(route.body_schema));
    if (route.method == "PATCH") {
      types.add("application/merge-patch+json",
                Value::object().add("schema", reference(route.body_schema)));
    }
    body.add("required", Value::of(true)).add("content", std::move(types));
    operation.add("requestBody", std::move(body));
  }
  operation.add("responses", responses_of(route)).add("security", security_of(route));
  return operation;
}

Value paths() {
  Value made = Value::object();
  for (const Route& route : routes()) {
    if (made.find(route.path) == nullptr) made.add(route.path, Value::object());
    std::string method = std::string(route.method);
    for (char& c : method) c = static_cast<char>(c - 'A' + 'a');
    made.find(route.path)->add(method, operation_of(route));
  }
  return made;
}

}  // namespace

Value openapi_document() {
  Value components = Value::object();
  components.add("schemas", schemas()).add("securitySchemes", written(R"({
        "bearer": {"type": "http", "scheme": "bearer"},
        "query": {"type": "apiKey", "in": "query", "name": "token"}})"));
  for (auto& scheme : components.find("securitySchemes")->members) {
    scheme.value.add("description", Value::of(kTokenText));
  }
  Value document = Value::object();
  document.add("openapi", Value::of("3.1.0"))
      .add("info", written(R"({"title": "layercast", "version": "1",
        "description": "The API of a live scene. Every change raises the scene's revision."})"))
      .add("servers", written(R"([{"url": "/"}])"))
      .add("paths", paths())
      .add("components", std::move(components));
  return document;
}

const std::string& openapi_text() {
  static const std::string text = scene::write_json(openapi_document(), 0);
  return text;
}

}  // namespace layercast::control
