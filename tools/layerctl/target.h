#pragma once

#include "base/error.h"
#include "scene/live/command_codec.h"
#include "scene/wire/value.h"
#include "tools/common/option_table.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace layercast::tools {

/// The result of a command.
struct Reply {
  scene::Value result;
  scene::Value document;  ///< the whole answer, printed by --json
};

/// The target of commands: a running daemon or a scene file.
class Target {
 public:
  Target() = default;
  virtual ~Target() = default;
  Target(const Target&) = delete;
  Target& operator=(const Target&) = delete;

  /// The document of the whole scene as scene::document_of() writes it; a file has no `revision`,
  /// `active` and `stream`.
  virtual base::Result<scene::Value> scene() = 0;
  /// Executes a command. `if_revision`: only if the scene is at that revision; ignored for files.
  /// Errors: kNotFound for an unknown layer or output, kStale, or the refusal with one line per
  /// fault.
  virtual base::Result<Reply> execute(const scene::CommandDocument& command,
                                      std::optional<int64_t> if_revision) = 0;
  /// The exit status for an error of these functions.
  virtual int exit_status(const base::Error& error) const;
};

/// An entry of `errors` in a problem document, or a scene::FieldFault.
struct ToldFault {
  std::string pointer;
  std::string detail;
};

/// `layers/lot: opacity: 1.4 is …`: one line for each fault; `detail` when there are none.
std::string refusal_lines(const scene::CommandDocument& command,
                          const std::vector<ToldFault>& faults, const std::string& detail);

/// Exit status for an unknown layer or output.
inline constexpr int kNoSuchLayerStatus = 3;
/// Exit status when no daemon answers.
inline constexpr int kNoDaemonStatus = 4;

}  // namespace layercast::tools
