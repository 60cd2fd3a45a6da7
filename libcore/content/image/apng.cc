#include "content/image/apng.h"

#include "content/image/decode.h"
#include "content/image/png_chunks.h"
#include "scene/model/limits.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

namespace layercast::content {
namespace {

namespace limits = scene::limits;

// Chunks that determine how the pixels of all pictures are decoded.
constexpr std::array<std::string_view, 8> kSharedChunks = {"PLTE", "tRNS", "gAMA", "cHRM",
                                                           "sRGB", "iCCP", "cICP", "sBIT"};
constexpr size_t kHeaderBytes = 13;
constexpr size_t kFrameControlBytes = 26;

base::Error damaged(const std::string& how) {
  return base::invalid_input("the animated PNG is damaged or cut short (" + how + ")");
}

uint32_t short_at(std::string_view bytes, size_t at) {
  return static_cast<uint32_t>(static_cast<uint8_t>(bytes[at])) << 8 |
         static_cast<uint8_t>(bytes[at + 1]);
}

void append_number(std::string& bytes, uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(value >> shift & 255U);
}

void append_chunk(std::string& file, std::string_view type,
                  const std::vector<std::string_view>& bodies) {
  size_t length = 0;
  for (const auto& body : bodies) length += body.size();
  append_number(file, static_cast<uint32_t>(length));
  const size_t start = file.size();
  file += type;
  for (const auto& body : bodies) file += body;
  append_number(file, png_checksum(std::string_view(file).substr(start)));
}

// As in browsers, a denominator of 0 means hundredths of a second.
base::Duration delay_of(uint32_t numerator, uint32_t denominator) {
  const int64_t divisor = denominator == 0 ? 100 : denominator;
  return base::Duration{(int64_t{numerator} * 1'000'000'000 + divisor / 2) / divisor};
}

}  // namespace

bool is_apng(std::string_view bytes) {
  if (!bytes.starts_with(kPngSignature)) return false;
  bytes.remove_prefix(kPngSignature.size());
  while (const auto chunk = take_png_chunk(bytes)) {
    if (chunk->type == "acTL") return true;
    if (chunk->type == "IDAT") return false;
  }
  return false;
}

base::Result<std::unique_ptr<ApngReader>> ApngReader::open(
    std::shared_ptr<const std::string> bytes) {
  std::unique_ptr<ApngReader> reader(new ApngReader(std::move(bytes)));
  TRY_DO(reader->read_chunks());
  TRY_DO(reader->check());
  return reader;
}

base::Result<void> ApngReader::read_chunks() {
  std::string_view rest = std::string_view(*bytes_).substr(kPngSignature.size());
  while (const auto chunk = take_png_chunk(rest)) {
    if (chunk->type == "IEND") return {};
    TRY_DO(read_chunk(*chunk));
  }
  return damaged("no IEND chunk");
}

base::Result<void> ApngReader::read_chunk(const PngChunk& chunk) {
  if (chunk.type == "IHDR") return read_header(chunk.body);
  if (chunk.type == "acTL") {
    if (chunk.body.size() != 8) return damaged("acTL");
    promised_ = png_number(chunk.body, 0);
    plays_ = static_cast<int>(std::min<uint32_t>(png_number(chunk.body, 4), 1'000'000));
    return {};
  }
  if (chunk.type == "fcTL") return read_frame_control(chunk.body);
  if (chunk.type == "IDAT") {
    // IDAT without fcTL before it is the still image for readers without APNG support.
    if (!frames_.empty()) frames_.back().pixels.push_back(chunk.body);
    return {};
  }
  if (chunk.type == "fdAT") {
    if (chunk.body.size() < 4 || frames_.empty()) return damaged("fdAT");
    frames_.back().pixels.push_back(chunk.body.substr(4));
    return {};
  }
  if (std::ranges::find(kSharedChunks, chunk.type) != kSharedChunks.end()) shared_ += chunk.whole;
  return {};
}

base::Result<void> ApngReader::read_header(std::string_view body) {
  // A second header could make the canvas smaller than the pictures on it.
  if (body.size() != kHeaderBytes || !size_.empty()) return damaged("IHDR");
  const uint32_t width = png_number(body, 0);
  const uint32_t height = png_number(body, 4);
  constexpr auto kSideMax = static_cast<uint32_t>(limits::kImageSideMax);
  if (width > kSideMax || height > kSideMax || int64_t{width} * height > limits::kImagePixelsMax) {
    return base::over_limit("the image has " + std::to_string(width) + " x " +
                            std::to_string(height) + " pixels, above the limit");
  }
  size_ = {static_cast<int>(width), static_cast<int>(height)};
  if (size_.empty()) return damaged("IHDR");
  header_ = body.substr(8);
  return {};
}

base::Result<void> ApngReader::read_frame_control(std::string_view body) {
  if (body.size() != kFrameControlBytes || size_.empty()) return damaged("fcTL");
  if (frames_.size() >= static_cast<size_t>(limits::kAnimatedPicturesMax)) {
    return base::over_limit("the animation has more than " +
                            std::to_string(limits::kAnimatedPicturesMax) + " pictures");
  }
  const int64_t width = png_number(body, 4);
  const int64_t height = png_number(body, 8);
  const int64_t left = png_number(body, 12);
  const int64_t top = png_number(body, 16);
  const auto disposal = static_cast<uint8_t>(body[24]);
  const auto blend = static_cast<uint8_t>(body[25]);
  if (width < 1 || height < 1 || left + width > size_.width || top + height > size_.height ||
      disposal > 2 || blend > 1) {
    return damaged("fcTL");
  }
  Frame frame;
  frame.place.place = {static_cast<int>(left), static_cast<int>(top),
                       static_cast<int>(left + width), static_cast<int>(top + height)};
  frame.delay = delay_of(short_at(body, 20), short_at(body, 22));
  frame.place.disposal = static_cast<Disposal>(disposal);
  frame.place.blend = static_cast<Blend>(blend);
  frames_.push_back(std::move(frame));
  return {};
}

base::Result<void> ApngReader::check() const {
  if (size_.empty() || frames_.empty()) return damaged("no picture");
  if (frames_.size() != promised_) {
    return damaged("it promises " + std::to_string(promised_) + " pictures and holds " +
                   std::to_string(frames_.size()));
  }
  const auto is_empty = [](const Frame& frame) { return frame.pixels.empty(); };
  if (std::ranges::any_of(frames_, is_empty)) return damaged("a picture has no pixels");
  if (size_.area() * count() > limits::kAnimatedPixelsMax) {
    return base::over_limit("the animation has " + std::to_string(count()) + " pictures of " +
                            std::to_string(size_.width) + " x " + std::to_string(size_.height) +
                            " pixels, above the limit of " +
                            std::to_string(limits::kAnimatedPixelsMax) + " pixels in all");
  }
  return {};
}

std::vector<base::Duration> ApngReader::delays() const {
  std::vector<base::Duration> delays;
  delays.reserve(frames_.size());
  for (const Frame& frame : frames_) delays.push_back(frame.delay);
  return delays;
}

// One frame as a PNG file of its own.
std::string ApngReader::file_of(const Frame& frame) const {
  std::string header;
  append_number(header, static_cast<uint32_t>(frame.place.place.width()));
  append_number(header, static_cast<uint32_t>(frame.place.place.height()));
  header += header_;
  std::string file(kPngSignature);
  append_chunk(file, "IHDR", {header});
  file += shared_;
  append_chunk(file, "IDAT", frame.pixels);
  append_chunk(file, "IEND", {});
  return file;
}

base::Result<void> ApngReader::draw(int number) {
  const Frame& frame = frames_[static_cast<size_t>(number)];
  TRY(const auto pixels, decode_image(file_of(frame)));
  if (pixels.size() != base::SizeI{frame.place.place.width(), frame.place.place.height()}) {
    return damaged("a picture has an EXIF orientation");
  }
  if (number == 0) canvas_ = AnimationCanvas(size_);
  canvas_.draw(pixels.view(), frame.place);
  return {};
}

base::Result<frame::Image<frame::PremulRgba8>> ApngReader::picture(int number) {
  if (number < next_ - 1) next_ = 0;
  while (next_ <= number) {
    auto drawn = draw(next_);
    if (!drawn) {
      next_ = 0;
      return std::move(drawn).error();
    }
    ++next_;
  }
  return canvas_.picture();
}

}  // namespace layercast::content
