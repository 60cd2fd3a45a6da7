#include "tools/layerctl/differences.h"

#include "base/printable.h"
#include "scene/live/live_codec.h"
#include "scene/model/find_by_id.h"
#include "scene/model/scene_settings.h"
#include "tools/layerctl/scene_text.h"
#include "tools/layerctl/table.h"

namespace layercast::tools {
namespace {

using scene::find_by_id;
using scene::Scene;
using scene::Value;

void add_line(char sign, const std::string& path, const Value& value, std::string& lines) {
  const Accent accent = sign == '+' ? Accent::kGood : Accent::kBad;
  const std::string text =
      std::string(1, sign) + " " + base::printable(path + ": " + flow_text(value));
  lines += accented(text, accent) + "\n";
}

// Adds a value that only one side has, with one line for each leaf.
void add_leaves(char sign, const std::string& path, const Value& value, std::string& lines) {
  if (value.members.empty()) return add_line(sign, path, value, lines);
  for (const auto& member : value.members) {
    add_leaves(sign, path.empty() ? member.key : path + "." + member.key, member.value, lines);
  }
}

void add_differences(const std::string& path, const Value& from, const Value& to,
                     std::string& lines) {
  if (from == to) return;
  const bool are_objects = from.is(Value::Kind::kObject) && to.is(Value::Kind::kObject);
  if (!are_objects) {
    add_line('-', path, from, lines);
    add_line('+', path, to, lines);
    return;
  }
  const auto inner = [&](const std::string& key) { return path.empty() ? key : path + "." + key; };
  for (const auto& member : from.members) {
    const Value* other = to.find(member.key);
    if (other == nullptr) {
      add_leaves('-', inner(member.key), member.value, lines);
    } else {
      add_differences(inner(member.key), member.value, *other, lines);
    }
  }
  for (const auto& member : to.members) {
    if (from.find(member.key) == nullptr) {
      add_leaves('+', inner(member.key), member.value, lines);
    }
  }
}

void add_section(const std::string& title, const std::string& lines, std::string& text) {
  if (!lines.empty()) text += accented(base::printable(title), Accent::kStrong) + "\n" + lines;
}

// Adds a section for each item that was removed, added or changed.
template <class Items, class Document>
void add_items(const std::string& kind, const Items& from, const Items& to, Document document,
               std::string& text) {
  for (const auto& item : from) {
    std::string lines;
    const std::string& id = base::unshared(item).id;
    const auto* after = find_by_id(to, id);
    if (after == nullptr) {
      add_leaves('-', "", document(item, scene::Secrets::kRedacted), lines);
    } else {
      add_differences("", document(item, scene::Secrets::kRedacted),
                      document(*after, scene::Secrets::kRedacted), lines);
    }
    add_section(kind + id, lines, text);
  }
  for (const auto& item : to) {
    const std::string& id = base::unshared(item).id;
    if (find_by_id(from, id) != nullptr) continue;
    std::string lines;
    add_leaves('+', "", document(item, scene::Secrets::kRedacted), lines);
    add_section(kind + id, lines, text);
  }
}

Value head_document(const Scene& scene) {
  Value head = scene::scene_document(scene::head_of(scene), scene::Secrets::kRedacted);
  head.erase("layers");
  return head;
}

// The ids of the layers in both scenes, in the order of `scene`.
Value shared_order(const Scene& scene, const Scene& other) {
  Value order = Value::array();
  for (const auto& layer : scene.layers) {
    if (find_by_id(other.layers, layer->id) != nullptr) order.items.push_back(Value::of(layer->id));
  }
  return order;
}

}  // namespace

std::string differences_text(const Scene& from, const Scene& to) {
  std::string head;
  add_differences("", head_document(from), head_document(to), head);
  add_differences("layers", shared_order(from, to), shared_order(to, from), head);
  std::string text;
  add_section("scene", head, text);
  add_items("layers/", from.layers, to.layers, scene::layer_document, text);
  add_items("audio/", from.audio, to.audio, scene::track_document, text);
  add_items("outputs/", from.outputs, to.outputs, scene::output_document, text);
  return text;
}

}  // namespace layercast::tools
