#include "base/parse_number.h"
#include "tools/layerctl/commands.h"
#include "tools/layerctl/scene_text.h"
#include "tools/layerctl/table.h"
#include "tools/layerctl/whole_file.h"

#include <string>
#include <utility>

namespace layercast::tools {
namespace {

using base::Error;
using base::ErrorCode;
using scene::Value;

std::string text_of(const Value& object, std::string_view key) {
  const Value* found = object.find(key);
  return found == nullptr ? std::string() : found->text;
}

}  // namespace

base::Result<void> list_scheduled(Session& session) {
  TRY(DaemonClient* const daemon, running_daemon(session));
  TRY(const Value document, daemon->get("/api/v1/scheduled"));
  const Value* found = document.find("scheduled");
  const Value list = found == nullptr ? Value::array() : *found;
  if (session.is_json()) return print_json(list);
  Table table({"NUMBER", "AT", "TIME", "COMMAND", "PARAMETERS"});
  for (const Value& each : list.items) {
    const Value* params = each.find("params");
    table.add({text_of(each, "number"), text_of(each, "at"), text_of(each, "time"),
               text_of(each, "method"), params == nullptr ? "" : flow_text(*params)});
  }
  return write_stdout(table.text());
}

base::Result<void> cancel_scheduled(Session& session) {
  TRY_DO(running_daemon(session));
  for (const std::string& word : session.arguments.many("NUMBER")) {
    const auto number = base::parse_number<int64_t>(word);
    if (!number) {
      return Error{ErrorCode::kInvalidInput,
                   "\"" + word + "\" is not a number, expected one that at ls prints", "NUMBER",
                   nullptr};
    }
    const Value params = Value::object().add("index", Value::of(static_cast<double>(*number)));
    TRY(const Reply reply, session.target->execute({"scheduled.cancel", params}, std::nullopt));
    if (session.is_json()) TRY_DO(print_json(reply.document));
  }
  return {};
}

}  // namespace layercast::tools
