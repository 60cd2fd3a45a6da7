#include "content/picture/fit.h"

#include "frame/image.h"
#include "scene/model/limits.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <utility>

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

namespace {

// The cause by which is_of_memory() knows an error.
const std::shared_ptr<const base::Error>& no_memory() {
  static const auto error =
      std::make_shared<const base::Error>(base::over_limit("there is not enough memory left"));
  return error;
}

}  // namespace

base::Result<void> check_picture_size(base::SizeF size) {
  const bool fits = size.width <= limits::kPictureSideMax &&
                    size.height <= limits::kPictureSideMax &&
                    size.width * size.height <= static_cast<double>(limits::kPicturePixelsMax);
  if (fits) {  // false for NaN
    return check_picture_memory(std::llround(std::ceil(size.width) * std::ceil(size.height)));
  }
  return base::over_limit("the picture would have " + std::to_string(std::llround(size.width)) +
                          " x " + std::to_string(std::llround(size.height)) +
                          " pixels, above the limit of " + std::to_string(limits::kPictureSideMax) +
                          " a side and " + std::to_string(limits::kPicturePixelsMax) + " in all");
}

base::Result<void> check_picture_memory(int64_t pixels) {
  const int64_t bytes = pixels * int64_t{sizeof(frame::PremulRgba8)};
  if (frame::has_image_memory(bytes)) return {};
  constexpr int64_t kMebibyte = 1 << 20;
  return lacks_memory("the picture needs " + std::to_string((bytes + kMebibyte - 1) / kMebibyte) +
                      " MiB of the " + std::to_string(frame::image_bytes_max() / kMebibyte) +
                      " MiB for all layers");
}

base::Error lacks_memory(std::string message) {
  base::Error error = base::over_limit(std::move(message));
  error.cause = no_memory();
  return error;
}

bool is_of_memory(const base::Error& error) {
  for (const base::Error* each = &error; each != nullptr; each = each->cause.get()) {
    if (each == no_memory().get()) return true;
  }
  return false;
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
