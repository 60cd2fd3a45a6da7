#pragma once

#include "base/blend_mode.h"
#include "base/color.h"
#include "base/geometry.h"
#include "base/time.h"
#include "scene/model/animation.h"
#include "scene/model/easing.h"
#include "scene/model/frame_work.h"
#include "scene/model/limits.h"
#include "scene/model/run_state.h"
#include "scene/model/scene.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <limits>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace layercast::scene {

/// What a random scene is for.
enum class Purpose {
  kReadBack,  ///< anything that a scene file may say, over the whole range of its limits
  kDraw,      ///< what can be rasterised quickly on a canvas of a few thousand pixels; no text in
              ///< fonts that may not be there; files are those of scenes/art
};

/// Makes valid scenes, the same ones for the same seed on every machine.
class RandomScene {
 public:
  RandomScene(uint64_t seed, Purpose purpose) : engine_(seed), draws_(purpose == Purpose::kDraw) {}

  Scene scene() {
    Scene scene;
    scene.name = name();
    scene.canvas = canvas();
    if (one_in(2)) scene.duration = duration();
    const int layers = draws_ ? between(1, 5) : between(0, 8);
    for (int i = 0; i < layers; ++i) {
      Layer next = layer();
      while (!ids_.insert(next.id).second) next.id = name();
      scene.layers.push_back(std::move(next));
    }
    for (base::Shared<Layer>& each : scene.layers) {
      if (frame_work(each, scene.canvas.size) > limits::kFrameWorkMax / 16) bound_work(each);
    }
    if (draws_) return scene;
    for (int i = below(3); i > 0; --i) scene.fonts.push_back(path());
    for (int i = below(3); i > 0; --i) {
      scene.audio.push_back(sound());
      while (!ids_.insert(scene.audio.back().id).second) scene.audio.back().id = name();
    }
    for (int i = below(3); i > 0; --i) {
      scene.outputs.push_back(output());
      while (!ids_.insert(scene.outputs.back().id).second) scene.outputs.back().id = name();
    }
    return scene;
  }

  /// --- dice, for tests that need more of them ---

  int below(int count) { return static_cast<int>(engine_() % static_cast<uint64_t>(count)); }
  int between(int first, int last) { return first + below(last - first + 1); }
  bool one_in(int count) { return below(count) == 0; }
  double real(double min, double max) {
    const double unit = static_cast<double>(engine_() >> 11) / 9007199254740992.0;
    const double value = min + (max - min) * unit;
    // Half of the numbers are such as people write.
    return one_in(2) ? std::round(value * 4) / 4 : value;
  }
  template <class Items>
  auto& pick(const Items& items) {
    return items[static_cast<size_t>(below(static_cast<int>(std::size(items))))];
  }

  /// Any text that YAML could trip over.
  std::string text() {
    static const std::vector<std::string> kPieces = {
        "true",   "1e3",    "~",        "- a",    "null",       "0x1f",
        "010",    " ",      "\n",       "\t",     ":",          ": ",
        " #",     "\"",     "'",        "\\",     "{",          "}",
        "[",      "]",      ",",        "&a",     "*a",         "!t",
        "%",      "@",      "`",        "|",      ">",          "?",
        "...",    "---",    "\u00e9",   "\u4e2d", "\U0001f600", "\u0085",
        "\u2028", "\u2029", "\ufeff",   "\u00a0", "\x01",       "\x1b",
        "\x7f",   "\r",     "=",        "<<",     ".nan",       "-.inf",
        "yes",    "Off",    "12:30:45", "word",   "a b",        "\u05d0\u05d1",
        "\u202e", "</b>"};
    std::string text;
    for (int i = below(6); i > 0; --i) text += pick(kPieces);
    return text;
  }

 private:
  static constexpr double kInfinity = std::numeric_limits<double>::infinity();

