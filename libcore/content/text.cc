#include "content/text.h"

#include "content/cairo_picture.h"
#include "content/gradient.h"
#include "scene/limits.h"
#include "scene/placeholder.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <numbers>
#include <pango/pangocairo.h>
#include <pango/pangofc-font.h>
#include <string>
#include <utility>
#include <vector>

namespace layercast::content {
namespace {

namespace limits = scene::limits;

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
template <class T>
using GlibPtr = std::unique_ptr<T, GlibFree>;

// Pango counts in 1/1024 px, in an int: lines have to stay below 2^21 px.
constexpr double kLineWidthMax = 2'000'000;

double px(int pango_units) { return static_cast<double>(pango_units) / PANGO_SCALE; }

int pango_units(double px) { return static_cast<int>(std::lround(px * PANGO_SCALE)); }

base::Error error(base::ErrorCode code, std::string message) {
  return {code, std::move(message), {}, nullptr};
}

base::Error too_large() {
  return error(base::ErrorCode::kLimit, "the text is too large to draw: a picture has at most " +
                                            std::to_string(limits::kPictureSideMax) +
                                            " px a side and " +
                                            std::to_string(limits::kPicturePixelsMax) + " in all");
}

// ---- What is written ----------------------------------------------------------------------------

bool breaks_line(gunichar c) {
  return c == '\n' || c == '\r' || c == 0x85 || c == 0x2028 || c == 0x2029;
}

// Well-formed UTF-8 whose only control characters are tabs and line feeds.
std::string cleaned(std::string_view text) {
  std::string clean;
  clean.reserve(text.size());
  while (!text.empty()) {
    const gunichar c = text.front() == '\0' ? 0
                                            : g_utf8_get_char_validated(
                                                  text.data(), static_cast<gssize>(text.size()));
    const bool malformed = c == static_cast<gunichar>(-1) || c == static_cast<gunichar>(-2);
    const size_t bytes =
        malformed || c == 0 ? 1 : static_cast<size_t>(g_unichar_to_utf8(c, nullptr));
    if (malformed) {
      clean += "\uFFFD";
    } else if (breaks_line(c)) {
      clean += '\n';
      if (text.starts_with("\r\n")) text.remove_prefix(1);
    } else if (c == '\t' || g_unichar_iscntrl(c) == FALSE) {
      clean += text.substr(0, bytes);
    }
    text.remove_prefix(bytes);
  }
  return clean;
}

// Text as it is to be read, and what its markup asks for.
struct Source {
  std::string text;
  GlibPtr<PangoAttrList> attributes{pango_attr_list_new()};
  std::vector<std::string> families;  // that the markup names
  double font_size_max = 0;           // px
  double letter_spacing_max = 0;      // px, absolute
};

// Takes note of one attribute. False: it asks for more than the limits allow.
bool note_attribute(PangoAttribute* attribute, double& scale_max, Source& source) {
  const auto note_size = [&](int units, bool absolute) {
    constexpr double kPxPerPoint = 96.0 / 72.0;
    source.font_size_max = std::max(source.font_size_max, px(units) * (absolute ? 1 : kPxPerPoint));
  };
  constexpr int kShiftMax = static_cast<int>(limits::kFontSize.max) * PANGO_SCALE;
  constexpr int kSpacingMax = static_cast<int>(limits::kLetterSpacing.max) * PANGO_SCALE;
  if (const auto* font = pango_attribute_as_font_desc(attribute)) {
    if (const char* family = pango_font_description_get_family(font->desc)) {
      source.families.emplace_back(family);
    }
    note_size(pango_font_description_get_size(font->desc),
              pango_font_description_get_size_is_absolute(font->desc) == TRUE);
  } else if (const auto* size = pango_attribute_as_size(attribute)) {
    note_size(size->size, size->absolute != 0);
  } else if (const auto* text = pango_attribute_as_string(attribute)) {
    if (attribute->klass->type == PANGO_ATTR_FAMILY) source.families.emplace_back(text->value);
  } else if (const auto* real = pango_attribute_as_float(attribute)) {
    if (attribute->klass->type != PANGO_ATTR_SCALE) return std::isfinite(real->value);
    scale_max = std::max(scale_max, real->value);
    return real->value >= 0;  // refuses NaN
  } else if (const auto* number = pango_attribute_as_int(attribute)) {
    const PangoAttrType type = attribute->klass->type;
    if (type == PANGO_ATTR_LETTER_SPACING) {
      source.letter_spacing_max = std::max(source.letter_spacing_max, std::abs(px(number->value)));
      return number->value >= -kSpacingMax && number->value <= kSpacingMax;
    }
    if (type == PANGO_ATTR_RISE || type == PANGO_ATTR_BASELINE_SHIFT) {
      return number->value >= -kShiftMax && number->value <= kShiftMax;
    }
  }
  return true;
}

base::Result<void> note_attributes(Source& source) {
  double scale_max = 1;
  bool within_limits = true;
  GSList* attributes = pango_attr_list_get_attributes(source.attributes.get());
  for (const GSList* item = attributes; item != nullptr; item = item->next) {
    auto* attribute = static_cast<PangoAttribute*>(item->data);
    within_limits = note_attribute(attribute, scale_max, source) && within_limits;
  }
  g_slist_free_full(attributes, [](gpointer attribute) {
    pango_attribute_destroy(static_cast<PangoAttribute*>(attribute));
  });
  source.font_size_max *= scale_max;
  if (within_limits && source.font_size_max <= limits::kFontSize.max) return {};
  return error(base::ErrorCode::kLimit,
               "the markup asks for a size, spacing or shift beyond " +
                   std::to_string(static_cast<int>(limits::kFontSize.max)) + " px");
}

base::Result<Source> read_source(const scene::TextContent& content, std::string_view text) {
  Source source;
  source.font_size_max = content.style.font_size;
  source.letter_spacing_max = std::abs(content.style.letter_spacing);
  source.text = cleaned(text);
  if (content.markup) {
    PangoAttrList* attributes = nullptr;
    char* plain = nullptr;
    GError* failure = nullptr;
    if (pango_parse_markup(source.text.data(), static_cast<int>(source.text.size()), 0, &attributes,
                           &plain, nullptr, &failure) == FALSE) {
      const GlibPtr<GError> owned(failure);
      return error(base::ErrorCode::kInvalidInput, std::string("bad markup: ") + failure->message);
    }
    source.attributes.reset(attributes);
    source.text = GlibPtr<char>(plain).get();
    TRY_DO(note_attributes(source));
  }
  if (source.text.ends_with('\n')) source.text.pop_back();
  return source;
}

// ---- Lines --------------------------------------------------------------------------------------

struct Extent {
  double above;  // the baseline, px
  double below;
};

struct Line {
  PangoLayoutLine* line;  // owned by its layout
  double width;
  bool right_to_left;
  Extent extent;
  double x = 0;  // in the layer box
  double baseline = 0;
};

struct Lines {
  std::vector<GlibPtr<PangoLayout>> layouts;
  std::vector<Line> lines;
  bool wrapped = false;
  double width() const {
    double widest = 0;
    for (const Line& line : lines) widest = std::max(widest, line.width);
    return widest;
  }
  double height() const {
    double total = 0;
    for (const Line& line : lines) total += line.extent.above + line.extent.below;
    return total;
  }
};

bool draws_in_color(PangoFont* font) {
  FcBool color = FcFalse;
  return font != nullptr && PANGO_IS_FC_FONT(font) &&
         FcPatternGetBool(pango_fc_font_get_pattern(PANGO_FC_FONT(font)), FC_COLOR, 0, &color) ==
             FcResultMatch &&
         color == FcTrue;
}

/// Shapes and breaks a source into lines, one paragraph after another: Pango counts the lines it
/// may make per paragraph, and max_lines is for the whole text.
class LineMaker {
 public:
  LineMaker(const scene::TextContent& content, const Source& source, const FontChoice& fonts,
            std::optional<double> wrap_width)
      : style_(content.style),
        source_(source),
        context_(fonts.context),
        wrap_width_(wrap_width),
        font_(pango_font_description_new()),
        style_attributes_(pango_attr_list_new()) {
    pango_font_description_set_family(font_.get(), fonts.families.c_str());
    pango_font_description_set_absolute_size(font_.get(), style_.font_size * PANGO_SCALE);
    pango_font_description_set_weight(font_.get(), static_cast<PangoWeight>(style_.font_weight));
    pango_font_description_set_style(font_.get(), pango_style());
    add_to_all(pango_attr_fallback_new(TRUE));
    if (style_.letter_spacing != 0) {
      add_to_all(pango_attr_letter_spacing_new(pango_units(style_.letter_spacing)));
    }
    if (changes_with_time(scene::parse_placeholders(content.text).parts)) {
      add_to_all(pango_attr_font_features_new("tnum"));
    }
    const GlibPtr<PangoFont> first_font(pango_context_load_font(context_, font_.get()));
    if (first_font != nullptr) metrics_.reset(pango_font_get_metrics(first_font.get(), nullptr));
  }

