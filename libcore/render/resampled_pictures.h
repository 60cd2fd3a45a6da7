#pragma once

#include "base/geometry.h"
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
  /// is only moved; with `stays` by whole pixels. Sizes and places are met to 1/256 px.
  /// Source: content::resampled_into().
  void apply(compose::DrawItem& item, bool stays);

  /// Lets go of what nobody has shown since the last call.
  void forget_unused();

 private:
  // A picture and the place it is scaled to fill.
  struct Key {
    frame::PicturePtr picture;
    base::RectF place;
    bool operator<(const Key& other) const {
      const auto tied = [](const Key& k) {
        return std::tie(k.picture, k.place.left, k.place.top, k.place.right, k.place.bottom);
      };
      return tied(*this) < tied(other);
    }
  };
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
