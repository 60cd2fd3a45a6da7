#pragma once

#include "base/error.h"

#include <memory>
#include <mutex>
#include <string>
#include <vector>

// NOLINTNEXTLINE(bugprone-reserved-identifier,readability-identifier-naming): pango's own name
using PangoContext = struct _PangoContext;

namespace layercast::content {

class GlyphCache;

/// Folders of the fonts that every scene sees: Debian's fonts-inter, fonts-noto-color-emoji and
/// fonts-dejavu-core.
struct DefaultFontFolders {
  std::string inter = "/usr/share/fonts/opentype/inter";
  std::string emoji = "/usr/share/fonts/truetype/noto";
  std::string dejavu = "/usr/share/fonts/truetype/dejavu";
};

/// Which fonts one text asks for.
struct FontRequest {
  std::string family;                       ///< a CSS list: `"Open Sans", Inter, sans-serif`
  std::string file;                         ///< when not empty: its family goes before `family`
  std::vector<std::string> other_families;  ///< named by the text's markup
};

/// What one text is shaped with.
struct FontChoice {
  PangoContext* context = nullptr;  ///< borrowed: until the next choose()
  std::string families;             ///< a Pango list, of families that are there
};

/// The fonts that content may use, and no others: the default ones, the scene's files, and any
/// installed family that a text names. What a text looks like depends on its own request alone, not
/// on the machine's font settings nor on what was asked for before; hinting is off. Glyphs that
/// were drawn with them are kept as masks, GlyphCache::kBytesMax of them.
/// Thread: any (locked): one Use at a time.
class FontLibrary {
 public:
  /// `files`: the scene's; relative paths, here and in requests, start from `folder`.
  /// While the library lives, text inside SVGs is drawn with these fonts too (the newest's, when
  /// there are several).
  /// Errors: kNotFound for a file or a default font that is missing, kInvalidInput for a file that
  /// is no font, kIo for one that cannot be read.
  static base::Result<std::unique_ptr<FontLibrary>> create(
      const std::vector<std::string>& files = {}, const std::string& folder = {},
      const DefaultFontFolders& defaults = {});
  ~FontLibrary();
  FontLibrary(const FontLibrary&) = delete;
  FontLibrary& operator=(const FontLibrary&) = delete;

  /// Keeps other threads out while it lives, because Pango's font maps are not thread-safe.
  class Use {
   public:
    explicit Use(FontLibrary& library) : library_(library), lock_(library.mutex_) {}
    /// The fonts for a text. Of a list, families that are not installed are passed over, as in CSS.
    /// Errors: kNotFound when none of a list is installed, with the nearest name that is; for the
    /// file, as create().
    base::Result<FontChoice> choose(const FontRequest& request);
    /// The masks of glyphs drawn with the library's fonts.
    GlyphCache& glyphs();

   private:
    FontLibrary& library_;
    std::lock_guard<std::mutex> lock_;
  };

 private:
  struct State;
  explicit FontLibrary(std::unique_ptr<State> state);

  std::mutex mutex_;
  std::unique_ptr<State> state_;
};

}  // namespace layercast::content
