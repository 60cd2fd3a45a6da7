#pragma once

#include "base/error.h"

#include <cstdint>
#include <string>

namespace layercast::stream {

/// A content of the live scene that cannot be shown or heard now.
struct LayerFailure {
  enum class Kind : uint8_t {
    kContent,  ///< of a layer, or the sound of its video
    kFeed,     ///< a live source of a layer, which has no picture now
    kSound,    ///< of `audio`
  };
  Kind kind = Kind::kContent;
  std::string id;  ///< of the layer or sound
  base::Error error;
};

}  // namespace layercast::stream
