#include "content/text/font_check.h"

#include "base/cpu_clock.h"
#include "base/file_identity.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <freetype/freetype.h>
#include <harfbuzz/hb-ft.h>
#include <harfbuzz/hb.h>
#include <map>
#include <memory>
#include <mutex>
#include <system_error>
#include <type_traits>
#include <utility>
#include <vector>

namespace layercast::content {
namespace {

constexpr FT_UInt kPixelSize = 64;
constexpr size_t kLettersAtOnce = 64;
constexpr size_t kLettersMax = 70'000;  // more than a font has glyphs
constexpr int64_t kBitmapPixelsMax = 4 << 20;
// Of the upper half of a face index, which numbers the named instances of a variable font.
constexpr int kInstanceBits = 16;

struct FreeLibrary {
  void operator()(FT_Library library) const { FT_Done_FreeType(library); }
};
struct FreeFace {
  void operator()(FT_Face face) const { FT_Done_Face(face); }
};
struct FreeFont {
  void operator()(hb_font_t* font) const { hb_font_destroy(font); }
};
struct FreeBuffer {
  void operator()(hb_buffer_t* buffer) const { hb_buffer_destroy(buffer); }
};
using LibraryPtr = std::unique_ptr<std::remove_pointer_t<FT_Library>, FreeLibrary>;
using FacePtr = std::unique_ptr<std::remove_pointer_t<FT_Face>, FreeFace>;
using FontPtr = std::unique_ptr<hb_font_t, FreeFont>;
using BufferPtr = std::unique_ptr<hb_buffer_t, FreeBuffer>;

FacePtr open_face(FT_Library library, const std::string& path, FT_Long index) {
  FT_Face face = nullptr;
  if (FT_New_Face(library, path.c_str(), index, &face) != 0) return nullptr;
  return FacePtr(face);
}

// Errors when a part of the work has taken too long.
class WorkLimit {
 public:
  base::Result<void> end_part(const std::string& what) {
    const std::chrono::nanoseconds taken(watch_.lap());
    if (taken <= kGlyphCpu) return {};
    return base::over_limit("the font cannot be used: " + what + " takes more than " +
                                std::to_string(kGlyphCpu.count()) + " ms of CPU time",
                            {});
  }

