#pragma once

#include "base/error.h"
#include "scene/value.h"

#include <string_view>

namespace layercast::scene {

/// RFC 7396: null takes away, objects merge, all else replaces. New members come at the end.
Value merge_patched(Value target, const Value& patch);

/// The patch that makes `from` into `to`, but for the order of members; an empty object when they
/// are equal. A null inside `to` cannot be said by a patch: such a member is taken away.
Value merge_patch_between(const Value& from, const Value& to);

/// Sets one value by a dotted path, such as `transform.position` or `content.style.color`, as a
/// merge patch. Errors: kInvalidInput for a path that is none.
base::Result<Value> patch_of(std::string_view dotted_path, Value value);

}  // namespace layercast::scene
