#include "store/file_watch.h"

#include <algorithm>
#include <array>
#include <poll.h>
#include <sys/inotify.h>
#include <unistd.h>
#include <utility>

namespace layercast::store {
namespace {

constexpr uint32_t kChanges = IN_MODIFY | IN_CREATE | IN_MOVED_TO | IN_DELETE;

void drain(int descriptor) {
  std::array<char, 4096> ignored;
  while (::read(descriptor, ignored.data(), ignored.size()) > 0) {
  }
}

}  // namespace

FileWatch::FileWatch(std::string folder)
    : folder_(std::move(folder)), changes_(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC)) {}

FileWatch::~FileWatch() {
  if (changes_ >= 0) ::close(changes_);
}

FileWatch::Event FileWatch::wait(std::chrono::milliseconds patience) {
  if (watch_ < 0 && changes_ >= 0) {
    watch_ = ::inotify_add_watch(changes_, folder_.c_str(), kChanges);
  }
  std::array polled = {pollfd{stop_.descriptor(), POLLIN, 0}, pollfd{changes_, POLLIN, 0}};
  ::poll(polled.data(), polled.size(), static_cast<int>(std::max<int64_t>(patience.count(), 0)));
  if (polled[0].revents != 0) {
    stop_.clear();
    return Event::kStop;
  }
  if (polled[1].revents == 0) return Event::kNothing;
  drain(changes_);
  return Event::kChange;
}

}  // namespace layercast::store
