#pragma once

#include "base/error.h"
#include "scene/wire/value.h"

#include <string_view>

namespace layercast::scene {

/// Applies an RFC 7396 merge patch: null removes a member, objects are merged, other values
/// replace. New members are added at the end.
Value merge_patched(Value target, const Value& patch);

/// The patch that turns `from` into `to`, except for the order of members; an empty object if they
/// are equal. A patch cannot set null: a null member of `to` is removed.
Value merge_patch_between(const Value& from, const Value& to);

/// The merge patch that sets one value by a dotted path, such as `transform.position` or
/// `content.style.color`. Errors: kInvalidInput for an empty name or too many names in the path.
base::Result<Value> patch_of(std::string_view dotted_path, Value value);

}  // namespace layercast::scene
