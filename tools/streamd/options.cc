#include "tools/streamd/options.h"

namespace layercast::tools {

const OptionTable& streamd_options() {
  static const OptionTable table{
      "streamd",
      "Keep a scene on air: render it live, send it to any number of outputs, obey changes.",
      {"SCENE", "The scene file (- for standard input).", Completion::kSceneFile},
      {{"Output",
        {{.name = "output",
          .letter = 'o',
          .arity = Arity::kMany,
          .value = "OUT",
          .help = "Where the stream goes, besides the scene's own outputs: a URL (rtmp, rtmps, "
                  "srt, udp), a recording (.mkv, .mp4, .flv, .ts, .webm) or an HLS playlist "
                  "(.m3u8). May be given several times.",
          .completion = Completion::kMediaFile},
         {.name = "codec",
          .value = "NAME",
          .help = "Video codec where an output names none (default: h264).",
          .choices = {"h264", "vp8", "vp9"}},
         {.name = "preset",
          .value = "NAME",
          .help = "Speed of the encoder where an output names none, from ultrafast to placebo "
                  "(default: veryfast).",
          .choices = {"ultrafast", "superfast", "veryfast", "faster", "fast", "medium"}},
         {.name = "bitrate",
          .value = "BITS",
          .help = "Bits per second where an output names none, such as 6M or 2500k (default: "
                  "6M)."}}},
       {"Control",
        {{.name = "listen",
          .value = "HOST:PORT",
          .help = "Address of the page, the API and the metrics; port 0 takes a free one "
                  "(default: 127.0.0.1:8080). Other than loopback only with --token-file."},
         {.name = "token-file",
          .value = "FILE",
          .help = "File with the token that every client must show.",
          .completion = Completion::kFile},
         {.name = "allow-host",
          .arity = Arity::kMany,
          .value = "NAME",
          .help = "A host name under which clients may reach the address, such as that of a proxy "
                  "in front. May be given several times."},
         {.name = "assets",
          .value = "DIR",
          .help = "Folder whose files clients may show (default: the scene file's).",
          .completion = Completion::kFile}}},
       {"State",
        {{.name = "state",
          .value = "URI",
          .help = "Where the live scene is kept: sqlite:PATH, redis://HOST:PORT/DB, "
                  "redis+unix://PATH, redis+sentinel://HOST:PORT/NAME or memory: (default: an "
                  "SQLite file under $XDG_STATE_HOME/layercast)."},
         {.name = "fresh",
          .arity = Arity::kFlag,
          .help = "Begin with the scene as it stands in the file, not as it was left."},
         {.name = "follow",
          .arity = Arity::kFlag,
          .help = "Mirror the daemon that keeps this scene, instead of keeping it: what changes "
                  "there changes here. Only outputs of this command line are fed."},
         {.name = "watch",
          .arity = Arity::kFlag,
          .help =
              "Make the live scene equal the file whenever the file changes, as SIGHUP does."}}},
       {"Running",
        {{.name = "threads",
          .value = "N",
          .help = "Threads that compose (default: half of the cores, at least one; the encoder "
                  "takes the rest)."},
         {.name = "duration",
          .value = "TIME",
          .help = "End by itself after TIME, such as 30s (default: never)."},
         {.name = "print-config",
          .arity = Arity::kFlag,
          .help = "Print the settings in effect as JSON, and exit."}}},
       common_options()}};
  return table;
}

}  // namespace layercast::tools
