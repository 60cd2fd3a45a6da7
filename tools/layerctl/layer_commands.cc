#include "base/printable.h"
#include "scene/wire/defaults.h"
#include "scene/wire/merge_patch.h"
#include "scene/wire/scene_tables.h"
#include "scene/wire/yaml_codec.h"
#include "tools/layerctl/commands.h"
#include "tools/layerctl/scene_text.h"
#include "tools/layerctl/table.h"
#include "tools/layerctl/whole_file.h"
#include "tools/layerctl/words.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fstream>
#include <iterator>
#include <limits>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace layercast::tools {
namespace {

using base::Error;
using base::ErrorCode;
using scene::CommandDocument;
using scene::Value;

std::string id_of(const Session& session) { return session.arguments.one("ID").value_or(""); }

Value with_id(const std::string& id) { return Value::object().add("id", Value::of(id)); }

CommandDocument update(const std::string& id, Value patch) {
  return {"layers.update", with_id(id).add("patch", std::move(patch))};
}

// Executes all commands in one revision.
base::Result<Reply> execute_all(Session& session, const std::vector<CommandDocument>& commands) {
  if (commands.size() == 1) return session.target->execute(commands.front(), std::nullopt);
  std::vector<Value> list;
  list.reserve(commands.size());
  for (const CommandDocument& command : commands) list.push_back(scene::value_of(command));
  return session.target->execute(
      {"batch", Value::object().add("commands", Value::array(std::move(list)))}, std::nullopt);
}

base::Result<void> execute_and_report(Session& session,
                                      const std::vector<CommandDocument>& commands) {
  TRY(const Reply reply, execute_all(session, commands));
  return print_reply(session, reply);
}

double number_of(const Value& layer, std::string_view key, double otherwise) {
  const Value* found = layer.find(key);
  return found == nullptr ? otherwise : found->number;
}

std::string text_of(const Value& object, std::string_view key) {
  const Value* found = object.find(key);
  return found == nullptr ? std::string() : found->text;
}

// Limits a text to a length that keeps table rows on one line; cuts between characters.
std::string shortened(std::string text) {
  constexpr size_t kMost = 60;
  if (text.size() <= kMost) return text;
  size_t end = kMost;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0U) == 0x80) --end;
  return text.substr(0, end) + "…";
}

// `text: Hello`: a short description of the content.
std::string content_of(const Value& layer) {
  const Value* content = layer.find("content");
  if (content == nullptr) return {};
  std::string told = text_of(*content, "type");
  for (const std::string_view key : {"source", "text", "shape", "of", "color"}) {
    const std::string what = text_of(*content, key);
    if (!what.empty()) return shortened(told + ": " + what);
  }
  return told;
}

const Value& layers_of(const Value& scene) {
  static const Value none = Value::array();
  const Value* layers = scene.find("layers");
  return layers == nullptr ? none : *layers;
}

base::Result<Value> layer_in(const Value& scene, const std::string& id) {
  for (const Value& layer : layers_of(scene).items) {
    if (text_of(layer, "id") == id) return layer;
  }
  return Error{ErrorCode::kNotFound, "there is no layer \"" + id + "\"", "layers/" + id, nullptr};
}

// From back to front.
std::vector<const Value*> in_drawing_order(const Value& scene) {
  std::vector<const Value*> layers;
  for (const Value& layer : layers_of(scene).items) layers.push_back(&layer);
  std::ranges::stable_sort(layers, {},
                           [](const Value* layer) { return number_of(*layer, "z_index", 0); });
  return layers;
}

// The layers with the values that they leave to the defaults.
Value complete_layers(const std::vector<const Value*>& layers) {
  Value list = Value::array();
  for (const Value* layer : layers) {
    list.items.push_back(scene::with_defaults(scene::layer_codec().shape, *layer));
  }
  return list;
}

base::Result<void> set_visible(Session& session, const Value& visible) {
  std::vector<CommandDocument> commands;
  for (const std::string& id : session.arguments.many("ID")) {
    commands.push_back(update(id, Value::object().add("visible", visible)));
  }
  return execute_and_report(session, commands);
}

enum class End { kFront, kBack };

// The z_index that moves the layer to that end of the order; nullopt when it is there already.
std::optional<double> z_at(End end, const Value& scene, const std::string& id) {
  const auto order = in_drawing_order(scene);
  const Value* last = end == End::kFront ? order.back() : order.front();
  if (text_of(*last, "id") == id) return std::nullopt;
  return number_of(*last, "z_index", 0) + (end == End::kFront ? 1 : -1);
}

