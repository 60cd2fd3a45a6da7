#pragma once

#include "scene/wire/codec.h"
#include "scene/wire/value.h"

#include <string>
#include <string_view>
#include <vector>

namespace layercast::scene {

/// JSON text of `value`, with members in their order. `indent`: spaces per level; 0 writes one
/// line.
std::string write_json(const Value& value, int indent = 2);

/// A document, or the faults of its JSON text; with faults the value is null. At most
/// limits::kFaultsMax faults are described; one more then says how many others there are.
struct JsonDocument {
  Value value;
  std::vector<Fault> faults;
};

/// Reads one JSON text (RFC 8259), with members in their order. Faults: bad syntax or UTF-8,
/// duplicate keys in an object, and sizes, depths and counts beyond limits.h. Marks have line and
/// column.
JsonDocument read_json(std::string_view text);

}  // namespace layercast::scene
