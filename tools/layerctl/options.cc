#include "tools/layerctl/options.h"

namespace layercast::tools {
namespace {

const std::vector<std::string_view> kLayerTypes = {"host", "assistant", "visual_feed", "overlay",
                                                   "chat"};

Positional layer_id() { return {"ID", "The layer.", Completion::kLayer}; }
Positional layer_ids() {
  return {"ID", "The layers, changed together or not at all.", Completion::kLayer, Count::kSeveral};
}
Positional assignments(Count count, Completion completion) {
  return {"KEY=VALUE",
          "What to set: names with dots between, and a YAML value; null takes the key away.",
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
      {.name = "from", .value = "VALUE", .help = "Where it begins, such as 0, [0, 80] or left."},
      {.name = "to", .value = "VALUE", .help = "Where it ends."},
      {.name = "duration",
       .value = "TIME",
       .help = "How long one iteration lasts, such as 500ms (default: 1s)."},
      {.name = "delay", .value = "TIME", .help = "What passes before the first iteration."},
      {.name = "easing",
       .value = "NAME",
       .help = "How it moves, as in CSS: linear, ease, ease-in, ease-out, ease-in-out, "
               "cubic-bezier(…) or steps(…).",
       .choices = {"linear", "ease", "ease-in", "ease-out", "ease-in-out"}},
      {.name = "iterations",
       .value = "N",
       .help = "How often it plays: a number or infinite.",
       .choices = {"infinite"}},
      {.name = "direction",
       .value = "NAME",
       .help = "Which way it plays: normal, reverse, alternate or alternate-reverse.",
       .choices = {"normal", "reverse", "alternate", "alternate-reverse"}},
      {.name = "fill",
       .value = "NAME",
       .help = "Where it has an effect outside its time: none, forwards, backwards or both.",
       .choices = {"none", "forwards", "backwards", "both"}},
      {.name = "keyframes",
       .value = "LIST",
       .help = "The keyframes of the effect keyframes, such as [{at: 0, opacity: 0}, {at: 1}]."}};
}

std::vector<Subcommand> layer_commands() {
  return {
      {"ls", "List the layers, the nearest first."},
      {"get", "Print a layer.", {layer_id()}},
      {"create",
       "Add a layer on top of the others, and print its id.",
       {{"TYPE", "The part it plays: host, assistant, visual_feed, overlay or chat.",
         Completion::kNothing, Count::kOne, kLayerTypes},
        assignments(Count::kAny, Completion::kNothing)},
       {{.name = "id", .value = "ID", .help = "Its id (default: one after its type)."},
        {.name = "file",
         .letter = 'f',
         .value = "FILE",
         .help = "A layer as YAML or JSON, which the assignments change; - for standard input.",
         .completion = Completion::kSceneFile}}},
      {"set", "Change a layer.", {layer_id(), assignments(Count::kSeveral, Completion::kProperty)}},
      {"show", "Make layers visible.", {layer_ids()}},
      {"hide", "Make layers invisible.", {layer_ids()}},
      {"rm", "Take layers away.", {layer_ids()}},
      {"raise", "Bring a layer in front of all others.", {layer_id()}},
      {"lower", "Put a layer behind all others.", {layer_id()}},
      {"activate",
       "Make a layer the active one.",
       {{"ID", "The layer; without it, none is active.", Completion::kLayer, Count::kAtMostOne}}},
      {"animate",
       "Add an animation to a layer; live, it begins at the frame that first shows it.",
       {layer_id(),
        {"EFFECT",
         "What it changes: fade, slide, scale, rotate or keyframes.",
         Completion::kNothing,
         Count::kOne,
         {"fade", "slide", "scale", "rotate", "keyframes"}}},
       animation_options()},
      {"say",
       "Say something on a chat layer.",
       {layer_id(), {"TEXT", "What is said."}},
       {{.name = "author", .value = "NAME", .help = "Who says it."},
        {.name = "highlight", .arity = Arity::kFlag, .help = "Make the message stand out."}}}};
}

std::vector<Subcommand> sound_commands() {
  const Positional id{"ID", "The sound.", Completion::kSound};
  return {{"audio ls", "List the sounds beside the picture."},
          {"audio add",
           "Add a sound, and print its id; live, it begins at the frame that first shows the "
           "change.",
           {{"SOURCE", "A sound or video file, or a URL.", Completion::kMediaFile},
            assignments(Count::kAny, Completion::kNothing)},
           {{.name = "id", .value = "ID", .help = "Its id (default: audio-1, audio-2 …)."}}},
          {"audio set",
           "Change a sound, such as volume=0.5 or mute=true.",
           {id, assignments(Count::kSeveral, Completion::kNothing)}},
          {"audio rm", "Take a sound away.", {id}}};
}

std::vector<Subcommand> scene_commands() {
  return {{"apply",
           "Make the scene equal a scene file, and print what changes.",
           {},
           {scene_option("The scene file; - for standard input."),
            {.name = "dry-run", .arity = Arity::kFlag, .help = "Change nothing."}}},
          {"diff",
           "Print what apply would change.",
           {},
           {scene_option("The scene file; - for standard input.")}},
          {"export",
           "Write the scene as a scene file.",
           {},
           {{.name = "output",
             .letter = 'o',
             .value = "FILE",
             .help = "Where it goes (default: -, standard output).",
             .completion = Completion::kSceneFile}}},
          {"validate",
           "Tell every fault of scene files; needs no daemon.",
           {{"SCENE", "The scene files.", Completion::kSceneFile, Count::kSeveral}}}};
}

std::vector<Subcommand> stream_commands() {
  return {
      {"watch",
       "Print what happens as it happens.",
       {},
       {{.name = "stats", .arity = Arity::kFlag, .help = "Print the figures of each second too."}}},
      {"snapshot",
       "Write the picture that is on air to a file.",
       {{"OUT", "A .png or .jpg file.", Completion::kPictureFile}},
       {{.name = "width", .value = "N", .help = "Shrink it to so many px at most."}}},
      {"status", "Tell how the stream does."},
      {"start", "Go on air."},
      {"stop", "Go off air; outputs are finished."},
      {"pause", "Let the picture stand still; outputs stay live."},
      {"config get",
       "Print size, rate and encoding of the stream.",
       {{"KEY",
         "One of them alone.",
         Completion::kNothing,
         Count::kAtMostOne,
         {"width", "height", "fps", "codec", "preset", "bitrate", "keyframe_interval"}}}},
      {"config set",
       "Change size, rate or encoding of the stream.",
       {{"KEY=VALUE",
         "What to set, such as bitrate=4M.",
         Completion::kNothing,
         Count::kSeveral,
         {"width=", "height=", "fps=", "codec=", "preset=", "bitrate=", "keyframe_interval=",
          "quality="}}}},
      {"outputs ls", "List the outputs, and how they do."},
      {"outputs add",
       "Add an output, and print its id.",
       {{"URL", "Where it goes: rtmp, rtmps, srt, udp, or a file."}},
       {{.name = "id", .value = "ID", .help = "Its id (default: output-1, output-2 …)."},
        {.name = "codec", .value = "NAME", .help = "Its video codec (default: the stream's)."},
        {.name = "preset", .value = "NAME", .help = "The speed of its encoder."},
        {.name = "bitrate", .value = "BITS", .help = "Its bits per second, such as 6M."}}},
      {"outputs rm",
       "Finish an output, and take it away.",
       {{"ID", "The output.", Completion::kOutput}}},
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
      "Look at a live scene, or at a scene file, and change it.",
      {},
      {{"Where",
        {{.name = "url",
          .value = "URL",
          .help = "Address of the daemon (default: $LAYERCAST_URL, or http://127.0.0.1:8080)."},
         {.name = "token-file",
          .value = "FILE",
          .help = "File with the daemon's token (default: $LAYERCAST_TOKEN is the token).",
          .completion = Completion::kFile},
         {.name = "scene",
          .value = "FILE",
          .help = "Work on this scene file instead of a daemon.",
          .completion = Completion::kSceneFile}}},
       {"When",
        {{.name = "wait",
          .arity = Arity::kFlag,
          .help = "Wait until the change is on air, and print the frame that first shows it."},
         {.name = "at",
          .value = "TIME",
          .help = "Change it at a stream time such as 90s, or at a frame such as frame:5400."},
         {.name = "if-revision",
          .value = "N",
          .help = "Change it only while the scene is at this revision."}}},
       {"Answers", {{.name = "json", .arity = Arity::kFlag, .help = "Print JSON, for programs."}}},
       common_options()},
      all_commands()};
  return table;
}

}  // namespace layercast::tools
