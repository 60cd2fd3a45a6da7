#include "content/picture/missing_letters.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <glib.h>
#include <string_view>
#include <utility>
#include <vector>

namespace layercast::content {
namespace {

constexpr size_t kLettersNamed = 8;

struct Script {
  GUnicodeScript script;
  std::string_view name;
};
// The scripts with names that users know; messages name the others by their ISO 15924 code.
constexpr std::array kScripts = {Script{G_UNICODE_SCRIPT_HAN, "Han"},
                                 Script{G_UNICODE_SCRIPT_HIRAGANA, "Hiragana"},
                                 Script{G_UNICODE_SCRIPT_KATAKANA, "Katakana"},
                                 Script{G_UNICODE_SCRIPT_HANGUL, "Hangul"},
                                 Script{G_UNICODE_SCRIPT_BOPOMOFO, "Bopomofo"},
                                 Script{G_UNICODE_SCRIPT_THAI, "Thai"},
                                 Script{G_UNICODE_SCRIPT_LAO, "Lao"},
                                 Script{G_UNICODE_SCRIPT_KHMER, "Khmer"},
                                 Script{G_UNICODE_SCRIPT_MYANMAR, "Myanmar"},
                                 Script{G_UNICODE_SCRIPT_TIBETAN, "Tibetan"},
                                 Script{G_UNICODE_SCRIPT_DEVANAGARI, "Devanagari"},
                                 Script{G_UNICODE_SCRIPT_BENGALI, "Bengali"},
                                 Script{G_UNICODE_SCRIPT_GUJARATI, "Gujarati"},
                                 Script{G_UNICODE_SCRIPT_GURMUKHI, "Gurmukhi"},
                                 Script{G_UNICODE_SCRIPT_KANNADA, "Kannada"},
                                 Script{G_UNICODE_SCRIPT_MALAYALAM, "Malayalam"},
                                 Script{G_UNICODE_SCRIPT_ORIYA, "Odia"},
                                 Script{G_UNICODE_SCRIPT_SINHALA, "Sinhala"},
                                 Script{G_UNICODE_SCRIPT_TAMIL, "Tamil"},
                                 Script{G_UNICODE_SCRIPT_TELUGU, "Telugu"},
                                 Script{G_UNICODE_SCRIPT_ARABIC, "Arabic"},
                                 Script{G_UNICODE_SCRIPT_HEBREW, "Hebrew"},
                                 Script{G_UNICODE_SCRIPT_ARMENIAN, "Armenian"},
                                 Script{G_UNICODE_SCRIPT_GEORGIAN, "Georgian"},
                                 Script{G_UNICODE_SCRIPT_ETHIOPIC, "Ethiopic"},
                                 Script{G_UNICODE_SCRIPT_CYRILLIC, "Cyrillic"},
                                 Script{G_UNICODE_SCRIPT_GREEK, "Greek"},
                                 Script{G_UNICODE_SCRIPT_LATIN, "Latin"}};

std::string utf8_of(gunichar letter) {
  std::array<char, 8> bytes{};
  const int count = g_unichar_to_utf8(letter, bytes.data());
  return {bytes.data(), static_cast<size_t>(count)};
}

// The name of the letter's script; empty for signs that several scripts share.
std::string script_of(gunichar letter) {
  const GUnicodeScript script = g_unichar_get_script(letter);
  const auto* known = std::ranges::find(kScripts, script, &Script::script);
  if (known != kScripts.end()) return std::string(known->name);
  const bool is_shared = script == G_UNICODE_SCRIPT_COMMON ||
                         script == G_UNICODE_SCRIPT_INHERITED || script == G_UNICODE_SCRIPT_UNKNOWN;
  if (is_shared) return {};
  const guint32 code = g_unicode_script_to_iso15924(script);
  std::string name;
  for (int shift = 24; shift >= 0; shift -= 8) name += static_cast<char>(code >> shift & 0xffU);
  return name;
}

std::string scripts_of(std::span<const char32_t> letters) {
  std::vector<std::string> names;
  std::string listed;
  for (const gunichar letter : letters) {
    std::string name = script_of(letter);
    if (name.empty() || std::ranges::find(names, name) != names.end()) continue;
    listed += (listed.empty() ? "" : ", ") + name;
    names.push_back(std::move(name));
  }
  return listed;
}

}  // namespace

std::string missing_letters_remark(std::span<const char32_t> letters) {
  std::string shown;
  for (size_t i = 0; i < std::min(letters.size(), kLettersNamed); ++i) shown += utf8_of(letters[i]);
  if (letters.size() > kLettersNamed) shown += "…";
  const std::string scripts = scripts_of(letters);
  return "no font has " + std::string(letters.size() == 1 ? "the letter" : "the letters") + " \"" +
         shown + "\"" + (scripts.empty() ? "" : " (" + scripts + ")") +
         ", shown as boxes; add a font file that has them to the scene's fonts";
}

}  // namespace layercast::content
