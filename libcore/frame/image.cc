#include "frame/image.h"

#include <atomic>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <new>
#include <sys/mman.h>

namespace layercast::frame {
namespace {

constexpr size_t kLargePageBytes = size_t{2} << 20;

std::atomic<int64_t> all_image_bytes{0};
std::atomic<int64_t> all_image_bytes_max{std::numeric_limits<int64_t>::max()};

}  // namespace

void AlignedFree::operator()(std::byte* memory) const {
  all_image_bytes -= static_cast<int64_t>(image_bytes);
  std::free(memory);
}

int64_t image_bytes() { return all_image_bytes; }
int64_t image_bytes_max() { return all_image_bytes_max; }
void set_image_bytes_max(int64_t bytes) { all_image_bytes_max = bytes; }
bool has_image_memory(int64_t bytes) { return bytes <= all_image_bytes_max - all_image_bytes; }

AlignedBytes allocate_for_image(size_t size_bytes) {
  AlignedBytes bytes = allocate_aligned(size_bytes);
  if (bytes == nullptr) return bytes;
  bytes.get_deleter().image_bytes = size_bytes;
  all_image_bytes += static_cast<int64_t>(size_bytes);
  return bytes;
}

AlignedBytes allocate_aligned(size_t size_bytes) {
  if (size_bytes == 0) return nullptr;
  // Large images use huge pages where the machine has them: the rows of a tile are far apart, and
  // with small pages each row would need its own TLB entry.
  const bool is_large = size_bytes >= kLargePageBytes;
  const size_t alignment = is_large ? kLargePageBytes : static_cast<size_t>(kRowAlignmentBytes);
  const size_t rounded = (size_bytes + alignment - 1) / alignment * alignment;
  void* memory = std::aligned_alloc(alignment, rounded);
  if (memory == nullptr) throw std::bad_alloc();
  if (is_large) ::madvise(memory, rounded, MADV_HUGEPAGE);  // a hint; failure is harmless
  std::memset(memory, 0, rounded);
  return AlignedBytes{static_cast<std::byte*>(memory)};
}

void premultiply(ImageView<const StraightRgba8> source, ImageView<PremulRgba8> target) {
  LAYERCAST_CHECK(source.size() == target.size());
  for (int y = 0; y < source.height(); ++y) {
    const StraightRgba8* from = source.row(y);
    PremulRgba8* to = target.row(y);
    for (int x = 0; x < source.width(); ++x) to[x] = premultiplied(from[x]);
  }
}

void unpremultiply(ImageView<const PremulRgba8> source, ImageView<StraightRgba8> target) {
  LAYERCAST_CHECK(source.size() == target.size());
  for (int y = 0; y < source.height(); ++y) {
    const PremulRgba8* from = source.row(y);
    StraightRgba8* to = target.row(y);
    for (int x = 0; x < source.width(); ++x) {
      // Opaque pixels, which are the great majority, are the same in both forms.
      to[x] = from[x].alpha == 255 ? StraightRgba8{from[x].red, from[x].green, from[x].blue, 255}
                                   : unpremultiplied(from[x]);
    }
  }
}

}  // namespace layercast::frame
