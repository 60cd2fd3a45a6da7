#pragma once

#include "base/error.h"
#include "base/geometry.h"
#include "base/time.h"
#include "content/image/animation_canvas.h"
#include "content/image/picture_reader.h"
#include "content/image/png_chunks.h"
#include "frame/image.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace layercast::content {

/// Whether the bytes are a PNG file that declares an animation before its pixels.
bool is_apng(std::string_view bytes);

/// The pictures of an animated PNG, composed with the earlier ones as blend and disposal say. Each
/// is decoded as a PNG file of its own.
/// Thread: one at a time, after initialise_images().
/// Source: PNG Specification, third edition, section 11.3.6 (acTL, fcTL, fdAT).
class ApngReader final : public PictureReader {
 public:
  /// Finds the pictures in the file without decoding them.
  /// Errors: without `where`: kInvalidInput for damaged or truncated files, kLimit.
  static base::Result<std::unique_ptr<ApngReader>> open(std::shared_ptr<const std::string> bytes);

  base::SizeI size() const override { return size_; }
  int count() const override { return static_cast<int>(frames_.size()); }
  std::vector<base::Duration> delays() const override;
  int plays() const override { return plays_; }
  base::Result<frame::Image<frame::PremulRgba8>> picture(int number) override;

 private:
  struct Frame {
    FramePlace place;
    base::Duration delay{};
    std::vector<std::string_view> pixels;  ///< the data of its IDAT or fdAT chunks
  };

  explicit ApngReader(std::shared_ptr<const std::string> bytes) : bytes_(std::move(bytes)) {}
  base::Result<void> read_chunks();
  base::Result<void> read_chunk(const PngChunk& chunk);
  base::Result<void> read_header(std::string_view body);
  base::Result<void> read_frame_control(std::string_view body);
  base::Result<void> check() const;
  std::string file_of(const Frame& frame) const;
  base::Result<void> draw(int number);

  std::shared_ptr<const std::string> bytes_;
  base::SizeI size_;
  std::string header_;  ///< IHDR without the size
  std::string shared_;  ///< chunks shared by all pictures: palette, colour profile …
  uint32_t promised_ = 0;
  int plays_ = 0;
  std::vector<Frame> frames_;

  AnimationCanvas canvas_;  ///< after picture `next_ - 1` was drawn
  int next_ = 0;
};

}  // namespace layercast::content
