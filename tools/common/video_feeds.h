#pragma once

#include "render/renderer.h"

namespace layercast::tools {

/// Opens the videos of a scene with libav.
render::FeedOpener feed_opener();

}  // namespace layercast::tools
