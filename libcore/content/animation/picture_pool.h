#pragma once

#include "base/geometry.h"
#include "content/animation/picture_sequence.h"
#include "content/animation/playback.h"
#include "frame/picture.h"

#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace layercast::content {

/// All fitted pictures of an animated source. Thread: any; immutable.
struct KeptPictures {
  std::vector<frame::PicturePtr> pictures;  ///< at least one; origins are positions in the box
  base::SizeF box;
  FilePlayback playback;
};

/// The animations in use, so that equal ones are decoded once. Holds weak references only. Thread:
/// any (locked).
class PicturePool {
 public:
  /// The properties that determine the pictures of an animation.
  struct Key {
    PictureSource source;  ///< its playback is ignored
    std::optional<base::SizeF> box;
    std::optional<std::string> texture;
    std::string identity = {};  ///< of the files of the source and the texture
    bool operator==(const Key&) const = default;
  };

  /// The pictures for `key`; null when they are not in use.
  std::shared_ptr<const KeptPictures> find(const Key& key);
  /// The bytes of all pictures in use.
  int64_t bytes();
  /// Registers `pictures` and returns them, or those that another thread has registered meanwhile.
  std::shared_ptr<const KeptPictures> add(const Key& key,
                                          std::shared_ptr<const KeptPictures> pictures);

  /// Notes that decoding all pictures takes too long; is_slow() tells it of the last 256 such keys.
  void note_slow(const Key& key);
  bool is_slow(const Key& key);

 private:
  struct Entry {
    Key key;
    std::weak_ptr<const KeptPictures> pictures;
  };

  std::mutex mutex_;
  std::vector<Entry> entries_;
  std::deque<Key> slow_;  ///< the newest at the end
};

}  // namespace layercast::content