  double number(limits::Range whole, limits::Range small) {
    const limits::Range range = draws_ ? small : whole;
    if (!draws_ && one_in(12)) return one_in(2) ? range.min : range.max;
    return std::clamp(real(range.min, range.max), range.min, range.max) + 0.0;  // no -0
  }
  double unit() { return one_in(4) ? below(2) : real(0, 1); }

  std::string name() {
    static constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz0123456789-";
    std::string name(1, kLetters[static_cast<size_t>(below(36))]);
    for (int i = below(10); i > 0; --i) name += kLetters[static_cast<size_t>(below(37))];
    return name;
  }
  std::string path() { return "a/" + text(); }

  base::Color color() {
    const auto byte = [&] { return static_cast<uint8_t>(below(256)); };
    return {byte(), byte(), byte(), one_in(2) ? uint8_t{255} : byte()};
  }
  base::PointF point(limits::Range whole, limits::Range small) {
    const double x = number(whole, small);
    return {x, number(whole, small)};
  }
  base::PointF offset() { return point(limits::kPosition, {-60, 60}); }
  base::PointF factors() {
    const double factor = number(limits::kScale, {-1.5, 2});
    return one_in(2) ? base::PointF{factor, factor}
                     : base::PointF{factor, number(limits::kScale, {-1.5, 2})};
  }
  double degrees() { return number(limits::kRotation, {-400, 400}); }
  double length(double small_max) { return number(limits::kLength, {0, small_max}); }
  double side() { return number({0.01, limits::kLayerSide.max}, {0.5, 40}); }

  Canvas canvas() {
    static constexpr std::array<base::FrameRate, 5> kRates = {
        {{30, 1}, {60, 1}, {25, 1}, {30000, 1001}, {240, 1}}};
    Canvas canvas;
    canvas.size = draws_ ? base::SizeI{between(16, 90), between(16, 70)}
                         : base::SizeI{between(16, 7680), between(16, 7680)};
    canvas.fps = pick(kRates);
    canvas.background = color();
    return canvas;
  }

  base::Duration duration() {
    using std::chrono::milliseconds;
    if (one_in(8)) return base::Duration{0};
    if (draws_ || one_in(2)) return milliseconds(between(0, 2000));
    return base::Duration{static_cast<int64_t>(engine_() % 3'000'000'000'000'000'000u)};
  }

  Easing easing() {
    static constexpr std::array<std::string_view, 7> kNamed = {
        "linear", "ease", "ease-in", "ease-out", "ease-in-out", "step-start", "step-end"};
    static constexpr std::array kJumps = {Steps::Jump::kStart, Steps::Jump::kEnd,
                                          Steps::Jump::kNone, Steps::Jump::kBoth};
    if (one_in(2)) return *parse_easing(pick(kNamed));
    if (one_in(2)) return Steps{between(2, 12), pick(kJumps)};
    const double x1 = unit();
    const double y1 = real(-2, 3);
    return CubicBezier{x1, y1, unit(), real(-2, 3)};
  }

  Gradient gradient() {
    static constexpr std::array<std::pair<int, int>, 8> kToward = {
        {{-1, 0}, {1, 0}, {0, -1}, {0, 1}, {-1, -1}, {1, 1}, {-1, 1}, {1, -1}}};
    Gradient gradient;
    gradient.shape = static_cast<Gradient::Shape>(below(3));
    if (gradient.shape == Gradient::Shape::kLinear) {
      if (one_in(2)) {
        gradient.toward = pick(kToward);
      } else {
        gradient.angle_degrees = real(-720, 720) + 0.0;
      }
    }
    for (int i = between(2, 4); i > 0; --i) {
      GradientStop stop{std::nullopt, color()};
      if (one_in(2)) stop.at = real(0, 100) / 100;  // a percentage in a file
      gradient.stops.push_back(stop);
    }
    return gradient;
  }
  Paint paint() { return one_in(2) ? Paint{color()} : Paint{gradient()}; }
  Stroke stroke() {
    const base::Color stroke_color = color();
    return {stroke_color, length(6)};
  }
  Shadow shadow() {
    const base::Color shadow_color = color();
    const double blur = number(limits::kBlur, {0, 6});
    return {shadow_color, blur, point(limits::kPosition, {-6, 6})};
  }
  Insets insets() {
    const double vertical = length(8);
    const double horizontal = one_in(2) ? vertical : length(8);
    if (one_in(2)) return {vertical, horizontal, vertical, horizontal};
    return {vertical, length(8), length(8), length(8)};
  }

