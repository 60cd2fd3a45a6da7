#include "tools/render-frames/options.h"

#include "tools/common/decoding.h"
#include "tools/common/network_options.h"
#include "tools/common/video_options.h"

namespace layercast::tools {

const OptionTable& render_frames_options() {
  static const OptionTable table{
      "render-frames",
      "Render a scene file to frames, stills or video, offline.",
      {"SCENE", "The scene file (- for standard input).", Completion::kSceneFile},
      {{"Output",
        {{.name = "output",
          .letter = 'o',
          .value = "OUT",
          .help = "Where frames go: - (raw RGBA on standard output, the default), numbered stills "
                  "such as %05d.png, an animated picture (.gif, .webp, .avif), raw frames (.rgba, "
                  ".y4m), video with the scene's sound (.mp4, .mkv, .webm and the other containers "
                  "of encode), or null: (discarded). Raw frames and pictures have no sound.",
          .completion = Completion::kMediaFile},
         {.name = "format",
          .value = "NAME",
          .help = "Format of the output; overrides the one that its name implies.",
          .choices = {"rgba", "y4m", "png", "jpg", "webp", "gif", "avif", "mp4", "mkv", "webm",
                      "null"}},
         {.name = "keep-going",
          .arity = Arity::kFlag,
          .help = "Draw an error picture for content that cannot be loaded, instead of stopping."},
         {.name = "verify",
          .arity = Arity::kFlag,
          .help = "Compose every frame again with the reference compositor, and abort if a byte "
                  "differs. Slow."},
         {.name = "stats",
          .value = "FILE",
          .help = "Write statistics as JSON to FILE: the number of frames, seconds, the time of "
                  "each stage and the counters of the compositor.",
          .completion = Completion::kFile}}},
       {"Frames",
        {{.name = "frames",
          .value = "A:B",
          .help = "Render the frames from A up to B, without B; either may be omitted (default: "
                  "the whole duration of the scene)."},
         {.name = "at",
          .value = "TIME",
          .help = "Render the one frame that is shown at TIME, such as 2.5s."},
         {.name = "shard",
          .value = "I/N",
          .help = "Render the I-th of N equal parts of the frames; I counts from 1."},
         {.name = "size",
          .value = "WxH",
          .help = "Size of the frames in px; render-frames scales the canvas to fit (default: the "
                  "size of the canvas)."},
         {.name = "fps",
          .value = "N",
          .help = "Frames per second, such as 30 or 30000/1001 (default: the rate of the canvas)."},
         {.name = "clock",
          .value = "TIME",
          .help = "Time that {{clock}} shows at frame 0: HH:MM[:SS] or an ISO 8601 date and time, "
                  "UTC (default: 00:00)."},
         {.name = "threads",
          .value = "N",
          .help = "Number of rendering threads (default: one per core). It does not change the "
                  "frames."}}},
       video_options(),
       decoding_options(),
       network_options(),
       common_options()}};
  return table;
}

}  // namespace layercast::tools
