#pragma once

#include <cmath>
#include <memory>
#include <pango/pango.h>

namespace layercast::content {

/// Releases a Pango or GLib object.
struct GlibFree {
  void operator()(char* memory) const { g_free(memory); }
  void operator()(GError* error) const { g_error_free(error); }
  void operator()(PangoLayout* layout) const { g_object_unref(layout); }
  void operator()(PangoFont* font) const { g_object_unref(font); }
  void operator()(PangoRenderer* renderer) const { g_object_unref(renderer); }
  void operator()(PangoAttrList* list) const { pango_attr_list_unref(list); }
  void operator()(PangoFontDescription* font) const { pango_font_description_free(font); }
  void operator()(PangoFontMetrics* metrics) const { pango_font_metrics_unref(metrics); }
  void operator()(PangoGlyphString* glyphs) const { pango_glyph_string_free(glyphs); }
};
/// An owning pointer to such an object.
template <class T>
using GlibPtr = std::unique_ptr<T, GlibFree>;

/// Converts from and to Pango units of 1/1024 px.
inline double px(int pango_units) { return static_cast<double>(pango_units) / PANGO_SCALE; }

inline int pango_units(double px) { return static_cast<int>(std::lround(px * PANGO_SCALE)); }

/// The limit for the width of a line, in px: Pango units in an int overflow at 2^21 px.
inline constexpr double kLineWidthMax = 2'000'000;

}  // namespace layercast::content
