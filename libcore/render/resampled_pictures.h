#pragma once

#include "compose/draw_list.h"
#include "frame/picture.h"

#include <cstdint>
#include <map>
#include <mutex>
#include <tuple>

namespace layercast::render {

/// Pictures scaled once, and well, for layers whose scale stays: sampling them for every frame
/// would cost more and look worse.
/// Thread: any (locked); no lock is held while a picture is scaled.
class ResampledPictures {
 public:
  /// Where `item` shows an upright, scaled picture, it shows one of the final size afterwards, and
  /// is only moved; its size is rounded to whole pixels, and with `stays` its place, too.
  /// Source: content::resampled().
  void apply(compose::DrawItem& item, bool stays);

  /// Lets go of what nobody has shown since the last call.
  void forget_unused();

 private:
  // A picture and the size it is scaled to.
  using Key = std::tuple<frame::PicturePtr, int, int>;
  struct Scaled {
    frame::PicturePtr picture;
    uint64_t used = 0;  ///< in which round
  };

  frame::PicturePtr find(const Key& key);
  frame::PicturePtr scaled(const Key& key);

  std::mutex mutex_;
  std::map<Key, Scaled> pictures_;
  uint64_t round_ = 0;
};

}  // namespace layercast::render
