#include "content/text/text_layout.h"

#include "scene/model/limits.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <pango/pangofc-font.h>
#include <string>
#include <string_view>
#include <utility>

namespace layercast::content {
namespace {

/// Shapes the source and breaks it into lines. Works paragraph by paragraph, because Pango limits
/// the lines of each paragraph, but max_lines applies to the whole text.
class LineMaker {
 public:
  LineMaker(const scene::TextContent& content, const TextSource& source, const FontChoice& fonts,
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
      return text_too_large();
    }
    GlibPtr<PangoLayout> layout = make_layout(text, start);
    int count = pango_layout_get_line_count(layout.get());
    lines.wrapped |= count > 1;
    if (style_.max_lines.has_value()) {
      const int left = *style_.max_lines - static_cast<int>(lines.lines.size());
      const bool more_follows = end < source_.text.size();
      const bool cut = count > left || (count == left && more_follows);
      if (cut && style_.ellipsis) {
        layout = make_layout(until_line_end(text, layout.get(), left) + "…", start);
        pango_layout_set_ellipsize(layout.get(), PANGO_ELLIPSIZE_END);
        pango_layout_set_height(layout.get(), -left);
        count = pango_layout_get_line_count(layout.get());
      }
      count = std::min(count, left);
    }
    GlibPtr<PangoLayout> ragged(pango_layout_copy(layout.get()));
    pango_layout_set_justify(ragged.get(), FALSE);
    const int last = pango_layout_get_line_count(layout.get()) - 1;
    for (int i = 0; i < count; ++i) {
      PangoLayoutLine* line = pango_layout_get_line_readonly(layout.get(), i);
      if (line == nullptr) break;
      if (i > 0 && has_only_spaces(line)) continue;
      const bool is_ragged = is_justified() && !can_be_justified(line);
      if (is_ragged) line = pango_layout_get_line_readonly(ragged.get(), i);
      TRY_DO(add_line(line, hanging_spaces(line, i > 0, i < last), lines));
    }
    lines.layouts.push_back(std::move(layout));
    if (is_justified()) lines.layouts.push_back(std::move(ragged));
    return {};
  }

  bool is_justified() const { return style_.text_align == scene::TextAlign::kJustify; }

  // Pango would letter-space a single word, which CSS does not; both letter-space ideographs.
  static bool can_be_justified(PangoLayoutLine* line) {
    const char* text = pango_layout_get_text(line->layout) + line->start_index;
    std::string_view shown(text, static_cast<size_t>(line->length));
    while (shown.ends_with(' ')) shown.remove_suffix(1);
    for (const char* at = shown.data(); at < shown.data() + shown.size();
         at = g_utf8_next_char(at)) {
      const gunichar c = g_utf8_get_char(at);
      if (g_unichar_isspace(c) == TRUE || g_unichar_iswide(c) == TRUE) return true;
    }
    return false;
  }

  // The text before an ellipsis: lines break as they would without it, as in CSS line-clamp.
  static std::string until_line_end(const std::string& text, PangoLayout* layout, int line_count) {
    const PangoLayoutLine* last = pango_layout_get_line_readonly(layout, line_count - 1);
    if (last == nullptr) return text;
    const std::string kept =
        text.substr(0, static_cast<size_t>(last->start_index) + static_cast<size_t>(last->length));
    return kept.substr(0, kept.find_last_not_of(' ') + 1);
  }

  GlibPtr<PangoLayout> make_layout(const std::string& text, size_t start) const {
    GlibPtr<PangoLayout> layout(pango_layout_new(context_));
    pango_layout_set_font_description(layout.get(), font_.get());
    pango_layout_set_wrap(layout.get(), PANGO_WRAP_WORD_CHAR);
    pango_layout_set_justify(layout.get(), is_justified() ? TRUE : FALSE);
    if (wrap_width_.has_value()) {
      pango_layout_set_width(layout.get(),
                             pango_units(std::clamp(*wrap_width_, 0.0, kLineWidthMax)));
    }
    pango_layout_set_text(layout.get(), text.data(), static_cast<int>(text.size()));
    // Markup attributes come last, because of overlapping attributes the last one applies.
    const GlibPtr<PangoAttrList> attributes(pango_attr_list_copy(style_attributes_.get()));
    const GlibPtr<PangoAttrList> of_paragraph(pango_attr_list_copy(source_.attributes.get()));
    pango_attr_list_update(of_paragraph.get(), 0, static_cast<int>(start), 0);
    pango_attr_list_splice(attributes.get(), of_paragraph.get(), 0, 0);
    allow_only_soft_hyphens(text, attributes.get());
    pango_layout_set_attributes(layout.get(), attributes.get());
    return layout;
  }

  // Pango may insert a hyphen at any break inside a word; CSS does so only behind U+00AD (hyphens:
  // manual). Pango ignores the attribute at both ends of its range.
  static void allow_only_soft_hyphens(std::string_view text, PangoAttrList* attributes) {
    constexpr std::string_view kSoftHyphen = "\u00ad";
    size_t begin = 0;
    while (begin < text.size()) {
      const size_t found = text.find(kSoftHyphen, begin);
      const size_t end = found == std::string_view::npos ? text.size() : found + kSoftHyphen.size();
      PangoAttribute* attribute = pango_attr_insert_hyphens_new(FALSE);
      attribute->start_index = static_cast<guint>(begin);
      attribute->end_index = static_cast<guint>(end);
      pango_attr_list_insert(attributes, attribute);
      begin = end;
    }
  }

