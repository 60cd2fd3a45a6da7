#include "stream/asset_watch.h"

#include "base/thread_name.h"
#include "base/thread_urgency.h"
#include "content/animation/frame_files.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <mutex>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>
#include <utility>

namespace layercast::stream {
namespace {

using base::FileIdentity;
using base::identity_of_file;

constexpr uint32_t kEvents = IN_CLOSE_WRITE | IN_MOVED_TO | IN_CREATE | IN_ONLYDIR;
constexpr int kPollMilliseconds = 1000;
// Several files are often written together.
constexpr int kQuietMilliseconds = 40;
constexpr int kQuietRoundsMax = 10;
// A file that no event reports counts as whole when it stays the same for so many polls.
constexpr int kStablePolls = 2;

std::string folder_of(const std::string& path) {
  const std::string folder = std::filesystem::path(path).parent_path().string();
  return folder.empty() ? "." : folder;
}

std::string name_of(const std::string& path) {
  return std::filesystem::path(path).filename().string();
}

constexpr std::string_view kPatternCharacters = "%*?[";

// Whether a file of that name can belong to the watched path in the same folder.
bool concerns(const std::string& path, const std::string& name) {
  const std::string own = name_of(path);
  if (own == name) return true;
  const size_t special = own.find_first_of(kPatternCharacters);
  return special != std::string::npos && name.starts_with(own.substr(0, special));
}

// Whether a new name is that of a whole file: a link, not a file that is about to be written.
bool is_link(const std::string& path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) return false;
  return S_ISLNK(status.st_mode) || (S_ISREG(status.st_mode) && status.st_nlink > 1);
}

}  // namespace

FileIdentity identity_of_asset(const std::string& path) {
  const FileIdentity own = identity_of_file(path);
  if (own.exists || name_of(path).find_first_of(kPatternCharacters) == std::string::npos) {
    return own;
  }
  const auto files = content::files_of_pattern(path);
  if (!files) return own;
  FileIdentity all;
  all.exists = true;
  for (const std::string& file : files.value()) {
    const FileIdentity each = identity_of_file(file);
    // FNV-1a over the numbers, in the order of the files.
    for (const uint64_t number : {each.device, each.inode, static_cast<uint64_t>(each.bytes),
                                  static_cast<uint64_t>(each.modified_nanoseconds)}) {
      all.inode = (all.inode ^ number) * 1'099'511'628'211U;
    }
    all.bytes += each.bytes;
  }
  return all;
}

class AssetWatch::Work {
 public:
  explicit Work(std::function<void(const std::set<std::string>&)> on_change);
  ~Work();
  void watch(const AssetFiles& files);
  void watch(const std::set<std::string>& files);

 private:
  struct Known {
    FileIdentity loaded;
    FileIdentity seen;  ///< at the last poll, if it differs from `loaded`
    int unchanged_polls = 0;
    bool is_new = false;  ///< `loaded` is that of the file now
  };

  void run();
  void identify_new();
  void watch_folders();
  void wait(int milliseconds);
  void take_events(std::set<std::string>& changed);
  void note_event(const inotify_event& event, const std::string& name,
                  std::set<std::string>& changed);
  void poll_files(std::set<std::string>& changed);
  void tell(const std::set<std::string>& changed);
  void wake() const;

  const std::function<void(const std::set<std::string>&)> on_change_;
  const int events_;
  const int wake_;

  std::mutex mutex_;
  bool stops_ = false;                  ///< with the lock
  std::map<std::string, Known> files_;  ///< with the lock
  std::map<std::string, int> folders_;  ///< the descriptors of the watches. Thread: the watch's

  std::thread thread_;
};

AssetWatch::Work::Work(std::function<void(const std::set<std::string>&)> on_change)
    : on_change_(std::move(on_change)),
      events_(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC)),
      wake_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)),
      thread_(base::named_thread("asset-watch", [this] { run(); })) {}

AssetWatch::Work::~Work() {
  {
    const std::lock_guard lock(mutex_);
    stops_ = true;
  }
  wake();
  thread_.join();
  if (events_ >= 0) ::close(events_);
  if (wake_ >= 0) ::close(wake_);
}

void AssetWatch::Work::wake() const {
  const uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(wake_, &one, sizeof one);
}

void AssetWatch::Work::watch(const AssetFiles& files) {
  {
    const std::lock_guard lock(mutex_);
    std::map<std::string, Known> wanted;
    for (const auto& [path, loaded] : files) {
      const auto known = files_.find(path);
      const bool stays = known != files_.end() && known->second.loaded == loaded;
      wanted[path] = stays ? known->second : Known{loaded, loaded, 0, false};
    }
    files_ = std::move(wanted);
  }
  wake();
}

void AssetWatch::Work::watch(const std::set<std::string>& files) {
  {
    const std::lock_guard lock(mutex_);
    std::map<std::string, Known> wanted;
    for (const std::string& path : files) {
      const auto known = files_.find(path);
      wanted[path] = known != files_.end() ? known->second : Known{{}, {}, 0, true};
    }
    files_ = std::move(wanted);
  }
  wake();
}

// Identifies the files that are as they were loaded.
void AssetWatch::Work::identify_new() {
  const std::lock_guard lock(mutex_);
  for (auto& [path, known] : files_) {
    if (!known.is_new) continue;
    known.is_new = false;
    known.loaded = identity_of_asset(path);
    known.seen = known.loaded;
  }
}

