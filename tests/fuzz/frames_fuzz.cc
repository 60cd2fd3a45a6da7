// Any bytes as the input of `encode`: raw frames, or a Y4M stream. The input is refused with a
// reason, or its frames have the size that it states, until its end.

#include "base/check.h"
#include "scene/model/limits.h"
#include "tools/encode/frame_input.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <sys/mman.h>
#include <unistd.h>

namespace base = layercast::base;
namespace frame = layercast::frame;
namespace tools = layercast::tools;

namespace {

// Makes standard input a file in memory with these bytes: `encode` never closes an input, because
// it has one only.
void set_standard_input(const uint8_t* bytes, size_t size) {
  const int file = ::memfd_create("frames", 0);
  LAYERCAST_CHECK(::write(file, bytes, size) == static_cast<ssize_t>(size));
  LAYERCAST_CHECK(::lseek(file, 0, SEEK_SET) == 0);
  LAYERCAST_CHECK(::dup2(file, STDIN_FILENO) == STDIN_FILENO && ::close(file) == 0);
}

// The size of the frames, as `encode` determines it for this option; nullopt: it is refused.
std::optional<base::SizeI> size_of(const tools::FrameInput& input, base::SizeI option) {
  const base::SizeI size = input.size().value_or(option);
  constexpr auto kSide = layercast::scene::limits::kCanvasSide;
  // Larger ones only take longer.
  constexpr int kLongest = 512;
  const bool is_allowed = std::min(size.width, size.height) >= kSide.min &&
                          std::max(size.width, size.height) <= kLongest;
  return is_allowed ? std::optional(size) : std::nullopt;
}

void read_frames(tools::FrameInput& input, frame::PixelFormat format) {
  constexpr base::SizeI kRawSize{32, 16};
  constexpr int kFramesMax = 8;
  const auto size = size_of(input, kRawSize);
  if (!size) return;
  if (const auto rate = input.rate()) LAYERCAST_CHECK(rate->numerator > 0 && rate->denominator > 0);
  const auto count = input.count(*size);
  LAYERCAST_CHECK(!count || *count >= 0);
  if (!input.expect(*size, kFramesMax)) return;
  input.start({*size, format, 1});
  for (int frames = 0; frames < kFramesMax; ++frames) {
    const auto next = input.next();
    if (!next) {
      LAYERCAST_CHECK(!next.error().message.empty() && next.error().where == input.name());
      return;
    }
    if (next.value() == nullptr) {
      static_cast<void>(input.check_end());
      return;
    }
    LAYERCAST_CHECK(next.value()->size() == *size && next.value()->format() == format);
  }
}

}  // namespace

// The first byte chooses the format of the encoder; the input begins behind it.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  if (size == 0) return 0;
  set_standard_input(bytes + 1, size - 1);
  const auto opened = tools::open_frame_input("-");
  if (!opened) {
    LAYERCAST_CHECK(!opened.error().message.empty() && !opened.error().where.empty());
    return 0;
  }
  const bool is_nv12 = bytes[0] % 2 == 0;
  read_frames(*opened.value(), is_nv12 ? frame::PixelFormat::kNv12 : frame::PixelFormat::kYuv420p);
  return 0;
}
