#pragma once

#include "base/geometry.h"
#include "compose/draw_list.h"
#include "frame/picture.h"

#include <cstdint>
#include <map>
#include <mutex>
#include <tuple>

namespace layercast::render {

/// A cache of resampled pictures for layers with a constant scale. Sampling in every frame would
/// cost more and look worse.
/// Thread: any (locked); no lock is held while a picture is scaled.
class ResampledPictures {
 public:
  /// Replaces the picture of `item` by one of the final size, which is only translated; with
  /// `stays` by whole pixels. Sizes and positions are rounded to 1/256 px.
  /// Range: an item for which sampling_plan() returns Sampling::kResampled.
  /// Source: content::resampled_into().
  void apply(compose::DrawItem& item, bool stays);

  /// The bytes of all pictures.
  int64_t bytes();

  /// Releases the pictures that were not used since the last call.
  void forget_unused();

 private:
  // A picture and the rectangle that it is scaled to.
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
    uint64_t used = 0;  ///< the round of the last use
  };

  frame::PicturePtr find(const Key& key);
  frame::PicturePtr scaled(const Key& key);

  std::mutex mutex_;
  std::map<Key, Scaled> pictures_;
  uint64_t round_ = 0;
};

}  // namespace layercast::render
