#include "media/in/frame_memory.h"

#include "media/in/decoded_format.h"

#include <algorithm>
#include <array>
#include <cstdint>

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavutil/frame.h>
#include <libavutil/imgutils.h>
}

namespace layercast::media {
namespace {

constexpr size_t kAlignment = 64;
constexpr size_t kPlanes = 3;

/// How the planes of a frame lie in one block.
struct BlockLayout {
  std::array<int, 4> row_bytes{};
  std::array<size_t, kPlanes> offsets{};
  size_t bytes = 0;  ///< 0: the frame has another form
};

// Whether the format has three planes of 8-bit samples and nothing else.
bool has_three_planes(const AVPixFmtDescriptor& format) {
  constexpr uint64_t kOthers = AV_PIX_FMT_FLAG_PAL | AV_PIX_FMT_FLAG_HWACCEL | AV_PIX_FMT_FLAG_RGB |
                               AV_PIX_FMT_FLAG_BITSTREAM | AV_PIX_FMT_FLAG_ALPHA;
  return (format.flags & AV_PIX_FMT_FLAG_PLANAR) != 0 && (format.flags & kOthers) == 0 &&
         format.nb_components == kPlanes && format.comp[0].depth == 8 &&
         format.comp[1].plane == 1 && format.comp[2].plane == 2;
}

// Source: libavcodec/avcodec.h, get_buffer2: the size and the rows are those that
// avcodec_align_dimensions2() asks for.
BlockLayout layout_of(AVCodecContext& decoder, const AVFrame& frame) {
  const AVPixelFormat format = format_of(frame);
  BlockLayout layout;
  if (!has_three_planes(descriptor_of(format))) return layout;
  int width = frame.width;
  int height = frame.height;
  std::array<int, AV_NUM_DATA_POINTERS> alignments{};
  avcodec_align_dimensions2(&decoder, &width, &height, alignments.data());
  // Each step makes the width a multiple of a higher power of two.
  for (bool is_aligned = false; !is_aligned; width += width & ~(width - 1)) {
    if (av_image_fill_linesizes(layout.row_bytes.data(), format, width) < 0) return layout;
    is_aligned = true;
    for (size_t i = 0; i < kPlanes; ++i) {
      const int step = std::max(alignments.at(i), 1);
      is_aligned = is_aligned && layout.row_bytes.at(i) % step == 0;
    }
  }
  std::array<size_t, 4> sizes{};
  std::array<ptrdiff_t, 4> row_bytes{};
  std::ranges::copy(layout.row_bytes, row_bytes.begin());
  if (av_image_fill_plane_sizes(sizes.data(), format, height, row_bytes.data()) < 0) return layout;
  for (size_t i = 0; i < kPlanes; ++i) {
    layout.offsets.at(i) = layout.bytes;
    const size_t end = layout.bytes + sizes.at(i) + FrameMemory::kTailBytes;
    layout.bytes = (end + kAlignment - 1) / kAlignment * kAlignment;
  }
  return layout;
}

int get_buffer(AVCodecContext* decoder, AVFrame* frame, int flags) {
  const bool may_choose = (decoder->codec->capabilities & AV_CODEC_CAP_DR1) != 0;
  const BlockLayout layout = may_choose ? layout_of(*decoder, *frame) : BlockLayout();
  AVBufferRef* block =
      layout.bytes > 0 ? static_cast<FrameMemory*>(decoder->opaque)->take(layout.bytes) : nullptr;
  if (block == nullptr) return avcodec_default_get_buffer2(decoder, frame, flags);
  frame->buf[0] = block;
  for (size_t i = 0; i < kPlanes; ++i) {
    frame->data[i] = block->data + layout.offsets.at(i);
    frame->linesize[i] = layout.row_bytes.at(i);
  }
  frame->extended_data = frame->data;
  return 0;
}

}  // namespace

void use_memory(AVCodecContext& decoder, FrameMemory& memory) {
  decoder.opaque = &memory;
  decoder.get_buffer2 = get_buffer;
#if LIBAVCODEC_VERSION_MAJOR < 60
  // Without it, the threads of the decoder would wait for each other.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
  decoder.thread_safe_callbacks = 1;
#pragma GCC diagnostic pop
#endif
}

}  // namespace layercast::media
