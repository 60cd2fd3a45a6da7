#pragma once

#include "base/error.h"
#include "base/geometry.h"
#include "base/time.h"
#include "frame/any_picture.h"
#include "frame/video_feed.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace layercast::content {

/// One picture within a layer.
struct Part {
  frame::AnyPicture picture;      ///< not null; its origin is of no meaning here
  base::Affine box_from_picture;  ///< where its pixels lie in the layer box
  double opacity = 1;
  bool is_cut_to_box = false;  ///< whether what overflows the layer box is not shown
  frame::PicturePtr finer{};   ///< the same, for where `picture` lies between pixels; may be null
  base::Affine box_from_finer{};
  bool operator==(const Part&) const = default;
};

/// A content that differs from instant to instant, or is more than one picture.
/// Pure: the same time gives the same parts, whatever was asked before; equal pictures are the same
/// pointer, so that what stands still costs nothing. Once warm it allocates nothing where it can
/// help it, and never waits but for pictures it is told to wait for.
/// Thread: one at a time; it may work ahead on threads of its own.
class MovingContent {
 public:
  MovingContent() = default;
  virtual ~MovingContent() = default;
  MovingContent(const MovingContent&) = delete;
  MovingContent& operator=(const MovingContent&) = delete;

  /// The size that the layer box has when the scene gives none.
  virtual base::SizeF box() const = 0;

  /// Puts what shows at `time` (since the layer's start) into `parts`, which is empty before, from
  /// far to near; nothing while there is nothing to show. Errors: what it was made from can no
  /// longer be read; the error picture stands in its place from then on.
  virtual base::Result<void> show(const base::SceneTime& time, frame::Patience patience,
                                  std::vector<Part>& parts) = 0;

  /// After show() put nothing into `parts`: why, if the error picture is to stand in for it until
  /// it shows again.
  virtual std::optional<base::Error> absence() const { return std::nullopt; }
  /// What has failed since the last call, and may be well again, to be told once.
  virtual std::optional<base::Error> take_failure() { return std::nullopt; }

  /// Nanoseconds of processor time spent on decoding so far.
  virtual int64_t decode_nanoseconds() const { return 0; }
};

}  // namespace layercast::content
