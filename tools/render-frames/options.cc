#include "tools/render-frames/options.h"

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
                  "such as %05d.png, raw frames (.rgba, .y4m), video with the scene's sound (.mp4, "
                  ".mkv, .webm), or null: (nowhere). Raw frames and stills have no sound.",
          .completion = Completion::kMediaFile},
         {.name = "format",
          .value = "NAME",
          .help = "Format of the output, whatever its name says.",
          .choices = {"rgba", "y4m", "png", "jpg", "webp", "mp4", "mkv", "webm", "null"}},
         {.name = "keep-going",
          .arity = Arity::kFlag,
          .help = "Draw an error picture for content that cannot be loaded, instead of stopping."},
         {.name = "verify",
          .arity = Arity::kFlag,
          .help = "Compose every frame a second time, plainly and whole, and abort if a byte "
                  "differs. Slow."},
         {.name = "stats",
          .value = "FILE",
          .help = "Write the number of frames, the seconds, the time of each stage and what the "
                  "compositor did as JSON.",
          .completion = Completion::kFile}}},
       {"Frames",
        {{.name = "frames",
          .value = "A:B",
          .help = "Frames from A to before B; either may be left out (default: all of the "
                  "scene's duration)."},
         {.name = "at", .value = "TIME", .help = "The one frame shown at TIME, such as 2.5s."},
         {.name = "shard",
          .value = "I/N",
          .help = "The I-th of N equal parts of the frames, I from 1."},
         {.name = "size",
          .value = "WxH",
          .help = "Size of the frames in px; the canvas is scaled to fit (default: the canvas's)."},
         {.name = "fps",
          .value = "N",
          .help = "Frames per second, such as 30 or 30000/1001 (default: the canvas's)."},
         {.name = "clock",
          .value = "TIME",
          .help = "What {{clock}} shows at frame 0: HH:MM[:SS] or an ISO 8601 date and time, UTC "
                  "(default: 00:00)."},
         {.name = "threads",
          .value = "N",
          .help = "Threads that render (default: one for each core). The frames do not depend on "
                  "their number."}}},
       video_options(),
       common_options()}};
  return table;
}

}  // namespace layercast::tools
