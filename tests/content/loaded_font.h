#pragma once

#include "content/text/fonts.h"

#include <cstdint>
#include <gtest/gtest.h>
#include <memory>
#include <pango/pangocairo.h>
#include <string>

namespace layercast::content {

/// A font in one size, and the numbers of its glyphs.
class LoadedFont {
 public:
  LoadedFont(const std::string& family, double font_size)
      : library_(FontLibrary::create().value()) {
    FontLibrary::Use use(*library_);
    const FontChoice choice = use.choose({family, "", {}}).value();
    PangoFontDescription* description = pango_font_description_new();
    pango_font_description_set_family(description, choice.families.c_str());
    pango_font_description_set_absolute_size(description, font_size * PANGO_SCALE);
    font_ = pango_context_load_font(choice.context, description);
    pango_font_description_free(description);
  }
  ~LoadedFont() { g_object_unref(font_); }
  LoadedFont(const LoadedFont&) = delete;
  LoadedFont& operator=(const LoadedFont&) = delete;

  cairo_scaled_font_t* font() const {
    return pango_cairo_font_get_scaled_font(PANGO_CAIRO_FONT(font_));
  }

  uint32_t glyph(const std::string& character) const {
    cairo_glyph_t* glyphs = nullptr;
    int count = 0;
    cairo_scaled_font_text_to_glyphs(font(), 0, 0, character.data(),
                                     static_cast<int>(character.size()), &glyphs, &count, nullptr,
                                     nullptr, nullptr);
    EXPECT_EQ(count, 1);
    const auto glyph = static_cast<uint32_t>(glyphs->index);
    cairo_glyph_free(glyphs);
    return glyph;
  }

 private:
  std::unique_ptr<FontLibrary> library_;
  PangoFont* font_ = nullptr;
};

}  // namespace layercast::content
