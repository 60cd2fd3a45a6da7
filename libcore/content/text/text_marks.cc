#include "content/text/text_marks.h"

#include <pango/pango-renderer.h>
#include <utility>

namespace layercast::content {
namespace {

// A PangoRenderer that records glyphs and bars with resolved colours.
struct MarkRenderer {
  PangoRenderer parent;
  std::vector<Mark>* marks;
  double x;
  double y;
};
struct MarkRendererClass {
  PangoRendererClass parent;
};

void set_color(PangoRenderer* renderer, PangoRenderPart part, Mark& mark) {
  const PangoColor* color = pango_renderer_get_color(renderer, part);
  const guint16 alpha = pango_renderer_get_alpha(renderer, part);  // 0: not set
  if (color != nullptr) {
    mark.color = Rgba{color->red / 65535.0, color->green / 65535.0, color->blue / 65535.0,
                      alpha == 0 ? 1.0 : alpha / 65535.0};
  } else if (alpha != 0) {
    mark.alpha = alpha / 65535.0;
  }
}

void keep_glyphs(PangoRenderer* base, PangoFont* font, PangoGlyphString* glyphs, int x, int y) {
  auto* renderer = reinterpret_cast<MarkRenderer*>(base);
  Mark mark;
  mark.font.reset(static_cast<PangoFont*>(g_object_ref(font)));
  mark.glyphs.reset(pango_glyph_string_copy(glyphs));
  mark.x = renderer->x + px(x);
  mark.y = renderer->y + px(y);
  mark.in_color = draws_in_color(font);
  set_color(base, PANGO_RENDER_PART_FOREGROUND, mark);
  renderer->marks->push_back(std::move(mark));
}

void keep_bar(PangoRenderer* base, PangoRenderPart part, int x, int y, int width, int height) {
  auto* renderer = reinterpret_cast<MarkRenderer*>(base);
  Mark mark;
  mark.bar = {renderer->x + px(x), renderer->y + px(y), renderer->x + px(x) + px(width),
              renderer->y + px(y) + px(height)};
  mark.behind = part == PANGO_RENDER_PART_BACKGROUND;
  set_color(base, part, mark);
  renderer->marks->push_back(std::move(mark));
}

void keep_error_underline(PangoRenderer* base, int x, int y, int width, int height) {
  keep_bar(base, PANGO_RENDER_PART_UNDERLINE, x, y, width, height);
}

void set_up_mark_renderer(gpointer klass, gpointer) {
  auto* renderer = static_cast<PangoRendererClass*>(klass);
  renderer->draw_glyphs = keep_glyphs;
  renderer->draw_rectangle = keep_bar;
  renderer->draw_error_underline = keep_error_underline;
}

GlibPtr<PangoRenderer> make_mark_renderer(std::vector<Mark>& marks) {
  static const GType type = g_type_register_static_simple(
      PANGO_TYPE_RENDERER, "LayercastMarkRenderer", sizeof(MarkRendererClass), set_up_mark_renderer,
      sizeof(MarkRenderer), nullptr, static_cast<GTypeFlags>(0));
  auto* renderer = static_cast<MarkRenderer*>(g_object_new(type, nullptr));
  renderer->marks = &marks;
  return GlibPtr<PangoRenderer>(&renderer->parent);
}

}  // namespace

Rgba rgba(base::Color color) {
  return {color.red / 255.0, color.green / 255.0, color.blue / 255.0, color.alpha / 255.0};
}

std::vector<Mark> marks_of(const Lines& lines) {
  std::vector<Mark> marks;
  const GlibPtr<PangoRenderer> renderer = make_mark_renderer(marks);
  auto* origin = reinterpret_cast<MarkRenderer*>(renderer.get());
  for (const Line& line : lines.lines) {
    origin->x = line.x;
    origin->y = line.baseline;
    pango_renderer_draw_layout_line(renderer.get(), line.line, 0, 0);
  }
  return marks;
}

}  // namespace layercast::content
