#include "content/image/svg_letters.h"

#include <fontconfig/fontconfig.h>
#include <glib.h>
#include <memory>
#include <unordered_set>

namespace layercast::content {
namespace {

constexpr size_t kMissingMax = 300;

struct Walk {
  int texts = 0;   ///< open <text> elements
  int others = 0;  ///< open elements inside them that are not drawn
  std::vector<char32_t> letters;
  std::unordered_set<char32_t> known;  ///< the same letters
};

std::string_view local_name(std::string_view name) { return name.substr(name.rfind(':') + 1); }

// Elements inside a text whose characters are no letters of it.
bool is_hidden(std::string_view element) {
  return element == "title" || element == "desc" || element == "style" || element == "script" ||
         element == "textPath";
}

void on_start(GMarkupParseContext* /*context*/, const gchar* name, const gchar** /*names*/,
              const gchar** /*values*/, gpointer user, GError** /*error*/) {
  Walk& walk = *static_cast<Walk*>(user);
  if (local_name(name) == "text") ++walk.texts;
  if (is_hidden(local_name(name))) ++walk.others;
}

void on_end(GMarkupParseContext* /*context*/, const gchar* name, gpointer user,
            GError** /*error*/) {
  Walk& walk = *static_cast<Walk*>(user);
  if (local_name(name) == "text") --walk.texts;
  if (is_hidden(local_name(name))) --walk.others;
}

// Whether the character has a glyph: no space, and nothing that only directs the layout.
bool is_drawn(gunichar c) {
  return g_unichar_isgraph(c) != FALSE && g_unichar_iszerowidth(c) == FALSE;
}

void on_text(GMarkupParseContext* /*context*/, const gchar* text, gsize size, gpointer user,
             GError** /*error*/) {
  Walk& walk = *static_cast<Walk*>(user);
  if (walk.texts == 0 || walk.others > 0) return;
  for (const gchar* at = text; at < text + size; at = g_utf8_next_char(at)) {
    const gunichar letter = g_utf8_get_char(at);
    if (!is_drawn(letter)) continue;
    if (walk.known.insert(letter).second) walk.letters.push_back(letter);
  }
}

struct MarkupFree {
  void operator()(GMarkupParseContext* context) const { g_markup_parse_context_free(context); }
};
struct ConfigFree {
  void operator()(FcConfig* config) const { FcConfigDestroy(config); }
};

bool has_letter(const FcFontSet* fonts, char32_t letter) {
  const int count = fonts == nullptr ? 0 : fonts->nfont;
  for (int i = 0; i < count; ++i) {
    FcCharSet* letters = nullptr;
    const bool is_known =
        FcPatternGetCharSet(fonts->fonts[i], FC_CHARSET, 0, &letters) == FcResultMatch;
    if (is_known && FcCharSetHasChar(letters, letter) == FcTrue) return true;
  }
  return false;
}

}  // namespace

std::vector<char32_t> missing_letters_in_svg(std::string_view svg) {
  static constexpr GMarkupParser kParser = {on_start, on_end, on_text, nullptr, nullptr};
  Walk walk;
  const std::unique_ptr<GMarkupParseContext, MarkupFree> context(
      g_markup_parse_context_new(&kParser, G_MARKUP_TREAT_CDATA_AS_TEXT, &walk, nullptr));
  g_markup_parse_context_parse(context.get(), svg.data(), static_cast<gssize>(svg.size()), nullptr);
  if (walk.letters.empty()) return {};
  const std::unique_ptr<FcConfig, ConfigFree> config(FcConfigReference(nullptr));
  std::vector<char32_t> missing;
  for (const char32_t letter : walk.letters) {
    if (has_letter(FcConfigGetFonts(config.get(), FcSetSystem), letter) ||
        has_letter(FcConfigGetFonts(config.get(), FcSetApplication), letter)) {
      continue;
    }
    missing.push_back(letter);
    if (missing.size() == kMissingMax) break;
  }
  return missing;
}

}  // namespace layercast::content
