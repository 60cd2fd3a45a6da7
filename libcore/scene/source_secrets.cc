#include "scene/source_secrets.h"

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
};

bool is_source(const Value::Member& member) {
  return member.key == "source" && member.value.is(Value::Kind::kString) &&
         base::is_url(member.value.text);
}

// Every source that is a URL, wherever it stands; of a Value or a const one.
template <class AnyValue, class Seen>
void visit(AnyValue& value, Reader& reader, const Seen& seen) {
  for (size_t i = 0; i < value.items.size(); ++i) {
    const Reader::Step step(reader, i);
    visit(value.items[i], reader, seen);
  }
  for (auto& member : value.members) {
    if (member.key == "metadata") continue;  // texts that are shown, under any names
    const Reader::Step step(reader, member.key);
    if (is_source(member)) {
      seen(member.value);
    } else {
      visit(member.value, reader, seen);
    }
  }
}

std::vector<NamedSource> sources_of(const Value& document) {
  std::vector<NamedSource> sources;
  Reader reader;
  visit(document, reader, [&](const Value& source) {
    sources.push_back({reader.pointer(), source.text});
  });
  return sources;
}

// The source that `redacted` stands for; nullptr when there is none, or more than one.
const std::string* source_for(const std::string& redacted, const std::string& pointer,
                              const std::vector<NamedSource>& known) {
  const std::string* found = nullptr;
  for (const NamedSource& each : known) {
    if (base::redacted_url(each.url) != redacted) continue;
    if (each.pointer == pointer) return &each.url;
    if (found != nullptr && *found != each.url) return nullptr;
    found = &each.url;
  }
  return found;
}

}  // namespace

Value with_redacted_sources(Value document) {
  Reader reader;
  visit(document, reader, [](Value& source) { source.text = base::redacted_url(source.text); });
  return document;
}

bool has_redacted_source(const Value& document) {
  const std::vector<NamedSource> sources = sources_of(document);
  return std::ranges::any_of(sources,
                             [](const NamedSource& each) { return base::is_redacted(each.url); });
}

void restore_sources(Value& document, const Value& before, Reader& reader) {
  if (!has_redacted_source(document)) return;
  const std::vector<NamedSource> known = sources_of(before);
  const size_t root = reader.pointer().size();
  visit(document, reader, [&](Value& source) {
    if (!base::is_redacted(source.text)) return;
    if (const auto* url = source_for(source.text, reader.pointer().substr(root), known)) {
      source.text = *url;
    } else {
      reader.fault(source, "the URL is redacted, and no source here has it", "the whole URL");
    }
  });
}

Value with_same_sources(Value document, const Value& other) {
  const std::vector<NamedSource> known = sources_of(other);
  Reader reader;
  visit(document, reader, [&](Value& source) {
    const auto there = std::ranges::find(known, reader.pointer(), &NamedSource::pointer);
    if (there == known.end()) return;
    const bool is_same = base::redacted_url(there->url) == source.text ||
                         there->url == base::redacted_url(source.text);
    if (is_same) source.text = there->url;
  });
  return document;
}

}  // namespace layercast::scene
