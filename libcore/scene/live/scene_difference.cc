#include "base/redaction.h"
#include "scene/live/command.h"
#include "scene/model/find_by_id.h"
#include "scene/model/mask_chain.h"
#include "scene/model/scene_settings.h"
#include "scene/model/sound_names.h"
#include "scene/wire/codec.h"
#include "scene/wire/merge_patch.h"
#include "scene/wire/scene_tables.h"
#include "scene/wire/source_secrets.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

namespace layercast::scene {
namespace {

Change update_of(const Layer& from, const Layer& to) {
  const Value before = layer_codec().write(from);
  const Value after = layer_codec().write(to);
  Value patch = merge_patch_between(before, after);
  Reader reader;
  const auto patched = layer_codec().read(merge_patched(before, patch), reader);
  // A patch cannot change the order of a mapping, which matters in metadata.
  if (patched == to) return UpdateLayer{to.id, {std::move(patch)}};
  return ReplaceLayer{to.id, to};
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

// Whether a layer of `to` follows a sound that is added or replaced by one of the other kind:
// single changes would refuse the layer before that, or silence it meanwhile.
bool follows_new_sound(const Scene& from, const Scene& to) {
  return std::ranges::any_of(to.layers, [&](const auto& layer) {
    const std::string* name = followed_sound(layer->content);
    if (name == nullptr || is_fixed_sound(*name)) return false;
    const auto stays = [&](const auto& before, const auto& after) {
      return find_by_id(before, *name) != nullptr && find_by_id(after, *name) != nullptr;
    };
    return !stays(from.layers, to.layers) && !stays(from.audio, to.audio);
  });
}

void add_layer_changes(const Scene& from, const Scene& to, std::vector<Change>& changes) {
  for (const auto& layer : to.layers) {
    const auto* before = find_by_id(from.layers, layer->id);
    if (before == nullptr || *before == layer) continue;
    changes.push_back(update_of(*before, layer));
  }
  for (const auto& layer : from.layers) {
    if (find_by_id(to.layers, layer->id) != nullptr) continue;
    changes.emplace_back(DeleteLayer{layer->id});
  }
  for (const auto& layer : to.layers) {
    if (find_by_id(from.layers, layer->id) != nullptr) continue;
    changes.emplace_back(CreateLayer{layer, false});
  }
}

void add_track_changes(const Scene& from, const Scene& to, std::vector<Change>& changes) {
  for (const AudioTrack& track : from.audio) {
    if (find_by_id(to.audio, track.id) != nullptr) continue;
    changes.emplace_back(RemoveTrack{track.id});
  }
  for (const AudioTrack& track : to.audio) {
    const AudioTrack* before = find_by_id(from.audio, track.id);
    if (before == nullptr) {
      changes.emplace_back(AddTrack{track});
      continue;
    }
    Value patch = merge_patch_between(audio_codec().write(*before), audio_codec().write(track));
    if (patch.members.empty()) continue;
    changes.emplace_back(UpdateTrack{track.id, {std::move(patch)}});
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
  if (base::redacted_url(a.url, base::UrlUse::kOutput) == b.url ||
      a.url == base::redacted_url(b.url, base::UrlUse::kOutput))
    same.url = a.url;
  return a == same;
}

void add_output_changes(const Scene& from, const Scene& to, std::vector<Change>& changes) {
  for (const Output& output : from.outputs) {
    const Output* after = find_by_id(to.outputs, output.id);
    if (after != nullptr && is_same_output(output, *after)) continue;
    changes.emplace_back(RemoveOutput{output.id});
  }
  for (const Output& output : to.outputs) {
    const Output* before = find_by_id(from.outputs, output.id);
    if (before != nullptr && is_same_output(*before, output)) continue;
    changes.emplace_back(AddOutput{output});
  }
}

}  // namespace

std::vector<Change> changes_between(const Scene& from, const Scene& scene) {
  std::vector<Change> changes;
  Scene to = scene;
  keep_sources(from.layers, to.layers, layer_codec());
  keep_sources(from.audio, to.audio, audio_codec());
  const bool keeps_order =
      reaches_order(from.layers, to.layers) && reaches_order(from.audio, to.audio);
  if (!keeps_order || mask_layers_of(from.layers) != mask_layers_of(to.layers) ||
      follows_new_sound(from, to)) {
    // No other change reorders a list, and its order matters for equal z_index. A mask layer must
    // exist before a layer that it masks, and as long as that.
    return {ReplaceScene{std::move(to), false, std::nullopt}};
  }
  add_layer_changes(from, to, changes);
  add_track_changes(from, to, changes);
  add_output_changes(from, to, changes);
  Value head =
      merge_patch_between(scene_codec().write(head_of(from)), scene_codec().write(head_of(to)));
  if (!head.members.empty()) changes.emplace_back(PatchScene{{std::move(head)}});
  return changes;
}

}  // namespace layercast::scene
