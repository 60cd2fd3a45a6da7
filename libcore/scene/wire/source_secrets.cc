#include "scene/wire/source_secrets.h"

#include "base/redaction.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace layercast::scene {
namespace {

struct NamedSource {
  std::string pointer;
  std::string url;
  base::UrlUse use;

  std::string redacted() const { return base::redacted_url(url, use); }
};

// Calls `visit` for every string that names a URL, with its use.
template <class Visit>
void visit_urls(const Shape& shape, Value& document, Reader& reader, const Visit& visit) {
  visit_files(shape, document, reader, [&](FileRole role, Value& name, Reader&) {
    if (!base::is_url_like(name.text)) return;
    visit(name, role == FileRole::kOutput ? base::UrlUse::kOutput : base::UrlUse::kSource);
  });
}

std::vector<NamedSource> sources_of(const Shape& shape, Value document) {
  std::vector<NamedSource> sources;
  Reader reader;
  visit_urls(shape, document, reader, [&](const Value& source, base::UrlUse use) {
    sources.push_back({reader.pointer(), source.text, use});
  });
  return sources;
}

// The original of `redacted`; nullptr if there is none, or more than one.
const std::string* source_for(const std::string& redacted, const std::string& pointer,
                              const std::vector<NamedSource>& known) {
  const std::string* found = nullptr;
  for (const NamedSource& each : known) {
    if (each.redacted() != redacted) continue;
    if (each.pointer == pointer) return &each.url;
    if (found != nullptr && *found != each.url) return nullptr;
    found = &each.url;
  }
  return found;
}

}  // namespace

Value with_redacted_sources(const Shape& shape, Value document) {
  Reader reader;
  visit_urls(shape, document, reader, [](Value& source, base::UrlUse use) {
    source.text = base::redacted_url(source.text, use);
  });
  return document;
}

bool has_redacted_source(const Shape& shape, const Value& document) {
  return std::ranges::any_of(sources_of(shape, document),
                             [](const NamedSource& each) { return base::is_redacted(each.url); });
}

void restore_sources(const Shape& shape, Value& document, const Value& before, Reader& reader) {
  if (!has_redacted_source(shape, document)) return;
  const std::vector<NamedSource> known = sources_of(shape, before);
  const size_t root = reader.pointer().size();
  visit_urls(shape, document, reader, [&](Value& source, base::UrlUse) {
    if (!base::is_redacted(source.text)) return;
    if (const auto* url = source_for(source.text, reader.pointer().substr(root), known)) {
      source.text = *url;
    } else {
      reader.fault(source, "the URL is redacted and matches no known source", "the full URL");
    }
  });
}

Value with_same_sources(const Shape& shape, Value document, const Value& other) {
  const std::vector<NamedSource> known = sources_of(shape, other);
  Reader reader;
  visit_urls(shape, document, reader, [&](Value& source, base::UrlUse use) {
    const auto there = std::ranges::find(known, reader.pointer(), &NamedSource::pointer);
    if (there == known.end()) return;
    const bool is_same =
        there->redacted() == source.text || there->url == base::redacted_url(source.text, use);
    if (is_same) source.text = there->url;
  });
  return document;
}

}  // namespace layercast::scene