  static std::string_view text_of(PangoLayoutLine* line) {
    return {pango_layout_get_text(line->layout) + line->start_index,
            static_cast<size_t>(line->length)};
  }

  static bool has_only_spaces(PangoLayoutLine* line) {
    const std::string_view text = text_of(line);
    return !text.empty() && text.find_first_not_of(' ') == std::string_view::npos;
  }

  static bool is_right_to_left(PangoLayoutLine* line) {
    return pango_layout_line_get_resolved_direction(line) == PANGO_DIRECTION_RTL;
  }

  // The widths of the spaces at the start and the end of a line.
  struct Spaces {
    double before = 0;
    double after = 0;
  };

  // The spaces where the text wraps. CSS lets them hang (`white-space: pre-wrap`); Pango counts all
  // but the last one, and begins the next line with those that do not fit.
  static Spaces hanging_spaces(PangoLayoutLine* line, bool follows_wrap, bool precedes_wrap) {
    const std::string_view text = text_of(line);
    const size_t first = std::min(text.find_first_not_of(' '), text.size());
    const size_t end = text.find_last_not_of(' ') + 1;
    const auto x_of = [&](size_t index) {
      int x = 0;
      pango_layout_line_index_to_x(line, line->start_index + static_cast<int>(index), FALSE, &x);
      return px(x);
    };
    const auto distance = [&](size_t from, size_t to) { return std::abs(x_of(to) - x_of(from)); };
    Spaces spaces;
    if (follows_wrap && first > 0) spaces.before = distance(0, first);
    if (precedes_wrap && end < text.size()) spaces.after = distance(end, text.size());
    return spaces;
  }

  base::Result<void> add_line(PangoLayoutLine* line, const Spaces& hanging, Lines& lines) {
    PangoRectangle logical;
    pango_layout_line_get_extents(line, nullptr, &logical);
    // As in CSS, letter spacing also follows the last letter.
    const double spacing = logical.width > 0 ? style_.letter_spacing : 0;
    const double width =
        std::max(0.0, px(logical.width) + spacing - hanging.before - hanging.after);
    if (!(width <= kLineWidthMax)) return text_too_large();
    const bool right_to_left = is_right_to_left(line);
    const double lead = right_to_left ? spacing - hanging.after : -hanging.before;
    lines.lines.push_back({line, width, lead, right_to_left, extent_of(line)});
    // Stops early: a text of that height cannot be drawn.
    height_ += lines.lines.back().extent.above + lines.lines.back().extent.below;
    if (height_ > kLineWidthMax) return text_too_large();
    return {};
  }

  // As for a CSS line box: the maximum over the text's own font and all runs.
  Extent extent_of(PangoLayoutLine* line) const {
    Extent extent = extent_at(style_.font_size);
    for (const GSList* item = line->runs; item != nullptr; item = item->next) {
      const auto* run = static_cast<const PangoLayoutRun*>(item->data);
      PangoFont* font = run->item->analysis.font;
      // The size of a bitmap font is that of its bitmaps.
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
  const TextSource& source_;
  PangoContext* context_;
  std::optional<double> wrap_width_;
  GlibPtr<PangoFontDescription> font_;
  GlibPtr<PangoAttrList> style_attributes_;
  GlibPtr<PangoFontMetrics> metrics_;
  double height_ = 0;
};

// The share of a line's free space on its left.
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

// The share of the free space above the lines.
double upper_share(scene::VerticalAlign align) {
  switch (align) {
    case scene::VerticalAlign::kMiddle:
      return 0.5;
    case scene::VerticalAlign::kBottom:
      return 1;
    case scene::VerticalAlign::kTop:
      break;
  }
  return 0;
}

}  // namespace

bool draws_in_color(PangoFont* font) {
  FcBool color = FcFalse;
  return font != nullptr && PANGO_IS_FC_FONT(font) &&
         FcPatternGetBool(pango_fc_font_get_pattern(PANGO_FC_FONT(font)), FC_COLOR, 0, &color) ==
             FcResultMatch &&
         color == FcTrue;
}

base::Error text_too_large() {
  namespace limits = scene::limits;
  return base::over_limit("the text is too large to draw: a picture has at most " +
                          std::to_string(limits::kPictureSideMax) + " px a side and " +
                          std::to_string(limits::kPicturePixelsMax) + " in all");
}

base::Result<Lines> make_lines(const scene::TextContent& content, const TextSource& source,
                               const FontChoice& fonts, std::optional<double> wrap_width) {
  return LineMaker(content, source, fonts, wrap_width).make();
}

double place_lines(Lines& lines, const scene::TextStyle& style, base::SizeF content) {
  const double free_height = std::max(0.0, content.height - lines.height());
  const double first = style.padding.top + free_height * upper_share(style.vertical_align);
  double top = first;
  for (Line& line : lines.lines) {
    const double free_space = content.width - line.width;
    const double share = free_space >= 0 ? left_share(style.text_align, line.right_to_left)
                                         : (line.right_to_left ? 1 : 0);
    line.x = style.padding.left + free_space * share + line.lead;
    line.baseline = std::round(top + line.extent.above);
    top += line.extent.above + line.extent.below;
  }
  return first;
}

}  // namespace layercast::content
