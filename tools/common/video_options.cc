#include "tools/common/video_options.h"

#include "base/parse_number.h"
#include "scene/model/limits.h"
#include "scene/wire/value_codecs.h"
#include "tools/common/values.h"

#include <unistd.h>

namespace layercast::tools {
namespace {

base::Result<std::optional<double>> crf_option(const Arguments& arguments) {
  const auto given = arguments.one("crf");
  if (!given) return std::optional<double>{};
  const auto number = base::parse_number<double>(*given);
  if (!number || *number < 0 || *number > 63) {
    return wrong_value("crf", *given, "a number from 0 (best) to 63");
  }
  return number;
}

base::Result<std::optional<int64_t>> bitrate_option(const Arguments& arguments) {
  const auto given = arguments.one("bitrate");
  if (!given) return std::optional<int64_t>{};
  const auto bits = scene::parse_bitrate(*given);
  if (!bits) return wrong_value("bitrate", *given, "bits per second such as 6M or 2500k");
  return bits;
}

}  // namespace

OptionGroup video_options() {
  return {
      "Encoding",
      {{.name = "codec",
        .value = "NAME",
        .help = "Video codec: h264, h265, vp8, vp9, av1, or the name of any libavcodec encoder "
                "(default: vp9 in WebM, else h264).",
        .choices = {"h264", "h265", "vp8", "vp9", "av1"}},
       {.name = "preset",
        .value = "NAME",
        .help = "Encoder preset: ultrafast, superfast, veryfast, faster, fast, medium, slow, "
                "slower, veryslow or placebo (default: veryfast).",
        .choices = {"ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow",
                    "slower", "veryslow", "placebo"}},
       {.name = "bitrate",
        .value = "BITS",
        .help = "Video bitrate in bits per second, such as 6M or 2500k (default: constant quality, "
                "see --crf)."},
       {.name = "crf",
        .value = "N",
        .help = "Constant quality on the encoder's own scale; lower is better (default: 20 for "
                "h264, 31 for vp9)."},
       {.name = "gop",
        .value = "FRAMES",
        .help = "Maximum number of frames from one keyframe to the next (default: two seconds)."},
       {.name = "pixel-format",
        .value = "NAME",
        .help = "Pixel format of the encoded video (default: yuv420p).",
        .choices = {"yuv420p", "yuv422p", "yuv444p", "nv12"}},
       {.name = "audio",
        .value = "FILE",
        .help = "Audio file for the video, cut or padded with silence to its length (default: the "
                "scene's sound in render-frames, silence in encode).",
        .completion = Completion::kMediaFile},
       {.name = "audio-codec",
        .value = "NAME",
        .help = "Audio codec: aac, opus, flac, pcm, or the name of any libavcodec encoder "
                "(default: opus in WebM, else aac). In .mkv, flac and pcm are sample-exact.",
        .choices = {"aac", "opus", "flac", "pcm"}},
       {.name = "no-audio", .arity = Arity::kFlag, .help = "Write no audio track."}}};
}

std::string given_video_option(const Arguments& arguments) {
  for (const auto& option : video_options().options) {
    if (arguments.has(option.name)) return "--" + std::string(option.name);
  }
  return {};
}

base::Result<media::VideoSettings> video_settings(const Arguments& arguments) {
  media::VideoSettings settings;
  settings.codec = arguments.one("codec");
  settings.preset = arguments.one("preset");
  settings.pixel_format = arguments.one("pixel-format");
  TRY(settings.bitrate, bitrate_option(arguments));
  TRY(settings.crf, crf_option(arguments));
  TRY(const auto gop, integer_option(arguments, "gop", {1, 100'000}));
  if (gop) settings.gop_frames = static_cast<int>(*gop);
  return settings;
}

base::Result<media::AudioSettings> audio_settings(const Arguments& arguments) {
  const auto file = arguments.one("audio");
  if (arguments.has("no-audio")) {
    if (file) {
      return base::invalid_input("both are given, expected one of them", "--audio and --no-audio");
    }
    media::AudioSettings none;
    none.kind = media::AudioKind::kNone;
    return none;
  }
  media::AudioSettings settings;
  settings.codec = arguments.one("audio-codec");
  if (file) {
    settings.kind = media::AudioKind::kFile;
    settings.path = *file;
  }
  return settings;
}

base::Result<std::string> encoding_output(const std::string& name) {
  if (name != "-") return name;
  if (::isatty(STDOUT_FILENO) == 1) {
    return base::invalid_input(
        "video would fill the terminal, expected a pipe, a redirection or -o FILE",
        "standard output");
  }
  return std::string("/dev/stdout");  // libavformat opens outputs by name
}

}  // namespace layercast::tools
