#include "media/out/video_codec.h"

#include "base/parse_number.h"
#include "media/av/libav.h"
#include "media/out/names.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <vector>

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavutil/cpu.h>
#include <libavutil/opt.h>
#include <libavutil/pixdesc.h>
}

namespace layercast::media {
namespace {

struct Alias {
  std::string_view name;
  std::string_view encoder;
};
constexpr std::array kAliases = {Alias{"h264", "libx264"},   Alias{"h265", "libx265"},
                                 Alias{"hevc", "libx265"},   Alias{"vp8", "libvpx"},
                                 Alias{"vp9", "libvpx-vp9"}, Alias{"av1", "libsvtav1"}};

constexpr size_t kPresetCount = 10;
constexpr std::array<std::string_view, kPresetCount> kPresets = {
    "ultrafast", "superfast", "veryfast", "faster",   "fast",
    "medium",    "slow",      "slower",   "veryslow", "placebo"};
constexpr std::string_view kDefaultPreset = "veryfast";

// The presets of x264 on an encoder's own scale of speed.
struct SpeedScale {
  const char* option = nullptr;
  std::array<int, kPresetCount> file{};
  std::array<int, kPresetCount> live{};
};

// The live speeds of VP8 are negative: with positive ones, libvpx adapts to measured times.
constexpr SpeedScale kVp8Speed = {
    "cpu-used", {5, 5, 4, 3, 2, 1, 1, 0, 0, 0}, {-16, -14, -12, -10, -8, -7, -6, -5, -4, -3}};
constexpr SpeedScale kVp9Speed = {
    "cpu-used", {8, 6, 5, 4, 3, 2, 1, 0, 0, 0}, {8, 8, 7, 7, 6, 6, 5, 5, 4, 4}};
constexpr SpeedScale kAomSpeed = {
    "cpu-used", {8, 7, 6, 6, 5, 4, 3, 2, 1, 0}, {8, 8, 8, 7, 7, 6, 6, 5, 5, 5}};
constexpr SpeedScale kSvtSpeed = {
    "preset", {12, 11, 10, 9, 8, 7, 6, 4, 2, 0}, {12, 12, 11, 11, 10, 10, 9, 9, 8, 8}};
constexpr SpeedScale kNamedSpeed = {"preset", {}, {}};

// The parameters of an encoder. The threads are fixed because the output of x264 and libvpx depends
// on them. Live, x264 cuts each frame into as many slices, which costs quality. The VP8 threads of
// libvpx spin while they wait, and slow each other down on few cores.
struct Tuning {
  std::string_view encoder;
  double crf_default;
  double crf_max;
  const SpeedScale* speed;
  int file_threads;
  int live_threads;
};
constexpr std::array kTunings = {
    Tuning{"libx264", 20, 51, &kNamedSpeed, 6, 4},
    Tuning{"libx264rgb", 20, 51, &kNamedSpeed, 6, 4},
    Tuning{"libx265", 24, 51, &kNamedSpeed, 4, 4},
    Tuning{"libvpx", 12, 63, &kVp8Speed, 1, 4},
    Tuning{"libvpx-vp9", 31, 63, &kVp9Speed, 12, 12},
    Tuning{"libsvtav1", 35, 63, &kSvtSpeed, 12, 12},
    Tuning{"libaom-av1", 30, 63, &kAomSpeed, 12, 12},
};
constexpr int kOtherThreads = 8;
constexpr int kFileBufferSeconds = 2;
constexpr int kLiveBufferSeconds = 1;
// The shorter the buffer, the sooner x264 follows a change of the rate: within a second with this
// one. Restoring the longer buffer would starve the following second.
constexpr int kChangedBuffersPerSecond = 2;

const Tuning* tuning_of(const AVCodec& encoder) {
  const auto found = std::find_if(kTunings.begin(), kTunings.end(), [&](const Tuning& tuning) {
    return tuning.encoder == encoder.name;
  });
  return found == kTunings.end() ? nullptr : &*found;
}

bool is_libvpx(const AVCodec& encoder) {
  return std::string_view(encoder.name).starts_with("libvpx");
}

bool is_x264(const AVCodec& encoder) {
  return std::string_view(encoder.name).starts_with("libx264");
}

bool is_video_encoder(const AVCodec* codec) {
  return codec != nullptr && codec->type == AVMEDIA_TYPE_VIDEO && av_codec_is_encoder(codec) != 0;
}

std::vector<std::string_view> encoder_names() {
  std::vector<std::string_view> names;
  names.reserve(kAliases.size());
  for (const Alias& alias : kAliases) names.emplace_back(alias.name);
  void* position = nullptr;
  while (const AVCodec* codec = av_codec_iterate(&position)) {
    if (is_video_encoder(codec)) names.emplace_back(codec->name);
  }
  return names;
}

const AVOption* option_of(const AVCodecContext& context, const char* name) {
  if (context.priv_data == nullptr || context.codec->priv_class == nullptr) return nullptr;
  return av_opt_find(context.priv_data, name, nullptr, 0, 0);
}

// For options whose names and values are fixed in this file: a missing option does no harm.
void set_known_option(AVCodecContext& context, const char* name, const std::string& value) {
  av_opt_set(context.priv_data, name, value.c_str(), 0);
}

std::optional<size_t> preset_index(std::string_view preset) {
  const auto found = std::find(kPresets.begin(), kPresets.end(), preset);
  if (found == kPresets.end()) return std::nullopt;
  return static_cast<size_t>(found - kPresets.begin());
}

base::Error unknown_preset(const AVCodecContext& context, const std::string& preset) {
  return base::invalid_input("unknown preset " + preset + " of " + context.codec->name +
                             "; expected " + listed(kPresets));
}

base::Result<void> set_scaled_speed(AVCodecContext& context, const SpeedScale& scale,
                                    const std::string& preset, Delivery delivery) {
  int speed = 0;
  if (const auto index = preset_index(preset)) {
    speed = (delivery == Delivery::kLive ? scale.live : scale.file)[*index];
  } else {
    const auto number = base::parse_number<int>(preset);
    if (!number) return unknown_preset(context, preset);
    speed = *number;
  }
  if (av_opt_set_int(context.priv_data, scale.option, speed, 0) < 0) {
    return unknown_preset(context, preset);
  }
  return {};
}

base::Result<void> set_preset(AVCodecContext& context, const VideoSettings& settings,
                              const Tuning* tuning, Delivery delivery) {
  const std::string preset = settings.preset.value_or(std::string(kDefaultPreset));
  if (tuning != nullptr && tuning->speed != &kNamedSpeed) {
    return set_scaled_speed(context, *tuning->speed, preset, delivery);
  }
  if (tuning != nullptr) {
    if (!preset_index(preset)) return unknown_preset(context, preset);
    set_known_option(context, "preset", preset);
    return {};
  }
  if (!settings.preset) return {};
  if (option_of(context, "preset") == nullptr) {
    return base::invalid_input(std::string(context.codec->name) + " has no presets");
  }
  if (av_opt_set(context.priv_data, "preset", preset.c_str(), 0) < 0) {
    return base::invalid_input("unknown preset " + preset + " of " + context.codec->name);
  }
  return {};
}

std::string short_text(double number) {
  std::array<char, 32> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), number);
  return {text.data(), end.ptr};
}

