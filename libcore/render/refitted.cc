#include "render/refitted.h"

#include "content/picture/fit.h"
#include "frame/any_picture.h"
#include "scene/eval/animated_size.h"

#include <type_traits>
#include <variant>

namespace layercast::render {
namespace {

bool scrolls(const scene::Layer& layer) { return scene::scroll_of(layer.animations) != nullptr; }

template <class Content>
constexpr bool kIsDrawn =
    std::is_same_v<Content, scene::TextContent> || std::is_same_v<Content, scene::ShapeContent> ||
    std::is_same_v<Content, scene::ColorContent>;

base::RectF extent_of(const content::Part& part) {
  const base::SizeI size = frame::size_of(part.picture);
  return base::bounds_of(part.box_from_picture,
                         {0, 0, static_cast<double>(size.width), static_cast<double>(size.height)});
}

}  // namespace

bool is_drawn_for_size(const scene::Layer& layer) {
  const auto is_it = [](const auto& content) { return kIsDrawn<std::decay_t<decltype(content)>>; };
  return !scrolls(layer) && std::visit(is_it, layer.content);
}

std::optional<scene::Fit> fit_of(const scene::Layer& layer) {
  if (scrolls(layer)) return std::nullopt;
  return std::visit(
      [](const auto& content) -> std::optional<scene::Fit> {
        using Type = std::decay_t<decltype(content)>;
        if constexpr (requires { content.fit; }) {
          return content.fit;
        } else if constexpr (kIsDrawn<Type> || std::is_same_v<Type, scene::ChatContent>) {
          return std::nullopt;
        } else {
          return scene::Fit::kContain;
        }
      },
      layer.content);
}

bool is_made_whole(const scene::RunningLayer& layer) {
  const bool is_of_pictures = std::visit(
      [](const auto& content) {
        using Type = std::decay_t<decltype(content)>;
        return std::is_same_v<Type, scene::ImageContent> ||
               std::is_same_v<Type, scene::GifContent> ||
               std::is_same_v<Type, scene::SpriteContent> ||
               std::is_same_v<Type, scene::FramesContent>;
      },
      layer.layer.content);
  const auto fit = fit_of(layer.layer);
  const bool cuts = fit && *fit != scene::Fit::kFill && *fit != scene::Fit::kContain;
  return is_of_pictures && cuts && layer.layer.size && scene::changes_size(layer);
}

void refit(scene::Fit fit, base::SizeF box, std::vector<content::Part>& parts) {
  if (parts.empty()) return;
  const base::RectF before = extent_of(parts.front());
  const base::SizeF natural{before.right - before.left, before.bottom - before.top};
  const base::SizeF scale = content::fitted_scale(natural, fit, box);
  const base::Affine map = base::translation((box.width - natural.width * scale.width) / 2,
                                             (box.height - natural.height * scale.height) / 2) *
                           base::scaling(scale.width, scale.height) *
                           base::translation(-before.left, -before.top);
  for (content::Part& part : parts) {
    part.box_from_picture = map * part.box_from_picture;
    part.box_from_finer = map * part.box_from_finer;
    part.is_cut_to_box = true;
  }
}

}  // namespace layercast::render
