#include "scene/live/command.h"

#include <algorithm>
#include <type_traits>
#include <utility>

namespace layercast::scene {
namespace {

// The id of the layer or sound that a change names; nullopt: it may change any of them.
std::optional<std::string> name_in(const Change& change) {
  return std::visit(
      [](const auto& each) -> std::optional<std::string> {
        using Each = std::remove_cvref_t<decltype(each)>;
        constexpr bool kIsWhole =
            std::is_same_v<Each, ReplaceScene> || std::is_same_v<Each, PatchScene> ||
            std::is_same_v<Each, StartStream> || std::is_same_v<Each, ConfigureStream>;
        if constexpr (kIsWhole) {
          return std::nullopt;
        } else if constexpr (std::is_same_v<Each, CreateLayer>) {
          return each.layer.id;
        } else if constexpr (std::is_same_v<Each, AddTrack>) {
          return each.track.id;
        } else if constexpr (std::is_same_v<Each, ActivateLayer>) {
          return each.id.value_or(std::string());
        } else if constexpr (requires { each.id; }) {
          return each.id;
        } else {
          return std::string();  // of outputs and the stream: no content
        }
      },
      change);
}

}  // namespace

std::optional<std::vector<std::string>> contents_named_by(const Command& command) {
  const auto* batch = std::get_if<Batch>(&command);
  const std::vector<Change> changes =
      batch != nullptr ? batch->changes : std::vector<Change>{std::get<Change>(command)};
  std::vector<std::string> names;
  for (const Change& change : changes) {
    auto name = name_in(change);
    if (!name) return std::nullopt;
    if (!name->empty()) names.push_back(*std::move(name));
  }
  return names;
}

}  // namespace layercast::scene
