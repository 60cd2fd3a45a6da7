#pragma once

#include "base/error.h"
#include "base/time.h"
#include "scene/live_state.h"
#include "scene/scene_file.h"
#include "scene/value.h"
#include "tools/common/option_table.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace layercast::tools {

/// All that the command line and the environment say.
struct StreamdSettings {
  std::vector<std::string> outputs;  ///< files as absolute paths
  scene::StreamSettings stream;
  scene::Value stream_patch = scene::Value::object();  ///< of it, what was said on the line
  std::string host = "127.0.0.1";
  int port = 8080;
  std::optional<std::string> token;
  std::string token_file;  ///< that it was read from
  std::vector<std::string> allowed_hosts;
  std::string scene_folder;  ///< absolute
  std::string assets_folder;
  std::string state_uri;
  std::string state_folder;  ///< for what belongs to the state beside it
  bool fresh = false;
  bool follow = false;
  bool watch = false;
  int threads = 1;
  std::optional<base::Duration> duration;
  bool print_config = false;
};

/// Errors: kInvalidInput naming the option; kIo for a token file that cannot be read.
base::Result<StreamdSettings> streamd_settings(const Arguments& arguments,
                                               const scene::SceneFile& file);

/// What --print-config prints: no token, no password, no stream key.
scene::Value config_document(const StreamdSettings& settings, const scene::SceneFile& file);

/// What the ids of outputs that stand on the command line begin with.
inline constexpr std::string_view kLineOutput = "cli-";

/// The outputs that stand on the command line.
std::vector<scene::Output> line_outputs(const StreamdSettings& settings);

/// The state that a scene begins with when none was kept.
scene::LiveState initial_state(const StreamdSettings& settings, const scene::SceneFile& file);

}  // namespace layercast::tools
