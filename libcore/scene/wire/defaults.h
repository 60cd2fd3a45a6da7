#pragma once

#include "scene/wire/codec.h"
#include "scene/wire/value.h"

namespace layercast::scene {

/// `document` with the default of every key that it omits, nested objects included; the keys are in
/// the order of the tables. Keys without a default stay absent. `shape`: that of the codec of the
/// document.
Value with_defaults(const Shape& shape, Value document);

}  // namespace layercast::scene