// Retries when the scene has changed meanwhile.
base::Result<void> move_to(Session& session, End end) {
  const std::string id = id_of(session);
  constexpr int kTries = 5;
  for (int tries = 1;; ++tries) {
    TRY(const Value scene, session.target->scene());
    TRY([[maybe_unused]] const Value layer, layer_in(scene, id));
    const auto z = z_at(end, scene, id);
    // An empty patch still checks --if-revision and waits for a frame.
    Value patch = Value::object();
    if (z) patch.add("z_index", Value::of(*z));
    std::optional<int64_t> revision;
    if (const Value* found = scene.find("revision")) {
      revision = static_cast<int64_t>(found->number);
    }
    const auto reply = session.target->execute(update(id, std::move(patch)), revision);
    const bool may_try_again = !reply && reply.error().code == ErrorCode::kStale &&
                               !session.arguments.has("if-revision") && tries < kTries;
    if (may_try_again) continue;
    if (!reply) return reply.error();
    return print_reply(session, reply.value());
  }
}

base::Result<Value> layer_from_file(const std::string& path) {
  errno = 0;
  std::ifstream file(path == "-" ? "/dev/stdin" : path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  if (!file.is_open() || file.bad()) {
    Error error = base::io_error(errno, "cannot read the layer", path);
    error.code = ErrorCode::kInvalidInput;
    return error;
  }
  scene::YamlDocument read = scene::read_yaml(text);
  if (!read.faults.empty()) {
    return Error{ErrorCode::kInvalidInput, path + ":" + read.faults.front().to_string(), "",
                 nullptr};
  }
  if (!read.value.is(Value::Kind::kObject)) {
    return Error{ErrorCode::kInvalidInput, "is not a layer, expected a mapping", path, nullptr};
  }
  return std::move(read.value);
}

// Why layers are not shown as they should be, by id; empty for a scene file.
base::Result<std::map<std::string, std::string>> layer_problems(Session& session) {
  std::map<std::string, std::string> problems;
  if (session.daemon == nullptr) return problems;
  TRY(const Value status, session.daemon->get("/api/v1/status"));
  const Value* health = status.find("health");
  const Value* reasons = health == nullptr ? nullptr : health->find("reasons");
  if (reasons == nullptr) return problems;  // of an older daemon
  for (const Value& reason : reasons->items) {
    const std::string part = text_of(reason, "part");
    if (part != "layers" && part != "feeds") continue;
    problems.emplace(text_of(reason, "subject"), text_of(reason, "message"));
  }
  return problems;
}

}  // namespace

base::Result<void> list_layers(Session& session) {
  TRY(const Value scene, session.target->scene());
  auto layers = in_drawing_order(scene);
  std::ranges::reverse(layers);
  if (session.is_json()) return print_json(complete_layers(layers));
  const std::string active = text_of(scene, "active");
  TRY(const auto problems, layer_problems(session));
  std::vector<std::string> columns = {"", "ID", "TYPE", "Z", "VISIBLE", "OPACITY", "CONTENT"};
  if (!problems.empty()) columns.emplace_back("PROBLEM");
  Table table(columns);
  for (const Value* each : layers) {
    const Value& layer = *each;
    const Value* visible = layer.find("visible");
    const bool is_visible = visible == nullptr || visible->boolean;
    const std::string id = text_of(layer, "id");
    std::vector<std::string> row = {!id.empty() && id == active ? "*" : "",
                                    id,
                                    text_of(layer, "type"),
                                    scene::number_text(number_of(layer, "z_index", 0)),
                                    is_visible ? "yes" : "no",
                                    scene::number_text(number_of(layer, "opacity", 1)),
                                    content_of(layer)};
    const auto problem = problems.find(id);
    if (!problems.empty()) row.push_back(problem == problems.end() ? "" : problem->second);
    const Accent accent = is_visible ? Accent::kNone : Accent::kFaint;
    table.add(row, problem == problems.end() ? accent : Accent::kBad);
  }
  return write_stdout(table.text());
}

base::Result<void> get_layer(Session& session) {
  TRY(const Value scene, session.target->scene());
  TRY(const Value layer, layer_in(scene, id_of(session)));
  if (session.is_json()) return print_json(layer);
  return write_stdout(scene::write_yaml(layer));
}

base::Result<void> create_layer(Session& session) {
  const Arguments& arguments = session.arguments;
  Value layer = Value::object();
  if (const auto path = arguments.one("file")) {
    TRY(layer, layer_from_file(*path));
  }
  layer.set("type", Value::of(*arguments.one("TYPE")));
  TRY(const Value patch, patch_from(arguments.many("KEY=VALUE")));
  layer = scene::merge_patched(std::move(layer), patch);
  if (const auto id = arguments.one("id")) layer.set("id", Value::of(*id));
  TRY(const Reply reply,
      session.target->execute({"layers.create", Value::object().add("layer", std::move(layer))},
                              std::nullopt));
  const std::string id = text_of(reply.result, "id");
  if (!session.is_json() && !id.empty()) TRY_DO(write_stdout(base::printable(id) + "\n"));
  return print_reply(session, reply);
}

