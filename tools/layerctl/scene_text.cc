#include "tools/layerctl/scene_text.h"

#include "scene/live/live_codec.h"
#include "scene/model/find_by_id.h"
#include "scene/model/scene_settings.h"
#include "scene/wire/merge_patch.h"
#include "scene/wire/scene_file.h"
#include "scene/wire/scene_tables.h"
#include "scene/wire/yaml_codec.h"
#include "tools/layerctl/yaml_text.h"

#include <algorithm>
#include <utility>

namespace layercast::tools {
namespace {

using scene::CommandDocument;
using scene::find_by_id;
using scene::Scene;
using scene::Value;

/// Edits the text of a scene so that it contains another scene.
class Editing {
 public:
  Editing(std::string_view text, const Scene& before, const Scene& after,
          const CommandDocument& command)
      : text_(text), before_(before), after_(after), command_(command) {}

  bool run() { return edit_head() && edit_layers() && edit_tracks() && edit_outputs(); }
  const std::string& text() const { return text_.text(); }

 private:
  static Value head_document(const Scene& scene) {
    return scene::scene_document(scene::head_of(scene), scene::Secrets::kShown);
  }

  // Canvas values of the command are written even if they are defaults.
  bool edit_head() {
    Value patch = scene::merge_patch_between(head_document(before_), head_document(after_));
    const Value* given = command_.params.find("patch");
    if (command_.method == "stream.configure" && given != nullptr) {
      Value canvas = Value::object();
      for (const std::string_view key : {"width", "height", "fps"}) {
        if (const Value* found = given->find(key)) canvas.add(key, *found);
      }
      patch = Value::object().add("canvas", std::move(canvas));
    }
    return text_.merge({}, patch);
  }

  // The command's own patch where possible, to keep the user's spelling.
  Value layer_patch(const scene::Layer& from, const scene::Layer& to) const {
    const Value* id = command_.params.find("id");
    const Value* patch = command_.params.find("patch");
    if (command_.method == "layers.update" && id != nullptr && id->text == to.id &&
        patch != nullptr) {
      return *patch;
    }
    return scene::merge_patch_between(scene::layer_document(from, scene::Secrets::kShown),
                                      scene::layer_document(to, scene::Secrets::kShown));
  }

  std::optional<size_t> place_of_layer(const std::string& id) const {
    return place_in("layers", id);
  }

  std::optional<size_t> place_in(const char* list, const std::string& id) const {
    const Value* layers = text_.find({list});
    if (layers == nullptr) return std::nullopt;
    for (size_t i = 0; i < layers->items.size(); ++i) {
      const Value* found = layers->items[i].find("id");
      if (found != nullptr && found->text == id) return i;
    }
    return std::nullopt;
  }

  // Appends new animations and leaves the others as they are written.
  bool append_animations(const DocumentPath& layer, const scene::Layer& from,
                         const scene::Layer& to) {
    const size_t count = from.animations.size();
    scene::Layer rest = from;
    rest.animations = to.animations;
    const bool is_only_longer =
        count > 0 && to.animations.size() > count && rest == to &&
        std::equal(from.animations.begin(), from.animations.end(), to.animations.begin());
    if (!is_only_longer) return false;
    DocumentPath list = layer;
    list.emplace_back("animations");
    const Value document = scene::layer_document(to, scene::Secrets::kShown);
    const Value* animations = document.find("animations");
    for (size_t i = count; i < animations->items.size(); ++i) {
      if (!text_.append(list, animations->items[i])) return false;
    }
    return true;
  }

  bool edit_layers() {
    for (const auto& layer : before_.layers) {
      const auto place = place_of_layer(layer->id);
      if (!place) return false;
      const auto* after = find_by_id(after_.layers, layer->id);
      if (after == nullptr) {
        if (!text_.remove({"layers"}, *place)) return false;
      } else if (*after != layer) {
        const DocumentPath path{"layers", *place};
        if (append_animations(path, layer, *after)) continue;
        if (!text_.merge(path, layer_patch(layer, *after))) return false;
      }
    }
    for (const auto& layer : after_.layers) {
      if (find_by_id(before_.layers, layer->id) != nullptr) continue;
      if (!text_.append({"layers"}, scene::layer_document(layer, scene::Secrets::kShown)))
        return false;
    }
    return true;
  }

