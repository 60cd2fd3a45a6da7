#include "store/memory_store.h"

#include "store/sqlite_store.h"

#include <utility>

namespace layercast::store {

using base::Result;

Result<std::optional<StoredState>> MemoryStore::load() {
  const std::lock_guard lock(mutex_);
  if (!header_) return std::optional<StoredState>();
  return std::optional(StoredState{revision_, *header_, {layers_.begin(), layers_.end()}});
}

Result<void> MemoryStore::commit(const Commit& commit) {
  const std::lock_guard lock(mutex_);
  int64_t newest = revision_;
  for (const JournalEntry& entry : commit.entries) {
    if (entry.revision <= newest) {
      return base::internal_error("revision " + std::to_string(entry.revision) +
                                      " is not above revision " + std::to_string(newest),
                                  "memory:");
    }
    newest = entry.revision;
  }
  revision_ = newest;
  header_ = commit.header;
  if (commit.layers == Commit::Layers::kAll) layers_.clear();
  for (const std::string& id : commit.deleted) layers_.erase(id);
  for (const auto& [id, layer] : commit.written) layers_[id] = layer;
  entries_.insert(entries_.end(), commit.entries.begin(), commit.entries.end());
  while (entries_.size() > size_t{kJournalEntriesMax}) entries_.pop_front();
  changed_.notify_all();
  return {};
}

Result<std::vector<JournalEntry>> MemoryStore::journal(int64_t after, int count_max) {
  const std::lock_guard lock(mutex_);
  std::vector<JournalEntry> newer;
  for (const JournalEntry& entry : entries_) {
    if (std::cmp_greater_equal(newer.size(), count_max)) break;
    if (entry.revision > after) newer.push_back(entry);
  }
  return newer;
}

Result<bool> MemoryStore::wait_for_newer(int64_t known, std::chrono::milliseconds patience) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, patience, [&] { return is_stopped_ || revision_ > known; });
  is_stopped_ = false;
  return revision_ > known;
}

void MemoryStore::stop_waiting() {
  const std::lock_guard lock(mutex_);
  is_stopped_ = true;
  changed_.notify_all();
}

}  // namespace layercast::store
