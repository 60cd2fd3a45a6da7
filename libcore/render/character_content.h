#pragma once

#include "base/error.h"
#include "content/animation/picture_pool.h"
#include "content/animation/video.h"
#include "content/picture/moving.h"
#include "content/picture/sound_probe.h"
#include "content/rasterizer.h"
#include "scene/model/run_state.h"
#include "scene/model/scene.h"
#include "scene/model/scene_settings.h"

#include <cstdint>
#include <memory>

namespace layercast::render {

/// Whether states that do not play are also decoded, so that a change of state is immediate.
enum class Preload : uint8_t { kNone, kStates };

/// The context for building characters. Ownership: borrowed.
struct CharacterMeans {
  const scene::SceneSettings& settings;
  const content::FeedOpener& open_feed;
  content::PicturePool& pool;
  content::Rasterizer& rasterizer;
  const content::ProbeOpener& open_probe;  ///< absent: voices are silent
  Preload preload = Preload::kNone;
};

/// Opens the character of `layer`: the animation that its state names, or else its source,
/// contained in the layer box, or in the source's own size without a box. The texture is multiplied
/// with each picture. From `fade_start` on the character cross-fades from the previous state by a
/// weighted sum. While the state is one that `talking` chooses, the voice fades between its two
/// states in the same way. Null for a character without motion. Errors: those of the visible
/// animation, and of the source if its size is needed; `where` is the path.
base::Result<std::unique_ptr<content::MovingContent>> open_character(
    const scene::CharacterContent& content, const scene::RunningLayer& layer,
    const CharacterMeans& means);

}  // namespace layercast::render
