#include "media/out/file_syncer.h"

#include "base/thread_name.h"
#include "base/trace.h"

#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <unistd.h>
#include <utility>

namespace layercast::media {

FileSyncer::~FileSyncer() { stop(); }

void FileSyncer::begin(const std::string& path) {
  const std::string folder = std::filesystem::path(path).parent_path().string();
  File file{path, sandbox::Descriptor(::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NONBLOCK)),
            sandbox::Descriptor(
                ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC))};
  if (!file.descriptor.is_open()) {
    base::trace("output", [&] { return "cannot open to sync: " + path; });
    return end();
  }
  {
    const std::lock_guard lock(mutex_);
    end_present();
    present_ = std::move(file);
    is_due_ = true;
  }
  changed_.notify_all();
  if (!thread_.joinable()) thread_ = base::named_thread("recording-sync", [this] { run(); });
}

void FileSyncer::end() {
  const std::lock_guard lock(mutex_);
  end_present();
  changed_.notify_all();
}

void FileSyncer::stop() {
  {
    const std::lock_guard lock(mutex_);
    end_present();
    is_stopping_ = true;
    changed_.notify_all();
  }
  if (thread_.joinable()) thread_.join();
  is_stopping_ = false;
}

std::optional<base::Error> FileSyncer::take_error() {
  const std::lock_guard lock(mutex_);
  return std::exchange(error_, std::nullopt);
}

void FileSyncer::end_present() {
  if (present_) ended_.push_back(std::move(*present_));
  present_.reset();
}

// ---- The thread ---------------------------------------------------------------------------------

void FileSyncer::run() {
  std::unique_lock lock(mutex_);
  base::Clock::time_point next = clock_->now();
  while (true) {
    if (!ended_.empty()) {
      const std::vector<File> ended = std::exchange(ended_, {});
      lock.unlock();
      for (const File& file : ended) {
        if (file.folder.is_open()) sync(file.path, file.folder.number());
        sync(file.path, file.descriptor.number());
      }
      lock.lock();
      continue;
    }
    if (is_stopping_) return;
    if (!present_) {
      changed_.wait(lock);
      continue;
    }
    const bool is_now = std::exchange(is_due_, false) || clock_->now() >= next;
    if (!is_now) {
      clock_->wait_until(lock, changed_, next,
                         [this] { return is_stopping_ || is_due_ || !ended_.empty(); });
      continue;
    }
    const std::string path = present_->path;
    const int descriptor = present_->descriptor.number();
    const sandbox::Descriptor folder = std::exchange(present_->folder, {});
    lock.unlock();
    if (folder.is_open()) sync(path, folder.number());
    sync(path, descriptor);
    next = clock_->now() + kPeriod;
    lock.lock();
  }
}

void FileSyncer::sync(const std::string& path, int descriptor) {
  int result = -1;
  do {
    result = sync_file_(descriptor);
  } while (result != 0 && errno == EINTR);
  if (result == 0) return;
  const int error_number = errno;
  // Some file systems do not support it; that is no reason to fail.
  if (error_number == EINVAL || error_number == ENOTSUP || error_number == ENOSYS) return;
  const std::lock_guard lock(mutex_);
  error_ = base::io_error(error_number, "cannot write to the disk", path);
}

}  // namespace layercast::media
