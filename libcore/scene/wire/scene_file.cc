#include "scene/wire/scene_file.h"

#include "base/shortened.h"
#include "scene/model/scene_settings.h"
#include "scene/wire/json_codec.h"
#include "scene/wire/scene_tables.h"
#include "scene/wire/scene_totals.h"
#include "scene/wire/yaml_codec.h"
#include "scene/wire/yaml_hints.h"

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

namespace layercast::scene {
namespace {

void collect_marks(const Value& value, const std::string& path,
                   std::map<std::string, Mark>& marks) {
  marks[path] = value.mark;
  for (size_t i = 0; i < value.items.size(); ++i) {
    collect_marks(value.items[i], path + "[" + std::to_string(i) + "]", marks);
  }
  for (const auto& member : value.members) {
    collect_marks(member.value, path.empty() ? member.key : path + "." + member.key, marks);
  }
}

// `read`, the faults of the values, with the causes that the syntax of the text explains.
std::vector<Fault> with_hints(std::vector<Fault> read, std::string_view yaml) {
  if (read.empty()) return read;
  const YamlLines lines(yaml);
  for (Fault& fault : read) {
    const std::string hint = value_hint(lines, fault.mark);
    if (!hint.empty()) (fault.expected.empty() ? fault.problem : fault.expected) += "; " + hint;
  }
  return read;
}

// Texts that end at an unquoted `#`: valid, but rarely meant.
void collect_cut_texts(const Value& value, const std::string& path, const YamlLines& lines,
                       std::vector<std::string>& warnings) {
  if (warnings.size() == static_cast<size_t>(limits::kFaultsMax)) return;
  if (value.is(Value::Kind::kString)) {
    if (const auto comment = cutting_comment(lines, value.mark, value.text)) {
      warnings.push_back(
          path + ":" + std::to_string(comment->line) + ":" + std::to_string(comment->column) +
          ": \"#\" begins a comment, so the text is \"" + base::shortened(value.text) +
          "\"; to include the rest, write the text in quotes");
    }
  }
  for (const Value& item : value.items) collect_cut_texts(item, path, lines, warnings);
  for (const auto& member : value.members) collect_cut_texts(member.value, path, lines, warnings);
}

SceneFaults faults_of(const std::vector<Fault>& faults, const std::string& path) {
  std::vector<Fault> ordered = faults;
  std::ranges::stable_sort(ordered, [](const Fault& a, const Fault& b) {
    return std::pair(a.mark.line, a.mark.column) < std::pair(b.mark.line, b.mark.column);
  });
  SceneFaults lines;
  for (const auto& fault : ordered) {
    if (lines.lines.size() == static_cast<size_t>(limits::kFaultsMax)) {
      lines.lines.push_back(path + ": " + std::to_string(ordered.size() - lines.lines.size()) +
                            " more faults");
      break;
    }
    lines.lines.push_back(path + ":" + fault.to_string());
  }
  return lines;
}

std::string folder_of(const std::string& path) {
  return std::filesystem::path(path).parent_path().string();
}

}  // namespace

base::Result<std::string> read_scene_text(const std::string& path) {
  std::error_code error;
  if (path != "-" && std::filesystem::is_directory(path, error)) {
    return base::io_error(EISDIR, "cannot read the scene", path);
  }
  errno = 0;
  std::ifstream file;
  file.open(path == "-" ? "/dev/stdin" : path, std::ios::binary);
  if (!file) return base::io_error(errno, "cannot read the scene", path);
  // One byte past the limit shows that a file is too large, even an endless one.
  std::string text(static_cast<size_t>(limits::kSceneBytesMax) + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (file.bad()) return base::io_error(errno, "cannot read the scene", path);
  text.resize(static_cast<size_t>(file.gcount()));
  return text;
}

std::string SceneFile::where(const std::string& value_path) const {
  const auto mark = marks.find(value_path);
  if (mark == marks.end() || mark->second.line == 0) return path + ": " + value_path;
  return path + ":" + std::to_string(mark->second.line) + ":" +
         std::to_string(mark->second.column) + ": " + value_path;
}

std::string SceneFile::resolved(const std::string& relative) const {
  return resolved_path(relative, folder);
}

base::Result<SceneFile, SceneFaults> parse_scene(std::string_view yaml, const std::string& path) {
  const YamlDocument document = read_yaml(yaml);
  Reader reader;
  std::optional<Scene> scene;
  std::vector<Fault> faults = document.faults;
  const bool readable = document.value.is(Value::Kind::kObject) || faults.empty();
  if (readable) {
    Value root = document.value;
    if (root.mark.line == 0) root.mark = {1, 1};  // an empty file
    scene = scene_codec().read(root, reader);
    const std::vector<Fault> read = with_hints(reader.faults(), yaml);
    faults.insert(faults.end(), read.begin(), read.end());
  }
  if (!faults.empty() || !scene) return faults_of(faults, path);
  if (const auto objection = objection_to(totals_of(*scene))) {
    return SceneFaults{{path + ": " + objection->to_string()}};
  }
  SceneFile file{*std::move(scene), path, folder_of(path), {}, {}};
  if (!reader.warnings().empty()) file.warnings = faults_of(reader.warnings(), path).lines;
  collect_marks(document.value, "", file.marks);
  collect_cut_texts(document.value, path, YamlLines(yaml), file.warnings);
  return file;
}

base::Result<SceneFile, SceneFaults> load_scene(const std::string& path) {
  auto text = read_scene_text(path);
  if (!text) return SceneFaults{{text.error().to_string()}};
  return parse_scene(text.value(), path == "-" ? "standard input" : path);
}

std::string scene_yaml(const Scene& scene) { return write_yaml(scene_codec().write(scene)); }

std::string scene_schema() {
  SchemaBuilder builder;
  const Value body = scene_codec().schema(builder);
  Value schema = Value::object()
                     .add("$schema", Value::of("https://json-schema.org/draft/2020-12/schema"))
                     .add("$id", Value::of("urn:layercast:scene:1"));
  for (const auto& member : body.members) schema.add(member.key, member.value);
  schema.add("$defs", builder.definitions);
  return write_json(schema) + "\n";
}

std::vector<TableDoc> scene_documentation() {
  SchemaBuilder builder;
  scene_codec().schema(builder);
  return builder.tables;
}

}  // namespace layercast::scene
