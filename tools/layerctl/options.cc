#include "tools/layerctl/options.h"

namespace layercast::tools {
namespace {

const std::vector<std::string_view> kLayerTypes = {"host", "assistant", "visual_feed", "overlay",
                                                   "chat"};

Positional layer_id() { return {"ID", "The layer.", Completion::kLayer}; }
Positional layer_ids() {
  return {"ID", "The layers; all of them change, or none.", Completion::kLayer, Count::kSeveral};
}
Positional assignments(Count count, Completion completion) {
  return {
      "KEY=VALUE",
      "Assignment of a YAML value to a key, with dots between nested names; null removes the key.",
      completion, count};
}

Option scene_option(std::string_view help) {
  return {.name = "file",
          .letter = 'f',
          .value = "SCENE",
          .help = help,
          .completion = Completion::kSceneFile};
}

std::vector<Option> animation_options() {
  return {
      {.name = "from", .value = "VALUE", .help = "Start value, such as 0, [0, 80] or left."},
      {.name = "to", .value = "VALUE", .help = "End value."},
      {.name = "duration",
       .value = "TIME",
       .help = "Duration of one iteration, such as 500ms (default: 1s)."},
      {.name = "delay", .value = "TIME", .help = "Delay before the first iteration."},
      {.name = "easing",
       .value = "NAME",
       .help = "Easing function, as in CSS: linear, ease, ease-in, ease-out, ease-in-out, "
               "cubic-bezier(…) or steps(…).",
       .choices = {"linear", "ease", "ease-in", "ease-out", "ease-in-out"}},
      {.name = "iterations",
       .value = "N",
       .help = "Number of iterations, or infinite.",
       .choices = {"infinite"}},
      {.name = "direction",
       .value = "NAME",
       .help = "Playback direction: normal, reverse, alternate or alternate-reverse.",
       .choices = {"normal", "reverse", "alternate", "alternate-reverse"}},
      {.name = "fill",
       .value = "NAME",
       .help = "Fill mode, before and after the active time: none, forwards, backwards or both.",
       .choices = {"none", "forwards", "backwards", "both"}},
      {.name = "speed",
       .value = "N",
       .help = "Speed of the effect scroll in px per second, instead of a duration."},
      {.name = "gap",
       .value = "N",
       .help = "Space between the rounds of the effect scroll, in px."},
      {.name = "fade-edges",
       .value = "N",
       .help = "Length in px in which the effect scroll fades out at the ends of the layer."},
      {.name = "keyframes",
       .value = "LIST",
       .help = "List for the effect keyframes, such as [{at: 0, opacity: 0}, {at: 1}]."}};
}

std::vector<Subcommand> layer_commands() {
  return {
      {"ls", "List the layers, the topmost first."},
      {"get", "Print a layer.", {layer_id()}},
      {"create",
       "Add a layer on top of the others, and print its id.",
       {{"TYPE", "Layer type: host, assistant, visual_feed, overlay or chat.", Completion::kNothing,
         Count::kOne, kLayerTypes},
        assignments(Count::kAny, Completion::kNothing)},
       {{.name = "id",
         .value = "ID",
         .help = "Id of the layer (default: its type and a number, such as overlay-1)."},
        {.name = "file",
         .letter = 'f',
         .value = "FILE",
         .help = "File with the layer as YAML or JSON, which the assignments override; - for "
                 "standard input.",
         .completion = Completion::kSceneFile}}},
      {"set", "Change a layer.", {layer_id(), assignments(Count::kSeveral, Completion::kProperty)}},
      {"show", "Make layers visible.", {layer_ids()}},
      {"hide", "Make layers invisible.", {layer_ids()}},
      {"rm", "Remove layers.", {layer_ids()}},
      {"restart",
       "Start the content and the animations of layers again, on a running daemon.",
       {layer_ids()}},
      {"release",
       "Load layers that are held because they were loading when a former process died, on a "
       "running daemon.",
       {{"ID", "The layers.", Completion::kLayer, Count::kSeveral}}},
      {"stopwatch",
       "Start, stop or reset the stopwatch of a text with {{elapsed}}, on a running daemon.",
       {layer_id(),
        {"ACTION",
         "Action: start, stop, or reset, which also begins the countdowns of the text again.",
         Completion::kNothing,
         Count::kOne,
         {"start", "stop", "reset"}}}},
      {"raise", "Bring a layer in front of all others.", {layer_id()}},
      {"lower", "Put a layer behind all others.", {layer_id()}},
      {"activate",
       "Make a layer the active layer.",
       {{"ID", "The layer; if omitted, no layer is active.", Completion::kLayer,
         Count::kAtMostOne}}},
      {"animate",
       "Add an animation to a layer; in a live scene it starts at the first frame that shows it.",
       {layer_id(),
        {"EFFECT",
         "Effect: fade, slide, scale, rotate, scroll, volume or keyframes.",
         Completion::kNothing,
         Count::kOne,
         {"fade", "slide", "scale", "rotate", "scroll", "volume", "keyframes"}}},
       animation_options()},
      {"animations ls",
       "List the animations of a layer; of a live layer also what each is doing.",
       {layer_id()}},
      {"animations rm",
       "Remove animations of a layer, by their index in the list.",
       {layer_id(), {"INDEX", "The animations.", Completion::kNothing, Count::kAny}},
       {{.name = "all", .arity = Arity::kFlag, .help = "Remove all animations of the layer."}}},
      {"say",
       "Post a message to a chat layer.",
       {layer_id(), {"TEXT", "Text of the message."}},
       {{.name = "author", .value = "NAME", .help = "Author of the message; required."},
        {.name = "highlight", .arity = Arity::kFlag, .help = "Highlight the message."}}}};
}

std::vector<Subcommand> sound_commands() {
  const Positional id{"ID", "The sound.", Completion::kSound};
  return {
      {"audio ls", "List the sounds of the scene."},
      {"audio add",
       "Add a sound, and print its id; in a live scene it starts at the first frame that shows the "
       "change.",
       {{"SOURCE", "Audio or video file, or URL.", Completion::kMediaFile},
        assignments(Count::kAny, Completion::kNothing)},
       {{.name = "id", .value = "ID", .help = "Id of the sound (default: audio-1, audio-2 …)."}}},
      {"audio set",
       "Change a sound, such as volume=0.5 or mute=true.",
       {id, assignments(Count::kSeveral, Completion::kNothing)}},
      {"audio rm", "Remove a sound.", {id}}};
}

std::vector<Subcommand> scene_commands() {
  return {{"apply",
           "Make the scene equal to a scene file, and print the changes.",
           {},
           {scene_option("The scene file; - for standard input."),
            {.name = "dry-run",
             .arity = Arity::kFlag,
             .help = "Print the changes, but do not apply them."}}},
          {"diff",
           "Print the changes that apply would make.",
           {},
           {scene_option("The scene file; - for standard input.")}},
          {"export",
           "Write the scene as a scene file.",
           {},
           {{.name = "output",
             .letter = 'o',
             .value = "FILE",
             .help = "Output file (default: -, standard output).",
             .completion = Completion::kSceneFile}}},
          {"validate",
           "Check scene files and report every fault; needs no daemon.",
           {{"SCENE", "The scene files; - for standard input.", Completion::kSceneFile,
             Count::kSeveral}},
           {{.name = "files",
             .arity = Arity::kFlag,
             .help = "Check too that the files that the scenes read exist and can be opened; the "
                     "default, except for standard input, whose folder is the present one."},
            {.name = "no-files",
             .arity = Arity::kFlag,
             .help = "Do not check the files that the scenes read."}}}};
}

std::vector<Subcommand> stream_commands() {
  return {
      {"watch",
       "Print the events of the daemon as they happen.",
       {},
       {{.name = "stats",
         .arity = Arity::kFlag,
         .help = "Print the statistics of every second too."}}},
      {"snapshot",
       "Save the frame that is on air to a file.",
       {{"OUT", "A .png or .jpg file.", Completion::kPictureFile}},
       {{.name = "width",
         .value = "N",
         .help = "Maximum width in px; a wider picture is scaled down."}}},
      {"status", "Print the status of the stream."},
      {"at ls", "List the scheduled commands."},
      {"at cancel",
       "Cancel scheduled commands.",
       {{"NUMBER", "The commands, by the numbers that \"at ls\" prints.", Completion::kNothing,
         Count::kSeveral}}},
      {"start", "Start the stream."},
      {"stop", "Stop the stream and finish its outputs."},
      {"pause", "Freeze the picture; outputs stay live."},
      {"config get",
       "Print the size, frame rate and encoding of the stream.",
       {{"KEY",
         "Print only this value.",
         Completion::kNothing,
         Count::kAtMostOne,
         {"width", "height", "fps", "codec", "preset", "bitrate", "keyframe_interval"}}}},
      {"config set",
       "Change the size, frame rate or encoding of the stream.",
       {{"KEY=VALUE",
         "Key and value, such as bitrate=4M.",
         Completion::kNothing,
         Count::kSeveral,
         {"width=", "height=", "fps=", "codec=", "preset=", "bitrate=", "keyframe_interval=",
          "quality="}}}},
      {"outputs ls", "List the outputs and their state."},
      {"outputs add",
       "Add an output, and print its id.",
       {{"URL", "Destination: an rtmp, rtmps, srt or udp URL, or a file."}},
       {{.name = "id", .value = "ID", .help = "Id of the output (default: output-1, output-2 …)."},
        {.name = "codec", .value = "NAME", .help = "Video codec (default: the stream's)."},
        {.name = "preset", .value = "NAME", .help = "Encoder preset (default: the stream's)."},
        {.name = "bitrate",
         .value = "BITS",
         .help = "Video bitrate in bits per second, such as 6M (default: the stream's)."}}},
      {"outputs rm",
       "Finish an output and remove it.",
       {{"ID", "The output.", Completion::kOutput}}},
      {"help",
       "Explain a command.",
       {{"COMMAND", "The command, such as set or outputs add; if omitted, all are listed.",
         Completion::kNothing, Count::kAny}}},
      {"complete",
       "",
       {{"WHAT", "", Completion::kNothing, Count::kOne, {"ids", "sounds", "outputs", "paths"}},
        {"ID", "", Completion::kNothing, Count::kAtMostOne}}}};
}

std::vector<Subcommand> all_commands() {
  std::vector<Subcommand> commands = layer_commands();
  for (auto& each : sound_commands()) commands.push_back(std::move(each));
  for (auto& each : scene_commands()) commands.push_back(std::move(each));
  for (auto& each : stream_commands()) commands.push_back(std::move(each));
  return commands;
}

}  // namespace

const OptionTable& layerctl_options() {
  static const OptionTable table{
      "layerctl",
      "Inspect and change a live scene or a scene file.",
      {},
      {{"Where",
        {{.name = "url",
          .value = "URL",
          .help = "Address of the daemon, http://HOST:PORT or unix:PATH (default: $LAYERCAST_URL, "
                  "or http://127.0.0.1:8080)."},
         {.name = "token-file",
          .value = "FILE",
          .help = "File that holds the daemon's token (default: the token in $LAYERCAST_TOKEN).",
          .completion = Completion::kFile},
         {.name = "scene",
          .value = "FILE",
          .help = "Work on this scene file instead of a daemon.",
          .completion = Completion::kSceneFile}}},
       {"When",
        {{.name = "wait",
          .arity = Arity::kFlag,
          .help = "Wait until the change is on air, and print the number of the first frame that "
                  "shows it."},
         {.name = "at",
          .value = "TIME",
          .help =
              "Apply the change at a stream time such as 90s, at a frame such as frame:5400, or "
              "at a date and time with a time zone such as 2026-01-01T18:00:00+01:00."},
         {.name = "if-revision",
          .value = "N",
          .help = "Apply the change only if the scene is at this revision."}}},
       {"Answers", {{.name = "json", .arity = Arity::kFlag, .help = "Print JSON."}}},
       common_options()},
      all_commands(),
      {{"list", "ls"},
       {"show", "get"},
       {"ls", "get"},
       {"delete", "rm"},
       {"remove", "rm"},
       {"del", "rm"},
       {"add", "create"},
       {"new", "create"},
       {"create", "add"},
       {"update", "set"},
       {"change", "set"},
       {"edit", "set"},
       {"patch", "set"},
       {"describe", "get"},
       {"inspect", "get"},
       {"info", "status"},
       {"check", "validate"},
       {"lint", "validate"},
       {"import", "apply"},
       {"load", "apply"},
       {"dump", "export"},
       {"save", "export"},
       {"screenshot", "snapshot"},
       {"events", "watch"},
       {"resume", "start"},
       {"unhide", "show"}}};
  return table;
}

}  // namespace layercast::tools
