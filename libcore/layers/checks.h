#pragma once

#include "base/error.h"
#include "layers/permission.h"
#include "scene/live/live_state.h"

#include <functional>
#include <optional>
#include <utility>
#include <vector>

namespace layercast::layers {

/// What must be known before a command can be applied, and takes long to find out.
struct Questions {
  std::optional<scene::LiveState> encoding;  ///< can its canvas, outputs and stream be encoded?
  std::vector<FileName> names;               ///< may a network client name these?
};

/// The answers for one command. They stay valid, whatever other commands change meanwhile.
class Checks {
 public:
  /// The objection to the encoding of `state`; nullptr: not checked yet.
  const std::optional<base::Error>* objection_to(const scene::LiveState& state) const;
  /// Whether a network client may name the file; nullopt: not checked yet.
  std::optional<bool> is_allowed(const FileName& name) const;

 private:
  friend class Checker;

  std::optional<std::pair<scene::LiveState, std::optional<base::Error>>> encoding_;
  std::vector<std::pair<FileName, bool>> names_;
};

/// Whether the canvas, outputs or stream settings differ.
bool encodes_otherwise(const scene::LiveState& before, const scene::LiveState& after);

/// Answers questions: opens encoders and looks at disks. Thread: any; it may block, so call it
/// without locks.
class Checker {
 public:
  using Objection = std::function<std::optional<base::Error>(const scene::LiveState& state)>;

  /// `objection`: as in LayerManagerOptions; absent: no state is objected to.
  Checker(Objection objection, Folders folders)
      : objection_(std::move(objection)), folders_(std::move(folders)) {}

  bool checks_encoding() const { return objection_ != nullptr; }
  void answer(Questions questions, Checks& checks) const;

 private:
  const Objection objection_;
  const Folders folders_;
};

}  // namespace layercast::layers
