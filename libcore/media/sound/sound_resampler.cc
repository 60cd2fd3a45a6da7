#include "media/sound/sound_resampler.h"

#include "media/sound/audio_source.h"

#include <array>
#include <utility>

extern "C" {
#include <libavutil/channel_layout.h>
#include <libswresample/swresample.h>
}

namespace layercast::media {

ResamplerPtr sound_resampler_for(const AVFrame& decoded) {
  const int channels = decoded.ch_layout.nb_channels;
  AVChannelLayout in{};
  av_channel_layout_copy(&in, &decoded.ch_layout);
  if (in.order == AV_CHANNEL_ORDER_UNSPEC) av_channel_layout_default(&in, channels);
  AVChannelLayout out = AV_CHANNEL_LAYOUT_STEREO;
  SwrContext* context = nullptr;
  int result = swr_alloc_set_opts2(&context, &out, AV_SAMPLE_FMT_FLT, kAudioRate, &in,
                                   static_cast<AVSampleFormat>(decoded.format), decoded.sample_rate,
                                   0, nullptr);
  av_channel_layout_uninit(&in);
  ResamplerPtr resampler(context);
  // The library's default mix of one channel is 3 dB quieter.
  constexpr std::array<double, 2> kBothSides = {1, 1};
  if (result >= 0 && channels == 1) result = swr_set_matrix(context, kBothSides.data(), 1);
  if (result >= 0) result = swr_init(context);
  return result < 0 ? nullptr : std::move(resampler);
}

}  // namespace layercast::media
