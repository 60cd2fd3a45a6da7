#pragma once

#include "store/state_store.h"

#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>

namespace layercast::store {

/// Keeps the state of a scene in memory until it is destroyed: for trials and tests.
/// Thread: any (locked).
class MemoryStore : public StateStore {
 public:
  base::Result<std::optional<StoredState>> load() override;
  base::Result<void> commit(const Commit& commit) override;
  base::Result<std::vector<JournalEntry>> journal(int64_t after, int count_max) override;
  base::Result<bool> wait_for_newer(int64_t known, std::chrono::milliseconds patience) override;
  void stop_waiting() override;
  StoreHealth health() const override { return {}; }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool is_stopped_ = false;
  int64_t revision_ = 0;
  std::optional<std::string> header_;
  std::map<std::string, std::string> layers_;
  std::deque<JournalEntry> entries_;
};

}  // namespace layercast::store
