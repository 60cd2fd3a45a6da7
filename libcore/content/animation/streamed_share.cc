#include "content/animation/streamed_share.h"

#include "content/picture/fit.h"
#include "scene/model/limits.h"

#include <algorithm>
#include <mutex>
#include <string>

namespace layercast::content {
namespace {

constexpr int64_t kAheadBytes = int64_t{64} << 20;
constexpr int64_t kAheadWanted = 4;
constexpr int64_t kAheadMin = 2;
constexpr int64_t kAheadMax = 32;
constexpr int64_t kMebibyte = int64_t{1} << 20;

// The shares of all animations.
struct Shares {
  std::mutex mutex;
  int count = 0;      ///< guarded by mutex
  int64_t bytes = 0;  ///< guarded by mutex
};

Shares& shares() {
  static Shares shares;
  return shares;
}

}  // namespace

base::Result<std::unique_ptr<StreamedShare>> StreamedShare::take(const StreamedNeeds& needs,
                                                                 int64_t bytes_max) {
  const int64_t picture = std::max<int64_t>(1, needs.picture);
  Shares& all = shares();
  const std::lock_guard lock(all.mutex);
  if (all.count >= scene::limits::kStreamedAnimationsMax) {
    return base::over_limit("more than " + std::to_string(scene::limits::kStreamedAnimationsMax) +
                            " animations of this size cannot play at once");
  }
  const int64_t left = bytes_max - all.bytes;
  if (all.count > 0 && left < needs.held + kAheadMin * picture) {
    return lacks_memory("the animation needs " +
                        std::to_string((needs.held + kAheadMin * picture) / kMebibyte) +
                        " MiB of the " + std::to_string(bytes_max / kMebibyte) +
                        " MiB that all large animations may use; these have " +
                        std::to_string(all.bytes / kMebibyte) + " MiB");
  }
  const int64_t wanted = std::clamp(kAheadBytes / picture, kAheadWanted, kAheadMax);
  // Later ones have equal parts of what is left, so that there is room for all of them.
  const bool is_early = left > bytes_max / 4 * 3;
  const int64_t part = is_early ? left : left / (scene::limits::kStreamedAnimationsMax - all.count);
  const int64_t ahead = std::clamp((part - needs.held) / picture, kAheadMin, wanted);
  const int64_t bytes = needs.held + ahead * picture;
  std::unique_ptr<StreamedShare> share(new StreamedShare(bytes, static_cast<int>(ahead)));
  ++all.count;
  all.bytes += bytes;
  return share;
}

StreamedShare::~StreamedShare() {
  Shares& all = shares();
  const std::lock_guard lock(all.mutex);
  --all.count;
  all.bytes -= bytes_;
}

}  // namespace layercast::content
