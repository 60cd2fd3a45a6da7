#include "content/image/svg_check.h"

#include "base/ascii.h"
#include "content/image/decode.h"
#include "content/image/vips_glue.h"
#include "scene/model/limits.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <glib.h>
#include <memory>
#include <optional>
#include <string>

namespace layercast::content {
namespace {

namespace limits = scene::limits;

base::Error fault(base::ErrorCode code, std::string what) {
  return {code, "the SVG " + std::move(what), {}, nullptr};
}
base::Error invalid(std::string what) {
  return fault(base::ErrorCode::kInvalidInput, std::move(what));
}

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

// One short printable line of untrusted text. `text` is UTF-8.
std::string quoted(std::string_view text) {
  constexpr size_t kBytesMax = 160;
  std::string line(text.substr(0, kBytesMax));
  const char* end = nullptr;
  g_utf8_validate(line.data(), static_cast<gssize>(line.size()), &end);
  line.resize(static_cast<size_t>(end - line.data()));
  for (char& c : line) {
    if (g_ascii_iscntrl(c)) c = ' ';
  }
  return line.size() < text.size() ? line + "…" : line;
}

// ---- Prolog -------------------------------------------------------------------------------------

// Accepts a DOCTYPE without an internal subset, which could contain entities and attribute
// defaults. Tracks quotes so that the end is found as in the renderer's parser.
bool is_plain_doctype(std::string_view text) {
  char quote = 0;
  for (const char c : text.substr(0, text.size() - 1)) {
    if (quote != 0) {
      if (c == quote) quote = 0;
      if (c == '<' || c == '>') return false;
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else if (c == '[') {
      return false;
    }
  }
  return quote == 0;
}

// Accepts encodings that are supersets of ASCII; others could hide markup.
bool is_plain_encoding(std::string_view declaration) {
  const std::string text = base::lower_case(declaration);
  const size_t at = text.find("encoding");
  if (at == std::string::npos) return true;
  const size_t open = text.find_first_of("'\"", at);
  if (open == std::string::npos) return false;
  const std::string name = text.substr(open + 1, text.find(text[open], open + 1) - open - 1);
  constexpr std::array kPlain = {"utf-8", "us-ascii", "ascii", "iso-8859-1"};
  return std::find(kPlain.begin(), kPlain.end(), name) != kPlain.end();
}

base::Result<void> check_prolog(std::string_view text) {
  if (text.starts_with("<!DOCTYPE") && !is_plain_doctype(text)) {
    return invalid("declares entities in its DOCTYPE, which is not allowed");
  }
  if (text.starts_with("<?xml ") && !is_plain_encoding(text)) {
    return fault(base::ErrorCode::kUnsupported, "is not in UTF-8");
  }
  return {};
}

// ---- Size ---------------------------------------------------------------------------------------

struct Root {
  std::string width;
  std::string height;
  std::string view_box;
};

std::optional<double> take_number(std::string_view& text) {
  while (!text.empty() && (is_space(text.front()) || text.front() == ',')) text.remove_prefix(1);
  if (text.starts_with('+')) text.remove_prefix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc::result_out_of_range) return HUGE_VAL;
  if (error != std::errc() || !std::isfinite(value)) return std::nullopt;
  text.remove_prefix(static_cast<size_t>(end - text.data()));
  return value;
}

// A length in px; nullopt for percentages and invalid lengths.
std::optional<double> absolute_length(std::string_view text) {
  struct Unit {
    std::string_view name;
    double px;
  };
  constexpr std::array kUnits = {Unit{"", 1},    Unit{"px", 1},         Unit{"pt", 96.0 / 72},
                                 Unit{"pc", 16}, Unit{"mm", 96 / 25.4}, Unit{"cm", 96 / 2.54},
                                 Unit{"in", 96}, Unit{"em", 16},        Unit{"ex", 8}};
  const std::optional<double> number = take_number(text);
  if (!number.has_value()) return std::nullopt;
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  for (const Unit& unit : kUnits) {
    if (unit.name == text && *number > 0) return *number * unit.px;
  }
  return std::nullopt;
}

std::optional<base::SizeF> view_box_size(std::string_view text) {
  std::array<double, 4> numbers{};
  for (double& number : numbers) {
    const std::optional<double> taken = take_number(text);
    if (!taken.has_value()) return std::nullopt;
    number = *taken;
  }
  if (numbers[2] <= 0 || numbers[3] <= 0) return std::nullopt;
  return base::SizeF{numbers[2], numbers[3]};
}

std::optional<base::SizeF> size_of(const Root& root) {
  const std::optional<double> width = absolute_length(root.width);
  const std::optional<double> height = absolute_length(root.height);
  if (width.has_value() && height.has_value()) return base::SizeF{*width, *height};
  const std::optional<base::SizeF> box = view_box_size(root.view_box);
  if (!box.has_value()) return std::nullopt;
  if (width.has_value()) return base::SizeF{*width, *width * box->height / box->width};
  if (height.has_value()) return base::SizeF{*height * box->width / box->height, *height};
  return box;
}

base::Result<base::SizeF> checked_size(const Root& root) {
  const std::optional<base::SizeF> size = size_of(root);
  if (!size.has_value()) {
    return invalid("has no size: its root element needs a width and a height, or a viewBox");
  }
  if (!(std::max(size->width, size->height) <= limits::kImageSideMax)) {
    return fault(base::ErrorCode::kLimit,
                 "is larger than " + std::to_string(limits::kImageSideMax) + " px a side");
  }
  return *size;
}

// ---- Embedded pictures --------------------------------------------------------------------------

// As in a URL parser, white space and control characters are ignored.
std::string without_blanks(std::string_view text) {
  std::string kept;
  for (const char c : text) {
    if (static_cast<unsigned char>(c) > ' ') kept.push_back(c);
  }
  return kept;
}

bool is_base64(std::string_view text) {
  while (text.ends_with('=')) text.remove_suffix(1);
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return g_ascii_isalnum(c) || c == '+' || c == '/'; });
}

