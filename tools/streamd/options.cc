#include "tools/streamd/options.h"

#include "tools/common/decoding.h"
#include "tools/common/network_options.h"

namespace layercast::tools {

const OptionTable& streamd_options() {
  static const OptionTable table{
      "streamd",
      "Stream a scene live: render it, send it to any number of outputs, apply changes while it "
      "runs.",
      {"SCENE", "The scene file (- for standard input).", Completion::kSceneFile},
      {{"Output",
        {{.name = "output",
          .letter = 'o',
          .arity = Arity::kMany,
          .value = "OUT",
          .help = "Where the stream goes, in addition to the scene's own outputs: a URL (rtmp, "
                  "rtmps, srt, udp), a recording (.mkv, .mp4, .flv, .ts, .webm) or an HLS playlist "
                  "(.m3u8). May be given several times.",
          .completion = Completion::kMediaFile},
         {.name = "codec",
          .value = "NAME",
          .help = "Video codec of outputs that name none (default: h264).",
          .choices = {"h264", "vp8", "vp9"}},
         {.name = "preset",
          .value = "NAME",
          .help = "Encoder preset of outputs that name none, from ultrafast to placebo (default: "
                  "veryfast).",
          .choices = {"ultrafast", "superfast", "veryfast", "faster", "fast", "medium"}},
         {.name = "bitrate",
          .value = "BITS",
          .help = "Video bitrate of outputs that name none, in bits per second, such as 6M or "
                  "2500k (default: 6M)."}}},
       {"Control",
        {{.name = "listen",
          .arity = Arity::kMany,
          .value = "ADDRESS",
          .help =
              "Address of the dashboard, the API and the metrics: HOST:PORT, where port 0 picks "
              "a free port, or unix:PATH, a socket for this user and root (default: "
              "127.0.0.1:8080). May be given once for each of the two. An address other than "
              "loopback needs --token-file."},
         {.name = "token-file",
          .value = "FILE",
          .help =
              "File that holds a token, or a line ROLE NAME TOKEN for each, with the role read, "
              "operate or admin. Every client must then present one. SIGHUP reads it again.",
          .completion = Completion::kFile},
         {.name = "allow-host",
          .arity = Arity::kMany,
          .value = "NAME",
          .help = "Additional host name that clients may use, such as that of a reverse proxy. May "
                  "be given several times."},
         {.name = "allow-source",
          .arity = Arity::kMany,
          .value = "HOST",
          .help =
              "Host that clients may name in URLs of images, media and sounds although it is not "
              "public: a name, an address, a range such as 192.168.0.0/16, *.example.com, or * "
              "for all. May be given several times."},
         {.name = "assets",
          .value = "DIR",
          .help = "Folder that clients may use files of (default: the scene file's folder).",
          .completion = Completion::kFile}}},
       {"State",
        {{.name = "state",
          .value = "URI",
          .help = "State store of the live scene: sqlite:PATH, redis://HOST:PORT/DB, "
                  "redis+unix://PATH, redis+sentinel://HOST:PORT/NAME or memory: (default: an "
                  "SQLite file under $XDG_STATE_HOME/layercast)."},
         {.name = "fresh",
          .arity = Arity::kFlag,
          .help = "Start with the scene of the file instead of the stored one."},
         {.name = "follow",
          .arity = Arity::kFlag,
          .help = "Mirror the daemon that owns this scene, instead of owning it. streamd then "
                  "refuses changes, and feeds only the outputs of this command line."},
         {.name = "watch",
          .arity = Arity::kFlag,
          .help = "Reload the file whenever it changes, as SIGHUP does."}}},
       {"Running",
        {{.name = "threads",
          .value = "N",
          .help = "Number of compositing threads (default: half of the cores, at least one; the "
                  "encoder uses the rest)."},
         {.name = "duration",
          .value = "TIME",
          .help = "Exit after TIME, such as 30s (default: never)."},
         {.name = "print-config",
          .arity = Arity::kFlag,
          .help = "Print the effective settings as JSON and exit."}}},
       decoding_options(),
       network_options(),
       common_options()},
      {},
      {},
      true};
  return table;
}

}  // namespace layercast::tools
