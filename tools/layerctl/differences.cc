#include "tools/layerctl/differences.h"

#include "base/redaction.h"
#include "scene/live_codec.h"
#include "scene/scene_tables.h"
#include "scene/showing.h"
#include "tools/layerctl/scene_text.h"
#include "tools/layerctl/table.h"

#include <algorithm>
#include <vector>

namespace layercast::tools {
namespace {

using scene::Scene;
using scene::Value;

void add_line(char sign, const std::string& path, const Value& value, std::string& lines) {
  const Accent accent = sign == '+' ? Accent::kGood : Accent::kBad;
  const std::string text = std::string(1, sign) + " " + path + ": " + printable(flow_text(value));
  lines += accented(text, accent) + "\n";
}

// A value that is there on one side only, a line for each of its leaves.
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
  if (!lines.empty()) text += accented(title, Accent::kStrong) + "\n" + lines;
}

template <class Item>
const Item* find_by_id(const std::vector<Item>& items, const std::string& id) {
  const auto found = std::ranges::find(items, id, &Item::id);
  return found == items.end() ? nullptr : &*found;
}

// Sections of what has an id: what is gone, what is new and what differs.
template <class Item, class Document>
void add_items(const std::string& kind, const std::vector<Item>& from, const std::vector<Item>& to,
               Document document, std::string& text) {
  for (const Item& item : from) {
    std::string lines;
    const Item* after = find_by_id(to, item.id);
    if (after == nullptr) {
      add_leaves('-', "", document(item, nullptr), lines);
    } else {
      add_differences("", document(item, after), document(*after, nullptr), lines);
    }
    add_section(kind + item.id, lines, text);
  }
  for (const Item& item : to) {
    if (find_by_id(from, item.id) != nullptr) continue;
    std::string lines;
    add_leaves('+', "", document(item, nullptr), lines);
    add_section(kind + item.id, lines, text);
  }
}

// Without the starts that `wanted` leaves open.
Value layer_value(const scene::Layer& layer, const scene::Layer* wanted) {
  scene::Layer same = layer;
  if (wanted == nullptr || !wanted->start) same.start.reset();
  scene::forget_showing(same);
  for (size_t i = 0; i < same.animations.size(); ++i) {
    const bool is_open =
        wanted == nullptr || i >= wanted->animations.size() || !wanted->animations[i].start;
    if (is_open) same.animations[i].start.reset();
  }
  return scene::layer_document(same, scene::Secrets::kRedacted);
}

Value track_value(const scene::AudioTrack& track, const scene::AudioTrack* wanted) {
  scene::AudioTrack same = track;
  if (wanted == nullptr || !wanted->begins) same.begins.reset();
  for (size_t i = 0; i < same.animations.size(); ++i) {
    const bool is_open =
        wanted == nullptr || i >= wanted->animations.size() || !wanted->animations[i].start;
    if (is_open) same.animations[i].start.reset();
  }
  return scene::track_document(same, scene::Secrets::kRedacted);
}

Value output_value(const scene::Output& output, const scene::Output*) {
  return scene::output_document(output, scene::Secrets::kRedacted);
}

Value head_of(Scene scene) {
  scene.layers.clear();
  scene.audio.clear();
  scene.outputs.clear();
  Value head = scene::scene_document(scene, scene::Secrets::kRedacted);
  head.erase("layers");
  return head;
}

// The ids of layers that are in both, in the order of `scene`.
Value shared_order(const Scene& scene, const Scene& other) {
  Value order = Value::array();
  for (const scene::Layer& layer : scene.layers) {
    if (find_by_id(other.layers, layer.id) != nullptr) order.items.push_back(Value::of(layer.id));
  }
  return order;
}

}  // namespace

std::string differences_text(const Scene& from, const Scene& to) {
  std::string head;
  add_differences("", head_of(from), head_of(to), head);
  add_differences("layers", shared_order(from, to), shared_order(to, from), head);
  std::string text;
  add_section("scene", head, text);
  add_items("layers/", from.layers, to.layers, layer_value, text);
  add_items("audio/", from.audio, to.audio, track_value, text);
  add_items("outputs/", from.outputs, to.outputs, output_value, text);
  return text;
}

}  // namespace layercast::tools
