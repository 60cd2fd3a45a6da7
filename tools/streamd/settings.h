#pragma once

#include "base/error.h"
#include "base/source_hosts.h"
#include "base/time.h"
#include "control/access_tokens.h"
#include "scene/live/live_state.h"
#include "scene/wire/scene_file.h"
#include "scene/wire/value.h"
#include "tools/common/decoding.h"
#include "tools/common/option_table.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace layercast::tools {

/// The settings from the command line and the environment.
struct StreamdSettings {
  std::vector<std::string> outputs;  ///< files have absolute paths
  scene::StreamSettings stream;
  scene::Value stream_patch = scene::Value::object();  ///< the stream options that were given
  std::string host = "127.0.0.1";                      ///< empty: no TCP
  int port = 8080;
  std::string socket_path;                   ///< of the Unix socket, absolute; empty: none
  std::vector<control::AccessToken> tokens;  ///< at the start; empty: none is needed
  std::string token_file;                    ///< the file of the tokens
  std::vector<std::string> allowed_hosts;
  std::vector<std::string> allowed_sources;  ///< as given
  base::SourceHosts source_hosts;            ///< of `allowed_sources`
  std::string scene_folder;                  ///< absolute
  std::string assets_folder;
  std::string state_uri;
  std::string state_folder;  ///< for files that belong to the state
  DecodingSettings decoding;
  bool fresh = false;
  bool follow = false;
  bool watch = false;
  int threads = 1;
  std::optional<base::Duration> duration;
  bool print_config = false;
};

/// Parses the settings. Errors: kInvalidInput, naming the option; kIo for an unreadable token file.
base::Result<StreamdSettings> streamd_settings(const Arguments& arguments,
                                               const scene::SceneFile& file);

/// The document that --print-config prints, without tokens, passwords and stream keys.
scene::Value config_document(const StreamdSettings& settings, const scene::SceneFile& file);

/// The id prefix of outputs from the command line.
inline constexpr std::string_view kLineOutput = "cli-";

/// The outputs from the command line.
std::vector<scene::Output> line_outputs(const StreamdSettings& settings);

/// The initial state of a scene without a stored state.
scene::LiveState initial_state(const StreamdSettings& settings, const scene::SceneFile& file);

}  // namespace layercast::tools
