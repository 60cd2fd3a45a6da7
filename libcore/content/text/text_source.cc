#include "content/text/text_source.h"

#include "scene/model/limits.h"
#include "scene/model/placeholder.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <utility>
#include <variant>

namespace layercast::content {
namespace {

namespace limits = scene::limits;

bool breaks_line(gunichar c) {
  return c == '\n' || c == '\r' || c == 0x85 || c == 0x2028 || c == 0x2029;
}

// `text` as well-formed UTF-8 whose only control characters are tabs and line feeds.
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

// Records the requirements of an attribute. False when it exceeds the limits.
bool note_attribute(PangoAttribute* attribute, double& scale_max, TextSource& source) {
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
    return real->value >= 0;  // false for NaN
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

base::Result<void> note_attributes(TextSource& source) {
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
  return base::over_limit("the markup asks for a size, spacing or shift beyond " +
                          std::to_string(static_cast<int>(limits::kFontSize.max)) + " px");
}

// Bytes from `begin` to before `end`.
struct Range {
  size_t begin;
  size_t end;
};

// The parts of `text`, the cleaned text of the content, that its placeholders have put there. The
// literal parts tell them apart; all of the text when one is not found.
std::vector<Range> placeholder_ranges(const scene::TextContent& content, std::string_view text) {
  const scene::TextParts parts = scene::parse_placeholders(content.text).parts;
  if (!changes_with_time(parts)) return {};
  std::vector<Range> ranges;
  std::optional<size_t> begin;
  size_t at = 0;
  for (const scene::TextPart& part : parts) {
    const auto* literal = std::get_if<std::string>(&part);
    if (literal == nullptr) {
      if (!begin) begin = at;
      continue;
    }
    const std::string words = cleaned(*literal);
    const size_t found = &part == &parts.back() ? text.rfind(words) : text.find(words, at);
    if (found == std::string_view::npos || found < at) return {{0, text.size()}};
    if (begin) ranges.push_back({*begin, found});
    begin.reset();
    at = found + words.size();
  }
  if (begin) ranges.push_back({*begin, text.size()});
  return ranges;
}

// Whether the byte at `offset` is inside a tag, such as in an attribute's value.
bool is_in_tag(std::string_view markup, size_t offset) {
  const std::string_view before = markup.substr(0, offset);
  const size_t open = before.rfind('<');
  return open != std::string_view::npos && before.find('>', open) == std::string_view::npos;
}

// Digits that change get equal widths, so that the text beside them stays where it is.
void even_digits_of_markup(const scene::TextContent& content, std::string& markup) {
  const std::vector<Range> ranges = placeholder_ranges(content, markup);
  for (size_t i = ranges.size(); i-- > 0;) {
    const auto [begin, end] = ranges[i];
    // The whole text may have tags, which a span must not cut.
    const bool has_tag = markup.find('<', begin) < end;
    if (has_tag || is_in_tag(markup, begin)) continue;
    markup.insert(end, "</span>").insert(begin, "<span font_features=\"tnum\">");
  }
}

void even_digits(const scene::TextContent& content, TextSource& source) {
  for (const auto& [begin, end] : placeholder_ranges(content, source.text)) {
    PangoAttribute* attribute = pango_attr_font_features_new("tnum");
    attribute->start_index = static_cast<guint>(begin);
    attribute->end_index = static_cast<guint>(end);
    pango_attr_list_insert(source.attributes.get(), attribute);
  }
}

}  // namespace

base::Result<TextSource> read_text_source(const scene::TextContent& content,
                                          std::string_view text) {
  TextSource source;
  source.font_size_max = content.style.font_size;
  source.letter_spacing_max = std::abs(content.style.letter_spacing);
  source.text = cleaned(text);
  if (content.markup) {
    even_digits_of_markup(content, source.text);
    PangoAttrList* attributes = nullptr;
    char* plain = nullptr;
    GError* failure = nullptr;
    if (pango_parse_markup(source.text.data(), static_cast<int>(source.text.size()), 0, &attributes,
                           &plain, nullptr, &failure) == FALSE) {
      const GlibPtr<GError> owned(failure);
      return base::invalid_input(std::string("bad markup: ") + failure->message);
    }
    source.attributes.reset(attributes);
    source.text = GlibPtr<char>(plain).get();
    TRY_DO(note_attributes(source));
  } else {
    even_digits(content, source);
  }
  if (source.text.ends_with('\n')) source.text.pop_back();
  return source;
}

}  // namespace layercast::content
