#pragma once

#include "content/picture/sound_probe.h"
#include "render/renderer.h"
#include "scene/wire/scene_file.h"

#include <memory>
#include <vector>

namespace layercast::stream {

/// The sounds of a scene file, for the meters and characters that follow them offline. Mixes the
/// sound itself, apart from an encoded sound track, and only up to what is measured.
/// Exact: a measurement does not depend on earlier ones. One that lies more than four seconds
/// before the newest one mixes from there again. Thread: one at a time, with the probes.
class OfflineSound {
 public:
  explicit OfflineSound(const scene::SceneFile& file);
  ~OfflineSound();

  /// Opens probes, which may outlive this object.
  content::ProbeOpener opener() const;

  /// The tracks that cannot be played and are therefore silent, since the last call. Known after a
  /// probe has measured.
  std::vector<render::ContentFailure> take_failures();

 private:
  class Mix;
  class Samples;
  std::shared_ptr<Mix> mix_;
};

}  // namespace layercast::stream
