#pragma once

#include "base/error.h"
#include "base/geometry.h"
#include "base/time.h"
#include "content/image/image_content.h"
#include "content/picture/moving.h"
#include "content/picture/raster.h"
#include "frame/video_feed.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace layercast::render {

/// Plays one state of a character, or its source: one part at most.
/// Thread: one at a time.
class CharacterPlayer {
 public:
  explicit CharacterPlayer(content::Raster still) : still_(std::move(still)) {}
  explicit CharacterPlayer(std::unique_ptr<content::MovingContent> moving,
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

  /// Nullopt while there is no picture.
  base::Result<std::optional<content::Part>> show(const base::SceneTime& time,
                                                  frame::Patience patience);

 private:
  base::Result<void> put_texture_on(content::Part& part);

  std::optional<content::Raster> still_;
  std::unique_ptr<content::MovingContent> moving_;  ///< else
  std::optional<content::Texture> texture_;         ///< for pictures without it
  std::vector<content::Part> parts_;
  content::Part plain_;  ///< `textured_` without the texture
  std::optional<content::Part> textured_;
};

/// Cross-fades two players by a weighted sum of their pictures.
/// Thread: one at a time.
class CrossFade {
 public:
  /// What one side of the fade shows.
  struct Side {
    CharacterPlayer* player = nullptr;  ///< may be null if its weight is 0
    base::SceneTime time;
  };

  explicit CrossFade(base::SizeF box) : box_(box) {}

  /// Appends the picture of `now` with `weight` 255ths over that of `before`, which has the rest. A
  /// side without a picture leaves all to the other one.
  base::Result<void> show(const Side& before, const Side& now, uint8_t weight,
                          frame::Patience patience, std::vector<content::Part>& parts);

 private:
  base::Result<content::Part> mixed_parts(const content::Part& before, const content::Part& now,
                                          uint8_t weight);

  struct Mix {
    content::Part before;
    content::Part now;
    uint8_t weight = 0;
    content::Part part;
  };

  base::SizeF box_;
  std::optional<Mix> mix_;
};

/// `passed` of `length` in 255ths, rounded to nearest. Range: length above 0.
uint8_t fade_weight(base::Duration passed, base::Duration length);

}  // namespace layercast::render
