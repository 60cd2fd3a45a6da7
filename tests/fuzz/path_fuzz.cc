// Any bytes as the data of an SVG path: points that are numbers, or a reason.

#include "base/check.h"
#include "content/picture/path_data.h"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace content = layercast::content;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  const auto path = content::parse_path_data({reinterpret_cast<const char*>(bytes), size});
  if (!path) {
    LAYERCAST_CHECK(!path.error().message.empty());
    return 0;
  }
  for (const content::PathSegment& segment : path.value()) {
    for (const auto& point : segment.points) {
      LAYERCAST_CHECK(std::isfinite(point.x) && std::isfinite(point.y));
    }
  }
  return 0;
}
