#pragma once

#include "base/clock.h"
#include "base/error.h"
#include "render/layer_content.h"
#include "render/scene_view.h"
#include "stream/asset_watch.h"
#include "stream/content_builder.h"
#include "stream/wanted_layers.h"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace layercast::stream {

/// A content that was made, successfully or not.
struct MadeContent {
  render::LayerContentPtr content;     ///< the error picture, if it failed
  std::optional<base::Error> failure;  ///< why it cannot be shown
  AssetFiles files;                    ///< as they were before they were read
  bool is_outdated = false;            ///< one was written to while it was read
  bool has_sources = false;            ///< whether it is made of files or URLs
  /// Present if it was not loaded, but held: how many releases came before.
  std::optional<int64_t> releases{};
};

/// The contents that are ready to be shown, by the names of their layers, and when each is loaded
/// again: when one of its files has changed, and after a failure with growing delays. A content
/// that is shown stays until its new version has been loaded successfully.
/// Thread: the caller holds the loader's lock.
class ReadyContents {
 public:
  using TimePoint = base::Clock::time_point;

  struct Entry {
    SharedLayer shared;
    render::LayerContentPtr content;
    ContentContextPtr context;
    AssetFiles files;       ///< as they were when they were last read
    bool is_stale = false;  ///< it must be loaded again; until then it is shown
    bool is_shown = false;  ///< in the newest view, or ready for it
    int failures = 0;       ///< loads that failed, one after another
    std::string failure;    ///< of the last load; empty: none
    std::optional<base::Error> error = std::nullopt;  ///< the same
    /// Whether `content` is the one that failed, not an earlier one.
    bool has_failed = false;
    /// The last content that was shown, if `content` has failed.
    struct Kept {
      SharedLayer shared;
      render::LayerContentPtr content;
    };
    std::optional<Kept> kept = std::nullopt;
    /// What was shown before a change that cross-fades; null: nothing fades.
    std::shared_ptr<const render::FormerContent> former = nullptr;
    bool may_recover = false;  ///< whether loading the same sources again may help
    TimePoint tried{};         ///< when the last load ended
    std::optional<TimePoint> retry_at;
  };
  std::map<std::string, Entry> entries;

  /// Registers a content that was made for `shared` by `context`. A failed one replaces another
  /// content, but not the same one. `stream_time`: of the next frame, from which a cross-fade may
  /// begin.
  void land(const std::string& name, const SharedLayer& shared, MadeContent made,
            const ContentContextPtr& context, TimePoint now, base::Duration stream_time);

  /// The files of the contents whose retry is due at `now`.
  std::vector<std::string> due_files(TimePoint now) const;
  /// Marks the contents stale that were made of other versions of the files in `present`.
  void mark_changed(const AssetFiles& present);
  /// Marks the failed contents stale that are due at `now`, if loading them again may help.
  /// `present`: the identities of due_files().
  void mark_due(TimePoint now, const AssetFiles& present);
  /// Makes failed contents due soon: a change of the scene may have repaired them. Those that
  /// lacked memory then have short delays, as after their first failure.
  void hurry();

  bool has_stale() const;
  /// When the next failed content is due; nullopt: there is none.
  std::optional<TimePoint> next_retry() const;
  /// The failure of the last load of that layer; empty: none.
  std::string failure_of(const std::string& name) const;
  /// The bytes of the pictures of texts, and of other contents without motion.
  struct Bytes {
    int64_t texts = 0;
    int64_t images = 0;
  };
  Bytes bytes() const;
  /// All files of the contents.
  AssetFiles files() const;
};

}  // namespace layercast::stream
