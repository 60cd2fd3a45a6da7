#pragma once

#include "store/redis_scene.h"

#include <optional>

namespace layercast::store {

/// What is durable here and not yet at Redis, merged into as few writes as its bounds allow: one.
/// When it would grow beyond them it forgets, and knows that the whole state has to go.
/// Thread: one at a time.
class RedisBacklog {
 public:
  /// `revision`: everything up to it is Redis' or goes there whole.
  explicit RedisBacklog(int64_t revision) : newest_(revision) {}

  void add(const Commit& commit);
  bool is_empty() const { return !pending_; }
  /// Where Redis has to be for the next write; the newest revision when there is none.
  int64_t base() const { return pending_ ? pending_->base : newest_; }
  int64_t newest() const { return newest_; }
  /// The write that is due; nothing of it is left here.
  RemoteWrite take();

  bool needs_whole() const { return needs_whole_; }
  void require_whole();
  /// The whole state is about to be read: what is added from now on counts by itself.
  void begin_whole() { needs_whole_ = false; }
  /// Redis has everything up to `revision`.
  void forget(int64_t revision);

 private:
  static constexpr size_t kEntriesMax = 5000;
  static constexpr size_t kBytesMax = size_t{8} << 20;

  std::optional<RemoteWrite> pending_;
  size_t pending_bytes_ = 0;  // ever added to it
  int64_t newest_;
  bool needs_whole_ = false;
};

}  // namespace layercast::store
