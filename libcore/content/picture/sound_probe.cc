#include "content/picture/sound_probe.h"

#include "base/floor_division.h"

namespace layercast::content {

int64_t step_at(const base::SceneTime& time, base::Duration start) {
  const base::Duration passed = time.floor() + start;
  return base::floor_divided(passed.count(), SoundProbe::kStep.count()).quotient;
}

}  // namespace layercast::content
