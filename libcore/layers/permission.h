#pragma once

#include "base/source_hosts.h"
#include "scene/live/command.h"
#include "scene/model/scene.h"
#include "scene/wire/codec.h"

#include <string>
#include <vector>

/// What a command from the network may name: files of the assets folder, symbolic links resolved,
/// and URLs of known schemes; sources and images only at public addresses, or at allowed hosts, and
/// no URL that makes the machine listen. base::ClientLimits hold the same rules at each use. Names
/// that the scene already has are allowed. The FileRole of each field in the tables determines what
/// is a file or URL.
namespace layercast::layers {

/// The limits of the names in commands from the network.
struct Folders {
  std::string scene;          ///< base of relative paths
  std::string assets;         ///< the folder that may be read and written
  base::SourceHosts hosts{};  ///< of sources and images
};

/// A file or a URL that an item of a scene names.
struct FileName {
  scene::FileRole role = scene::FileRole::kNone;
  std::string text;
  bool operator==(const FileName&) const = default;
};

/// The names of the items of `after` that the same items of `before` do not have.
std::vector<FileName> new_names(const scene::Scene& before, const scene::Scene& after);
/// `names` without those that some item of `scene` has for the same use.
std::vector<FileName> without_known_names(std::vector<FileName> names, const scene::Scene& scene);

/// The outputs of `after` whose servers are not verified and that `before` does not send to the
/// same servers in this way: only the daemon's own machine decides which servers need no
/// certificate.
std::vector<std::string> new_insecure_outputs(const scene::Scene& before,
                                              const scene::Scene& after);
/// The refusal of a command from the network that adds these outputs, of which there is at least
/// one.
scene::Refusal refusal_of_insecure(const std::vector<std::string>& outputs);

/// Whether a network client may name it. Looks at the disk, and may block.
bool is_allowed(const FileName& name, const Folders& folders);

/// The refusal of a command that adds `forbidden` names, of which there is at least one.
scene::Refusal refusal_of_names(const scene::Command& command,
                                const std::vector<FileName>& forbidden);

}  // namespace layercast::layers
