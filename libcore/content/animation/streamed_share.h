#pragma once

#include "base/error.h"

#include <cstdint>
#include <memory>

namespace layercast::content {

/// What an animation needs that is decoded while it plays. Units: bytes.
struct StreamedNeeds {
  int64_t held = 0;     ///< by its file and its decoder
  int64_t picture = 0;  ///< one decoded picture
};

/// A share of the threads and of the memory for animations that are decoded while they play
/// (limits::kStreamedAnimationsMax and limits::kStreamedBytesMax). The destructor returns it.
/// Thread: any (locked).
class StreamedShare {
 public:
  /// Takes one thread, what `needs` says, and the pictures that are decoded ahead: up to 32, of 64
  /// MiB, but at least 4; once a quarter of the memory is taken, fewer, but at least 2. The
  /// only animation gets a share of any size. `bytes_max`: of all shares.
  /// Errors: kLimit for too many animations; lacks_memory() when too little is left.
  static base::Result<std::unique_ptr<StreamedShare>> take(const StreamedNeeds& needs,
                                                           int64_t bytes_max);
  ~StreamedShare();
  StreamedShare(const StreamedShare&) = delete;
  StreamedShare& operator=(const StreamedShare&) = delete;

  /// How many pictures may be decoded ahead.
  int ahead() const { return ahead_; }

 private:
  StreamedShare(int64_t bytes, int ahead) : bytes_(bytes), ahead_(ahead) {}

  int64_t bytes_;
  int ahead_;
};

}  // namespace layercast::content
