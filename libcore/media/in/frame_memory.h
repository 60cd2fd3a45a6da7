#pragma once

#include <cstddef>

struct AVBufferRef;
struct AVCodecContext;

namespace layercast::media {

/// Memory for the frames of a decoder, instead of the heap of the process.
class FrameMemory {
 public:
  /// Bytes after the last sample of each plane, which vector code may read.
  static constexpr size_t kTailBytes = 64;

  FrameMemory() = default;
  virtual ~FrameMemory() = default;
  FrameMemory(const FrameMemory&) = delete;
  FrameMemory& operator=(const FrameMemory&) = delete;

  /// A block of at least `bytes`, aligned to 64, that returns to this memory with its last
  /// reference; null: there is none, and the decoder uses the heap for this frame. Thread: any.
  virtual AVBufferRef* take(size_t bytes) = 0;
};

/// Makes a decoder that is not open yet take the memory of frames of three 8-bit planes from
/// `memory`, which must outlive the decoder and its frames. Codecs that cannot do so ignore it.
void use_memory(AVCodecContext& decoder, FrameMemory& memory);

}  // namespace layercast::media
