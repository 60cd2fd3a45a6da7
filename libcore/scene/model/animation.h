#pragma once

#include "base/geometry.h"
#include "base/time.h"
#include "scene/model/easing.h"
#include "scene/model/filter.h"
#include "scene/model/length.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

namespace layercast::scene {

/// Multiplies the layer's opacity.
struct FadeEffect {
  double from = 0;
  double to = 1;
  bool operator==(const FadeEffect&) const = default;
};

/// An edge of the canvas. A slide places the layer just outside it; a scroll moves towards it.
enum class Direction : uint8_t { kLeft, kRight, kUp, kDown };
using SlideOffset = std::variant<base::PointF, Direction>;

/// Adds to the layer's position.
struct SlideEffect {
  SlideOffset from = base::PointF{};
  SlideOffset to = base::PointF{};
  bool operator==(const SlideEffect&) const = default;
};

/// Multiplies the layer's scale.
struct ScaleEffect {
  base::PointF from{1, 1};
  base::PointF to{1, 1};
  bool operator==(const ScaleEffect&) const = default;
};

/// Adds degrees to the layer's rotation.
struct RotateEffect {
  double from = 0;
  double to = 0;
  bool operator==(const RotateEffect&) const = default;
};

/// Moves the content through its box endlessly: it leaves at one side and returns at the other.
struct ScrollEffect {
  Direction direction = Direction::kLeft;
  double gap = 0;               ///< px between the end of the content and its next beginning
  std::optional<double> speed;  ///< px per second, instead of a duration of one round
  double fade_edges = 0;        ///< px in which the content fades out at both ends of the box
  bool operator==(const ScrollEffect&) const = default;
};

/// Multiplies the volume.
struct VolumeEffect {
  double from = 0;
  double to = 1;
  bool operator==(const VolumeEffect&) const = default;
};

/// The values of an animation at one time. They are relative to the layer's own, as those of the
/// single effects; `size` and `filters` replace the layer's.
struct Keyframe {
  double at = 0;  ///< 0..1 of one iteration
  std::optional<double> opacity;
  std::optional<base::PointF> position;
  std::optional<base::PointF> scale;
  std::optional<LengthSize> size;
  std::optional<double> rotation;
  std::optional<double> volume;
  std::optional<std::vector<Filter>> filters;
  std::optional<Easing> easing;  ///< towards the next keyframe
  bool operator==(const Keyframe&) const = default;
};

/// Interpolates between keyframes, property by property.
struct KeyframesEffect {
  std::vector<Keyframe> keyframes;  ///< in order of `at`
  bool operator==(const KeyframesEffect&) const = default;
};

using Effect = std::variant<FadeEffect, SlideEffect, ScaleEffect, RotateEffect, KeyframesEffect,
                            ScrollEffect, VolumeEffect>;

/// The direction in which the iterations of an animation play. Source: Web Animations,
/// PlaybackDirection.
enum class PlaybackDirection : uint8_t { kNormal, kReverse, kAlternate, kAlternateReverse };
/// Whether an animation has an effect before and after it plays. Source: Web Animations, FillMode.
enum class FillMode : uint8_t { kNone, kForwards, kBackwards, kBoth };

/// When an animation plays, counted from its start.
struct Timing {
  base::Duration duration{};
  base::Duration delay{};
  Easing easing;
  double iterations = 1;  ///< infinity: endless
  PlaybackDirection direction = PlaybackDirection::kNormal;
  FillMode fill = FillMode::kBoth;
  bool operator==(const Timing&) const = default;
};

/// One animation: an effect and its timing.
struct Animation {
  Effect effect;
  Timing timing;
  bool operator==(const Animation&) const = default;
};

/// The progress at `time` of an animation that starts at `start`; nullopt while it has no effect.
/// Before `start` the animation is in its "before" phase, as during a delay.
/// Source: W3C Web Animations Level 1, sections 4.7 to 4.10 (from active time to transformed
/// progress); the end of the active interval belongs to the last iteration.
std::optional<double> progress_at(const Timing& timing, const base::SceneTime& time,
                                  base::Duration start = {});

/// When an animation that starts at `start` ends; nullopt if it never ends.
std::optional<base::Duration> end_of(const Timing& timing, base::Duration start);
/// Whether an animation that starts at `start` has ended at the stream time `now`.
bool is_over(const Timing& timing, base::Duration start, base::Duration now);

/// The combined effect of the animations of a layer at one instant.
struct LayerMotion {
  double opacity = 1;
  base::PointF offset;
  base::PointF scale{1, 1};
  double rotation = 0;
  bool operator==(const LayerMotion&) const = default;
};

/// The offsets that move a layer just outside each edge, in the order of Direction.
struct EdgeOffsets {
  base::PointF left, right, up, down;
};

/// The starts of a list of animations, by index. An animation whose start is absent, or beyond the
/// end of this list, starts with the layer.
using AnimationStarts = std::vector<std::optional<base::Duration>>;
/// The start of the animation with the index `place`; nullopt: it starts with the layer.
std::optional<base::Duration> start_of(const AnimationStarts& starts, size_t place);

/// Combines all animations of a layer at the stream time `time`; each starts at its own start, or
/// else at `layer_start`. Effects combine: opacity and scale multiply, offsets and rotations add.
/// Range: opacity is clamped to 0..1.
LayerMotion motion_at(const std::vector<Animation>& animations, const base::SceneTime& time,
                      const EdgeOffsets& edges, base::Duration layer_start = {},
                      const AnimationStarts& starts = {});
/// Adds the effects of `animations`, which all start at `start`, to `motion`.
void add_motion(LayerMotion& motion, const std::vector<Animation>& animations,
                const base::SceneTime& time, const EdgeOffsets& edges, base::Duration start);

/// The index of the layer's scroll, which is its last scroll animation; nullopt if there is none.
std::optional<size_t> scroll_place(const std::vector<Animation>& animations);
/// The scroll itself; null if there is none.
const Animation* scroll_of(const std::vector<Animation>& animations);

}  // namespace layercast::scene
