#include "base/redaction.h"

#include "base/ascii.h"
#include "base/nearest.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace layercast::base {
namespace {

constexpr std::string_view kHidden = "***";
// Shorter secrets occur in ordinary words too; the whole URL is replaced in any case.
constexpr size_t kSecretBytesMin = 3;
// Longer secrets are hidden inside longer words too.
constexpr size_t kWordBytesMax = 7;

// A redacted URL, and the secrets that were removed from it.
struct Cut {
  std::string shown;
  std::vector<std::string> secrets;

  void show(std::string_view text) { shown += text; }
  void hide(std::string_view secret) {
    if (secret.empty()) return;
    secrets.emplace_back(secret);
    shown += kHidden;
  }
};

// Whether the text after the host is not a port number. Then it belongs to a password that contains
// a slash.
bool has_odd_port(std::string_view authority) {
  if (authority.ends_with(']')) return false;
  const size_t colon = authority.rfind(':');
  return colon != std::string_view::npos &&
         authority.find_first_not_of("0123456789", colon + 1) != std::string_view::npos;
}

// Adds `user:password@host:port` to `cut` with the password hidden; returns the rest of the URL.
std::string_view cut_authority(std::string_view rest, Cut& cut) {
  const size_t query = std::min(rest.find_first_of("?# "), rest.size());
  size_t end = std::min(rest.find('/'), query);
  size_t at = rest.substr(0, end).rfind('@');
  if (at == std::string_view::npos && has_odd_port(rest.substr(0, end))) {
    at = rest.substr(0, query).rfind('@');
    if (at != std::string_view::npos) end = std::min(rest.find('/', at), query);
  }
  if (at != std::string_view::npos) {
    const std::string_view user = rest.substr(0, at);
    const size_t colon = user.find(':');
    if (colon == std::string_view::npos) {
      cut.hide(user);
    } else {
      cut.show(user.substr(0, colon + 1));
      cut.hide(user.substr(colon + 1));
    }
    cut.show("@");
    rest.remove_prefix(at + 1);
    end -= at + 1;
  }
  cut.show(rest.substr(0, end));
  return rest.substr(end);
}

void cut_path(std::string_view path, Cut& cut) {
  const size_t last = path.find_last_not_of('/');
  if (last == std::string_view::npos) return cut.show(path);
  const size_t begin = path.rfind('/', last) + 1;
  cut.show(path.substr(0, begin));
  cut.hide(path.substr(begin, last + 1 - begin));
  cut.show(path.substr(last + 1));
}

// Adds `?name=value&…` to `cut` with the values hidden, also values after a blank or `#`.
void cut_query(std::string_view query, Cut& cut) {
  while (!query.empty()) {
    cut.show(query.substr(0, 1));
    query.remove_prefix(1);
    const size_t end = std::min(query.find_first_of("?&;# "), query.size());
    const std::string_view part = query.substr(0, end);
    const size_t equals = part.find('=');
    if (equals == std::string_view::npos) {
      cut.hide(part);
    } else {
      cut.show(part.substr(0, equals + 1));
      cut.hide(part.substr(equals + 1));
    }
    query.remove_prefix(end);
  }
}

// The schemes whose paths hold no key. The path of any other, also of an unknown or misspelt one,
// may.
constexpr std::array<std::string_view, 7> kOpenSources = {"http", "https", "rtsp", "rtsps",
                                                          "udp",  "rtp",   "file"};
constexpr std::array<std::string_view, 2> kOpenOutputs = {"udp", "rtp"};
// The schemes that a misspelt begin is compared with.
constexpr std::array<std::string_view, 11> kSchemes = {
    "rtmp", "rtmps", "rtmpt", "rtmpe", "srt", "rtsp", "rtsps", "http", "https", "udp", "rtp"};

bool is_scheme_character(char c) {
  return is_letter(c) || is_digit(c) || c == '+' || c == '-' || c == '.';
}

bool is_any_of(std::string_view name, std::span<const std::string_view> names) {
  return std::ranges::find(names, name) != names.end();
}

// Short words are near to many others.
bool is_almost_scheme(std::string_view word) {
  constexpr size_t kNearBytesMin = 4;
  return word.size() < kNearBytesMin ? is_any_of(lower_case(word), kSchemes)
                                     : nearest_name(word, kSchemes).has_value();
}

/// The parts of a text that is a URL, or begins almost as one.
struct UrlParts {
  std::string scheme;     ///< in lower case
  std::string_view head;  ///< `rtmp://`
  std::string_view rest;
};

// The parts of `text`, split behind `://`, or behind what stands in its place. nullopt for file
// names.
std::optional<UrlParts> parts_of(std::string_view text) {
  const size_t begin = std::min(text.find_first_not_of(kSpaces), text.size());
  const std::string_view trimmed = text.substr(begin);
  const auto parts = [&](size_t scheme_end, size_t head_end) {
    return UrlParts{lower_case(base::trimmed(trimmed.substr(0, scheme_end))),
                    text.substr(0, begin + head_end), trimmed.substr(head_end)};
  };
  const size_t separator = trimmed.find("://");
  const bool has_separator = separator != std::string_view::npos && separator > 0;
  if (has_separator && trimmed.find('/') > separator) return parts(separator, separator + 3);
  const auto end =
      static_cast<size_t>(std::ranges::find_if_not(trimmed, is_scheme_character) - trimmed.begin());
  const size_t head_end = std::min(trimmed.find_first_not_of(" :;/\\", end), trimmed.size());
  const std::string_view between = trimmed.substr(end, head_end - end);
  const bool is_separated =
      between.find_first_of(":;") != std::string_view::npos || between == "//";
  if (!is_separated || !is_almost_scheme(trimmed.substr(0, end))) return std::nullopt;
  return parts(end, head_end);
}

Cut cut_of(std::string_view url, UrlUse use) {
  Cut cut;
  const auto parts = parts_of(url);
  if (!parts) {
    cut.show(url);
    return cut;
  }
  cut.show(parts->head);
  const std::string_view rest = cut_authority(parts->rest, cut);
  const size_t query = std::min(rest.find_first_of("?# "), rest.size());
  const bool is_open = use == UrlUse::kSource ? is_any_of(parts->scheme, kOpenSources)
                                              : is_any_of(parts->scheme, kOpenOutputs);
  is_open ? cut.show(rest.substr(0, query)) : cut_path(rest.substr(0, query), cut);
  cut_query(rest.substr(query), cut);
  return cut;
}

void replace_all(std::string& text, std::string_view what, std::string_view by) {
  for (size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size())) {
    text.replace(at, what.size(), by);
  }
}

