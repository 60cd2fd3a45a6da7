#pragma once

#include "render/renderer.h"

#include <cstdint>

namespace layercast::tools {

/// How videos are decoded.
enum class Showing : uint8_t {
  kOffline,  ///< every frame exactly; decoding may use all threads
  kLive,     ///< without waiting; decoding yields to rendering and encoding
};

/// Opens the videos of a scene with libav: files and live sources. `threads`: decoder threads per
/// file with kOffline.
render::FeedOpener feed_opener(Showing showing, int threads);

}  // namespace layercast::tools
