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

/// One picture of a layer.
struct Part {
  frame::AnyPicture picture;      ///< not null; its origin is ignored
  base::Affine box_from_picture;  ///< from its pixels to the layer box
  double opacity = 1;
  bool is_cut_to_box = false;  ///< whether the layer box crops it
  frame::PicturePtr finer{};   ///< at a higher resolution, for fractional positions; may be null
  base::Affine box_from_finer{};
  /// Lengths in px in which a part that is cut to the box fades out at its edges: at the left and
  /// the right one (width), at the upper and the lower one (height).
  base::SizeF fade{};
  bool operator==(const Part&) const = default;
};

/// A content that changes over time, or consists of several pictures.
/// Pure: the result depends only on the time. Equal pictures are the same pointer, so that static
/// content causes no redrawing. Avoids allocation in the steady state, and waits only for pictures
/// that `patience` asks for.
/// Thread: one at a time; may decode ahead on its own threads.
class MovingContent {
 public:
  MovingContent() = default;
  virtual ~MovingContent() = default;
  MovingContent(const MovingContent&) = delete;
  MovingContent& operator=(const MovingContent&) = delete;

  /// The size of the layer box when the scene gives none.
  virtual base::SizeF box() const = 0;

  /// Appends the pictures at `time` (since the layer's start) to the empty `parts`, from back to
  /// front; none while there is nothing to show. Errors: the source can no longer be read; the
  /// error picture replaces the content from then on.
  virtual base::Result<void> show(const base::SceneTime& time, frame::Patience patience,
                                  std::vector<Part>& parts) = 0;

  /// Whether show() without patience may give an old picture, after a time in which it was not
  /// called.
  virtual bool may_be_behind() const { return false; }
  /// Waits until the picture at `time` is decoded, so that show() has it at once. Errors are
  /// reported by show(). Thread: any, while no other thread shows the content.
  virtual void prepare(const base::SceneTime& /*time*/) {}

  /// After show() without parts: the error to show in an error picture until there are parts again.
  virtual std::optional<base::Error> absence() const { return std::nullopt; }
  /// Why a live source has no picture now, also while another picture replaces it.
  virtual std::optional<base::Error> loss() const { return absence(); }
  /// The temporary failure since the last call, to be reported once.
  virtual std::optional<base::Error> take_failure() { return std::nullopt; }

  /// CPU time spent on decoding so far, in nanoseconds.
  virtual int64_t decode_nanoseconds() const { return 0; }
};

}  // namespace layercast::content
