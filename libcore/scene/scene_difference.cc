#include "base/redaction.h"
#include "scene/codec.h"
#include "scene/command.h"
#include "scene/find_by_id.h"
#include "scene/scene_tables.h"
#include "scene/source_secrets.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace layercast::scene {
namespace {

Command command_of(std::string_view method, Value params) {
  return {std::string(method), std::move(params)};
}

Value with_id(const std::string& id) { return Value::object().add("id", Value::of(id)); }

Command update_of(const Layer& from, const Layer& to) {
  const Value before = layer_codec().write(from);
  const Value after = layer_codec().write(to);
  Value patch = merge_patch_between(before, after);
  Reader reader;
  const auto patched = layer_codec().read(merge_patched(before, patch), reader);
  // A patch cannot change the order of a mapping, which matters in metadata.
  if (patched == to) return command_of("layers.update", with_id(to.id).add("patch", patch));
  return command_of("layers.replace", with_id(to.id).add("layer", after));
}

// The order that updates, deletions and creations lead to: the remaining ids of `from`, then the
// new ones.
template <class Item>
std::vector<std::string> reached_order(const std::vector<Item>& from, const std::vector<Item>& to) {
  std::vector<std::string> order;
  for (const Item& item : from) {
    const std::string& id = base::unshared(item).id;
    if (find_by_id(to, id) != nullptr) order.push_back(id);
  }
  for (const Item& item : to) {
    const std::string& id = base::unshared(item).id;
    if (find_by_id(from, id) == nullptr) order.push_back(id);
  }
  return order;
}

// Whether updates, deletions and creations lead to the order of `to`.
template <class Item>
bool reaches_order(const std::vector<Item>& from, const std::vector<Item>& to) {
  return std::ranges::equal(reached_order(from, to), to, {}, {},
                            [](const Item& item) { return base::unshared(item).id; });
}

void add_layer_commands(const Scene& from, const Scene& to, std::vector<Command>& commands) {
  for (const auto& layer : to.layers) {
    const auto* before = find_by_id(from.layers, layer->id);
    if (before == nullptr || *before == layer) continue;
    commands.push_back(update_of(*before, layer));
  }
  for (const auto& layer : from.layers) {
    if (find_by_id(to.layers, layer->id) != nullptr) continue;
    commands.push_back(command_of("layers.delete", with_id(layer->id)));
  }
  for (const auto& layer : to.layers) {
    if (find_by_id(from.layers, layer->id) != nullptr) continue;
    Value document = layer_codec().write(layer);
    // Without z_index, the new layer would be placed on top.
    document.set("z_index", Value::of(layer->z_index));
    commands.push_back(
        command_of("layers.create", Value::object().add("layer", std::move(document))));
  }
}

void add_track_commands(const Scene& from, const Scene& to, std::vector<Command>& commands) {
  for (const AudioTrack& track : from.audio) {
    if (find_by_id(to.audio, track.id) != nullptr) continue;
    commands.push_back(command_of("audio.remove", with_id(track.id)));
  }
  for (const AudioTrack& track : to.audio) {
    const AudioTrack* before = find_by_id(from.audio, track.id);
    if (before == nullptr) {
      commands.push_back(
          command_of("audio.add", Value::object().add("audio", audio_codec().write(track))));
      continue;
    }
    Value patch = merge_patch_between(audio_codec().write(*before), audio_codec().write(track));
    if (patch.members.empty()) continue;
    commands.push_back(
        command_of("audio.update", with_id(track.id).add("patch", std::move(patch))));
  }
}

// Gives the items of `to` the sources of those in `from` that may be the same.
template <class Item, class T>
void keep_sources(const std::vector<Item>& from, std::vector<Item>& to, const Codec<T>& codec) {
  for (Item& item : to) {
    const Item* before = find_by_id(from, base::unshared(item).id);
    if (before == nullptr || *before == item) continue;
    const Value document = codec.write(item);
    const Value same = with_same_sources(codec.shape, document, codec.write(*before));
    if (same == document) continue;
    Reader reader;
    if (auto read = codec.read(same, reader)) item = *std::move(read);
  }
}

// Either URL may be redacted; the two then count as equal.
bool is_same_output(const Output& a, const Output& b) {
  Output same = b;
  if (base::redacted_url(a.url) == b.url || a.url == base::redacted_url(b.url)) same.url = a.url;
  return a == same;
}

void add_output_commands(const Scene& from, const Scene& to, std::vector<Command>& commands) {
  for (const Output& output : from.outputs) {
    const Output* after = find_by_id(to.outputs, output.id);
    if (after != nullptr && is_same_output(output, *after)) continue;
    commands.push_back(command_of("outputs.remove", with_id(output.id)));
  }
  for (const Output& output : to.outputs) {
    const Output* before = find_by_id(from.outputs, output.id);
    if (before != nullptr && is_same_output(*before, output)) continue;
    commands.push_back(
        command_of("outputs.add", Value::object().add("output", output_codec().write(output))));
  }
}

Value head_of(const Scene& scene) {
  return scene_codec().write({scene.name, scene.canvas, scene.duration, scene.fonts, {}, {}, {}});
}

}  // namespace

std::vector<Command> commands_between(const Scene& from, const Scene& scene) {
  std::vector<Command> commands;
  Scene to = scene;
  keep_sources(from.layers, to.layers, layer_codec());
  keep_sources(from.audio, to.audio, audio_codec());
  if (!reaches_order(from.layers, to.layers) || !reaches_order(from.audio, to.audio)) {
    // No command reorders the list, and its order matters for equal z_index.
    return {command_of("scene.replace", Value::object().add("scene", scene_codec().write(to)))};
  }
  add_layer_commands(from, to, commands);
  add_track_commands(from, to, commands);
  add_output_commands(from, to, commands);
  Value head = merge_patch_between(head_of(from), head_of(to));
  if (!head.members.empty()) {
    commands.push_back(command_of("scene.patch", Value::object().add("patch", std::move(head))));
  }
  return commands;
}

}  // namespace layercast::scene