  base::Result<Lines> make() {
    Lines lines;
    size_t start = 0;
    while (true) {
      const size_t end = std::min(source_.text.find('\n', start), source_.text.size());
      TRY_DO(add_paragraph(start, end, lines));
      if (end == source_.text.size() || full(lines)) break;
      start = end + 1;
    }
    return lines;
  }

 private:
  PangoStyle pango_style() const {
    switch (style_.font_style) {
      case scene::FontStyle::kItalic:
        return PANGO_STYLE_ITALIC;
      case scene::FontStyle::kOblique:
        return PANGO_STYLE_OBLIQUE;
      case scene::FontStyle::kNormal:
        break;
    }
    return PANGO_STYLE_NORMAL;
  }

  void add_to_all(PangoAttribute* attribute) {
    pango_attr_list_insert(style_attributes_.get(), attribute);
  }

  bool full(const Lines& lines) const {
    return style_.max_lines.has_value() &&
           lines.lines.size() >= static_cast<size_t>(*style_.max_lines);
  }

  base::Result<void> add_paragraph(size_t start, size_t end, Lines& lines) {
    std::string text = source_.text.substr(start, end - start);
    const auto characters =
        static_cast<double>(g_utf8_strlen(text.data(), static_cast<gssize>(text.size())));
    // No common glyph is wider than two ems.
    if (characters * (2 * source_.font_size_max + source_.letter_spacing_max) > kLineWidthMax) {
      return too_large();
    }
    GlibPtr<PangoLayout> layout = make_layout(text, start);
    int count = pango_layout_get_line_count(layout.get());
    if (style_.max_lines.has_value()) {
      const int left = *style_.max_lines - static_cast<int>(lines.lines.size());
      const bool more_follows = end < source_.text.size();
      const bool cut = count > left || (count == left && more_follows);
      if (cut && style_.ellipsis) {
        if (count == left) layout = make_layout(text + "…", start);
        pango_layout_set_ellipsize(layout.get(), PANGO_ELLIPSIZE_END);
        pango_layout_set_height(layout.get(), -left);
        count = pango_layout_get_line_count(layout.get());
      }
      count = std::min(count, left);
    }
    lines.wrapped |= count > 1;
    const GSList* item = pango_layout_get_lines_readonly(layout.get());
    for (int i = 0; i < count && item != nullptr; ++i, item = item->next) {
      TRY_DO(add_line(static_cast<PangoLayoutLine*>(item->data), lines));
    }
    lines.layouts.push_back(std::move(layout));
    return {};
  }

