#include "content/text/fonts.h"

#include "base/ascii.h"
#include "base/check.h"
#include "base/client_limits.h"
#include "base/nearest.h"
#include "content/text/font_check.h"
#include "content/text/glyph_cache.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <fontconfig/fontconfig.h>
#include <map>
#include <mutex>
#include <optional>
#include <pango/pangocairo.h>
#include <pango/pangofc-fontmap.h>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

namespace layercast::content {
namespace {

struct Generic {
  std::string_view name;
  std::string_view family;
};
constexpr std::array kGenerics = {Generic{"sans-serif", "Inter"},
                                  Generic{"sans", "Inter"},
                                  Generic{"system-ui", "Inter"},
                                  Generic{"ui-sans-serif", "Inter"},
                                  Generic{"serif", "DejaVu Serif"},
                                  Generic{"ui-serif", "DejaVu Serif"},
                                  Generic{"monospace", "DejaVu Sans Mono"},
                                  Generic{"mono", "DejaVu Sans Mono"},
                                  Generic{"ui-monospace", "DejaVu Sans Mono"},
                                  Generic{"emoji", "Noto Color Emoji"}};

// Fontconfig rules that replace the machine's: the fallback fonts for missing characters, and the
// scaling, slanting and emboldening that some fonts need. Source: fontconfig's
// 10-scale-bitmap-fonts.conf and 90-synthetic.conf.
constexpr std::string_view kRules = R"(
  <match target="pattern">
    <edit name="family" mode="append_last" binding="weak">
      <string>Inter</string><string>DejaVu Sans</string><string>Noto Color Emoji</string>
    </edit></match>
  <match target="font"><test name="outline"><bool>false</bool></test>
    <edit name="pixelsizefixupfactor" mode="assign">
      <divide><name target="pattern">pixelsize</name><name target="font">pixelsize</name></divide>
    </edit>
    <edit name="matrix" mode="assign">
      <times><name>matrix</name><matrix>
        <name>pixelsizefixupfactor</name><double>0</double>
        <double>0</double><name>pixelsizefixupfactor</name></matrix></times>
    </edit></match>
  <match target="font"><test name="outline"><bool>true</bool></test>
    <test name="slant"><const>roman</const></test>
    <test target="pattern" name="slant" compare="not_eq"><const>roman</const></test>
    <edit name="matrix" mode="assign">
      <times><name>matrix</name><matrix>
        <double>1</double><double>0.2</double><double>0</double><double>1</double></matrix></times>
    </edit>
    <edit name="slant" mode="assign"><const>oblique</const></edit></match>
  <match target="font"><test name="outline"><bool>true</bool></test>
    <test name="weight" compare="less_eq"><const>medium</const></test>
    <test target="pattern" name="weight" compare="more_eq"><const>bold</const></test>
    <edit name="embolden" mode="assign"><bool>true</bool></edit></match>
)";

// The files of Debian's fonts-dejavu-core. Other packages add styles to its folder, which would
// make rendering depend on the machine.
constexpr std::array kDejaVuFiles = {"DejaVuSans.ttf",     "DejaVuSans-Bold.ttf",
                                     "DejaVuSansMono.ttf", "DejaVuSansMono-Bold.ttf",
                                     "DejaVuSerif.ttf",    "DejaVuSerif-Bold.ttf"};

constexpr size_t kFontMapsMax = 64;  // above, the cache is cleared
constexpr size_t kRequestsMax = 1024;

struct FontconfigFree {
  void operator()(FcConfig* config) const { FcConfigDestroy(config); }
  void operator()(FcPattern* pattern) const { FcPatternDestroy(pattern); }
  void operator()(FcFontSet* set) const { FcFontSetDestroy(set); }
  void operator()(FcObjectSet* set) const { FcObjectSetDestroy(set); }
};
using ConfigPtr = std::unique_ptr<FcConfig, FontconfigFree>;
using PatternPtr = std::unique_ptr<FcPattern, FontconfigFree>;
using FontSetPtr = std::unique_ptr<FcFontSet, FontconfigFree>;
using ObjectSetPtr = std::unique_ptr<FcObjectSet, FontconfigFree>;

// Frees a context and its font map, which nothing else uses.
void free_context(PangoContext* context) {
  // A font map leaks its configuration unless it is reset (Pango 1.50).
  pango_fc_font_map_set_config(PANGO_FC_FONT_MAP(pango_context_get_font_map(context)), nullptr);
  g_object_unref(context);
}

// Contexts that nothing uses any more. Pango 1.50 matches and sorts fonts on threads of its own,
// which it does not join; when such a thread ends, it reads its font map, even one that was freed.
// Nothing tells when they end, so a context is freed much later than any of them: at the first
// call after kPatience. Thread: any (locked).
class RetiredContexts {
 public:
  static RetiredContexts& instance() {
    static auto* const contexts = new RetiredContexts;  // outlives all other static objects
    return *contexts;
  }

