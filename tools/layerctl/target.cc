#include "tools/layerctl/target.h"

#include "base/parse_number.h"

#include <algorithm>
#include <array>

namespace layercast::tools {
namespace {

using scene::CommandDocument;
using scene::Value;

// The text of the param `key`; empty when it is absent.
std::string text_of(const Value& params, std::string_view key) {
  const Value* found = params.find(key);
  return found == nullptr ? std::string() : found->text;
}

std::string id_within(const Value& params, std::string_view key) {
  const Value* object = params.find(key);
  return object == nullptr ? std::string() : text_of(*object, "id");
}

// The subject of a command: `layers/lot`.
std::string subject_of(const CommandDocument& command) {
  const Value& params = command.params;
  const bool is_output = command.method.starts_with("outputs.");
  std::string id = text_of(params, "id");
  const bool is_sound = command.method.starts_with("audio.");
  if (id.empty()) id = id_within(params, is_output ? "output" : is_sound ? "audio" : "layer");
  if (is_sound) return id.empty() ? "audio" : "audio/" + id;
  if (is_output) return id.empty() ? "outputs" : "outputs/" + id;
  if (command.method.starts_with("layers.") || command.method == "chat.say") {
    return id.empty() ? "layers" : "layers/" + id;
  }
  return command.method.starts_with("stream.") ? "stream" : "scene";
}

// Removes the first step of a JSON pointer and returns it.
std::string take_step(std::string& pointer) {
  const size_t end = std::min(pointer.find('/', 1), pointer.size());
  std::string step = pointer.substr(std::min<size_t>(1, pointer.size()), end - 1);
  pointer.erase(0, end);
  return step;
}

bool starts_with_step(std::string_view pointer, std::string_view step) {
  return pointer.starts_with(step) &&
         (pointer.size() == step.size() || pointer[step.size()] == '/');
}

// The command of a batch that the pointer refers to; shortens the pointer to a path in its params.
std::optional<CommandDocument> taken_command(const CommandDocument& batch, std::string& pointer) {
  if (batch.method != "batch" || !starts_with_step(pointer, "/commands")) return std::nullopt;
  take_step(pointer);
  const std::string number = take_step(pointer);
  const auto index = base::parse_number<size_t>(number);
  if (starts_with_step(pointer, "/params")) take_step(pointer);
  const Value* commands = batch.params.find("commands");
  if (!index || commands == nullptr || *index >= commands->items.size()) return std::nullopt;
  auto command = scene::command_document_from(commands->items[*index]);
  if (!command) return std::nullopt;
  return std::move(command).value();
}

// `transform.scale` of `/transform/scale`.
std::string dotted(std::string pointer) {
  std::string path;
  while (!pointer.empty()) {
    const std::string step = take_step(pointer);
    const bool is_number =
        !step.empty() && std::ranges::all_of(step, [](char c) { return c >= '0' && c <= '9'; });
    if (is_number) {
      path += "[" + step + "]";
    } else {
      path += (path.empty() ? "" : ".") + step;
    }
  }
  return path;
}

}  // namespace

int Target::exit_status(const base::Error& error) const {
  if (error.code == base::ErrorCode::kNotFound) return kNoSuchLayerStatus;
  return base::meaning_of(error.code).exit_status;
}

std::string refusal_lines(const CommandDocument& command, const std::vector<ToldFault>& faults,
                          const std::string& detail) {
  if (faults.empty()) return detail;
  std::string lines;
  for (const ToldFault& fault : faults) {
    std::string pointer = fault.pointer;
    const auto inner = taken_command(command, pointer);
    constexpr std::array<std::string_view, 7> kWholes = {
        "/patch", "/layer", "/audio", "/output", "/message", "/animation", "/scene"};
    for (const std::string_view whole : kWholes) {
      if (!starts_with_step(pointer, whole)) continue;
      take_step(pointer);
      break;
    }
    const std::string path = dotted(pointer);
    lines += (lines.empty() ? "" : "\n") + subject_of(inner ? *inner : command) + ": ";
    if (!path.empty() && path != "id") lines += path + ": ";
    lines += fault.detail;
  }
  return lines;
}

}  // namespace layercast::tools