  GlibPtr<PangoLayout> make_layout(const std::string& text, size_t start) const {
    GlibPtr<PangoLayout> layout(pango_layout_new(context_));
    pango_layout_set_font_description(layout.get(), font_.get());
    pango_layout_set_wrap(layout.get(), PANGO_WRAP_WORD_CHAR);
    pango_layout_set_justify(layout.get(),
                             style_.text_align == scene::TextAlign::kJustify ? TRUE : FALSE);
    if (wrap_width_.has_value()) {
      pango_layout_set_width(layout.get(),
                             pango_units(std::clamp(*wrap_width_, 0.0, kLineWidthMax)));
    }
    pango_layout_set_text(layout.get(), text.data(), static_cast<int>(text.size()));
    // The style's attributes go under the markup's: of two that overlap, the later one holds.
    const GlibPtr<PangoAttrList> attributes(pango_attr_list_copy(style_attributes_.get()));
    const GlibPtr<PangoAttrList> of_paragraph(pango_attr_list_copy(source_.attributes.get()));
    pango_attr_list_update(of_paragraph.get(), 0, static_cast<int>(start), 0);
    pango_attr_list_splice(attributes.get(), of_paragraph.get(), 0, 0);
    pango_layout_set_attributes(layout.get(), attributes.get());
    return layout;
  }

  base::Result<void> add_line(PangoLayoutLine* line, Lines& lines) {
    PangoRectangle logical;
    pango_layout_line_get_extents(line, nullptr, &logical);
    const double width = px(logical.width);
    if (!(width >= 0 && width <= kLineWidthMax)) return too_large();
    const bool right_to_left =
        pango_layout_line_get_resolved_direction(line) == PANGO_DIRECTION_RTL;
    lines.lines.push_back({line, width, right_to_left, extent_of(line)});
    // Stops early: nothing of this could be drawn.
    height_ += lines.lines.back().extent.above + lines.lines.back().extent.below;
    if (height_ > kLineWidthMax) return too_large();
    return {};
  }

  // As CSS makes a line box: the largest of the boxes of the text's own font and of every run's.
  Extent extent_of(PangoLayoutLine* line) const {
    Extent extent = extent_at(style_.font_size);
    for (const GSList* item = line->runs; item != nullptr; item = item->next) {
      const auto* run = static_cast<const PangoLayoutRun*>(item->data);
      PangoFont* font = run->item->analysis.font;
      // A bitmap font's size is that of its bitmaps.
      if (font == nullptr || draws_in_color(font)) continue;
      const GlibPtr<PangoFontDescription> description(pango_font_describe_with_absolute_size(font));
      const Extent of_run = extent_at(px(pango_font_description_get_size(description.get())));
      const double rise = px(run->y_offset);
      extent.above = std::max(extent.above, of_run.above + rise);
      extent.below = std::max(extent.below, of_run.below - rise);
    }
    return extent;
  }