  bool edit_tracks() {
    const auto& write = scene::audio_codec().write;
    for (const scene::AudioTrack& track : before_.audio) {
      const auto place = place_in("audio", track.id);
      if (!place) return false;
      const auto* after = find_by_id(after_.audio, track.id);
      const bool is_done =
          after == nullptr ? text_.remove({"audio"}, *place)
                           : text_.merge({"audio", *place},
                                         scene::merge_patch_between(write(track), write(*after)));
      if (!is_done) return false;
    }
    for (const scene::AudioTrack& track : after_.audio) {
      if (find_by_id(before_.audio, track.id) != nullptr) continue;
      const bool is_done =
          text_.find({"audio"}) != nullptr
              ? text_.append({"audio"}, write(track))
              : text_.merge({}, Value::object().add("audio", Value::array({write(track)})));
      if (!is_done) return false;
    }
    return true;
  }

  // From back to front, so that indices stay valid.
  bool edit_outputs() {
    if (before_.outputs == after_.outputs) return true;
    size_t first_gone = before_.outputs.size();
    for (size_t i = before_.outputs.size(); i-- > 0;) {
      if (find_by_id(after_.outputs, before_.outputs[i].id) == nullptr) first_gone = i;
    }
    for (size_t i = before_.outputs.size(); i-- > 0;) {
      const scene::Output& output = before_.outputs[i];
      const auto* after = find_by_id(after_.outputs, output.id);
      const DocumentPath path{"outputs", i};
      if (after == nullptr) {
        if (!text_.remove({"outputs"}, i)) return false;
        continue;
      }
      Value patch =
          scene::merge_patch_between(scene::output_document(output, scene::Secrets::kShown),
                                     scene::output_document(*after, scene::Secrets::kShown));
      // An output without an id is named by its index, which changes here.
      if (i > first_gone) patch.add("id", Value::of(output.id));
      if (!text_.merge(path, patch)) return false;
    }
    for (const scene::Output& output : after_.outputs) {
      if (find_by_id(before_.outputs, output.id) != nullptr) continue;
      const Value document = scene::output_document(output, scene::Secrets::kShown);
      const bool is_done =
          text_.find({"outputs"}) != nullptr
              ? text_.append({"outputs"}, document)
              : text_.merge({}, Value::object().add("outputs", Value::array({document})));
      if (!is_done) return false;
    }
    return true;
  }

  YamlText text_;
  const Scene& before_;
  const Scene& after_;
  const CommandDocument& command_;
};

}  // namespace

std::optional<std::string> edited_scene_text(std::string_view text, const Scene& before,
                                             const Scene& after, const CommandDocument& command) {
  Editing editing(text, before, after, command);
  if (!editing.run()) return std::nullopt;
  const auto read = scene::parse_scene(editing.text(), "");
  if (!read || read.value().scene != after) return std::nullopt;
  return editing.text();
}

bool has_comments(std::string_view text) {
  for (size_t at = text.find('#'); at != std::string_view::npos; at = text.find('#', at + 1)) {
    if (at == 0 || text[at - 1] == ' ' || text[at - 1] == '\t' || text[at - 1] == '\n') return true;
  }
  return false;
}

std::string flow_text(const Value& value) {
  std::string text;
  if (value.is(Value::Kind::kObject)) {
    for (const auto& member : value.members) {
      text += (text.empty() ? "" : ", ") + flow_text(Value::of(member.key)) + ": " +
              flow_text(member.value);
    }
    return "{" + text + "}";
  }
  if (value.is(Value::Kind::kArray)) {
    for (const Value& item : value.items) {
      text += (text.empty() ? "" : ", ") + flow_text(item);
    }
    return "[" + text + "]";
  }
  // Written as the value of a member, whose line contains nothing else.
  text = scene::write_yaml(Value::object().add("v", value));
  constexpr size_t kBefore = 3;
  return text.substr(kBefore, text.size() - kBefore - 1);
}

}  // namespace layercast::tools
