#pragma once

#include "base/error.h"
#include "base/time.h"
#include "sandbox/descriptor.h"
#include "scene/model/scene.h"
#include "stream/asset_watch.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace layercast::stream {

/// A content of a layer, as different processes recognise it.
struct MarkedContent {
  std::string layer;         ///< its id; of the image of its mask: render::mask_name()
  uint64_t fingerprint = 0;  ///< of what it is made of
  bool operator==(const MarkedContent&) const = default;
};

/// The content of `layer`: another one if the layer has another type, size, content, clip or
/// filters, or if one of the `files` has another length or time of modification. It is the same
/// after a restart. Thread: any.
MarkedContent marked_content(const scene::Layer& layer, const AssetFiles& files);

/// Whether a content is marked while it is loaded: a color without filters cannot fail.
bool is_marked(const scene::Layer& layer);

/// Keeps in a file which contents are being loaded. A content that is still marked when the next
/// process opens the file was loading when the former process died: it is held, so that it does not
/// end that process, too. The file survives the death of a process, not a power cut: nothing waits
/// for the disk. begin() ignores a failed write: that content has no mark.
/// Thread: any (locked).
class LoadingMarks {
 public:
  /// What happens to the marks that a former process has left.
  enum class Former : uint8_t { kHeld, kForgotten };

  /// Opens the file, and creates it if it is missing, readable by its user only. No other process
  /// may use it. Errors: kIo.
  static base::Result<std::unique_ptr<LoadingMarks>> open(const std::string& path, Former former);
  ~LoadingMarks();
  LoadingMarks(const LoadingMarks&) = delete;
  LoadingMarks& operator=(const LoadingMarks&) = delete;

  /// When a former process, which died meanwhile, began to load the content; nullopt: it is not
  /// held. Ends the hold on another content of the layer that was asked about before: the layer was
  /// changed.
  std::optional<base::WallTime> held_since(const MarkedContent& content);

  /// Ends the hold on the contents of the layer and on the image of its mask. Returns whether there
  /// was one.
  bool release(std::string_view layer);

  bool has_holds();

  /// Ends the holds on contents that held_since() was asked about and whose layers are not among
  /// `layers` any more. `layers`: as MarkedContent::layer.
  void forget_removed(const std::set<std::string_view>& layers);

  /// Marks a content while it exists. Ownership: the marks outlive it.
  class Mark {
   public:
    Mark(LoadingMarks& marks, const MarkedContent& content)
        : marks_(marks), slot_(marks.begin(content)) {}
    ~Mark() {
      if (slot_) marks_.end(*slot_);
    }
    Mark(const Mark&) = delete;
    Mark& operator=(const Mark&) = delete;

   private:
    LoadingMarks& marks_;
    std::optional<size_t> slot_;
  };

 private:
  /// A content that is not loaded.
  struct Hold {
    MarkedContent content;
    base::WallTime since;
    size_t slot = 0;
    bool was_wanted = false;  ///< held_since() found it
  };

  explicit LoadingMarks(sandbox::Descriptor file) : file_(std::move(file)) {}
  void read();
  std::optional<size_t> begin(const MarkedContent& content);
  void end(size_t slot);
  bool write(size_t slot, std::string text);
  template <class Ends>
  bool end_holds(const Ends& ends);

  const sandbox::Descriptor file_;
  std::mutex mutex_;
  // Guarded by the mutex from here on.
  std::vector<bool> used_;  ///< by slot, a line of the file
  std::vector<Hold> holds_;
};

}  // namespace layercast::stream
