#pragma once

#include "base/error.h"
#include "scene/command.h"
#include "scene/value.h"
#include "tools/common/option_table.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace layercast::tools {

/// What came of a command.
struct Reply {
  scene::Value result;
  scene::Value document;  ///< all of it: what --json prints
};

/// What commands are said to: a running daemon, or a scene file.
class Target {
 public:
  Target() = default;
  virtual ~Target() = default;
  Target(const Target&) = delete;
  Target& operator=(const Target&) = delete;

  /// The document of the whole scene, as scene::document_of() writes it; of a file without
  /// `revision`, `active` and `stream`.
  virtual base::Result<scene::Value> scene() = 0;
  /// `if_revision`: only if the scene is at it; a file has none. Errors: kNotFound for a layer or
  /// an output that is not there, kStale, what the command is refused with: a line for each fault.
  virtual base::Result<Reply> obey(const scene::Command& command,
                                   std::optional<int64_t> if_revision) = 0;
  /// The exit status of what one of these failed with.
  virtual int exit_status(const base::Error& error) const;
};

/// One of `errors` in a problem document, or a scene::FieldFault.
struct ToldFault {
  std::string pointer;
  std::string detail;
};

/// `layers/lot: opacity: 1.4 is …`, a line for each of `faults`; without any, `detail`.
std::string refusal_lines(const scene::Command& command, const std::vector<ToldFault>& faults,
                          const std::string& detail);

/// Exit status of what asks for a layer or an output that is not there.
inline constexpr int kNoSuchLayerStatus = 3;
/// Exit status when no daemon answers.
inline constexpr int kNoDaemonStatus = 4;

}  // namespace layercast::tools
