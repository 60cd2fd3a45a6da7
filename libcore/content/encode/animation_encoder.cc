#include "content/encode/animation_encoder.h"

#include "content/encode/avif_encoder.h"
#include "content/encode/gif_encoder.h"
#include "content/encode/webp_encoder.h"

#include <algorithm>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>

namespace layercast::content {
namespace {

using View = frame::ImageView<const frame::StraightRgba8>;

// Browsers show a picture whose delay is shorter than 20 ms for 100 ms.
constexpr int64_t kGifPicturesPerSecondMax = 50;
// libwebpmux and libavif hold the encoded pictures, up to about two bits a pixel: 1 GB.
constexpr int64_t kHeldPixelsMax = 4'000'000'000;

struct FormatFacts {
  std::string_view name;
  int side_max;
  int64_t pixels_max;  ///< of all pictures; 0 without a maximum
};

FormatFacts facts_of(AnimationFormat format) {
  switch (format) {
    case AnimationFormat::kGif:
      return {"GIF", 65'535, 0};
    case AnimationFormat::kWebp:
      return {"WebP", 16'383, kHeldPixelsMax};
    case AnimationFormat::kAvif:
      return {"AVIF", 65'536, kHeldPixelsMax};
  }
  return {};
}

bool are_equal(View one, View other) {
  for (int y = 0; y < one.height(); ++y) {
    const auto bytes = static_cast<size_t>(one.width()) * sizeof(frame::StraightRgba8);
    if (std::memcmp(one.row(y), other.row(y), bytes) != 0) return false;
  }
  return true;
}

base::Result<std::unique_ptr<PictureEncoder>> open_encoder(const AnimationRequest& request,
                                                           ByteSink write) {
  switch (request.format) {
    case AnimationFormat::kGif:
      return open_gif_encoder(request.size, request.rate, std::move(write));
    case AnimationFormat::kWebp:
      return open_webp_encoder(request.size, request.rate, std::move(write));
    case AnimationFormat::kAvif:
      return open_avif_encoder({request.size, request.rate, request.opaque}, std::move(write));
  }
  return base::internal_error("no such animation format");
}

}  // namespace

base::Result<void> check_animation(const AnimationRequest& request, int64_t frames) {
  const FormatFacts facts = facts_of(request.format);
  const std::string name(facts.name);
  if (std::max(request.size.width, request.size.height) > facts.side_max) {
    return base::over_limit(name + " holds at most " + std::to_string(facts.side_max) +
                            " pixels a side; expected a smaller --size");
  }
  if (facts.pixels_max == 0 || frames <= facts.pixels_max / request.size.area()) return {};
  return base::over_limit(std::to_string(frames) + " frames are too many for one " + name +
                          " file of this size, expected at most " +
                          std::to_string(facts.pixels_max / request.size.area()) +
                          "; choose fewer --frames, a smaller --size, a lower --fps, or video "
                          "such as .mp4");
}

int frames_per_picture(AnimationFormat format, base::FrameRate rate) {
  if (format != AnimationFormat::kGif) return 1;
  const int64_t max = kGifPicturesPerSecondMax * rate.denominator;
  return static_cast<int>((rate.numerator + max - 1) / max);
}

base::Result<std::unique_ptr<AnimationEncoder>> AnimationEncoder::open(
    const AnimationRequest& request, ByteSink write) {
  TRY_DO(check_animation(request, 1));
  TRY(auto encoder, open_encoder(request, std::move(write)));
  const int step = frames_per_picture(request.format, request.rate);
  return std::unique_ptr<AnimationEncoder>(new AnimationEncoder(std::move(encoder), step));
}

base::Result<void> AnimationEncoder::add(frame::FramePtr frame) {
  const int64_t index = frames_++;
  if (index % step_ != 0) return {};
  if (held_ != nullptr && (held_ == frame || are_equal(held_->rgba(), frame->rgba()))) return {};
  if (held_ != nullptr) TRY_DO(encoder_->add(held_->rgba(), {held_since_, index}));
  held_ = std::move(frame);
  held_since_ = index;
  return {};
}

base::Result<void> AnimationEncoder::finish() {
  LAYERCAST_CHECK(held_ != nullptr);
  TRY_DO(encoder_->add(held_->rgba(), {held_since_, frames_}));
  return encoder_->finish();
}

base::Result<std::string> encode_one(AnimationFormat format, View picture) {
  AnimationRequest request{format, picture.size(), {}, false};
  TRY_DO(check_animation(request, 1));
  std::string file;
  TRY(const auto encoder, open_encoder(request, [&file](std::string_view bytes) {
        file.append(bytes);
        return base::Result<void>{};
      }));
  TRY_DO(encoder->add(picture, {0, 1}));
  TRY_DO(encoder->finish());
  return file;
}

}  // namespace layercast::content
