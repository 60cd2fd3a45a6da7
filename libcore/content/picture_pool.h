#pragma once

#include "base/geometry.h"
#include "content/picture_sequence.h"
#include "content/playback.h"
#include "frame/picture.h"

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace layercast::content {

/// All pictures of an animated source, as they are shown. Thread: any; immutable.
struct KeptPictures {
  std::vector<frame::PicturePtr> pictures;  ///< at least one; origins are places in the box
  base::SizeF box;
  FilePlayback playback;
};

/// The pictures that contents show at present, so that two that show the same decode it once.
/// It keeps none alive by itself. Thread: any (locked).
class PicturePool {
 public:
  /// What the pictures of an animation depend on.
  struct Key {
    PictureSource source;  ///< however it plays
    std::optional<base::SizeF> box;
    std::optional<std::string> texture;
    bool operator==(const Key&) const = default;
  };

  /// Null where nobody shows them.
  std::shared_ptr<const KeptPictures> find(const Key& key);
  /// Those that are found from now on: `pictures`, or what somebody else has added meanwhile.
  std::shared_ptr<const KeptPictures> add(const Key& key,
                                          std::shared_ptr<const KeptPictures> pictures);

 private:
  struct Entry {
    Key key;
    std::weak_ptr<const KeptPictures> pictures;
  };

  std::mutex mutex_;
  std::vector<Entry> entries_;
};

}  // namespace layercast::content
