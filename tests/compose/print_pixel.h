#pragma once

#include "frame/image.h"

#include <ostream>

namespace layercast::frame {

/// How a failed test shows a pixel.
inline std::ostream& operator<<(std::ostream& out, PremulRgba8 pixel) {
  return out << "premultiplied(" << int{pixel.red} << ", " << int{pixel.green} << ", "
             << int{pixel.blue} << ", " << int{pixel.alpha} << ")";
}
inline std::ostream& operator<<(std::ostream& out, StraightRgba8 pixel) {
  return out << "rgba(" << int{pixel.red} << ", " << int{pixel.green} << ", " << int{pixel.blue}
             << ", " << int{pixel.alpha} << ")";
}

}  // namespace layercast::frame
