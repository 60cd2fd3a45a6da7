#pragma once

#include "store/redis_scene.h"

#include <optional>

namespace layercast::store {

/// The commits that are durable locally but not yet written to Redis, merged into one write.
/// When the write exceeds its limits, the backlog drops it and requires the whole state instead.
/// Thread: one at a time.
class RedisBacklog {
 public:
  /// `revision`: Redis has everything up to it, or receives it as part of the whole state.
  explicit RedisBacklog(int64_t revision) : newest_(revision) {}

  /// Merges `commit` into the pending write.
  void add(const Commit& commit);
  bool is_empty() const { return !pending_; }
  /// The revision that Redis must have for the next write; newest() when there is none.
  int64_t base() const { return pending_ ? pending_->base : newest_; }
  int64_t newest() const { return newest_; }
  /// Removes and returns the pending write. Range: not is_empty().
  RemoteWrite take();

  /// Whether the whole state must be written instead of a pending write.
  bool needs_whole() const { return needs_whole_; }
  /// Drops the pending write and requires the whole state.
  void require_whole();
  /// Collects commits again, because the caller is about to read the whole state.
  void begin_whole() { needs_whole_ = false; }
  /// Drops everything up to `revision`, which Redis has.
  void forget(int64_t revision);

 private:
  static constexpr size_t kEntriesMax = 5000;
  static constexpr size_t kBytesMax = size_t{8} << 20;

  std::optional<RemoteWrite> pending_;
  size_t pending_bytes_ = 0;  // the sum of all additions, including layers replaced since
  int64_t newest_;
  bool needs_whole_ = false;
};

}  // namespace layercast::store