  TextStyle style() {
    static const std::vector<std::string> kFamilies = {"Inter", "sans-serif", "serif", "monospace"};
    TextStyle style;
    if (one_in(2)) style.font_family = draws_ ? pick(kFamilies) : "a" + text();
    if (!draws_ && one_in(4)) style.font_file = path();
    if (draws_ || one_in(2)) style.font_size = number(limits::kFontSize, {4, 24});
    if (one_in(2)) style.font_weight = draws_ ? 100 * between(1, 9) : between(1, 1000);
    if (one_in(3)) style.font_style = static_cast<FontStyle>(below(3));
    if (one_in(2)) style.color = color();
    if (one_in(4)) {
      style.gradient = gradient();
    } else if (one_in(6)) {
      style.color = gradient();
    }
    if (one_in(4)) style.vertical_align = static_cast<VerticalAlign>(below(3));
    if (one_in(3)) style.stroke = stroke();
    if (one_in(3)) style.shadow = shadow();
    if (one_in(2)) style.background_color = paint();
    if (one_in(2)) style.padding = insets();
    if (one_in(3)) style.border_radius = length(10);
    if (one_in(2)) style.text_align = static_cast<TextAlign>(below(6));
    if (one_in(3)) style.line_height = number(limits::kLineHeight, {0.6, 2});
    if (one_in(3)) style.letter_spacing = number(limits::kLetterSpacing, {-1, 4});
    if (one_in(3)) style.max_width = number(limits::kLayerSide, {10, 80});
    if (one_in(3)) style.max_lines = between(1, draws_ ? 3 : 1000);
    if (one_in(3)) style.ellipsis = false;
    return style;
  }

  Content character() {
    static const std::vector<std::string> kFigures = {"art/host.svg", "art/assistant.svg"};
    CharacterContent content;
    content.source = draws_ ? pick(kFigures) : path();
    if (one_in(2)) content.texture = draws_ ? "art/texture.svg" : path();
    if (!draws_ && one_in(2)) act(content);
    return content;
  }