base::Result<void> set_crf(AVCodecContext& context, double crf, const Tuning* tuning) {
  const AVOption* option = option_of(context, "crf");
  if (option == nullptr) {
    return base::invalid_input(std::string(context.codec->name) + " has no crf; choose a bitrate");
  }
  const double max = tuning != nullptr ? tuning->crf_max : option->max;
  const bool fits = crf >= 0 && crf <= max;  // false for NaN
  const bool whole = option->type != AV_OPT_TYPE_INT || crf == std::floor(crf);
  if (!fits || !whole || av_opt_set_double(context.priv_data, "crf", crf, 0) < 0) {
    return base::invalid_input("crf " + short_text(crf) + " of " + context.codec->name +
                               "; expected a " + (option->type == AV_OPT_TYPE_INT ? "whole " : "") +
                               "number from 0 to " + short_text(max));
  }
  return {};
}

// A generous rate for a picture of this size, for encoders without constant quality: 0.2 bits a
// pixel, 25 Mbit/s at 1080p60.
int64_t bitrate_for(base::SizeI size, base::FrameRate rate) {
  return std::max<int64_t>(
      100'000, std::llround(static_cast<double>(size.area()) * rate.per_second() * 0.2));
}

void set_bitrate(AVCodecContext& context, int64_t bitrate, Delivery delivery) {
  context.bit_rate = bitrate;
  // SVT-AV1 has a mean rate only.
  if (std::string_view(context.codec->name) == "libsvtav1") return;
  context.rc_max_rate = bitrate;
  const int buffer_seconds = delivery == Delivery::kLive ? kLiveBufferSeconds : kFileBufferSeconds;
  context.rc_buffer_size = static_cast<int>(
      std::min<int64_t>(buffer_seconds * bitrate, std::numeric_limits<int>::max()));
  // Three equal rates mean a constant bitrate to libvpx.
  if (is_libvpx(*context.codec) && delivery == Delivery::kLive) context.rc_min_rate = bitrate;
}

base::Result<void> set_quality(AVCodecContext& context, const VideoSettings& settings,
                               const Tuning* tuning, Delivery delivery) {
  context.bit_rate = 0;
  if (settings.bitrate) {
    TRY_DO(check_bitrate(*settings.bitrate));
    set_bitrate(context, *settings.bitrate, delivery);
  }
  if (settings.crf) {
    TRY_DO(set_crf(context, *settings.crf, tuning));
  } else if (!settings.bitrate && tuning != nullptr) {
    TRY_DO(set_crf(context, tuning->crf_default, tuning));
  } else if (!settings.bitrate) {
    context.bit_rate = bitrate_for(settings.size, settings.rate);
  }
  // VP8 has constant quality only below a bitrate, so this sets one that it does not reach.
  if (context.codec->id == AV_CODEC_ID_VP8 && is_libvpx(*context.codec) && !settings.bitrate) {
    context.bit_rate = 10 * bitrate_for(settings.size, settings.rate);
  }
  return {};
}

base::Result<void> set_keyframes(AVCodecContext& context, const VideoSettings& settings,
                                 const Tuning* tuning) {
  const int two_seconds =
      std::max(1, static_cast<int>(std::lround(2 * settings.rate.per_second())));
  context.gop_size = settings.gop_frames.value_or(two_seconds);
  if (context.gop_size < 1) {
    return base::invalid_input("gop " + std::to_string(context.gop_size) +
                               "; expected at least 1 frame");
  }
  // MPEG-2 and MPEG-4 refuse the flag together with their scene change detection.
  if (tuning != nullptr) context.flags |= static_cast<int>(AV_CODEC_FLAG_CLOSED_GOP);
  return {};
}

void set_libvpx_delivery(AVCodecContext& context, Delivery delivery) {
  set_known_option(context, "deadline", delivery == Delivery::kLive ? "realtime" : "good");
  if (delivery == Delivery::kLive) set_known_option(context, "lag-in-frames", "0");
  if (context.codec->id == AV_CODEC_ID_VP9) set_known_option(context, "row-mt", "1");
  const AVPixFmtDescriptor* format = av_pix_fmt_desc_get(context.pix_fmt);
  // libvpx refuses hidden frames together with an alpha channel.
  if ((format->flags & AV_PIX_FMT_FLAG_ALPHA) != 0) set_known_option(context, "auto-alt-ref", "0");
}

// The AVX-512 macroblock tree of x264 164 reads uninitialised memory when a row is not a multiple
// of 8 macroblocks, so that equal frames give different bytes (widths 320, 720, 854, 1080). A CPU
// with AVX-512 has all extensions in the list.
void avoid_unwritten_memory(AVCodecContext& context) {
  const int row_macroblocks = (context.width + 15) / 16;
  if (row_macroblocks % 8 == 0 || (av_get_cpu_flags() & AV_CPU_FLAG_AVX512) == 0) return;
  set_known_option(context, "x264-params",
                   "asm=MMX2,SSE2Fast,Cache64,SSSE3,SSE4.2,LZCNT,AVX,FMA3,BMI1,BMI2,AVX2");
}

void set_delivery(AVCodecContext& context, Delivery delivery) {
  if (is_libvpx(*context.codec)) {
    set_libvpx_delivery(context, delivery);
  } else if (delivery == Delivery::kLive && option_of(context, "tune") != nullptr &&
             (is_x264(*context.codec) || context.codec->id == AV_CODEC_ID_HEVC)) {
    set_known_option(context, "tune", "zerolatency");
  } else if (delivery == Delivery::kLive) {
    context.max_b_frames = 0;
  }
  // Makes requested keyframes IDR frames, at which decoding can begin.
  if (delivery == Delivery::kLive && option_of(context, "forced-idr") != nullptr) {
    set_known_option(context, "forced-idr", "1");
  }
  // libx265 writes to stderr by itself.
  if (option_of(context, "x265-params") != nullptr) {
    set_known_option(context, "x265-params", "log-level=none");
  }
}

}  // namespace

