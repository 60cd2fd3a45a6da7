#pragma once

#include "media/helper/shared_buffer.h"
#include "media/in/frame_memory.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

namespace layercast::media {

/// Memory for decoded frames in buffers that another process has given, so that it can show them
/// without a copy. Thread: any (locked).
class SharedFrames final : public FrameMemory {
 public:
  /// The buffers that take() lacked.
  struct Lack {
    int64_t bytes = 0;  ///< that each must have
    int64_t buffers = 0;
  };
  /// A place in a buffer.
  struct Place {
    int64_t buffer = 0;
    int64_t offset = 0;
  };

  void add(std::unique_ptr<SharedBuffer> buffer);
  AVBufferRef* take(size_t bytes) override;
  /// What take() has lacked since the last call.
  Lack take_lack();
  /// Where in the buffers `sample` lies; nullopt: elsewhere.
  std::optional<Place> place_of(const void* sample) const;

 private:
  struct Block;
  static void give_back(void* block, uint8_t* data);

  mutable std::mutex mutex_;
  std::vector<std::unique_ptr<SharedBuffer>> buffers_;
  std::vector<SharedBuffer*> free_;
  Lack lack_;
};

}  // namespace layercast::media
