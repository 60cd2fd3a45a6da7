#include "control/rpc.h"

#include "base/shortened.h"
#include "control/api.h"
#include "control/routes.h"
#include "control/rpc_command.h"
#include "scene/live/live_codec.h"
#include "scene/model/find_by_id.h"
#include "scene/wire/codec.h"
#include "scene/wire/json_codec.h"
#include "scene/wire/scene_tables.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace layercast::control {
namespace {

using scene::Value;

constexpr int kParseError = -32700;
constexpr int kInvalidRequest = -32600;
constexpr int kMethodNotFound = -32601;
constexpr int kInvalidParams = -32602;
constexpr int kInternalError = -32603;
constexpr size_t kBatchMax = 100;
constexpr size_t kIdBytesMax = 200;
constexpr size_t kMessageBytesMax = 1000;  ///< of an error

/// The events of a subscription; every subscriber also receives `scene`.
constexpr std::array<std::string_view, 20> kEvents = {
    "scene",         "layer.created",  "layer.updated",  "layer.deleted", "layer.activated",
    "scene.updated", "stream.started", "stream.stopped", "stream.paused", "stream.configured",
    "output.added",  "output.removed", "chat.said",      "output.state",  "stream.error",
    "stats",         "audio.added",    "audio.updated",  "audio.removed", "health.changed"};
constexpr uint32_t kEveryEvent = (uint32_t{1} << kEvents.size()) - 1;

/// Methods that only read, concern the connection, cancel a scheduled command, or release
/// a held layer.
constexpr std::array kMethods = {
    RpcMethod{"scene.get", Role::kRead},        RpcMethod{"layers.list", Role::kRead},
    RpcMethod{"layers.get", Role::kRead},       RpcMethod{"layers.animations.list", Role::kRead},
    RpcMethod{"audio.list", Role::kRead},       RpcMethod{"audio.get", Role::kRead},
    RpcMethod{"status.get", Role::kRead},       RpcMethod{"outputs.list", Role::kRead},
    RpcMethod{"subscribe", Role::kRead},        RpcMethod{"unsubscribe", Role::kRead},
    RpcMethod{"scheduled.list", Role::kRead},   RpcMethod{"scheduled.cancel", Role::kOperate},
    RpcMethod{"layers.release", Role::kOperate}};
// A new method cannot be without a role.
static_assert(std::ranges::find(kMethods, Role::kNone, &RpcMethod::role) == kMethods.end());

uint32_t bit_of(std::string_view event) {
  const auto* found = std::ranges::find(kEvents, event);
  return found == kEvents.end() ? 0 : uint32_t{1} << (found - kEvents.begin());
}

bool is_command(std::string_view method) {
  return std::ranges::any_of(routes(), [&](const Route& route) {
    return !route.command.empty() && route.command == method;
  });
}

/// The smallest role that may call the method; kNone if there is no such method.
Role role_for_method(std::string_view name) {
  const auto* method = std::ranges::find(kMethods, name, &RpcMethod::name);
  if (method != kMethods.end()) return method->role;
  return is_command(name) ? role_for_command(name) : Role::kNone;
}

std::vector<std::string_view> all_methods() {
  std::vector<std::string_view> methods;
  for (const RpcMethod& method : kMethods) methods.push_back(method.name);
  for (const Route& route : routes()) {
    if (!route.command.empty()) methods.push_back(route.command);
  }
  return methods;
}

std::string notification_text(std::string_view method, const std::string& params) {
  return "{\"jsonrpc\":\"2.0\",\"method\":\"" + std::string(method) + "\",\"params\":" + params +
         "}";
}

Value with_revision(int64_t revision, const Value& params) {
  Value all = Value::object();
  all.add("revision", Value::of(static_cast<double>(revision)));
  for (const auto& member : params.members) {
    if (member.key != "revision") all.add(member.key, member.value);
  }
  return all;
}

base::Result<uint32_t, Problem> kinds_from(const Value& params) {
  const Value* events = params.find("events");
  if (events == nullptr) return kEveryEvent;
  if (!events->is(Value::Kind::kArray)) return wrong_param("events", "events: expected a list");
  uint32_t kinds = bit_of("scene");
  for (size_t i = 0; i < events->items.size(); ++i) {
    const Value& event = events->items[i];
    const uint32_t kind = event.is(Value::Kind::kString) ? bit_of(event.text) : 0;
    if (kind == 0) {
      return wrong_param("events/" + std::to_string(i), "\"" + base::shortened(event.text) +
                                                            "\" is not an event" +
                                                            scene::suggestion(event.text, kEvents));
    }
    kinds |= kind;
  }
  return kinds;
}

Value names_of(uint32_t kinds) {
  Value names = Value::array();
  for (const std::string_view event : kEvents) {
    if ((kinds & bit_of(event)) != 0) names.items.push_back(Value::of(event));
  }
  return names;
}

}  // namespace

