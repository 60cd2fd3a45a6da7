#pragma once

#include "base/error.h"
#include "base/metrics.h"
#include "base/time.h"
#include "scene/command.h"
#include "scene/live_state.h"
#include "scene/scene_file.h"
#include "store/state_store.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace layercast::layers {

/// Where a command comes from, and so what it may name.
enum class Origin : uint8_t {
  kLocal,    ///< whoever started the daemon: any file
  kNetwork,  ///< files of the assets folder only, symbolic links resolved; URLs of known schemes
};

/// When a command is to be obeyed: at the frame of a stream time, or at a frame's index.
using At = std::variant<base::Duration, int64_t>;

struct Submission {
  scene::Command command;
  std::optional<int64_t> if_revision;  ///< refused as kStale when the scene is at another revision
  std::optional<At> at;                ///< absent, or past: at once
  Origin origin = Origin::kNetwork;
};

/// A command that was obeyed and is durable.
struct Accepted {
  /// The revision that the command led to; the present one when nothing changed, or it is
  /// scheduled.
  int64_t revision = 0;
  scene::Value result;        ///< of a scheduled command: `{"scheduled": number}`
  bool is_changed = false;    ///< the command changed the scene
  bool is_scheduled = false;  ///< the command waits for its frame
};

using Answer = std::variant<Accepted, scene::Refusal>;

/// A state, and what has led to it since the last one that was told.
struct Change {
  scene::LiveStatePtr state;
  std::vector<scene::Event> events;
};

/// The newest state for whoever renders it.
struct Published {
  scene::LiveStatePtr state;
  base::Duration show_from{};  ///< stream time; frames before it show what came before
};

struct LayerManagerOptions {
  store::StateStore* store = nullptr;  ///< outlives the manager
  base::Metrics* metrics = nullptr;    ///< outlives the manager
  std::string folder;                  ///< what relative paths start from
  std::string assets_folder;           ///< what Origin::kNetwork may read
  /// The stream time of the next frame.
  std::function<base::Duration()> next_frame_time;
  /// The stream time of frame `index`, at the present rate.
  std::function<base::Duration(int64_t index)> time_of_frame;
  /// Why canvas, outputs or stream settings cannot be as they are in `state`; nothing where they
  /// can. Asked when a command changes them, which is then refused; absent: they always can.
  std::function<std::optional<base::Error>(const scene::LiveState& state)> objection;
  /// kFollower: the store is a follower's; every command is refused, and the state is another
  /// daemon's, which follow() takes over.
  store::Role role = store::Role::kOwner;
  /// What a follower makes of the states that it takes over; absent: nothing.
  std::function<void(scene::LiveState& state)> adapt;
};

/// The live scene. Commands are applied one after another, each to what the last one led to; those
/// that wait are made durable together (group commit), and only then shown, told and answered, in
/// the order of their revisions. A commit that fails refuses every command in it.
/// Thread: any (locked). Calls back on a thread of its own.
class LayerManager {
 public:
  /// With what the store holds, or else with `initial` as revision 1, made durable. A follower
  /// finds a state in its store. Errors: the store's; kNotFound for a follower's that holds none.
  static base::Result<std::unique_ptr<LayerManager>> open(const LayerManagerOptions& options,
                                                          const scene::LiveState& initial);
  /// Commands that were submitted are answered first.
  ~LayerManager();

  /// The newest durable state; never null.
  scene::LiveStatePtr current() const;
  /// The states to render, oldest first: the one to show now, and those whose time has not come.
  std::vector<Published> published() const;
  /// Whether published() has changed since it was at `version`, which becomes the present one.
  bool take_newer(uint64_t& version) const;

  /// Applies a command. `done` is called exactly once.
  void submit(Submission submission, std::function<void(Answer)> done);
  /// The same, waiting for the answer. Not to be called from a callback.
  Answer apply(Submission submission);

  /// For a follower: waits until its store holds a newer state, at most `patience`, then shows and
  /// tells it. False when there was none. Thread: one at a time. Errors: the store's.
  base::Result<bool> follow(std::chrono::milliseconds patience);

  /// Calls `listener` with the whole state (no events) before this returns, and afterwards with
  /// every change after that, in order, none missing, until the subscription is destroyed. It must
  /// not wait.
  class Subscription {
   public:
    Subscription() = default;
    virtual ~Subscription() = default;
    Subscription(const Subscription&) = delete;
    Subscription& operator=(const Subscription&) = delete;
  };
  std::unique_ptr<Subscription> subscribe(std::function<void(const Change&)> listener);

  /// Frame `index` shows everything up to `revision`, and has been handed to the encoder.
  void note_on_air(int64_t revision, int64_t index);
  /// Calls `done` once with the index of the first frame that is on air with `revision`, or with
  /// nullopt after `patience`, or when the manager ends.
  void when_on_air(int64_t revision, base::Duration patience,
                   std::function<void(std::optional<int64_t>)> done);

 private:
  class Work;
  explicit LayerManager(std::unique_ptr<Work> work);

  std::unique_ptr<Work> work_;
};

}  // namespace layercast::layers
