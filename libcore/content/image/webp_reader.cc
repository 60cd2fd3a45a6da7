#include "content/image/webp_reader.h"

#include "content/image/image_format.h"
#include "content/image/stored_image.h"
#include "content/image/vips_decode.h"
#include "content/image/vips_glue.h"
#include "scene/model/limits.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vips/vips8>
#include <webp/demux.h>

namespace layercast::content {
namespace {

namespace limits = scene::limits;
using vips::VImage;

constexpr int kBands = 4;

struct FreeDecoder {
  void operator()(WebPAnimDecoder* decoder) const { WebPAnimDecoderDelete(decoder); }
};
using DecoderPtr = std::unique_ptr<WebPAnimDecoder, FreeDecoder>;

WebPData data_of(std::string_view bytes) {
  return {reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()};
}

DecoderPtr new_decoder(std::string_view bytes) {
  WebPAnimDecoderOptions options;
  if (WebPAnimDecoderOptionsInit(&options) == 0) return nullptr;
  options.color_mode = MODE_RGBA;
  const WebPData data = data_of(bytes);
  return DecoderPtr(WebPAnimDecoderNew(&data, &options));
}

base::Error damaged(std::string_view reason) { return decoder_error(ImageFormat::kWebp, reason); }

base::Result<void> check_pictures(base::SizeI size, int64_t count) {
  if (count <= limits::kAnimatedPicturesMax && size.area() * count <= limits::kAnimatedPixelsMax) {
    return {};
  }
  return base::over_limit("the animation has " + std::to_string(count) + " pictures of " +
                          std::to_string(size.width) + " x " + std::to_string(size.height) +
                          " pixels, above the limit of " +
                          std::to_string(limits::kAnimatedPicturesMax) + " pictures and " +
                          std::to_string(limits::kAnimatedPixelsMax) + " pixels in all");
}

std::vector<base::Duration> delays_in(const WebPDemuxer* file) {
  std::vector<base::Duration> delays;
  WebPIterator frame;
  if (WebPDemuxGetFrame(file, 1, &frame) == 0) return delays;
  do {
    delays.emplace_back(std::chrono::milliseconds(frame.duration));
  } while (WebPDemuxNextFrame(&frame) != 0);
  WebPDemuxReleaseIterator(&frame);
  return delays;
}

// The ICC profile; empty when the file has none.
std::string_view profile_in(const WebPDemuxer* file) {
  WebPChunkIterator chunk;
  if (WebPDemuxGetChunk(file, "ICCP", 1, &chunk) == 0) return {};
  const std::string_view profile(reinterpret_cast<const char*>(chunk.chunk.bytes),
                                 chunk.chunk.size);  // a part of the file
  WebPDemuxReleaseChunkIterator(&chunk);
  return profile;
}

}  // namespace

struct WebpReader::State {
  std::shared_ptr<const std::string> bytes;
  DecoderPtr decoder;
  base::SizeI size;
  std::vector<base::Duration> delays;
  int count = 1;
  int plays = 0;
  std::string_view profile;
  int next = 0;  ///< the picture that the decoder decodes next
};

bool is_animated_webp(std::string_view bytes) {
  constexpr size_t kFlagsAt = 20;
  return bytes.size() > kFlagsAt && bytes.starts_with("RIFF") && bytes.substr(8, 8) == "WEBPVP8X" &&
         (static_cast<unsigned char>(bytes[kFlagsAt]) & ANIMATION_FLAG) != 0;
}

WebpReader::WebpReader(std::unique_ptr<State> state) : state_(std::move(state)) {}
WebpReader::~WebpReader() = default;

base::SizeI WebpReader::size() const { return state_->size; }
int WebpReader::count() const { return state_->count; }
std::vector<base::Duration> WebpReader::delays() const { return state_->delays; }
int WebpReader::plays() const { return state_->plays; }

base::Result<std::unique_ptr<WebpReader>> WebpReader::open(
    std::shared_ptr<const std::string> bytes) {
  const WebPData data = data_of(*bytes);
  WebPBitstreamFeatures features;
  if (WebPGetFeatures(data.bytes, data.size, &features) != VP8_STATUS_OK) {
    return damaged("its header is damaged");
  }
  auto state = std::make_unique<State>();
  state->size = {features.width, features.height};
  TRY_DO(check_image_size(state->size));  // the decoder allocates two pictures
  state->decoder = new_decoder(*bytes);
  if (state->decoder == nullptr) return damaged("it has no complete pictures");
  WebPAnimInfo info;
  WebPAnimDecoderGetInfo(state->decoder.get(), &info);
  const bool has_size = info.canvas_width == static_cast<uint32_t>(features.width) &&
                        info.canvas_height == static_cast<uint32_t>(features.height);
  if (!has_size || info.frame_count == 0) return damaged("its headers disagree");
  TRY_DO(check_pictures(state->size, info.frame_count));
  state->count = static_cast<int>(info.frame_count);
  state->plays = static_cast<int>(info.loop_count);
  const WebPDemuxer* file = WebPAnimDecoderGetDemuxer(state->decoder.get());
  if (state->count > 1) state->delays = delays_in(file);
  state->profile = profile_in(file);
  state->bytes = std::move(bytes);
  return std::unique_ptr<WebpReader>(new WebpReader(std::move(state)));
}

base::Result<frame::Image<frame::PremulRgba8>> WebpReader::picture(int number) {
  State& state = *state_;
  if (number < state.next) {
    WebPAnimDecoderReset(state.decoder.get());
    state.next = 0;
  }
  uint8_t* pixels = nullptr;
  int end_milliseconds = 0;
  for (; state.next <= number; ++state.next) {
    if (WebPAnimDecoderGetNext(state.decoder.get(), &pixels, &end_milliseconds) != 0) continue;
    WebPAnimDecoderReset(state.decoder.get());
    state.next = 0;
    return damaged("picture " + std::to_string(number) + " cannot be decoded");
  }
  try {
    const auto length = static_cast<size_t>(state.size.area()) * kBands;
    VImage stored = VImage::new_from_memory(pixels, length, state.size.width, state.size.height,
                                            kBands, VIPS_FORMAT_UCHAR)
                        .copy(VImage::option()->set("interpretation", VIPS_INTERPRETATION_sRGB));
    if (!state.profile.empty()) {
      vips_image_set_blob_copy(stored.get_image(), VIPS_META_ICC_NAME, state.profile.data(),
                               state.profile.size());
    }
    return upright_pixels(stored, ImageFormat::kWebp, {});
  } catch (const vips::VError&) {
    return decoder_error(ImageFormat::kWebp, take_vips_errors());
  }
}

}  // namespace layercast::content
