#pragma once

#include "scene/wire/codec.h"
#include "scene/wire/value.h"

#include <string>
#include <string_view>
#include <vector>

namespace layercast::scene {

/// A document and the faults of its YAML text. With faults, the value contains the readable parts.
struct YamlDocument {
  Value value;
  std::vector<Fault> faults;
};

/// Reads one YAML 1.2 document with the core schema (`yes` is a string, `010` is ten). Aliases are
/// expanded.
/// Faults: bad syntax or UTF-8, several documents, duplicate keys, keys that are not plain strings,
/// an alias inside its own anchor, and sizes, depths and counts beyond limits.h.
YamlDocument read_yaml(std::string_view text);

/// YAML in block style with an indent of two spaces; short lists of scalars are written on one
/// line. Reads back equal.
std::string write_yaml(const Value& value);

}  // namespace layercast::scene
