#pragma once

#include "compose/draw_list.h"
#include "frame/picture.h"

#include <map>
#include <tuple>

namespace layercast::render {

/// Pictures scaled once, and well, for layers whose scale stays: sampling them for every frame
/// would cost more and look worse.
/// Thread: one at a time.
class ResampledPictures {
 public:
  /// Where `item` shows an upright, scaled picture, it shows one of the final size afterwards, and
  /// is only moved; its size is rounded to whole pixels, and with `stays` its place, too.
  /// Source: content::resampled().
  void apply(compose::DrawItem& item, bool stays);

 private:
  // A picture and the size it is scaled to.
  using Key = std::tuple<frame::PicturePtr, int, int>;
  std::map<Key, frame::PicturePtr> pictures_;
};

}  // namespace layercast::render
