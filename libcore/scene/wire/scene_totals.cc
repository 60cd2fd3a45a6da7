#include "scene/wire/scene_totals.h"

#include "base/ascii.h"
#include "base/redaction.h"
#include "scene/model/frame_work.h"
#include "scene/model/limits.h"
#include "scene/model/scene_settings.h"
#include "scene/wire/json_codec.h"
#include "scene/wire/scene_tables.h"

#include <algorithm>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <variant>

namespace layercast::scene {
namespace {

using SharedLayer = base::Shared<Layer>;

enum class Sign : int8_t { kMinus = -1, kPlus = 1 };

int64_t times(Sign sign, int64_t count) { return static_cast<int64_t>(sign) * count; }

int64_t json_bytes(const Value& document) {
  return static_cast<int64_t>(write_json(document, 0).size());
}

// Adds parts to totals, or takes them away.
class Counter {
 public:
  Counter(SceneTotals& totals, Sign sign, base::SizeI canvas)
      : totals_(totals), sign_(sign), canvas_(canvas) {}

  void count_head(const Scene& scene) const {
    Scene head = head_of(scene);
    head.audio = scene.audio;
    head.outputs = scene.outputs;
    add(totals_.document_bytes, json_bytes(scene_codec().write(head)));
    add(totals_.outputs, static_cast<int64_t>(scene.outputs.size()));
    for (const AudioTrack& track : scene.audio) {
      count(track.animations);
      count_source(track.source, totals_.sound_files);
    }
  }

  void count_layer(const Layer& layer) const {
    constexpr int64_t kComma = 1;
    add(totals_.document_bytes, json_bytes(layer_codec().write(layer)) + kComma);
    count_drawn(layer);
  }

  // What counts of an exiting layer.
  void count_drawn(const Layer& layer) const {
    for (const auto* animations : {&layer.animations, &layer.enter, &layer.exit}) {
      count(*animations);
    }
    const bool is_drawn = may_be_drawn(layer);
    if (is_drawn) add(totals_.frame_work, frame_work(layer, canvas_));
    count_playing(layer.content, is_drawn);
    const auto* character = std::get_if<CharacterContent>(&layer.content);
    if (character == nullptr) return;
    if (const auto* source = std::get_if<AnimatedContent>(&character->source)) {
      count_playing(*source, is_drawn);
    } else {
      add(totals_.animated, 1);  // the file may be animated
    }
    for (const CharacterAnimation& each : character->animations) {
      count_playing(each.content, is_drawn);
    }
  }

 private:
  void add(int64_t& total, int64_t count) const { total += times(sign_, count); }

  void count(const std::vector<Animation>& animations) const {
    add(totals_.animations, static_cast<int64_t>(animations.size()));
    for (const Animation& animation : animations) {
      const auto* effect = std::get_if<KeyframesEffect>(&animation.effect);
      if (effect == nullptr) continue;
      add(totals_.keyframes, static_cast<int64_t>(effect->keyframes.size()));
    }
  }
  // `content`: a variant. Animations of hidden layers are loaded, too, and may be large.
  template <class AnyContent>
  void count_playing(const AnyContent& content, bool is_drawn) const {
    const bool is_animated = std::holds_alternative<GifContent>(content) ||
                             std::holds_alternative<SpriteContent>(content) ||
                             std::holds_alternative<FramesContent>(content);
    if (is_animated) add(totals_.animated, 1);
    const auto* video = std::get_if<VideoContent>(&content);
    if (video == nullptr || !is_drawn) return;
    add(totals_.videos, 1);
    count_source(video->source, totals_.video_files);
  }
  void count_source(const std::string& source, int64_t& files) const {
    if (!base::is_url(source)) return add(files, 1);
    const auto users = totals_.live_sources.try_emplace(source, 0).first;
    users->second += times(sign_, 1);
    if (users->second == 0) totals_.live_sources.erase(users);
  }

