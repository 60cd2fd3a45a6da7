#include "base/redaction.h"
#include "scene/live/chat.h"
#include "scene/live/live_codec.h"
#include "scene/wire/scene_file.h"
#include "scene/wire/scene_tables.h"
#include "scene/wire/source_secrets.h"
#include "tools/common/values.h"
#include "tools/layerctl/commands.h"
#include "tools/layerctl/differences.h"
#include "tools/layerctl/file_checks.h"
#include "tools/layerctl/whole_file.h"
#include "tools/streamd/settings.h"

#include <algorithm>
#include <utility>

namespace layercast::tools {
namespace {

using base::Error;
using base::ErrorCode;
using scene::Scene;
using scene::Value;

// The scene in the document of a target, without the state that files do not have.
base::Result<Scene> scene_from(Value document) {
  for (const std::string_view key : {"revision", "active", "stream"}) document.erase(key);
  scene::Reader reader;
  auto scene = scene::scene_codec().read(document, reader);
  if (scene) return *std::move(scene);
  const std::string fault = reader.faults().empty() ? "" : reader.faults().front().to_string();
  return Error{ErrorCode::kIo, "cannot read the daemon's scene: " + fault, "", nullptr};
}

// Loads the scene file of -f. The error has one line for each fault.
base::Result<Scene> wanted_scene(const Session& session) {
  const auto path = session.arguments.one("file");
  if (!path) {
    return Error{ErrorCode::kInvalidInput,
                 "\"" + session.arguments.subcommand() + "\" needs a scene, expected -f SCENE", "",
                 nullptr};
  }
  auto loaded = scene::load_scene(*path);
  if (loaded) return std::move(loaded).value().scene;
  std::string lines;
  for (const auto& line : loaded.error().lines) {
    lines += (lines.empty() ? "" : "\n") + line;
  }
  return Error{ErrorCode::kInvalidInput, lines, "", nullptr};
}

bool is_of_command_line(const scene::Output& output) { return output.id.starts_with(kLineOutput); }

/// A target's scene, the wanted scene, and the changes between them.
struct Comparison {
  Scene present;
  Scene wanted;
  std::optional<int64_t> revision;
  std::vector<scene::Change> changes;  ///< turn `present` into `wanted`
};

base::Result<Comparison> compare(Session& session, const Scene& file) {
  TRY(const Value document, session.target->scene());
  Comparison comparison;
  if (const Value* revision = document.find("revision")) {
    comparison.revision = static_cast<int64_t>(revision->number);
  }
  TRY(comparison.present, scene_from(document));
  comparison.wanted = file;
  if (session.daemon != nullptr && comparison.present.name != file.name) {
    return Error{ErrorCode::kInvalidInput,
                 "the file has the scene \"" + file.name + "\", the daemon has \"" +
                     comparison.present.name + "\"; another scene needs its own daemon",
                 *session.arguments.one("file"), nullptr};
  }
  // A file has neither chat messages of the daemon nor the outputs of its command line.
  if (session.daemon != nullptr) {
    scene::keep_messages(comparison.present, comparison.wanted);
  }
  for (const scene::Output& output : comparison.present.outputs) {
    const bool is_extra = session.daemon != nullptr && is_of_command_line(output);
    if (is_extra) comparison.wanted.outputs.push_back(output);
  }
  comparison.changes = scene::changes_between(comparison.present, comparison.wanted);
  return comparison;
}

Value commands_value(const std::vector<scene::Change>& changes) {
  std::vector<Value> list;
  list.reserve(changes.size());
  for (const scene::Change& change : changes) {
    list.push_back(scene::value_of(scene::document_of(change)));
  }
  return Value::array(std::move(list));
}

base::Result<void> print_comparison(const Session& session, const Comparison& comparison) {
  if (!session.is_json()) {
    return write_stdout(differences_text(comparison.present, comparison.wanted));
  }
  Value document = Value::object().add("changes", commands_value(comparison.changes));
  if (comparison.revision) {
    document.add("revision", Value::of(static_cast<double>(*comparison.revision)));
  }
  return print_json(document);
}

}  // namespace

base::Result<void> apply_scene(Session& session) {
  TRY(const Scene file, wanted_scene(session));
  constexpr int kTries = 5;
  for (int tries = 1;; ++tries) {
    TRY(Comparison comparison, compare(session, file));
    if (comparison.changes.empty() || session.arguments.has("dry-run")) {
      return print_comparison(session, comparison);
    }
    const auto reply = session.target->execute(
        {"batch", Value::object().add("commands", commands_value(comparison.changes))},
        comparison.revision);
    const bool may_try_again = !reply && reply.error().code == ErrorCode::kStale &&
                               !session.arguments.has("if-revision") && tries < kTries;
    if (may_try_again) continue;
    if (!reply) return reply.error();
    if (!session.is_json()) {
      TRY_DO(print_comparison(session, comparison));
      return print_reply(session, reply.value());
    }
    Value document = reply.value().document;
    document.erase("result");
    document.add("changes", commands_value(comparison.changes));
    return print_json(document);
  }
}

base::Result<int> diff_scene(Session& session) {
  TRY(const Scene file, wanted_scene(session));
  TRY(const Comparison comparison, compare(session, file));
  TRY_DO(print_comparison(session, comparison));
  return comparison.changes.empty() ? 0 : 1;
}

base::Result<void> export_scene(Session& session) {
  TRY(const Value document, session.target->scene());
  TRY(Scene scene, scene_from(document));
  // The outputs of a daemon's command line are not part of the scene.
  if (session.daemon != nullptr) std::erase_if(scene.outputs, is_of_command_line);
  std::string redacted;
  const auto note = [&](const std::string& id) { redacted += (redacted.empty() ? "" : ", ") + id; };
  const auto note_redacted = [&](const auto& codec, const auto& item) {
    if (scene::has_redacted_source(codec.shape, codec.write(item))) note(item.id);
  };
  for (const auto& layer : scene.layers) note_redacted(scene::layer_codec(), *layer);
  for (const auto& track : scene.audio) note_redacted(scene::audio_codec(), track);
  for (const scene::Output& output : scene.outputs) {
    if (base::is_redacted(output.url)) note(output.id);
  }
  std::string text;
  if (!redacted.empty()) {
    text =
        "# A daemon does not disclose the keys of its outputs and sources: write them in place of "
        "***.\n";
    session.log.write(LogLevel::kWarning,
                      "the URL of " + redacted + " has *** in place of its key");
  }
  text += scene::scene_yaml(scene);
  if (session.is_json()) {
    return print_json(scene::scene_document(scene, scene::Secrets::kShown));
  }
  const std::string output = session.arguments.one("output").value_or("-");
  return output == "-" ? write_stdout(text) : write_whole_file(output, text);
}

namespace {

// Whether `validate` checks the files of a scene: by default, those of a scene with a folder.
bool checks_files(const Arguments& arguments, const std::string& path) {
  if (arguments.has("no-files")) return false;
  return arguments.has("files") || path != "-";
}

struct Validation {
  std::vector<std::string> faults;
  std::vector<std::string> warnings;
};

Validation validation_of(const Arguments& arguments, const std::string& path) {
  const auto loaded = scene::load_scene(path);
  if (!loaded) return {loaded.error().lines, {}};
  const scene::SceneFile& file = loaded.value();
  return {checks_files(arguments, path) ? file_faults(file) : std::vector<std::string>{},
          file.warnings};
}

Value list_of(const std::vector<std::string>& lines) {
  Value list = Value::array();
  for (const std::string& line : lines) list.items.push_back(Value::of(line));
  return list;
}

}  // namespace

int validate_scenes(const Arguments& arguments, const Log& log) {
  std::vector<Value> files;
  bool are_right = true;
  for (const std::string& path : arguments.many("SCENE")) {
    const Validation found = validation_of(arguments, path);
    are_right = are_right && found.faults.empty();
    if (!arguments.has("json")) {
      for (const std::string& line : found.faults) log.write_fault(line);
      for (const std::string& line : found.warnings) log.write(LogLevel::kWarning, line);
    }
    files.push_back(Value::object()
                        .add("file", Value::of(path))
                        .add("faults", list_of(found.faults))
                        .add("warnings", list_of(found.warnings)));
  }
  if (arguments.has("json")) {
    if (const auto printed = print_json(Value::array(std::move(files))); !printed) {
      return log.fail(printed.error());
    }
  }
  return are_right ? 0 : usage_status();
}

}  // namespace layercast::tools