std::span<const RpcMethod> rpc_methods() { return kMethods; }

struct Rpc::Exchange {
  SocketHub::Client client = 0;
  Admission admission;
  size_t message_bytes = 0;
  bool is_batch = false;
  size_t missing = 0;
  std::vector<std::string> answers;  ///< by position in the batch; empty: no answer
  /// Run after the answer has been queued.
  std::vector<std::function<void()>> afterwards;
};

struct Rpc::Call {
  Done exchange;
  size_t place = 0;
  std::string method;
  std::optional<Value> id;  ///< absent: a notification, which gets no answer
};

Rpc::Rpc(const Parts& parts) : parts_(parts), latest_(parts.layers.current()) {
  executor_->start([this] { publish_stats(); });
  subscription_ =
      parts_.layers.subscribe([this, executor = executor_](const layers::Change& change) {
        executor->post([this, change] { publish(change); });
      });
  listening_ = parts_.status_provider.listen(
      [this, executor = executor_](const std::string& name, const Value& params) {
        executor->post([this, name, params] { publish(name, params); });
      });
}

Rpc::~Rpc() {
  subscription_.reset();
  listening_.reset();
  executor_->stop();
}

void Rpc::on_message(SocketHub::Client client, const Admission& admission, std::string message) {
  executor_->post([this, client, admission, message = std::move(message)] {
    read(client, admission, message);
  });
}

void Rpc::on_gone(SocketHub::Client client) {
  executor_->post([this, client] {
    present_.erase(client);
    subscribers_.erase(client);
  });
}

// ---- Requests -----------------------------------------------------------------------------------

void Rpc::read(SocketHub::Client client, const Admission& admission, const std::string& message) {
  present_.insert(client);
  const auto exchange = std::make_shared<Exchange>();
  exchange->client = client;
  exchange->admission = admission;
  exchange->message_bytes = message.size();
  exchange->missing = 1;
  exchange->answers.resize(1);
  const Call whole{exchange, 0, {}, Value::null()};
  scene::JsonDocument document = scene::read_json(message);
  if (!document.faults.empty()) {
    return send_error(whole, kParseError, document.faults.front().to_string());
  }
  if (!document.value.is(Value::Kind::kArray)) return take(exchange, 0, document.value);
  const size_t count = document.value.items.size();
  if (count == 0 || count > kBatchMax) {
    return send_error(whole, kInvalidRequest,
                      "expected a batch of 1 to " + std::to_string(kBatchMax) + " requests");
  }
  exchange->is_batch = true;
  exchange->missing = count;
  exchange->answers.resize(count);
  for (size_t i = 0; i < count; ++i) take(exchange, i, document.value.items[i]);
}

void Rpc::take(const Done& exchange, size_t place, const Value& request) {
  Call call{exchange, place, {}, Value::null()};
  const Value* version = request.find("jsonrpc");
  const Value* method = request.find("method");
  const Value* id = request.find("id");
  // The answer repeats it.
  const bool has_good_id = id == nullptr || id->is(Value::Kind::kNumber) ||
                           id->is(Value::Kind::kNull) ||
                           (id->is(Value::Kind::kString) && id->text.size() <= kIdBytesMax);
  if (id != nullptr && has_good_id) call.id = *id;
  const bool is_request = version != nullptr && version->is(Value::Kind::kString) &&
                          version->text == "2.0" && method != nullptr &&
                          method->is(Value::Kind::kString) && has_good_id;
  if (!is_request) {
    return send_error(call, kInvalidRequest,
                      "expected {\"jsonrpc\": \"2.0\", \"method\": …, \"params\": {…}, \"id\": …}");
  }
  if (id == nullptr) call.id.reset();
  call.method = method->text;
  if (parts_.budget->is_full()) {
    parts_.hub.relieve();
    return send_problem(call, problem(503, "too many bytes wait for clients"));
  }
  const Value* params = request.find("params");
  if (params != nullptr && !params->is(Value::Kind::kObject)) {
    return send_error(call, kInvalidParams, "params: expected an object");
  }
  run(call, params == nullptr ? Value::object() : *params);
}

