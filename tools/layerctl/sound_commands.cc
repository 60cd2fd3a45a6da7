#include "base/printable.h"
#include "scene/wire/merge_patch.h"
#include "tools/layerctl/commands.h"
#include "tools/layerctl/scene_text.h"
#include "tools/layerctl/table.h"
#include "tools/layerctl/whole_file.h"
#include "tools/layerctl/words.h"

#include <utility>

namespace layercast::tools {
namespace {

using scene::Value;

std::string text_of(const Value& object, std::string_view key, const std::string& otherwise) {
  const Value* found = object.find(key);
  if (found == nullptr || found->is(Value::Kind::kNull)) return otherwise;
  return found->is_scalar() ? found->text : flow_text(*found);
}

Value with_id(const Session& session) {
  return Value::object().add("id", Value::of(session.arguments.one("ID").value_or("")));
}

base::Result<void> execute_and_report(Session& session, const scene::CommandDocument& command) {
  TRY(const Reply reply, session.target->execute(command, std::nullopt));
  return print_reply(session, reply);
}

}  // namespace

base::Result<void> list_sounds(Session& session) {
  TRY(const Value scene, session.target->scene());
  const Value* found = scene.find("audio");
  const Value list = found == nullptr ? Value::array() : *found;
  if (session.is_json()) return print_json(list);
  Table table({"ID", "SOURCE", "VOLUME", "MUTE", "LOOP", "DUCKS UNDER"});
  for (const Value& track : list.items) {
    table.add({text_of(track, "id", ""), text_of(track, "source", ""),
               text_of(track, "volume", "1"), text_of(track, "mute", "false"),
               text_of(track, "loop", "false"), text_of(track, "duck_under", "")});
  }
  return write_stdout(table.text());
}

base::Result<void> add_sound(Session& session) {
  Value track = Value::object();
  if (const auto id = session.arguments.one("id")) track.add("id", Value::of(*id));
  track.add("source", Value::of(*session.arguments.one("SOURCE")));
  TRY(const Value patch, patch_from(session.arguments.many("KEY=VALUE")));
  track = scene::merge_patched(std::move(track), patch);
  TRY(const Reply reply,
      session.target->execute({"audio.add", Value::object().add("audio", std::move(track))},
                              std::nullopt));
  const std::string id = text_of(reply.result, "id", "");
  if (!session.is_json() && !id.empty()) TRY_DO(write_stdout(base::printable(id) + "\n"));
  return print_reply(session, reply);
}

base::Result<void> set_sound(Session& session) {
  TRY(Value patch, patch_from(session.arguments.many("KEY=VALUE")));
  return execute_and_report(session,
                            {"audio.update", with_id(session).add("patch", std::move(patch))});
}

base::Result<void> remove_sound(Session& session) {
  return execute_and_report(session, {"audio.remove", with_id(session)});
}

}  // namespace layercast::tools
