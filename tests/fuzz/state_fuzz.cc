// Any rows of a state store, as another program or a damaged file may leave them: a line with the
// header, then lines with the id of a layer, a space and the layer. The state is refused, or it is
// written and read back the same. Where damaged parts are left out, the rest reads without them.

#include "base/check.h"
#include "layers/schedule.h"
#include "scene/live/live_codec.h"
#include "scene/live/live_state.h"
#include "scene/wire/json_codec.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace layers = layercast::layers;
namespace scene = layercast::scene;

namespace {

std::string_view take_line(std::string_view& text) {
  const size_t end = std::min(text.find('\n'), text.size());
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

scene::LiveStateTexts rows_of(std::string_view text) {
  scene::LiveStateTexts rows{std::string(take_line(text)), {}};
  while (!text.empty()) {
    const std::string_view line = take_line(text);
    const size_t blank = std::min(line.find(' '), line.size());
    rows.layers.emplace_back(line.substr(0, blank), line.substr(std::min(blank + 1, line.size())));
  }
  return rows;
}

scene::LiveStateTexts rows_of(const scene::LiveState& state) {
  scene::LiveStateTexts rows{scene::header_text(state), {}};
  for (size_t i = 0; i < state.scene.layers.size(); ++i) {
    const scene::RunningLayer layer = scene::running_layer(state, i);
    rows.layers.emplace_back(layer.layer.id, scene::layer_text(layer));
  }
  return rows;
}

void check_round_trip(const scene::LiveState& state) {
  const auto again = scene::live_state_from(rows_of(state), state.revision);
  LAYERCAST_CHECK(again.ok());
  LAYERCAST_CHECK(again.value() == state);
}

// The header also has the commands that wait for their time.
void check_schedule(const std::string& header) {
  const scene::JsonDocument document = scene::read_json(header);
  const scene::Value* stored = document.value.find("schedule");
  if (stored == nullptr) return;
  const auto schedule = layers::schedule_from(*stored);
  if (!schedule) {
    LAYERCAST_CHECK(!schedule.error().message.empty());
    return;
  }
  const scene::Value written = layers::value_of(schedule.value());
  const auto again = layers::schedule_from(written);
  LAYERCAST_CHECK(again.ok());
  LAYERCAST_CHECK(layers::value_of(again.value()) == written);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  const scene::LiveStateTexts rows = rows_of({reinterpret_cast<const char*>(bytes), size});
  check_schedule(rows.header);
  const auto strict = scene::live_state_from(rows, 1);
  if (strict) {
    check_round_trip(strict.value());
  } else {
    LAYERCAST_CHECK(!strict.error().message.empty());
  }
  std::vector<scene::UnreadablePart> unreadable;
  const auto lenient = scene::live_state_from(rows, 1, &unreadable);
  LAYERCAST_CHECK(lenient.ok() || !strict.ok());
  if (!lenient) return 0;
  for (const auto& part : unreadable) {
    LAYERCAST_CHECK(!part.name.empty() && !part.error.message.empty());
  }
  check_round_trip(lenient.value());
  return 0;
}
