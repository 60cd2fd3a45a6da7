#include "render/character_content.h"

#include "content/animation/animated.h"
#include "content/image/image_content.h"
#include "render/character_player.h"
#include "render/talking.h"
#include "scene/live/character.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace layercast::render {
namespace {

using content::MovingContent;
using content::Part;
using frame::Patience;
using Player = CharacterPlayer;
using scene::CharacterContent;

// When the states begin and fade, counted from the layer's start.
struct Beginnings {
  base::Duration now{};
  base::Duration before{};
  base::Duration fade{};
};

class Character final : public MovingContent {
 public:
  Character(base::SizeF box, Player now, std::optional<Player> before, Beginnings beginnings,
            base::Duration cross_fade)
      : box_(box),
        now_(std::move(now)),
        before_(std::move(before)),
        beginnings_(beginnings),
        cross_fade_(cross_fade),
        fade_(box) {}

  // Keeps pictures for later states in memory.
  void keep(std::shared_ptr<const content::KeptPictures> pictures) {
    kept_.push_back(std::move(pictures));
  }

  base::SizeF box() const override { return box_; }

  int64_t decode_nanoseconds() const override {
    return now_.decode_nanoseconds() + (before_ ? before_->decode_nanoseconds() : 0);
  }

  bool may_be_behind() const override { return now_.may_be_behind(); }
  void prepare(const base::SceneTime& time) override { now_.prepare(time.since(beginnings_.now)); }

  std::optional<base::Error> absence() const override { return now_.absence(); }
  std::optional<base::Error> loss() const override { return now_.loss(); }

  std::optional<base::Error> take_failure() override {
    auto failure = now_.take_failure();
    return failure || !before_ ? failure : before_->take_failure();
  }

  base::Result<void> show(const base::SceneTime& time, Patience patience,
                          std::vector<Part>& parts) override {
    return fade_.show({before_ ? &*before_ : nullptr, time.since(beginnings_.before)},
                      {&now_, time.since(beginnings_.now)}, weight_at(time), patience, parts);
  }

 private:
  // The weight of the current state; the previous state has the rest.
  uint8_t weight_at(const base::SceneTime& time) const {
    if (!before_) return 255;
    return fade_weight(time.since(beginnings_.fade).floor(), cross_fade_);
  }

  base::SizeF box_;
  Player now_;
  std::optional<Player> before_;  ///< the state that fades out
  Beginnings beginnings_;
  base::Duration cross_fade_;
  CrossFade fade_;
  std::vector<std::shared_ptr<const content::KeptPictures>> kept_;
};

class Opening {
 public:
  Opening(const CharacterContent& content, const scene::RunningLayer& running,
          const CharacterMeans& means)
      : content_(content),
        layer_(running.layer),
        run_(running.run),
        means_(means),
        box_(scene::box_of(running.layer)) {
    if (content.texture) texture_ = means.settings.resolved(*content.texture);
  }

  base::Result<std::unique_ptr<MovingContent>> open() {
    if (stands_still()) return std::unique_ptr<MovingContent>();
    std::optional<Player> source;
    if (!box_) {
      TRY(Player opened, open_state(std::nullopt));
      box_ = opened.box();
      source = std::move(opened);
    }
    // Takes the source that was opened for its size.
    const auto opened = [&](const std::optional<std::string>& state) -> base::Result<Player> {
      if (is_chosen_by_voice(state)) return open_talking();
      if (!state && source) return *std::exchange(source, {});
      return open_state(state);
    };
    TRY(Player now, opened(content_.state));
    std::optional<Player> before;
    if (has_fade()) {
      // Without a fade if the previous state cannot be opened.
      auto previous = opened(run_.character.state_before);
      if (previous) before = std::move(previous).value();
    }
    auto character = std::make_unique<Character>(*box_, std::move(now), std::move(before),
                                                 beginnings(), scene::state_fade(layer_, content_));
    if (means_.preload == Preload::kStates) keep_states(*character);
    return std::unique_ptr<MovingContent>(std::move(character));
  }

 private:
  const std::string* source_file() const { return std::get_if<std::string>(&content_.source); }

  bool stands_still() const {
    const bool may_change = means_.preload == Preload::kStates && !content_.animations.empty();
    return source_file() != nullptr && !content_.state && !run_.character.state_start &&
           !content_.talking && !may_change && !animated_source_file();
  }

  // Whether the authored state leaves the choice to the voice.
  bool is_chosen_by_voice(const std::optional<std::string>& state) const {
    const auto& talking = content_.talking;
    return talking && (!state || state == talking->state || state == talking->otherwise);
  }

  // Whether a changed state fades in. Between two states that the voice chooses, the voice fades.
  bool has_fade() const {
    return run_.character.state_start && scene::state_fade(layer_, content_).count() > 0 &&
           !(is_chosen_by_voice(content_.state) && is_chosen_by_voice(run_.character.state_before));
  }

