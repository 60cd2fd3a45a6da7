#include "content/picture/fit.h"

#include "scene/model/limits.h"

#include <algorithm>
#include <cmath>
#include <string>

namespace layercast::content {
namespace {

namespace limits = scene::limits;

// One axis: the picture's length, and the part of it that is visible in the room.
struct Span {
  int length;
  int first;
  int last;
  int start;  // of that part, in the room
};

// Rounds both edges to the nearest pixel, as browsers do.
Span centered(double scaled_length, double room_length) {
  const auto nearest = [](double place) { return static_cast<int>(std::floor(place + 0.5)); };
  const int room = std::max(1, nearest(room_length));
  const double margin = (room_length - scaled_length) / 2;
  const int start = std::min(nearest(margin), room - 1);
  const int length = std::max({1, nearest(margin + scaled_length) - start, 1 - start});
  return {length, std::max(0, -start), std::min(length, room - start), std::max(0, start)};
}

}  // namespace

base::SizeF fitted_scale(base::SizeF natural, scene::Fit fit, base::SizeF box) {
  const double across = box.width / natural.width;
  const double down = box.height / natural.height;
  const double contained = std::min(across, down);
  const double covering = std::max(across, down);
  switch (fit) {
    case scene::Fit::kFill:
      return {across, down};
    case scene::Fit::kContain:
      return {contained, contained};
    case scene::Fit::kCover:
      return {covering, covering};
    case scene::Fit::kNone:
      return {1, 1};
    case scene::Fit::kScaleDown:
      return {std::min(contained, 1.0), std::min(contained, 1.0)};
  }
  return {1, 1};
}

base::Result<void> check_picture_size(base::SizeF size) {
  const bool fits = size.width <= limits::kPictureSideMax &&
                    size.height <= limits::kPictureSideMax &&
                    size.width * size.height <= static_cast<double>(limits::kPicturePixelsMax);
  if (fits) return {};  // false for NaN
  return base::over_limit("the picture would have " + std::to_string(std::llround(size.width)) +
                          " x " + std::to_string(std::llround(size.height)) +
                          " pixels, above the limit of " + std::to_string(limits::kPictureSideMax) +
                          " a side and " + std::to_string(limits::kPicturePixelsMax) + " in all");
}

base::Result<Placement> place(base::SizeF natural, scene::Fit fit, std::optional<base::SizeF> box) {
  const base::SizeF room = box.value_or(natural);
  const base::SizeF scale = box.has_value() ? fitted_scale(natural, fit, room) : base::SizeF{1, 1};
  const base::SizeF scaled{natural.width * scale.width, natural.height * scale.height};
  TRY_DO(check_picture_size(
      {std::min(scaled.width, room.width), std::min(scaled.height, room.height)}));
  constexpr double kScaledSideMax = 1e8;  // only the visible part is made
  if (!(std::max(scaled.width, scaled.height) <= kScaledSideMax)) {
    return base::over_limit("the aspect ratio is too extreme for the box");
  }
  const Span across = centered(scaled.width, room.width);
  const Span down = centered(scaled.height, room.height);
  return Placement{{across.length, down.length},
                   {across.first, down.first, across.last, down.last},
                   {static_cast<double>(across.start), static_cast<double>(down.start)},
                   room};
}

}  // namespace layercast::content
