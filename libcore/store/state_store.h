#pragma once

#include "base/error.h"
#include "base/metrics.h"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace layercast::store {

/// A scene as it was last made durable. The texts are JSON that only layers/ understands.
struct StoredState {
  int64_t revision = 0;
  std::string header;                                       ///< all but the layers
  std::vector<std::pair<std::string, std::string>> layers;  ///< id and layer; in no order
  bool operator==(const StoredState&) const = default;
};

/// One command of the journal.
struct JournalEntry {
  int64_t revision = 0;  ///< that it led to
  std::string command;   ///< JSON
  bool operator==(const JournalEntry&) const = default;
};

/// What is made durable together: all of it or nothing.
struct Commit {
  std::vector<JournalEntry>
      entries;  ///< in order; the state afterwards has the last one's revision
  std::string header;
  enum class Layers : uint8_t { kSome, kAll };
  Layers layers = Layers::kSome;  ///< kAll: layers not written are gone
  std::vector<std::pair<std::string, std::string>> written;
  std::vector<std::string> deleted;  ///< ids
};

/// How a store does.
struct StoreHealth {
  bool is_reachable =
      true;            ///< what was committed last has arrived, or can arrive, where it belongs
  std::string reason;  ///< why not, for people; without passwords
  int64_t waiting_entries = 0;  ///< durable here, not yet at the remote store
};

/// Who may write.
enum class Role : uint8_t {
  kOwner,     ///< the one daemon that changes the scene
  kFollower,  ///< reads what the owner writes
};

/// Keeps the state of one scene name for ever.
/// Thread: one at a time, except health() and stop_waiting(): any.
class StateStore {
 public:
  StateStore() = default;
  virtual ~StateStore() = default;
  StateStore(const StateStore&) = delete;
  StateStore& operator=(const StateStore&) = delete;

  /// The newest state that was acknowledged; nullopt when there never was one.
  virtual base::Result<std::optional<StoredState>> load() = 0;

  /// Durable afterwards, a power cut included. After an error nothing of it is kept, and the next
  /// commit starts from the state before. Errors: kIo (disk full, …), kInternal.
  virtual base::Result<void> commit(const Commit& commit) = 0;

  /// At most `count_max` entries with revisions above `after`, in order. The oldest may be gone.
  virtual base::Result<std::vector<JournalEntry>> journal(int64_t after, int count_max) = 0;

  /// For a follower: waits until there is a revision above `known`, at most `patience`. False when
  /// there was none. Errors: as load().
  virtual base::Result<bool> wait_for_newer(int64_t known, std::chrono::milliseconds patience) = 0;
  /// Makes a wait_for_newer() that is under way, or else the next one, return at once. Thread: any.
  virtual void stop_waiting() = 0;

  virtual StoreHealth health() const = 0;
};

struct StoreRequest {
  std::string uri;    ///< sqlite:PATH, memory:, redis://, redis+unix://, redis+sentinel://
  std::string scene;  ///< the name whose state it is
  Role role = Role::kOwner;
  /// Where a remote store's local journal lies; made if it is missing.
  std::string folder;
};

/// Opens a store and takes ownership of its scene name, which ends with the process at the latest.
/// The process ignores SIGPIPE: a Redis that goes away would end it otherwise.
/// A follower's store opens before there is anything to follow. Redis absent: a remote store opens
/// with what the local journal has, after 2 s at most, and brings the rest when Redis is back.
/// Errors: kInvalidInput for a URI that is wrong; kConflict when another daemon owns the name
/// (message: who, as far as known, and that --follow mirrors it); kUnsupported for a file that a
/// newer version wrote; kIo, for files that are damaged or not ours too, which stay as they are.
base::Result<std::unique_ptr<StateStore>> open_store(const StoreRequest& request,
                                                     base::Metrics& metrics);

/// `uri` as it may be logged: passwords replaced by `***`.
std::string redacted_uri(std::string_view uri);

}  // namespace layercast::store