base::Result<const AVCodec*> find_video_encoder(std::string_view name) {
  const LibraryLog log;
  const auto alias = std::find_if(kAliases.begin(), kAliases.end(),
                                  [&](const Alias& candidate) { return candidate.name == name; });
  const AVCodec* encoder = alias == kAliases.end()
                               ? nullptr
                               : avcodec_find_encoder_by_name(std::string(alias->encoder).c_str());
  const std::string wanted(name);
  if (encoder == nullptr) encoder = avcodec_find_encoder_by_name(wanted.c_str());
  if (encoder == nullptr) {
    const AVCodecDescriptor* codec = avcodec_descriptor_get_by_name(wanted.c_str());
    if (codec != nullptr) encoder = avcodec_find_encoder(codec->id);
  }
  if (is_video_encoder(encoder)) return encoder;
  return base::invalid_input(
      "unknown video codec " + wanted +
      suggestion(name, encoder_names(),
                 ", expected h264, vp8, vp9 or another encoder of libavcodec"));
}

base::Result<void> configure_rate(AVCodecContext& context, const VideoSettings& settings,
                                  Delivery delivery) {
  const Tuning* tuning = tuning_of(*context.codec);
  context.thread_count = kOtherThreads;
  if (tuning != nullptr) {
    context.thread_count =
        delivery == Delivery::kLive ? tuning->live_threads : tuning->file_threads;
  }
  TRY_DO(set_preset(context, settings, tuning, delivery));
  TRY_DO(set_quality(context, settings, tuning, delivery));
  TRY_DO(set_keyframes(context, settings, tuning));
  set_delivery(context, delivery);
  if (is_x264(*context.codec)) avoid_unwritten_memory(context);
  return {};
}

base::Result<void> check_bitrate_can_change(const AVCodecContext& context) {
  // x264 can change its bitrate, but cannot start to use one.
  if (is_x264(*context.codec) && context.rc_max_rate > 0) return {};
  return base::unsupported(std::string(context.codec->name) +
                           (is_x264(*context.codec) ? " was opened without a bitrate"
                                                    : " cannot change its bitrate while it runs"));
}

void change_bitrate(AVCodecContext& context, int64_t bits_per_second) {
  set_bitrate(context, bits_per_second, Delivery::kLive);
  context.rc_buffer_size /= kChangedBuffersPerSecond;
}

base::Result<void> check_bitrate(int64_t bits_per_second) {
  if (bits_per_second >= 1000 && bits_per_second <= 2'000'000'000) return {};
  return base::invalid_input("bitrate " + std::to_string(bits_per_second) +
                             "; expected 1000 to 2000000000 bits per second");
}

}  // namespace layercast::media
