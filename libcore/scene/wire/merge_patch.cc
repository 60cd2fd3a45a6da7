#include "scene/wire/merge_patch.h"

#include "scene/model/limits.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace layercast::scene {
namespace {

// The value that a patch creates where there was none.
Value without_nulls(const Value& patch) { return merge_patched(Value::null(), patch); }

}  // namespace

Value merge_patched(Value target, const Value& patch) {
  if (!patch.is(Value::Kind::kObject)) return patch;
  if (!target.is(Value::Kind::kObject)) target = Value::object();
  // By name: a patch may have very many members. Ordered, because a client could choose names that
  // all have one hash value.
  std::map<std::string_view, const Value*> changes;
  for (const auto& member : patch.members) changes.emplace(member.key, &member.value);
  for (auto& member : target.members) {
    const auto change = changes.find(member.key);
    if (change == changes.end() || change->second->is(Value::Kind::kNull)) continue;
    member.value = merge_patched(std::move(member.value), *change->second);
    changes.erase(change);
  }
  // The remaining changes remove members or add new ones.
  std::erase_if(target.members,
                [&](const Value::Member& member) { return changes.contains(member.key); });
  for (const auto& member : patch.members) {
    if (member.value.is(Value::Kind::kNull) || changes.erase(member.key) == 0) continue;
    target.add(member.key, without_nulls(member.value));
  }
  return target;
}

Value merge_patch_between(const Value& from, const Value& to) {
  if (!from.is(Value::Kind::kObject) || !to.is(Value::Kind::kObject)) return to;
  Value patch = Value::object();
  for (const auto& member : from.members) {
    if (to.find(member.key) == nullptr) patch.add(member.key, Value::null());
  }
  for (const auto& member : to.members) {
    const Value* before = from.find(member.key);
    if (before != nullptr && *before == member.value) continue;
    const bool merges = before != nullptr && member.value.is(Value::Kind::kObject) &&
                        before->is(Value::Kind::kObject);
    Value part = merges ? merge_patch_between(*before, member.value) : member.value;
    // The parts differ only in the order of members.
    if (merges && part.members.empty()) continue;
    patch.add(member.key, std::move(part));
  }
  return patch;
}

base::Result<Value> patch_of(std::string_view dotted_path, Value value) {
  std::vector<std::string_view> keys;
  std::string_view rest = dotted_path;
  for (size_t dot = 0; dot != std::string_view::npos;) {
    dot = rest.find('.');
    keys.push_back(rest.substr(0, dot));
    if (keys.back().empty() || keys.size() > static_cast<size_t>(limits::kSceneDepthMax)) {
      return base::invalid_input(
          "not a path; expected names separated by dots, such as transform.rotation",
          std::string(dotted_path));
    }
    if (dot != std::string_view::npos) rest.remove_prefix(dot + 1);
  }
  std::ranges::reverse(keys);
  for (const auto& key : keys) {
    value = Value::object().add(key, std::move(value));
  }
  return value;
}

}  // namespace layercast::scene
