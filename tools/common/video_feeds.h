#pragma once

#include "render/renderer.h"

#include <cstdint>

namespace layercast::tools {

/// How videos are shown.
enum class Showing : uint8_t {
  kOffline,  ///< Each frame exactly; decoding may use as many threads as there are.
  kLive,     ///< Nothing is waited for, and decoding leaves the processors to what is due.
};

/// Opens the videos of a scene with libav: files, and what plays by itself. `threads`: that may
/// decode one file offline.
render::FeedOpener feed_opener(Showing showing, int threads);

}  // namespace layercast::tools
