// Any bytes as JSON: what is read is written, and read back the same.

#include "base/check.h"
#include "scene/wire/json_codec.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace scene = layercast::scene;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  const scene::JsonDocument document =
      scene::read_json({reinterpret_cast<const char*>(bytes), size});
  if (!document.faults.empty()) return 0;
  for (const int indent : {0, 2}) {
    const scene::JsonDocument again = scene::read_json(scene::write_json(document.value, indent));
    LAYERCAST_CHECK(again.faults.empty());
    LAYERCAST_CHECK(again.value == document.value);
  }
  return 0;
}
