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

/// Folders of the default fonts: Debian's fonts-inter, fonts-noto-color-emoji and
/// fonts-dejavu-core.
struct DefaultFontFolders {
  std::string inter = "/usr/share/fonts/opentype/inter";
  std::string emoji = "/usr/share/fonts/truetype/noto";
  std::string dejavu = "/usr/share/fonts/truetype/dejavu";
};

/// The fonts that one text requests.
struct FontRequest {
  std::string family;                       ///< a CSS list: `"Open Sans", Inter, sans-serif`
  std::string file;                         ///< if not empty, its family precedes `family`
  std::vector<std::string> other_families;  ///< from the text's markup
};

/// The fonts for shaping one text.
struct FontChoice {
  PangoContext* context = nullptr;  ///< borrowed: until the next choose()
  std::string families;             ///< a Pango list of available families
};

/// The fonts that content may use: the default ones, the scene's files, and any installed family
/// that a text names. The rendering of a text depends only on its own request, not on the machine's
/// font settings or on earlier requests; hinting is off. Also caches glyph masks, up to
/// GlyphCache::kBytesMax.
/// Thread: any (locked): one Use at a time.
class FontLibrary {
 public:
  /// Loads the default fonts and `files`. Relative paths, here and in requests, start from
  /// `folder`.
  /// While the library exists, text inside SVGs uses these fonts too (those of the newest library).
  /// Errors: kNotFound for a missing file or default font, kInvalidInput for a file that is not a
  /// font, kIo for one that cannot be read; as check_font() for `files`.
  static base::Result<std::unique_ptr<FontLibrary>> create(
      const std::vector<std::string>& files = {}, const std::string& folder = {},
      const DefaultFontFolders& defaults = {});
  ~FontLibrary();
  FontLibrary(const FontLibrary&) = delete;
  FontLibrary& operator=(const FontLibrary&) = delete;

  /// Adds font files to those of texts inside SVGs, before the others; files that are no fonts are
  /// skipped. Range: no text was drawn yet.
  void add_files(const std::vector<std::string>& paths);
  /// Checks the file of a request with check_font() unless the library has read it. A check takes
  /// up to seconds: call this before Use, which keeps other threads from the library.
  /// Errors: as check_font().
  base::Result<void> check_file(const std::string& file);
  /// The paths of the files of all fonts that every text may use.
  std::vector<std::string> base_files() const;

  /// Exclusive access to the library, because Pango's font maps are not thread-safe.
  class Use {
   public:
    explicit Use(FontLibrary& library) : library_(library), lock_(library.mutex_) {}
    /// The fonts for a text. As in CSS, families that are not installed are skipped.
    /// Errors: kNotFound when no family of a list is installed, with the nearest installed name;
    /// for the file, as create().
    base::Result<FontChoice> choose(const FontRequest& request);
    /// The cached masks of glyphs in these fonts.
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

/// The scene's font files of the newest library, which texts inside SVGs use beside the default
/// fonts; empty without a library. Thread: any (locked).
std::vector<std::string> svg_font_files();

}  // namespace layercast::content