  /// What an animated character says beside its still.
  void act(CharacterContent& content) {
    if (one_in(2)) content.source = animated();
    std::set<std::string> names;
    for (int i = below(4); i > 0; --i) {
      CharacterAnimation animation{name(), animated()};
      if (names.insert(animation.name).second) content.animations.push_back(animation);
    }
    if (one_in(2)) content.cross_fade = std::chrono::milliseconds(below(60'000));
    if (one_in(4)) content.voice = "program";
    if (content.animations.empty()) return;
    if (one_in(2)) content.state = pick(content.animations).name;
    if (one_in(2)) return;
    Talking& talking = content.talking.emplace();
    talking.level_above = number(limits::kLevel, limits::kLevel);
    talking.hold = std::chrono::milliseconds(below(10'000));
    talking.state = pick(content.animations).name;
    if (one_in(2)) talking.otherwise = pick(content.animations).name;
  }

  Playback playback() {
    Playback playback;
    if (one_in(2)) playback.frame_delay = std::chrono::milliseconds(between(1, 3'600'000));
    if (one_in(2)) playback.loop = one_in(2);
    playback.play = static_cast<Play>(below(3));
    return playback;
  }
  GifContent gif() {
    const Playback plays = playback();
    return {path(), plays, static_cast<Fit>(below(5))};
  }
  SpriteContent sprite() {
    SpriteContent content;
    content.source = path();
    content.sprite.columns = between(1, 64);
    content.sprite.rows = between(1, 64);
    if (one_in(2)) content.sprite.count = between(1, content.sprite.columns);
    if (one_in(2)) content.sprite.margin = point(limits::kLength, {0, 4});
    if (one_in(2)) content.sprite.spacing = point(limits::kLength, {0, 4});
    content.playback = playback();
    content.fit = static_cast<Fit>(below(5));
    return content;
  }
  FramesContent frames() {
    const Playback plays = playback();
    return {path(), plays, static_cast<Fit>(below(5))};
  }
  AnimatedContent animated() {
    switch (below(5)) {
      case 0:
        return gif();
      case 1:
        return sprite();
      case 2:
        return frames();
      case 3:
        return ImageContent{path(), static_cast<Fit>(below(5)), {}, {}};
      default:
        return video();
    }
  }

  Content chat() {
    ChatContent content;
    std::set<std::string> ids;
    for (int i = below(5); i > 0; --i) {
      ChatMessage message{"m" + text(), "a" + text(), text(), std::nullopt, one_in(2), {}};
      if (one_in(2)) message.timestamp = duration();
      if (one_in(2)) message.author_color = color();
      if (ids.insert(message.id).second) content.messages.push_back(message);
    }
    content.max_messages = between(1, limits::kMessagesMax);
    ChatStyle& style = content.style;
    if (one_in(2)) style.font = "a" + text();
    style.font_size = number(limits::kFontSize, {8, 20});
    if (one_in(2)) style.line_height = number(limits::kLineHeight, {1, 2});
    style.text_color = color();
    if (one_in(2)) style.author_color = color();
    style.background_color = paint();
    style.highlight_color = color();
    style.border_radius = length(8);
    style.padding = length(8);
    style.message_spacing = length(8);
    style.max_lines = between(1, 1000);
    style.scroll_duration = std::chrono::milliseconds(below(10'000));
    style.fade_after = std::chrono::milliseconds(below(100'000));
    style.fade_duration = std::chrono::milliseconds(below(10'000));
    style.fade_out_opacity = unit();
    return content;
  }

  Content meter() {
    MeterContent content;
    content.of = one_in(2) ? "program" : "none";
    content.style = static_cast<MeterStyle>(below(4));
    if (one_in(2)) content.bands = between(1, 256);
    if (one_in(2)) content.range = {real(-120, -60), real(-50, 0) + 0.0};
    content.color = color();
    if (one_in(2)) content.gradient = gradient();
    content.background_color = color();
    content.gap = length(4);
    content.radius = length(8);
    if (one_in(2)) content.thickness = real(1, 40);
    if (one_in(2)) content.smoothing = std::chrono::milliseconds(below(2000));
    return content;
  }

  // Takes away what may take a scene beyond the limit of the work of a frame.
  static void bound_work(base::Shared<Layer>& layer) {
    Layer& edited = layer.edit();
    edited.filters.clear();
    edited.mask.reset();
    for (auto* animations : {&edited.animations, &edited.enter, &edited.exit}) animations->clear();
  }

  std::vector<Filter> filters() {
    static constexpr std::array<limits::Range, 8> kRanges = {
        {limits::kFilterFactor, limits::kFilterFactor, limits::kFilterFactor, limits::kRotation,
         limits::kUnit, limits::kUnit, limits::kUnit, limits::kUnit}};
    std::vector<Filter> filters;
    for (int i = below(4); i > 0; --i) {
      const int kind = below(11);
      if (kind == 0) {
        const double radius = number(limits::kBlur, {0, 6});
        filters.emplace_back(
            BlurFilter{radius, radius > 3 ? BlurEdge::kClamp : BlurEdge::kTransparent});
      } else if (kind == 1) {
        const Shadow cast = shadow();
        filters.emplace_back(DropShadowFilter{cast.color, cast.blur, cast.offset});
      } else if (kind == 2) {
        const base::Color screen = color();
        const double similarity = unit();
        const double smoothness = unit();
        filters.emplace_back(ChromaKeyFilter{screen, similarity, smoothness, unit()});
      } else {
        const limits::Range range = kRanges.at(static_cast<size_t>(kind - 3));
        filters.emplace_back(
            ColorFilter{static_cast<ColorFilter::Kind>(kind - 3), number(range, range)});
      }
    }
    return filters;
  }

  /// What moves and keeps a live layer.
  void set_in_motion(Layer& layer) {
    for (int i = below(3); i > 0; --i) layer.enter.push_back(animation());
    for (int i = below(3); i > 0; --i) layer.exit.push_back(animation());
    const auto scrolls = [](const Animation& each) {
      return std::holds_alternative<ScrollEffect>(each.effect);
    };
    std::erase_if(layer.enter, scrolls);
    std::erase_if(layer.exit, scrolls);
    for (Animation& each : layer.exit) {
      each.timing.duration = std::chrono::milliseconds(below(100'000));
      each.timing.delay = std::chrono::milliseconds(below(100'000));
      each.timing.iterations = std::min(each.timing.iterations, 2.0);
    }
    if (one_in(2)) {
      const auto lasts = std::chrono::milliseconds(below(3'600'000));
      layer.transition = Transition{lasts, easing()};
      if (one_in(3)) layer.transition->content = std::chrono::milliseconds(below(3'600'000));
    }
  }

 public:
  /// Run states of the layers and sounds of `scene`.
  RunState run_of(const Scene& scene) {
    RunState run;
    for (const auto& layer : scene.layers) run.layers.set(run_of(*layer));
    for (const AudioTrack& track : scene.audio) {
      run.audio.set({track.id, maybe_time(), starts(track.animations)});
    }
    if (!scene.layers.empty() && one_in(3)) {
      LayerRun exiting = run_of(*scene.layers.front());
      exiting.exit_start = duration();
      run.exiting.push_back({scene.layers.front(), std::move(exiting), 0, one_in(2)});
    }
    return run;
  }

 private:
  std::optional<base::Duration> maybe_time() {
    return one_in(2) ? std::optional(duration()) : std::nullopt;
  }
  AnimationStarts starts(const std::vector<Animation>& animations) {
    AnimationStarts starts;
    for (size_t i = 0; i < animations.size(); ++i) starts.push_back(maybe_time());
    return starts;
  }

  LayerRun run_of(const Layer& layer) {
    LayerRun run;
    run.id = layer.id;
    run.start = maybe_time();
    run.shown_since = maybe_time();
    run.exit_start = maybe_time();
    run.animations = starts(layer.animations);
    if (one_in(2)) {
      const auto opacity_start = maybe_time();
      const double opacity = unit();
      run.transition = TransitionRun{opacity_start, opacity, maybe_time(), transform()};
      if (one_in(2)) {
        run.transition->filters_start = duration();
        run.transition->filters = filters();
      }
      if (one_in(2)) {
        run.transition->size_start = duration();
        run.transition->size = {box_side(), box_side()};
      }
      if (one_in(3)) run.transition->content_start = duration();
    }
    if (const auto* character = std::get_if<CharacterContent>(&layer.content)) {
      if (one_in(2)) run.character.state_before = character->state;
      run.character.state_start = maybe_time();
      run.character.state_before_start = maybe_time();
      run.character.fade_start = maybe_time();
    }
    if (const auto* chat = std::get_if<ChatContent>(&layer.content)) {
      for (const ChatMessage& message : chat->messages) {
        if (one_in(2)) run.messages.push_back({message.id, duration()});
      }
    }
    return run;
  }

  AudioTrack sound() {
    AudioTrack track;
    track.id = name();
    track.source = path();
    track.volume = number(limits::kVolume, {0, 2});
    track.mute = one_in(2);
    track.loop = one_in(2);
    if (one_in(2)) track.start = duration();
    if (one_in(2)) track.delay = duration();
    if (one_in(2)) track.fade_in = std::chrono::milliseconds(below(3'600'000));
    if (one_in(2)) track.fade_out = std::chrono::milliseconds(below(3'600'000));
    if (one_in(2)) {
      const double from = number(limits::kVolume, {0, 2});
      track.animations.push_back(animation());
      track.animations.back().effect = VolumeEffect{from, number(limits::kVolume, {0, 2})};
    }
    return track;
  }

  Content image() {
    static const std::vector<std::string> kImages = {"art/card-small.png", "art/logo.svg",
                                                     "art/seal.svg"};
    ImageContent content;
    content.source = draws_ ? pick(kImages) : path();
    content.fit = static_cast<Fit>(below(5));
    std::set<std::string> keys;
    for (int i = one_in(2) ? below(4) : 0; i > 0; --i) {
      const std::string key = "k" + text();
      if (keys.insert(key).second) content.metadata.emplace_back(key, draws_ ? "Ember" : text());
    }
    return content;
  }

  Content words() {
    static const std::vector<std::string> kWords = {
        "{{frame}}",
        "{{timecode}}",
        "at {{clock:%M:%S}}",
        "{{countdown:3s}} left",
        "{{elapsed:ss.S}}",
        "two\nlines",
        "Ember Tide",
        "\u05e9\u05dc\u05d5\u05dd",
        "one \U0001f600 two",
        "\\{{frame}} no",
        "A longer text that wraps where it must, or is cut."};
    static const std::vector<std::string> kMarkup = {"<b>bold</b> {{frame}}",
                                                     "<span foreground=\"#5ad1e6\">LOT</span> 7"};
    TextContent content;
    content.markup = one_in(4);
    content.text = draws_ && content.markup ? pick(kMarkup)
                   : draws_ || one_in(2)    ? pick(kWords)
                                            : text();
    content.style = style();
    return content;
  }

  std::vector<base::PointF> points(int min) {
    std::vector<base::PointF> points;
    for (int i = between(min, min + 3); i > 0; --i) {
      points.push_back(point(limits::kPosition, {-4, 40}));
    }
    return points;
  }
  Geometry geometry() {
    static const std::vector<std::string> kPaths = {
        "M0 0L30 8L12 26Z", "M2 10C10 -10 20 40 32 10S40 2 44 30Z",
        "M20 2A14 14 0 1 1 6 16H20ZM24 20q8 -9 16 0t-16 12z"};
    switch (below(6)) {
      case 0: {
        const double width = side();
        const double height = side();
        return RectangleShape{width, height, length(12)};
      }
      case 1:
        return CircleShape{side()};
      case 2: {
        const double radius_x = side();
        return EllipseShape{radius_x, side()};
      }
      case 3:
        return LineShape{points(2)};
      case 4:
        return PolygonShape{points(3)};
      default:
        return PathShape{draws_ ? pick(kPaths) : "M" + text()};
    }
  }
  Content shape() {
    ShapeContent content{geometry(), std::nullopt, std::nullopt};
    if (draws_ || one_in(2)) content.fill = paint();
    if (one_in(2)) content.stroke = stroke();
    return content;
  }

  Content svg() {
    static const std::vector<std::string> kDrawings = {
        R"(<svg xmlns="http://www.w3.org/2000/svg" width="30" height="20">)"
        R"(<rect x="3" y="2" width="20" height="14" rx="5" fill="#ff7a59"/></svg>)",
        R"(<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24">)"
        R"(<path d="M0 0H24L12 24Z" fill="#5ad1e6" opacity="0.7"/></svg>)"};
    if (one_in(2)) return SvgContent{draws_ ? "art/birds.svg" : path(), std::nullopt};
    return SvgContent{std::nullopt, draws_ ? pick(kDrawings) : "<" + text()};
  }

  /// For scenes that are not drawn: there is no file that it names.
  VideoContent video() {
    VideoContent content;
    content.source = path();
    content.loop = one_in(2);
    if (one_in(2)) content.start = duration();
    if (one_in(2)) content.end = content.start + base::Duration{between(1, 2'000'000'000)};
    if (one_in(2)) content.rate = number(limits::kPlaybackRate, {0.5, 2});
    if (one_in(2)) content.volume = number(limits::kVolume, {0, 2});
    content.mute = one_in(2);
    if (one_in(2)) content.fallback = path();
    content.fit = static_cast<Fit>(below(5));
    return content;
  }

  SlideOffset slide_offset() {
    return one_in(2) ? SlideOffset{offset()} : SlideOffset{static_cast<Direction>(below(4))};
  }
  Effect keyframes() {
    KeyframesEffect effect;
    double at = 0;
    for (int i = between(1, 4); i > 0; --i) {
      Keyframe frame;
      frame.at = at = at + (1 - at) * unit() * 0.7;
      if (one_in(2)) frame.opacity = unit();
      if (one_in(2)) frame.position = offset();
      if (one_in(2)) frame.scale = factors();
      if (!draws_ && one_in(4)) frame.size = LengthSize{box_side(), box_side()};
      if (one_in(2)) frame.rotation = degrees();
      if (!draws_ && one_in(4)) frame.volume = number(limits::kVolume, {0, 2});
      if (!draws_ && one_in(4)) frame.filters = filters();
      if (one_in(2)) frame.easing = easing();
      effect.keyframes.push_back(frame);
    }
    return effect;
  }
  Effect effect() {
    switch (below(draws_ ? 5 : 7)) {
      case 5: {
        const auto direction = static_cast<Direction>(below(4));
        const double gap = length(20);
        ScrollEffect scroll{direction, gap, std::nullopt};
        if (one_in(3)) scroll.fade_edges = length(20);
        if (one_in(2)) scroll.speed = real(0.25, 500);
        return scroll;
      }
      case 6: {
        const double from = number(limits::kVolume, {0, 2});
        return VolumeEffect{from, number(limits::kVolume, {0, 2})};
      }
      case 0: {
        const double from = unit();
        return FadeEffect{from, unit()};
      }
      case 1: {
        const SlideOffset from = slide_offset();
        return SlideEffect{from, slide_offset()};
      }
      case 2: {
        const base::PointF from = factors();
        return ScaleEffect{from, factors()};
      }
      case 3: {
        const double from = degrees();
        return RotateEffect{from, degrees()};
      }
      default:
        return keyframes();
    }
  }
  Animation animation() {
    static constexpr std::array kIterations = {0.0, 0.5, 1.0, 2.0, 2.75, 1e9, kInfinity};
    Animation animation{effect(), {}};
    Timing& timing = animation.timing;
    timing.duration = duration();
    if (one_in(2)) timing.delay = duration();
    timing.easing = easing();
    timing.iterations = pick(kIterations);
    timing.direction = static_cast<PlaybackDirection>(below(4));
    timing.fill = static_cast<FillMode>(below(4));
    if (const auto* scroll = std::get_if<ScrollEffect>(&animation.effect)) {
      timing.direction = PlaybackDirection::kNormal;
      if (scroll->speed) timing = {{}, timing.delay, Timing{}.easing, 1, {}, timing.fill};
    }
    return animation;
  }

  Length box_side() {
    const double px = number(limits::kLayerSide, {4, 60});
    if (draws_ || !one_in(4)) return px;
    return one_in(2) ? Length{0, 1 + below(1998) / 2.0} : Length{-px, 1 + below(1998) / 2.0};
  }

  Transform transform() {
    Transform transform;
    const base::PointF position = point(limits::kPosition, {-10, 80});
    transform.position = {position.x, position.y};
    if (!draws_ && one_in(4)) transform.position.x.percent = below(4000) / 2.0 - 1000;
    if (one_in(2)) transform.anchor = point(limits::kAnchor, {0, 1});
    if (one_in(2)) transform.scale = factors();
    if (one_in(2)) transform.rotation = degrees();
    if (draws_ && one_in(2)) {
      transform.position = {std::round(position.x), std::round(position.y)};
    }
    return transform;
  }

  Layer layer() {
    Layer layer;
    layer.id = name();
    switch (below(draws_ ? 7 : 13)) {
      case 0:
        layer.type = one_in(2) ? LayerType::kHost : LayerType::kAssistant;
        layer.content = character();
        break;
      case 1:
        layer.type = one_in(2) ? LayerType::kVisualFeed : LayerType::kOverlay;
        layer.content = image();
        break;
      case 2:
        layer.type = one_in(2) ? LayerType::kVisualFeed : LayerType::kOverlay;
        layer.content = ColorContent{paint()};
        break;
      case 3:
      case 4:
        layer.content = words();
        break;
      case 5:
        layer.content = shape();
        break;
      case 6:
        layer.content = svg();
        break;
      case 7:
        layer.type = LayerType::kChat;
        layer.content = chat();
        break;
      case 8:
        layer.content = gif();
        break;
      case 9:
        layer.content = sprite();
        break;
      case 10:
        layer.content = frames();
        break;
      case 11:
        layer.type = one_in(2) ? LayerType::kVisualFeed : LayerType::kOverlay;
        layer.content = meter();
        break;
      default:
        layer.type = one_in(2) ? LayerType::kVisualFeed : LayerType::kOverlay;
        layer.content = video();
    }
    if (!draws_) {
      if (one_in(2)) layer.filters = filters();
      set_in_motion(layer);
    }
    if (one_in(2)) layer.z_index = draws_ ? between(-3, 3) : between(-1'000'000, 1'000'000);
    layer.visible = !one_in(6);
    if (one_in(2)) layer.opacity = unit();
    if (one_in(2)) layer.blend_mode = static_cast<base::BlendMode>(below(16));
    const bool is_drawing = std::holds_alternative<CharacterContent>(layer.content) ||
                            std::holds_alternative<ImageContent>(layer.content);
    if ((draws_ && is_drawing) || one_in(2)) {
      const Length width = box_side();
      layer.size = LengthSize{width, box_side()};
    }
    layer.transform = transform();
    if (!draws_ && one_in(4)) {
      layer.mask = Mask{path(), std::nullopt, one_in(2) ? Mask::Mode::kAlpha : Mask::Mode::kLuma};
    }
    if (one_in(3)) {
      const double radius = length(20);
      const auto order = radius > 10 ? Clip::Order::kBeforeFilters : Clip::Order::kAfterFilters;
      layer.clip = Clip{radius, order};
    }
    for (int i = one_in(2) ? between(1, 3) : 0; i > 0; --i) layer.animations.push_back(animation());
    return layer;
  }

  Output output() {
    Output output;
    output.id = name();
    output.url = "rtmp://host/" + text();
    if (one_in(2)) output.codec = "c" + text();
    if (one_in(2)) output.preset = "p" + text();
    if (one_in(2)) output.bitrate = between(1000, 1'000'000'000);
    if (one_in(4)) output.rotate_after = base::Duration{between(100'000'000, 2'000'000'000)};
    if (one_in(4)) output.rotate_bytes = between(1'000'000, 2'000'000'000);
    output.insecure_tls = one_in(4);
    return output;
  }

  std::mt19937_64 engine_;
  bool draws_;
  std::set<std::string> ids_;
};

}  // namespace layercast::scene
