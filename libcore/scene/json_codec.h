#pragma once

#include "scene/codec.h"
#include "scene/value.h"

#include <string>
#include <string_view>
#include <vector>

namespace layercast::scene {

/// JSON text of `value`, members in their order. `indent`: spaces a level; 0 writes one line.
std::string write_json(const Value& value, int indent = 2);

/// A document and what is wrong with it as JSON; the value is null then.
struct JsonDocument {
  Value value;
  std::vector<Fault> faults;
};

/// Reads one JSON text (RFC 8259), members in their order. Faults: bad syntax or UTF-8, a key twice
/// in one object, and sizes, depths and counts beyond limits.h. Marks tell line and column.
JsonDocument read_json(std::string_view text);

}  // namespace layercast::scene
