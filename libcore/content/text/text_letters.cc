#include "content/text/text_letters.h"

#include <algorithm>
#include <pango/pango.h>

namespace layercast::content {
namespace {

// The letter that a glyph stands for when no font has it; 0 otherwise.
gunichar missing_letter(PangoGlyph glyph) {
  const bool is_missing = glyph != PANGO_GLYPH_EMPTY && glyph != PANGO_GLYPH_INVALID_INPUT &&
                          (glyph & PANGO_GLYPH_UNKNOWN_FLAG) != 0;
  return is_missing ? glyph & ~PANGO_GLYPH_UNKNOWN_FLAG : 0;
}

}  // namespace

std::vector<char32_t> missing_letters(const std::vector<Mark>& marks) {
  std::vector<char32_t> letters;
  for (const Mark& mark : marks) {
    const int count = mark.glyphs == nullptr ? 0 : mark.glyphs->num_glyphs;
    for (int i = 0; i < count; ++i) {
      const gunichar letter = missing_letter(mark.glyphs->glyphs[i].glyph);
      if (letter != 0 && std::ranges::find(letters, letter) == letters.end()) {
        letters.push_back(letter);
      }
    }
  }
  return letters;
}

}  // namespace layercast::content