  void add(PangoContext* context) {
    const auto now = std::chrono::steady_clock::now();
    std::vector<PangoContext*> old;
    {
      const std::lock_guard lock(mutex_);
      retired_.emplace_back(now, context);
      while (now - retired_.front().first >= kPatience) {
        old.push_back(retired_.front().second);
        retired_.pop_front();
      }
    }
    for (PangoContext* each : old) free_context(each);
  }

 private:
  static constexpr std::chrono::seconds kPatience{10};

  std::mutex mutex_;
  std::deque<std::pair<std::chrono::steady_clock::time_point, PangoContext*>> retired_;
};

struct ContextFree {
  void operator()(PangoContext* context) const { RetiredContexts::instance().add(context); }
};
using ContextPtr = std::unique_ptr<PangoContext, ContextFree>;

const FcChar8* fc_text(const char* text) { return reinterpret_cast<const FcChar8*>(text); }

std::vector<std::string> families_of(const FcPattern* pattern) {
  std::vector<std::string> families;
  FcChar8* family = nullptr;
  for (int i = 0; FcPatternGetString(pattern, FC_FAMILY, i, &family) == FcResultMatch; ++i) {
    families.emplace_back(reinterpret_cast<const char*>(family));
  }
  return families;
}

bool has_family(const FcPattern* pattern, const std::string& lower_name) {
  const auto families = families_of(pattern);
  return std::ranges::any_of(
      families, [&](const std::string& family) { return base::lower_case(family) == lower_name; });
}

// --- fonts as a list of patterns, shared between configurations ---

class FontList {
 public:
  // Shares the patterns, which are reference-counted.
  void add(const FcFontSet* set) {
    for (int i = 0; i < set->nfont; ++i) {
      FcPatternReference(set->fonts[i]);
      fonts_.emplace_back(set->fonts[i]);
    }
  }
  void add(const FontList& other) {
    for (const auto& font : other.fonts_) {
      FcPatternReference(font.get());
      fonts_.emplace_back(font.get());
    }
  }
  // Adds the fonts of all other families.
  void add_other_than(const std::string& lower_family, const FontList& other) {
    for (const auto& font : other.fonts_) {
      if (has_family(font.get(), lower_family)) continue;
      FcPatternReference(font.get());
      fonts_.emplace_back(font.get());
    }
  }
  bool has(const std::string& lower_family) const {
    return std::ranges::any_of(
        fonts_, [&](const PatternPtr& font) { return has_family(font.get(), lower_family); });
  }
  const std::vector<PatternPtr>& fonts() const { return fonts_; }

