#pragma once

#include "scene/codec.h"
#include "scene/value.h"

/// Passwords and keys in the URLs of sources, which clients are not shown.
namespace layercast::scene {

/// The document of a layer, a sound or a whole scene with every `source` that is a URL redacted.
Value with_redacted_sources(Value document);

/// Whether `document` has a source that was redacted.
bool has_redacted_source(const Value& document);

/// Each redacted `source` of `document` becomes the URL it stands for in `before`, what the same
/// layer or sound was: that of the same place, or else the only one that looks so. A fault, where
/// there is none.
void restore_sources(Value& document, const Value& before, Reader& reader);

/// `document` with the sources of `other` at the same places, where either may be the redacted form
/// of the other: they cannot be told apart.
Value with_same_sources(Value document, const Value& other);

}  // namespace layercast::scene