  SceneTotals& totals_;
  Sign sign_;
  base::SizeI canvas_;
};

const Layer* layer_in(const SharedLayer& layer) { return layer.pointer().get(); }
const Layer* layer_in(const ExitingLayer& exiting) { return exiting.layer.pointer().get(); }

// Calls `left` with the layers that only `before` has, and `entered` with those that only `after`
// has. Most lists differ in one place.
template <class Items, class Left, class Entered>
void visit_differences(const Items& before, const Items& after, const Left& left,
                       const Entered& entered) {
  const auto is_same = [](const auto& a, const auto& b) { return layer_in(a) == layer_in(b); };
  const auto [from, to] = std::ranges::mismatch(before, after, is_same);
  auto from_end = before.end();
  auto to_end = after.end();
  while (from_end != from && to_end != to && is_same(*(from_end - 1), *(to_end - 1))) {
    --from_end;
    --to_end;
  }
  std::unordered_multiset<const Layer*> known;
  for (auto each = from; each != from_end; ++each) known.insert(layer_in(*each));
  for (auto each = to; each != to_end; ++each) {
    const auto found = known.find(layer_in(*each));
    if (found == known.end()) {
      entered(*layer_in(*each));
    } else {
      known.erase(found);
    }
  }
  for (const Layer* each : known) left(*each);
}

bool same_head(const Scene& a, const Scene& b) {
  return head_of(a) == head_of(b) && a.audio == b.audio && a.outputs == b.outputs;
}

std::string grouped(int64_t number) {
  std::string text = std::to_string(number);
  for (auto place = static_cast<int64_t>(text.size()) - 3; place > 0; place -= 3) {
    text.insert(static_cast<size_t>(place), ",");
  }
  return text;
}

// One total and its limit.
struct Bound {
  int64_t after;
  int64_t before;
  int64_t most;
  std::string unit;  ///< as in `12 animations in all layers and sounds`
};

std::optional<base::Error> objection_to(const Bound& bound, bool is_change) {
  if (bound.after <= bound.most || (is_change && bound.after <= bound.before)) return std::nullopt;
  const std::string change =
      is_change ? " with this change, which adds " + grouped(bound.after - bound.before) : "";
  return base::over_limit("the scene has " + grouped(bound.after) + " " + bound.unit + change +
                          "; expected at most " + grouped(bound.most));
}

// In lower case, without login and port.
std::string host_of(std::string_view url) {
  url.remove_prefix(std::min(url.find("://") + 3, url.size()));
  url = url.substr(0, url.find_first_of("/?#"));
  const size_t login = url.rfind('@');
  if (login != std::string_view::npos) url.remove_prefix(login + 1);
  const size_t bracket = url.find(']');  // of an IPv6 address
  const size_t end = bracket == std::string_view::npos ? url.find(':') : bracket + 1;
  return base::lower_case(url.substr(0, end));
}

std::map<std::string, int64_t> sources_by_host(const SceneTotals& totals) {
  std::map<std::string, int64_t> hosts;
  for (const auto& [url, users] : totals.live_sources) ++hosts[host_of(url)];
  return hosts;
}

int64_t count_of(const std::map<std::string, int64_t>& hosts, const std::string& host) {
  const auto found = hosts.find(host);
  return found == hosts.end() ? 0 : found->second;
}

int64_t live_sources_of(const SceneTotals& totals) {
  return static_cast<int64_t>(totals.live_sources.size());
}

}  // namespace

int64_t threads_of(const SceneTotals& totals) {
  constexpr int64_t kThreadsOfVideoFile = 2;
  const int64_t streamed = std::min<int64_t>(totals.animated, limits::kStreamedAnimationsMax);
  return kThreadsOfVideoFile * totals.video_files + totals.sound_files + live_sources_of(totals) +
         streamed + limits::kThreadsOfOutput * totals.outputs;
}

SceneTotals totals_of(const Scene& scene) {
  static const std::vector<ExitingLayer> kNone;
  return totals_of(CountedParts{scene, kNone});
}

SceneTotals totals_of(const CountedParts& parts) {
  SceneTotals totals;
  const Counter counter(totals, Sign::kPlus, parts.scene.canvas.size);
  counter.count_head(parts.scene);
  for (const SharedLayer& layer : parts.scene.layers) counter.count_layer(layer);
  for (const ExitingLayer& each : parts.exiting) counter.count_drawn(each.layer);
  return totals;
}

SceneTotals totals_after(const SceneTotals& totals, const CountedParts& before,
                         const CountedParts& after) {
  const base::SizeI canvas = after.scene.canvas.size;
  if (before.scene.canvas.size != canvas) return totals_of(after);
  SceneTotals result = totals;
  const Counter remove(result, Sign::kMinus, canvas);
  const Counter add(result, Sign::kPlus, canvas);
  if (!same_head(before.scene, after.scene)) {
    add.count_head(after.scene);
    remove.count_head(before.scene);
  }
  visit_differences(
      before.scene.layers, after.scene.layers,
      [&](const Layer& layer) { remove.count_layer(layer); },
      [&](const Layer& layer) { add.count_layer(layer); });
  visit_differences(
      before.exiting, after.exiting, [&](const Layer& layer) { remove.count_drawn(layer); },
      [&](const Layer& layer) { add.count_drawn(layer); });
  return result;
}

std::optional<base::Error> objection_to(const SceneTotals& after, const SceneTotals* before) {
  const bool is_change = before != nullptr;
  const SceneTotals none;
  const SceneTotals& old = is_change ? *before : none;
  std::vector<Bound> bounds = {
      {after.document_bytes, old.document_bytes, limits::kDocumentBytesMax, "bytes as JSON"},
      {after.frame_work, old.frame_work, limits::kFrameWorkMax, "pixel passes a frame"},
      {after.animations, old.animations, limits::kSceneAnimationsMax, "animations"},
      {after.keyframes, old.keyframes, limits::kSceneKeyframesMax, "keyframes"},
      {after.videos, old.videos, limits::kVideosMax, "videos that may play at once"},
      {live_sources_of(after), live_sources_of(old), limits::kLiveSourcesMax, "live sources"},
      {threads_of(after), threads_of(old), limits::kThreadsMax,
       "threads of videos, sounds, animations and outputs"}};
  if (live_sources_of(after) > limits::kLiveSourcesOfHostMax) {
    const auto old_hosts = sources_by_host(old);
    for (const auto& [host, sources] : sources_by_host(after)) {
      bounds.push_back({sources, count_of(old_hosts, host), limits::kLiveSourcesOfHostMax,
                        "live sources at \"" + host + "\""});
    }
  }
  for (const Bound& bound : bounds) {
    if (auto objection = objection_to(bound, is_change)) return objection;
  }
  return std::nullopt;
}

}  // namespace layercast::scene