 private:
  std::vector<PatternPtr> fonts_;
};

base::Result<void> checked(const std::string& path, const std::string& shown_path) {
  auto result = check_font(path);
  if (result) return {};
  base::Error error = std::move(result).error();
  error.where = shown_path;
  return error;
}

// Which files are read without check_font(): the default fonts and those that are installed come
// with the system.
enum class Trust : uint8_t { kChecked, kOfTheSystem };

base::Result<FontList> fonts_in_file(const std::string& path, const std::string& shown_path,
                                     Trust trust) {
  std::error_code failure;
  const auto status = std::filesystem::status(path, failure);
  if (status.type() == std::filesystem::file_type::not_found) {
    return base::not_found("the font file does not exist", shown_path);
  }
  // Opening a FIFO or a device could block.
  if (failure || status.type() != std::filesystem::file_type::regular) {
    return base::invalid_input(failure ? "the font file cannot be read: " + failure.message()
                                       : "the font file is not a regular file",
                               shown_path);
  }
  // fontconfig opens the file again by its path.
  if (auto opened = base::open_file(path); !opened) {
    if (opened.error().code == base::ErrorCode::kForbidden) {
      return base::Error{base::ErrorCode::kForbidden, opened.error().message, shown_path, nullptr};
    }
    return base::io_error("the font file cannot be read", shown_path);
  }
  if (trust == Trust::kChecked) TRY_DO(checked(path, shown_path));
  const FontSetPtr set(FcFontSetCreate());
  int faces = 0;
  FcFreeTypeQueryAll(fc_text(path.c_str()), static_cast<unsigned>(-1), nullptr, &faces, set.get());
  if (set->nfont == 0) {
    return base::invalid_input("the file is not a font", shown_path);
  }
  FontList fonts;
  fonts.add(set.get());
  return fonts;
}

// --- a Pango font map over a list of fonts ---

std::string fontconfig_rules() {
  std::string xml = "<?xml version=\"1.0\"?><fontconfig>";
  for (const auto& generic : kGenerics) {
    xml += "<match target=\"pattern\"><test name=\"family\"><string>" + std::string(generic.name) +
           "</string></test><edit name=\"family\" mode=\"assign\" binding=\"same\"><string>" +
           std::string(generic.family) + "</string></edit></match>";
  }
  return xml + std::string(kRules) + "</fontconfig>";
}

ConfigPtr make_config(const FontList& fonts) {
  ConfigPtr config(FcConfigCreate());
  LAYERCAST_CHECK(config != nullptr);
  // Otherwise fontconfig reloads the machine's settings when they change.
  FcConfigSetRescanInterval(config.get(), 0);
  static const std::string rules = fontconfig_rules();
  LAYERCAST_CHECK(FcConfigParseAndLoadFromMemory(config.get(), fc_text(rules.c_str()), FcTrue) ==
                  FcTrue);
  // No call adds a pattern or creates the font set; this one creates an empty set.
  FcConfigBuildFonts(config.get());
  FcFontSet* set = FcConfigGetFonts(config.get(), FcSetSystem);
  LAYERCAST_CHECK(set != nullptr);
  for (const auto& font : fonts.fonts()) {
    FcPatternReference(font.get());
    LAYERCAST_CHECK(FcFontSetAdd(set, font.get()) == FcTrue);
  }
  return config;
}

ContextPtr make_context(FcConfig* config) {
  PangoFontMap* map = pango_cairo_font_map_new_for_font_type(CAIRO_FONT_TYPE_FT);
  LAYERCAST_CHECK(map != nullptr);
  pango_fc_font_map_set_config(PANGO_FC_FONT_MAP(map), config);
  pango_cairo_font_map_set_resolution(PANGO_CAIRO_FONT_MAP(map), 96);  // CSS: 1in is 96px
  ContextPtr context(pango_font_map_create_context(map));
  g_object_unref(map);
  cairo_font_options_t* options = cairo_font_options_create();
  cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
  cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
  cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
  pango_cairo_context_set_font_options(context.get(), options);
  cairo_font_options_destroy(options);
  // Otherwise Pango uses the language of the environment.
  pango_context_set_language(context.get(), pango_language_from_string("en"));
  pango_context_set_base_dir(context.get(), PANGO_DIRECTION_LTR);
  pango_context_set_round_glyph_positions(context.get(), FALSE);
  return context;
}

// --- default fonts ---

base::Error missing_default(const std::string& family, const std::string& package,
                            const std::string& folder) {
  return base::not_found("the font " + family + " is missing: install Debian's package " + package,
                         folder);
}

// Sorted, for the same order on every file system.
std::vector<std::string> files_in(const std::string& folder) {
  std::vector<std::string> files;
  std::error_code failure;
  for (std::filesystem::directory_iterator entry(folder, failure), end; entry != end;
       entry.increment(failure)) {
    const auto ending = base::lower_case(entry->path().extension().string());
    if (ending == ".otf" || ending == ".ttf" || ending == ".ttc") files.push_back(entry->path());
  }
  std::ranges::sort(files);
  return files;
}

// Adds the fonts in `files`; whether `family` is then available.
bool add_default(const std::vector<std::string>& files, const std::string& family,
                 FontList& fonts) {
  for (const auto& file : files) {
    const auto found = fonts_in_file(file, file, Trust::kOfTheSystem);
    if (found.ok()) fonts.add(found.value());
  }
  return fonts.has(base::lower_case(family));
}

base::Result<FontList> default_fonts(const DefaultFontFolders& folders) {
  FontList fonts;
  if (!add_default(files_in(folders.inter), "Inter", fonts)) {
    return missing_default("Inter", "fonts-inter", folders.inter);
  }
  std::vector<std::string> dejavu_files;
  dejavu_files.reserve(kDejaVuFiles.size());
  for (const char* file : kDejaVuFiles) dejavu_files.push_back(folders.dejavu + "/" + file);
  for (const char* family : {"DejaVu Sans", "DejaVu Serif", "DejaVu Sans Mono"}) {
    if (!add_default(std::exchange(dejavu_files, {}), family, fonts)) {
      return missing_default(family, "fonts-dejavu-core", folders.dejavu);
    }
  }
  if (!add_default({folders.emoji + "/NotoColorEmoji.ttf"}, "Noto Color Emoji", fonts)) {
    return missing_default("Noto Color Emoji", "fonts-noto-color-emoji", folders.emoji);
  }
  return fonts;
}

// --- family names ---

// The names in a CSS family list, without quotes.
std::vector<std::string> split_families(std::string_view list) {
  std::vector<std::string> families(1);
  char quote = 0;
  for (const char c : list) {
    if (quote != 0) {
      if (c == quote) {
        quote = 0;
      } else {
        families.back() += c;
      }
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else if (c == ',') {
      families.emplace_back();
    } else {
      families.back() += c;
    }
  }
  for (auto& family : families) family = std::string(base::trimmed(family));
  std::erase(families, "");
  return families;
}

std::string joined(const std::vector<std::string>& families) {
  std::string list;
  for (const auto& family : families) list += (list.empty() ? "" : ",") + family;
  return list;
}

// The machine's installed fonts, with its own settings; loaded on first use.
class InstalledFonts {
 public:
  std::vector<std::string> files_of(const std::string& family) {
    std::set<std::string> files;
    const std::string lower_name = base::lower_case(family);
    const FontSetPtr listed = list(family.c_str());
    for (int i = 0; listed != nullptr && i < listed->nfont; ++i) {
      FcChar8* file = nullptr;
      if (has_family(listed->fonts[i], lower_name) &&
          FcPatternGetString(listed->fonts[i], FC_FILE, 0, &file) == FcResultMatch) {
        files.insert(reinterpret_cast<const char*>(file));
      }
    }
    return {files.begin(), files.end()};
  }

  std::set<std::string> families() {
    std::set<std::string> names;
    const FontSetPtr listed = list(nullptr);
    for (int i = 0; listed != nullptr && i < listed->nfont; ++i) {
      for (auto& family : families_of(listed->fonts[i])) names.insert(std::move(family));
    }
    return names;
  }

 private:
  FontSetPtr list(const char* family) {
    if (config_ == nullptr) config_.reset(FcInitLoadConfigAndFonts());
    if (config_ == nullptr) return nullptr;
    const PatternPtr pattern(FcPatternCreate());
    if (family != nullptr) FcPatternAddString(pattern.get(), FC_FAMILY, fc_text(family));
    const ObjectSetPtr wanted(FcObjectSetBuild(FC_FAMILY, FC_FILE, nullptr));
    return FontSetPtr(FcFontList(config_.get(), pattern.get(), wanted.get()));
  }

  ConfigPtr config_;
};

// The scene's font files of the newest library. Thread: any (locked).
class CurrentFiles {
 public:
  static CurrentFiles& instance() {
    static auto* const files = new CurrentFiles;  // outlives all other static objects
    return *files;
  }

  void set(const void* library, std::vector<std::string> files) {
    const std::lock_guard lock(mutex_);
    library_ = library;
    files_ = std::move(files);
  }
  void forget(const void* library) {
    const std::lock_guard lock(mutex_);
    if (library_ == library) files_.clear();
  }
  std::vector<std::string> get() {
    const std::lock_guard lock(mutex_);
    return files_;
  }

 private:
  std::mutex mutex_;
  const void* library_ = nullptr;
  std::vector<std::string> files_;
};

}  // namespace

struct FontLibrary::State {
  State() = default;
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  struct FontMap {
    ConfigPtr config;
    ContextPtr context;
  };
  // A resolved request: the font map and the families in it.
  struct Resolved {
    std::string map_key;
    std::string families;
  };
  // The fonts of a request beyond the base fonts.
  struct Additions {
    std::string file;
    std::string file_family;  // replaces other fonts of this family
    std::set<std::string> installed_files;

