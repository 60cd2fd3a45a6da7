#include "control/api.h"

#include "base/ascii.h"
#include "base/parse_number.h"
#include "base/shortened.h"
#include "control/health_document.h"
#include "control/openapi.h"
#include "control/page.h"
#include "control/request_head.h"
#include "scene/live/live_codec.h"
#include "scene/model/find_by_id.h"
#include "scene/wire/json_codec.h"
#include "scene/wire/scene_tables.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <future>
#include <iterator>
#include <sys/random.h>

namespace layercast::control {
namespace {

using scene::Value;

constexpr int kSnapshotWidthMin = 16;
constexpr int kSnapshotWidthMax = 7680;
Answer json_answer(std::string text, int status = 200) {
  Answer answer;
  answer.status = status;
  answer.body = std::move(text);
  answer.body += '\n';
  return answer;
}

Answer json_answer(const Value& document, int status = 200) {
  return json_answer(scene::write_json(document, 0), status);
}

Value revision_of(const scene::LiveState& state) {
  return Value::of(static_cast<double>(state.revision));
}

/// The entity tags of a list such as `"3", W/"4"`, quotes included. Weak ones keep their `W/`.
std::vector<std::string_view> tags_of(std::string_view list) {
  std::vector<std::string_view> tags;
  while (!list.empty()) {
    const size_t comma = std::min(list.find(','), list.size());
    if (const auto tag = trimmed(list.substr(0, comma)); !tag.empty()) tags.push_back(tag);
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return tags;
}

bool is_unchanged(const Request& request, int64_t revision) {
  const auto known = request.header("if-none-match");
  if (!known) return false;
  return std::ranges::any_of(tags_of(*known), [&](std::string_view tag) {
    if (tag.starts_with("W/")) tag.remove_prefix(2);
    return tag == "*" || tag == etag_of(revision);
  });
}

/// A response that a client may cache until the revision changes.
template <class Make>
Answer answer_with_etag(const Request& request, const scene::LiveState& state, const Make& make) {
  Answer answer;
  if (is_unchanged(request, state.revision)) {
    answer.status = 304;
  } else {
    answer = make();
  }
  answer.headers.emplace_back("ETag", etag_of(state.revision));
  answer.headers.emplace_back("Cache-Control", "private, no-cache");
  return answer;
}

// An answer about the item of `items` that the request's id names.
template <class Items, class Document>
Answer answer_for_id(const Request& request, std::string_view kind, const scene::LiveState& state,
                     const Items& items, const Document& document) {
  const auto* item = scene::find_by_id(items, request.id);
  if (item == nullptr) {
    return answer_of(problem(
        404, "there is no " + std::string(kind) + " \"" + base::shortened(request.id) + "\""));
  }
  return answer_with_etag(request, state,
                          [&] { return json_answer(document(base::unshared(*item))); });
}

/// The revision that If-Match demands: `present` if it is listed, else the last one, or -1 when no
/// tag is a revision. nullopt: any revision.
std::optional<int64_t> revision_wanted(const Request& request, int64_t present) {
  const auto wanted = request.header("if-match");
  if (!wanted) return std::nullopt;
  std::optional<int64_t> last = -1;
  for (const std::string_view tag : tags_of(*wanted)) {
    if (tag == "*") return std::nullopt;
    if (tag.size() < 3 || tag.front() != '"' || tag.back() != '"') continue;
    const auto revision = base::parse_number<int64_t>(tag.substr(1, tag.size() - 2));
    if (!revision) continue;
    last = revision;
    if (*revision == present) break;
  }
  return last;
}

std::optional<Problem> media_type_fault(const Request& request) {
  const std::string given = request.header("content-type").value_or("");
  const std::string type =
      base::lower_case(trimmed(std::string_view(given).substr(0, given.find(';'))));
  if (type == "application/json") return std::nullopt;
  if (type == "application/merge-patch+json" && request.method == "PATCH") return std::nullopt;
  Problem refused = problem(415, "unsupported Content-Type; expected application/json");
  refused.headers.emplace_back(request.method == "PATCH" ? "Accept-Patch" : "Accept",
                               "application/json, application/merge-patch+json");
  return refused;
}

std::string json_pointer(std::string_view path) {
  // `layers[3].content.source` as /layers/3/content/source
  std::string pointer;
  for (const char c : path) {
    if (c == ']') continue;
    if (pointer.empty() && c != '[') pointer += '/';
    pointer += c == '.' || c == '[' ? '/' : c;
  }
  return pointer;
}

base::Result<Value, Problem> body_of(const Request& request) {
  if (request.body.empty()) return problem(400, "the request has no body; expected JSON");
  if (auto refused = media_type_fault(request)) return *std::move(refused);
  scene::JsonDocument read = scene::read_json(request.body);
  if (read.faults.empty()) return std::move(read.value);
  Problem refused = problem(400, "the body is not JSON: " + read.faults.front().to_string());
  for (const auto& fault : read.faults) {
    refused.errors.push_back({json_pointer(fault.path), fault.to_string()});
  }
  return refused;
}

std::string random_word() {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::array<unsigned char, 16> bytes{};
  LAYERCAST_CHECK(::getrandom(bytes.data(), bytes.size(), 0) == static_cast<ssize_t>(bytes.size()));
  std::string word;
  for (const unsigned char byte : bytes) {
    word += kDigits[byte >> 4];
    word += kDigits[byte & 15];
  }
  return word;
}

/// Adds the nonce to the page's own scripts and styles, so that the browser runs no injected ones.
std::string with_nonce(std::string_view page, const std::string& nonce) {
  std::string html;
  size_t from = 0;
  while (from < page.size()) {
    const size_t at = std::min(page.find("<script>", from), page.find("<style>", from));
    if (at == std::string_view::npos) break;
    const size_t end = page.find('>', at);
    html += page.substr(from, end - from);
    html += " nonce=\"" + nonce + "\"";
    from = end;
  }
  html += page.substr(from);
  return html;
}

/// The refusal of a condition for a release, which does not change the scene.
Problem no_condition(std::string_view name) {
  return problem(400, std::string(name) +
                          ": a release takes effect at once and has no revision; expected a "
                          "request without it");
}

base::Result<std::optional<int>, Problem> width_from(const Request& request) {
  const auto text = request.query_value("width");
  if (!text) return std::optional<int>{};
  const auto width = base::parse_number<int>(*text);
  if (!width || *width < kSnapshotWidthMin || *width > kSnapshotWidthMax) {
    return problem(400, "width: \"" + base::shortened(*text) + "\" is not a whole number from " +
                            std::to_string(kSnapshotWidthMin) + " to " +
                            std::to_string(kSnapshotWidthMax));
  }
  return width;
}

}  // namespace

std::string etag_of(int64_t revision) { return "\"" + std::to_string(revision) + "\""; }

Answer answer_of(const Problem& problem) {
  Answer answer;
  answer.status = problem.status;
  answer.type = kProblemType;
  answer.body = problem_text(problem);
  answer.headers = problem.headers;
  return answer;
}

Value layers_document(const scene::LiveState& state) {
  Value layers = Value::array();
  for (const auto& layer : state.scene.layers) {
    layers.items.push_back(scene::layer_document(layer, scene::Secrets::kRedacted));
  }
  Value document = Value::object();
  document.add("revision", revision_of(state))
      .add("active", state.active ? Value::of(*state.active) : Value::null())
      .add("layers", std::move(layers));
  return document;
}

Value layer_animations_document(const scene::LiveState& state, const scene::Layer& layer,
                                base::Duration now) {
  Value document = Value::object();
  document.add("revision", revision_of(state))
      .add("animations", scene::animations_document({layer, *state.run.layers.of(layer.id)}, now));
  return document;
}

Value released_document(const scene::LiveState& state, const std::string& id, bool released) {
  Value document = Value::object();
  document.add("revision", revision_of(state))
      .add("result", Value::object().add("id", Value::of(id)).add("released", Value::of(released)));
  return document;
}

Value scheduled_document(const layers::LayerManager& layers) {
  Value list = Value::array();
  for (const layers::Scheduled& each : layers.scheduled()) {
    list.items.push_back(layers::document_of(each, layers.wall_time_of(each.due)));
  }
  Value document = Value::object();
  document.add("revision", revision_of(*layers.current())).add("scheduled", std::move(list));
  return document;
}

Value tracks_document(const scene::LiveState& state) {
  Value tracks = Value::array();
  for (const auto& track : state.scene.audio) {
    tracks.items.push_back(scene::track_document(track, scene::Secrets::kRedacted));
  }
  Value document = Value::object();
  document.add("revision", revision_of(state)).add("audio", std::move(tracks));
  return document;
}

Api::Api(const Parts& parts) : parts_(parts) {}

Answer Api::answer(const Request& request, const Found& found) const {
  const auto begun = std::chrono::steady_clock::now();
  Answer answer = routed(request, found);
  const std::string_view label = found.route != nullptr ? found.route->path : "none";
  count(label, answer.status);
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - begun;
  parts_.metrics
      .histogram({"http_request_seconds", "Time from a request's last byte to its answer."},
                 base::seconds_bounds(), {{"route", std::string(label)}})
      ->observe(taken.count());
  return answer;
}

void Api::count(std::string_view route, int status) const {
  parts_.metrics
      .counter({"http_requests_total", "HTTP requests answered."},
               {{"route", std::string(route)}, {"status", std::to_string(status)}})
      ->add();
}

Answer Api::routed(const Request& request, const Found& found) const {
  if (found.methods.empty()) {
    return answer_of(problem(404, "there is no resource at " + base::shortened(request.path)));
  }
  if (request.method == "OPTIONS") {
    Answer answer;
    answer.status = 204;
    answer.headers.emplace_back("Allow", allowed(found.methods));
    return answer;
  }
  if (found.route == nullptr) {
    Problem refused =
        problem(405, request.method + " is not allowed for " + base::shortened(request.path));
    refused.headers.emplace_back("Allow", allowed(found.methods));
    return answer_of(refused);
  }
  return (this->*found.route->answer)(request, *found.route);
}

// ---- Commands -----------------------------------------------------------------------------------

base::Result<Value, Problem> Api::params_from(const Request& request, const Route& route) const {
  Value params = Value::object();
  if (route.takes_id()) params.add("id", Value::of(request.id));
  if (route.takes_index()) {
    const auto index = base::parse_number<int>(request.index);
    if (!index || *index < 0) {
      return problem(404, "\"" + base::shortened(request.index) +
                              "\" is not an index; expected a number from 0");
    }
    params.add("index", Value::of(*index));
  }
  if (!route.takes_body()) return params;
  TRY(Value document, body_of(request));
  if (!route.body_member.empty()) {
    params.add(route.body_member, std::move(document));
    return params;
  }
  if (!document.is(Value::Kind::kObject)) return problem(422, "the body is not a JSON object");
  // The members of the body differ from each other; a search among all would take quadratic time.
  for (const auto& [key, mark, value] : params.members) {
    if (document.find(key) == nullptr) continue;
    return problem(422, "the body has \"" + key + "\", which the path has already");
  }
  std::ranges::move(document.members, std::back_inserter(params.members));
  return params;
}

base::Result<CommandRequest, Problem> Api::command_request_from(const Request& request,
                                                                const Route& route) const {
  CommandRequest command;
  command.command.method = route.command;
  command.role = request.role;
  command.if_revision = revision_wanted(request, parts_.layers.current()->revision);
  if (const auto text = request.query_value("at")) {
    auto at = at_from(*text);
    if (!at) return problem(400, at.error().message);
    command.at = at.value();
  }
  if (const auto text = request.query_value("wait")) {
    auto level = ack_level_from(*text);
    if (!level) return problem(400, level.error().message);
    command.level = level.value();
  }
  TRY(command.command.params, params_from(request, route));
  return command;
}

CommandAnswer Api::execute_and_wait(const CommandRequest& request,
                                    const std::string& body_pointer) const {
  const auto done = std::make_shared<std::promise<CommandAnswer>>();
  parts_.commands.execute(request, body_pointer,
                          [done](CommandAnswer answer) { done->set_value(std::move(answer)); });
  return done->get_future().get();
}

Answer Api::execute(const Request& request, const Route& route) const {
  const auto command = command_request_from(request, route);
  if (!command) return answer_of(command.error());
  const std::string pointer =
      route.body_member.empty() ? std::string{} : "/" + std::string(route.body_member);
  const CommandAnswer executed = execute_and_wait(command.value(), pointer);
  if (!executed) return answer_of(executed.error());
  const CommandResult& result = executed.value();
  const bool is_late = result.level == AckLevel::kOnAir && !result.frame;
  int status = route.status == 201 && !result.accepted.is_changed ? 200 : route.status;
  if (result.accepted.is_scheduled || is_late) status = 202;
  Answer answer = json_answer(document_of(result), status);
  answer.headers.emplace_back("ETag", etag_of(result.accepted.revision));
  const Value* id = result.accepted.result.find("id");
  if (status == 201 && id != nullptr) {
    answer.headers.emplace_back("Location", request.path + "/" + id->text);
  }
  return answer;
}

// ---- Reads --------------------------------------------------------------------------------------

Answer Api::page(const Request& request, const Route&) const {
  const std::string nonce = random_word();
  const std::string host = request.header("host").value_or("");
  Answer answer;
  answer.type = "text/html; charset=utf-8";
  answer.body = with_nonce(page_html(), nonce);
  answer.headers.emplace_back(
      "Content-Security-Policy",
      "default-src 'none'; script-src 'nonce-" + nonce + "'; style-src 'nonce-" + nonce +
          "'; img-src 'self' blob: data:; connect-src 'self' ws://" + host + " wss://" + host +
          "; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
  answer.headers.emplace_back("X-Frame-Options", "DENY");
  return answer;
}

Answer Api::health(const Request&, const Route&) const {
  return json_answer(Value::object().add("status", Value::of("ok")));
}

Answer Api::readiness(const Request& request, const Route&) const {
  const base::Health health = parts_.status_provider.health();
  const bool is_ready = health.state() != base::HealthState::kFailed;
  Value document = Value::object();
  document.add("ready", Value::of(is_ready));
  if (request.role != Role::kNone) document.add("health", health_document(health));
  return json_answer(document, is_ready ? 200 : 503);
}

Answer Api::metrics(const Request&, const Route&) const {
  Answer answer;
  answer.type = "text/plain; version=0.0.4; charset=utf-8";
  answer.body = parts_.status_provider.metrics_text();
  return answer;
}

Answer Api::openapi(const Request&, const Route&) const { return json_answer(openapi_text()); }

Answer Api::ws(const Request&, const Route&) const {
  Problem refused = problem(426, "expected a WebSocket handshake");
  refused.headers.emplace_back("Upgrade", "websocket");
  refused.headers.emplace_back("Sec-WebSocket-Version", "13");
  return answer_of(refused);
}

Answer Api::scene(const Request& request, const Route&) const {
  const scene::LiveStatePtr state = parts_.layers.current();
  return answer_with_etag(request, *state, [&] {
    Answer answer = json_answer(std::string());
    answer.shared_body = parts_.documents.scene(state);
    return answer;
  });
}

Answer Api::layers(const Request& request, const Route&) const {
  const scene::LiveStatePtr state = parts_.layers.current();
  return answer_with_etag(request, *state, [&] { return json_answer(layers_document(*state)); });
}

Answer Api::layer(const Request& request, const Route&) const {
  const scene::LiveStatePtr state = parts_.layers.current();
  return answer_for_id(request, "layer", *state, state->scene.layers, [](const auto& layer) {
    return scene::layer_document(layer, scene::Secrets::kRedacted);
  });
}

Answer Api::layer_run(const Request& request, const Route&) const {
  const scene::LiveStatePtr state = parts_.layers.current();
  if (scene::find_by_id(state->scene.layers, request.id) == nullptr) {
    return answer_of(problem(404, "there is no layer \"" + base::shortened(request.id) + "\""));
  }
  const auto failing = parts_.status_provider.failing_layers();
  const auto failure = std::ranges::find(failing, request.id, &FailingLayer::id);
  // Without an ETag, because a content can fail and recover at one revision.
  return json_answer(
      scene::run_document(*state->run.layers.of(request.id))
          .add("failure", failure == failing.end() ? Value::null() : Value::of(failure->message)));
}

Answer Api::release_layer(const Request& request, const Route&) const {
  if (request.query_value("at")) return answer_of(no_condition("at"));
  if (request.query_value("wait")) return answer_of(no_condition("wait"));
  if (request.header("if-match")) return answer_of(no_condition("If-Match"));
  const scene::LiveStatePtr state = parts_.layers.current();
  if (scene::find_by_id(state->scene.layers, request.id) == nullptr) {
    return answer_of(problem(404, "there is no layer \"" + base::shortened(request.id) + "\""));
  }
  const bool released = parts_.status_provider.release_layer(request.id);
  return json_answer(released_document(*state, request.id, released));
}

Answer Api::animations(const Request& request, const Route&) const {
  const scene::LiveStatePtr state = parts_.layers.current();
  const auto* layer = scene::find_by_id(state->scene.layers, request.id);
  if (layer == nullptr) {
    return answer_of(problem(404, "there is no layer \"" + base::shortened(request.id) + "\""));
  }
  return json_answer(layer_animations_document(*state, *layer, parts_.layers.next_frame_time()));
}

Answer Api::scheduled(const Request&, const Route&) const {
  return json_answer(scheduled_document(parts_.layers));
}

Answer Api::cancel_scheduled(const Request& request, const Route&) const {
  const auto number = base::parse_number<int64_t>(request.index);
  if (!number) {
    return answer_of(
        problem(404, "there is no scheduled command \"" + base::shortened(request.index) + "\""));
  }
  const auto done = std::make_shared<std::promise<CommandAnswer>>();
  parts_.commands.cancel(*number, request.role,
                         [done](CommandAnswer answer) { done->set_value(std::move(answer)); });
  const CommandAnswer cancelled = done->get_future().get();
  if (!cancelled) return answer_of(cancelled.error());
  return json_answer(document_of(cancelled.value()));
}

Answer Api::tracks(const Request& request, const Route&) const {
  const scene::LiveStatePtr state = parts_.layers.current();
  return answer_with_etag(request, *state, [&] { return json_answer(tracks_document(*state)); });
}

Answer Api::track(const Request& request, const Route&) const {
  const scene::LiveStatePtr state = parts_.layers.current();
  return answer_for_id(request, "sound", *state, state->scene.audio, [](const auto& track) {
    return scene::track_document(track, scene::Secrets::kRedacted);
  });
}

Answer Api::track_run(const Request& request, const Route&) const {
  const scene::LiveStatePtr state = parts_.layers.current();
  return answer_for_id(request, "sound", *state, state->scene.audio, [&](const auto& track) {
    return scene::run_document(*state->run.audio.of(track.id));
  });
}

Answer Api::status(const Request&, const Route&) const {
  return json_answer(parts_.status_provider.status());
}

Answer Api::stream_config(const Request& request, const Route&) const {
  const scene::LiveStatePtr state = parts_.layers.current();
  return answer_with_etag(request, *state,
                          [&] { return json_answer(scene::stream_document(*state)); });
}

Answer Api::outputs(const Request&, const Route&) const {
  Value document = Value::object();
  document.add("revision", revision_of(*parts_.layers.current()))
      .add("outputs", parts_.status_provider.outputs());
  return json_answer(document);
}

Answer Api::output(const Request& request, const Route&) const {
  const Value outputs = parts_.status_provider.outputs();
  for (const Value& output : outputs.items) {
    const Value* id = output.find("id");
    if (id != nullptr && id->text == request.id) return json_answer(output);
  }
  return answer_of(problem(404, "there is no output \"" + base::shortened(request.id) + "\""));
}

Answer Api::snapshot(const Request& request, const Route& route) const {
  auto width = width_from(request);
  if (!width) return answer_of(width.error());
  const bool is_png = route.answer_type == "image/png";
  auto picture = parts_.status_provider.snapshot(
      is_png ? PictureFormat::kPng : PictureFormat::kJpeg, width.value());
  if (!picture) return answer_of(problem_of(picture.error()));
  Answer answer;
  answer.type = route.answer_type;
  answer.body = std::move(picture.value().bytes);
  answer.headers.emplace_back("Layercast-Frame", std::to_string(picture.value().frame));
  return answer;
}

Answer Api::preview(const Request&, const Route&) const {
  // Only HEAD comes here; the listener hands GET to Preview.
  Answer answer;
  answer.type = kPreviewType;
  return answer;
}

}  // namespace layercast::control
