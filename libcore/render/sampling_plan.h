#pragma once

#include "base/geometry.h"
#include "base/time.h"
#include "compose/draw_list.h"
#include "content/picture/moving.h"
#include "render/evaluate.h"
#include "render/layer_content.h"
#include "render/resampled_pictures.h"
#include "scene/model/run_state.h"
#include "scene/model/scene.h"

#include <cstdint>
#include <optional>

/// Decides how the pictures of a layer are sampled for a frame; no other code does.
///
/// First the picture. A layer shows its own picture, unless that is not aligned and there is a
/// finer one, which sampling blurs less. Then the sampling, by the alignment of the chosen picture:
///
/// | alignment | layer                                   | sampling                               |
/// | --------- | --------------------------------------- | -------------------------------------- |
/// | aligned   | any                                     | native                                 |
/// | shifted   | a text that stays                       | snapped                                |
/// | shifted   | any other                               | per frame                              |
/// | scaled    | constant, stays                         | resampled onto whole pixels (1)        |
/// | scaled    | constant, moves, shows its own picture  | resampled, then moved per frame (1)    |
/// | scaled    | any other                               | per frame                              |
/// | turned    | any                                     | per frame                              |
///
/// (1) Per frame for a video, and for a result above the limits of a picture.
///
/// Before this, `content/picture/detail.h` decides at which resolutions a picture is made. After
/// it, the compositor draws the item: it copies a picture on a pixel boundary and samples any
/// other. It caches the samples of an item that has not changed for some frames; that changes no
/// pixel.
namespace layercast::render {

/// How the pixels of a picture lie on the pixels of the frame.
enum class Alignment : uint8_t {
  kAligned,  ///< unscaled, on a pixel boundary
  kShifted,  ///< unscaled, at a fractional position
  kScaled,   ///< scaled, but neither rotated nor mirrored
  kTurned,   ///< rotated, skewed or mirrored
};

/// The alignment of a picture with this map. Exact: compares without a tolerance; on_whole_pixels()
/// has removed rounding errors before.
Alignment alignment_of(const base::Affine& frame_from_picture);

/// How a picture becomes pixels of the frame.
enum class Sampling : uint8_t {
  kNative,     ///< copied
  kSnapped,    ///< moved to the nearest pixel boundary, then copied
  kResampled,  ///< replaced by a picture of the final size, which is made once and cached
  kPerFrame,   ///< sampled in every frame that shows it: bilinear, from a mip level
};

/// Which of the pictures of a part is shown.
enum class SourcePicture : uint8_t { kOwn, kFiner };

/// A decision of sampling_plan().
struct SamplingPlan {
  SourcePicture picture = SourcePicture::kOwn;
  Sampling sampling = Sampling::kPerFrame;
  bool operator==(const SamplingPlan&) const = default;
};

/// A picture in the frame.
struct PlacedPicture {
  base::SizeI size;
  base::Affine frame_from_picture{};
  bool is_video = false;  ///< YUV planes
};

/// The properties of a layer at an instant that decide how its pictures are sampled.
struct LayerSampling {
  bool stays = false;  ///< no animation, enter, exit or transition moves, scales or rotates it
  bool is_constant = false;  ///< shows one picture at one scale: resampling it once pays
  bool is_text = false;
};

/// Whether the layer is not rotated and keeps its scale of `time`: its animations never change the
/// scale, and a running enter, exit or transition does not either.
bool keeps_its_scale(const scene::RunningLayer& layer, const base::SceneTime& time);

/// The sampling properties of a layer that shows `content` at `time`.
LayerSampling layer_sampling(const scene::RunningLayer& layer, const LayerContent& content,
                             const base::SceneTime& time);

/// Decides by the table above. `finer`: the finer picture; null if there is none.
SamplingPlan sampling_plan(const PlacedPicture& own, const PlacedPicture* finer,
                           const LayerSampling& layer);

/// draw_item() with the picture and the place that sampling_plan() chooses; nullopt if the part is
/// not visible. Resampled pictures come from `resampled`.
std::optional<compose::DrawItem> sampled_item(const scene::Layer& layer, const PlacedLayer& placed,
                                              const content::Part& part,
                                              const LayerSampling& sampling,
                                              ResampledPictures& resampled);

}  // namespace layercast::render
