#pragma once

#include "store/state_store.h"

#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace layercast::layers {

/// Keeps what was committed as a real store does, and fails or waits when it is told to.
class FakeStore : public store::StateStore {
 public:
  base::Result<std::optional<store::StoredState>> load() override {
    const std::lock_guard lock(mutex_);
    if (!header_) return std::optional<store::StoredState>();
    return std::optional(store::StoredState{revision_, *header_, {layers_.begin(), layers_.end()}});
  }

  base::Result<void> commit(const store::Commit& commit) override {
    std::unique_lock lock(mutex_);
    ++commits_begun_;
    changed_.notify_all();
    changed_.wait(lock, [this] { return !is_held_; });
    if (failures_left_ != 0) {
      if (failures_left_ > 0) --failures_left_;
      return base::Error{base::ErrorCode::kIo, "the disk is full", "fake:", nullptr};
    }
    for (const store::JournalEntry& entry : commit.entries) {
      if (entry.revision != revision_ + 1) is_gapless_ = false;
      revision_ = entry.revision;
      journal_.push_back(entry);
    }
    header_ = commit.header;
    if (commit.layers == store::Commit::Layers::kAll) layers_.clear();
    for (const std::string& id : commit.deleted) layers_.erase(id);
    for (const auto& [id, text] : commit.written) layers_[id] = text;
    group_sizes_.push_back(commit.entries.size());
    return {};
  }

  base::Result<std::vector<store::JournalEntry>> journal(int64_t after, int count_max) override {
    const std::lock_guard lock(mutex_);
    std::vector<store::JournalEntry> entries;
    for (const store::JournalEntry& entry : journal_) {
      if (std::cmp_equal(entries.size(), count_max)) break;
      if (entry.revision > after) entries.push_back(entry);
    }
    return entries;
  }

  /// Never waits.
  base::Result<bool> wait_for_newer(int64_t revision, std::chrono::milliseconds) override {
    const std::lock_guard lock(mutex_);
    return revision_ > revision;
  }
  void stop_waiting() override {}
  store::StoreHealth health() const override { return {}; }

  /// The next `count` commits fail; -1: all.
  void fail(int count) {
    const std::lock_guard lock(mutex_);
    failures_left_ = count;
  }
  /// Commits wait until they are let go.
  void hold() {
    const std::lock_guard lock(mutex_);
    is_held_ = true;
  }
  void release() {
    {
      const std::lock_guard lock(mutex_);
      is_held_ = false;
    }
    changed_.notify_all();
  }
  /// Waits until so many commits have begun.
  void await_commits(int count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return commits_begun_ >= count; });
  }
  int commits_begun() const {
    const std::lock_guard lock(mutex_);
    return commits_begun_;
  }
  bool is_gapless() const {
    const std::lock_guard lock(mutex_);
    return is_gapless_;
  }
  std::vector<size_t> group_sizes() const {
    const std::lock_guard lock(mutex_);
    return group_sizes_;
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  int64_t revision_ = 0;
  std::optional<std::string> header_;
  std::map<std::string, std::string> layers_;
  std::vector<store::JournalEntry> journal_;
  std::vector<size_t> group_sizes_;
  int commits_begun_ = 0;
  int failures_left_ = 0;
  bool is_held_ = false;
  bool is_gapless_ = true;
};

}  // namespace layercast::layers