void Rpc::run(const Call& call, const Value& params) {
  // The token may have been revoked while the message was queued.
  if (call.exchange->admission.is_revoked()) return send_problem(call, token_revoked());
  const Role role = call.exchange->admission.role;
  const Role needed = role_for_method(call.method);
  if (role < needed) return send_problem(call, role_too_small(needed, role));
  if (call.method == "subscribe") return subscribe(call, params);
  if (call.method == "unsubscribe") {
    subscribers_.erase(call.exchange->client);
    parts_.hub.subscribe(call.exchange->client, 0, nullptr);
    return send_result(call, Value::object());
  }
  if (call.method == "scene.get") {
    return send_result_text(call, *parts_.documents.scene(parts_.layers.current()));
  }
  const scene::LiveStatePtr state = parts_.layers.current();
  const Value revision = Value::of(static_cast<double>(state->revision));
  if (call.method == "layers.list") return send_result(call, layers_document(*state));
  if (call.method == "layers.get" || call.method == "layers.animations.list" ||
      call.method == "layers.release") {
    const Value* id = params.find("id");
    if (id == nullptr || !id->is(Value::Kind::kString)) {
      return send_problem(call, wrong_param("id", "id: expected the id of a layer"));
    }
    const auto* layer = scene::find_by_id(state->scene.layers, id->text);
    if (layer == nullptr) {
      return send_problem(call,
                          problem(404, "there is no layer \"" + base::shortened(id->text) + "\""));
    }
    if (call.method == "layers.release") {
      for (const std::string_view key : {"at", "wait", "if_revision"}) {
        if (params.find(key) == nullptr) continue;
        return send_problem(
            call, wrong_param(key, std::string(key) + ": a release takes effect at once and has "
                                                      "no revision; expected params without it"));
      }
      const bool released = parts_.status_provider.release_layer(id->text);
      return send_result(call, released_document(*state, id->text, released));
    }
    if (call.method != "layers.get") {
      return send_result(
          call, layer_animations_document(*state, *layer, parts_.layers.next_frame_time()));
    }
    Value result = Value::object();
    result.add("revision", revision)
        .add("layer", scene::layer_document(*layer, scene::Secrets::kRedacted));
    return send_result(call, result);
  }
  if (call.method == "audio.list") return send_result(call, tracks_document(*state));
  if (call.method == "audio.get") return send_track(call, params, *state);
  if (call.method == "status.get") return send_result(call, parts_.status_provider.status());
  if (call.method == "outputs.list") {
    Value result = Value::object();
    result.add("revision", revision).add("outputs", parts_.status_provider.outputs());
    return send_result(call, result);
  }
  if (call.method == "scheduled.list") {
    return send_result(call, scheduled_document(parts_.layers));
  }
  if (call.method == "scheduled.cancel") return cancel_scheduled(call, params);
  if (is_command(call.method)) return execute(call, params);
  const auto known = all_methods();
  send_error(call, kMethodNotFound,
             "there is no method \"" + base::shortened(call.method) + "\"" +
                 scene::suggestion(call.method, known));
}

void Rpc::send_track(const Call& call, const Value& params, const scene::LiveState& state) {
  const Value* id = params.find("id");
  if (id == nullptr || !id->is(Value::Kind::kString)) {
    return send_problem(call, wrong_param("id", "id: expected the id of a sound"));
  }
  const auto* track = scene::find_by_id(state.scene.audio, id->text);
  if (track == nullptr) {
    return send_problem(call,
                        problem(404, "there is no sound \"" + base::shortened(id->text) + "\""));
  }
  Value result = Value::object();
  result.add("revision", Value::of(static_cast<double>(state.revision)))
      .add("audio", scene::track_document(*track, scene::Secrets::kRedacted));
  send_result(call, result);
}

void Rpc::execute(const Call& call, const Value& params) {
  auto command = rpc_command_from(call.method, params);
  if (!command) return send_problem(call, command.error());
  auto& [request, body_pointer] = command.value();
  request.role = call.exchange->admission.role;
  parts_.commands.execute(request, body_pointer, answer_to(call));
}

void Rpc::cancel_scheduled(const Call& call, const Value& params) {
  const Value* number = params.find("number");
  const bool is_whole = number != nullptr && number->is(Value::Kind::kNumber) &&
                        number->number == std::floor(number->number) &&
                        std::abs(number->number) < 9e15;
  if (!is_whole) {
    return send_problem(call, wrong_param("number", "number: expected that of scheduled.list"));
  }
  parts_.commands.cancel(static_cast<int64_t>(number->number), call.exchange->admission.role,
                         answer_to(call));
}

CommandService::Done Rpc::answer_to(const Call& call) {
  return [this, executor = executor_, call](CommandAnswer answer) {
    executor->post([this, call, answer = std::move(answer)] {
      if (!answer) return send_problem(call, answer.error());
      send_result(call, document_of(answer.value()));
    });
  };
}