  base::Result<Player> open_talking() {
    TRY(Player talking, open_state(content_.talking->state));
    TRY(Player silent, open_state(content_.talking->otherwise));
    std::unique_ptr<content::SoundProbe> probe;
    if (content_.voice && means_.open_probe) probe = means_.open_probe(*content_.voice);
    TalkingTimes times{run_.start.value_or(base::Duration{}), scene::state_fade(layer_, content_)};
    return Player(make_talking(*box_, *content_.talking, times, std::move(talking),
                               std::move(silent), std::move(probe)));
  }

  Beginnings beginnings() const {
    const base::Duration start = run_.start.value_or(base::Duration{});
    const auto since = [&](const std::optional<base::Duration>& time) {
      return time ? *time - start : base::Duration{};
    };
    // States that the voice chooses play from the layer's start.
    const auto begin_of = [&](const std::optional<std::string>& state,
                              const std::optional<base::Duration>& time) {
      return is_chosen_by_voice(state) ? base::Duration{} : since(time);
    };
    const scene::CharacterRun& run = run_.character;
    return {begin_of(content_.state, run.state_start),
            begin_of(run.state_before, run.state_before_start),
            since(run.fade_start ? run.fade_start : run.state_start)};
  }

  // Null: the source file, or a state whose animation no longer exists.
  const scene::AnimatedContent* animation_of(const std::optional<std::string>& state) const {
    const auto named = std::ranges::find_if(content_.animations,
                                            [&](const auto& each) { return each.name == state; });
    if (named != content_.animations.end()) return &named->content;
    return std::get_if<scene::AnimatedContent>(&content_.source);
  }

  base::Result<Player> open_state(const std::optional<std::string>& state) {
    const scene::AnimatedContent* animation = animation_of(state);
    if (animation == nullptr) return open_source_file();
    if (const auto* video = std::get_if<scene::VideoContent>(animation)) return open_video(*video);
    return open_pictures(*animation);
  }

  base::Result<Player> open_source_file() {
    if (const auto animated = animated_source_file()) return open_pictures(*animated);
    scene::Layer boxed = layer_;
    boxed.size = box_ ? std::optional(scene::LengthSize{box_->width, box_->height}) : std::nullopt;
    TRY(content::Raster still, means_.rasterizer.rasterise(boxed, {}));
    return Player(std::move(still));
  }

  // The source file as an animation, if it is animated.
  std::optional<scene::AnimatedContent> animated_source_file() const {
    const bool is_file = source_file() != nullptr;
    if (!is_file || !content::is_animated_file(means_.settings.resolved(*source_file()))) return {};
    return scene::GifContent{*source_file(), {}, scene::Fit::kContain};
  }

  base::Result<Player> open_video(const scene::VideoContent& video) {
    content::VideoFiles files{means_.settings.resolved(video.source), std::nullopt};
    if (video.fallback) files.fallback = means_.settings.resolved(*video.fallback);
    TRY(auto moving, content::open_video(video, box_, files, means_.open_feed));
    std::optional<content::Texture> texture;
    if (texture_) texture.emplace(*texture_);
    return Player(std::move(moving), std::move(texture));
  }

  content::AnimatedRequest request_of(const scene::AnimatedContent& animation) const {
    content::AnimatedRequest request;
    request.box = box_;
    request.texture = texture_;
    std::visit(
        [&](const auto& each) {
          if constexpr (!std::is_same_v<std::decay_t<decltype(each)>, scene::VideoContent>) {
            auto source = each;
            source.source = means_.settings.resolved(each.source);
            request.source = std::move(source);
          }
        },
        animation);
    return request;
  }

  base::Result<Player> open_pictures(const scene::AnimatedContent& animation) {
    TRY(auto moving, content::open_animated(request_of(animation), means_.pool));
    return Player(std::move(moving));
  }

  // Errors are reported when the states play.
  void keep_states(Character& character) const {
    const auto keep = [&](const scene::AnimatedContent& animation) {
      if (std::holds_alternative<scene::VideoContent>(animation)) return;
      auto kept = content::keep_pictures(request_of(animation), means_.pool);
      if (kept && kept.value() != nullptr) character.keep(std::move(kept).value());
    };
    for (const auto& each : content_.animations) keep(each.content);
    const auto* source = std::get_if<scene::AnimatedContent>(&content_.source);
    const auto file = animated_source_file();
    if (source != nullptr || file) keep(source != nullptr ? *source : *file);
  }

  const CharacterContent& content_;
  const scene::Layer& layer_;
  const scene::LayerRun& run_;
  const CharacterMeans& means_;
  std::optional<base::SizeF> box_;
  std::optional<std::string> texture_;
};

}  // namespace

base::Result<std::unique_ptr<MovingContent>> open_character(const CharacterContent& content,
                                                            const scene::RunningLayer& layer,
                                                            const CharacterMeans& means) {
  return Opening(content, layer, means).open();
}

}  // namespace layercast::render