// The number of pixels of the picture in a data URI.
base::Result<int64_t> embedded_pixels(const std::string& uri) {
  const size_t comma = uri.find(',');
  const std::string head = base::lower_case(uri.substr(0, comma));
  if (comma == std::string::npos || !head.ends_with(";base64") ||
      !is_base64(std::string_view(uri).substr(comma + 1))) {
    return invalid("embeds data that is not plain base64");
  }
  gsize size = 0;
  const std::unique_ptr<guchar, GlibFree> bytes(g_base64_decode(uri.c_str() + comma + 1, &size));
  const std::string_view picture(reinterpret_cast<const char*>(bytes.get()), size);
  if (!picture.starts_with("\x89PNG\r\n\x1a\n") && !picture.starts_with("\xff\xd8\xff")) {
    return invalid("embeds data that is neither PNG nor JPEG");
  }
  auto pixels = image_size(picture);
  if (!pixels.ok()) {
    return base::with_context(std::move(pixels).error(),
                              "the SVG embeds a picture that cannot be used");
  }
  return pixels.value().area();
}

// ---- Elements -----------------------------------------------------------------------------------

struct Walk {
  bool in_root = false;
  base::SizeF size;
  int64_t embedded_pixels = 0;
  std::optional<base::Error> error;
};

base::Result<void> check_attribute(const std::string& value, Walk& walk) {
  const std::string uri = without_blanks(value);
  if (!base::lower_case(std::string_view(uri).substr(0, 5)).starts_with("data:")) return {};
  TRY(const int64_t pixels, embedded_pixels(uri));
  walk.embedded_pixels += pixels;
  if (walk.embedded_pixels > limits::kImagePixelsMax) {
    return fault(base::ErrorCode::kLimit, "embeds pictures of more than " +
                                              std::to_string(limits::kImagePixelsMax) + " pixels");
  }
  return {};
}

base::Result<void> check_element(std::string_view name, const gchar** names, const gchar** values,
                                 Walk& walk) {
  const bool is_root = !walk.in_root;
  walk.in_root = true;
  if (is_root && name != "svg" && !name.ends_with(":svg")) {
    return base::invalid_input("not an SVG image: its root element is <" + quoted(name) + ">");
  }
  Root root;
  for (; *names != nullptr; ++names, ++values) {
    const std::string_view attribute = *names;
    if (attribute == "width") root.width = *values;
    if (attribute == "height") root.height = *values;
    if (attribute == "viewBox") root.view_box = *values;
    TRY_DO(check_attribute(*values, walk));
  }
  if (is_root) {
    TRY(walk.size, checked_size(root));
  }
  return {};
}

void stop_at_error(base::Result<void> result, Walk& walk, GError** error) {
  if (result.ok()) return;
  walk.error = std::move(result).error();
  g_set_error_literal(error, G_MARKUP_ERROR, G_MARKUP_ERROR_INVALID_CONTENT, "");
}

void on_element(GMarkupParseContext* /*context*/, const gchar* name, const gchar** names,
                const gchar** values, gpointer user, GError** error) {
  Walk& walk = *static_cast<Walk*>(user);
  stop_at_error(check_element(name, names, values, walk), walk, error);
}

void on_passthrough(GMarkupParseContext* /*context*/, const gchar* text, gsize size, gpointer user,
                    GError** error) {
  Walk& walk = *static_cast<Walk*>(user);
  stop_at_error(check_prolog({text, size}), walk, error);
}

struct MarkupFree {
  void operator()(GMarkupParseContext* context) const { g_markup_parse_context_free(context); }
};

}  // namespace

base::Result<base::SizeF> check_svg(std::string_view text) {
  if (g_utf8_validate(text.data(), static_cast<gssize>(text.size()), nullptr) == FALSE) {
    return fault(base::ErrorCode::kUnsupported, "is not in UTF-8");
  }
  static constexpr GMarkupParser kParser = {on_element, nullptr, nullptr, on_passthrough, nullptr};
  Walk walk;
  const std::unique_ptr<GMarkupParseContext, MarkupFree> context(
      g_markup_parse_context_new(&kParser, G_MARKUP_TREAT_CDATA_AS_TEXT, &walk, nullptr));
  GError* error = nullptr;
  if (g_markup_parse_context_parse(context.get(), text.data(), static_cast<gssize>(text.size()),
                                   &error) &&
      g_markup_parse_context_end_parse(context.get(), &error)) {
    return walk.size;
  }
  const std::string reason = error->message;
  g_error_free(error);
  if (walk.error.has_value()) return *std::move(walk.error);
  return invalid("is not well-formed: " + quoted(reason));
}

}  // namespace layercast::content
