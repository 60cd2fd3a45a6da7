#include "content/encode/gif_encoder.h"

#include "content/encode/palette.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

extern "C" {
#include <cgif.h>
}

namespace layercast::content {
namespace {

using frame::StraightRgba8;
using View = frame::ImageView<const StraightRgba8>;

constexpr int64_t kUnitsPerSecond = 100;
constexpr int64_t kDelayMin = 2;  // browsers show shorter ones for 10
constexpr int64_t kDelayMax = 65'535;
constexpr uint8_t kOpaqueFrom = 128;

// A pixel as GIF can show it: opaque, or transparent without a colour.
StraightRgba8 shown(StraightRgba8 pixel) {
  if (pixel.alpha < kOpaqueFrom) return {};
  pixel.alpha = 255;
  return pixel;
}

class GifEncoder : public PictureEncoder {
 public:
  GifEncoder(base::SizeI size, base::FrameRate rate, ByteSink write)
      : size_(size), rate_(rate), write_(std::move(write)) {}
  ~GifEncoder() override {
    if (gif_ != nullptr) cgif_close(gif_);
  }
  GifEncoder(const GifEncoder&) = delete;
  GifEncoder& operator=(const GifEncoder&) = delete;

  base::Result<void> open() {
    CGIF_Config config{};
    config.attrFlags = CGIF_ATTR_IS_ANIMATED | CGIF_ATTR_NO_GLOBAL_TABLE;
    config.width = static_cast<uint16_t>(size_.width);
    config.height = static_cast<uint16_t>(size_.height);
    config.numLoops = CGIF_INFINITE_LOOP;
    config.pWriteFn = &GifEncoder::take_bytes;
    config.pContext = this;
    gif_ = cgif_newgif(&config);
    return gif_ != nullptr ? base::Result<void>{} : failure();
  }

  base::Result<void> add(View picture, PictureSpan span) override {
    const bool is_whole = note(picture);
    TRY(const PalettePicture indexed, palette_picture(pixels_, size_));
    int64_t delay =
        std::max(kDelayMin, units_at(span.end, rate_, kUnitsPerSecond) - std::exchange(end_, 0));
    end_ = units_at(span.end, rate_, kUnitsPerSecond);
    const uint32_t meaning = is_whole ? CGIF_FRAME_ATTR_HAS_ALPHA : CGIF_FRAME_ATTR_HAS_SET_TRANS;
    TRY_DO(add_frame(indexed, meaning, std::min(delay, kDelayMax)));
    // A longer delay needs pictures that change nothing.
    while ((delay -= kDelayMax) > 0) {
      const PalettePicture nothing{
          {{0, 0, 0}}, std::vector<uint8_t>(static_cast<size_t>(size_.area()), 0), uint8_t{0}};
      TRY_DO(add_frame(nothing, CGIF_FRAME_ATTR_HAS_SET_TRANS, std::min(delay, kDelayMax)));
    }
    return {};
  }

  base::Result<void> finish() override {
    const int closed = cgif_close(std::exchange(gif_, nullptr));
    return closed == CGIF_OK && !error_ ? base::Result<void>{} : failure();
  }

 private:
  // Sets pixels_ to what the file must hold of `picture`: its changes, or all of it where a pixel
  // loses its colour, which GIF can express only by clearing the picture before. Returns whether it
  // is all.
  bool note(View picture) {
    const size_t count = static_cast<size_t>(size_.area());
    bool is_whole = canvas_.empty();
    pixels_.resize(count);
    canvas_.resize(count);
    size_t at = 0;
    for (int y = 0; y < size_.height; ++y) {
      for (int x = 0; x < size_.width; ++x, ++at) {
        pixels_[at] = shown(picture.at(x, y));
        is_whole = is_whole || (pixels_[at].alpha == 0 && canvas_[at].alpha != 0);
      }
    }
    for (at = 0; at < count; ++at) {
      const StraightRgba8 before = std::exchange(canvas_[at], pixels_[at]);
      if (!is_whole && before == pixels_[at]) pixels_[at] = {};
    }
    return is_whole;
  }

  base::Result<void> add_frame(const PalettePicture& picture, uint32_t meaning, int64_t delay) {
    CGIF_FrameConfig config{};
    // cgif changes neither.
    config.pLocalPalette =
        const_cast<uint8_t*>(reinterpret_cast<const uint8_t*>(picture.colors.data()));
    config.pImageData = const_cast<uint8_t*>(picture.indices.data());
    config.numLocalPaletteEntries = static_cast<uint16_t>(picture.colors.size());
    // Also if no pixel is transparent: some readers clear a picture to transparent pixels only if
    // it may have some.
    config.attrFlags = CGIF_FRAME_ATTR_USE_LOCAL_TABLE | meaning;
    config.transIndex = picture.transparent;
    config.delay = static_cast<uint16_t>(delay);
    return cgif_addframe(gif_, &config) == CGIF_OK && !error_ ? base::Result<void>{} : failure();
  }

  static int take_bytes(void* context, const uint8_t* bytes, size_t count) {
    auto& encoder = *static_cast<GifEncoder*>(context);
    if (encoder.error_) return -1;
    const auto written = encoder.write_({reinterpret_cast<const char*>(bytes), count});
    if (!written) encoder.error_ = written.error();
    return written.ok() ? 0 : -1;
  }

  base::Error failure() const {
    return error_ ? *error_ : base::internal_error("the GIF cannot be encoded");
  }

  base::SizeI size_;
  base::FrameRate rate_;
  ByteSink write_;
  CGIF* gif_ = nullptr;
  std::vector<StraightRgba8> canvas_;  ///< What the pictures so far show.
  std::vector<StraightRgba8> pixels_;  ///< Of the next picture; transparent: as before.
  int64_t end_ = 0;                    ///< Of the latest picture, in units.
  std::optional<base::Error> error_;
};

}  // namespace

base::Result<std::unique_ptr<PictureEncoder>> open_gif_encoder(base::SizeI size,
                                                               base::FrameRate rate,
                                                               ByteSink write) {
  auto encoder = std::make_unique<GifEncoder>(size, rate, std::move(write));
  TRY_DO(encoder->open());
  return std::unique_ptr<PictureEncoder>(std::move(encoder));
}

}  // namespace layercast::content
