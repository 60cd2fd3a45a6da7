#include "content/image/gif_reader.h"

#include "content/image/image_format.h"
#include "content/image/vips_decode.h"
#include "scene/model/limits.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

namespace layercast::content {
namespace {

namespace limits = scene::limits;
using Frame = GifFile::Frame;

constexpr size_t kSignatureBytes = 6;
constexpr size_t kScreenBytes = 7;
constexpr size_t kControlBytes = 4;
constexpr size_t kDescriptorBytes = 9;  // image descriptor, without its separator

uint8_t byte_at(std::string_view bytes, size_t at) { return static_cast<uint8_t>(bytes[at]); }

int short_at(std::string_view bytes, size_t at) {
  return byte_at(bytes, at) | byte_at(bytes, at + 1) << 8;
}

void append_short(std::string& bytes, int value) {
  bytes += static_cast<char>(value & 255);
  bytes += static_cast<char>(value >> 8);
}

base::Error damaged(std::string_view reason) { return damaged_image(ImageFormat::kGif, reason); }

// The size of the colour table that a flags field declares.
size_t table_bytes(uint8_t flags) {
  return (flags & 0x80U) != 0 ? size_t{3} << ((flags & 7U) + 1) : 0;
}

Disposal disposal_of(uint8_t flags) {
  const unsigned method = flags >> 2 & 7U;
  if (method == 2) return Disposal::kBackground;
  // Some encoders write 4 for 3, because older documents counted bits.
  return method == 3 || method == 4 ? Disposal::kPrevious : Disposal::kNone;
}

/// Reads the blocks of a file in their order.
class BlockReader {
 public:
  explicit BlockReader(std::string_view bytes) : rest_(bytes) {}

  base::Result<GifFile> read(GifExtent extent) {
    TRY_DO(read_screen());
    const size_t frames_max =
        extent == GifExtent::kFirstFrame ? 1 : static_cast<size_t>(limits::kAnimatedPicturesMax);
    while (!rest_.empty()) {
      const char kind = rest_.front();
      rest_.remove_prefix(1);
      if (kind == ',') {
        if (file_.frames.size() >= frames_max) {
          return base::over_limit("the animation has more than " + std::to_string(frames_max) +
                                  " pictures");
        }
        TRY_DO(read_image());
        if (extent == GifExtent::kFirstFrame) break;
      } else if (kind == '!') {
        TRY_DO(read_extension());
      } else {
        break;  // the trailer, or an unknown block that readers ignore
      }
    }
    if (file_.frames.empty()) return damaged("it has no picture");
    return std::move(file_);
  }

 private:
  base::Result<std::string_view> take(size_t count) {
    if (rest_.size() < count) return damaged("the end is missing");
    const std::string_view taken = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return taken;
  }

  // Skips sub-blocks up to and including the terminator.
  base::Result<void> skip_data() {
    for (;;) {
      TRY(const std::string_view length, take(1));
      if (length[0] == 0) return {};
      TRY_DO(take(byte_at(length, 0)));
    }
  }

  base::Result<void> read_screen() {
    TRY_DO(take(kSignatureBytes));
    TRY(file_.screen, take(kScreenBytes));
    file_.size = {short_at(file_.screen, 0), short_at(file_.screen, 2)};
    TRY(file_.global_table, take(table_bytes(byte_at(file_.screen, 4))));
    return {};
  }

  base::Result<void> read_extension() {
    TRY(const std::string_view label, take(1));
    const std::string_view blocks = rest_;
    TRY_DO(skip_data());
    if (byte_at(label, 0) == 0xf9 && blocks.size() > kControlBytes &&
        byte_at(blocks, 0) == kControlBytes) {
      control_ = blocks.substr(1, kControlBytes);
    } else if (byte_at(label, 0) == 0x01) {
      control_ = {};  // it belonged to this plain text, which browsers do not draw
    } else if (byte_at(label, 0) == 0xff) {
      read_loop_count(blocks);
    }
    return {};
  }

  // Source: Netscape's application extension: sub-block 1 holds the number of repeats.
  void read_loop_count(std::string_view blocks) {
    const bool loops = blocks.starts_with("\x0bNETSCAPE2.0") || blocks.starts_with(
                                                                    "\x0b"
                                                                    "ANIMEXTS1.0");
    if (!loops || blocks.size() < 16 || byte_at(blocks, 12) < 3 || byte_at(blocks, 13) != 1) return;
    const int repeats = short_at(blocks, 14);
    file_.plays = repeats == 0 ? 0 : repeats + 1;
  }

