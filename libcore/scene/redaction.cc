#include "scene/redaction.h"

#include <algorithm>
#include <cctype>

namespace layercast::scene {
namespace {

constexpr std::string_view kHidden = "***";

std::string redacted_user(std::string_view authority) {
  const size_t at = authority.rfind('@');
  if (at == std::string_view::npos) return std::string(authority);
  const size_t colon = authority.substr(0, at).find(':');
  // A user without a password may be a key.
  std::string shown(colon == std::string_view::npos ? "" : authority.substr(0, colon + 1));
  return shown.append(kHidden).append(authority.substr(at));
}

std::string redacted_query(std::string_view query) {
  std::string shown = "?";
  while (true) {
    const size_t end = query.find('&');
    const std::string_view part = query.substr(0, end);
    const size_t equals = part.find('=');
    if (equals != std::string_view::npos) shown.append(part.substr(0, equals + 1));
    if (!part.empty()) shown.append(kHidden);
    if (end == std::string_view::npos) return shown;
    shown += '&';
    query.remove_prefix(end + 1);
  }
}

std::string redacted_path(std::string_view path) {
  const size_t last = path.find_last_not_of('/');
  if (last == std::string_view::npos) return std::string(path);
  const size_t slash = path.rfind('/', last);
  return std::string(path.substr(0, slash + 1)).append(kHidden).append(path.substr(last + 1));
}

bool has_key_in_path(std::string_view scheme) {
  std::string lower(scheme);
  std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return std::tolower(c); });
  return lower.starts_with("rtmp") || lower == "srt";
}

}  // namespace

std::string redacted_url(std::string_view url) {
  const size_t scheme = url.find("://");
  if (scheme == std::string_view::npos) return std::string(url);
  const size_t start = scheme + 3;
  const size_t query = std::min(url.find('?', start), url.size());
  const size_t path = std::min(url.find('/', start), query);
  std::string shown(url.substr(0, start));
  shown += redacted_user(url.substr(start, path - start));
  const std::string_view path_text = url.substr(path, query - path);
  shown += has_key_in_path(url.substr(0, scheme)) ? redacted_path(path_text) : path_text;
  if (query < url.size()) shown += redacted_query(url.substr(query + 1));
  return shown;
}

bool is_redacted(std::string_view url) { return url.find(kHidden) != std::string_view::npos; }

}  // namespace layercast::scene
