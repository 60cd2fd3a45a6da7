#pragma once

#include "scene/codec.h"
#include "scene/value.h"

#include <string>
#include <string_view>
#include <vector>

namespace layercast::scene {

/// A document and all that is wrong with it as YAML. With faults the value holds what could be
/// read.
struct YamlDocument {
  Value value;
  std::vector<Fault> faults;
};

/// Reads one YAML 1.2 document with the core schema (`yes` is a string, `010` is ten). Aliases are
/// expanded. Faults: bad syntax or UTF-8, several documents, duplicate keys, keys that are not
/// plain strings, an alias within its own anchor, and sizes, depths and counts beyond limits.h.
YamlDocument read_yaml(std::string_view text);

/// Block style, two spaces, short lists of scalars in one line. Reads back equal.
std::string write_yaml(const Value& value);

}  // namespace layercast::scene
