#include "content/encode/avif_encoder.h"

#include <algorithm>
#include <avif/avif.h>
#include <cmath>
#include <string>
#include <utility>

namespace layercast::content {
namespace {

using View = frame::ImageView<const frame::StraightRgba8>;
using ImagePtr = std::unique_ptr<avifImage, decltype(&avifImageDestroy)>;
using EncoderPtr = std::unique_ptr<avifEncoder, decltype(&avifEncoderDestroy)>;

// Visually lossless on drawn pictures; smaller is better, 0 to 63.
constexpr int kQuantizer = 16;
constexpr int kSpeed = 8;
constexpr int kThreads = 4;  // fixed, so that the file does not depend on the number of cores

class AvifPictureEncoder : public PictureEncoder {
 public:
  AvifPictureEncoder(const AvifRequest& request, ByteSink write)
      : request_(request),
        write_(std::move(write)),
        encoder_(avifEncoderCreate(), &avifEncoderDestroy),
        held_(nullptr, &avifImageDestroy) {}

  base::Result<void> open() {
    if (encoder_ == nullptr) return base::internal_error("the AVIF encoder cannot be opened");
    encoder_->codecChoice = AVIF_CODEC_CHOICE_AOM;
    encoder_->maxThreads = kThreads;
    encoder_->speed = kSpeed;
    encoder_->minQuantizer = encoder_->maxQuantizer = kQuantizer;
    encoder_->minQuantizerAlpha = encoder_->maxQuantizerAlpha = AVIF_QUANTIZER_LOSSLESS;
    encoder_->timescale = static_cast<uint64_t>(request_.rate.numerator);
    encoder_->keyframeInterval =
        std::max(1, static_cast<int>(std::lround(2 * request_.rate.per_second())));
    return {};
  }

  // Holds the first picture until it is clear whether it is the only one.
  base::Result<void> add(View view, PictureSpan span) override {
    ImagePtr image(
        avifImageCreate(static_cast<uint32_t>(view.width()), static_cast<uint32_t>(view.height()),
                        8, AVIF_PIXEL_FORMAT_YUV444),
        &avifImageDestroy);
    if (image == nullptr) return failure(AVIF_RESULT_OUT_OF_MEMORY);
    image->yuvRange = AVIF_RANGE_FULL;
    image->colorPrimaries = AVIF_COLOR_PRIMARIES_BT709;
    image->transferCharacteristics = AVIF_TRANSFER_CHARACTERISTICS_SRGB;
    image->matrixCoefficients = AVIF_MATRIX_COEFFICIENTS_BT601;
    avifRGBImage pixels;
    avifRGBImageSetDefaults(&pixels, image.get());
    pixels.format = AVIF_RGB_FORMAT_RGBA;
    pixels.ignoreAlpha = request_.opaque ? AVIF_TRUE : AVIF_FALSE;
    // libavif does not write them.
    pixels.pixels = reinterpret_cast<uint8_t*>(const_cast<frame::StraightRgba8*>(view.row(0)));
    pixels.rowBytes = static_cast<uint32_t>(view.row_bytes());
    const avifResult converted = avifImageRGBToYUV(image.get(), &pixels);
    if (converted != AVIF_RESULT_OK) return failure(converted);
    TRY_DO(encode_held(AVIF_ADD_IMAGE_FLAG_NONE));
    held_ = std::move(image);
    held_span_ = span;
    return {};
  }

  base::Result<void> finish() override {
    const bool is_still = held_span_.first == 0;
    TRY_DO(encode_held(is_still ? AVIF_ADD_IMAGE_FLAG_SINGLE : AVIF_ADD_IMAGE_FLAG_NONE));
    avifRWData file = AVIF_DATA_EMPTY;
    const avifResult finished = avifEncoderFinish(encoder_.get(), &file);
    base::Result<void> written = finished == AVIF_RESULT_OK
                                     ? write_({reinterpret_cast<const char*>(file.data), file.size})
                                     : failure(finished);
    avifRWDataFree(&file);
    return written;
  }

 private:
  base::Result<void> encode_held(avifAddImageFlags flags) {
    if (held_ == nullptr) return {};
    const auto frames = static_cast<uint64_t>(held_span_.end - held_span_.first);
    const avifResult added =
        avifEncoderAddImage(encoder_.get(), held_.get(),
                            frames * static_cast<uint64_t>(request_.rate.denominator), flags);
    return added == AVIF_RESULT_OK ? base::Result<void>{} : failure(added);
  }

  base::Error failure(avifResult result) const {
    std::string reason = avifResultToString(result);
    if (encoder_->diag.error[0] != '\0') reason += std::string(": ") + encoder_->diag.error;
    return base::internal_error("the AVIF picture cannot be encoded (" + reason + ")");
  }

  AvifRequest request_;
  ByteSink write_;
  EncoderPtr encoder_;
  ImagePtr held_;
  PictureSpan held_span_{};
};

}  // namespace

base::Result<std::unique_ptr<PictureEncoder>> open_avif_encoder(const AvifRequest& request,
                                                                ByteSink write) {
  auto encoder = std::make_unique<AvifPictureEncoder>(request, std::move(write));
  TRY_DO(encoder->open());
  return std::unique_ptr<PictureEncoder>(std::move(encoder));
}

}  // namespace layercast::content
