#pragma once

#include "base/shared.h"
#include "base/time.h"
#include "scene/model/animation.h"
#include "scene/model/filter.h"
#include "scene/model/scene.h"
#include "scene/model/stopwatch.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// The run state of a live scene: when layers, animations, states and messages began, and what
/// layers change from. Users do not write it; only commands change it, and the store keeps it. All
/// times are stream times, so a restart or another frame rate does not shift them.
namespace layercast::scene {

/// The values that a layer changes from while its transition plays. They change independently.
struct TransitionRun {
  std::optional<base::Duration> opacity_start;  ///< absent: the opacity does not change
  double opacity = 1;                           ///< at that time
  std::optional<base::Duration> transform_start;
  Transform transform;
  std::optional<base::Duration> filters_start = std::nullopt;
  std::vector<Filter> filters = {};
  std::optional<base::Duration> size_start = std::nullopt;
  LengthSize size = {};
  /// When the present content replaced another one, from which it fades.
  std::optional<base::Duration> content_start = std::nullopt;
  bool operator==(const TransitionRun&) const = default;
};

/// When the state of a character began, and what it fades from. Without `state_start`, the current
/// state began with the layer.
struct CharacterRun {
  std::optional<std::string> state_before;           ///< absent: the source
  std::optional<base::Duration> state_start;         ///< of the current state's animation
  std::optional<base::Duration> state_before_start;  ///< of the animation of `state_before`
  std::optional<base::Duration> fade_start;          ///< of the cross-fade; absent: `state_start`
  bool operator==(const CharacterRun&) const = default;
};

/// When a chat message without a timestamp appeared.
struct MessageRun {
  std::string id;
  base::Duration shown_at{};
  bool operator==(const MessageRun&) const = default;
};

/// The run state of one layer. The default is that of a layer in a file: everything begins at 0.
struct LayerRun {
  std::string id;
  /// When content and animations begin. Absent: the layer has not been shown yet; in a scene file:
  /// 0.
  std::optional<base::Duration> start;
  std::optional<base::Duration> shown_since;  ///< when it was last shown; absent: `start`
  /// When the layer was hidden or removed: `exit` plays from then on. If the layer was shown again
  /// while its exit played: when `exit`, which then plays backwards, is back at its beginning.
  std::optional<base::Duration> exit_start;
  std::optional<TransitionRun> transition;
  AnimationStarts animations;
  CharacterRun character;                             ///< if the content is a character
  std::vector<MessageRun> messages;                   ///< of a chat
  std::optional<Stopwatch> stopwatch = std::nullopt;  ///< of a text, after its first command
  bool operator==(const LayerRun&) const = default;
};

/// The run state of one sound.
struct TrackRun {
  std::string id;
  std::optional<base::Duration> start;  ///< absent: 0
  AnimationStarts animations;
  bool operator==(const TrackRun&) const = default;
};

/// A layer and its run state, from which its pictures are evaluated. Ownership: borrowed.
struct RunningLayer {
  const Layer& layer;
  const LayerRun& run;
};

/// A sound and its run state. Ownership: borrowed.
struct RunningTrack {
  const AudioTrack& track;
  const TrackRun& run;
};

/// A removed layer whose exit still plays. A new layer may have the same id.
struct ExitingLayer {
  base::Shared<Layer> layer;  ///< not visible
  base::Shared<LayerRun> run;
  size_t place = 0;      ///< how many of the scene's layers come before it
  bool is_mask = false;  ///< whether it masked another layer, so that it is not drawn itself
  bool operator==(const ExitingLayer&) const = default;
};

/// Run states by id. Copies share the states.
template <class Run>
class RunTable {
 public:
  /// The run state of `id`; a default one if there is none.
  const base::Shared<Run>& of(std::string_view id) const {
    static const base::Shared<Run> kNone;
    const auto found = place_of(id);
    return found != runs_.end() && (*found)->id == id ? *found : kNone;
  }
  /// Adds `run`, or replaces the state with its id.
  void set(Run run) {
    const auto found = place_of(run.id);
    if (found == runs_.end() || (*found)->id != run.id) {
      runs_.insert(found, base::Shared<Run>(std::move(run)));
    } else if (**found != run) {
      runs_[static_cast<size_t>(found - runs_.begin())] = base::Shared<Run>(std::move(run));
    }
  }
  void erase(std::string_view id) {
    const auto found = place_of(id);
    if (found != runs_.end() && (*found)->id == id) runs_.erase(found);
  }
  bool operator==(const RunTable&) const = default;

  /// Calls `visit` with the id of each run state that only one of the tables has, or that differs.
  template <class Visit>
  static void visit_differences(const RunTable& a, const RunTable& b, Visit visit) {
    auto left = a.runs_.begin();
    auto right = b.runs_.begin();
    while (left != a.runs_.end() || right != b.runs_.end()) {
      if (right == b.runs_.end() || (left != a.runs_.end() && (*left)->id < (*right)->id)) {
        visit((*left++)->id);
      } else if (left == a.runs_.end() || (*right)->id < (*left)->id) {
        visit((*right++)->id);
      } else {
        if (*left != *right) visit((*right)->id);
        ++left;
        ++right;
      }
    }
  }

 private:
  auto place_of(std::string_view id) const {
    return std::ranges::lower_bound(runs_, id, {},
                                    [](const auto& run) { return std::string_view(run->id); });
  }

  std::vector<base::Shared<Run>> runs_;  ///< sorted by id
};

/// The run state of a scene.
struct RunState {
  RunTable<LayerRun> layers;
  RunTable<TrackRun> audio;
  /// Sorted by place; at most limits::kExitingMax. Layers whose exit is over are removed with the
  /// next change.
  std::vector<ExitingLayer> exiting;
  bool operator==(const RunState&) const = default;
};

/// The chat with a timestamp for each message: its own, or else that of its run state.
ChatContent timed_chat(const ChatContent& chat, const LayerRun& run);

}  // namespace layercast::scene