    std::string key() const {
      std::string text = file;
      for (const auto& each : installed_files) text += '\0' + each;
      return text;
    }
  };

  // Makes these fonts current for text inside SVGs. The destructor replaces them: otherwise leak
  // checkers would report the patterns.
  void make_current() {
    current = make_config(base);
    FcConfigSetCurrent(current.get());
  }
  ~State() {
    if (current != nullptr && FcConfigGetCurrent() == current.get()) {
      FcConfigSetCurrent(make_config({}).get());
    }
    CurrentFiles::instance().forget(this);
  }

  std::string folder;
  FontList base;
  ConfigPtr current;
  InstalledFonts installed;
  std::map<std::string, FontList> files;     // by path
  std::map<std::string, FontMap> maps;       // by Additions::key()
  std::map<std::string, Resolved> resolved;  // by the request as text
  GlyphCache glyphs;

  std::string absolute(const std::string& path) const {
    return (std::filesystem::path(folder) / path).string();
  }

  base::Result<const FontList*> load(const std::string& path, const std::string& shown_path,
                                     Trust trust = Trust::kChecked) {
    auto found = files.find(path);
    if (found == files.end()) {
      TRY(FontList fonts, fonts_in_file(path, shown_path, trust));
      found = files.emplace(path, std::move(fonts)).first;
    }
    return &found->second;
  }

