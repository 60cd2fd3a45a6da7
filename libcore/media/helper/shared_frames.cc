#include "media/helper/shared_frames.h"

#include <algorithm>
#include <utility>

extern "C" {
#include <libavutil/buffer.h>
}

namespace layercast::media {

/// A buffer in use.
struct SharedFrames::Block {
  SharedFrames* frames;
  SharedBuffer* buffer;
};

void SharedFrames::add(std::unique_ptr<SharedBuffer> buffer) {
  const std::lock_guard lock(mutex_);
  free_.push_back(buffer.get());
  buffers_.push_back(std::move(buffer));
}

AVBufferRef* SharedFrames::take(size_t bytes) {
  SharedBuffer* buffer = nullptr;
  {
    const std::lock_guard lock(mutex_);
    const auto found = std::ranges::find_if(
        free_, [bytes](const SharedBuffer* each) { return each->bytes().size() >= bytes; });
    if (found == free_.end()) {
      lack_ = {std::max(lack_.bytes, static_cast<int64_t>(bytes)), lack_.buffers + 1};
      return nullptr;
    }
    buffer = *found;
    free_.erase(found);
  }
  auto block = std::make_unique<Block>(Block{this, buffer});
  AVBufferRef* reference = av_buffer_create(reinterpret_cast<uint8_t*>(buffer->bytes().data()),
                                            buffer->bytes().size(), give_back, block.get(), 0);
  if (reference == nullptr) {
    give_back(block.release(), nullptr);
    return nullptr;
  }
  static_cast<void>(block.release());  // give_back() deletes it
  return reference;
}

void SharedFrames::give_back(void* block, uint8_t* /*data*/) {
  const std::unique_ptr<Block> owned(static_cast<Block*>(block));
  const std::lock_guard lock(owned->frames->mutex_);
  owned->frames->free_.push_back(owned->buffer);
}

SharedFrames::Lack SharedFrames::take_lack() {
  const std::lock_guard lock(mutex_);
  return std::exchange(lack_, {});
}

std::optional<SharedFrames::Place> SharedFrames::place_of(const void* sample) const {
  const auto* at = static_cast<const std::byte*>(sample);
  const std::lock_guard lock(mutex_);
  for (const auto& buffer : buffers_) {
    const auto bytes = buffer->bytes();
    if (at < bytes.data() || at >= bytes.data() + bytes.size()) continue;
    return Place{buffer->number(), at - bytes.data()};
  }
  return std::nullopt;
}

}  // namespace layercast::media
