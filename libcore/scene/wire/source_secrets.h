#pragma once

#include "scene/wire/codec.h"
#include "scene/wire/value.h"

/// Hides passwords and keys in the URLs of a document from clients. `shape`, that of the document's
/// codec, determines which strings are URLs.
namespace layercast::scene {

/// `document` with every URL in it redacted.
Value with_redacted_sources(const Shape& shape, Value document);

/// Whether `document` has a URL that was redacted.
bool has_redacted_source(const Shape& shape, const Value& document);

/// Replaces each redacted URL of `document` by the original in `before`, the previous document of
/// the same item: the URL at the same place, or else the only one with the same redacted form.
/// Reports a fault if there is no such URL.
void restore_sources(const Shape& shape, Value& document, const Value& before, Reader& reader);

/// `document` with the URLs of `other` at the same places, wherever one may be the redacted form of
/// the other, because the two cannot be distinguished.
Value with_same_sources(const Shape& shape, Value document, const Value& other);

}  // namespace layercast::scene
