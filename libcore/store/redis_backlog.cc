#include "store/redis_backlog.h"

#include "base/check.h"

#include <algorithm>
#include <utility>

namespace layercast::store {

void RedisBacklog::add(const Commit& commit) {
  const int64_t base = newest_;
  if (!commit.entries.empty()) newest_ = commit.entries.back().revision;
  // A change without a revision of its own cannot be distinguished from a repetition.
  if (commit.entries.empty()) require_whole();
  if (needs_whole_) return;
  if (!pending_) {
    pending_.emplace();
    pending_->base = base;
    pending_bytes_ = 0;
  }
  RemoteWrite& write = *pending_;
  write.revision = newest_;
  write.header = commit.header;
  if (commit.layers == Commit::Layers::kAll) {
    write.mode = RemoteWrite::Mode::kAllLayers;
    write.layers.clear();
  }
  for (const std::string& id : commit.deleted) write.layers[id] = std::nullopt;
  for (const auto& [id, layer] : commit.written) {
    write.layers[id] = layer;
    pending_bytes_ += layer.size();
  }
  for (const JournalEntry& entry : commit.entries) {
    write.entries.push_back(entry);
    pending_bytes_ += entry.command.size();
  }
  if (write.entries.size() > kEntriesMax || pending_bytes_ > kBytesMax) require_whole();
}

RemoteWrite RedisBacklog::take() {
  LAYERCAST_CHECK(!is_empty());
  RemoteWrite write = std::move(*pending_);
  pending_.reset();
  return write;
}

void RedisBacklog::require_whole() {
  needs_whole_ = true;
  pending_.reset();
}

void RedisBacklog::forget(int64_t revision) {
  if (!pending_ || pending_->base >= revision) return;
  if (pending_->revision <= revision) {
    pending_.reset();
    return;
  }
  // The layers are at least as new as those at Redis, so writing them again does no harm.
  pending_->base = revision;
  std::erase_if(pending_->entries, [&](const auto& entry) { return entry.revision <= revision; });
}

}  // namespace layercast::store
