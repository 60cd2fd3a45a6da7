#pragma once

#include "scene/codec.h"
#include "scene/value.h"

/// Passwords and keys in the URLs of a document, which clients do not see. Which strings are URLs
/// follows from the tables: `shape` is that of the codec that reads the document.
namespace layercast::scene {

/// `document` with every URL in it redacted.
Value with_redacted_sources(const Shape& shape, Value document);

/// Whether `document` has a URL that was redacted.
bool has_redacted_source(const Shape& shape, const Value& document);

/// Replaces each redacted URL of `document` by the URL it stands for in `before`, the document of
/// the same thing before: that of the same place, or else the only one that looks so. Reports a
/// fault where there is none.
void restore_sources(const Shape& shape, Value& document, const Value& before, Reader& reader);

/// `document` with the URLs of `other` at the same places, where either may be the redacted form of
/// the other: they cannot be told apart.
Value with_same_sources(const Shape& shape, Value document, const Value& other);

}  // namespace layercast::scene
