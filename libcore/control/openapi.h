#pragma once

#include "scene/wire/value.h"

#include <string>

namespace layercast::control {

/// The OpenAPI 3.1 document of routes(), including the schemas of the scene file.
scene::Value openapi_document();

/// The document as JSON, serialised once. Thread: any.
const std::string& openapi_text();

}  // namespace layercast::control
