#include "content/text/text_source.h"

#include "scene/model/limits.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

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

}  // namespace

base::Result<TextSource> read_text_source(const scene::TextContent& content,
                                          std::string_view text) {
  TextSource source;
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
      return base::invalid_input(std::string("bad markup: ") + failure->message);
    }
    source.attributes.reset(attributes);
    source.text = GlibPtr<char>(plain).get();
    TRY_DO(note_attributes(source));
  }
  if (source.text.ends_with('\n')) source.text.pop_back();
  return source;
}

}  // namespace layercast::content
