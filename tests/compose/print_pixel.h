#pragma once

#include "frame/image.h"

#include <ostream>

namespace layercast::frame {

/// How a failed test shows a pixel.
inline void PrintTo(PremulRgba8 pixel, std::ostream* out) {
  *out << "premultiplied(" << int{pixel.red} << ", " << int{pixel.green} << ", " << int{pixel.blue}
       << ", " << int{pixel.alpha} << ")";
}
inline void PrintTo(StraightRgba8 pixel, std::ostream* out) {
  *out << "rgba(" << int{pixel.red} << ", " << int{pixel.green} << ", " << int{pixel.blue} << ", "
       << int{pixel.alpha} << ")";
}

}  // namespace layercast::frame