  Extent extent_at(double font_size) const {
    if (metrics_ == nullptr) return {font_size, 0};
    const double scale = font_size / style_.font_size;
    const double ascent = px(pango_font_metrics_get_ascent(metrics_.get())) * scale;
    const double descent = px(pango_font_metrics_get_descent(metrics_.get())) * scale;
    if (style_.line_height.has_value()) {
      const double half_leading = (*style_.line_height * font_size - ascent - descent) / 2;
      return {ascent + half_leading, descent + half_leading};
    }
    const double height = px(pango_font_metrics_get_height(metrics_.get())) * scale;
    const double half_gap = std::max(0.0, std::round(height - ascent - descent)) / 2;
    return {std::round(ascent) + half_gap, std::round(descent) + half_gap};
  }

  const scene::TextStyle& style_;
  const Source& source_;
  PangoContext* context_;
  std::optional<double> wrap_width_;
  GlibPtr<PangoFontDescription> font_;
  GlibPtr<PangoAttrList> style_attributes_;
  GlibPtr<PangoFontMetrics> metrics_;
  double height_ = 0;
};

// How much of a line's free space goes to its left.
double left_share(scene::TextAlign align, bool right_to_left) {
  switch (align) {
    case scene::TextAlign::kLeft:
      return 0;
    case scene::TextAlign::kRight:
      return 1;
    case scene::TextAlign::kCenter:
      return 0.5;
    case scene::TextAlign::kEnd:
      return right_to_left ? 0 : 1;
    case scene::TextAlign::kStart:
    case scene::TextAlign::kJustify:
      break;
  }
  return right_to_left ? 1 : 0;
}

// Gives each line its place. What does not fit overflows at the line's end.
void place(Lines& lines, const scene::TextStyle& style, double content_width) {
  double top = style.padding.top;
  for (Line& line : lines.lines) {
    const double free_space = content_width - line.width;
    const double share = free_space >= 0 ? left_share(style.text_align, line.right_to_left)
                                         : (line.right_to_left ? 1 : 0);
    line.x = style.padding.left + free_space * share;
    line.baseline = std::round(top + line.extent.above);
    top += line.extent.above + line.extent.below;
  }
}

// ---- Marks: what the lines put on paper
// ----------------------------------------------------------

struct Rgba {
  double red, green, blue, alpha;  // 0..1, straight
  bool operator==(const Rgba&) const = default;
};

Rgba rgba(base::Color color) {
  return {color.red / 255.0, color.green / 255.0, color.blue / 255.0, color.alpha / 255.0};
}

// A run of glyphs, or a bar (underline, strikethrough, background).
struct Mark {
  GlibPtr<PangoFont> font;
  GlibPtr<PangoGlyphString> glyphs;  // nullptr: a bar
  base::RectF bar;
  double x = 0;  // of the glyphs' start on the baseline
  double y = 0;
  bool in_color = false;
  bool behind = false;
  std::optional<Rgba> color;    // instead of the style's; its alpha holds
  std::optional<double> alpha;  // with the style's colour
};

// Pango's own way from a line to glyphs and bars, with colours resolved: a renderer that keeps
// them.
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

// ---- Ink ----------------------------------------------------------------------------------------

// The four corners' arcs are cairo's, within 1/1000 of the radius.
void add_rounded_rectangle(cairo_t* cairo, const base::RectF& rect, double radius) {
  constexpr double kQuarter = std::numbers::pi / 2;
  const double r = std::clamp(radius, 0.0, std::min(rect.width(), rect.height()) / 2);
  if (r == 0) {
    cairo_rectangle(cairo, rect.left, rect.top, rect.width(), rect.height());
    return;
  }
  cairo_new_sub_path(cairo);
  cairo_arc(cairo, rect.right - r, rect.top + r, r, -kQuarter, 0);
  cairo_arc(cairo, rect.right - r, rect.bottom - r, r, 0, kQuarter);
  cairo_arc(cairo, rect.left + r, rect.bottom - r, r, kQuarter, 2 * kQuarter);
  cairo_arc(cairo, rect.left + r, rect.top + r, r, 2 * kQuarter, 3 * kQuarter);
  cairo_close_path(cairo);
}

// Cairo rounds what it premultiplies down: it is given colours that come out as the nearest pixel.
void set_source(cairo_t* cairo, const Rgba& color) {
  const double alpha = std::round(color.alpha * 255);
  const auto nearest = [alpha](double part) {
    return alpha == 0 ? 0 : std::round(part * alpha) / alpha;
  };
  cairo_set_source_rgba(cairo, nearest(color.red), nearest(color.green), nearest(color.blue),
                        alpha / 255);
}

base::RectF united(const std::optional<base::RectF>& a, const base::RectF& b) {
  if (!a.has_value()) return b;
  return {std::min(a->left, b.left), std::min(a->top, b.top), std::max(a->right, b.right),
          std::max(a->bottom, b.bottom)};
}

base::RectF grown(const base::RectF& rect, double by) {
  return {rect.left - by, rect.top - by, rect.right + by, rect.bottom + by};
}

/// Draws marks in a style.
class Ink {
 public:
  Ink(const scene::TextStyle& style, std::vector<Mark> marks, const base::RectF& gradient_box)
      : style_(style), marks_(std::move(marks)) {
    if (style.gradient.has_value()) {
      gradient_.reset(make_gradient_pattern(*style.gradient, gradient_box));
    }
  }

