#pragma once

#include "base/shared.h"
#include "base/time.h"
#include "render/layer_content.h"
#include "scene/live/live_state.h"
#include "scene/model/run_state.h"
#include "scene/model/scene.h"

#include <cstddef>
#include <string>
#include <vector>

/// Which contents a live state needs, and whether a content that was made for one state is valid
/// for another. Pure. Thread: any.
namespace layercast::stream {

/// A layer with its run state, which copies share.
struct SharedLayer {
  base::Shared<scene::Layer> layer;
  base::Shared<scene::LayerRun> run;

  scene::RunningLayer running() const { return {*layer, *run}; }
};

/// A layer of a state that may be visible, and the key of its content.
struct Wanted {
  std::string name;
  SharedLayer shared;
  size_t index;          ///< its place in the scene
  bool exits = false;    ///< whether the scene does not have it any more
  bool is_mask = false;  ///< the image of a mask, or an exiting layer that was a mask
};

/// The layers of the scene and the exiting ones that are not gone at `now`; layers of equal z_index
/// from far to near. The image of a mask is one more layer (render/mask_layer.h), just before the
/// layer that it masks.
std::vector<Wanted> layers_of(const scene::LiveState& state, base::Duration now);

/// The name of the layer among `wanted` that masks `layer` while that has the look `look`: an
/// exiting layer keeps the mask that it had, although a new layer may have its id. Empty: none.
std::string mask_of(const std::vector<Wanted>& wanted, const Wanted& layer,
                    const scene::Layer& look);

/// Whether a content made for `one` is also valid for `other`.
bool same_content(const SharedLayer& one, const SharedLayer& other);
/// Whether a content that is being made for `a` is also valid for `b`.
bool same_job(const SharedLayer& a, const SharedLayer& b);
/// Whether the content already has the filters of the layer, and the clip before them. Moving
/// contents are filtered when they are shown.
bool has_filters_of(const render::LayerContent& content, const SharedLayer& shared);

/// `layer` with the content of `kept`, which plays on: what a layer shows that keeps its old
/// content because the new one failed.
SharedLayer with_content_of(const SharedLayer& layer, const SharedLayer& kept);

/// Whether an image of the layer is at an http or https URL.
bool reads_pictures_from_web(const scene::Layer& layer);
bool is_video(const scene::Layer& layer);
/// Whether the content never waits for a file and is made quickly.
bool is_quick(const scene::Layer& layer);
/// Whether `b` is the character of `a` in another state, whose pictures are decoded already unless
/// that takes long.
bool is_change_of_state(const scene::Layer& a, const scene::Layer& b);

}  // namespace layercast::stream
