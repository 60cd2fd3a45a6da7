#include "render/character_content.h"

#include "content/animation/animated.h"
#include "content/image/image_content.h"
#include "render/evaluate.h"
#include "render/mixed_picture.h"
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
using scene::CharacterContent;

// Plays one state of a character, or its source: one part at most.
class Player {
 public:
  explicit Player(content::Raster still) : still_(std::move(still)) {}
  explicit Player(std::unique_ptr<MovingContent> moving,
                  std::optional<content::Texture> texture = std::nullopt)
      : moving_(std::move(moving)), texture_(std::move(texture)) {}

  base::SizeF box() const { return still_ ? still_->box : moving_->box(); }
  int64_t decode_nanoseconds() const { return moving_ ? moving_->decode_nanoseconds() : 0; }
  bool may_be_behind() const { return moving_ && moving_->may_be_behind(); }
  void prepare(const base::SceneTime& time) {
    if (moving_) moving_->prepare(time);
  }
  std::optional<base::Error> absence() const { return moving_ ? moving_->absence() : std::nullopt; }
  std::optional<base::Error> loss() const { return moving_ ? moving_->loss() : std::nullopt; }
  std::optional<base::Error> take_failure() {
    return moving_ ? moving_->take_failure() : std::nullopt;
  }

  // Nullopt while there is no picture.
  base::Result<std::optional<Part>> show(const base::SceneTime& time, Patience patience) {
    if (still_) return std::optional(part_of(*still_));
    parts_.clear();
    TRY_DO(moving_->show(time, patience, parts_));
    if (parts_.empty()) return std::optional<Part>();
    if (parts_.size() > 1) {
      TRY(const Part whole, flattened(parts_, moving_->box()));
      parts_.assign(1, whole);
    }
    if (texture_) TRY_DO(put_texture_on(parts_.front()));
    return std::optional(parts_.front());
  }

 private:
  // The result for a repeated picture is reused.
  base::Result<void> put_texture_on(Part& part) {
    if (!textured_ || part != plain_) {
      TRY(const content::Raster flat, drawn(part, moving_->box()));
      TRY(const content::Raster done, texture_->over(flat));
      plain_ = part;
      textured_ = part_of(done);
    }
    part = *textured_;
    return {};
  }

  std::optional<content::Raster> still_;
  std::unique_ptr<MovingContent> moving_;    ///< else
  std::optional<content::Texture> texture_;  ///< for pictures without it
  std::vector<Part> parts_;
  Part plain_;  ///< `textured_` without the texture
  std::optional<Part> textured_;
};

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
        cross_fade_(cross_fade) {}

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
    const uint8_t weight = weight_at(time);
    std::optional<Part> now;
    std::optional<Part> before;
    if (weight > 0) {
      TRY(now, now_.show(time.since(beginnings_.now), patience));
    }
    if (weight < 255) {
      TRY(before, before_->show(time.since(beginnings_.before), patience));
    }
    if (now && before) {
      TRY(const Part faded, mixed_parts(*before, *now, weight));
      parts.push_back(faded);
    } else if (now || before) {
      parts.push_back(now ? *now : *before);
    }
    return {};
  }

 private:
  // The weight of the current state in 255ths; the previous state has the rest. Exact: rounded to
  // nearest.
  uint8_t weight_at(const base::SceneTime& time) const {
    if (!before_) return 255;
    const base::Duration passed = time.since(beginnings_.fade).floor();
    if (passed >= cross_fade_) return 255;
    if (passed.count() <= 0) return 0;
    const int64_t length = cross_fade_.count();
    return static_cast<uint8_t>((passed.count() * 255 + length / 2) / length);
  }

  // The result for equal pictures and weights is reused.
  base::Result<Part> mixed_parts(const Part& before, const Part& now, uint8_t weight) {
    if (!mix_ || mix_->before != before || mix_->now != now || mix_->weight != weight) {
      TRY(const content::Raster from, drawn(before, box_));
      TRY(const content::Raster to, drawn(now, box_));
      mix_ = {before, now, weight, part_of(mixed(from, to, weight))};
    }
    return mix_->part;
  }

  struct Mix {
    Part before;
    Part now;
    uint8_t weight = 0;
    Part part;
  };

  base::SizeF box_;
  Player now_;
  std::optional<Player> before_;  ///< the state that fades out
  Beginnings beginnings_;
  base::Duration cross_fade_;
  std::optional<Mix> mix_;
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
    const bool is_source = !content_.state;
    TRY(Player now, is_source && source ? base::Result<Player>(*std::exchange(source, {}))
                                        : open_state(content_.state));
    std::optional<Player> before;
    const base::Duration cross_fade = scene::state_fade(layer_, content_);
    if (run_.character.state_start && cross_fade.count() > 0) {
      // Without a fade if the previous state cannot be opened.
      auto opened = source && !run_.character.state_before
                        ? base::Result<Player>(*std::exchange(source, {}))
                        : open_state(run_.character.state_before);
      if (opened) before = std::move(opened).value();
    }
    auto character = std::make_unique<Character>(*box_, std::move(now), std::move(before),
                                                 beginnings(), cross_fade);
    if (means_.preload == Preload::kStates) keep_states(*character);
    return std::unique_ptr<MovingContent>(std::move(character));
  }

 private:
  const std::string* source_file() const { return std::get_if<std::string>(&content_.source); }

  bool stands_still() const {
    const bool may_change = means_.preload == Preload::kStates && !content_.animations.empty();
    return source_file() != nullptr && !content_.state && !run_.character.state_start &&
           !may_change && !animated_source_file();
  }

  Beginnings beginnings() const {
    const base::Duration start = run_.start.value_or(base::Duration{});
    const auto since = [&](const std::optional<base::Duration>& time) {
      return time ? *time - start : base::Duration{};
    };
    return {
        since(run_.character.state_start), since(run_.character.state_before_start),
        since(run_.character.fade_start ? run_.character.fade_start : run_.character.state_start)};
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