  bool has_color_glyphs() const {
    return std::ranges::any_of(marks_, [](const Mark& mark) { return mark.in_color; });
  }

  // Around stroke and fill; absent when there is neither.
  std::optional<base::RectF> bounds() const {
    // Without edges: cairo leaves out glyphs that lie far outside a surface.
    const CairoSurface surface(cairo_recording_surface_create(CAIRO_CONTENT_ALPHA, nullptr));
    const CairoContext cairo(cairo_create(surface.get()));
    std::optional<base::RectF> bounds;
    for (const Mark& mark : marks_) {
      if (mark.in_color) bounds = united(bounds, color_bounds(mark));
    }
    add_all_outlines(cairo.get());
    base::RectF outline;
    cairo_path_extents(cairo.get(), &outline.left, &outline.top, &outline.right, &outline.bottom);
    const double reach = has_stroke() ? style_.stroke->width / 2 : 0;
    if (outline.width() > 0 || outline.height() > 0) bounds = united(bounds, grown(outline, reach));
    return bounds;
  }

  std::optional<base::RectF> backgrounds_bounds() const {
    std::optional<base::RectF> bounds;
    for (const Mark& mark : marks_) {
      if (mark.behind) bounds = united(bounds, mark.bar);
    }
    return bounds;
  }

  void draw_backgrounds(cairo_t* cairo) const {
    for (const Mark& mark : marks_) {
      if (!mark.behind || !mark.color.has_value()) continue;
      set_source(cairo, *mark.color);
      add_outline(cairo, mark);
      cairo_fill(cairo);
    }
  }

  void draw(cairo_t* cairo) const {
    if (has_stroke()) {
      add_all_outlines(cairo);
      set_stroke(cairo);
      set_source(cairo, rgba(style_.stroke->color));
      cairo_stroke(cairo);
    }
    // Marks of one paint are filled as one shape, so that translucent ones do not add up.
    for (size_t i = 0; i < marks_.size(); ++i) {
      const Mark& mark = marks_[i];
      if (mark.behind) continue;
      if (mark.in_color) {
        draw_in_color(cairo, mark);
        continue;
      }
      add_outline(cairo, mark);
      const bool goes_on = i + 1 < marks_.size() && !marks_[i + 1].behind &&
                           !marks_[i + 1].in_color && marks_[i + 1].color == mark.color &&
                           marks_[i + 1].alpha == mark.alpha;
      if (!goes_on) fill(cairo, mark);
    }
  }

  // Stroke and fill as an opaque shape, whatever their colours: what casts a shadow in CSS.
  void draw_shape(cairo_t* cairo) const {
    cairo_set_source_rgba(cairo, 0, 0, 0, 1);
    add_all_outlines(cairo);
    cairo_fill_preserve(cairo);
    if (has_stroke()) {
      set_stroke(cairo);
      cairo_stroke_preserve(cairo);
    }
    cairo_new_path(cairo);
    for (const Mark& mark : marks_) {
      if (mark.in_color) show_in_color(cairo, mark);
    }
  }

 private:
  bool has_stroke() const {
    return style_.stroke.has_value() && style_.stroke->width > 0 && style_.stroke->color.alpha > 0;
  }

  // Glyphs are drawn as outlines, not from cairo's glyph cache: that would put each at a whole
  // pixel and space letters unevenly.
  static void add_outline(cairo_t* cairo, const Mark& mark) {
    if (mark.glyphs == nullptr) {
      cairo_rectangle(cairo, mark.bar.left, mark.bar.top, mark.bar.width(), mark.bar.height());
      return;
    }
    cairo_move_to(cairo, mark.x, mark.y);
    pango_cairo_glyph_string_path(cairo, mark.font.get(), mark.glyphs.get());
    cairo_new_sub_path(cairo);
  }

  void add_all_outlines(cairo_t* cairo) const {
    for (const Mark& mark : marks_) {
      if (!mark.behind && !mark.in_color) add_outline(cairo, mark);
    }
  }

  void set_stroke(cairo_t* cairo) const {
    cairo_set_line_width(cairo, style_.stroke->width);
    cairo_set_line_join(cairo, CAIRO_LINE_JOIN_ROUND);
    cairo_set_line_cap(cairo, CAIRO_LINE_CAP_ROUND);
  }