bool is_of_word(char c) { return is_letter(c) || is_digit(c); }

// Whether a word of `text` continues across the boundary before `at`.
bool is_in_word(std::string_view text, size_t at) {
  return at > 0 && at < text.size() && is_of_word(text[at - 1]) && is_of_word(text[at]);
}

// A short secret is hidden where it is a whole word: the key `secure` must not spoil the advice
// `--insecure-tls`, nor the key `500` the number 1500.
void hide(std::string& text, const std::string& secret) {
  if (secret.size() > kWordBytesMax) return replace_all(text, secret, kHidden);
  size_t at = text.find(secret);
  while (at != std::string::npos) {
    const bool is_inside = is_in_word(text, at) || is_in_word(text, at + secret.size());
    if (!is_inside) text.replace(at, secret.size(), kHidden);
    at = text.find(secret, is_inside ? at + 1 : at + kHidden.size());
  }
}

}  // namespace

bool is_url(std::string_view text) {
  const size_t end = text.find("://");
  if (end == std::string_view::npos || end == 0) return false;
  return std::ranges::all_of(text.substr(0, end), is_scheme_character);
}

bool is_web_url(std::string_view text) {
  const std::string url = with_lower_case_scheme(text);
  return url.starts_with("http://") || url.starts_with("https://");
}

std::string with_lower_case_scheme(std::string_view text) {
  if (!is_url(text)) return std::string(text);
  const size_t end = text.find("://");
  return lower_case(text.substr(0, end)).append(text.substr(end));
}

bool is_url_like(std::string_view text) { return parts_of(text).has_value(); }

std::string redacted_url(std::string_view url, UrlUse use) { return cut_of(url, use).shown; }

std::string redacted_urls(std::string_view text) {
  constexpr std::string_view kAround = " \t\"'<>()";
  std::string redacted;
  while (!text.empty()) {
    const size_t begin = text.find_first_not_of(kAround);
    redacted += text.substr(0, begin);
    if (begin == std::string_view::npos) break;
    text.remove_prefix(begin);
    const std::string_view word = text.substr(0, text.find_first_of(kAround));
    redacted += redacted_url(word);
    text.remove_prefix(word.size());
  }
  return redacted;
}

bool is_redacted(std::string_view url) { return url.find(kHidden) != std::string_view::npos; }

std::string redacted_text(std::string_view text, std::string_view url, UrlUse use) {
  Cut cut = cut_of(url, use);
  std::string redacted(text);
  if (cut.secrets.empty()) return redacted;
  replace_all(redacted, url, cut.shown);
  std::sort(cut.secrets.begin(), cut.secrets.end(),
            [](const auto& a, const auto& b) { return a.size() > b.size(); });
  for (const std::string& secret : cut.secrets) {
    if (secret.size() >= kSecretBytesMin) hide(redacted, secret);
  }
  return redacted;
}

}  // namespace layercast::base
