#include "content/animation/picture_pool.h"

#include <algorithm>
#include <utility>
#include <variant>

namespace layercast::content {
namespace {

// The pictures do not depend on the playback settings.
PicturePool::Key without_playback(PicturePool::Key key) {
  std::visit(
      [](auto& source) {
        if constexpr (requires { source.playback; }) source.playback = {};
      },
      key.source);
  return key;
}

}  // namespace

std::shared_ptr<const KeptPictures> PicturePool::find(const Key& key) {
  const Key wanted = without_playback(key);
  const std::lock_guard lock(mutex_);
  const auto found = std::ranges::find(entries_, wanted, &Entry::key);
  return found == entries_.end() ? nullptr : found->pictures.lock();
}

int64_t PicturePool::bytes() {
  const std::lock_guard lock(mutex_);
  int64_t bytes = 0;
  for (const Entry& entry : entries_) {
    const auto kept = entry.pictures.lock();
    if (kept == nullptr) continue;
    for (const auto& picture : kept->pictures) bytes += static_cast<int64_t>(picture->bytes());
  }
  return bytes;
}

std::shared_ptr<const KeptPictures> PicturePool::add(const Key& key,
                                                     std::shared_ptr<const KeptPictures> pictures) {
  Key wanted = without_playback(key);
  const std::lock_guard lock(mutex_);
  std::erase_if(entries_, [](const Entry& entry) { return entry.pictures.expired(); });
  const auto found = std::ranges::find(entries_, wanted, &Entry::key);
  if (found == entries_.end()) {
    entries_.push_back({std::move(wanted), pictures});
    return pictures;
  }
  if (auto known = found->pictures.lock()) return known;
  found->pictures = pictures;
  return pictures;
}

void PicturePool::note_slow(const Key& key) {
  constexpr size_t kKeysMax = 256;
  Key slow = without_playback(key);
  const std::lock_guard lock(mutex_);
  if (std::ranges::find(slow_, slow) != slow_.end()) return;
  if (slow_.size() == kKeysMax) slow_.pop_front();
  slow_.push_back(std::move(slow));
}

bool PicturePool::is_slow(const Key& key) {
  const Key wanted = without_playback(key);
  const std::lock_guard lock(mutex_);
  return std::ranges::find(slow_, wanted) != slow_.end();
}

}  // namespace layercast::content
