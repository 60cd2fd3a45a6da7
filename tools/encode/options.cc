#include "tools/encode/options.h"

#include "tools/common/decoding.h"
#include "tools/common/network_options.h"
#include "tools/common/video_options.h"

namespace layercast::tools {

const OptionTable& encode_options() {
  static const OptionTable table{
      "encode",
      "Encode frames to video files and streams.",
      {},
      {{"Input",
        {{.name = "input",
          .letter = 'i',
          .value = "FILE",
          .help = "The frames: raw RGBA (8 bits a channel, straight alpha, packed rows), Y4M, or "
                  "numbered stills such as frame-%05d.png (default: -, standard input).",
          .completion = Completion::kFile},
         {.name = "scene",
          .value = "SCENE",
          .help = "Scene file that the frames were rendered from; sets their size and rate, or "
                  "must agree with those that the input states.",
          .completion = Completion::kSceneFile},
         {.name = "size", .value = "WxH", .help = "Size of raw frames in px, such as 1920x1080."},
         {.name = "fps",
          .value = "N",
          .help = "Frames per second, such as 30 or 30000/1001; overrides those of the input."},
         {.name = "threads",
          .value = "N",
          .help = "Number of threads for colour conversion (default: one per core). It does not "
                  "change the video."}}},
       {"Output",
        {{.name = "output",
          .letter = 'o',
          .arity = Arity::kMany,
          .value = "OUT",
          .help = "Where the video goes: a file (.mp4, .mkv, .webm, .flv, .ts, .mov, .m3u8), a URL "
                  "(rtmp, rtmps, srt, udp), or - (standard output, with --format). May be given "
                  "several times.",
          .completion = Completion::kMediaFile},
         {.name = "format",
          .value = "NAME",
          .help = "Container of every output; overrides the one that its name implies.",
          .choices = {"mp4", "mkv", "webm", "flv", "ts", "mov", "m3u8"}}}},
       video_options(),
       decoding_options(),
       network_options(),
       common_options()}};
  return table;
}

}  // namespace layercast::tools
