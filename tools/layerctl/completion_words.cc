#include "scene/live/live_codec.h"
#include "scene/wire/scene_file.h"
#include "tools/layerctl/commands.h"
#include "tools/layerctl/whole_file.h"

#include <algorithm>
#include <set>
#include <utility>

namespace layercast::tools {
namespace {

using scene::Value;

std::string ids_in(const Value& scene, std::string_view list) {
  std::string words;
  if (const Value* items = scene.find(list)) {
    for (const Value& item : items->items) {
      if (const Value* id = item.find("id")) words += id->text + "\n";
    }
  }
  return words;
}

/// All property paths of a layer, including those of its current type, content and shape.
class Paths {
 public:
  explicit Paths(const Value& layer) : tables_(scene::scene_documentation()) {
    add("layer", "", &layer);
  }

  std::string words() const {
    std::string words;
    for (const std::string& path : paths_) words += path + "=\n";
    return words;
  }

 private:
  const scene::TableDoc* find(const std::string& title) const {
    const auto found = std::ranges::find(tables_, title, &scene::TableDoc::title);
    return found == tables_.end() ? nullptr : &*found;
  }

  // Adds the keys of a table, and of the variant that `value` selects.
  void add(const std::string& title, const std::string& before, const Value* value) {
    const scene::TableDoc* table = find(title);
    if (table == nullptr) return;
    for (const scene::FieldDoc& field : table->fields) {
      const Value* inner = value == nullptr ? nullptr : value->find(field.key);
      const bool is_choice = field.key == "type" || field.key == "shape";
      if (title == "layer" && (field.key == "id" || field.key == "type")) continue;
      const std::string table_inside = named_by(field.kind);
      if (!table_inside.empty()) {
        add(table_inside, before + field.key + ".", inner);
        continue;
      }
      paths_.insert(before + field.key);
      if (is_choice && inner != nullptr) add(chosen(title, field.key, inner->text), before, value);
    }
  }

  static std::string chosen(const std::string& title, const std::string& key,
                            const std::string& choice) {
    return (key == "type" ? title : key) + ": " + choice;
  }

  // `a mapping (transform)` names the table of transform.
  static std::string named_by(const std::string& kind) {
    constexpr std::string_view kMapping = "a mapping (";
    if (!kind.starts_with(kMapping) || !kind.ends_with(')')) return {};
    return kind.substr(kMapping.size(), kind.size() - kMapping.size() - 1);
  }

  std::vector<scene::TableDoc> tables_;
  std::set<std::string> paths_;
};

std::string paths_in(const Value& scene, const std::string& id) {
  if (const Value* layers = scene.find("layers")) {
    for (const Value& layer : layers->items) {
      const Value* own = layer.find("id");
      if (own != nullptr && own->text == id) return Paths(layer).words();
    }
  }
  return Paths(Value::object()).words();
}

std::string words_of(const Arguments& arguments, const Value& scene) {
  const std::string what = arguments.one("WHAT").value_or("");
  if (what == "ids") return ids_in(scene, "layers");
  if (what == "sounds") return ids_in(scene, "audio");
  if (what == "outputs") return ids_in(scene, "outputs");
  return what == "paths" ? paths_in(scene, arguments.one("ID").value_or("")) : "";
}

std::optional<Value> scene_of(const Arguments& arguments) {
  if (const auto path = arguments.one("scene")) {
    const auto loaded = scene::load_scene(*path);
    if (!loaded) return std::nullopt;
    return scene::scene_document(loaded.value().scene, scene::Secrets::kRedacted);
  }
  auto daemon = open_daemon(arguments);
  if (!daemon) return std::nullopt;
  daemon.value()->hurry();
  auto scene = daemon.value()->scene();
  if (!scene) return std::nullopt;
  return std::move(scene).value();
}

}  // namespace

int complete_words(const Arguments& arguments) {
  const auto scene = scene_of(arguments);
  static_cast<void>(write_stdout(words_of(arguments, scene ? *scene : Value::object())));
  return 0;
}

}  // namespace layercast::tools
