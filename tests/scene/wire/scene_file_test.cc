#include "scene/wire/scene_file.h"

#include "base/geometry.h"
#include "scene/model/limits.h"
#include "scene/model/scene.h"
#include "scene/wire/scene_tables.h"
#include "tests/scene/parsed_scene.h"
#include "tests/scene/random_scene.h"

#include <array>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <limits>
#include <string>
#include <string_view>
#include <unistd.h>
#include <utility>
#include <variant>
#include <vector>

namespace layercast::scene {
namespace {

using base::PointF;

constexpr double kInfinity = std::numeric_limits<double>::infinity();
const std::string kScenesFolder = std::string(LAYERCAST_SOURCE_DIR) + "/scenes";

using Lines = std::vector<std::string>;

// Three lines that are right; the layers begin on the fourth.
const std::string kHead = "version: 1\nscene: a\ncanvas: {width: 320, height: 180}\n";

// A scene of one overlay: its content on line 7 from column 14, `more` from line 8, column 5.
std::string overlay(const std::string& content, const std::string& more = "") {
  std::string yaml =
      kHead + "layers:\n  - id: x\n    type: overlay\n    content: " + content + "\n";
  for (size_t at = 0; at < more.size();) {
    const size_t end = std::min(more.find('\n', at), more.size());
    yaml += "    " + more.substr(at, end - at) + "\n";
    at = end + 1;
  }
  return yaml;
}
std::string with(const std::string& more) { return overlay("{type: color, color: red}", more); }
std::string animated(const std::string& animation) {
  return with("animations: [" + animation + "]");
}
std::string styled(const std::string& style) {
  return overlay("{type: text, text: t, style: {" + style + "}}");
}

// `text` with `value` in place of each @.
std::string filled(const std::string& text_with_at, const std::string& value) {
  std::string text = text_with_at;
  for (size_t at = text.find('@'); at != std::string::npos; at = text.find('@')) {
    text.replace(at, 1, value);
  }
  return text;
}

// The faults of a scene, without the file's name and the colon after it, which each begins with.
Lines faults_of(const std::string& yaml) {
  const auto read = parse_scene(yaml, "s.yaml");
  if (read) return {};
  Lines lines;
  for (const auto& line : read.error().lines) {
    EXPECT_TRUE(line.starts_with("s.yaml:")) << line;
    lines.push_back(line.substr(7));
  }
  EXPECT_FALSE(lines.empty());
  return lines;
}

Scene scene_of(const std::string& yaml) { return parsed_scene(yaml, "s.yaml").scene; }

Layer layer_of(const std::string& yaml) {
  const Scene scene = scene_of(yaml);
  return scene.layers.empty() ? Layer{} : *scene.layers.front();
}

struct Case {
  std::string yaml;
  Lines lines;
};
void expect_faults(const std::vector<Case>& cases) {
  for (const auto& [yaml, lines] : cases) EXPECT_EQ(faults_of(yaml), lines) << yaml;
}

// What several faults say was expected.
const std::string kName =
    ", expected a name of a-z, 0-9 and -, at most 63 long, not starting with -";
const std::string kColor =
    ", expected a CSS colour such as \"#0b1020\", \"tomato\" or \"rgb(255 99 71 / 50%)\"";
const std::string kDuration =
    ", expected a duration such as 500ms, 2s, 1m30s or a number of seconds";
const std::string kRate =
    ", expected frames per second from 1 to 240, whole, or a string such as \"30000/1001\"";
const std::string kContents =
    ", expected character, image, text, shape, svg, color, video, gif, sprite, frames, chat "
    "or meter";
const std::string kPath = ", expected a path, relative to the scene file";
const std::string kSceneKeys =
    "unknown key, expected version, scene, canvas, duration, fonts, defaults, layers, audio or "
    "outputs";
const std::string kLayerTypes = ", expected host, assistant, visual_feed, overlay or chat";
const std::string kScale = ", expected a number from -1000 to 1000";
const std::string kPosition = "expected [x, y], each in px, as \"50%\" or as \"calc(50% - 20px)\"";
const std::string kSize =
    "expected [width, height], each in px, as \"50%\" or as \"calc(50% - 20px)\"";
const std::string kRotation = ", expected a number from -1000000 to 1000000";
const std::string kEasing =
    ", expected an easing such as ease-out, cubic-bezier(.2, 0, 0, 1) or steps(4)";
const std::string kBlendModes =
    ", expected normal, multiply, screen, overlay, darken, lighten, color-dodge, color-burn, "
    "hard-light, soft-light, difference, exclusion, hue, saturation, color or luminosity";

/// --- Faults ---

TEST(SceneFaults, OfTheFileAsAWhole) {
  expect_faults({
      {"", {"1:1: got nothing, expected a mapping (scene)"}},
      {"hello", {"1:1: got a string, expected a mapping (scene)"}},
      {"- 1", {"1:1: got a list, expected a mapping (scene)"}},
      {"version: [1", {R"(1:10: not YAML: "[" is not closed, expected "]")"}},
      {"scene: a\xff", {"1:9: this is not UTF-8, expected UTF-8 text"}},
      {kHead + "layers: []\n---\nversion: 1",
       {"6:1: the file has a second YAML document, expected one document in a file"}},
      {kHead + "scene: b\nlayers: []",
       {"4:1: the key \"scene\" is given twice, first on line 2, expected each key once"}},
      {"version: &a [*a]",
       {"1:14: the alias is inside its own anchor, expected a value without cycles"}},
      {kHead + "layers: []\nlayerz: 3\nwibble: 2\n\"\": 4",
       {"5:1: layerz: " + kSceneKeys + "; did you mean \"layers\"?", "6:1: wibble: " + kSceneKeys,
        "7:1: " + kSceneKeys}},
  });
}

TEST(SceneFaults, OfTheSceneItself) {
  expect_faults({
      {"{}",
       {"1:1: \"version\" is missing, expected 1", "1:1: \"scene\" is missing" + kName,
        "1:1: \"canvas\" is missing, expected a mapping (canvas)",
        "1:1: \"layers\" is missing, expected a list of at most 1000 layers"}},
      {"version: 2\nscene: Auction\ncanvas: [320, 180]\nlayers: {}\n",
       {"1:10: version: this version is not supported, expected 1",
        "2:8: scene: \"Auction\" is not a name" + kName,
        "3:9: canvas: got a list, expected a mapping (canvas)",
        "4:9: layers: got a mapping, expected a list of at most 1000 layers"}},
      {"version: \"1\"\nscene: 2026\ncanvas: {width: 320, height: 180}\nlayers: []",
       {"1:10: version: this version is not supported, expected 1",
        "2:8: scene: 2026 is not a string (quote it)" + kName}},
      {kHead + "layers: []\nduration: soon\nfonts: [3, \"\"]",
       {"5:11: duration: \"soon\" is not understood" + kDuration,
        "6:9: fonts[0]: got a number" + kPath,
        "6:12: fonts[1]: it is empty" + kPath + " of 1 to 4096 bytes"}},
  });
}

TEST(SceneFaults, OfTheCanvas) {
  const std::string head = "version: 1\nscene: a\nlayers: []\ncanvas: ";
  expect_faults({
      {head + "{width: 15, height: 7681, fps: 29.97, background: redd, depth: 3}",
       {"4:17: canvas.width: 15 is below 16, expected a whole number from 16 to 7680",
        "4:29: canvas.height: 7681 is above 7680, expected a whole number from 16 to 7680",
        "4:40: canvas.fps: \"29.97\" is not understood" + kRate,
        "4:59: canvas.background: \"redd\" is not understood" + kColor,
        "4:65: canvas.depth: unknown key, expected width, height, fps or background"}},
      {head + "{width: 320.5, height: \"180\", fps: 241}",
       {"4:17: canvas.width: 320.5 is not whole, expected a whole number from 16 to 7680",
        "4:32: canvas.height: got a string, expected a whole number from 16 to 7680",
        "4:44: canvas.fps: \"241\" is not understood" + kRate}},
      {head + "{width: .nan, heigth: .inf, fps: \"60/0\"}",
       {"4:9: canvas: \"height\" is missing, expected a whole number from 16 to 7680",
        "4:17: canvas.width: .nan is not a finite number, expected a whole number from 16 to 7680",
        "4:23: canvas.heigth: unknown key, expected width, height, fps or background; did you "
        "mean \"height\"?",
        "4:42: canvas.fps: \"60/0\" is not understood" + kRate}},
  });
}

TEST(SceneFaults, OfALayer) {
  expect_faults({
      {with("opacity: 1.4\nvisible: yes\nblend_mode: multipy\nz_index: 1.5"),
       {"8:14: layers[0].opacity: 1.4 is above 1, expected a number from 0 to 1",
        "9:14: layers[0].visible: \"yes\" is a string, expected true or false",
        "10:17: layers[0].blend_mode: \"multipy\" is not known" + kBlendModes +
            "; did you mean \"multiply\"?",
        "11:14: layers[0].z_index: 1.5 is not whole, expected a whole number from -1000000 to "
        "1000000"}},
      {with("opacity: .nan\nvisible: 1\nblend_mode: [a]\nsize: 3\ntransform: 4\nclip: 24"),
       {"8:14: layers[0].opacity: .nan is not a finite number, expected a number from 0 to 1",
        "9:14: layers[0].visible: got a number, expected true or false",
        "10:17: layers[0].blend_mode: got a list" + kBlendModes,
        "11:11: layers[0].size: \"3\" is not a pair, " + kSize,
        "12:16: layers[0].transform: got a number, expected a mapping (transform)",
        "13:11: layers[0].clip: got a number, expected a mapping (clip)"}},
      {with("size: [0, 16385]\ntransform: {position: [1], anchor: 1, scale: [1, 1001], "
            "rotation: \"45\"}\nclip: {radius: -1}"),
       {"8:12: layers[0].size[0]: 0 is below 1, expected a number from 1 to 16384",
        "8:15: layers[0].size[1]: 16385 is above 16384, expected a number from 1 to 16384",
        "9:27: layers[0].transform.position: this is not a pair, " + kPosition,
        "9:40: layers[0].transform.anchor: \"1\" is not a pair, expected [x, y], of the box",
        "9:54: layers[0].transform.scale[1]: 1001 is above 1000" + kScale,
        "9:71: layers[0].transform.rotation: got a string" + kRotation,
        "10:20: layers[0].clip.radius: -1 is below 0, expected a number from 0 to 16384"}},
      {kHead + "layers:\n  - 3\n  - ~\n  - {}",
       {"5:5: layers[0]: got a number, expected a mapping (layer)",
        "6:5: layers[1]: got nothing, expected a mapping (layer)",
        "7:5: layers[2]: \"id\" is missing" + kName,
        "7:5: layers[2]: \"type\" is missing" + kLayerTypes,
        "7:5: layers[2]: \"content\" is missing, expected a mapping (content)"}},
      {kHead + "layers:\n  - &a {id: a, type: overlay, content: {type: color, color: red}}\n"
               "  - *a\n  - {id: a, type: overlays, content: {type: color, color: red}}",
       {"5:13: layers[1].id: \"a\" is already the id of another layer, expected an id of its own",
        "7:10: layers[2].id: \"a\" is already the id of another layer, expected an id of its own",
        "7:19: layers[2].type: \"overlays\" is not known" + kLayerTypes +
            "; did you mean \"overlay\"?"}},
  });
}

TEST(SceneFaults, OfContents) {
  expect_faults({
      {overlay("[1]"), {"7:14: layers[0].content: got a list, expected a mapping (content)"}},
      {overlay("{color: red}"), {"7:14: layers[0].content: \"type\" is missing" + kContents}},
      {overlay("{type: colour, color: red}"),
       {"7:21: layers[0].content.type: \"colour\" is not known" + kContents +
        "; did you mean \"color\"?"}},
      {overlay("{type: color, color: [1, 2]}"),
       {"7:35: layers[0].content.color: got a list, expected a CSS colour or gradient"}},
      {overlay("{type: image, source: \"\", fit: stretch, metadata: [1]}"),
       {"7:36: layers[0].content.source: it is empty" + kPath + " of 1 to 4096 bytes",
        "7:45: layers[0].content.fit: \"stretch\" is not known, expected fill, contain, cover, "
        "none or scale-down",
        "7:64: layers[0].content.metadata: got a list, expected a mapping of at most 32 "
        "names to texts"}},
      {overlay("{type: image, metadata: {price: [1]}}"),
       {"7:14: layers[0].content: \"source\" is missing" + kPath,
        "7:46: layers[0].content.metadata.price: got a list, expected a text"}},
      {overlay("{type: svg}"),
       {"7:14: layers[0].content: neither \"source\" nor \"svg\" is given, expected exactly one "
        "of them"}},
      {overlay("{type: svg, source: a, svg: b}"),
       {"7:14: layers[0].content: both \"source\" and \"svg\" are given, expected exactly one of "
        "them"}},
  });
}

TEST(SceneFaults, OfVideos) {
  const std::string not_after =
      ": \"end\" is not after \"start\", expected a time in the source that is after \"start\"";
  const std::string not_duration =
      " is not understood, expected a duration such as 500ms, 2s, 1m30s or a number of seconds";
  expect_faults({
      {overlay("{type: video, loop: twice}"),
       {"7:14: layers[0].content: \"source\" is missing" + kPath,
        "7:34: layers[0].content.loop: \"twice\" is a string, expected true or false"}},
      {overlay("{type: video, source: a, start: -1s, end: soon}"),
       {"7:46: layers[0].content.start: \"-1s\"" + not_duration,
        "7:56: layers[0].content.end: \"soon\"" + not_duration}},
      {overlay("{type: video, source: a, start: 2s, end: 1999ms}"),
       {"7:55: layers[0].content.end" + not_after}},
      {overlay("{type: video, source: a, start: 2s, end: 2}"),
       {"7:55: layers[0].content.end" + not_after}},
      {overlay("{type: video, source: a, end: 0}"), {"7:44: layers[0].content.end" + not_after}},
      {overlay("{type: video, source: a, end: [1], start: {}}"),
       {"7:44: layers[0].content.end: got a list, expected a duration such as 500ms, 2s, "
        "1m30s or a number of seconds",
        "7:56: layers[0].content.start: got a mapping, expected a duration such as 500ms, "
        "2s, 1m30s or a number of seconds"}},
  });
}

TEST(SceneFaults, OfShapes) {
  expect_faults({
      {overlay("{type: shape, shape: rectangle, width: 0, radius: 16385}"),
       {"7:14: layers[0].content: \"height\" is missing, expected a number of px, or a \"size\" of "
        "the "
        "layer",
        "7:53: layers[0].content.width: 0 is below 0.01, expected a number from 0.01 to 16384",
        "7:64: layers[0].content.radius: 16385 is above 16384, expected a number from 0 to "
        "16384"}},
      {overlay("{type: shape, shape: star}"),
       {"7:35: layers[0].content.shape: \"star\" is not known, expected rectangle, circle, "
        "ellipse, line, polygon or path"}},
      {overlay("{type: shape, shape: circle, radius: 3, width: 3}"),
       {"7:54: layers[0].content.width: unknown key, expected type, shape, fill, stroke or "
        "radius"}},
      {overlay("{type: shape, shape: polygon, points: [[0, 0], [1, 1]], fill: none, stroke: red}"),
       {"7:52: layers[0].content.points: the list has 2, expected a list of 3 to 4096 points "
        "[x, y]",
        "7:76: layers[0].content.fill: \"none\" is not understood, expected a CSS colour or "
        "gradient",
        "7:90: layers[0].content.stroke: got a string, expected a mapping (stroke)"}},
      {overlay("{type: shape, shape: line, points: [[0, 0], [1], 7, [1, .inf]]}"),
       {"7:58: layers[0].content.points[1]: this is not a pair, expected [x, y], px in the layer "
        "box",
        "7:63: layers[0].content.points[2]: \"7\" is not a pair, expected [x, y], px in the layer "
        "box",
        "7:70: layers[0].content.points[3][1]: .inf is not a finite number, expected a number "
        "from -100000 to 100000"}},
      {overlay("{type: shape, shape: path, d: \"\"}"),
       {"7:44: layers[0].content.d: it is empty, expected SVG path data of 1 to 1048576 bytes"}},
  });
}

TEST(SceneFile, WarnsOfATimeThatLooksLikeADuration) {
  const std::string yaml =
      "version: 1\nscene: a\ncanvas: {width: 64, height: 36, fps: 25}\nlayers:\n"
      "  - {id: a, type: overlay, content: {type: text, text: \"{{countdown:10:00}}\"}}\n"
      "  - {id: b, type: overlay, content: {type: text, text: \"{{countdown_to:10:00}}\"}}\n";
  const auto parsed = parse_scene(yaml, "a.yaml");
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed.value().warnings,
            std::vector<std::string>{
                "a.yaml:5:56: layers[0].content.text: {{countdown:10:00}} counts to a time of day "
                "or a date, expected {{countdown_to:10:00}}, or a duration such as 10m"});
}

TEST(SceneFaults, OfAUrlWhereAFileIsExpected) {
  expect_faults({
      {overlay("{type: video, source: \"https://h/a.mp4\"}"), {}},
      {overlay("{type: image, source: \"https://h/a.png\"}"), {}},
      {overlay("{type: video, source: a, fallback: \"https://me:pass99@h/a.png?t=1\"}"),
       {"7:49: layers[0].content.fallback: \"https://me:***@h/a.png?t=***\" is a URL, expected a "
        "path, relative to the scene file"}},
  });
}

TEST(SceneFaults, OfTexts) {
  expect_faults({
      {overlay("{type: text, text: [a], markup: \"no\"}"),
       {"7:33: layers[0].content.text: got a list, expected a text",
        "7:46: layers[0].content.markup: \"no\" is a string, expected true or false"}},
      {overlay("{type: text, text: \"{{clok}} {{countdown:x}}\"}"),
       {"7:33: layers[0].content.text: there is no placeholder \"clok\", expected clock, "
        "timecode, frame, countdown, countdown_to, count or elapsed; did you mean \"clock\"?",
        "7:33: layers[0].content.text: the end of the countdown is \"x\", expected a duration such "
        "as 10m; to count to a time, write {{countdown_to:18:30}}"}},
      {styled("font_weight: heavy, font_style: slanted, text_align: middle, ellipsis: maybe"),
       {"7:57: layers[0].content.style.font_weight: \"heavy\" is not a weight, expected a weight "
        "from 1 to 1000, normal or bold",
        "7:76: layers[0].content.style.font_style: \"slanted\" is not known, expected normal, "
        "italic or oblique",
        "7:97: layers[0].content.style.text_align: \"middle\" is not known, expected start, end, "
        "left, center, right or justify",
        "7:115: layers[0].content.style.ellipsis: \"maybe\" is a string, expected true or false"}},
      {styled("color: \"linear-gradient(red, blue)\", gradient: \"linear-gradient(red, blue)\""),
       {"7:91: layers[0].content.style.gradient: \"color\" is a gradient, too, expected one of "
        "them"}},
      {styled("vertical_align: center"),
       {"7:60: layers[0].content.style.vertical_align: \"center\" is not known, expected top, "
        "middle or bottom"}},
      {styled("color: \"#12345\", gradient: \"linear-gradient(red)\", font_weight: [1]"),
       {"7:51: layers[0].content.style.color: \"#12345\" is not understood, expected a CSS colour "
        "or gradient",
        "7:71: layers[0].content.style.gradient: \"linear-gradient(red)\" is not understood, "
        "expected a CSS gradient such as \"linear-gradient(90deg, #f80, #f08 60%)\"",
        "7:108: layers[0].content.style.font_weight: a list is not a weight, expected a weight "
        "from 1 to 1000, normal or bold"}},
      {styled("stroke: {widht: 2}, shadow: {blur: 251, offset: 3}, padding: [1, 2, 3]"),
       {"7:53: layers[0].content.style.stroke.widht: unknown key, expected color or width; did "
        "you mean \"width\"?",
        "7:79: layers[0].content.style.shadow.blur: 251 is above 250, expected a number from 0 "
        "to 250",
        "7:92: layers[0].content.style.shadow.offset: \"3\" is not a pair, expected [x, y], px",
        "7:105: layers[0].content.style.padding: the list has 3, expected px: a number, "
        "[vertical, horizontal] or [top, right, bottom, left]"}},
      {styled("padding: [1, 2, 3, 4, 5], font_family: \"\""),
       {"7:53: layers[0].content.style.padding: the list has 5, expected a list of 2 to 4 "
        "numbers",
        "7:83: layers[0].content.style.font_family: it is empty, expected a font family, or "
        "several separated by commas of 1 to 256 bytes"}},
  });
}

TEST(SceneFaults, OfAnimations) {
  const std::string effects = ", expected fade, slide, scale, rotate, scroll, volume or keyframes";
  expect_faults({
      {animated("{effect: fad, duration: 1s}"),
       {"8:27: layers[0].animations[0].effect: \"fad\" is not known" + effects +
        "; did you mean \"fade\"?"}},
      {animated("fade, {duration: 1s}, {effect: fade}"),
       {"8:18: layers[0].animations[0]: got a string, expected a mapping (animation)",
        "8:24: layers[0].animations[1]: \"effect\" is missing" + effects,
        "8:40: layers[0].animations[2]: \"duration\" is missing" + kDuration}},
      {animated("{effect: fade, from: 2, to: -1, duration: -1s, delay: 1 s, easing: ease-inout}"),
       {"8:39: layers[0].animations[0].from: 2 is above 1, expected a number from 0 to 1",
        "8:46: layers[0].animations[0].to: -1 is below 0, expected a number from 0 to 1",
        "8:60: layers[0].animations[0].duration: \"-1s\" is not understood" + kDuration,
        "8:72: layers[0].animations[0].delay: \"1 s\" is not understood" + kDuration,
        "8:85: layers[0].animations[0].easing: \"ease-inout\" is not understood" + kEasing +
            "; did you mean \"ease-in-out\"?"}},
      {animated("{effect: rotate, duration: 1s, iterations: -1, direction: back, fill: all}"),
       {"8:61: layers[0].animations[0].iterations: -1 is below 0, expected a number from 0 to "
        "1000000000",
        "8:76: layers[0].animations[0].direction: \"back\" is not known, expected normal, "
        "reverse, alternate or alternate-reverse",
        "8:88: layers[0].animations[0].fill: \"all\" is not known, expected none, forwards, "
        "backwards or both"}},
      {animated("{effect: rotate, duration: 1s, iterations: forever}, "
                "{effect: rotate, duration: .nan, iterations: .inf}, "
                "{effect: rotate, duration: 1s, iterations: [1]}"),
       {"8:61: layers[0].animations[0].iterations: \"forever\" is not understood, expected a "
        "number of times, or infinite",
        "8:98: layers[0].animations[1].duration: \".nan\" is not understood" + kDuration,
        "8:116: layers[0].animations[1].iterations: .inf is not a finite number, expected a "
        "number from 0 to 1000000000",
        "8:166: layers[0].animations[2].iterations: a list is not understood, expected a number "
        "of times, or infinite"}},
      {animated("{effect: slide, duration: 1s}"),
       {"8:18: layers[0].animations[0]: a slide without \"from\" and \"to\" does not move, "
        "expected one of them"}},
      {animated("{effect: slide, from: leftt, to: [1], duration: 1s}"),
       {"8:40: layers[0].animations[0].from: \"leftt\" is not understood, expected [x, y] in px, "
        "or left, right, up or down; did you mean \"left\"?",
        "8:51: layers[0].animations[0].to: this is not a pair, expected [x, y], px"}},
      {animated("{effect: keyframes, duration: 1s, keyframes: []}"),
       {"8:63: layers[0].animations[0].keyframes: the list has 0, expected a list of 1 to 256 "
        "keyframes"}},
      {animated("{effect: keyframes, duration: 1s, keyframes: "
                "[{at: 0.5}, {at: 0.2, opacity: 2}, {opacity: 1}, {at: 0.4}]}"),
       {"8:80: layers[0].animations[0].keyframes[1]: \"at\" goes back in time, expected keyframes "
        "in the order of \"at\"",
        "8:94: layers[0].animations[0].keyframes[1].opacity: 2 is above 1, expected a number from "
        "0 to 1",
        "8:98: layers[0].animations[0].keyframes[2]: \"at\" is missing, expected a number from 0 "
        "to 1",
        "8:117: layers[0].animations[0].keyframes[3]: \"at\" goes back in time, expected "
        "keyframes in the order of \"at\""}},
  });
}

TEST(SceneFaults, OfOutputs) {
  const std::string not_bitrate =
      " is not understood, expected bits per second such as 6M, 2500k or 6000000";
  expect_faults(
      {{kHead + "layers: []\noutputs:\n  - {url: \"\", codec: 3, bitrate: 6G}\n"
                "  - {bitrate: 999, presett: fast}",
        {"6:11: outputs[0].url: it is empty, expected a URL or a path of 1 to 4096 bytes",
         "6:22: outputs[0].codec: got a number, expected a codec name",
         "6:34: outputs[0].bitrate: \"6G\"" + not_bitrate,
         "7:5: outputs[1]: \"url\" is missing, expected a URL or a path",
         "7:15: outputs[1].bitrate: \"999\"" + not_bitrate,
         "7:20: outputs[1].presett: unknown key, expected id, url, codec, preset, bitrate, "
         "rotate_after, rotate_bytes or insecure_tls; did you mean \"preset\"?"}}});
  expect_faults(
      {{kHead + "layers: []\noutputs:\n  - {id: A, url: a}\n  - {id: a, url: a}\n"
                "  - {id: a, url: a, rotate_after: 0, rotate_bytes: 9999}",
        {"6:10: outputs[0].id: \"A\" is not a name" + kName,
         "8:10: outputs[2].id: \"a\" is already the id of another output, expected an id "
         "of its own",
         "8:35: outputs[2].rotate_after: \"0\" is too short, expected a duration from "
         "100ms to 10000000s",
         "8:52: outputs[2].rotate_bytes: \"9999\" is not understood, expected a size such "
         "as 500M, 2G or a number of bytes from 10k to 1000000G"}}});
}

TEST(SceneOutputs, WithoutIdAreNamedAfterTheirPlace) {
  const Scene scene = scene_of(kHead +
                               "layers: []\noutputs: [{url: a}, {id: output-3, url: b}, "
                               "{url: c}, {id: x, url: d, rotate_bytes: 2G}, {url: e}]");
  ASSERT_EQ(scene.outputs.size(), 5);
  std::vector<std::string> ids;
  for (const Output& each : scene.outputs) ids.push_back(each.id);
  EXPECT_EQ(ids, (std::vector<std::string>{"output-1", "output-3", "output-4", "x", "output-5"}));
  EXPECT_EQ(scene.outputs[3].rotate_bytes, 2'000'000'000);
}

TEST(Filters, ABlurIsANumberUnlessItsEdgeIsClamped) {
  const Scene scene =
      scene_of(with("filters: [{blur: 8}, {blur: {radius: 3}}, {blur: {radius: 20, edge: clamp}}, "
                    "{blur: {radius: 1, edge: transparent}}]"));
  const std::vector<Filter> expected = {BlurFilter{8}, BlurFilter{3},
                                        BlurFilter{20, BlurEdge::kClamp}, BlurFilter{1}};
  EXPECT_EQ(scene.layers[0]->filters, expected);
  const Value written = layer_codec().write(*scene.layers[0]);
  const Value& filters = *written.find("filters");
  EXPECT_EQ(filters.items[0].find("blur")->number, 8);
  EXPECT_EQ(filters.items[2].find("blur")->find("edge")->text, "clamp");
  EXPECT_EQ(filters.items[3].find("blur")->number, 1);
}

TEST(SceneFaults, OfFilters) {
  expect_faults({
      {with("filters: [{blurr: 8}]"),
       {"8:16: layers[0].filters[0].blurr: unknown filter, expected blur, brightness, contrast, "
        "saturate, hue_rotate, grayscale, invert, sepia, opacity, drop_shadow or chroma_key; did "
        "you mean \"blur\"?"}},
      {with("filters: [{blur: 8, sepia: 1}]"),
       {"8:15: layers[0].filters[0]: got a mapping, expected one filter, such as {blur: "
        "8}"}},
      {with("filters: [{blur: soft}]"),
       {"8:22: layers[0].filters[0].blur: got a string, expected a number from 0 to 250, or a "
        "mapping (filter: blur)"}},
      {with("filters: [{blur: {edge: clmp}}]"),
       {"8:22: layers[0].filters[0].blur: \"radius\" is missing, expected a number from 0 to 250",
        "8:29: layers[0].filters[0].blur.edge: \"clmp\" is not known, expected transparent or "
        "clamp; "
        "did you mean \"clamp\"?"}},
      {with("filters: [{sepia: 2}]"),
       {"8:23: layers[0].filters[0].sepia: 2 is above 1, expected a number from 0 to 1"}},
  });
}

// Layers named after `masks`: each is masked by the one beside it.
std::string masked(const std::vector<std::pair<std::string, std::string>>& masks) {
  std::string yaml = kHead + "layers:\n";
  for (const auto& [id, mask] : masks) {
    yaml += "  - {id: " + id + ", type: overlay, content: {type: color, color: red}" +
            (mask.empty() ? "" : ", mask: {" + mask + "}") + "}\n";
  }
  return yaml;
}

TEST(SceneMasks, AreAnImageOrALayer) {
  const Scene scene = scene_of(masked({{"a", "source: m.png, mode: luma"}, {"b", "layer: a"}}));
  EXPECT_EQ(scene.layers[0]->mask, (Mask{"m.png", std::nullopt, Mask::Mode::kLuma}));
  EXPECT_EQ(scene.layers[1]->mask, (Mask{std::nullopt, "a", Mask::Mode::kAlpha}));
}

TEST(SceneFaults, OfMasks) {
  expect_faults({
      {masked({{"a", "mode: luma"}, {"b", "source: m.png, layer: a"}}),
       {"5:70: layers[0].mask: a mask of nothing, expected one of \"source\" and \"layer\"",
        "6:70: layers[1].mask: both \"source\" and \"layer\", expected one of \"source\" and "
        "\"layer\""}},
      {masked({{"vignette", ""}, {"b", "layer: vignete"}}),
       {"6:78: layers[1].mask.layer: there is no layer \"vignete\", expected the id of a layer; "
        "did "
        "you mean \"vignette\"?"}},
      {masked({{"a", "layer: a"}}),
       {"5:78: layers[0].mask.layer: the layer is needed for its own mask: a → a, expected a layer "
        "whose mask does not need this one"}},
      {masked({{"a", "layer: b"}, {"b", "layer: c"}, {"c", "layer: b"}}),
       {"6:78: layers[1].mask.layer: the layer is needed for its own mask: b → c → b, expected a "
        "layer whose mask does not need this one",
        "7:78: layers[2].mask.layer: the layer is needed for its own mask: c → b → c, expected a "
        "layer whose mask does not need this one"}},
  });
}

TEST(SceneFaults, OfAStateThatACharacterDoesNotHave) {
  const auto character = [](const std::string& keys) {
    return kHead + "layers:\n  - {id: x, type: host, content: {type: character, source: a, " +
           keys + "}}";
  };
  expect_faults({
      {character("state: idle"),
       {"5:70: layers[0].content.state: there is no animation \"idle\", expected no state, or "
        "the name of one of the \"animations\""}},
      {character("state: talkin, animations: {talking: {type: gif, source: b}}"),
       {"5:70: layers[0].content.state: there is no animation \"talkin\", expected talking; did "
        "you mean \"talking\"?"}},
  });
}

TEST(SceneFaults, OfAContentInALayerThatCannotHoldIt) {
  // interfaces: which layer types may hold which content.
  const std::vector<std::pair<std::string, std::vector<std::string>>> rules = {
      {"{type: character, source: a}", {"host", "assistant"}},
      {"{type: image, source: a}", {"visual_feed", "overlay"}},
      {"{type: text, text: a}", {"overlay"}},
      {"{type: shape, shape: circle, radius: 3}", {"overlay"}},
      {"{type: svg, source: a}", {"overlay"}},
      {"{type: color, color: red}", {"visual_feed", "overlay"}},
      {"{type: video, source: a}", {"visual_feed", "overlay"}}};
  for (const auto& [content, takers] : rules) {
    for (const std::string type : {"host", "assistant", "visual_feed", "overlay", "chat"}) {
      const bool is_right = std::ranges::find(takers, type) != takers.end();
      const auto faults = faults_of(
          filled(kHead + "layers: [{id: x, type: @, content: ", type).append(content).append("}]"));
      EXPECT_EQ(faults.empty(), is_right) << type << " " << content;
    }
  }
  expect_faults({{kHead + "layers:\n  - {id: x, type: host, content: {type: color, color: red}}",
                  {"5:41: layers[0].content.type: a layer of type host cannot hold color content, "
                   "expected a layer of type overlay or visual_feed for it"}}});
}

TEST(SceneFaults, SaySoWhereAMergeKeyStands) {
  expect_faults({{kHead + "layers:\n  - &a {id: a, type: overlay, content: {type: color, color: "
                          "red}}\n  - {<<: *a, id: b}",
                  {"6:5: layers[1]: \"type\" is missing" + kLayerTypes,
                   "6:5: layers[1]: \"content\" is missing, expected a mapping (content)",
                   "6:6: layers[1].<<: merge keys are not part of YAML 1.2, expected the keys "
                   "written out, or an alias for the whole value"}}});
}

TEST(SceneFaults, AreAllToldAtOnceInTheOrderOfTheFile) {
  const auto whole = faults_of(
      "version: 1\n"
      "layers:\n"
      "  - {id: A, type: overlay, content: {type: color, color: redd}}\n"
      "  - {id: b, type: overlay, opacity: 2, content: {type: text, text: \"{{x}}\"}}\n"
      "  - {id: b, type: overlay, content: {type: color, color: red}, clips: 1}\n"
      "canvas: {width: 1, height: 1}\n"
      "canvas: {width: 1, height: 1}\n"
      "scene: _\n");
  Lines places;
  for (const auto& line : whole) places.push_back(line.substr(0, line.find(": ")));
  EXPECT_EQ(places,
            (Lines{"3:10", "3:58", "4:37", "4:68", "5:10", "5:64", "6:17", "6:28", "7:1", "8:8"}));
}

TEST(SceneFaults, AreCountedBeyondAHundred) {
  std::string yaml = kHead + "layers: []\n";
  for (int i = 0; i < 130; ++i) yaml += "odd" + std::to_string(i) + ": 1\n";
  const auto read = parse_scene(yaml, "s.yaml");
  ASSERT_FALSE(read);
  const auto& lines = read.error().lines;
  ASSERT_EQ(lines.size(), 101);
  EXPECT_EQ(lines.back(), "s.yaml: 30 more faults");
}

TEST(SceneFaults, OfKeysThatAreGivenTwiceAreCountedToo) {
  std::string yaml = kHead + "layers: []\n";
  for (int i = 0; i < 10'000; ++i) yaml += "odd: 1\n";
  const auto read = parse_scene(yaml, "s.yaml");
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().lines.size(), 101);
}

TEST(SceneFaults, ShowLongTextsInPart) {
  const std::string text(100'000, 'w');
  const std::vector<std::string> scenes = {
      kHead + "layers: []\n\"" + text + "\": 1\n",
      kHead + "layers: []\n\"" + text + "\": 1\n\"" + text + "\": 1\n",
      kHead + "layers: !" + text + " []\n",
      kHead + "layers: [{id: " + text + ", type: " + text + "}]\n",
      kHead + "layers: [{id: a, type: overlay, content: {type: color, color: " + text + "}}]\n"};
  for (const std::string& yaml : scenes) {
    const auto read = parse_scene(yaml, "s.yaml");
    ASSERT_FALSE(read);
    for (const auto& line : read.error().lines) EXPECT_LT(line.size(), 1000);
  }
}

TEST(SceneWarnings, ShowLongTextsInPart) {
  const std::string text(9000, 'w');
  const auto read = parse_scene(kHead +
                                    "layers:\n  - id: x\n    type: overlay\n    content:\n"
                                    "      type: text\n      text: " +
                                    text + " #12\n",
                                "s.yaml");
  ASSERT_TRUE(read);
  ASSERT_EQ(read.value().warnings.size(), 1);
  EXPECT_LT(read.value().warnings.front().size(), 500);
}

/// --- Limits ---

std::string number(double value) {
  std::array<char, 40> text{};
  std::snprintf(text.data(), text.size(), "%.17g", value);
  return text.data();
}

struct Bounded {
  std::string yaml;  ///< with an @ where the number goes
  limits::Range range;
  bool whole = false;
};

std::vector<Bounded> bounded_numbers() {
  const std::string canvas = "version: 1\nscene: a\nlayers: []\ncanvas: ";
  const auto shape = [](const std::string& rest) {
    return overlay("{type: shape, shape: " + rest + "}");
  };
  const limits::Range length{0.01, limits::kLayerSide.max};
  return {
      {canvas + "{width: @, height: 180}", limits::kCanvasSide, true},
      {canvas + "{width: 320, height: @}", limits::kCanvasSide, true},
      {canvas + "{width: 320, height: 180, fps: @}", limits::kFrameRate, true},
      {with("z_index: @"), limits::kZIndex, true},
      {with("opacity: @"), limits::kUnit},
      {with("size: [@, 9]"), limits::kLayerSide},
      {with("size: [9, @]"), limits::kLayerSide},
      {with("transform: {position: [@, 0]}"), limits::kPosition},
      {with("transform: {position: [0, @]}"), limits::kPosition},
      {with("transform: {anchor: [@, 0]}"), limits::kAnchor},
      {with("transform: {scale: @}"), limits::kScale},
      {with("transform: {scale: [1, @]}"), limits::kScale},
      {with("transform: {rotation: @}"), limits::kRotation},
      {with("clip: {radius: @}"), limits::kLength},
      {styled("font_size: @"), limits::kFontSize},
      {styled("font_weight: @"), limits::kFontWeight, true},
      {styled("stroke: {width: @}"), limits::kLength},
      {styled("shadow: {blur: @}"), limits::kBlur},
      {styled("shadow: {offset: [@, 0]}"), limits::kPosition},
      {styled("padding: @"), limits::kLength},
      {styled("padding: [0, @]"), limits::kLength},
      {styled("border_radius: @"), limits::kLength},
      {styled("line_height: @"), limits::kLineHeight},
      {styled("letter_spacing: @"), limits::kLetterSpacing},
      {styled("max_width: @"), limits::kLayerSide},
      {styled("max_lines: @"), limits::kLines, true},
      {shape("rectangle, width: @, height: 1"), length},
      {shape("rectangle, width: 1, height: @"), length},
      {shape("rectangle, width: 1, height: 1, radius: @"), limits::kLength},
      {shape("circle, radius: @"), length},
      {shape("ellipse, radius_x: @, radius_y: 1"), length},
      {shape("line, points: [[0, 0], [@, 0]]"), limits::kPosition},
      {animated("{effect: fade, from: @, duration: 1s}"), limits::kUnit},
      {animated("{effect: slide, to: [@, 0], duration: 1s}"), limits::kPosition},
      {animated("{effect: scale, to: @, duration: 1s}"), limits::kScale},
      {animated("{effect: rotate, to: @, duration: 1s}"), limits::kRotation},
      {animated("{effect: fade, iterations: @, duration: 1s}"), limits::kIterations},
      {animated("{effect: keyframes, duration: 1s, keyframes: [{at: @}]}"), limits::kUnit},
      {animated("{effect: keyframes, duration: 1s, keyframes: [{at: 0, opacity: @}]}"),
       limits::kUnit},
      {animated("{effect: keyframes, duration: 1s, keyframes: [{at: 0, position: [@, 0]}]}"),
       limits::kPosition},
      {animated("{effect: keyframes, duration: 1s, keyframes: [{at: 0, rotation: @}]}"),
       limits::kRotation},
      {kHead + "layers: []\noutputs: [{url: a, bitrate: @}]", limits::kBitrate, true},
  };
}

TEST(Limits, NumbersAreTakenUpToTheirBoundsAndRefusedJustBeyond) {
  for (const auto& [yaml, range, whole] : bounded_numbers()) {
    for (const double bound : {range.min, range.max}) {
      EXPECT_EQ(faults_of(filled(yaml, number(bound))), Lines{}) << yaml;
    }
    const double below = whole ? range.min - 1 : std::nextafter(range.min, -kInfinity);
    const double above = whole ? range.max + 1 : std::nextafter(range.max, kInfinity);
    EXPECT_EQ(faults_of(filled(yaml, number(below))).size(), 1) << number(below) << yaml;
    EXPECT_EQ(faults_of(filled(yaml, number(above))).size(), 1) << number(above) << yaml;
  }
}

TEST(Limits, NoNumberMayBeNanOrInfinite) {
  for (const auto& each : bounded_numbers()) {
    for (const std::string odd : {".nan", ".inf", "-.inf", "1e999"}) {
      EXPECT_EQ(faults_of(filled(each.yaml, odd)).size(), 1) << odd << " in " << each.yaml;
    }
  }
}

// A list or a text with `count` pieces, where `max` is the most there may be.
struct Counted {
  std::string yaml;  ///< with an @ where the pieces go
  std::string piece;
  std::string separator;
  int max;
};

std::vector<Counted> counted_things() {
  const auto text_of = [](const std::string& yaml, int max) { return Counted{yaml, "a", "", max}; };
  return {
      {animated("{effect: keyframes, duration: 1s, keyframes: [@]}"), "{at: 0}", ",",
       limits::kKeyframesMax},
      {with("animations: [@]"), "{effect: fade, duration: 1s}", ",", limits::kAnimationsMax},
      {overlay("{type: shape, shape: polygon, points: [@]}"), "[1,2]", ",", limits::kPointsMax},
      {kHead + "layers: []\nfonts: [@]", "a", ",", limits::kFontsMax},
      {kHead + "layers: []\noutputs: [@]", "{url: a}", ",", limits::kOutputsMax},
      {styled("gradient: \"linear-gradient(@)\""), "red", ",", limits::kGradientStopsMax},
      text_of("version: 1\nscene: @\ncanvas: {width: 320, height: 180}\nlayers: []",
              limits::kNameLengthMax),
      text_of(overlay("{type: text, text: @}"), limits::kTextLengthMax),
      text_of(overlay("{type: image, source: @}"), limits::kPathLengthMax),
      text_of(overlay("{type: svg, source: @}"), limits::kPathLengthMax),
      text_of(overlay("{type: video, source: @}"), limits::kPathLengthMax),
      text_of(overlay("{type: svg, svg: @}"), limits::kInlineSvgMax),
      text_of(overlay("{type: shape, shape: path, d: @}"), limits::kInlineSvgMax),
      text_of(overlay("{type: image, source: a, metadata: {k: @}}"), limits::kTextLengthMax),
      text_of(styled("font_family: @"), 256),
      text_of(styled("font_file: @"), limits::kPathLengthMax),
      text_of(kHead + "layers: []\nfonts: [@]", limits::kPathLengthMax),
      text_of(kHead + "layers: []\noutputs: [{url: @}]", limits::kPathLengthMax),
      text_of(kHead + "layers: []\noutputs: [{url: a, codec: @}]", 64),
      text_of(kHead + "layers: []\noutputs: [{url: a, preset: @}]", 64),
  };
}

TEST(Limits, ListsAndTextsAreTakenUpToTheirLengthAndRefusedJustBeyond) {
  for (const auto& [yaml, piece, separator, max] : counted_things()) {
    std::string pieces = piece;
    for (int i = 1; i < max; ++i) pieces.append(separator).append(piece);
    EXPECT_EQ(faults_of(filled(yaml, pieces)), Lines{}) << yaml;
    pieces.append(separator).append(piece);
    EXPECT_EQ(faults_of(filled(yaml, pieces)).size(), 1) << yaml;
  }
}

TEST(Limits, LayersAndMetadataAreTakenUpToTheirNumber) {
  const auto layers = [](int count) {
    std::string yaml = kHead + "layers:\n";
    for (int i = 0; i < count; ++i) {
      yaml += "  - {id: l" + std::to_string(i) +
              ", type: overlay, content: {type: color, color: red}}\n";
    }
    return yaml;
  };
  EXPECT_EQ(faults_of(layers(limits::kLayersMax)), Lines{});
  EXPECT_EQ(faults_of(layers(limits::kLayersMax + 1)),
            Lines{"5:3: layers: the list has 1001, expected a list of at most 1000 layers"});
  const auto metadata = [](int count) {
    std::string entries;
    for (int i = 0; i < count; ++i) entries += "k" + std::to_string(i) + ": 1, ";
    return overlay("{type: image, source: a, metadata: {" + entries + "}}");
  };
  EXPECT_EQ(faults_of(metadata(limits::kMetadataMax)), Lines{});
  EXPECT_EQ(faults_of(metadata(limits::kMetadataMax + 1)),
            Lines{"7:49: layers[0].content.metadata: it has 33 entries, expected a mapping of at "
                  "most 32 names to texts"});
}

TEST(Limits, FrameRatesAreExactFractions) {
  const auto rate = [](const std::string& fps) {
    return "version: 1\nscene: a\nlayers: []\ncanvas: {width: 320, height: 180, fps: " + fps + "}";
  };
  for (const std::string fps : {"1", "240", "\"30000/1001\"", "\"60\"", "\"1001/1001\"", "1/1"}) {
    EXPECT_EQ(faults_of(rate(fps)), Lines{}) << fps;
  }
  for (const std::string fps : {"0", "241", "-30", "29.97", "\"30001/1002\"", "\"241/1\"",
                                "\"1/2\"", "\"60 / 1\"", "1e2", "true"}) {
    EXPECT_EQ(faults_of(rate(fps)).size(), 1) << fps;
  }
  EXPECT_EQ(scene_of(rate("\"60/2\"")).canvas.fps, (base::FrameRate{30, 1}));
}

/// --- What is read ---

TEST(ParseScene, GivesDefaultsWhereNothingIsSaid) {
  const Scene scene = scene_of(with(""));
  EXPECT_EQ(scene.canvas.fps, (base::FrameRate{30, 1}));
  EXPECT_EQ(scene.canvas.background, (base::Color{0, 0, 0, 255}));
  EXPECT_FALSE(scene.duration.has_value());
  const Layer& layer = scene.layers.at(0);
  EXPECT_EQ(layer.opacity, 1);
  EXPECT_TRUE(layer.visible);
  EXPECT_EQ(layer.z_index, 0);
  EXPECT_EQ(layer.blend_mode, base::BlendMode::kNormal);
  EXPECT_FALSE(layer.size.has_value());
  EXPECT_FALSE(layer.clip.has_value());
  EXPECT_EQ(layer.transform, Transform{});
  EXPECT_EQ(layer.transform.scale, (PointF{1, 1}));
}

TEST(ParseScene, ReadsEveryFormOfAValue) {
  const Layer layer = layer_of(with(
      "size: [10, 20.5]\ntransform: {scale: 2, position: [-1, 0.5], anchor: [0.5, 1]}\nclip: {}\n"
      "blend_mode: color-dodge\n"
      "animations: [{effect: slide, from: up, to: [3, 4], duration: 1m30s, delay: 2, "
      "iterations: infinite, easing: \"steps(4)\"}]"));
  EXPECT_EQ(layer.size, (LengthSize{10, 20.5}));
  EXPECT_EQ(layer.transform.scale, (PointF{2, 2}));
  EXPECT_EQ(layer.clip, Clip{0});
  EXPECT_EQ(layer.blend_mode, base::BlendMode::kColorDodge);
  ASSERT_EQ(layer.animations.size(), 1);
  const Animation& animation = layer.animations.front();
  EXPECT_EQ(animation.effect, (Effect{SlideEffect{Direction::kUp, PointF{3, 4}}}));
  EXPECT_EQ(animation.timing.duration, std::chrono::seconds(90));
  EXPECT_EQ(animation.timing.delay, std::chrono::seconds(2));
  EXPECT_EQ(animation.timing.iterations, kInfinity);
  EXPECT_EQ(animation.timing.fill, FillMode::kBoth);
}

TEST(ParseScene, ReadsVideos) {
  using std::chrono::milliseconds;
  const auto video = [](const std::string& keys) {
    return std::get<VideoContent>(
        layer_of(overlay("{type: video, source: a" + keys + "}")).content);
  };
  VideoContent wanted;
  wanted.source = "a";
  EXPECT_EQ(video(""), wanted);
  wanted.loop = true;
  wanted.start = milliseconds(1500);
  wanted.end = milliseconds(60'000);
  wanted.fit = Fit::kCover;
  EXPECT_EQ(video(", loop: true, start: 1.5, end: 1m, fit: cover"), wanted);
  wanted.rate = 0.5;
  wanted.volume = 2;
  wanted.fallback = "b";
  EXPECT_EQ(video(", loop: true, start: 1.5, end: 1m, fit: cover, rate: 0.5, volume: 2, "
                  "fallback: b"),
            wanted);
  EXPECT_EQ(video(", start: 1999ms, end: 2s").end, milliseconds(2000));
}

TEST(ParseScene, ReadsPaddingAsCssDoes) {
  const auto padding = [](const std::string& text) {
    const Layer layer = layer_of(styled("padding: " + text));
    return std::get<TextContent>(layer.content).style.padding;
  };
  EXPECT_EQ(padding("3"), (Insets{3, 3, 3, 3}));
  EXPECT_EQ(padding("[1, 2]"), (Insets{1, 2, 1, 2}));
  EXPECT_EQ(padding("[1, 2, 3, 4]"), (Insets{1, 2, 3, 4}));
}

TEST(ParseScene, CaptionsAreTextsAsTheyWereWritten) {
  const Layer layer = layer_of(
      overlay("{type: image, source: a, metadata: {price: 1.50, sold: True, no: 007, x: ~}}"));
  const std::vector<std::pair<std::string, std::string>> wanted = {
      {"price", "1.50"}, {"sold", "True"}, {"no", "007"}, {"x", ""}};
  EXPECT_EQ(std::get<ImageContent>(layer.content).metadata, wanted);
}

TEST(ParseScene, WeightsHaveNames) {
  const auto weight = [](const std::string& text) {
    return std::get<TextContent>(layer_of(styled("font_weight: " + text)).content)
        .style.font_weight;
  };
  EXPECT_EQ(weight("normal"), 400);
  EXPECT_EQ(weight("bold"), 700);
  EXPECT_EQ(weight("650"), 650);
}

/// --- Written back ---

TEST(SceneYaml, RandomScenesReadBackEqual) {
  for (uint64_t seed = 0; seed < 800; ++seed) {
    const auto purpose = seed % 3 == 0 ? Purpose::kDraw : Purpose::kReadBack;
    const Scene scene = RandomScene(seed, purpose).scene();
    const std::string yaml = scene_yaml(scene);
    ASSERT_EQ(faults_of(yaml), Lines{}) << "seed " << seed << "\n" << yaml;
    ASSERT_TRUE(scene_of(yaml) == scene) << "seed " << seed << "\n" << yaml;
  }
}

TEST(SceneYaml, EverySceneThatComesWithItReadsBackEqual) {
  int count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(kScenesFolder)) {
    if (entry.path().extension() != ".yaml") continue;
    const auto read = load_scene(entry.path().string());
    if (!read) {
      for (const auto& line : read.error().lines) ADD_FAILURE() << line;
      continue;
    }
    const Scene& scene = read.value().scene;
    EXPECT_TRUE(scene_of(scene_yaml(scene)) == scene) << entry.path();
    ++count;
  }
  EXPECT_GE(count, 2);
}

TEST(SceneYaml, SaysOnlyWhatIsNotTheDefault) {
  EXPECT_EQ(scene_yaml(scene_of(with("opacity: 1\nvisible: true\nanimations: []"))),
            "version: 1\n"
            "scene: a\n"
            "canvas:\n"
            "  width: 320\n"
            "  height: 180\n"
            "layers:\n"
            "  - id: x\n"
            "    type: overlay\n"
            "    content:\n"
            "      type: color\n"
            "      color: \"#ff0000\"\n");
}

/// --- Files ---

class SceneFiles : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::temp_directory_path() /
              ("layercast-scene-test-" + std::to_string(::getpid()));
    std::filesystem::create_directories(folder_ / "inner");
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string write(const std::string& name, const std::string& text) {
    std::string path = (folder_ / name).string();
    std::ofstream(path, std::ios::binary) << text;
    return path;
  }

  std::filesystem::path folder_;
};

TEST_F(SceneFiles, ASceneIsReadFromItsFile) {
  const std::string path = write("inner/a.yaml", with(""));
  const auto read = load_scene(path);
  ASSERT_TRUE(read);
  const SceneFile& file = read.value();
  EXPECT_EQ(file.path, path);
  EXPECT_EQ(file.folder, (folder_ / "inner").string());
  EXPECT_EQ(file.resolved("art/x.png"), (folder_ / "inner/art/x.png").string());
  EXPECT_EQ(file.resolved("/art/x.png"), "/art/x.png");
  EXPECT_EQ(file.resolved("https://h/a.mp4"), "https://h/a.mp4");
}

TEST_F(SceneFiles, FaultsBeginWithTheFilesName) {
  const std::string path = write("a.yaml", "version: 1\n");
  const auto read = load_scene(path);
  ASSERT_FALSE(read);
  const auto& lines = read.error().lines;
  EXPECT_EQ(lines.at(0), path + ":1:1: \"scene\" is missing" + kName);
}

TEST_F(SceneFiles, AFileThatCannotBeReadIsOneFault) {
  const auto fault_of = [](const std::string& path) {
    const auto read = load_scene(path);
    return read || read.error().lines.size() != 1 ? "not one fault" : read.error().lines[0];
  };
  const std::string missing = (folder_ / "none.yaml").string();
  EXPECT_EQ(fault_of(missing), missing + ": cannot read the scene: No such file or directory");
  EXPECT_EQ(fault_of(folder_.string()),
            folder_.string() + ": cannot read the scene: Is a directory");
  EXPECT_EQ(fault_of("/dev/zero"),
            "/dev/zero:1:1: the file has 4194305 bytes, expected at most 4194304");
}

TEST(SceneFile, KnowsWhereEachValueStands) {
  const SceneFile file = parsed_scene(with("size: [10, 20]"), "scenes/s.yaml");
  EXPECT_EQ(file.where("layers[0].content.color"), "scenes/s.yaml:7:35: layers[0].content.color");
  EXPECT_EQ(file.where("layers[0].size[1]"), "scenes/s.yaml:8:16: layers[0].size[1]");
  EXPECT_EQ(file.where("layers[0].opacity"), "scenes/s.yaml: layers[0].opacity");
}

TEST(SceneFile, WithoutAFolderPathsAreRelativeToHere) {
  EXPECT_EQ(parsed_scene(with(""), "s.yaml").resolved("a.png"), "a.png");
}

}  // namespace
}  // namespace layercast::scene
