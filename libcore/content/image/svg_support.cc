#include "content/image/svg_support.h"

#include "base/ascii.h"

#include <algorithm>
#include <array>
#include <glib.h>
#include <memory>
#include <utility>

namespace layercast::content {
namespace {

struct Feature {
  std::string_view name;
  std::string_view effect;
};
constexpr std::array kElements = {
    Feature{"foreignObject", "which is not drawn"},
    Feature{"textPath", "which is not drawn"},
    Feature{"script", "which does not run"},
    Feature{"animate", "which does not move"},
    Feature{"animateMotion", "which does not move"},
    Feature{"animateTransform", "which does not move"},
    Feature{"set", "which does not move"},
    Feature{"video", "which is not drawn"},
    Feature{"iframe", "which is not drawn"},
    Feature{"canvas", "which is not drawn"},
};
constexpr std::array kCss = {
    Feature{"@import", "which is not loaded"},   Feature{"@font-face", "which is not loaded"},
    Feature{"@media", "which is ignored"},       Feature{"@keyframes", "which does not move"},
    Feature{"var(", "whose value is not known"}, Feature{"calc(", "whose value is not known"},
};

struct Walk {
  bool is_in_style = false;
  std::vector<std::string> remarks;

  void remark(std::string line) {
    if (std::ranges::find(remarks, line) == remarks.end()) remarks.push_back(std::move(line));
  }
};

void note_css(std::string_view css, Walk& walk) {
  for (const Feature& feature : kCss) {
    if (css.find(feature.name) == std::string_view::npos) continue;
    const std::string close = feature.name.ends_with('(') ? ")" : "";
    walk.remark("the CSS of the SVG has " + std::string(feature.name) + close + ", " +
                std::string(feature.effect));
  }
}

std::string_view local_name(std::string_view name) { return name.substr(name.rfind(':') + 1); }

// Links lead elsewhere; all others ask for content.
bool is_external(std::string_view element, std::string_view uri) {
  uri = base::trimmed(uri);
  return element != "a" && !uri.empty() && !uri.starts_with('#') &&
         !base::lower_case(uri.substr(0, 5)).starts_with("data:");
}

void on_start(GMarkupParseContext* /*context*/, const gchar* name, const gchar** names,
              const gchar** values, gpointer user, GError** /*error*/) {
  Walk& walk = *static_cast<Walk*>(user);
  const std::string_view element = local_name(name);
  walk.is_in_style = element == "style";
  const auto* known = std::ranges::find(kElements, element, &Feature::name);
  if (known != kElements.end()) {
    walk.remark("the SVG has <" + std::string(known->name) + ">, " + std::string(known->effect));
  }
  for (; *names != nullptr; ++names, ++values) {
    const std::string_view attribute = local_name(*names);
    if (attribute == "href" && is_external(element, *values)) {
      walk.remark("the SVG refers to other files, which are not loaded; embed them as data: URIs");
    }
    if (attribute != "href") note_css(*values, walk);
  }
}

void on_end(GMarkupParseContext* /*context*/, const gchar* /*name*/, gpointer user,
            GError** /*error*/) {
  static_cast<Walk*>(user)->is_in_style = false;
}

void on_text(GMarkupParseContext* /*context*/, const gchar* text, gsize size, gpointer user,
             GError** /*error*/) {
  Walk& walk = *static_cast<Walk*>(user);
  if (walk.is_in_style) note_css({text, size}, walk);
}

struct MarkupFree {
  void operator()(GMarkupParseContext* context) const { g_markup_parse_context_free(context); }
};

}  // namespace

std::vector<std::string> unsupported_in_svg(std::string_view text) {
  static constexpr GMarkupParser kParser = {on_start, on_end, on_text, nullptr, nullptr};
  Walk walk;
  const std::unique_ptr<GMarkupParseContext, MarkupFree> context(
      g_markup_parse_context_new(&kParser, G_MARKUP_TREAT_CDATA_AS_TEXT, &walk, nullptr));
  g_markup_parse_context_parse(context.get(), text.data(), static_cast<gssize>(text.size()),
                               nullptr);
  return walk.remarks;
}

}  // namespace layercast::content