  base::Result<void> read_image() {
    TRY(const std::string_view descriptor, take(kDescriptorBytes));
    Frame frame;
    const base::SizeI size{short_at(descriptor, 4), short_at(descriptor, 6)};
    const int left = short_at(descriptor, 0);
    const int top = short_at(descriptor, 2);
    frame.place.place = {left, top, left + size.width, top + size.height};
    frame.flags = byte_at(descriptor, 8);
    if (!control_.empty()) {
      frame.place.disposal = disposal_of(byte_at(control_, 0));
      frame.delay = std::chrono::milliseconds(10 * short_at(control_, 1));
      frame.control = std::exchange(control_, {});
    }
    const std::string_view start = rest_;
    TRY_DO(take(table_bytes(frame.flags) + 1));  // and the width of the codes
    TRY_DO(skip_data());
    frame.table_and_data = start.substr(0, start.size() - rest_.size());
    if (file_.frames.empty()) {
      file_.size = {std::max(file_.size.width, frame.place.place.right),
                    std::max(file_.size.height, frame.place.place.bottom)};
      if (file_.size.empty()) return damaged("it has no pixels");
      TRY_DO(check_image_size(file_.size));
    }
    TRY_DO(check_image_size(size));
    file_.frames.push_back(frame);
    return {};
  }

  std::string_view rest_;
  std::string_view control_;  // of the next image
  GifFile file_;
};

base::SizeI size_of(const Frame& frame) {
  return {frame.place.place.width(), frame.place.place.height()};
}

// Frames may be larger than the canvas, and every pixel is decoded.
int64_t pixels_in_all(const GifFile& file) {
  int64_t pixels = 0;
  for (const Frame& frame : file.frames) {
    pixels += std::max(file.size.area(), size_of(frame).area());
  }
  return pixels;
}

// One frame as a GIF file of its own.
std::string file_of(const GifFile& file, const Frame& frame) {
  const base::SizeI size = size_of(frame);
  std::string bytes = "GIF89a";
  append_short(bytes, size.width);
  append_short(bytes, size.height);
  bytes += file.screen.substr(4);
  bytes += file.global_table;
  if (!frame.control.empty()) {
    bytes += "!\xf9\x04";
    bytes += static_cast<char>(byte_at(frame.control, 0) & 1U);  // without its disposal
    bytes += frame.control.substr(1);
    bytes += '\0';
  }
  bytes += std::string(",\0\0\0\0", 5);
  append_short(bytes, size.width);
  append_short(bytes, size.height);
  bytes += static_cast<char>(frame.flags);
  bytes += frame.table_and_data;
  bytes += ';';
  return bytes;
}

base::Result<void> draw(const GifFile& file, const Frame& frame, AnimationCanvas& canvas) {
  if (size_of(frame).empty()) {
    canvas.draw({}, {});
    return {};
  }
  TRY(const auto pixels, decode_by_vips(ImageFormat::kGif, file_of(file, frame)));
  if (pixels.size() != size_of(frame)) return damaged("a picture has another size");
  canvas.draw(pixels.view(), frame.place);
  return {};
}

}  // namespace

bool is_gif(std::string_view bytes) { return bytes.starts_with("GIF8"); }

base::Result<GifFile> read_gif(std::string_view bytes, GifExtent extent) {
  return BlockReader(bytes).read(extent);
}

base::Result<std::unique_ptr<GifReader>> GifReader::open(std::shared_ptr<const std::string> bytes) {
  std::unique_ptr<GifReader> reader(new GifReader(std::move(bytes)));
  TRY(reader->file_, read_gif(*reader->bytes_, GifExtent::kWhole));
  if (pixels_in_all(reader->file_) > limits::kAnimatedPixelsMax) {
    const base::SizeI size = reader->size();
    return base::over_limit("the animation has " + std::to_string(reader->count()) +
                            " pictures of " + std::to_string(size.width) + " x " +
                            std::to_string(size.height) + " pixels, above the limit of " +
                            std::to_string(limits::kAnimatedPixelsMax) + " pixels in all");
  }
  return reader;
}

std::vector<base::Duration> GifReader::delays() const {
  std::vector<base::Duration> delays;
  delays.reserve(file_.frames.size());
  for (const Frame& frame : file_.frames) delays.push_back(frame.delay);
  return delays;
}

base::Result<frame::Image<frame::PremulRgba8>> GifReader::picture(int number) {
  if (number < next_ - 1) next_ = 0;
  while (next_ <= number) {
    if (next_ == 0) canvas_ = AnimationCanvas(size());
    auto drawn = draw(file_, file_.frames[static_cast<size_t>(next_)], canvas_);
    if (!drawn) {
      next_ = 0;
      return std::move(drawn).error();
    }
    ++next_;
  }
  return canvas_.picture();
}

base::Result<frame::Image<frame::PremulRgba8>> first_gif_picture(std::string_view bytes) {
  TRY(const GifFile file, read_gif(bytes, GifExtent::kFirstFrame));
  AnimationCanvas canvas(file.size);
  TRY_DO(draw(file, file.frames.front(), canvas));
  return canvas.picture();
}

}  // namespace layercast::content
