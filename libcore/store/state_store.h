#pragma once

#include "base/error.h"
#include "base/metrics.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace layercast::store {

/// The durable state of a scene. Its texts are JSON that only layers/ interprets.
struct StoredState {
  int64_t revision = 0;
  std::string header;                                       ///< everything except the layers
  std::vector<std::pair<std::string, std::string>> layers;  ///< id and layer; unordered
  bool operator==(const StoredState&) const = default;
};

/// One command of the journal.
struct JournalEntry {
  int64_t revision = 0;  ///< of the state after the command
  std::string command;   ///< JSON
  bool operator==(const JournalEntry&) const = default;
};

/// A change that becomes durable atomically.
struct Commit {
  /// In order; the last revision is that of the new state.
  std::vector<JournalEntry> entries;
  std::string header;
  enum class Layers : uint8_t { kSome, kAll };
  Layers layers = Layers::kSome;  ///< kAll: deletes the layers that are not in `written`
  std::vector<std::pair<std::string, std::string>> written;
  std::vector<std::string> deleted;  ///< ids
};

/// The condition of a store.
struct StoreHealth {
  /// Whether commits have reached the store that the URI names, or can reach it.
  bool is_reachable = true;
  std::string reason;           ///< why not, for people; without passwords
  int64_t waiting_entries = 0;  ///< durable locally, not yet at the remote store
  /// For a follower: whether a daemon owns the scene now.
  bool has_owner = true;
};

/// The role of a process towards a scene.
enum class Role : uint8_t {
  kOwner,     ///< the only daemon that may change the scene
  kFollower,  ///< reads the commits of the owner
};

/// Durable storage for the state of one scene name.
/// Thread: one at a time, except health() and stop_waiting(): any.
class StateStore {
 public:
  StateStore() = default;
  virtual ~StateStore() = default;
  StateStore(const StateStore&) = delete;
  StateStore& operator=(const StateStore&) = delete;

  /// Returns the newest committed state; nullopt when there has never been one. Errors: kIo.
  virtual base::Result<std::optional<StoredState>> load() = 0;

  /// Makes `commit` durable, even across a power cut. After an error the state is unchanged, and
  /// the next commit continues from it. Errors: kIo (disk full, …), kConflict for a follower,
  /// kInternal.
  virtual base::Result<void> commit(const Commit& commit) = 0;

  /// Returns at most `count_max` entries with revisions above `after`, in order. The oldest entries
  /// may have been trimmed. Errors: as load().
  virtual base::Result<std::vector<JournalEntry>> journal(int64_t after, int count_max) = 0;

  /// For a follower: waits until there is a revision above `known`, at most `patience`. Returns
  /// false when there is none. Errors: as load().
  virtual base::Result<bool> wait_for_newer(int64_t known, std::chrono::milliseconds patience) = 0;
  /// Makes the current wait_for_newer(), or the next one if none is in progress, return at once.
  /// Thread: any.
  virtual void stop_waiting() = 0;

  /// Thread: any.
  virtual StoreHealth health() const = 0;
};

/// What happens to a local file of the state that cannot be used as it is.
enum class BadFile : uint8_t {
  kRefused,   ///< the store does not open; the file stays as it is
  kSalvaged,  ///< a damaged file is renamed; a new one gets what can be read of it
  /// As kSalvaged, but the new file gets nothing of the requested scene. Also for a file of another
  /// program or of a newer version.
  kReplaced,
};

/// The arguments of open_store().
struct StoreRequest {
  std::string uri;    ///< sqlite:PATH, memory:, redis://, redis+unix://, redis+sentinel://
  std::string scene;  ///< the name of the scene
  Role role = Role::kOwner;
  /// The folder for the local journal of a remote store; created if it is missing.
  std::string folder;
  BadFile bad_file = BadFile::kRefused;  ///< for an owner
  /// Called once if a file was renamed: what was wrong, its new name, and what was read of it.
  std::function<void(const std::string& message)> on_set_aside = {};
};

/// Opens a store. An owner owns the scene name until the store is destroyed or the process ends.
/// The process must ignore SIGPIPE: otherwise a Redis that disconnects terminates it.
/// The store of a follower opens even if there is nothing to follow yet. While Redis is
/// unreachable, that of an owner opens after at most 2 s with the state of the local journal, and
/// replicates later commits when Redis is back.
/// Errors: kInvalidInput for an invalid URI; kConflict when another daemon owns the name (the
/// message names it, as far as known, and suggests --follow); kUnsupported for a file that a newer
/// version wrote; kIo, also for files that are damaged or of another program, which stay unchanged.
base::Result<std::unique_ptr<StateStore>> open_store(const StoreRequest& request,
                                                     base::Metrics& metrics);

/// The path of a local file that belongs to the scene of the request, beside the state or the local
/// journal of an owner, or in the folder for a follower; `ending`: such as `loading`. Empty if the
/// store keeps nothing or its URI is invalid. Several followers in one folder have the same path.
std::string local_file_path(const StoreRequest& request, std::string_view ending);

/// `uri` in a form that may be logged: with `***` in place of passwords.
std::string redacted_uri(std::string_view uri);

}  // namespace layercast::store
