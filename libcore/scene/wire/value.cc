#include "scene/wire/value.h"

#include "base/check.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>

namespace layercast::scene {

// Out of line, because Value and Member are complete only here.
Value::Value() = default;
Value::Value(const Value& other) = default;
Value::Value(Value&& other) noexcept = default;
Value& Value::operator=(const Value& other) = default;
Value& Value::operator=(Value&& other) noexcept = default;
Value::~Value() = default;

Mark mark_at(std::string_view text, size_t offset) {
  Mark mark{1, 1};
  for (const char c : text.substr(0, offset)) {
    mark = c == '\n' ? Mark{mark.line + 1, 1} : Mark{mark.line, mark.column + 1};
  }
  return mark;
}

Value Value::null() { return {}; }

Value Value::of(bool boolean) {
  Value value;
  value.kind = Kind::kBoolean;
  value.boolean = boolean;
  value.text = boolean ? "true" : "false";
  return value;
}

Value Value::of(double number) {
  Value value;
  value.kind = Kind::kNumber;
  value.number = number;
  value.text = number_text(number);
  return value;
}

Value Value::of(std::string_view text) {
  Value value;
  value.kind = Kind::kString;
  value.text = text;
  return value;
}

Value Value::array() { return array(std::vector<Value>{}); }

Value Value::array(std::vector<Value> items) {
  Value value;
  value.kind = Kind::kArray;
  value.items = std::move(items);
  return value;
}

Value Value::object() {
  Value value;
  value.kind = Kind::kObject;
  return value;
}

const Value* Value::find(std::string_view key) const {
  const auto member = std::ranges::find(members, key, &Member::key);
  return member == members.end() ? nullptr : &member->value;
}

Value* Value::find(std::string_view key) {
  const auto member = std::ranges::find(members, key, &Member::key);
  return member == members.end() ? nullptr : &member->value;
}

Value& Value::set(std::string_view key, Value value) {
  Value* present = find(key);
  if (present == nullptr) return add(key, std::move(value));
  *present = std::move(value);
  return *this;
}

void Value::erase(std::string_view key) {
  std::erase_if(members, [&](const Member& member) { return member.key == key; });
}

Value& Value::add(std::string_view key, Value value) {
  LAYERCAST_CHECK(kind == Kind::kObject);
  members.push_back({std::string(key), {}, std::move(value)});
  return *this;
}

bool Value::operator==(const Value& other) const {
  if (kind != other.kind) return false;
  switch (kind) {
    case Kind::kNull:
      return true;
    case Kind::kBoolean:
      return boolean == other.boolean;
    case Kind::kNumber:
      return number == other.number;
    case Kind::kString:
      return text == other.text;
    case Kind::kArray:
      return items == other.items;
    case Kind::kObject:
      return std::ranges::equal(members, other.members, [](const Member& a, const Member& b) {
        return a.key == b.key && a.value == b.value;
      });
  }
  return false;
}

std::string_view name_of(Value::Kind kind) {
  constexpr std::array<std::string_view, 6> kNames = {"nothing",  "true or false", "a number",
                                                      "a string", "a list",        "a mapping"};
  return kNames.at(static_cast<size_t>(kind));
}

std::string number_text(double number) {
  // The shortest form of a whole number may have an exponent, such as 1e+06.
  constexpr double kWholeMax = 1e15;
  if (std::abs(number) < kWholeMax && number == std::trunc(number)) {
    return std::to_string(static_cast<int64_t>(number));
  }
  std::array<char, 32> buffer{};
  const auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number);
  LAYERCAST_CHECK(error == std::errc{});
  return {buffer.data(), end};
}

}  // namespace layercast::scene
