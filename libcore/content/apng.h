#pragma once

#include "base/error.h"
#include "base/geometry.h"
#include "base/time.h"
#include "frame/image.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace layercast::content {

/// Whether the bytes are a PNG file whose header promises an animation.
bool is_apng(std::string_view bytes);

/// The pictures of an animated PNG, each whole: what came before and how it was disposed of put
/// together. Each is decoded as the PNG file that it would be by itself.
/// Thread: one at a time, after initialise_images().
/// Source: PNG Specification, third edition, section 11.3.6 (acTL, fcTL, fdAT).
class ApngReader {
 public:
  /// Reads where the pictures lie; no pixel is decoded yet.
  /// Errors: without `where`: kInvalidInput for what is damaged or cut short, kLimit.
  static base::Result<std::unique_ptr<ApngReader>> open(std::shared_ptr<const std::string> bytes);

  base::SizeI size() const { return size_; }  ///< of every picture
  int count() const { return static_cast<int>(frames_.size()); }
  std::vector<base::Duration> delays() const;
  /// How often the file wants to be played; 0: for ever.
  int plays() const { return plays_; }

  /// Picture `number`, from 0. Times that go forward cost what lies between; one that goes back
  /// begins anew. Errors: without `where`: as decode_image().
  base::Result<frame::Image<frame::PremulRgba8>> picture(int number);

 private:
  using Pixels = frame::Image<frame::PremulRgba8>;
  enum class Disposal : uint8_t { kNone, kBackground, kPrevious };
  enum class Blend : uint8_t { kSource, kOver };
  struct Frame {
    base::RectI place;  ///< on the canvas
    base::Duration delay{};
    Disposal disposal = Disposal::kNone;
    Blend blend = Blend::kSource;
    std::vector<std::string_view> pixels;  ///< what its IDAT chunks hold
  };
  struct Chunk {
    std::string_view type;
    std::string_view body;
    std::string_view whole;
  };

  explicit ApngReader(std::shared_ptr<const std::string> bytes) : bytes_(std::move(bytes)) {}
  base::Result<void> read_chunks();
  base::Result<void> read_chunk(const Chunk& chunk);
  base::Result<void> read_header(std::string_view body);
  base::Result<void> read_frame_control(std::string_view body);
  base::Result<void> check() const;
  std::string file_of(const Frame& frame) const;
  base::Result<void> draw(int number);

  std::shared_ptr<const std::string> bytes_;
  base::SizeI size_;
  std::string header_;  ///< IHDR without the size
  std::string shared_;  ///< chunks that go for every picture: palette, colour profile …
  uint32_t promised_ = 0;
  int plays_ = 0;
  std::vector<Frame> frames_;

  Pixels canvas_;  ///< as it was after picture `next_ - 1` was drawn
  Pixels under_;   ///< what was there before it
  int next_ = 0;
};

}  // namespace layercast::content