 private:
  base::CpuStopwatch watch_;
};

base::Error bad_glyph(FT_UInt glyph, const std::string& what) {
  return base::over_limit("the font cannot be used: glyph " + std::to_string(glyph) + what, {});
}

// Whether a glyph may be drawn. `error`: of FreeType, which loaded it.
base::Result<void> check_glyph(FT_Face face, FT_UInt glyph, FT_Error error) {
  if (error == FT_Err_Out_Of_Memory) return bad_glyph(glyph, " takes too much memory");
  if (error != 0 || face->glyph->format != FT_GLYPH_FORMAT_BITMAP) return {};
  const FT_Bitmap& bitmap = face->glyph->bitmap;
  if (int64_t{bitmap.width} * bitmap.rows <= kBitmapPixelsMax) return {};
  return bad_glyph(glyph,
                   " is a picture of more than " + std::to_string(kBitmapPixelsMax) + " pixels");
}

// At the size that was set.
base::Result<void> load_glyphs(FT_Face face) {
  WorkLimit limit;
  for (FT_UInt glyph = 0; glyph < static_cast<FT_UInt>(face->num_glyphs); ++glyph) {
    const FT_Error error = FT_Load_Glyph(face, glyph, FT_LOAD_NO_HINTING | FT_LOAD_COLOR);
    TRY_DO(check_glyph(face, glyph, error));
    TRY_DO(limit.end_part("glyph " + std::to_string(glyph)));
  }
  return {};
}

base::Result<void> load_glyphs_of_all_sizes(FT_Face face) {
  if (FT_IS_SCALABLE(face) && FT_Set_Pixel_Sizes(face, 0, kPixelSize) == 0) {
    TRY_DO(load_glyphs(face));
  }
  // Pictures of letters, such as emoji.
  for (FT_Int size = 0; size < face->num_fixed_sizes; ++size) {
    if (FT_Select_Size(face, size) == 0) TRY_DO(load_glyphs(face));
  }
  return {};
}

std::vector<hb_codepoint_t> letters_of(FT_Face face) {
  std::vector<hb_codepoint_t> letters;
  FT_UInt glyph = 0;
  for (FT_ULong letter = FT_Get_First_Char(face, &glyph);
       glyph != 0 && letters.size() < kLettersMax;
       letter = FT_Get_Next_Char(face, letter, &glyph)) {
    letters.push_back(static_cast<hb_codepoint_t>(letter));
  }
  return letters;
}

base::Result<void> shape_letters(FT_Face face) {
  const FontPtr font(hb_ft_font_create_referenced(face));
  const std::vector<hb_codepoint_t> letters = letters_of(face);
  WorkLimit limit;
  for (size_t at = 0; at < letters.size(); at += kLettersAtOnce) {
    const size_t count = std::min(kLettersAtOnce, letters.size() - at);
    const BufferPtr buffer(hb_buffer_create());
    hb_buffer_add_codepoints(buffer.get(), letters.data() + at, static_cast<int>(count), 0,
                             static_cast<int>(count));
    hb_buffer_guess_segment_properties(buffer.get());
    hb_shape(font.get(), buffer.get(), nullptr, 0);
    TRY_DO(limit.end_part("a text in the font"));
  }
  return {};
}

base::Result<void> read_face(FT_Face face) {
  TRY_DO(load_glyphs_of_all_sizes(face));
  return shape_letters(face);
}

struct Checks {
  std::mutex mutex;
  FontCheck check;                                 ///< with the lock
  std::map<std::string, base::FileIdentity> good;  ///< by path; with the lock
};

Checks& checks() {
  static auto* const checks = new Checks;  // outlives all other static objects
  return *checks;
}

}  // namespace

base::Result<void> read_whole_font(const std::string& path) {
  FT_Library raw = nullptr;
  if (FT_Init_FreeType(&raw) != 0) return base::internal_error("FreeType does not start");
  const LibraryPtr library(raw);
  FacePtr face = open_face(raw, path, 0);
  if (face == nullptr) return base::invalid_input("the file is not a font", {});
  const FT_Long faces = face->num_faces;
  for (FT_Long index = 0; index < faces; ++index) {
    if (index > 0) face = open_face(raw, path, index);
    if (face == nullptr) continue;
    TRY_DO(read_face(face.get()));
    // The named instances differ in the coordinates of their variations alone: the last one is
    // checked, too.
    const FT_Long instances = face->style_flags >> kInstanceBits;
    if (instances == 0) continue;
    face = open_face(raw, path, index | instances << kInstanceBits);
    if (face != nullptr) TRY_DO(read_face(face.get()));
  }
  return {};
}

void set_font_check(FontCheck check) {
  const std::lock_guard lock(checks().mutex);
  checks().check = std::move(check);
  checks().good.clear();
}

base::Result<void> check_font(const std::string& path) {
  constexpr size_t kFilesMax = 256;
  Checks& all = checks();
  std::error_code failure;
  if (!std::filesystem::is_regular_file(path, failure)) return {};
  const base::FileIdentity identity = base::identity_of_file(path);
  FontCheck check;
  {
    const std::lock_guard lock(all.mutex);
    const auto known = all.good.find(path);
    if (!all.check || (known != all.good.end() && known->second == identity)) return {};
    check = all.check;
  }
  TRY_DO(check(path));
  const std::lock_guard lock(all.mutex);
  if (all.good.size() >= kFilesMax) all.good.clear();
  all.good.insert_or_assign(path, identity);
  return {};
}

}  // namespace layercast::content