  base::Error unknown_family(const std::string& family) {
    std::set<std::string> names = installed.families();
    for (const auto& font : base.fonts()) {
      for (auto& name : families_of(font.get())) names.insert(std::move(name));
    }
    for (const auto& generic : kGenerics) names.emplace(generic.name);
    const std::vector<std::string_view> known(names.begin(), names.end());
    const auto nearest = base::nearest_name(family, known);
    return base::not_found("font family \"" + family + "\" is not installed" +
                           (nearest ? "; did you mean \"" + std::string(*nearest) + "\"?" : ""));
  }

  // The available families of the list; adds the fonts that they need to `additions`.
  base::Result<std::vector<std::string>> resolve(const std::string& list, Additions& additions) {
    std::vector<std::string> families;
    const std::vector<std::string> wanted = split_families(list);
    for (const auto& name : wanted) {
      const std::string lower_name = base::lower_case(name);
      const auto* generic = std::ranges::find(kGenerics, lower_name, &Generic::name);
      if (generic != kGenerics.end()) {
        families.emplace_back(generic->family);
      } else if (lower_name == base::lower_case(additions.file_family) || base.has(lower_name)) {
        families.push_back(name);
      } else if (auto found = installed.files_of(name); !found.empty()) {
        additions.installed_files.insert(found.begin(), found.end());
        families.push_back(name);
      }
    }
    if (families.empty() && !wanted.empty()) return unknown_family(wanted.front());
    if (families.empty()) families.emplace_back("Inter");
    return families;
  }

  base::Result<Resolved> resolve(const FontRequest& request) {
    Additions additions;
    std::vector<std::string> families;
    if (!request.file.empty()) {
      additions.file = absolute(request.file);
      TRY(const FontList* fonts, load(additions.file, request.file));
      const auto names = families_of(fonts->fonts().front().get());
      if (names.empty()) {
        return base::invalid_input("the font has no family name", request.file);
      }
      additions.file_family = names.front();
      families.push_back(names.front());
    }
    TRY(const auto listed, resolve(request.family, additions));
    families.insert(families.end(), listed.begin(), listed.end());
    for (const auto& list : request.other_families) TRY_DO(resolve(list, additions));
    TRY_DO(make_map(additions));
    return Resolved{additions.key(), joined(families)};
  }