base::Result<void> set_layer(Session& session) {
  TRY(Value patch, patch_from(session.arguments.many("KEY=VALUE")));
  return execute_and_report(session, {update(id_of(session), std::move(patch))});
}

base::Result<void> show_layers(Session& session) { return set_visible(session, Value::of(true)); }
base::Result<void> hide_layers(Session& session) { return set_visible(session, Value::of(false)); }

base::Result<void> remove_layers(Session& session) {
  std::vector<CommandDocument> commands;
  for (const std::string& id : session.arguments.many("ID")) {
    commands.push_back({"layers.delete", with_id(id)});
  }
  return execute_and_report(session, commands);
}

base::Result<void> restart_layers(Session& session) {
  TRY_DO(running_daemon(session));
  std::vector<CommandDocument> commands;
  for (const std::string& id : session.arguments.many("ID")) {
    commands.push_back({"layers.restart", with_id(id)});
  }
  return execute_and_report(session, commands);
}

base::Result<void> release_layers(Session& session) {
  TRY_DO(running_daemon(session));
  for (const std::string_view option : {"wait", "at", "if-revision"}) {
    if (!session.arguments.has(option)) continue;
    return Error{ErrorCode::kInvalidInput,
                 "does not apply to release, which takes effect at once and has no revision; "
                 "leave it out",
                 "--" + std::string(option), nullptr};
  }
  for (const std::string& id : session.arguments.many("ID")) {
    TRY(const Reply reply, session.target->execute({"layers.release", with_id(id)}, std::nullopt));
    if (session.is_json()) TRY_DO(print_json(reply.document));
    const Value* released = reply.result.find("released");
    const bool was_held = released != nullptr && released->boolean;
    if (!was_held) session.log.write(LogLevel::kInfo, "the layer \"" + id + "\" is not held");
  }
  return {};
}

base::Result<void> control_stopwatch(Session& session) {
  TRY_DO(running_daemon(session));
  const std::string action = *session.arguments.one("ACTION");
  return execute_and_report(
      session, {{"layers.stopwatch", with_id(id_of(session)).add("action", Value::of(action))}});
}

base::Result<void> raise_layer(Session& session) { return move_to(session, End::kFront); }
base::Result<void> lower_layer(Session& session) { return move_to(session, End::kBack); }

base::Result<void> activate_layer(Session& session) {
  TRY_DO(running_daemon(session));
  const auto id = session.arguments.one("ID");
  return execute_and_report(
      session,
      {{"layers.activate", Value::object().add("id", id ? Value::of(*id) : Value::null())}});
}

base::Result<void> animate_layer(Session& session) {
  const Arguments& arguments = session.arguments;
  Value animation = Value::object().add("effect", Value::of(*arguments.one("EFFECT")));
  for (const std::string_view key : {"from", "to", "keyframes", "speed", "gap"}) {
    const auto given = arguments.one(key);
    if (!given) continue;
    TRY(Value value, value_from(*given));
    animation.add(key, std::move(value));
  }
  if (const auto fade = arguments.one("fade-edges")) {
    TRY(Value value, value_from(*fade));
    animation.add("fade_edges", std::move(value));
  }
  // A speed replaces the duration.
  const auto duration = arguments.one("duration");
  if (duration || !arguments.has("speed")) {
    animation.add("duration", Value::of(duration.value_or("1s")));
  }
  for (const std::string_view key : {"delay", "easing", "iterations", "direction", "fill"}) {
    const auto given = arguments.one(key);
    if (!given) continue;
    TRY(Value value, value_from(*given));
    animation.add(key, std::move(value));
  }
  return execute_and_report(
      session,
      {{"layers.animate", with_id(id_of(session)).add("animation", std::move(animation))}});
}

base::Result<void> say(Session& session) {
  const Arguments& arguments = session.arguments;
  const auto author = arguments.one("author");
  if (!author) {
    return Error{ErrorCode::kInvalidInput, "the author is missing, expected --author NAME", "",
                 nullptr};
  }
  Value message = Value::object()
                      .add("author", Value::of(*author))
                      .add("text", Value::of(*arguments.one("TEXT")));
  if (arguments.has("highlight")) message.add("highlighted", Value::of(true));
  return execute_and_report(
      session, {{"chat.say", with_id(id_of(session)).add("message", std::move(message))}});
}

}  // namespace layercast::tools
