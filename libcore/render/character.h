#pragma once

#include "base/error.h"
#include "content/moving.h"
#include "content/picture_pool.h"
#include "content/rasterizer.h"
#include "content/video.h"
#include "scene/run_state.h"
#include "scene/scene.h"
#include "scene/scene_file.h"

#include <cstdint>
#include <memory>

namespace layercast::render {

/// Whether states that do not play are decoded, too, so that a change of state takes no time.
enum class Foresight : uint8_t { kNone, kStates };

/// What characters are made with.
struct CharacterMeans {
  const scene::SceneFile& file;
  const content::FeedOpener& open_feed;
  content::PicturePool& pool;
  content::Rasterizer& rasterizer;
  Foresight foresight = Foresight::kNone;
};

/// The character of `layer`: the animation that its state names, or else its source, contained in
/// the layer box, or in the source's own size where it has none; the texture multiplied over every
/// picture. From `fade_start` on it fades from what was before, by a weighted sum of the two.
/// Null for one that stands still. Errors: of what shows, and of the source where its size is
/// wanted; `where` is the path.
base::Result<std::unique_ptr<content::MovingContent>> open_character(
    const scene::CharacterContent& content, const scene::RunningLayer& layer,
    const CharacterMeans& means);

}  // namespace layercast::render
