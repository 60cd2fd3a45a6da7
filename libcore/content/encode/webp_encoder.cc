#include "content/encode/webp_encoder.h"

#include <algorithm>
#include <string>
#include <utility>
#include <webp/encode.h>
#include <webp/mux.h>

namespace layercast::content {
namespace {

using View = frame::ImageView<const frame::StraightRgba8>;

constexpr int64_t kUnitsPerSecond = 1000;
constexpr int64_t kTimeMax = 0x7fffffff;
constexpr float kQuality = 90;

class WebpPictureEncoder : public PictureEncoder {
 public:
  WebpPictureEncoder(base::SizeI size, base::FrameRate rate, ByteSink write)
      : size_(size), rate_(rate), write_(std::move(write)) {}
  ~WebpPictureEncoder() override { WebPAnimEncoderDelete(encoder_); }
  WebpPictureEncoder(const WebpPictureEncoder&) = delete;
  WebpPictureEncoder& operator=(const WebpPictureEncoder&) = delete;

  base::Result<void> open() {
    WebPAnimEncoderOptions options;
    if (WebPAnimEncoderOptionsInit(&options) == 0 || WebPConfigInit(&config_) == 0) {
      return failure("another version of libwebp");
    }
    options.anim_params.loop_count = 0;  // for ever
    options.anim_params.bgcolor = 0;     // transparent
    config_.quality = kQuality;
    config_.alpha_quality = 100;
    config_.use_sharp_yuv = 1;
    config_.thread_level = 1;
    encoder_ = WebPAnimEncoderNew(size_.width, size_.height, &options);
    return encoder_ != nullptr ? base::Result<void>{} : failure("no memory");
  }

  base::Result<void> add(View view, PictureSpan span) override {
    WebPPicture picture;
    if (WebPPictureInit(&picture) == 0) return failure("another version of libwebp");
    picture.use_argb = 1;
    picture.width = size_.width;
    picture.height = size_.height;
    const bool added =
        WebPPictureImportRGBA(&picture, reinterpret_cast<const uint8_t*>(view.row(0)),
                              static_cast<int>(view.row_bytes())) != 0 &&
        WebPAnimEncoderAdd(encoder_, &picture, time_of(span.first), &config_) != 0;
    WebPPictureFree(&picture);
    end_ = span.end;
    return added ? base::Result<void>{} : failure(WebPAnimEncoderGetError(encoder_));
  }

  base::Result<void> finish() override {
    WebPData file;
    WebPDataInit(&file);
    const bool assembled = WebPAnimEncoderAdd(encoder_, nullptr, time_of(end_), nullptr) != 0 &&
                           WebPAnimEncoderAssemble(encoder_, &file) != 0;
    base::Result<void> written =
        assembled ? write_({reinterpret_cast<const char*>(file.bytes), file.size})
                  : failure(WebPAnimEncoderGetError(encoder_));
    WebPDataClear(&file);
    return written;
  }

 private:
  int time_of(int64_t index) const {
    return static_cast<int>(std::min(kTimeMax, units_at(index, rate_, kUnitsPerSecond)));
  }
  static base::Error failure(const char* reason) {
    return base::internal_error("the WebP picture cannot be encoded (" + std::string(reason) + ")");
  }

  base::SizeI size_;
  base::FrameRate rate_;
  ByteSink write_;
  WebPConfig config_{};
  WebPAnimEncoder* encoder_ = nullptr;
  int64_t end_ = 0;
};

}  // namespace

base::Result<std::unique_ptr<PictureEncoder>> open_webp_encoder(base::SizeI size,
                                                                base::FrameRate rate,
                                                                ByteSink write) {
  auto encoder = std::make_unique<WebpPictureEncoder>(size, rate, std::move(write));
  TRY_DO(encoder->open());
  return std::unique_ptr<PictureEncoder>(std::move(encoder));
}

}  // namespace layercast::content
