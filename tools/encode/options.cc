#include "tools/encode/options.h"

#include "tools/common/video_options.h"

namespace layercast::tools {

const OptionTable& encode_options() {
  static const OptionTable table{
      "encode",
      "Encode raw RGBA frames to video files and streams.",
      {},
      {{"Input",
        {{.name = "input",
          .letter = 'i',
          .value = "FILE",
          .help = "Raw RGBA frames: 8 bits, straight alpha, rows packed (default: -, standard "
                  "input).",
          .completion = Completion::kFile},
         {.name = "scene",
          .value = "SCENE",
          .help = "The scene file that the frames were rendered from, for their size and rate.",
          .completion = Completion::kSceneFile},
         {.name = "size", .value = "WxH", .help = "Size of the frames, such as 1920x1080."},
         {.name = "fps",
          .value = "N",
          .help = "Frames per second, such as 30 or 30000/1001."},
         {.name = "threads",
          .value = "N",
          .help = "Threads that convert colours (default: one for each core). The video does not "
                  "depend on it."}}},
       {"Output",
        {{.name = "output",
          .letter = 'o',
          .arity = Arity::kMany,
          .value = "OUT",
          .help = "A file (.mp4, .mkv, .webm, .flv, .ts, .mov, .m3u8) or a URL (rtmp, rtmps, srt, "
                  "udp); may be given several times.",
          .completion = Completion::kMediaFile},
         {.name = "format",
          .value = "NAME",
          .help = "Container of every output, whatever it is called.",
          .choices = {"mp4", "mkv", "webm", "flv", "ts", "mov", "m3u8"}}}},
       video_options(),
       common_options()}};
  return table;
}

}  // namespace layercast::tools