  base::Result<void> make_map(const Additions& additions) {
    if (maps.contains(additions.key())) return {};
    if (maps.size() >= kFontMapsMax) {
      maps.clear();
      resolved.clear();
      glyphs.clear();
    }
    FontList fonts;
    if (!additions.file.empty()) {
      fonts.add(files.at(additions.file));
      fonts.add_other_than(base::lower_case(additions.file_family), base);
    } else {
      fonts.add(base);
    }
    for (const auto& path : additions.installed_files) {
      TRY(const FontList* installed_fonts, load(path, path, Trust::kOfTheSystem));
      fonts.add(*installed_fonts);
    }
    FontMap map;
    map.config = make_config(fonts);
    map.context = make_context(map.config.get());
    maps.emplace(additions.key(), std::move(map));
    return {};
  }
};

void FontLibrary::add_files(const std::vector<std::string>& paths) {
  const std::lock_guard lock(mutex_);
  FontList fonts;
  for (const std::string& path : paths) {
    if (const auto found = state_->load(path, path)) fonts.add(*found.value());
  }
  fonts.add(state_->base);
  state_->base = std::move(fonts);
  state_->make_current();
}

base::Result<void> FontLibrary::check_file(const std::string& file) {
  if (file.empty()) return {};
  std::string path;
  {
    const std::lock_guard lock(mutex_);
    path = state_->absolute(file);
    if (state_->files.contains(path)) return {};
  }
  return checked(path, file);
}

std::vector<std::string> FontLibrary::base_files() const {
  std::set<std::string> files;
  for (const auto& font : state_->base.fonts()) {
    FcChar8* file = nullptr;
    if (FcPatternGetString(font.get(), FC_FILE, 0, &file) == FcResultMatch) {
      files.emplace(reinterpret_cast<const char*>(file));
    }
  }
  return {files.begin(), files.end()};
}

std::vector<std::string> svg_font_files() { return CurrentFiles::instance().get(); }

FontLibrary::FontLibrary(std::unique_ptr<State> state) : state_(std::move(state)) {}
FontLibrary::~FontLibrary() = default;

base::Result<std::unique_ptr<FontLibrary>> FontLibrary::create(
    const std::vector<std::string>& files, const std::string& folder,
    const DefaultFontFolders& defaults) {
  auto state = std::make_unique<State>();
  state->folder = folder;
  // The scene's fonts come first, because fontconfig prefers the first of two equal matches.
  for (const auto& file : files) {
    TRY(const FontList* fonts, state->load(state->absolute(file), file));
    state->base.add(*fonts);
  }
  TRY(const FontList fonts, default_fonts(defaults));
  state->base.add(fonts);
  // Before the first font map: creating it would load the machine's settings.
  state->make_current();
  std::vector<std::string> scene_files;
  for (const auto& file : files) scene_files.push_back(state->absolute(file));
  CurrentFiles::instance().set(state.get(), std::move(scene_files));
  return std::unique_ptr<FontLibrary>(new FontLibrary(std::move(state)));
}

base::Result<FontChoice> FontLibrary::Use::choose(const FontRequest& request) {
  State& state = *library_.state_;
  std::string key = request.file + '\0' + request.family;
  for (const auto& list : request.other_families) key += '\0' + list;
  auto found = state.resolved.find(key);
  if (found == state.resolved.end()) {
    TRY(auto resolved, state.resolve(request));
    if (state.resolved.size() >= kRequestsMax) state.resolved.clear();
    found = state.resolved.insert_or_assign(std::move(key), std::move(resolved)).first;
  }
  const auto& resolved = found->second;
  return FontChoice{state.maps.at(resolved.map_key).context.get(), resolved.families};
}

GlyphCache& FontLibrary::Use::glyphs() { return library_.state_->glyphs; }

}  // namespace layercast::content