void AssetWatch::Work::run() {
  base::set_urgency(base::Urgency::kRest);
  auto next_poll = std::chrono::steady_clock::now();
  for (;;) {
    {
      const std::lock_guard lock(mutex_);
      if (stops_) return;
    }
    identify_new();
    watch_folders();
    wait(kPollMilliseconds);
    std::set<std::string> changed;
    take_events(changed);
    if (std::chrono::steady_clock::now() >= next_poll) {
      poll_files(changed);
      next_poll = std::chrono::steady_clock::now() + std::chrono::milliseconds(kPollMilliseconds);
    }
    if (!changed.empty()) tell(changed);
  }
}

// Watches the folders of the files. A folder that does not exist yet is tried again.
void AssetWatch::Work::watch_folders() {
  std::set<std::string> wanted;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [path, known] : files_) wanted.insert(folder_of(path));
  }
  std::erase_if(folders_, [&](const auto& folder) {
    if (wanted.contains(folder.first)) return false;
    // Two names of one folder share a watch.
    const bool is_shared = std::ranges::any_of(folders_, [&](const auto& other) {
      return other.second == folder.second && wanted.contains(other.first);
    });
    if (!is_shared) ::inotify_rm_watch(events_, folder.second);
    return true;
  });
  if (events_ < 0) return;
  for (const std::string& folder : wanted) {
    if (folders_.contains(folder)) continue;
    const int watch = ::inotify_add_watch(events_, folder.c_str(), kEvents);
    if (watch >= 0) folders_[folder] = watch;
  }
}

// Waits for an event, a new list of files or the end.
void AssetWatch::Work::wait(int milliseconds) {
  std::array polled = {pollfd{wake_, POLLIN, 0}, pollfd{events_, POLLIN, 0}};
  ::poll(polled.data(), polled.size(), milliseconds);
  uint64_t ignored = 0;
  [[maybe_unused]] const auto taken = ::read(wake_, &ignored, sizeof ignored);
}

void AssetWatch::Work::note_event(const inotify_event& event, const std::string& name,
                                  std::set<std::string>& changed) {
  if ((event.mask & IN_IGNORED) != 0) {  // the folder was removed
    std::erase_if(folders_, [&](const auto& folder) { return folder.second == event.wd; });
    return;
  }
  const std::lock_guard lock(mutex_);
  for (const auto& [path, known] : files_) {
    const auto folder = folders_.find(folder_of(path));
    if (folder == folders_.end()) continue;
    const bool is_lost = (event.mask & IN_Q_OVERFLOW) != 0;
    if (!is_lost && (folder->second != event.wd || !concerns(path, name))) continue;
    if ((event.mask & IN_CREATE) != 0 && !is_link(folder->first + "/" + name)) continue;
    if (identity_of_asset(path) != known.loaded) changed.insert(path);
  }
}

// Reads the events, until none has come for a moment.
void AssetWatch::Work::take_events(std::set<std::string>& changed) {
  alignas(inotify_event) std::array<char, 16384> buffer;
  for (int rounds = 0; events_ >= 0 && rounds < kQuietRoundsMax; ++rounds) {
    const ssize_t length = ::read(events_, buffer.data(), buffer.size());
    if (length <= 0) return;
    for (ssize_t at = 0; at < length;) {
      inotify_event event{};
      std::memcpy(&event, buffer.data() + at, sizeof event);
      const char* const name = buffer.data() + at + sizeof event;
      note_event(event, event.len > 0 ? name : "", changed);
      at += static_cast<ssize_t>(sizeof event + event.len);
    }
    if (changed.empty()) continue;
    pollfd polled{events_, POLLIN, 0};
    ::poll(&polled, 1, kQuietMilliseconds);
  }
}

// Finds the changes that no event reported.
void AssetWatch::Work::poll_files(std::set<std::string>& changed) {
  const std::lock_guard lock(mutex_);
  for (auto& [path, known] : files_) {
    const FileIdentity identity = identity_of_asset(path);
    if (identity == known.loaded || !identity.exists) {
      known.unchanged_polls = 0;
      continue;
    }
    known.unchanged_polls = identity == known.seen ? known.unchanged_polls + 1 : 0;
    known.seen = identity;
    if (known.unchanged_polls >= kStablePolls) changed.insert(path);
  }
}

void AssetWatch::Work::tell(const std::set<std::string>& changed) {
  {
    const std::lock_guard lock(mutex_);
    for (const std::string& path : changed) {
      const auto known = files_.find(path);
      // Each change is reported once; the next load registers the new identity.
      if (known == files_.end()) continue;
      known->second.loaded = identity_of_asset(path);
      known->second.unchanged_polls = 0;
    }
  }
  on_change_(changed);
}

AssetWatch::AssetWatch(std::function<void(const std::set<std::string>& paths)> on_change)
    : work_(std::make_unique<Work>(std::move(on_change))) {}
AssetWatch::~AssetWatch() = default;

void AssetWatch::watch(const AssetFiles& files) { work_->watch(files); }

void AssetWatch::watch(const std::set<std::string>& files) { work_->watch(files); }

}  // namespace layercast::stream