  static base::RectF color_bounds(const Mark& mark) {
    PangoRectangle ink;
    pango_glyph_string_extents(mark.glyphs.get(), mark.font.get(), &ink, nullptr);
    // Bitmaps go to whole pixels, and their edges are filtered.
    return grown({mark.x + px(ink.x), mark.y + px(ink.y), mark.x + px(ink.x) + px(ink.width),
                  mark.y + px(ink.y) + px(ink.height)},
                 2);
  }

  void draw_in_color(cairo_t* cairo, const Mark& mark) const {
    const double style_alpha = gradient_ != nullptr ? 1 : rgba(style_.color).alpha;
    const double alpha =
        mark.color.has_value() ? mark.color->alpha : mark.alpha.value_or(style_alpha);
    if (alpha >= 1) {
      show_in_color(cairo, mark);
      return;
    }
    cairo_push_group(cairo);
    show_in_color(cairo, mark);
    cairo_pop_group_to_source(cairo);
    cairo_paint_with_alpha(cairo, alpha);
  }

  static void show_in_color(cairo_t* cairo, const Mark& mark) {
    cairo_set_source_rgba(cairo, 0, 0, 0, 1);
    cairo_move_to(cairo, mark.x, mark.y);
    pango_cairo_show_glyph_string(cairo, mark.font.get(), mark.glyphs.get());
    cairo_new_path(cairo);
  }

  void fill(cairo_t* cairo, const Mark& mark) const {
    if (mark.color.has_value()) {
      set_source(cairo, *mark.color);
      cairo_fill(cairo);
      return;
    }
    if (gradient_ == nullptr) {
      Rgba color = rgba(style_.color);
      color.alpha = mark.alpha.value_or(color.alpha);
      set_source(cairo, color);
      cairo_fill(cairo);
      return;
    }
    cairo_set_source(cairo, gradient_.get());
    if (!mark.alpha.has_value()) {
      cairo_fill(cairo);
      return;
    }
    cairo_save(cairo);
    cairo_clip(cairo);
    cairo_paint_with_alpha(cairo, *mark.alpha);
    cairo_restore(cairo);
  }

  const scene::TextStyle& style_;
  std::vector<Mark> marks_;
  CairoPattern gradient_;
};

// ---- Shadow -------------------------------------------------------------------------------------

constexpr int kBlurPasses = 3;

/// One pass of a box blur whose outermost weights are fractions, so that every standard deviation
/// is met. Three of them are as good as a Gaussian. All in integers after the weights, and those
/// from one square root: the same bytes everywhere.
/// Source: Gwosdek, Grewenig, Bruhn, Weickert, "Theoretical Foundations of Gaussian Convolution by
/// Extended Box Filtering" (2011), equation 9.
struct BoxBlur {
  int radius = 0;          // of the weights that are whole
  uint32_t inner = 65536;  // weights in 1/65536
  uint32_t outer = 0;

  explicit BoxBlur(double deviation) {
    const double variance = deviation * deviation / kBlurPasses;
    radius = static_cast<int>((std::sqrt(12 * variance + 1) - 1) / 2);
    const double l = radius;
    const double fraction =
        (2 * l + 1) * (l * (l + 1) - 3 * variance) / (6 * (variance - (l + 1) * (l + 1)));
    const auto whole = static_cast<uint32_t>(2 * radius + 1);
    inner = static_cast<uint32_t>(65536 / (2 * l + 1 + 2 * std::clamp(fraction, 0.0, 1.0)));
    inner -= whole * inner % 2;  // so that the two outer weights are equal
    outer = (65536 - whole * inner) / 2;
  }

  int reach() const { return radius + 1; }

