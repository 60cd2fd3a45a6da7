#include "base/parse_number.h"
#include "tools/layerctl/commands.h"
#include "tools/layerctl/scene_text.h"
#include "tools/layerctl/table.h"
#include "tools/layerctl/whole_file.h"

#include <algorithm>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace layercast::tools {
namespace {

using base::Error;
using base::ErrorCode;
using scene::Value;

std::string id_of(const Session& session) { return session.arguments.one("ID").value_or(""); }

std::string text_of(const Value& object, std::string_view key) {
  const Value* found = object.find(key);
  return found == nullptr || found->is(Value::Kind::kNull) ? std::string() : found->text;
}

// The animations of a layer in a scene file, without what they are doing.
base::Result<Value> animations_in_file(Session& session) {
  TRY(const Value scene, session.target->scene());
  const Value* layers = scene.find("layers");
  for (const Value& layer : layers == nullptr ? std::vector<Value>() : layers->items) {
    if (text_of(layer, "id") != id_of(session)) continue;
    Value list = Value::array();
    const Value* animations = layer.find("animations");
    for (const Value& each : animations == nullptr ? std::vector<Value>() : animations->items) {
      list.items.push_back(Value::object()
                               .add("index", Value::of(static_cast<double>(list.items.size())))
                               .add("animation", each));
    }
    return list;
  }
  return Error{ErrorCode::kNotFound, "there is no layer \"" + id_of(session) + "\"",
               "layers/" + id_of(session), nullptr};
}

base::Result<Value> animations_of(Session& session) {
  if (session.daemon == nullptr) return animations_in_file(session);
  TRY(const Value document,
      session.daemon->get("/api/v1/layers/" + id_of(session) + "/animations"));
  const Value* list = document.find("animations");
  return list == nullptr ? Value::array() : *list;
}

// `from: 0, to: 1, duration: 500ms`: the animation without its effect.
std::string values_text(const Value& animation) {
  std::string text;
  for (const auto& member : animation.members) {
    if (member.key == "effect") continue;
    text += (text.empty() ? "" : ", ") + member.key + ": " + flow_text(member.value);
  }
  return text;
}

// The indexes to remove, the last first, so that those before it stay valid.
base::Result<std::vector<int>> indexes_of(Session& session) {
  std::vector<int> indexes;
  if (session.arguments.has("all")) {
    TRY(const Value list, animations_of(session));
    for (size_t i = 0; i < list.items.size(); ++i) indexes.push_back(static_cast<int>(i));
  }
  for (const std::string& word : session.arguments.many("INDEX")) {
    const auto index = base::parse_number<int>(word);
    if (!index || *index < 0) {
      return Error{ErrorCode::kInvalidInput,
                   "\"" + word + "\" is not an index, expected a number that animations ls prints",
                   "INDEX", nullptr};
    }
    indexes.push_back(*index);
  }
  std::ranges::sort(indexes, std::greater<>());
  // clang 14 does not compile std::ranges::unique of this library.
  indexes.erase(std::unique(indexes.begin(), indexes.end()), indexes.end());
  return indexes;
}

}  // namespace

base::Result<void> list_animations(Session& session) {
  TRY(const Value list, animations_of(session));
  if (session.is_json()) return print_json(list);
  const bool is_live = session.daemon != nullptr;
  std::vector<std::string> heading = {"INDEX", "EFFECT"};
  if (is_live) heading.insert(heading.end(), {"PHASE", "START", "END"});
  heading.emplace_back("VALUES");
  Table table(heading);
  for (const Value& each : list.items) {
    const Value none = Value::object();
    const Value* found = each.find("animation");
    const Value& animation = found == nullptr ? none : *found;
    std::vector<std::string> row = {text_of(each, "index"), text_of(animation, "effect")};
    if (is_live) {
      row.insert(row.end(), {text_of(each, "phase"), text_of(each, "start"), text_of(each, "end")});
    }
    row.push_back(values_text(animation));
    table.add(std::move(row), text_of(each, "phase") == "over" ? Accent::kFaint : Accent::kNone);
  }
  return write_stdout(table.text());
}

base::Result<void> remove_animations(Session& session) {
  TRY(const std::vector<int> indexes, indexes_of(session));
  if (indexes.empty() && !session.arguments.has("all")) {
    return Error{ErrorCode::kInvalidInput, "no animation is given, expected its INDEX or --all", "",
                 nullptr};
  }
  if (indexes.empty()) return {};
  Value commands = Value::array();
  for (const int index : indexes) {
    const Value params =
        Value::object().add("id", Value::of(id_of(session))).add("index", Value::of(index));
    commands.items.push_back(scene::value_of({"layers.animations.remove", params}));
  }
  scene::CommandDocument command = {"batch", Value::object().add("commands", commands)};
  if (indexes.size() == 1) {
    TRY(command, scene::command_document_from(commands.items.front()));
  }
  TRY(const Reply reply, session.target->execute(command, std::nullopt));
  return print_reply(session, reply);
}

}  // namespace layercast::tools
