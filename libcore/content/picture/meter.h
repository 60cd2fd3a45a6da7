#pragma once

#include "base/error.h"
#include "base/geometry.h"
#include "base/time.h"
#include "content/picture/moving.h"
#include "content/picture/sound_probe.h"
#include "scene/model/scene.h"

#include <memory>
#include <optional>

namespace layercast::content {

/// Opens a meter. Its picture fills the box; the ends of bars and columns lie on whole pixels, so
/// that it is redrawn only when the level has changed by a pixel. Without a box, it has 320 × 120
/// px, or 160 × 160 px for a ring.
/// `start`: the stream time at which the layer begins. `probe`: null for silence.
/// Errors: kLimit for a box above the limits of a picture.
base::Result<std::unique_ptr<MovingContent>> open_meter(const scene::MeterContent& content,
                                                        std::optional<base::SizeF> box,
                                                        base::Duration start,
                                                        std::unique_ptr<SoundProbe> probe);

}  // namespace layercast::content