void Rpc::subscribe(const Call& call, const Value& params) {
  const auto read_kinds = kinds_from(params);
  if (!read_kinds) return send_problem(call, read_kinds.error());
  const uint32_t kinds = read_kinds.value();
  const SocketHub::Client client = call.exchange->client;
  // Queued after the answer: first the client gets the scene, then later changes.
  call.exchange->afterwards.emplace_back([this, client, kinds] {
    if (!present_.contains(client)) return;
    subscribers_[client] = kinds;
    parts_.hub.subscribe(client, kinds, scene_notice());
  });
  Value result = Value::object();
  result.add("revision", Value::of(static_cast<double>(latest_->revision)))
      .add("events", names_of(kinds))
      .add("role", Value::of(name_of(call.exchange->admission.role)));
  send_result(call, result);
}

// ---- Answers ------------------------------------------------------------------------------------

void Rpc::send(const Call& call, const std::string& member, const std::string& json) {
  Exchange& exchange = *call.exchange;
  if (call.id) {
    exchange.answers[call.place] = "{\"jsonrpc\":\"2.0\",\"id\":" + scene::write_json(*call.id, 0) +
                                   ",\"" + member + "\":" + json + "}";
  }
  if (--exchange.missing == 0) send_answer(exchange);
}

void Rpc::send_answer(const Exchange& exchange) {
  std::string text;
  for (const std::string& answer : exchange.answers) {
    if (answer.empty()) continue;
    text += text.empty() ? "" : ",";
    text += answer;
  }
  if (exchange.is_batch && !text.empty()) text = "[" + text + "]";
  parts_.hub.answer(exchange.client,
                    text.empty() ? nullptr : counted_text(std::move(text), parts_.budget),
                    exchange.message_bytes);
  for (const auto& act : exchange.afterwards) act();
}

void Rpc::send_result(const Call& call, const Value& result) {
  send(call, "result", scene::write_json(result, 0));
}

void Rpc::send_result_text(const Call& call, const std::string& json) {
  send(call, "result", json);
}

void Rpc::send_problem(const Call& call, const Problem& problem) {
  int code = problem.status;
  if (problem.status == 422) code = kInvalidParams;
  if (problem.status == 500) code = kInternalError;
  Value error = Value::object();
  error.add("code", Value::of(code))
      .add("message", Value::of(problem.detail))
      .add("data", document_of(problem));
  send(call, "error", scene::write_json(error, 0));
}

void Rpc::send_error(const Call& call, int code, const std::string& message) {
  Value error = Value::object();
  error.add("code", Value::of(code))
      .add("message", Value::of(base::shortened(message, kMessageBytesMax)));
  send(call, "error", scene::write_json(error, 0));
}

// ---- Notifications ------------------------------------------------------------------------------

bool Rpc::anybody_wants(uint32_t kinds) const {
  return std::ranges::any_of(subscribers_,
                             [kinds](const auto& entry) { return (entry.second & kinds) != 0; });
}

Text Rpc::scene_notice() {
  if (noticed_revision_ != latest_->revision) {
    scene_notice_ =
        counted_text(notification_text("scene", *parts_.documents.scene(latest_)), parts_.budget);
    noticed_revision_ = latest_->revision;
  }
  return scene_notice_;
}

void Rpc::publish(const layers::Change& change) {
  const int64_t known = latest_->revision;
  latest_ = change.state;
  if (subscribers_.empty()) return;
  std::vector<Notice> notices;
  for (const scene::Event& event : change.events) {
    const uint32_t kind = bit_of(event.name);
    if (!anybody_wants(kind)) continue;
    const Value params = with_revision(change.state->revision, event.params);
    notices.push_back(
        {kind,
         counted_text(notification_text(event.name, scene::write_json(params, 0)), parts_.budget)});
  }
  // A change without events replaced the whole state, for example in a follower.
  if (change.events.empty() && change.state->revision > known) {
    notices.push_back({bit_of("scene"), scene_notice()});
  }
  if (!notices.empty()) parts_.hub.broadcast(std::move(notices));
}

void Rpc::publish(const std::string& name, const Value& params) {
  const uint32_t kind = bit_of(name);
  if (!anybody_wants(kind)) return;
  const Value all = with_revision(latest_->revision, params);
  parts_.hub.broadcast(
      {{kind, counted_text(notification_text(name, scene::write_json(all, 0)), parts_.budget)}});
}

void Rpc::publish_stats() {
  if (anybody_wants(bit_of("stats"))) publish("stats", parts_.status_provider.stats());
}

}  // namespace layercast::control
