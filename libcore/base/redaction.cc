#include "base/redaction.h"

#include <algorithm>
#include <cstddef>
#include <vector>

namespace layercast::base {
namespace {

constexpr std::string_view kHidden = "***";
// Shorter secrets occur in ordinary words too; the whole URL is replaced in any case.
constexpr size_t kSecretBytesMin = 3;

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

Cut cut_of(std::string_view url) {
  Cut cut;
  if (!is_url(url)) {
    cut.show(url);
    return cut;
  }
  const size_t scheme_end = url.find("://");
  std::string scheme(url.substr(0, scheme_end));
  std::transform(scheme.begin(), scheme.end(), scheme.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  cut.show(url.substr(0, scheme_end + 3));
  const std::string_view rest = cut_authority(url.substr(scheme_end + 3), cut);
  const size_t query = std::min(rest.find_first_of("?# "), rest.size());
  const bool has_key = scheme.starts_with("rtmp") || scheme == "srt";
  has_key ? cut_path(rest.substr(0, query), cut) : cut.show(rest.substr(0, query));
  cut_query(rest.substr(query), cut);
  return cut;
}

void replace_all(std::string& text, std::string_view what, std::string_view by) {
  for (size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size())) {
    text.replace(at, what.size(), by);
  }
}

}  // namespace

bool is_url(std::string_view text) {
  const size_t end = text.find("://");
  if (end == std::string_view::npos || end == 0) return false;
  return std::all_of(text.begin(), text.begin() + static_cast<ptrdiff_t>(end), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' ||
           c == '-' || c == '.';
  });
}

std::string redacted_url(std::string_view url) { return cut_of(url).shown; }

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

std::string redacted_text(std::string_view text, std::string_view url) {
  Cut cut = cut_of(url);
  std::string redacted(text);
  if (cut.secrets.empty()) return redacted;
  replace_all(redacted, url, cut.shown);
  std::sort(cut.secrets.begin(), cut.secrets.end(),
            [](const auto& a, const auto& b) { return a.size() > b.size(); });
  for (const std::string& secret : cut.secrets) {
    if (secret.size() >= kSecretBytesMin) replace_all(redacted, secret, kHidden);
  }
  return redacted;
}

}  // namespace layercast::base