  // `line` has reach() zeros more at both ends than there are results.
  void run(const std::vector<uint16_t>& line, std::vector<uint16_t>& result) const {
    const auto r = static_cast<size_t>(radius);
    uint64_t sum = 0;
    for (size_t i = 1; i <= 2 * r + 1; ++i) sum += line[i];
    for (size_t i = 0; i < result.size(); ++i) {
      const uint64_t ends = uint64_t{line[i]} + line[i + 2 * r + 2];
      result[i] = static_cast<uint16_t>((inner * sum + outer * ends + 32768) >> 16);
      sum += line[i + 2 * r + 2];
      sum -= line[i + 1];
    }
  }
};

// Coverage in 1/256 levels, rows packed.
struct Coverage {
  base::SizeI size;
  std::vector<uint16_t> values;
};

// Each row blurred, and the whole turned over its diagonal; twice gives a blurred picture.
Coverage blurred_and_transposed(const Coverage& source, const BoxBlur& blur) {
  const auto width = static_cast<size_t>(source.size.width);
  const auto height = static_cast<size_t>(source.size.height);
  const auto reach = static_cast<size_t>(blur.reach());
  Coverage turned{{source.size.height, source.size.width},
                  std::vector<uint16_t>(source.values.size())};
  std::vector<uint16_t> line(width + 2 * reach);
  std::vector<uint16_t> result(width);
  for (size_t y = 0; y < height; ++y) {
    std::copy_n(source.values.begin() + static_cast<ptrdiff_t>(y * width), width, result.begin());
    for (int pass = 0; pass < kBlurPasses; ++pass) {
      std::ranges::copy(result, line.begin() + static_cast<ptrdiff_t>(reach));
      blur.run(line, result);
    }
    for (size_t x = 0; x < width; ++x) turned.values[x * height + y] = result[x];
  }
  return turned;
}

void blur_in_place(cairo_surface_t* mask, double deviation) {
  cairo_surface_flush(mask);
  unsigned char* pixels = cairo_image_surface_get_data(mask);
  const ptrdiff_t row_bytes = cairo_image_surface_get_stride(mask);
  Coverage coverage{{cairo_image_surface_get_width(mask), cairo_image_surface_get_height(mask)},
                    {}};
  coverage.values.reserve(static_cast<size_t>(coverage.size.area()));
  for (int y = 0; y < coverage.size.height; ++y) {
    for (int x = 0; x < coverage.size.width; ++x) {
      coverage.values.push_back(static_cast<uint16_t>(pixels[y * row_bytes + x] << 8));
    }
  }
  const BoxBlur blur(deviation);
  coverage = blurred_and_transposed(blurred_and_transposed(coverage, blur), blur);
  size_t index = 0;
  for (int y = 0; y < coverage.size.height; ++y) {
    for (int x = 0; x < coverage.size.width; ++x) {
      pixels[y * row_bytes + x] = static_cast<unsigned char>((coverage.values[index++] + 128) >> 8);
    }
  }
  cairo_surface_mark_dirty(mask);
}

bool has_shadow(const scene::TextStyle& style) {
  return style.shadow.has_value() && style.shadow->color.alpha > 0;
}

// How far a shadow's blur reaches.
double reach_of(const scene::Shadow& shadow) {
  return shadow.blur > 0 ? kBlurPasses * BoxBlur(shadow.blur / 2).reach() : 0;
}

base::RectF shadow_bounds(const scene::Shadow& shadow, const base::RectF& ink) {
  return grown({ink.left + shadow.offset.x, ink.top + shadow.offset.y, ink.right + shadow.offset.x,
                ink.bottom + shadow.offset.y},
               reach_of(shadow));
}

// ---- Picture ------------------------------------------------------------------------------------

// The next even number of pixels: so a text anchored at its centre still lies on whole pixels, and
// stays sharp.
double even_length(double length) { return std::max(2.0, 2 * std::ceil(length / 2)); }

// The whole pixels that `rect` touches, at least one; absent beyond the limits.
std::optional<base::RectI> pixels_of(const base::RectF& rect) {
  const double left = std::floor(rect.left);
  const double top = std::floor(rect.top);
  const double width = std::max(1.0, std::ceil(rect.right) - left);
  const double height = std::max(1.0, std::ceil(rect.bottom) - top);
  constexpr double kPlaceMax = 1e8;
  const bool within = std::abs(left) <= kPlaceMax && std::abs(top) <= kPlaceMax &&
                      width <= limits::kPictureSideMax && height <= limits::kPictureSideMax &&
                      width * height <= static_cast<double>(limits::kPicturePixelsMax);
  if (!within) return std::nullopt;
  return base::RectI{static_cast<int>(left), static_cast<int>(top), static_cast<int>(left + width),
                     static_cast<int>(top + height)};
}

void draw_shadow(cairo_t* cairo, const scene::Shadow& shadow, const Ink& ink,
                 const base::RectI& area) {
  const CairoSurface mask(cairo_image_surface_create(CAIRO_FORMAT_A8, area.width(), area.height()));
  LAYERCAST_CHECK(cairo_surface_status(mask.get()) == CAIRO_STATUS_SUCCESS);
  const CairoContext on_mask(cairo_create(mask.get()));
  cairo_translate(on_mask.get(), shadow.offset.x - area.left, shadow.offset.y - area.top);
  ink.draw_shape(on_mask.get());
  if (shadow.blur > 0) blur_in_place(mask.get(), shadow.blur / 2);
  set_source(cairo, rgba(shadow.color));
  cairo_mask_surface(cairo, mask.get(), area.left, area.top);
}

// Filtering a bitmap can overshoot.
void restore_premultiplied(frame::ImageView<frame::PremulRgba8> view) {
  for (int y = 0; y < view.height(); ++y) {
    for (int x = 0; x < view.width(); ++x) {
      frame::PremulRgba8& pixel = view.at(x, y);
      pixel.red = std::min(pixel.red, pixel.alpha);
      pixel.green = std::min(pixel.green, pixel.alpha);
      pixel.blue = std::min(pixel.blue, pixel.alpha);
    }
  }
}

base::Result<Raster> draw(const scene::TextStyle& style, const Ink& ink, base::SizeF box) {
  const base::RectF box_rect{0, 0, box.width, box.height};
  const bool has_background = style.background_color.alpha > 0;
  std::optional<base::RectF> bounds = ink.backgrounds_bounds();
  if (has_background) bounds = united(bounds, box_rect);
  const auto ink_bounds = ink.bounds();
  std::optional<base::RectI> shadow_area;
  if (ink_bounds.has_value()) {
    bounds = united(bounds, *ink_bounds);
    if (has_shadow(style)) {
      const base::RectF shadow = shadow_bounds(*style.shadow, *ink_bounds);
      shadow_area = pixels_of(shadow);
      if (!shadow_area.has_value()) return too_large();
      bounds = united(bounds, shadow);
    }
  }
  const auto area = pixels_of(bounds.value_or(base::RectF{}));
  if (!area.has_value()) return too_large();

  const CairoSurface surface = make_surface({area->width(), area->height()});
  const CairoContext cairo(cairo_create(surface.get()));
  cairo_translate(cairo.get(), -area->left, -area->top);
  if (has_background) {
    set_source(cairo.get(), rgba(style.background_color));
    add_rounded_rectangle(cairo.get(), box_rect, style.border_radius);
    cairo_fill(cairo.get());
  }
  ink.draw_backgrounds(cairo.get());
  if (shadow_area.has_value()) draw_shadow(cairo.get(), *style.shadow, ink, *shadow_area);
  ink.draw(cairo.get());
  if (const cairo_status_t status = cairo_status(cairo.get()); status != CAIRO_STATUS_SUCCESS) {
    return error(base::ErrorCode::kInternal,
                 std::string("the text cannot be drawn: ") + cairo_status_to_string(status));
  }
  auto image = image_from_surface(surface.get());
  if (ink.has_color_glyphs()) restore_premultiplied(image.view());
  return Raster{std::make_shared<const frame::Picture>(
                    std::move(image),
                    base::PointF{static_cast<double>(area->left), static_cast<double>(area->top)}),
                box};
}

}  // namespace

base::Result<Raster> rasterise_text(const scene::TextContent& content, std::string_view text,
                                    std::optional<base::SizeF> box, FontLibrary& fonts) {
  const scene::TextStyle& style = content.style;
  const scene::Insets& padding = style.padding;
  TRY(const Source source, read_source(content, text));
  FontLibrary::Use use(fonts);
  TRY(const FontChoice choice,
      use.choose({style.font_family, style.font_file.value_or(""), source.families}));

  std::optional<double> wrap_width = style.max_width;
  if (box.has_value()) {
    const double inside = std::max(0.0, box->width - padding.left - padding.right);
    wrap_width = std::min(inside, style.max_width.value_or(inside));
  }
  TRY(Lines lines, LineMaker(content, source, choice, wrap_width).make());

  const bool fills_width = style.text_align == scene::TextAlign::kJustify && lines.wrapped;
  const double text_width = fills_width ? wrap_width.value_or(lines.width()) : lines.width();
  const base::SizeF size =
      box.value_or(base::SizeF{even_length(text_width + padding.left + padding.right),
                               even_length(lines.height() + padding.top + padding.bottom)});
  if (size.width > limits::kPictureSideMax || size.height > limits::kPictureSideMax) {
    return too_large();
  }
  place(lines, style, size.width - padding.left - padding.right);

  base::RectF text_box{padding.left, padding.top, padding.left, padding.top + lines.height()};
  if (!lines.lines.empty()) {
    text_box.left = std::ranges::min(lines.lines, {}, &Line::x).x;
    for (const Line& line : lines.lines) {
      text_box.right = std::max(text_box.right, line.x + line.width);
    }
  }
  return draw(style, Ink(style, marks_of(lines), text_box), size);
}

void paint_over(const frame::Picture& picture, base::PointF position,
                frame::ImageView<frame::PremulRgba8> target) {
  const auto source = picture.view();
  const auto left = static_cast<int>(std::lround(position.x + picture.origin().x));
  const auto top = static_cast<int>(std::lround(position.y + picture.origin().y));
  const base::RectI area =
      base::intersection({0, 0, target.width(), target.height()},
                         {left, top, left + source.width(), top + source.height()});
  for (int y = area.top; y < area.bottom; ++y) {
    for (int x = area.left; x < area.right; ++x) {
      frame::PremulRgba8& below = target.at(x, y);
      below = frame::over(source.at(x - left, y - top), below);
    }
  }
}

}  // namespace layercast::content
